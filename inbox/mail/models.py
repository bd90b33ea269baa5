"""The table of mails: of the installation, for people who may not be in any account yet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Field, SQLModel

from inbox.kernel.columns import created_column, small_column, text_column


class Mail(SQLModel, table=True):
    __tablename__ = "mails"

    id: UUID = Field(primary_key=True)
    recipient: str = text_column()
    template: str = text_column()
    locale: str = text_column()
    data_sealed: bytes | None = None
    """What the template is filled with; emptied once the mail is sent or given up."""
    state: str = text_column("queued")
    attempts: int = small_column(0)
    error: str | None = text_column(None)
    created_at: datetime = created_column()
    due_at: datetime = Field(None, sa_column_kwargs={"server_default": text("now()"), "nullable": False})
    claimed_at: datetime | None = None
    sent_at: datetime | None = None
