"""Writing into a conversation.

Invariants
- A message, its outbox row, its ticket's change and its events are one transaction; the same client_message_id is
  stored once, whoever sends it again reads the first.
- The conversation's row is locked while a message is queued, so that messages of one conversation have one order.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from inbox.contacts.masking import mask_message
from inbox.conversations import repository
from inbox.conversations.access import access_conversation
from inbox.conversations.drafts import Draft, ReactionDraft
from inbox.conversations.errors import (
    ContactIsErased,
    MediaMissing,
    MessageIdTaken,
    MessageNotSentYet,
    NotRetryable,
    WindowClosed,
)
from inbox.conversations.events import (
    MessageView,
    message_created,
    message_status_changed,
    message_updated,
)
from inbox.conversations.preview import preview_text
from inbox.conversations.repository import ConversationRow
from inbox.conversations.sealed_words import seal_content, seal_emoji, seal_preview
from inbox.kernel.actor import Actor, ActorKind
from inbox.kernel.content_seal import KEYRING
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import NotFound
from inbox.kernel.ids import new_id_after
from inbox.tickets.events import TicketPreview, ticket_updated
from inbox.tickets.models import Ticket
from inbox.tickets.repository import fetch_ticket_view, set_preview_status, show_outgoing
from inbox.tickets.service import check_may_write, claim_ticket_to_write
from inbox.whatsapp.outgoing import (
    OutgoingDocument,
    OutgoingMessage,
    OutgoingReaction,
    media_ids,
    parse_outgoing,
    stored_content,
)


async def queue_message(
    database: Database,
    actor: Actor,
    *,
    client_message_id: UUID,
    conversation_id: UUID,
    content: Draft,
    reply_to_message_id: UUID | None = None,
) -> MessageView:
    """Stores a message to be sent and answers it as queued. Idempotent by `client_message_id`.

    Raises NotFound, WindowClosed, AlreadyAccepted, Forbidden, MediaMissing, MessageNotSentYet, MessageIdTaken.
    """
    async with database.acting(actor) as work:
        conversation = await access_conversation(work, actor, conversation_id, lock=True)
        stored = await repository.fetch_message_by_client_id(
            work.session, actor.account_id, client_message_id
        )
        if stored is not None:
            if (stored.conversation_id, stored.author_id) != (conversation_id, actor.user_id):
                raise MessageIdTaken(client_message_id=client_message_id)
            return mask_message(actor, stored)
        _check_window(
            conversation, content.kind if not isinstance(content, ReactionDraft) else "reaction", work.now()
        )
        if isinstance(content, (ReactionDraft, OutgoingReaction)):
            message = await _queue_reaction(work, actor, conversation, client_message_id, content)
        else:
            message = await _queue_bubble(
                work, actor, conversation, client_message_id, content, reply_to_message_id
            )
    await _nudge_outbox(database)
    return mask_message(actor, message)


async def retry_message(
    database: Database,
    actor: Actor,
    message_id: UUID,
    even_if_unconfirmed: bool = False,
    *,
    conversation_id: UUID | None = None,
) -> MessageView:
    """Sends a failed message again; an unconfirmed one, which may have arrived, only when told so.

    `conversation_id`, where given, must be the message's own.

    Raises NotFound, NotRetryable, WindowClosed, AlreadyAccepted.
    """
    async with database.acting(actor) as work:
        session, account_id = work.session, actor.account_id
        message = await repository.fetch_message(session, account_id, message_id)
        if message is None or conversation_id not in (None, message.conversation_id):
            raise NotFound(message_id=message_id)
        try:
            conversation = await access_conversation(work, actor, message.conversation_id, lock=True)
        except NotFound:
            # Whose message it is must not be learnt by asking to send it again.
            raise NotFound(message_id=message_id) from None
        _check_window(conversation, message.kind, work.now())
        ticket = await check_may_write(work, actor, conversation.id)
        statuses = ["failed", "unconfirmed"] if even_if_unconfirmed else ["failed"]
        if not await repository.requeue_message(session, account_id, message_id, statuses, work.now()):
            raise NotRetryable(message_id=message_id, message_status=message.status)
        await _insert_outbox(work, actor, conversation, message_id)
        message = await _fetch(work, actor, message_id)
        work.record(message_status_changed(message, ticket.assignee_id if ticket else None))
        if ticket and await set_preview_status(session, account_id, ticket.id, message_id, message.status):
            await _record_ticket(work, ticket)
    await _nudge_outbox(database)
    return mask_message(actor, message)


async def _next_id(work: UnitOfWork, actor: Actor, conversation: ConversationRow) -> UUID:
    """Messages of a conversation leave in the order of their ids, and the process that made the last may be ahead in time.
    Under the conversation's lock."""
    return new_id_after(await repository.last_waiting_id(work.session, actor.account_id, conversation.id))


async def _queue_bubble(
    work: UnitOfWork,
    actor: Actor,
    conversation: ConversationRow,
    client_message_id: UUID,
    content: OutgoingMessage,
    reply_to_message_id: UUID | None,
) -> MessageView:
    quoted = await _wamid_of(work, actor, conversation, reply_to_message_id) if reply_to_message_id else None
    ticket = await claim_ticket_to_write(work, actor, conversation)
    message_id = await _next_id(work, actor, conversation)
    content = await _attach_files(work, actor, content, message_id)
    stored = stored_content(content)
    now = await _insert_message(
        work,
        actor,
        conversation,
        message_id,
        client_message_id,
        ticket_id=ticket.id if ticket else None,
        kind=content.kind,
        content=stored,
        context={"quoted_wamid": quoted} if quoted else None,
    )
    await repository.touch_conversation(work.session, actor.account_id, conversation.id, now)
    preview = TicketPreview(
        message_id=message_id,
        direction="out",
        kind=content.kind,
        text=seal_preview(KEYRING.sealing(actor.account_id), message_id, preview_text(content.kind, stored)),
        status="queued",
    )
    by_person = actor.kind is ActorKind.USER
    if ticket:
        read = ticket.assignee_id == actor.user_id
        await show_outgoing(work.session, ticket, preview, now, read=read, answers=by_person)
    message = await _fetch(work, actor, message_id)
    work.record(message_created(message, ticket.assignee_id if ticket else None))
    if ticket:
        await _record_ticket(work, ticket)
    return message


async def _queue_reaction(
    work: UnitOfWork,
    actor: Actor,
    conversation: ConversationRow,
    client_message_id: UUID,
    reaction: ReactionDraft | OutgoingReaction,
) -> MessageView:
    """A row of its own for sending, shown on its target only; it neither answers the customer nor takes the ticket."""
    ticket = await check_may_write(work, actor, conversation.id)
    if isinstance(reaction, ReactionDraft):
        target = await _wamid_of(work, actor, conversation, reaction.message_id)
        content = _parse_reaction(target, reaction.emoji)
    else:
        content = reaction
    message_id = await _next_id(work, actor, conversation)
    now = await _insert_message(
        work,
        actor,
        conversation,
        message_id,
        client_message_id,
        ticket_id=ticket.id if ticket else None,
        kind="reaction",
        content=stored_content(content),
        context=None,
    )
    session, account_id, wamid = work.session, actor.account_id, content.target_wamid
    emoji = seal_emoji(KEYRING.sealing(account_id), wamid, content.emoji or "")
    await repository.upsert_reaction(session, account_id, wamid, str(actor.user_id), emoji, now)
    await repository.bump_message(session, account_id, wamid)
    shown_on = await repository.fetch_message_by_wamid(session, account_id, wamid)
    if shown_on is None or shown_on.conversation_id != conversation.id:
        raise NotFound(target_wamid=wamid)
    work.record(message_updated(shown_on, ticket.assignee_id if ticket else None))
    return await _fetch(work, actor, message_id)


def _parse_reaction(target_wamid: str, emoji: str) -> OutgoingReaction:
    reaction = parse_outgoing({"kind": "reaction", "target_wamid": target_wamid, "emoji": emoji or None})
    assert isinstance(reaction, OutgoingReaction)
    return reaction


async def _insert_message(
    work: UnitOfWork,
    actor: Actor,
    conversation: ConversationRow,
    message_id: UUID,
    client_message_id: UUID,
    *,
    ticket_id: UUID | None,
    kind: str,
    content: dict[str, Any],
    context: dict[str, Any] | None,
) -> datetime:
    """Message and outbox row; answers the message's time."""
    now = work.now()
    inserted = await repository.insert_queued_message(
        work.session,
        account_id=actor.account_id,
        message_id=message_id,
        conversation_id=conversation.id,
        ticket_id=ticket_id,
        author_kind="api" if actor.kind is ActorKind.API_KEY else "user",
        author_id=actor.user_id,
        client_message_id=client_message_id,
        kind=kind,
        content=seal_content(KEYRING.sealing(actor.account_id), message_id, content),
        context=context,
        at=now,
    )
    if not inserted:
        # The same id within this conversation waits for its lock and was read above: it is another conversation's.
        raise MessageIdTaken(client_message_id=client_message_id)
    await _insert_outbox(work, actor, conversation, message_id)
    return now


async def _insert_outbox(
    work: UnitOfWork, actor: Actor, conversation: ConversationRow, message_id: UUID
) -> None:
    await repository.insert_outbox(
        work.session,
        account_id=actor.account_id,
        message_id=message_id,
        number_id=conversation.number_id,
        conversation_id=conversation.id,
    )


async def _attach_files(
    work: UnitOfWork, actor: Actor, content: OutgoingMessage, message_id: UUID
) -> OutgoingMessage:
    """Gives the uploads that the message names to it; a document without a name gets its upload's."""
    for media_id in media_ids(content):
        upload = await repository.attach_upload(
            work.session, actor.account_id, actor.user_id, media_id, message_id
        )
        if upload is None:
            raise MediaMissing(media_id=media_id)
        if isinstance(content, OutgoingDocument) and content.file_name is None and upload.file_name:
            content = content.model_copy(update={"file_name": upload.file_name})
    return content


async def _wamid_of(work: UnitOfWork, actor: Actor, conversation: ConversationRow, message_id: UUID) -> str:
    found, wamid = await repository.fetch_wamid(work.session, actor.account_id, conversation.id, message_id)
    if not found:
        raise NotFound(message_id=message_id)
    if wamid is None:
        raise MessageNotSentYet(message_id=message_id)
    return wamid


def _check_window(conversation: ConversationRow, kind: str, now: datetime) -> None:
    if conversation.is_erased:
        raise ContactIsErased(conversation_id=conversation.id)
    expires_at = conversation.window_expires_at
    if kind != "template" and (expires_at is None or expires_at <= now):
        raise WindowClosed(conversation_id=conversation.id, window_expires_at=expires_at)


async def _fetch(work: UnitOfWork, actor: Actor, message_id: UUID) -> MessageView:
    message = await repository.fetch_message(work.session, actor.account_id, message_id)
    assert message is not None
    return message


async def _record_ticket(work: UnitOfWork, ticket: Ticket) -> None:
    view = await fetch_ticket_view(work.session, ticket.account_id, ticket.id)
    assert view is not None
    work.record(ticket_updated(view))


async def _nudge_outbox(database: Database) -> None:
    if database.publisher is not None:
        await database.publisher.nudge("outbox")
