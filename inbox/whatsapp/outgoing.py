"""Messages that Prosa sends: the models, their limits, and the Graph bodies built from them.

A model is what `conversations` queues and `messages.content` keeps (`stored_content`, back through `parse_outgoing`).
Files are named by our own media id; the id that Meta gave for the sending number is filled in just before sending, since
it lives 30 days and belongs to one number. Every body that a model can build is valid for Graph's schema and within the
limits of `limits`; `InvalidOutgoing` names the field and the limit otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from inbox.whatsapp.interactive_message import OutgoingInteractive
from inbox.whatsapp.limits import (
    MAX_CALLBACK_DATA,
    MAX_CONTACTS,
    MAX_EMOJI,
    Body,
    Caption,
    Line,
    Wamid,
    WebAddress,
    utf16_length,
)
from inbox.whatsapp.payloads import JsonObject
from inbox.whatsapp.sendable import MediaIds, Sendable, invalid, invalid_from, meta_id, present
from inbox.whatsapp.template_message import OutgoingTemplate


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom. A number is preferred to a BSUID: login templates cannot go to a BSUID (131062), and a BSUID ends when
    the customer changes their number."""

    wa_id: str | None = None
    bsuid: str | None = None
    group_id: str | None = None


class OutgoingText(Sendable):
    kind: Literal["text"] = "text"
    body: Body
    preview_url: bool = True
    """Shows a preview of the first address in the text."""

    def graph_object(self, _media: MediaIds) -> JsonObject:
        return {"body": self.body, "preview_url": self.preview_url}


class OutgoingImage(Sendable):
    kind: Literal["image"] = "image"
    media_id: UUID
    caption: Caption | None = None

    def graph_object(self, media: MediaIds) -> JsonObject:
        return present(id=meta_id(self.media_id, media), caption=self.caption)


class OutgoingVideo(Sendable):
    kind: Literal["video"] = "video"
    media_id: UUID
    caption: Caption | None = None

    def graph_object(self, media: MediaIds) -> JsonObject:
        return present(id=meta_id(self.media_id, media), caption=self.caption)


class OutgoingAudio(Sendable):
    """`voice` shows a voice note (OGG/OPUS, mono) instead of an audio file."""

    kind: Literal["audio"] = "audio"
    media_id: UUID
    voice: bool = False

    def graph_object(self, media: MediaIds) -> JsonObject:
        return present(id=meta_id(self.media_id, media), voice=self.voice or None)


class OutgoingDocument(Sendable):
    kind: Literal["document"] = "document"
    media_id: UUID
    caption: Caption | None = None
    file_name: Line | None = None

    def graph_object(self, media: MediaIds) -> JsonObject:
        return present(id=meta_id(self.media_id, media), caption=self.caption, filename=self.file_name)


class OutgoingSticker(Sendable):
    kind: Literal["sticker"] = "sticker"
    media_id: UUID

    def graph_object(self, media: MediaIds) -> JsonObject:
        return {"id": meta_id(self.media_id, media)}


class OutgoingLocation(Sendable):
    kind: Literal["location"] = "location"
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    name: Line | None = None
    address: Line | None = None

    def graph_object(self, _media: MediaIds) -> JsonObject:
        return self.model_dump(exclude={"kind"}, exclude_none=True)


class CardPhone(Sendable):
    phone: Line
    wa_id: Annotated[str, Field(pattern=r"^[0-9]{5,20}$")] | None = None
    type: Line | None = None
    """Graph's schema takes HOME and WORK; others (CELL, MOBILE of a forwarded card) are left out."""


class CardEntry(Sendable):
    value: Line
    type: Line | None = None


class CardUrl(Sendable):
    value: WebAddress
    type: Line | None = None


class CardOrganization(Sendable):
    company: Line | None = None
    department: Line | None = None
    title: Line | None = None


class ContactCard(Sendable):
    """The same shape as in inbound content, so that a received card can be sent on."""

    name: Line
    first_name: Line | None = None
    last_name: Line | None = None
    phones: list[CardPhone] = Field(default_factory=list, max_length=20)
    emails: list[CardEntry] = Field(default_factory=list, max_length=20)
    urls: list[CardUrl] = Field(default_factory=list, max_length=20)
    org: CardOrganization | None = None
    birthday: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None

    def graph_object(self) -> JsonObject:
        # Graph wants one more name beside the formatted one.
        first_name = self.first_name or (None if self.last_name else self.name)
        return present(
            name=present(formatted_name=self.name, first_name=first_name, last_name=self.last_name),
            phones=[present(phone=p.phone, wa_id=p.wa_id, type=_card_type(p.type)) for p in self.phones]
            or None,
            emails=[present(email=e.value, type=_card_type(e.type)) for e in self.emails] or None,
            urls=[present(url=u.value, type=_card_type(u.type)) for u in self.urls] or None,
            org=(self.org.model_dump(exclude_none=True) or None) if self.org else None,
            birthday=self.birthday,
        )


def _card_type(value: str | None) -> str | None:
    return value.upper() if value and value.upper() in ("HOME", "WORK") else None


class OutgoingContacts(Sendable):
    kind: Literal["contacts"] = "contacts"
    contacts: list[ContactCard] = Field(min_length=1, max_length=MAX_CONTACTS)

    def graph_object(self, _media: MediaIds) -> list[JsonObject]:
        return [card.graph_object() for card in self.contacts]


def _check_emoji(value: str) -> str:
    if utf16_length(value) > MAX_EMOJI or value.isascii() or any(c.isspace() or c == "\x00" for c in value):
        raise PydanticCustomError("not_an_emoji", "must be one emoji")
    return value


class OutgoingReaction(Sendable):
    kind: Literal["reaction"] = "reaction"
    target_wamid: Wamid
    emoji: Annotated[str, AfterValidator(_check_emoji)] | None = None
    """None takes the reaction back."""

    def graph_object(self, _media: MediaIds) -> JsonObject:
        return {"message_id": self.target_wamid, "emoji": self.emoji or ""}


OutgoingMessage: TypeAlias = Annotated[
    OutgoingText
    | OutgoingImage
    | OutgoingVideo
    | OutgoingAudio
    | OutgoingDocument
    | OutgoingSticker
    | OutgoingLocation
    | OutgoingContacts
    | OutgoingReaction
    | OutgoingInteractive
    | OutgoingTemplate,
    Field(discriminator="kind"),
]

_ADAPTER: TypeAdapter[OutgoingMessage] = TypeAdapter(OutgoingMessage)


def parse_outgoing(value: object) -> OutgoingMessage:
    """The message that `value` (`{"kind": …, …}`) describes. Raises `InvalidOutgoing`."""
    try:
        return _ADAPTER.validate_python(value)
    except ValidationError as error:
        raise invalid_from(error, value) from error


def stored_content(message: OutgoingMessage) -> JsonObject:
    """What `messages.content` keeps beside `messages.kind`; `parse_outgoing({"kind": kind, **content})` reads it."""
    return message.model_dump(mode="json", exclude={"kind"}, exclude_none=True)


def media_ids(message: OutgoingMessage) -> list[UUID]:
    """Our ids of the files that must be at Meta before the message can be built."""
    return list(dict.fromkeys(_media_ids(message)))


def _media_ids(value: Any) -> Iterator[UUID]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            found = getattr(value, name)
            if name == "media_id":
                yield found
            else:
                yield from _media_ids(found)
    elif isinstance(value, list):
        for item in value:
            yield from _media_ids(item)


def build_body(
    message: OutgoingMessage,
    *,
    to: Recipient,
    callback_data: str,
    reply_to_wamid: str | None = None,
    meta_media_ids: MediaIds | None = None,
) -> JsonObject:
    """The body of POST /{phone_number_id}/messages.

    `callback_data` comes back in every status of the message: the only trace of a send whose answer was lost. Raises
    `InvalidOutgoing`, and `MediaNotUploaded` for a file without an id at Meta.
    """
    if not callback_data or utf16_length(callback_data) > MAX_CALLBACK_DATA:
        raise invalid(
            "callback_data", "text_too_long", f"1 to {MAX_CALLBACK_DATA} characters", MAX_CALLBACK_DATA
        )
    if reply_to_wamid is not None and message.kind == "reaction":
        raise invalid("reply_to_wamid", "reaction_cannot_quote", "a reaction names its message itself")
    body: JsonObject = {"messaging_product": "whatsapp", **_address(to), "type": message.kind}
    if reply_to_wamid is not None:
        body["context"] = {"message_id": reply_to_wamid}
    body[message.kind] = message.graph_object(meta_media_ids or {})
    body["biz_opaque_callback_data"] = callback_data
    return body


def _address(to: Recipient) -> JsonObject:
    if to.group_id is not None:
        return {"recipient_type": "group", "to": to.group_id}
    if to.wa_id is not None:
        # Without country code Graph would prepend the sender's: always all digits, as Meta spelled them.
        if not (to.wa_id.isascii() and to.wa_id.isdigit()):
            raise invalid("to", "not_digits", "a number to send to is digits only")
        return {"recipient_type": "individual", "to": to.wa_id}
    if to.bsuid is not None:
        return {"recipient_type": "individual", "recipient": to.bsuid}
    raise invalid("to", "missing", "nobody to send to")


def mark_read_body(wamid: str) -> JsonObject:
    """Marks this message and all earlier ones of the customer as read."""
    return {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}


def typing_body(wamid: str) -> JsonObject:
    """Shows typing for up to 25 s. It marks as read too; Graph has no typing without that."""
    return {**mark_read_body(wamid), "typing_indicator": {"type": "text"}}
