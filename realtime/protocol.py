"""The live protocol: every event and every command with its payload model.

The source of /api/asyncapi.json and of web's types; nothing about the wire is written down anywhere else. Socket.IO over
WebSocket only, one namespace ("/").

- Connect with `auth: ConnectAuth`. The server answers `ready` once the replay after `cursor` is through.
- `events`: an array of `LogItem`, in ascending seq. The highest seq seen is always a safe cursor.
- Commands are acknowledged with their result model, or with an RFC 9457 problem object (`Problem`).
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from inbox.accounts.account_events import AccountUpdated
from inbox.accounts.events import (
    Availability,
    DepartmentCreated,
    DepartmentUpdated,
    MemberRemoved,
    MemberUpdated,
    MemberView,
)
from inbox.contacts.events import ContactUpdated
from inbox.conversations.events import (
    ConversationUpdated,
    MessageCreated,
    MessageStatusChanged,
    MessageUpdated,
    MessageView,
)
from inbox.privacy.views import ContactErased
from inbox.tickets.events import TicketRemoved, TicketUpdated, TicketView


class WireModel(BaseModel):
    model_config = ConfigDict(extra="forbid")


# ── connecting ──────────────────────────────────────────────────────────────────────────────────────────────────────


class ConnectAuth(WireModel):
    token: str = Field(min_length=1, max_length=8192)
    """The access token of REST."""
    cursor: int | None = None
    """The highest seq that this client has applied; None for a fresh start."""
    open_conversation_ids: list[UUID] = Field(default_factory=list, max_length=20)
    """Conversations that are on the screen: their exact events are replayed too."""


class Ready(WireModel):
    """The socket is live: everything after `cursor` that this user may see has been sent."""

    seq: int
    """Where the log stands now: a snapshot fetched after `ready` is at least this fresh."""
    resumed: bool
    """True: the gap was replayed. False: a fresh start, or `resync_required` came before; fetch anew."""
    user_id: UUID
    account_id: UUID
    open_conversation_ids: list[UUID]
    """Those of `ConnectAuth.open_conversation_ids` that this user may see: they are open on this socket."""
    connected_user_ids: list[UUID]
    """Who is connected now; `presence` tells the changes."""
    seen_every_ms: int
    """Say `seen` at most this often: grows with the sockets of the process, so that confirmations never crowd out work."""


class ResyncRequired(WireModel):
    """Drop what is cached and fetch anew; the socket itself stays live.

    The cursor is too old (the log has dropped what follows it), too far behind or ahead of the log; too much arrived while
    the replay ran (lagging); or this user's role or departments have changed (access_changed).
    """

    reason: Literal["too_old", "too_far", "unknown_cursor", "lagging", "access_changed"]


class CursorHint(WireModel):
    """Nothing for you up to here: lets a quiet client keep its cursor young."""

    seq: int


class SignedOut(WireModel):
    """The server ends this socket for good: do not reconnect with the same token."""

    reason: Literal["token_expired", "signed_out", "access_changed"]


class ReconnectHint(WireModel):
    """The server restarts or sheds this socket: reconnect after this many milliseconds (jitter included)."""

    after_ms: int


# ── numbered events ─────────────────────────────────────────────────────────────────────────────────────────────────


class LogItem(WireModel):
    """One event of the log as it travels in `events`."""

    seq: int
    type: str
    at: datetime
    data: dict[str, Any]


EVENT_TYPES: dict[str, type[BaseModel]] = {
    "message_created": MessageCreated,
    "message_updated": MessageUpdated,
    "message_status_changed": MessageStatusChanged,
    "ticket_updated": TicketUpdated,
    "ticket_removed": TicketRemoved,
    "conversation_updated": ConversationUpdated,
    "contact_updated": ContactUpdated,
    "contact_erased": ContactErased,
    "member_updated": MemberUpdated,
    "member_removed": MemberRemoved,
    "department_created": DepartmentCreated,
    "department_updated": DepartmentUpdated,
    "account_updated": AccountUpdated,
}
"""Type of a log item → model of its `data`."""

CONFLATED_TYPES = frozenset({"ticket_updated"})
"""Per ticket the latest wins within the conflation window; everything else is exact."""


# ── ephemeral, unnumbered ───────────────────────────────────────────────────────────────────────────────────────────


class TypingShown(WireModel):
    conversation_id: UUID
    user_id: UUID
    typing: bool


class ViewingChanged(WireModel):
    """Who has the conversation open right now."""

    conversation_id: UUID
    user_ids: list[UUID]


class PresenceChanged(WireModel):
    user_id: UUID
    connected: bool


EPHEMERAL_EVENTS: dict[str, type[BaseModel]] = {
    "ready": Ready,
    "resync_required": ResyncRequired,
    "cursor": CursorHint,
    "signed_out": SignedOut,
    "reconnect": ReconnectHint,
    "typing": TypingShown,
    "viewing": ViewingChanged,
    "presence": PresenceChanged,
}
"""Server → client, beside `events`; never replayed."""


# ── commands ────────────────────────────────────────────────────────────────────────────────────────────────────────


class TextContent(WireModel):
    kind: Literal["text"] = "text"
    body: str = Field(min_length=1, max_length=4096)


class MediaContent(WireModel):
    kind: Literal["image", "video", "audio", "document", "sticker"]
    media_id: UUID
    """Uploaded before with POST /api/v1/media."""
    caption: str | None = Field(default=None, max_length=1024)
    voice: bool = False


class LocationContent(WireModel):
    kind: Literal["location"]
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    name: str | None = None
    address: str | None = None


class ReactionContent(WireModel):
    kind: Literal["reaction"]
    message_id: UUID
    emoji: str = Field(max_length=16)
    """Empty: takes the reaction back."""


OutgoingContent = TextContent | MediaContent | LocationContent | ReactionContent


class SendMessage(WireModel):
    """Idempotent by `client_message_id`: the same id again answers with the same message and sends nothing."""

    client_message_id: UUID
    conversation_id: UUID
    content: OutgoingContent = Field(discriminator="kind")
    reply_to_message_id: UUID | None = None


class MessageResult(WireModel):
    message: MessageView


class RetryMessage(WireModel):
    """Sends a failed message again, really; an unconfirmed one only with `even_if_unconfirmed`."""

    message_id: UUID
    even_if_unconfirmed: bool = False


class OpenConversation(WireModel):
    conversation_id: UUID


class OpenedConversation(WireModel):
    """From this seq on, this socket gets the exact events of the conversation."""

    conversation_id: UUID
    seq: int
    viewing_user_ids: list[UUID]


class LeaveConversation(WireModel):
    conversation_id: UUID


class MarkRead(WireModel):
    conversation_id: UUID


class ShowTyping(WireModel):
    conversation_id: UUID
    typing: bool


class AcceptTicket(WireModel):
    ticket_id: UUID


class TransferTicket(WireModel):
    """To a department's queue, or to a person of it."""

    ticket_id: UUID
    department_id: UUID
    assignee_id: UUID | None = None
    note: str | None = Field(default=None, max_length=1000)


class ReturnTicketToQueue(WireModel):
    ticket_id: UUID


class CloseTicket(WireModel):
    ticket_id: UUID
    reason: str | None = Field(default=None, max_length=200)


class ReopenTicket(WireModel):
    ticket_id: UUID


class TicketResult(WireModel):
    ticket: TicketView


class SetAvailability(WireModel):
    availability: Availability
    pause_reason: str | None = Field(default=None, max_length=80)


class MemberResult(WireModel):
    member: MemberView


class RefreshToken(WireModel):
    """A younger token of the same user: the socket lives on without reconnecting."""

    token: str = Field(min_length=1, max_length=8192)


class Painted(WireModel):
    """A message that the screen shows, painted this long after its frame had come."""

    message_id: UUID
    after_ms: int = Field(ge=0, le=600_000)


class Seen(WireModel):
    """Confirms what came in `events`: how many items of this connection are applied, the repeated ones too.

    A connection keeps the order, so the number says which. Cumulative: one for many items, a lost one is made up for by
    the next. Nothing waits for it, and no client has to send it.
    """

    items: int = Field(ge=0, le=2**53)
    round_trip_ms: int = Field(default=0, ge=0, le=60_000)
    """The shortest that this client has measured lately, from a `seen` to its acknowledgement; 0: not known."""
    painted: list[Painted] = Field(default_factory=list, max_length=100)


class Done(WireModel):
    """It is done; there is nothing to tell."""


class Problem(BaseModel):
    """RFC 9457, as REST answers it; `code` is what programs match on."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None


COMMANDS: dict[str, tuple[type[BaseModel], type[BaseModel]]] = {
    "send_message": (SendMessage, MessageResult),
    "retry_message": (RetryMessage, MessageResult),
    "open_conversation": (OpenConversation, OpenedConversation),
    "leave_conversation": (LeaveConversation, Done),
    "mark_read": (MarkRead, Done),
    "typing": (ShowTyping, Done),
    "accept_ticket": (AcceptTicket, TicketResult),
    "transfer_ticket": (TransferTicket, TicketResult),
    "return_ticket_to_queue": (ReturnTicketToQueue, TicketResult),
    "close_ticket": (CloseTicket, TicketResult),
    "reopen_ticket": (ReopenTicket, TicketResult),
    "set_availability": (SetAvailability, MemberResult),
    "refresh_token": (RefreshToken, Done),
    "seen": (Seen, Done),
}
"""Client → server: name → (payload, result). The acknowledgement is the result, or a Problem."""
