"""One line of the system log on its way into the table; apart, so that logging can be configured without the database's modules."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NewLogEntry:
    """Already free of secrets (server/log_tap filters)."""

    id: UUID
    at: datetime
    level: str
    event: str
    process: str
    fields: dict[str, Any]
