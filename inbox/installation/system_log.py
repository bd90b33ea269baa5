"""The system log: warnings and errors of all processes in one table, for the super admin. Kept for 14 days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.installation import repository
from inbox.installation.log_entry import NewLogEntry
from inbox.installation.super_admin import SuperAdmin
from inbox.kernel.database import Database

KEPT: Final = timedelta(days=14)
"""Two weeks: somebody who was on holiday still sees what began before it."""

LogLevel = Literal["warning", "error", "critical"]
Place = tuple[datetime, UUID]


class LogEntryView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    at: datetime
    level: LogLevel
    event: str
    process: str
    """Which part, on which machine, which pid."""
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LogPage:
    items: list[LogEntryView]
    next_place: Place | None


async def write_log_entries(database: Database, entries: Sequence[NewLogEntry]) -> None:
    async with database.system() as work:
        await repository.insert_log_entries(work.session, entries)


async def list_log_entries(
    database: Database, _admin: SuperAdmin, *, level: LogLevel | None, q: str, since: datetime | None,
    before: Place | None, limit: int,
) -> LogPage:  # fmt: skip
    """Newest first. `level`: this one and worse."""
    levels = {
        "warning": ["warning", "error", "critical"],
        "error": ["error", "critical"],
        "critical": ["critical"],
    }
    async with database.system() as work:
        rows = await repository.fetch_log_entries(
            work.session,
            levels=levels[level or "warning"],
            q=q.strip(),
            since=since,
            before=before,
            limit=limit + 1,
        )
    items = [LogEntryView(**row) for row in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    return LogPage(items, (last.at, last.id) if last is not None else None)


async def trim_system_log(database: Database) -> int:
    """Removes what is too old; answers how many entries."""
    async with database.system() as work:
        return await repository.delete_log_entries(work.session, work.now() - KEPT)
