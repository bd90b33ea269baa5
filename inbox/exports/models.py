"""The table of exports."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from inbox.kernel.columns import big_column, created_column, json_column, text_column


class Export(SQLModel, table=True):
    __tablename__ = "exports"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete="CASCADE")
    id: UUID = Field(primary_key=True)
    kind: str = text_column()
    subject_id: UUID | None = None
    parameters: dict[str, Any] = json_column(dict)
    state: str = text_column("pending")
    storage_key: str | None = text_column(None)
    file_name: str = text_column("")
    mime_type: str = text_column("application/octet-stream")
    size: int | None = big_column(None)
    error: str | None = text_column(None)
    requested_by: UUID
    created_at: datetime = created_column()
    ready_at: datetime | None = None
    expires_at: datetime | None = None
