"""Tables of conversations: the thread, its messages, what edits replaced, reactions, and every status Meta sent."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field, SQLModel

import inbox.contacts.models
import inbox.numbers.models  # noqa: F401 - the tables that foreign keys name
from inbox.kernel.columns import created_column, json_column, text_column

_CASCADE: Final = "CASCADE"


class Conversation(SQLModel, table=True):
    """One per number and contact, for ever."""

    __tablename__ = "conversations"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "number_id"], ["phone_numbers.account_id", "phone_numbers.id"]),
        ForeignKeyConstraint(["account_id", "contact_id"], ["contacts.account_id", "contacts.id"]),
    )

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    id: UUID = Field(primary_key=True)
    number_id: UUID
    contact_id: UUID
    last_inbound_at: datetime | None = None
    last_inbound_wamid: str | None = text_column(None)
    window_expires_at: datetime | None = None
    last_message_at: datetime | None = None
    created_at: datetime = created_column()


class Message(SQLModel, table=True):
    __tablename__ = "messages"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "conversation_id"], ["conversations.account_id", "conversations.id"]
        ),
    )

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    id: UUID = Field(primary_key=True)
    conversation_id: UUID
    ticket_id: UUID | None = None
    direction: str = text_column()
    author_kind: str = text_column()
    author_id: UUID | None = None
    wamid: str | None = text_column(None)
    client_message_id: UUID | None = None
    kind: str = text_column()
    content: dict[str, Any] = json_column()
    context: dict[str, Any] | None = json_column(None)
    referral: dict[str, Any] | None = json_column(None)
    status: str = text_column()
    error: dict[str, Any] | None = json_column(None)
    raw: dict[str, Any] | None = json_column(None)
    at: datetime
    status_at: datetime | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    version: int = 1
    created_at: datetime = created_column()
    received_at: datetime | None = None


class MessageVersion(SQLModel, table=True):
    """What an edit replaced."""

    __tablename__ = "message_versions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "message_id"], ["messages.account_id", "messages.id"], ondelete=_CASCADE
        ),
    )

    account_id: UUID = Field(primary_key=True)
    message_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    kind: str = text_column()
    content: dict[str, Any] = json_column()
    replaced_at: datetime


class Reaction(SQLModel, table=True):
    """One per person and message, by wamid: a reaction may come before its message."""

    __tablename__ = "reactions"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    target_wamid: str = text_column(primary_key=True)
    reactor: str = text_column(primary_key=True)
    emoji: str = text_column()
    at: datetime


class MessageStatusRow(SQLModel, table=True):
    """A status that Meta sent, once; it may come before its message and waits here."""

    __tablename__ = "message_statuses"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    wamid: str = text_column(primary_key=True)
    status: str = text_column(primary_key=True)
    recipient: str = text_column("", primary_key=True)
    at: datetime | None = None
    errors: list[dict[str, Any]] | None = json_column(None)
    pricing: dict[str, Any] | None = json_column(None)
    callback: str | None = text_column(None)
    received_at: datetime = created_column()
