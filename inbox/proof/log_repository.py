"""SQL of counting the log, as prosa_system."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def fetch_behind(session: AsyncSession) -> list[UUID]:
    """Accounts whose log has grown since it was counted."""
    result = await session.execute(
        text(
            """SELECT c.account_id FROM event_counters c LEFT JOIN proof_log_marks m ON m.account_id = c.account_id
            WHERE c.seq > coalesce(m.counted_to, 0) ORDER BY 1"""
        )
    )
    return [UUID(int=found.int) for found in result.scalars()]


async def lock_mark(session: AsyncSession, account_id: UUID) -> tuple[int, int]:
    """How far it is counted, and how far the log reaches: up to there every number is committed."""
    mark = await session.execute(
        text(
            """INSERT INTO proof_log_marks AS m (account_id) VALUES (:account_id)
            ON CONFLICT (account_id) DO UPDATE SET counted_to = m.counted_to RETURNING counted_to"""
        ),
        {"account_id": account_id},
    )
    current = await session.execute(
        text("SELECT seq FROM event_counters WHERE account_id = :account_id"), {"account_id": account_id}
    )
    return mark.scalar_one(), current.scalar_one_or_none() or 0


async def fetch_oldest(session: AsyncSession, account_id: UUID) -> int | None:
    result = await session.execute(
        text("SELECT seq FROM events WHERE account_id = :account_id ORDER BY seq LIMIT 1"),
        {"account_id": account_id},
    )
    oldest: int | None = result.scalar_one_or_none()
    return oldest


async def count_events(
    session: AsyncSession, account_id: UUID, process_id: UUID, after: int, upto: int
) -> int:
    """Counts the rows after < seq ≤ upto into their minutes; answers how many different numbers there were."""
    result = await session.execute(
        text(
            """WITH found AS MATERIALIZED (
                SELECT DISTINCT ON (seq) seq, date_trunc('minute', at, 'UTC') AS minute FROM events
                WHERE account_id = :account_id AND seq > :after AND seq <= :upto ORDER BY seq
            ), counted AS (
                INSERT INTO proof_observations AS o (account_id, process_id, minute, numbered)
                SELECT :account_id, :process_id, minute, count(*) FROM found GROUP BY minute
                ON CONFLICT (account_id, process_id, minute) DO UPDATE SET numbered = o.numbered + excluded.numbered
            )
            SELECT count(*) FROM found"""
        ),
        {"account_id": account_id, "process_id": process_id, "after": after, "upto": upto},
    )
    found: int = result.scalar_one()
    return found


async def move_mark(session: AsyncSession, account_id: UUID, upto: int, holes: int) -> None:
    await session.execute(
        text(
            """UPDATE proof_log_marks SET counted_to = :upto, holes = holes + :holes
            WHERE account_id = :account_id"""
        ),
        {"account_id": account_id, "upto": upto, "holes": holes},
    )
