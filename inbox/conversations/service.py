"""What people do in a conversation: look at it here; write into it in `sending`, be seen in `receipts`."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.contacts.events import ContactView
from inbox.contacts.masking import mask_contact, mask_message, mask_ticket
from inbox.contacts.repository import fetch_contact
from inbox.conversations import repository
from inbox.conversations.access import access_conversation, visible_conversations
from inbox.conversations.events import MessageView
from inbox.conversations.receipts import mark_read, show_typing
from inbox.conversations.sending import queue_message, retry_message
from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.numbers.events import NumberView
from inbox.numbers.repository import fetch_number
from inbox.tickets.events import TicketView
from inbox.tickets.repository import list_conversation_tickets

__all__ = [
    "ConversationView",
    "MessagePage",
    "access_conversation",
    "get_conversation",
    "list_messages",
    "mark_read",
    "queue_message",
    "retry_message",
    "show_typing",
    "visible_conversations",
]

_TICKETS_SHOWN = 50
"""Of one conversation: years of monthly contact; older ones are in the reports."""


class ConversationView(BaseModel):
    """A conversation with all that its header and side panel show."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    number: NumberView
    contact: ContactView
    current_ticket: TicketView | None
    tickets: list[TicketView]
    """Latest first."""
    window_expires_at: datetime | None
    last_inbound_at: datetime | None


class MessagePage(BaseModel):
    model_config = ConfigDict(extra="forbid")

    items: list[MessageView]
    """Oldest first."""
    next_before: tuple[datetime, UUID] | None
    """Where the page before this one ends; None at the beginning of the conversation."""
    seq: int
    """How far the log had come in the snapshot that the page was read from."""


async def get_conversation(database: Database, actor: Actor, conversation_id: UUID) -> ConversationView:
    async with database.acting(actor) as work:
        conversation = await access_conversation(work, actor, conversation_id)
        session, account_id = work.session, actor.account_id
        tickets = [
            mask_ticket(actor, ticket)
            for ticket in await list_conversation_tickets(
                session, account_id, conversation_id, _TICKETS_SHOWN
            )
        ]
        number = await fetch_number(session, account_id, conversation.number_id)
        contact = await fetch_contact(session, account_id, conversation.contact_id)
        assert number is not None
        assert contact is not None
        return ConversationView(
            id=conversation.id,
            number=number,
            contact=mask_contact(actor, contact),
            current_ticket=next((ticket for ticket in tickets if ticket.closed_at is None), None),
            tickets=tickets,
            window_expires_at=conversation.window_expires_at,
            last_inbound_at=conversation.last_inbound_at,
        )


async def list_messages(
    database: Database,
    actor: Actor,
    conversation_id: UUID,
    *,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> MessagePage:
    """A page of the history that ends before `before`. Applying all events after `seq` keeps it true."""
    async with database.acting(actor) as work:
        await access_conversation(work, actor, conversation_id)
        # Read first: a change between both reads comes again as an event and is told by its version.
        seq = await repository.fetch_log_position(work.session, actor.account_id)
        newest_first = await repository.list_message_views(
            work.session, actor.account_id, conversation_id, before, limit + 1
        )
    items = [mask_message(actor, message) for message in newest_first[:limit]]
    more = len(newest_first) > limit
    return MessagePage(items=items[::-1], next_before=(items[-1].at, items[-1].id) if more else None, seq=seq)
