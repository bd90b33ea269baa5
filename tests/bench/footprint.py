"""What a message costs beside serve's CPU: Postgres' CPU, WAL, disk and the log, per message received and per status.

The figures that `prosa capacity` calculates with come from here (server/capacity.py); they have no aim of their own.
"""

import asyncio
from dataclasses import dataclass

import asyncpg
import psutil

from inbox.kernel.database import driver_dsn
from server.settings import Settings
from tests.bench.ingest import IngestBench, _Bench, _server
from tests.bench.rows import Row
from tests.bench.servers import own_servers
from tests.conftest import seed_account

_SIZES = IngestBench(messages=10_000, status_messages=3_000, contacts=2_000)
_QUICK_SIZES = IngestBench(messages=3_000, status_messages=1_000, contacts=1_000)


@dataclass(frozen=True)
class _Reading:
    cpu_seconds: float
    wal_bytes: int
    table_bytes: int
    log_bytes: int
    events: int


async def run(*, quick: bool) -> list[Row]:
    async with own_servers() as settings:
        return await _measure(settings, _QUICK_SIZES if quick else _SIZES)


async def _measure(settings: Settings, sizes: IngestBench) -> list[Row]:
    seed = await asyncio.to_thread(seed_account, settings)
    environment = {
        "PROSA_DATABASE_URL": settings.database_url,
        "PROSA_REDIS_URL": settings.redis_url,
        "PROSA_SECRET_KEY": settings.secret_key.get_secret_value(),
        "PROSA_ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
    }
    async with (
        asyncpg.create_pool(driver_dsn(settings.database_url), min_size=1, max_size=2) as pool,
        _server("create_ingest", environment) as ingest,
    ):
        bench = _Bench(pool, seed, sizes, ingest, ingest)
        await bench._messages(sizes.contacts, in_turn=True)
        start = await _read(pool)
        await bench._messages(sizes.messages)
        after_messages = await _read(pool)
    count = sizes.messages
    detail = {
        "messages": count,
        "postgres_cpu_us": round((after_messages.cpu_seconds - start.cpu_seconds) / count * 1e6),
        "wal_bytes": round((after_messages.wal_bytes - start.wal_bytes) / count),
        "table_bytes": round((after_messages.table_bytes - start.table_bytes) / count),
        "events": round((after_messages.events - start.events) / count, 2),
        "log_bytes": round((after_messages.log_bytes - start.log_bytes) / count),
    }
    return [Row("footprint_postgres_us", detail["postgres_cpu_us"], "µs", "–", detail)]


async def _read(pool: "asyncpg.Pool[asyncpg.Record]") -> _Reading:
    row = await pool.fetchrow(
        """SELECT pg_backend_pid() AS pid, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint AS wal,
            (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
              AND c.relkind = 'r' AND c.relname !~ '^events')::bigint AS tables,
            (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
              AND c.relkind = 'r' AND c.relname ~ '^events')::bigint AS log,
            (SELECT count(*) FROM events) AS events"""
    )
    assert row is not None
    server = psutil.Process(row["pid"]).parent()
    assert server is not None
    cpu = 0.0
    for process in (server, *server.children()):
        times = process.cpu_times()
        cpu += times.user + times.system
    return _Reading(cpu, row["wal"], row["tables"], row["log"], row["events"])
