"""Customers who write through everything, and Meta between them and us: the sandbox in the test's own process."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace

import httpx

from server.sandbox.app import ResettableProtocol, SendLane, StatusTiming, WebhookPolicy
from server.sandbox.app import build_app as build_sandbox
from server.sandbox.config import SandboxConfig
from server.sandbox.sandbox import Sandbox
from tests.chaos.link import Link
from tests.conftest import SeededAccount
from tests.trips.live_app import _listen, _sandbox_config, _serving

# Meta repeats what was not answered 200; its gaps are shortened so that a minute holds days.
_RETRY_GAPS = (0.0, 0.2, 0.5, 1.0, 2.0)
_WEBHOOK_SECONDS = 5.0


@dataclass
class Customers:
    sandbox: Sandbox
    link: Link
    """The wire of the workers to Meta."""
    names: list[str]
    luck: random.Random
    meta: httpx.AsyncClient
    written: list[str] = field(default_factory=list)
    """Wamids, in the order in which they were written."""

    async def greet(self) -> None:
        """Each writes once, so that every conversation is there."""
        for name in self.names:
            await self._write_as(name, {"text": "Oi!"})

    async def write(self, until: Callable[[], bool], per_second: float) -> None:
        while not until():
            await self._write_once()
            await asyncio.sleep(self.luck.expovariate(per_second))

    async def _write_once(self) -> None:
        customer = self.luck.choice(self.names)
        form: dict[str, object] = {"text": f"Mensagem {len(self.written)}"}
        match self.luck.random():
            case luck if luck < 0.05:
                form = {"image": "vaso", "caption": "olha"}
            case luck if luck < 0.1 and self.written:
                form["reply_to"] = self.luck.choice(self.written[-20:])
            case luck if luck < 0.12:  # what Postgres takes in no text: it is taken out
                form = {"message": {"type": "text", "text": {"body": "nulo \u0000"}}}
        await self._write_as(customer, form)

    async def _write_as(self, customer: str, form: Mapping[str, object]) -> None:
        answer = await self._control("inbound", **{"from": customer}, name=f"Cliente {customer[-2:]}", **form)
        self.written.extend(answer["ids"])

    async def trouble(self, until: Callable[[], bool]) -> None:
        """Meta's own faults: sends that hang, break off, are refused for a moment; statuses that overtake answers."""
        while not until():
            await asyncio.sleep(self.luck.uniform(0.5, 2))
            match self.luck.choice(
                ("reset", "reset_goes_out", "hang_goes_out", "busy", "html", "status_first")
            ):
                case "reset":
                    await self._control("faults", kind="reset")
                case "reset_goes_out":
                    await self._control("faults", kind="reset", goes_out=True)
                case "hang_goes_out":
                    await self._control("faults", kind="hang", goes_out=True, seconds=3.0)
                case "busy":
                    await self._control(
                        "faults", kind="error", code=131056 if self.luck.random() < 0.5 else 130429
                    )
                case "html":
                    await self._control("faults", kind="html", http_status=503)
                case "status_first":
                    await self._control("faults", kind="status_first", seconds=0.3)

    async def _control(self, path: str, **body: object) -> dict[str, list[str]]:
        answer = await self.meta.post(f"/sandbox/{path}", json=body)
        assert answer.status_code == 200, answer.text
        result: dict[str, list[str]] = answer.json()
        return result


@contextlib.asynccontextmanager
async def writing_customers(
    account: SeededAccount, front_url: str, luck: random.Random, *, customers: int
) -> AsyncIterator[Customers]:
    listener, sandbox_url = _listen()
    link = await Link("work–meta", listener.getsockname()[1]).open()
    config: SandboxConfig = replace(
        # Files are fetched over the same wire.
        _sandbox_config(account, front_url, f"http://127.0.0.1:{link.port}"),
        timing=StatusTiming((0.0, 0.2), (0.0, 0.4), (0.1, 1.0), (0.1, 1.0), out_of_order_share=0.3),
        pair_rate_enforced=False,
        webhooks=WebhookPolicy(
            timeout_seconds=_WEBHOOK_SECONDS, retry_gaps_seconds=_RETRY_GAPS, min_gap_seconds=0.0,
            duplicate_share=0.1, duplicate_parallel_share=0.1, duplicate_inside_share=0.05,
            shuffle=True, shuffle_spread_seconds=0.2,
        ),
    )  # fmt: skip
    app = build_sandbox(config)
    sandbox: Sandbox = app.state.sandbox
    async with (
        _serving(SendLane(app, sandbox), listener, http=ResettableProtocol, ws="none"),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=sandbox_url) as meta,
    ):
        names = [f"55119{luck.randrange(10**7, 10**8):08d}" for _ in range(customers)]
        try:
            yield Customers(sandbox, link, names, luck, meta)
        finally:
            await link.close()
