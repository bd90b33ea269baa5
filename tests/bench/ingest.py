"""Durable ingest against the bare HMAC + parse route, in alternating runs on the same machine.

Acknowledged is what was answered 200, and it must equal what the database holds; otherwise there is no figure at all.
"""

import asyncio
import json
import os
import secrets
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import psutil

from inbox.kernel.database import driver_dsn
from inbox.kernel.ids import new_id
from server.embedded import EmbeddedPostgres, EmbeddedValkey, free_port
from server.migrate import migrate
from server.settings import Settings
from tests.bench.load import LoadPlan, LoadResult
from tests.bench.rows import Row
from tests.conftest import SeededAccount, make_settings, seed_account

_START_SECONDS = 20.0
_TARGET = "≥ 0.5"


@dataclass(frozen=True)
class IngestBench:
    """Sizes of one measurement."""

    rounds: int = 3
    floor_requests: int = 20_000
    messages: int = 10_000
    status_messages: int = 3_000
    connections: int = 256
    contacts: int = 5_000


_QUICK = IngestBench(rounds=2, floor_requests=5_000, messages=3_000, status_messages=1_000)


async def run(*, quick: bool) -> list[Row]:
    """`ingest_ratio` and `status_ingest_ratio`, with a Postgres (fsync on) and a Redis of their own."""
    with tempfile.TemporaryDirectory(prefix="prosa-bench-") as folder:
        os.chmod(folder, 0o711)
        data = Path(folder)
        postgres = EmbeddedPostgres(data / "pg" / "data", secrets.token_hex(8))
        valkey = EmbeddedValkey(data / "valkey.log", secrets.token_hex(8))
        try:
            postgres.start()
            valkey.start()
            settings = make_settings(postgres, "prosa", valkey.url, data)
            await asyncio.to_thread(migrate, settings)
            return await measure(settings, _QUICK if quick else IngestBench())
        finally:
            valkey.stop()
            postgres.stop()


async def measure(settings: Settings, sizes: IngestBench) -> list[Row]:
    """The rows. The database is migrated and holds nothing that matters."""
    seed = await asyncio.to_thread(seed_account, settings)
    environment = {
        "PROSA_DATABASE_URL": settings.database_url,
        "PROSA_REDIS_URL": settings.redis_url,
        "PROSA_SECRET_KEY": settings.secret_key.get_secret_value(),
        "PROSA_ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
    }
    async with (
        asyncpg.create_pool(driver_dsn(settings.database_url), min_size=1, max_size=2) as pool,
        _server("create_floor", environment) as floor,
        _server("create_ingest", environment) as ingest,
    ):
        bench = _Bench(pool, seed, sizes, floor, ingest)
        return [await bench.measure_messages(), await bench.measure_statuses()]


class _Server:
    """A uvicorn process under measurement."""

    def __init__(self, port: int, pid: int) -> None:
        self.port = port
        self._process = psutil.Process(pid)

    def cpu_seconds(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)


class _Bench:
    def __init__(
        self, pool: asyncpg.Pool, seed: SeededAccount, sizes: IngestBench, floor: _Server, ingest: _Server
    ) -> None:
        self._pool = pool
        self._seed = seed
        self._sizes = sizes
        self._floor_server = floor
        self._ingest_server = ingest
        self._next = 0

    async def measure_messages(self) -> Row:
        sizes = self._sizes
        # Every contact, conversation and ticket is new in the first run: reported by itself.
        first = await self._messages(sizes.contacts, in_turn=True)
        floors, rates, results = [], [], []
        cpu: dict[str, list[int]] = {"floor": [], "ingest": []}
        for _ in range(sizes.rounds):
            before = self._floor_server.cpu_seconds()
            floors.append(await self._floor(sizes.floor_requests))
            cpu["floor"].append(_micros(self._floor_server.cpu_seconds() - before, sizes.floor_requests))
            before = self._ingest_server.cpu_seconds()
            result = await self._messages(sizes.messages)
            cpu["ingest"].append(_micros(self._ingest_server.cpu_seconds() - before, sizes.messages))
            results.append(result)
            rates.append(sizes.messages / result.seconds)
        ratios = [rate / floor for rate, floor in zip(rates, floors, strict=True)]
        detail = {
            "messages_per_second": [round(rate) for rate in rates],
            "floor_per_second": [round(floor) for floor in floors],
            "ratios": [round(ratio, 3) for ratio in ratios],
            "new_contacts_per_second": round(sizes.contacts / first.seconds),
            "p50_ms": round(statistics.median(r.p50_ms for r in results), 1),
            "p99_ms": round(statistics.median(r.p99_ms for r in results), 1),
            # Less moved by a noisy machine than the rates are.
            "server_cpu_us_per_request": cpu,
            **asdict(sizes),
        }
        return Row("ingest_ratio", round(statistics.median(ratios), 3), "ratio", _TARGET, detail)

    async def measure_statuses(self) -> Row:
        sizes = self._sizes
        floors, rates = [], []
        for _ in range(sizes.rounds):
            floors.append(await self._floor(sizes.floor_requests))
            wamids = await self._sent_messages(sizes.status_messages)
            plan = self._plan(
                self._ingest_server.port, f"/hooks/whatsapp/{self._seed.app.hook_key}", 3 * len(wamids)
            )
            plan.statuses_of = wamids
            result = await _drive(plan)
            await self._check_statuses(wamids, result)
            rates.append(3 * len(wamids) / result.seconds)
        ratios = [rate / floor for rate, floor in zip(rates, floors, strict=True)]
        detail = {
            "statuses_per_second": [round(rate) for rate in rates],
            "floor_per_second": [round(floor) for floor in floors],
            "ratios": [round(ratio, 3) for ratio in ratios],
        }
        return Row("status_ingest_ratio", round(statistics.median(ratios), 3), "ratio", _TARGET, detail)

    def _plan(self, port: int, path: str, count: int) -> LoadPlan:
        seed, sizes = self._seed, self._sizes
        return LoadPlan(
            port=port,
            path=path,
            secret=seed.app.app_secret.decode(),
            phone_number_id=seed.number.phone_number_id,
            count=count,
            first=self._next,
            connections=sizes.connections,
            contacts=sizes.contacts,
        )

    async def _floor(self, count: int) -> float:
        result = await _drive(self._plan(self._floor_server.port, "/floor", count))
        if result.answers != {"200": count}:
            raise RuntimeError(f"the floor answered {result.answers}")
        return count / result.seconds

    async def _messages(self, count: int, *, in_turn: bool = False) -> LoadResult:
        plan = self._plan(self._ingest_server.port, f"/hooks/whatsapp/{self._seed.app.hook_key}", count)
        plan.in_turn = in_turn
        self._next += count
        before = await self._count()
        result = await _drive(plan)
        stored = await self._count() - before
        if result.answers != {"200": count} or stored != count:
            raise RuntimeError(f"{result.answers} answered, {stored} of {count} stored")
        return result

    async def _count(self) -> int:
        count: int = await self._pool.fetchval(
            "SELECT count(*) FROM messages WHERE account_id = $1 AND direction = 'in'", self._seed.account_id
        )
        return count

    async def _sent_messages(self, count: int) -> list[str]:
        """Messages of ours that Meta has accepted."""
        rows = await self._pool.fetch(
            "SELECT id, ticket_conversation FROM (SELECT v.id, v.id AS ticket_conversation FROM conversations v"
            " WHERE account_id = $1) v ORDER BY id LIMIT $2",
            self._seed.account_id,
            count,
        )
        conversations: list[UUID] = [row["id"] for row in rows]
        ids = [new_id() for _ in range(count)]
        wamids = [f"wamid.OUT{id_.hex}" for id_ in ids]
        await self._pool.execute(
            "INSERT INTO messages (account_id, id, conversation_id, direction, author_kind, wamid, kind, content, status, at)"
            """ SELECT $1, p.id, p.conversation_id, 'out', 'user', p.wamid, 'text', '{"body": "Oi"}', 'sending', now()"""
            " FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS p (id, conversation_id, wamid)",
            self._seed.account_id,
            ids,
            [conversations[index % len(conversations)] for index in range(count)],
            wamids,
        )
        return wamids

    async def _check_statuses(self, wamids: list[str], result: LoadResult) -> None:
        read = await self._pool.fetchval(
            "SELECT count(*) FROM messages WHERE account_id = $1 AND wamid = ANY($2) AND status = 'read'",
            self._seed.account_id,
            wamids,
        )
        if result.answers != {"200": 3 * len(wamids)} or read != len(wamids):
            raise RuntimeError(f"{result.answers} answered, {read} of {len(wamids)} read")


def _micros(seconds: float, count: int) -> int:
    return round(1e6 * seconds / count)


async def _drive(plan: LoadPlan) -> LoadResult:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bench.load",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate(json.dumps(asdict(plan)).encode())
    if process.returncode:
        raise RuntimeError("the load generator failed")
    return LoadResult(**json.loads(output))


@asynccontextmanager
async def _server(factory: str, environment: dict[str, str]) -> AsyncIterator[_Server]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "uvicorn", f"tests.bench.ingest_apps:{factory}", "--factory", "--port", str(port),
        "--no-access-log", "--log-level", "warning", "--loop", "uvloop", "--http", "httptools", "--lifespan", "on",
        env={**os.environ, **environment},
    )  # fmt: skip
    try:
        await _await_port(port, lambda: process.returncode is None)
        yield _Server(port, process.pid)
    finally:
        process.terminate()
        await process.wait()


async def _await_port(port: int, is_alive: Callable[[], bool]) -> None:
    deadline = asyncio.get_running_loop().time() + _START_SECONDS
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if not is_alive() or asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
