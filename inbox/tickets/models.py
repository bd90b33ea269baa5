"""Tables of tickets: the episode of service, its stretches, its history, and the counter of its protocol numbers."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field, SQLModel

import inbox.conversations.models  # noqa: F401 - the tables that foreign keys name
from inbox.kernel.columns import big_column, created_column, json_column, small_column, text_column

_CASCADE: Final = "CASCADE"


class Ticket(SQLModel, table=True):
    """At most one open per conversation: unique index tickets_one_open."""

    __tablename__ = "tickets"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "conversation_id"], ["conversations.account_id", "conversations.id"]
        ),
        ForeignKeyConstraint(["account_id", "department_id"], ["departments.account_id", "departments.id"]),
    )

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    id: UUID = Field(primary_key=True)
    conversation_id: UUID
    number_id: UUID
    contact_id: UUID
    protocol: str = text_column()
    state: str = text_column()
    department_id: UUID
    assignee_id: UUID | None = None
    priority: int = small_column(0)
    unread_count: int = 0
    preview: dict[str, Any] = json_column(dict)
    last_message_at: datetime
    waiting_since: datetime | None = None
    queued_at: datetime | None = None
    accepted_at: datetime | None = None
    first_response_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = text_column(None)
    close_reason: str | None = text_column(None)
    version: int = 1
    created_at: datetime = created_column()
    updated_at: datetime = created_column()


class TicketSegment(SQLModel, table=True):
    """A stretch of a ticket with one department and one assignee; the current one has no end."""

    __tablename__ = "ticket_segments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "ticket_id"], ["tickets.account_id", "tickets.id"], ondelete=_CASCADE
        ),
    )

    account_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    ticket_id: UUID
    department_id: UUID
    assignee_id: UUID | None = None
    started_at: datetime
    ended_at: datetime | None = None


class TicketEvent(SQLModel, table=True):
    """What happened to a ticket, for ever (the numbered log is kept for days)."""

    __tablename__ = "ticket_events"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "ticket_id"], ["tickets.account_id", "tickets.id"], ondelete=_CASCADE
        ),
    )

    account_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    ticket_id: UUID
    type: str = text_column()
    actor_id: UUID | None = None
    data: dict[str, Any] = json_column(dict)
    at: datetime


class ProtocolCounter(SQLModel, table=True):
    """The last protocol number of an account's day."""

    __tablename__ = "protocol_counters"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    day: date = Field(primary_key=True)
    number: int = big_column()
