"""What the outside sees of tickets, and the events that tell of their changes.

`version` grows with every change of the row: a copy is replaced only by a higher one.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.contacts.events import ContactView
from inbox.conversations.events import Direction, MessageStatus
from inbox.kernel.audience import ticket_audience
from inbox.kernel.event_log import NewEvent

TicketState = Literal[
    "bot", "queued", "offered", "active", "on_hold", "waiting_customer", "wrap_up",
    "closed", "abandoned", "expired", "merged", "discarded",
]  # fmt: skip
ClosedBy = Literal["agent", "customer", "flow", "inactivity", "supervisor", "system"]


class TicketPreview(BaseModel):
    """The newest message, short enough for a list row."""

    model_config = ConfigDict(extra="forbid")

    message_id: UUID | None = None
    direction: Direction | None = None
    kind: str = "text"
    text: str = ""
    """At most 120 characters; empty for media without caption (the list shows the kind instead)."""
    status: MessageStatus | None = None


class TicketView(BaseModel):
    """A row of the inbox: one episode of service with what the list needs to be drawn without asking again."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    conversation_id: UUID
    number_id: UUID
    protocol: str
    state: TicketState
    department_id: UUID
    assignee_id: UUID | None
    priority: int
    unread_count: int
    preview: TicketPreview
    contact: ContactView
    last_message_at: datetime
    waiting_since: datetime | None
    window_expires_at: datetime | None
    """The conversation's, while the ticket is open; null once it is closed, for nobody would tell its row of a new one."""
    queued_at: datetime | None
    accepted_at: datetime | None
    first_response_at: datetime | None
    closed_at: datetime | None
    closed_by: ClosedBy | None
    close_reason: str | None
    created_at: datetime
    version: int


class TicketUpdated(BaseModel):
    """A ticket was opened or changed. Conflated: per ticket the latest wins within 100 ms.

    Audience: its department, its assignee, admins, and whoever has the conversation open. So a list takes a ticket only if it
    is its assignee's or of a department that its user sees.
    """

    model_config = ConfigDict(extra="forbid")

    ticket: TicketView


class TicketRemoved(BaseModel):
    """A ticket left for a department that the audience may not see. Comes before the TicketUpdated of the move."""

    model_config = ConfigDict(extra="forbid")

    ticket_id: UUID
    conversation_id: UUID
    version: int


def ticket_updated(ticket: TicketView) -> NewEvent:
    return NewEvent(
        "ticket_updated",
        ticket_audience(ticket.conversation_id, ticket.department_id, ticket.assignee_id),
        TicketUpdated(ticket=ticket).model_dump(mode="json"),
    )


def ticket_removed(ticket: TicketView, audience: list[str]) -> NewEvent:
    """`audience`: the rooms that saw the ticket before it left."""
    removed = TicketRemoved(
        ticket_id=ticket.id, conversation_id=ticket.conversation_id, version=ticket.version
    )
    return NewEvent("ticket_removed", audience, removed.model_dump(mode="json"))
