"""A message that is about to be written, and the MessageView that tells of it.

`build_view` makes by hand what `inbox.conversations.repository.message_view` would read back; a test compares the two.
Messages that need more than their own row (a quoted one, a reaction that came first) are read back.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from inbox.conversations.repository import MESSAGE_VIEW_SELECT, message_view
from inbox.conversations.sealed_words import (
    PLAIN_RAW,
    RAW,
    REFERRAL,
    UNREADABLE_KIND,
    open_content,
    seal_content,
)
from inbox.ingest.arrivals import Arrival
from inbox.ingest.connection import Connection
from inbox.ingest.conversations import Conversation
from inbox.ingest.journal import Journal
from inbox.ingest.tickets import build_preview
from inbox.kernel.content_seal import KEYRING, ContentKey
from inbox.kernel.ids import new_id
from inbox.whatsapp.document import load_document
from inbox.whatsapp.payloads import MEDIA_KINDS, EchoMessage, InboundMessage, JsonObject, MessageContext

_NUL = b"\\u0000"
_UNKNOWN_TYPE = "application/octet-stream"
# `history_context.status` of the business's own past messages (cloud-api, section 2.8); others count as sent.
_HISTORY_STATUS = {"DELIVERED": "delivered", "READ": "read", "PLAYED": "played", "ERROR": "failed"}

VIEWS_BY_ID = f"{MESSAGE_VIEW_SELECT} JOIN unnest($1::uuid[], $2::uuid[]) AS p (account_id, id) ON m.account_id = p.account_id AND m.id = p.id"


class NewMedia:
    __slots__ = ("file_name", "id", "meta_id", "mime_type", "sha256")

    def __init__(self, media: JsonObject) -> None:
        self.id = new_id()
        self.meta_id: str = media["meta_id"]
        self.mime_type: str = media.get("mime_type") or _UNKNOWN_TYPE
        self.sha256: str | None = media.get("sha256")
        self.file_name: str | None = media.get("file_name")

    def view(self) -> dict[str, Any]:
        """A MediaView."""
        return {
            "id": str(self.id),
            "state": "pending",
            "mime_type": self.mime_type,
            "file_name": self.file_name,
            "size": None,
            "width": None,
            "height": None,
            "duration_ms": None,
        }


def split_media(kind: str, content: JsonObject) -> tuple[JsonObject, JsonObject | None]:
    """What is said, and what names the file: the file's facts live in its media row."""
    if kind not in MEDIA_KINDS or "media" not in content:
        return content, None
    media = content["media"]
    said = {key: value for key, value in content.items() if key != "media"}
    said.update((flag, media[flag]) for flag in ("voice", "animated") if flag in media)
    return said, media


def encode_content(content: JsonObject) -> tuple[JsonObject, str]:
    """The content and its JSON for Postgres.

    A NUL can still hide where a string of JSON was decoded (a Flow's answer); jsonb takes none.
    """
    encoded = orjson.dumps(content)
    if _NUL in encoded:
        mended = load_document(encoded)
        assert isinstance(mended, dict)
        content, encoded = mended, orjson.dumps(mended)
    return content, encoded.decode()


class NewMessage:
    __slots__ = (
        "account_id", "arrival", "author_kind", "content", "content_json", "context", "context_json", "conversation",
        "direction", "id", "id_text", "is_deleted", "key", "kind", "media", "raw_json", "referral", "referral_json", "shown_content",
        "shown_kind", "status", "stored_id", "ticket_id",
    )  # fmt: skip

    def __init__(self, arrival: Arrival, conversation: Conversation, stored_id: UUID | None) -> None:
        message = arrival.message
        self.arrival = arrival
        self.conversation = conversation
        self.account_id = arrival.account_id
        self.stored_id = stored_id
        self.id = stored_id or new_id()
        self.id_text = str(self.id)
        self.ticket_id: UUID | None = None
        self.kind = message.kind
        self.content, media = split_media(message.kind, message.content)
        self.media = NewMedia(media) if media is not None else None
        self.content, self.content_json = encode_content(self.content)
        self.shown_kind, self.shown_content, self.is_deleted = self.kind, self.content, False
        self.context = _stored_context(message.context) if message.context is not None else None
        self.context_json = orjson.dumps(self.context).decode() if self.context else None
        self.referral: JsonObject | None = None
        if isinstance(message, InboundMessage):
            self.direction, self.status = "in", "received"
            self.author_kind = "system" if message.kind == "system" else "contact"
            self.referral = message.referral
        else:
            self.direction, self.status, self.author_kind = "out", _sent_status(message), "phone"
        self.referral_json = orjson.dumps(self.referral).decode() if self.referral else None
        self.raw_json = orjson.dumps(message.raw).decode() if message.kind == "unsupported" else None
        self.key = KEYRING.sealing(self.account_id)
        if self.key is not None:
            self._seal(self.key)

    def _seal(self, key: ContentKey) -> None:
        """What is stored and told from here on; lists are shown the words until `settle` seals those too."""
        self.content = seal_content(key, self.id_text, self.content)
        self.content_json = orjson.dumps(self.content).decode()
        if self.referral is not None:
            self.referral = key.seal_object(self.referral, REFERRAL, self.id_text)
            self.referral_json = orjson.dumps(self.referral).decode()
        if self.raw_json is not None:
            raw = key.seal_object(orjson.loads(self.raw_json), RAW, self.id_text, PLAIN_RAW)
            self.raw_json = orjson.dumps(raw).decode()

    def shown_as(self, kind: str, stored: JsonObject, *, is_deleted: bool) -> None:
        """An edit or a deletion came first: lists show what it says."""
        content = open_content(self.id_text, stored)
        if content is None:
            kind, content = UNREADABLE_KIND, {}
        self.shown_kind, self.shown_content, self.is_deleted = kind, content, is_deleted

    def settle(self) -> None:
        """Lets the ticket take notice."""
        ticket = self.conversation.ticket
        if ticket is None:
            return
        self.ticket_id = ticket.id
        arrival = self.arrival
        if arrival.silent:
            return
        kind, content = ("revoke", {}) if self.is_deleted else (self.shown_kind, self.shown_content)
        preview = build_preview(self.id_text, self.direction, kind, content, self.status, self.key)
        if arrival.outgoing:
            ticket.take_outbound(arrival.at, self.id_text, preview)
        else:
            ticket.take_inbound(arrival.at, self.id_text, preview)

    @property
    def audience(self) -> str:
        ticket = self.conversation.ticket
        room = f"conversation:{self.conversation.id_text}"
        assignee_id = ticket.assignee_id if ticket is not None else None
        return room if assignee_id is None else f"{room} user:{assignee_id}"

    @property
    def needs_reading_back(self) -> bool:
        """Its view shows more than its own row."""
        return self.stored_id is not None or (self.context is not None and "quoted_wamid" in self.context)

    def tell(self, journal: Journal, view: dict[str, Any] | None = None) -> None:
        data = {"message": view or self.build_view(), "received_at": self.arrival.received_at}
        journal.add(self.account_id, "message_created", self.audience, data)

    def build_view(self) -> dict[str, Any]:
        """A MessageView."""
        context = self.context
        return {
            "id": self.id_text,
            "conversation_id": self.conversation.id_text,
            "ticket_id": str(self.ticket_id) if self.ticket_id is not None else None,
            "direction": self.direction,
            "author_kind": self.author_kind,
            "author_id": None,
            "client_message_id": None,
            "kind": self.kind,
            "content": self.content,
            "media": self.media.view() if self.media is not None else None,
            "context": {
                "quoted": None,
                "forwarded": context.get("forwarded", False),
                "frequently_forwarded": context.get("frequently_forwarded", False),
                "referred_product": context.get("referred_product"),
            }
            if context
            else None,
            "referral": self.referral,
            "reactions": [],
            "status": self.status,
            "error": None,
            "at": self.arrival.at,
            "status_at": None,
            "edited_at": None,
            "deleted_at": None,
            "version": 1,
        }


async def add_message_views(
    connection: Connection, messages: Sequence[NewMessage], reacted: set[UUID], journal: Journal
) -> None:
    """One message_created each."""
    read_back = [m for m in messages if m.needs_reading_back or m.id in reacted]
    views = await read_views(connection, [(m.account_id, m.id) for m in read_back]) if read_back else {}
    for message in messages:
        message.tell(journal, views.get(message.id))


async def read_views(connection: Connection, keys: Sequence[tuple[UUID, UUID]]) -> dict[UUID, dict[str, Any]]:
    """MessageViews by message id, as JSON-able dicts."""
    rows = await connection.fetch(VIEWS_BY_ID, [key[0] for key in keys], [key[1] for key in keys])
    return {row["id"]: message_view(row).model_dump(mode="json") for row in rows}


def _stored_context(context: MessageContext) -> dict[str, Any]:
    stored: dict[str, Any] = {}
    if context.wamid is not None:
        stored["quoted_wamid"] = context.wamid
    if context.forwarded:
        stored["forwarded"] = True
    if context.frequently_forwarded:
        stored["frequently_forwarded"] = True
    if context.product is not None:
        stored["referred_product"] = context.product
    return stored


def _sent_status(message: EchoMessage) -> str:
    return _HISTORY_STATUS.get((message.history_status or "").upper(), "sent")
