"""/v1/conversations/{id}/messages: the history, and writing into it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from inbox.conversations import service
from inbox.conversations.drafts import parse_draft
from inbox.conversations.events import MessageView
from inbox.whatsapp.interactive_message import OutgoingInteractive
from inbox.whatsapp.outgoing import OutgoingContacts
from inbox.whatsapp.template_message import OutgoingTemplate
from realtime.protocol import LocationContent, MediaContent, MessageResult, ReactionContent, TextContent
from server.api.cursors import CursorText, PageLimit, read_cursor, write_cursor
from server.api.dependencies import CurrentActor, CurrentDatabase
from server.api.send_limits import LIMITED_PER_NUMBER

router = APIRouter(prefix="/v1/conversations/{conversation_id}/messages", tags=["conversations"])

# Interactive messages are told apart by a second key; a union in a union has no valid form in OpenAPI's `discriminator`.
MessageContent = (
    Annotated[
        TextContent | MediaContent | LocationContent | ReactionContent | OutgoingContacts | OutgoingTemplate,
        Field(discriminator="kind"),
    ]
    | OutgoingInteractive
)
"""What operators send over the socket, and what only programs send."""


class MessageListView(BaseModel):
    items: list[MessageView]
    """Oldest first."""
    next_before: str | None
    """For the page before this one; null at the beginning."""
    seq: int
    """The event log's position in this snapshot: apply the events after it."""


class SendMessageBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    client_message_id: UUID
    """Made by the client; the same one again sends nothing and answers the first message."""
    content: MessageContent
    reply_to_message_id: UUID | None = None


class RetryBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    even_if_unconfirmed: bool = False


@router.get("")
async def list_messages(
    conversation_id: UUID,
    database: CurrentDatabase,
    actor: CurrentActor,
    before: CursorText = None,
    limit: PageLimit = 50,
) -> MessageListView:
    page = await service.list_messages(
        database, actor, conversation_id, before=read_cursor(before), limit=limit
    )
    return MessageListView(items=page.items, next_before=write_cursor(page.next_before), seq=page.seq)


@router.post("", status_code=202, dependencies=LIMITED_PER_NUMBER)
async def send_message(
    conversation_id: UUID, body: SendMessageBody, database: CurrentDatabase, actor: CurrentActor
) -> MessageResult:
    """Stored and on its way; ticks come as events."""
    message = await service.queue_message(
        database,
        actor,
        client_message_id=body.client_message_id,
        conversation_id=conversation_id,
        content=parse_draft(body.content.model_dump()),
        reply_to_message_id=body.reply_to_message_id,
    )
    return MessageResult(message=message)


@router.post("/{message_id}/retry", status_code=202, dependencies=LIMITED_PER_NUMBER)
async def retry_message(
    conversation_id: UUID,
    message_id: UUID,
    body: RetryBody,
    database: CurrentDatabase,
    actor: CurrentActor,
) -> MessageResult:
    """Sends a failed message again."""
    message = await service.retry_message(
        database,
        actor,
        message_id,
        conversation_id=conversation_id,
        even_if_unconfirmed=body.even_if_unconfirmed,
    )
    return MessageResult(message=message)
