"""A thousand browsers that stop reading while events flow: what that costs a `prosa serve`, and whether one that comes back misses
anything.

`python -m tests.chaos.stuck_sockets` prints a table and exits with 1 when the memory is not bounded, a socket is not cut, or
something is missing. What is bounded is counted in bytes: the write buffer of each socket and one frame, whatever the speed.
"""

import argparse
import asyncio
import resource
import sys
from dataclasses import dataclass
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from inbox.kernel.audience import EVERYONE
from inbox.kernel.database import Database
from inbox.kernel.event_log import NewEvent
from realtime.bus import RedisPublisher
from realtime.wire import WRITE_BUFFER_BYTES
from server.auth.tokens import Tokens
from server.settings import Settings
from tests.chaos.installation import Installation, running_installation
from tests.chaos.raw_socket import RawSocket, all_ended
from tests.chaos.sessions import open_session
from tests.conftest import SeededAccount, seed_account

_EVENT_BYTES = 60_000
# 2.4 MB for each socket: more than twice what may wait for it.
_EVENTS = 40
_CONNECTED_AT_ONCE = 50
_SAMPLE_SECONDS = 0.02
_PATIENCE_SECONDS = 60.0
# What a socket costs beside its buffer (idle_operator_kb of the benchmark is 40–50), and what the allocator keeps.
_OVERHEAD_BYTES = 128 * 1024
# Ours, the server's, Postgres' and a reserve.
_FILES = 16_384


@dataclass(frozen=True)
class Measured:
    sockets: int
    idle_mb: float
    peak_mb: float
    cut: int
    missing: int
    """Events that the one who came back did not get, or did not get in their order."""

    @property
    def growth_kb_per_socket(self) -> float:
        return (self.peak_mb - self.idle_mb) * 1024 / self.sockets

    @property
    def bound_kb_per_socket(self) -> float:
        return (WRITE_BUFFER_BYTES + _EVENT_BYTES + _OVERHEAD_BYTES) / 1024

    @property
    def is_kept(self) -> bool:
        return (
            self.cut == self.sockets
            and not self.missing
            and self.growth_kb_per_socket <= self.bound_kb_per_socket
        )


async def measure(sockets: int) -> Measured:
    """At one serve process of its own, which hears of nothing else."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(_FILES, most) if most > 0 else _FILES, most))
    async with running_installation(serves=1, works=0) as whole:
        account = await asyncio.to_thread(seed_account, whole.settings)
        token = await _token(whole.settings, account)
        port = int(whole.serves[0].arguments[-1])
        reader = _Reader()
        reading = await RawSocket.connect(port, token, cursor=0, take=reader.take)
        stuck = await _connect(port, token, sockets)
        for one in stuck:
            one.stop_reading()
        idle, peak = await _flood(whole, account, reader)
        for one in stuck:
            one.read_on()  # or nobody would learn that the connection is gone
        cut = await all_ended(stuck, _PATIENCE_SECONDS)
        again = _Reader()
        returned = await RawSocket.connect(
            port, token, cursor=0, take=again.take, within_seconds=_PATIENCE_SECONDS
        )
        wanted = list(range(1, _EVENTS + 1))
        missing = sum(
            a != b for seqs in (reader.seqs, again.seqs) for a, b in zip(seqs, wanted, strict=False)
        )
        missing += 2 * _EVENTS - len(reader.seqs) - len(again.seqs)
        for one in (reading, returned, *stuck):
            one.abort()
    return Measured(sockets, idle, peak, cut, missing)


class _Reader:
    """Keeps what it is given, in its order."""

    def __init__(self) -> None:
        self.seqs: list[int] = []

    def take(self, name: str, data: Any) -> None:
        if name == "events":
            self.seqs += [item["seq"] for item in data]


async def _token(settings: Settings, account: SeededAccount) -> str:
    session_id = await open_session(settings, account.admin)
    return (
        Tokens(settings)
        .issue(user_id=account.admin.user_id, account_id=account.account_id, session_id=session_id)
        .token
    )


async def _connect(port: int, token: str, count: int) -> list[RawSocket]:
    places = asyncio.Semaphore(_CONNECTED_AT_ONCE)

    async def connect() -> RawSocket:
        async with places:
            return await RawSocket.connect(
                port, token, cursor=0, stuck=True, within_seconds=_PATIENCE_SECONDS
            )

    return await asyncio.gather(*(connect() for _ in range(count)))


async def _flood(whole: Installation, account: SeededAccount, reader: _Reader) -> tuple[float, float]:
    """Events for everybody, one after the other, each when the one who reads has the last; answers MB before and at most."""
    node = whole.serves[0].process
    assert node is not None
    server = psutil.Process(node.pid)
    settings = whole.settings
    publisher = RedisPublisher(settings.redis_url)
    database = Database(
        settings.resolved_app_database_url, settings.resolved_system_database_url, audit_key=settings.audit_key,
        publisher=publisher,
    )  # fmt: skip
    idle = peak = _megabytes(server)
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS * 2):
            for n in range(_EVENTS):
                async with database.system(account.account_id) as work:
                    work.record(NewEvent("department_updated", [EVERYONE], {"body": "x" * _EVENT_BYTES}))
                while len(reader.seqs) <= n:
                    await asyncio.sleep(_SAMPLE_SECONDS)
                    peak = max(peak, _megabytes(server))
                peak = max(peak, _megabytes(server))
    finally:
        await publisher.close()
        await database.close()
    return idle, peak


def _megabytes(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 1024 / 1024


def show(measured: Measured, console: Console) -> None:
    table = Table(title="Sockets that stop reading", title_justify="left")
    table.add_column("what")
    table.add_column("value", justify="right")
    for what, value in (
        ("sockets", f"{measured.sockets}"),
        ("events for each, MB", f"{_EVENTS * _EVENT_BYTES / 1e6:.1f}"),
        ("server before, MB", f"{measured.idle_mb:.0f}"),
        ("server at most, MB", f"{measured.peak_mb:.0f}"),
        ("more per socket, kB", f"{measured.growth_kb_per_socket:.0f}"),
        ("bound per socket, kB", f"{measured.bound_kb_per_socket:.0f}"),
        ("cut", f"{measured.cut}"),
        ("events missing after coming back", f"{measured.missing}"),
    ):
        table.add_row(what, value)
    console.print(table)
    console.print("bounded, cut, resumed" if measured.is_kept else "NOT as promised")


def main() -> None:
    parser = argparse.ArgumentParser(description="What browsers that stop reading cost.")
    parser.add_argument("--sockets", type=int, default=1_000)
    measured = asyncio.run(measure(parser.parse_args().sockets))
    show(measured, Console(width=110))
    sys.exit(0 if measured.is_kept else 1)


if __name__ == "__main__":
    main()
