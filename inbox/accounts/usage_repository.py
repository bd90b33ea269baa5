"""SQL of usage: reading it (bounded, whatever the account's size), and counting messages into days (a job).

What it costs, at 10 million messages: days are 30 rows of usage_days; the tail that is not counted yet is a range of the
messages' primary key, cut at `MOST_TAIL`; tickets, outbox and parked webhooks are counted up to a limit; the bytes stand in
usage_marks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

# Five minutes at 300 messages/s; beyond it the page shows less for a moment, and never gets slow.
MOST_TAIL = 100_000
# Nobody reads the difference between 10,000 and more; the page says "10,000 or more".
MOST_COUNTED = 10_000
# One transaction of the counting job: about a quarter of a second.
_BATCH = 50_000
_NIL = UUID(int=0)

_DAYS_SQL = text(
    """WITH tail AS MATERIALIZED (
        SELECT (m.at AT TIME ZONE :time_zone)::date AS day, m.direction FROM messages m
        WHERE m.account_id = :account_id AND m.id > :counted_to
        ORDER BY m.id LIMIT :most_tail
    )
    SELECT day, sum(messages_in)::bigint, sum(messages_out)::bigint, sum(api_requests)::bigint FROM (
        SELECT day, messages_in, messages_out, api_requests FROM usage_days
        WHERE account_id = :account_id AND day >= :first_day
        UNION ALL
        SELECT day, count(*) FILTER (WHERE direction = 'in'), count(*) FILTER (WHERE direction = 'out'), 0
        FROM tail WHERE day >= :first_day GROUP BY day
    ) parts GROUP BY day ORDER BY day"""
)

_STANDING_SQL = text(
    """SELECT a.plan, a.time_zone,
        (SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL
         WHERE m.account_id = a.account_id) AS members,
        (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.account_id = a.account_id AND t.closed_at IS NULL
                               LIMIT :most) open) AS open_tickets,
        (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.account_id = a.account_id AND t.closed_at IS NULL
                               AND t.state = 'queued' LIMIT :most) queue) AS queued_tickets,
        (SELECT count(*) FROM (SELECT FROM outbox o WHERE o.account_id = a.account_id LIMIT :most) waiting)
            AS outbox_waiting,
        (SELECT o.created_at FROM outbox o WHERE o.account_id = a.account_id ORDER BY o.message_id LIMIT 1)
            AS outbox_oldest_at,
        (SELECT count(*) FROM (SELECT FROM dead_webhooks w WHERE w.account_id = a.account_id AND w.replayed_at IS NULL
                               LIMIT :most) parked) AS parked_webhooks,
        u.storage_at, u.storage_bytes
    FROM accounts a LEFT JOIN usage_marks u ON u.account_id = a.account_id
    WHERE a.account_id = :account_id"""
)

_STORAGE_SQL = text(
    "SELECT coalesce(sum(size), 0)::bigint FROM media WHERE account_id = :account_id AND state = 'stored'"
)


@dataclass(frozen=True, slots=True)
class CountedDay:
    day: date
    messages_in: int
    messages_out: int
    api_requests: int


async def fetch_days(
    session: AsyncSession, account_id: UUID, time_zone: str, first_day: date
) -> list[CountedDay]:
    """Days with something, oldest first: what is counted, and what came since."""
    # Looked up apart: as a subquery behind row-level security it would be compared with every message of the account
    # instead of beginning the range (EXPLAIN on Postgres 18, a million messages, 2026-11: 960 ms instead of 1).
    mark = await session.execute(
        text("SELECT counted_to FROM usage_marks WHERE account_id = :account_id"), {"account_id": account_id}
    )
    result = await session.execute(
        _DAYS_SQL,
        {
            "account_id": account_id,
            "time_zone": time_zone,
            "first_day": first_day,
            "counted_to": mark.scalar_one_or_none() or _NIL,
            "most_tail": MOST_TAIL,
        },
    )
    return [CountedDay(*row) for row in result]


async def fetch_standing(session: AsyncSession, account_id: UUID) -> RowMapping | None:
    """Where the account stands right now; counts stop at MOST_COUNTED."""
    result = await session.execute(_STANDING_SQL, {"account_id": account_id, "most": MOST_COUNTED})
    return result.mappings().one_or_none()


async def fetch_storage(session: AsyncSession, account_id: UUID) -> int:
    """Sums the account's files: for the job, and for accounts so new that it has not come by."""
    total: int = (await session.execute(_STORAGE_SQL, {"account_id": account_id})).scalar_one()
    return total


async def fetch_numbers(session: AsyncSession, account_id: UUID) -> Sequence[RowMapping]:
    result = await session.execute(
        text(
            """SELECT id, name, display_phone_number, last_webhook_at, created_at FROM phone_numbers
            WHERE account_id = :account_id ORDER BY name, id"""
        ),
        {"account_id": account_id},
    )
    return result.mappings().all()


# ── the counting job (prosa_system) ─────────────────────────────────────────────────────────────────────────────────


async def fetch_countable(session: AsyncSession) -> list[UUID]:
    result = await session.execute(text("SELECT account_id FROM accounts WHERE erased_at IS NULL ORDER BY 1"))
    return [UUID(int=found.int) for found in result.scalars()]


async def lock_mark(session: AsyncSession, account_id: UUID) -> datetime | None:
    """Two workers never count one account at once. Answers when its bytes were summed up."""
    result = await session.execute(
        text(
            """INSERT INTO usage_marks (account_id, counted_to) VALUES (:account_id, :nil)
            ON CONFLICT (account_id) DO UPDATE SET counted_to = usage_marks.counted_to RETURNING storage_at"""
        ),
        {"account_id": account_id, "nil": _NIL},
    )
    storage_at: datetime | None = result.scalar_one()
    return storage_at


async def count_messages(session: AsyncSession, account_id: UUID, until: UUID) -> bool:
    """Counts the next batch of messages with ids below `until` into their days. True when there may be more."""
    result = await session.execute(
        text(
            """WITH fresh AS MATERIALIZED (
                SELECT m.id, m.direction, (m.at AT TIME ZONE a.time_zone)::date AS day
                FROM messages m JOIN accounts a ON a.account_id = m.account_id
                WHERE m.account_id = :account_id AND m.id < :until
                  AND m.id > (SELECT u.counted_to FROM usage_marks u WHERE u.account_id = :account_id)
                ORDER BY m.id LIMIT :batch
            ), counted AS (
                INSERT INTO usage_days AS d (account_id, day, messages_in, messages_out)
                SELECT :account_id, day, count(*) FILTER (WHERE direction = 'in'),
                       count(*) FILTER (WHERE direction = 'out') FROM fresh GROUP BY day
                ON CONFLICT (account_id, day) DO UPDATE SET messages_in = d.messages_in + EXCLUDED.messages_in,
                                                            messages_out = d.messages_out + EXCLUDED.messages_out
            )
            UPDATE usage_marks u SET counted_to = newest.id
            FROM (SELECT id FROM fresh ORDER BY id DESC LIMIT 1) newest WHERE u.account_id = :account_id
            RETURNING (SELECT count(*) FROM fresh)"""
        ),
        {"account_id": account_id, "until": until, "batch": _BATCH},
    )
    return (result.scalar_one_or_none() or 0) >= _BATCH


async def add_requests(session: AsyncSession, counts: Mapping[UUID, int]) -> None:
    """Adds to the day that it is where each account is; whoever is gone by now is left out."""
    accounts = sorted(counts)  # locked in this order, as by every process
    await session.execute(
        text(
            """INSERT INTO usage_days AS d (account_id, day, api_requests)
            SELECT a.account_id, (now() AT TIME ZONE a.time_zone)::date, c.count
            FROM unnest(CAST(:accounts AS uuid[]), CAST(:counts AS bigint[])) AS c (account_id, count)
            JOIN accounts a ON a.account_id = c.account_id AND a.erased_at IS NULL ORDER BY a.account_id
            ON CONFLICT (account_id, day) DO UPDATE SET api_requests = d.api_requests + EXCLUDED.api_requests"""
        ),
        {"accounts": accounts, "counts": [counts[account_id] for account_id in accounts]},
    )


async def store_storage(session: AsyncSession, account_id: UUID, storage_bytes: int, at: datetime) -> None:
    await session.execute(
        text(
            """UPDATE usage_marks SET storage_bytes = :storage_bytes, storage_at = :at
            WHERE account_id = :account_id"""
        ),
        {"account_id": account_id, "storage_bytes": storage_bytes, "at": at},
    )
