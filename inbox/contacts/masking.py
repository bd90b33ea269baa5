"""Telephone numbers as those see them who may not see them whole: +55 11 9••••-••01.

Plain data in, plain data out, so that the same rules serve views over REST and events on the wire. Masked is what names a
customer (their number, names that hold one), what WhatsApp says about numbers, and the cards of contacts that are sent;
what a customer writes in words is left as it was written.

Invariant: six digits are hidden, a million numbers, so that the rest names nobody.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from inbox.contacts.events import ContactView
from inbox.conversations.events import MessageView
from inbox.conversations.sealed_words import open_message, open_ticket
from inbox.kernel.actor import Actor
from inbox.tickets.events import TicketView

Data = Mapping[str, Any]
View = TypeVar("View", bound=BaseModel)

_HIDDEN_DIGITS: Final = 6
_SHOWN_AT_END: Final = 2
_HIDING: Final = "•"
# Eight digits are the shortest subscriber number (Brazil's landlines without area code); less is a year or a price.
_PHONE_IN_TEXT: Final = re.compile(r"\+?\d(?:[\s().\-\u2010-\u2015]{0,3}\d){7,}")
_SAYS_NUMBERS: Final = frozenset({"system", "contacts"})
"""Kinds whose words are numbers and names: WhatsApp's own notices ("… changed to +55 …"), cards."""


def mask_phone(phone: str) -> str:
    """Keeps the punctuation, the beginning (country and area) and the last two digits."""
    digits = sum(map(str.isdigit, phone))
    first_hidden = max(0, digits - _HIDDEN_DIGITS - _SHOWN_AT_END)
    last_hidden = digits - _SHOWN_AT_END
    masked, position = [], 0
    for character in phone:
        if character.isdigit():
            masked.append(_HIDING if first_hidden <= position < last_hidden else character)
            position += 1
        else:
            masked.append(character)
    return "".join(masked)


def mask_text(text: str) -> str:
    """Every telephone number in it."""
    return _PHONE_IN_TEXT.sub(lambda found: mask_phone(found.group()), text)


def mask_contact_data(contact: Data) -> dict[str, Any]:
    """A ContactView."""
    masked = dict(contact)
    for name in ("name", "profile_name", "username"):
        if masked[name]:
            masked[name] = mask_text(masked[name])
    for name in ("phone", "wa_id"):
        if masked[name]:
            masked[name] = mask_phone(masked[name])
            masked["phone_masked"] = True
    return masked


def mask_ticket_data(ticket: Data) -> dict[str, Any]:
    """A TicketView."""
    masked = {**ticket, "contact": mask_contact_data(ticket["contact"])}
    preview = ticket["preview"]
    if preview.get("kind") in _SAYS_NUMBERS and preview.get("text"):
        masked["preview"] = {**preview, "text": mask_text(preview["text"])}
    return masked


def mask_message_data(message: Data) -> dict[str, Any]:
    """A MessageView."""
    masked = dict(message)
    if message["kind"] in _SAYS_NUMBERS:
        masked["content"] = _mask_content(message["content"])
    quoted = (message["context"] or {}).get("quoted")
    if quoted and quoted["kind"] in _SAYS_NUMBERS:
        shown = {**quoted, "preview": mask_text(quoted["preview"])}
        masked["context"] = {**message["context"], "quoted": shown}
    return masked


def _mask_content(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _mask_content(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_mask_content(inner, key) for inner in value]
    if isinstance(value, str):
        return mask_phone(value) if key in ("phone", "wa_id") else mask_text(value)
    return value


# ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def mask_contact(actor: Actor, contact: ContactView) -> ContactView:
    """As this actor may see it; so do the others here."""
    return _masked(contact, mask_contact_data(contact.model_dump())) if actor.masks_phones else contact


def mask_ticket(actor: Actor, ticket: TicketView) -> TicketView:
    """Opened first, where its words are sealed; so is a message."""
    ticket = open_ticket(ticket)
    return _masked(ticket, mask_ticket_data(ticket.model_dump())) if actor.masks_phones else ticket


def mask_message(actor: Actor, message: MessageView) -> MessageView:
    message = open_message(message)
    return _masked(message, mask_message_data(message.model_dump())) if actor.masks_phones else message


def _masked(view: View, data: dict[str, Any]) -> View:
    return type(view).model_validate(data)
