"""The database connections of ingest: few, plain, and planned for one kind of work."""

import sys

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from inbox.kernel.database import driver_dsn

Connection = asyncpg.Connection | PoolConnectionProxy

# Every row is found by its key, so a nested loop over an index is always the plan; planning it anew each time would cost
# as much as running it (Postgres 18, 2026-11: 0.3–0.6 ms a statement).
_PLANNER = {
    "plan_cache_mode": "force_generic_plan",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_material": "off",
    "enable_memoize": "off",
    "jit": "off",
}
_CONNECT_TIMEOUT_SECONDS = 5.0
# Far more than a flush needs (tens of milliseconds); a stuck server must turn into 503 while Meta still listens.
_COMMAND_TIMEOUT_SECONDS = 15.0


async def open_ingest_pool(url: str, *, size: int) -> asyncpg.Pool:
    """Connects as prosa_system; raises OSError or asyncpg's errors when that fails."""
    return await asyncpg.create_pool(
        driver_dsn(url),
        min_size=0,
        max_size=size,
        timeout=_CONNECT_TIMEOUT_SECONDS,
        command_timeout=_COMMAND_TIMEOUT_SECONDS,
        # A session is kept for good: asyncpg would replace it after 50,000 queries, and the first two flushes of a new one,
        # which plans everything again, took 43 and 75 ms while everybody waited (300 messages/s, 2026-11).
        max_queries=sys.maxsize,
        max_inactive_connection_lifetime=0,
        server_settings={**_PLANNER, "application_name": "prosa ingest"},
        # Ingest leaves nothing behind in a session; asyncpg's own reset is a round trip per flush.
        reset=_keep_as_it_is,
    )


class Replanning:
    """Throws a session's plans away after 1, 2, 4, … flushes of all sessions together, and then every 1,024.

    On empty tables without statistics every index looks equally cheap, and a plan that is kept would go on reading a
    whole account through the wrong one until autovacuum's first ANALYZE, a minute later (measured 2026-11: 380 ms
    instead of 2 for a look-up of 128 messages). At double the size it is made again with the size in sight. Plans belong
    to sessions: one that sat out the growth must not come back with its old ones (3 times the work for all).
    """

    def __init__(self) -> None:
        self._flushes = 0
        self._planned: dict[int, int] = {}

    async def before_flush(self, connection: Connection) -> None:
        self._flushes += 1
        generation = self._flushes.bit_length() + self._flushes // 1024
        session = connection.get_server_pid()
        if self._planned.get(session) != generation:
            await connection.execute("DISCARD PLANS")
            self._planned[session] = generation


async def _keep_as_it_is(connection: asyncpg.Connection) -> None:
    del connection
