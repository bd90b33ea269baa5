"""A sender in a process of its own, so that a test can kill it: `python -m tests.inbox.outbox.sender_process`.

Reads one JSON object from standard input: database_url, encryption_key, holder; optional: `real_terms`, and `moment`,
one of MOMENTS: the process ends itself (kill -9) or stops itself (SIGSTOP) there, once.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from inbox.kernel.encryption import Vault
from inbox.outbox import request, results, sender
from inbox.outbox.dispatcher import Dispatcher
from inbox.outbox.journal import Written
from inbox.outbox.lease import Lease, LeaseTerms
from inbox.outbox.outcomes import Outcome
from inbox.outbox.pool import open_outbox_pool
from inbox.outbox.targets import Targets
from inbox.whatsapp.client import GraphClient, GraphTarget, SendAccepted
from inbox.whatsapp.http import build_http_client
from tests.conftest import RecordingPublisher
from tests.inbox.outbox.conftest import FAST_LEASE, no_uploads

MOMENTS = ("claimed", "answered", "recording", "recorded", "paused_before_send", "paused_after_answer")


class _Fate:
    """Strikes once, at its moment."""

    def __init__(self, moment: str | None) -> None:
        self._moment = moment

    def at(self, moment: str) -> None:
        if moment == self._moment:
            self._moment = None
            os.kill(os.getpid(), signal.SIGSTOP if moment.startswith("paused") else signal.SIGKILL)


class _Client(GraphClient):
    def __init__(self, fate: _Fate) -> None:
        super().__init__(build_http_client())
        self._fate = fate

    async def send_message(self, target: GraphTarget, body: Mapping[str, Any]) -> SendAccepted:
        self._fate.at("claimed")
        accepted = await super().send_message(target, body)
        self._fate.at("answered")
        self._fate.at("paused_after_answer")
        return accepted


def _bind(fate: _Fate) -> None:
    write = results._write

    def build_request(*arguments: Any) -> Any:
        fate.at("paused_before_send")
        return request.build_request(*arguments)

    async def write_inside(
        connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]", *arguments: Any
    ) -> Written:
        written = await write(connection, *arguments)
        fate.at("recording")
        return written

    async def write_results(
        pool: asyncpg.Pool, lease: Lease, outcomes: Sequence[Outcome], *arguments: Any
    ) -> Written:
        written = await results.write_results(pool, lease, outcomes, *arguments)
        fate.at("recorded")
        return written

    setattr(sender, "build_request", build_request)  # noqa: B010 - mypy takes no new value for a function
    setattr(sender, "write_results", write_results)  # noqa: B010
    setattr(results, "_write", write_inside)  # noqa: B010


async def main() -> None:
    options = json.load(sys.stdin)
    fate = _Fate(options.get("moment"))
    _bind(fate)
    pool = await open_outbox_pool(options["database_url"], size=3)
    dispatcher = Dispatcher(
        pool,
        holder=options["holder"],
        client=_Client(fate),
        targets=Targets(pool, Vault([bytes.fromhex(options["encryption_key"])])),
        uploader=no_uploads,
        publisher=RecordingPublisher(),
        wake=asyncio.Event(),
        terms=LeaseTerms() if options.get("real_terms") else FAST_LEASE,
    )
    await dispatcher.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main())
