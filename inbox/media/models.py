"""The table of files: of messages, and uploaded ones that wait for theirs."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlmodel import Field, SQLModel

import inbox.accounts.models  # noqa: F401 - the tables that foreign keys name
from inbox.kernel.columns import big_column, created_column, json_column, text_column

_CASCADE: Final = "CASCADE"


class Media(SQLModel, table=True):
    __tablename__ = "media"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    id: UUID = Field(primary_key=True)
    message_id: UUID | None = None
    uploaded_by: UUID | None = None
    number_id: UUID | None = None
    meta_media_id: str | None = text_column(None)
    meta_expires_at: datetime | None = None
    mime_type: str = text_column()
    sha256: str | None = text_column(None)
    file_name: str | None = text_column(None)
    size: int | None = big_column(None)
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    state: str = text_column()
    error: dict[str, Any] | None = json_column(None)
    storage_key: str | None = text_column(None)
    attempts: int = 0
    created_at: datetime = created_column()
