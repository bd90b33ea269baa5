"""What the outside sees of messages, and the events that tell of their changes.

A message carries `version`, which grows with every change: whoever holds a copy replaces it only by a higher version,
so an event that comes twice or late changes nothing.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.kernel.audience import message_audience
from inbox.kernel.event_log import NewEvent

Direction = Literal["in", "out"]
AuthorKind = Literal["contact", "user", "bot", "system", "phone", "api"]
"""`api`: a program, through REST with an API key, whose id is the author's."""
MessageStatus = Literal[
    "received", "queued", "sending", "unconfirmed", "sent", "delivered", "read", "played", "failed"
]
MediaState = Literal["pending", "stored", "failed"]


class MediaView(BaseModel):
    """A file of a message. Its bytes are at /media/{id} for those who may see the conversation."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    state: MediaState
    mime_type: str
    file_name: str | None
    size: int | None
    width: int | None
    height: int | None
    duration_ms: int | None


class ReactionView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reactor: str
    """"contact", or the id of the user who reacted."""
    emoji: str


class QuotedMessage(BaseModel):
    """The message that this one answers, as far as we know it."""

    model_config = ConfigDict(extra="forbid")

    message_id: UUID | None
    wamid: str
    direction: Direction | None
    kind: str | None
    preview: str


class MessageContext(BaseModel):
    model_config = ConfigDict(extra="forbid")

    quoted: QuotedMessage | None = None
    forwarded: bool = False
    frequently_forwarded: bool = False
    referred_product: dict[str, Any] | None = None


class MessageError(BaseModel):
    """Why a message failed: Meta's code and words, and ours for the operator."""

    model_config = ConfigDict(extra="forbid")

    code: int | None
    title: str
    details: str
    reason_key: str
    """Key of the human sentence in both languages (inbox/whatsapp/graph_errors)."""
    reason: dict[str, str]
    """The sentence by locale: {"pt-BR": …, "en": …}."""
    can_retry: bool


class MessageView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    conversation_id: UUID
    ticket_id: UUID | None
    direction: Direction
    author_kind: AuthorKind
    author_id: UUID | None
    client_message_id: UUID | None
    kind: str
    """WhatsApp's message type; "unsupported" for what we do not know, "unreadable" for sealed words that do not open."""
    content: dict[str, Any]
    """By kind: the content union of inbox/whatsapp/payloads."""
    media: MediaView | None
    context: MessageContext | None
    referral: dict[str, Any] | None
    reactions: list[ReactionView]
    status: MessageStatus
    error: MessageError | None
    at: datetime
    status_at: datetime | None
    edited_at: datetime | None
    deleted_at: datetime | None
    version: int


class MessageCreated(BaseModel):
    """Exact. Audience: the opened conversation and the assignee."""

    model_config = ConfigDict(extra="forbid")

    message: MessageView
    received_at: datetime | None = None
    """When Meta's request had come in; None for what was written here."""


class MessageUpdated(BaseModel):
    """Content, media, reactions or deletion changed. Exact, same audience."""

    model_config = ConfigDict(extra="forbid")

    message: MessageView


class MessageStatusChanged(BaseModel):
    """The ticks moved. Exact, same audience; lean, because three come for every message."""

    model_config = ConfigDict(extra="forbid")

    message_id: UUID
    conversation_id: UUID
    status: MessageStatus
    status_at: datetime | None
    error: MessageError | None
    version: int


class ConversationUpdated(BaseModel):
    """The customer service window moved. Exact. Audience: the opened conversation and the assignee.

    List rows hear of it by their ticket; this tells the header of a conversation whose tickets are all closed.
    """

    model_config = ConfigDict(extra="forbid")

    conversation_id: UUID
    window_expires_at: datetime | None
    last_inbound_at: datetime | None


def message_created(message: MessageView, assignee_id: UUID | None) -> NewEvent:
    return NewEvent(
        "message_created",
        message_audience(message.conversation_id, assignee_id),
        MessageCreated(message=message).model_dump(mode="json"),
    )


def message_updated(message: MessageView, assignee_id: UUID | None) -> NewEvent:
    return NewEvent(
        "message_updated",
        message_audience(message.conversation_id, assignee_id),
        MessageUpdated(message=message).model_dump(mode="json"),
    )


def message_status_changed(message: MessageView, assignee_id: UUID | None) -> NewEvent:
    changed = MessageStatusChanged(
        message_id=message.id,
        conversation_id=message.conversation_id,
        status=message.status,
        status_at=message.status_at,
        error=message.error,
        version=message.version,
    )
    audience = message_audience(message.conversation_id, assignee_id)
    return NewEvent("message_status_changed", audience, changed.model_dump(mode="json"))
