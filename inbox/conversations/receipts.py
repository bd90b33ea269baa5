"""What the customer sees of us before we answer: that somebody read, that somebody types."""

from datetime import datetime, timedelta
from uuid import UUID

from inbox.conversations.access import access_conversation
from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.kernel.jobs import defer_in
from inbox.numbers.repository import fetch_sends_receipts
from inbox.tickets.events import ticket_updated
from inbox.tickets.repository import clear_unread, fetch_ticket_view, is_assignee

_TYPING_EVERY = timedelta(seconds=20)
"""WhatsApp shows typing for at most 25 s (cloud-api, section 3.2): asked again before it ends, never more often."""

_RECEIPT_QUEUE = "whatsapp"


async def mark_read(database: Database, actor: Actor, conversation_id: UUID) -> None:
    """Clears the unread count and, where the number does so, turns the customer's ticks blue. Idempotent.

    Only the assignee's reading counts: a supervisor's peek and a look into the queue leave no trace (FIELD, section 3).
    """
    async with database.acting(actor) as work:
        conversation = await access_conversation(work, actor, conversation_id)
        session, account_id = work.session, actor.account_id
        ticket_id = await clear_unread(session, account_id, conversation_id, actor.user_id, work.now())
        if ticket_id is None:
            return
        view = await fetch_ticket_view(session, account_id, ticket_id)
        assert view is not None
        work.record(ticket_updated(view))
        wamid = conversation.last_inbound_wamid
        if wamid and await fetch_sends_receipts(session, account_id, conversation.number_id):
            await defer_in(
                session,
                "whatsapp.mark_read",
                _receipt_args(account_id, conversation.number_id, wamid),
                queue=_RECEIPT_QUEUE,
                queueing_lock=f"mark_read:{wamid}",
            )


async def show_typing(database: Database, actor: Actor, conversation_id: UUID, typing: bool) -> None:
    """Lets the customer see that the assignee types; at most once in 20 s, however often it is called.

    WhatsApp marks as read with it, so it stays off where receipts are off. That somebody stopped cannot be told.
    """
    now = database.now()
    if typing and not _may_show_typing(conversation_id, now):
        return
    async with database.acting(actor) as work:
        conversation = await access_conversation(work, actor, conversation_id)
        session, account_id, wamid = work.session, actor.account_id, conversation.last_inbound_wamid
        if (
            not typing
            or wamid is None
            or not await is_assignee(session, account_id, conversation_id, actor.user_id)
            or not await fetch_sends_receipts(session, account_id, conversation.number_id)
        ):
            return
        await defer_in(
            session,
            "whatsapp.typing",
            {
                **_receipt_args(account_id, conversation.number_id, wamid),
                "expires_at": (now + _TYPING_EVERY).isoformat(),
            },
            queue=_RECEIPT_QUEUE,
            queueing_lock=f"typing:{conversation_id}",
        )
    _typing_shown_at[conversation_id] = now


def _receipt_args(account_id: UUID, number_id: UUID, wamid: str) -> dict[str, str]:
    return {"account_id": str(account_id), "number_id": str(number_id), "wamid": wamid}


# A hint about a hint: an operator's socket lives in one process, so each process may keep its own.
_typing_shown_at: dict[UUID, datetime] = {}
_TYPING_REMEMBERED = 10_000
"""Conversations; more than people type into within 20 s."""


def _may_show_typing(conversation_id: UUID, now: datetime) -> bool:
    if len(_typing_shown_at) > _TYPING_REMEMBERED:
        for key in [key for key, at in _typing_shown_at.items() if now - at >= _TYPING_EVERY]:
            del _typing_shown_at[key]
    shown_at = _typing_shown_at.get(conversation_id)
    return shown_at is None or now - shown_at >= _TYPING_EVERY
