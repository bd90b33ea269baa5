"""The table of what still has to be handed to Meta. Who drives which number: `NumberLease` in inbox/numbers."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field, SQLModel

import inbox.conversations.models  # noqa: F401 - the tables that foreign keys name
from inbox.kernel.columns import big_column, created_column, small_column, text_column

_CASCADE: Final = "CASCADE"


class OutboxItem(SQLModel, table=True):
    """One per message that is not yet accepted, failed or left unconfirmed."""

    __tablename__ = "outbox"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "message_id"], ["messages.account_id", "messages.id"], ondelete=_CASCADE
        ),
    )

    account_id: UUID = Field(primary_key=True)
    message_id: UUID = Field(primary_key=True)
    number_id: UUID
    conversation_id: UUID
    priority: int = small_column(0)
    state: str = text_column("queued")
    attempts: int = small_column(0)
    not_before: datetime
    lease_token: int | None = big_column(None)
    claimed_at: datetime | None = None
    created_at: datetime = created_column()
