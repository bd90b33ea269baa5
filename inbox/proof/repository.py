"""SQL of the page and of one message's trip, as prosa_app within its account. Bounded, whatever the account's size."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

MOST_COUNTED: Final = 10_000
"""Nobody reads the difference between 10,000 parked webhooks and more."""
MOST_TAIL: Final = 50_000
"""Events that the counting job has not reached: a minute of a very busy account. More, and it is said so."""
# The chart's percentiles come from single trips: 20,000 in an hour, then from the newest of them.
_MOST_TRIPS: Final = 20_000

_STANDING_SQL = text(
    """SELECT a.time_zone,
        (SELECT count(*) FROM (SELECT FROM dead_webhooks w WHERE w.account_id = a.account_id AND w.replayed_at IS NULL
                               LIMIT :most) parked) AS parked_waiting,
        (SELECT count(*) FROM proof_processes p WHERE p.account_id = a.account_id AND p.seen_at >= :alive_since) AS processes
    FROM accounts a WHERE a.account_id = :account_id"""
)
_MARK_SQL = text("SELECT counted_to, holes FROM proof_log_marks WHERE account_id = :account_id")
_FACTS_SQL = text(
    """SELECT minute >= :today AS is_today, sum(received)::bigint AS received, sum(stored)::bigint AS stored,
        sum(repeated)::bigint AS repeated, sum(parked)::bigint AS parked, sum(messages)::bigint AS messages,
        sum(announced)::bigint AS announced
    FROM proof_facts WHERE account_id = :account_id AND minute >= :week GROUP BY 1"""
)
_OBSERVED_SQL = text(
    """SELECT o.minute >= :today AS is_today, sum(o.numbered)::bigint AS numbered, sum(o.published)::bigint AS published,
        sum(o.dropped)::bigint AS dropped, sum(o.passed)::bigint AS passed, sum(o.relayed)::bigint AS relayed,
        sum(o.found)::bigint AS found, sum(o.pushed)::bigint AS pushed, sum(o.acknowledged)::bigint AS acknowledged,
        sum(o.ended)::bigint AS ended,
        coalesce(sum(o.numbered - o.published - o.dropped) FILTER (WHERE o.minute >= :young), 0)::bigint AS unpublished_young,
        coalesce(sum(o.pushed - o.acknowledged - o.ended) FILTER (WHERE p.seen_at >= :alive_since), 0)::bigint
            AS unconfirmed_alive
    FROM proof_observations o
    LEFT JOIN proof_processes p ON p.account_id = o.account_id AND p.process_id = o.process_id
    WHERE o.account_id = :account_id AND o.minute >= :week GROUP BY 1"""
)
_TAIL_SQL = text(
    """SELECT at >= :today AS is_today, count(*) AS numbered, count(*) FILTER (WHERE at >= :young) AS young
    FROM (SELECT at FROM events WHERE account_id = :account_id AND seq > :counted_to ORDER BY seq LIMIT :most) tail
    GROUP BY 1"""
)
_LEGS_SQL = text(
    """SELECT hour >= :today AS is_today, leg, bucket, sum(count)::bigint AS count FROM trip_hours
    WHERE account_id = :account_id AND hour >= :week GROUP BY 1, 2, 3"""
)
_MINUTES_SQL = text(
    """SELECT minute, sum(received)::bigint AS received, sum(pushed)::bigint AS pushed FROM (
        SELECT minute, received, 0 AS pushed FROM proof_facts WHERE account_id = :account_id AND minute >= :since
        UNION ALL
        SELECT minute, 0, pushed FROM proof_observations WHERE account_id = :account_id AND minute >= :since
    ) parts GROUP BY minute"""
)
_TRIP_MINUTES_SQL = text(
    """SELECT date_trunc('minute', pushed_at, 'UTC') AS minute, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS p50_ms,
        percentile_cont(0.99) WITHIN GROUP (ORDER BY ms) AS p99_ms
    FROM (SELECT pushed_at, extract(epoch FROM painted_at - coalesce(received_at, stored_at)) * 1000 AS ms
          FROM message_trips WHERE account_id = :account_id AND pushed_at >= :since AND painted_at IS NOT NULL
          ORDER BY pushed_at DESC LIMIT :most) newest GROUP BY 1"""
)
_TRIP_SQL = text(
    """SELECT coalesce(t.received_at, m.received_at) AS received_at, coalesce(t.stored_at, m.created_at) AS stored_at,
        t.pushed_at, t.painted_at
    FROM messages m LEFT JOIN message_trips t ON t.account_id = m.account_id AND t.message_id = m.id
    WHERE m.account_id = :account_id AND m.id = :message_id AND m.conversation_id = :conversation_id"""
)


async def fetch_standing(session: AsyncSession, account_id: UUID, alive_since: datetime) -> RowMapping | None:
    result = await session.execute(
        _STANDING_SQL, {"account_id": account_id, "most": MOST_COUNTED, "alive_since": alive_since}
    )
    return result.mappings().one_or_none()


async def fetch_mark(session: AsyncSession, account_id: UUID) -> tuple[int, int]:
    """How far the log is counted, and its holes."""
    row = (await session.execute(_MARK_SQL, {"account_id": account_id})).one_or_none()
    return (0, 0) if row is None else (row.counted_to, row.holes)


async def fetch_facts(
    session: AsyncSession, account_id: UUID, today: datetime, week: datetime
) -> list[RowMapping]:
    result = await session.execute(_FACTS_SQL, {"account_id": account_id, "today": today, "week": week})
    return list(result.mappings())


async def fetch_observed(
    session: AsyncSession, account_id: UUID, today: datetime, week: datetime, young: datetime, alive_since: datetime
) -> list[RowMapping]:  # fmt: skip
    result = await session.execute(
        _OBSERVED_SQL,
        {"account_id": account_id, "today": today, "week": week, "young": young, "alive_since": alive_since},
    )
    return list(result.mappings())


async def fetch_tail(
    session: AsyncSession, account_id: UUID, counted_to: int, today: datetime, young: datetime
) -> list[RowMapping]:
    """Events that the job has not counted yet."""
    result = await session.execute(
        _TAIL_SQL,
        {
            "account_id": account_id,
            "counted_to": counted_to,
            "today": today,
            "young": young,
            "most": MOST_TAIL,
        },
    )
    return list(result.mappings())


async def fetch_legs(
    session: AsyncSession, account_id: UUID, today: datetime, week: datetime
) -> list[RowMapping]:
    result = await session.execute(_LEGS_SQL, {"account_id": account_id, "today": today, "week": week})
    return list(result.mappings())


async def fetch_minutes(session: AsyncSession, account_id: UUID, since: datetime) -> list[RowMapping]:
    result = await session.execute(_MINUTES_SQL, {"account_id": account_id, "since": since})
    return list(result.mappings())


async def fetch_trip_minutes(session: AsyncSession, account_id: UUID, since: datetime) -> list[RowMapping]:
    result = await session.execute(
        _TRIP_MINUTES_SQL, {"account_id": account_id, "since": since, "most": _MOST_TRIPS}
    )
    return list(result.mappings())


async def fetch_trip(
    session: AsyncSession, account_id: UUID, conversation_id: UUID, message_id: UUID
) -> RowMapping | None:
    result = await session.execute(
        _TRIP_SQL,
        {"account_id": account_id, "conversation_id": conversation_id, "message_id": message_id},
    )
    return result.mappings().one_or_none()
