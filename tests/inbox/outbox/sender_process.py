"""A sender in a process of its own, so that a test can kill it: `python -m tests.inbox.outbox.sender_process`.

Reads one JSON object from standard input: database_url, encryption_key, holder.
"""

import asyncio
import json
import sys

from inbox.kernel.encryption import Vault
from inbox.outbox.dispatcher import Dispatcher
from inbox.outbox.pool import open_outbox_pool
from inbox.outbox.targets import Targets
from inbox.whatsapp.client import GraphClient
from inbox.whatsapp.http import build_http_client
from tests.conftest import RecordingPublisher
from tests.inbox.outbox.conftest import FAST_LEASE, no_uploads


async def main() -> None:
    options = json.load(sys.stdin)
    pool = await open_outbox_pool(options["database_url"], size=3)
    dispatcher = Dispatcher(
        pool,
        holder=options["holder"],
        client=GraphClient(build_http_client()),
        targets=Targets(pool, Vault([bytes.fromhex(options["encryption_key"])])),
        uploader=no_uploads,
        publisher=RecordingPublisher(),
        wake=asyncio.Event(),
        terms=FAST_LEASE,
    )
    await dispatcher.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main())
