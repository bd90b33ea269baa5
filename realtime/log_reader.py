"""Reading the event log: the only SQL of this room.

All functions take a plain asyncpg pool as prosa_system. The counter row of an account is locked from the numbering of
events to COMMIT, so whoever reads seq N from it finds every event up to N in the log.

Whoever reads an account's log is about to show it: the keys of accounts that seal their content are learnt here, before.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from inbox.kernel.content_seal import KEYRING

_CURRENT_SQL = "SELECT account_id, seq FROM event_counters WHERE account_id = ANY($1::uuid[])"

_OLDEST_SQL = "SELECT seq FROM events WHERE account_id = $1 ORDER BY seq LIMIT 1"

_RANGE_SQL = """
SELECT seq, type, audience, payload::text AS payload, at FROM events
WHERE account_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4
"""

_VISIBLE_RANGE_SQL = """
SELECT seq, type, audience, payload::text AS payload, at FROM events
WHERE account_id = $1 AND seq > $2 AND seq <= $3 AND audience && $5::text[] ORDER BY seq LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class LogBounds:
    """The oldest event that is still kept (current + 1 when none is), and the newest."""

    oldest: int
    current: int


async def read_current_seqs(pool: asyncpg.Pool, account_ids: Collection[UUID]) -> dict[UUID, int]:
    await KEYRING.load(pool, account_ids)
    rows = await pool.fetch(_CURRENT_SQL, list(account_ids))
    return {row["account_id"]: row["seq"] for row in rows}


async def read_bounds(pool: asyncpg.Pool, account_id: UUID) -> LogBounds:
    await KEYRING.load(pool, [account_id])
    async with pool.acquire() as connection:
        current = await connection.fetchval(
            "SELECT seq FROM event_counters WHERE account_id = $1", account_id
        )
        oldest = await connection.fetchval(_OLDEST_SQL, account_id)
    return LogBounds(oldest or (current or 0) + 1, current or 0)


async def read_range(pool: asyncpg.Pool, account_id: UUID, after: int, upto: int, limit: int) -> list[Any]:
    """Log rows with after < seq ≤ upto, ascending, `payload` as JSON text."""
    await KEYRING.load(pool, [account_id])
    return await pool.fetch(_RANGE_SQL, account_id, after, upto, limit)


async def read_visible_range(
    pool: asyncpg.Pool, account_id: UUID, after: int, upto: int, limit: int, rooms: Collection[str]
) -> list[Any]:
    """As `read_range`, only what somebody who stands in these rooms may hear."""
    await KEYRING.load(pool, [account_id])
    return await pool.fetch(_VISIBLE_RANGE_SQL, account_id, after, upto, limit, list(rooms))
