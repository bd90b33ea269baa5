"""SQL of rolling up and dropping, as prosa_system. Each statement adds and deletes in one: nothing is counted twice."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_FACTS = ("received", "stored", "repeated", "parked", "messages", "announced")
_OBSERVATIONS = (
    "numbered", "published", "dropped", "passed", "relayed", "found", "pushed", "acknowledged", "ended",
)  # fmt: skip


def _roll_up(table: str, keys: str, columns: tuple[str, ...]) -> str:
    """Minutes before :until become their hours. A row that stands for an hour already has minute 0 and stays."""
    names = ", ".join(columns)
    sums = ", ".join(f"sum({name})::bigint" for name in columns)
    added = ", ".join(f"{name} = t.{name} + excluded.{name}" for name in columns)
    return f"""WITH gone AS (
        DELETE FROM {table} WHERE minute < :until AND minute <> date_trunc('hour', minute, 'UTC') RETURNING *
    )
    INSERT INTO {table} AS t ({keys}, minute, {names})
    SELECT {keys}, date_trunc('hour', minute, 'UTC'), {sums} FROM gone GROUP BY {keys}, date_trunc('hour', minute, 'UTC')
    ON CONFLICT ({keys}, minute) DO UPDATE SET {added}"""


_ROLL_UPS = (
    text(_roll_up("proof_facts", "account_id", _FACTS)),
    text(_roll_up("proof_observations", "account_id, process_id", _OBSERVATIONS)),
)


async def roll_up(session: AsyncSession, until: datetime) -> None:
    whole_hour = until.replace(minute=0, second=0, microsecond=0)
    for statement in _ROLL_UPS:
        await session.execute(statement, {"until": whole_hour})


async def drop_old(session: AsyncSession, *, hours: datetime, trips: datetime) -> None:
    await session.execute(text("DELETE FROM proof_facts WHERE minute < :until"), {"until": hours})
    await session.execute(text("DELETE FROM proof_observations WHERE minute < :until"), {"until": hours})
    await session.execute(text("DELETE FROM proof_processes WHERE seen_at < :until"), {"until": hours})
    await session.execute(text("DELETE FROM trip_hours WHERE hour < :until"), {"until": hours})
    await session.execute(text("DELETE FROM message_trips WHERE pushed_at < :until"), {"until": trips})
