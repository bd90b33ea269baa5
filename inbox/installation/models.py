"""Tables of the installation; prosa_system's alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from inbox.kernel.columns import created_column, json_column, text_column


class InstallationSetting(SQLModel, table=True):
    """One setting that is not at its default."""

    __tablename__ = "installation_settings"

    name: str = text_column(primary_key=True)
    value: Any = json_column()
    updated_by: UUID | None = None
    updated_at: datetime = created_column()


class SystemLogEntry(SQLModel, table=True):
    """A warning or an error of some process."""

    __tablename__ = "system_log"

    id: UUID = Field(primary_key=True)
    at: datetime
    level: str = text_column()
    event: str = text_column()
    process: str = text_column()
    fields: dict[str, Any] = json_column(dict)
