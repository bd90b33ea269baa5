"""What stands in the place of what was erased: in messages, previews, the event log and parked webhooks. Pure.

A stub has the shape of what it replaces, so that a screen which replays the log needs to know nothing of erasures.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from inbox.privacy.subjects import Subject
from inbox.tickets.events import TicketPreview

ERASED_KIND: Final = "erased"
"""`messages.kind` of a message whose content was erased."""

ERASED_PREVIEW: Final = TicketPreview(kind=ERASED_KIND).model_dump_json()

_NO_CONTENT: Final[dict[str, Any]] = {
    "kind": ERASED_KIND, "content": {}, "media": None, "context": None, "referral": None, "reactions": [], "error": None,
}  # fmt: skip
_NO_NAMES: Final[dict[str, Any]] = {
    "name": "", "profile_name": "", "username": None, "phone": None, "wa_id": None,
}  # fmt: skip
# Says who and when, and nothing of what.
_HARMLESS_TYPES: Final = frozenset({"ticket_removed", "conversation_updated", "contact_erased"})


def erased_wamid(message_id: UUID) -> str:
    """In the place of Meta's id, which holds the phone number (base64): keeps a message and its statuses together."""
    return f"erased:{message_id}"


def stub_event(type_: str, payload: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The payload of a logged event without the person. A type that we do not know loses everything but its ids."""
    if type_ in _HARMLESS_TYPES:
        return payload
    if isinstance(payload.get("message"), dict):
        message = payload["message"]
        deleted_at = message.get("deleted_at") or at.isoformat()
        return {**payload, "message": {**message, **_NO_CONTENT, "deleted_at": deleted_at}}
    if isinstance(payload.get("ticket"), dict):
        ticket = payload["ticket"]
        preview = orjson.loads(ERASED_PREVIEW)
        contact = _nameless(ticket.get("contact"))
        return {**payload, "ticket": {**ticket, "contact": contact, "preview": preview, "close_reason": None}}
    if isinstance(payload.get("contact"), dict):
        return {**payload, "contact": _nameless(payload["contact"])}
    if type_ == "message_status_changed":
        return {**payload, "error": None}
    return {key: value for key, value in payload.items() if key.endswith("_id") or key in ("id", "version")}


def _nameless(contact: Any) -> dict[str, Any]:
    """A ContactView that only says which."""
    return {**_NO_NAMES, "id": contact.get("id") if isinstance(contact, dict) else None}


def prune(value: Any, needles: Sequence[bytes]) -> Any:
    """A parsed webhook without those parts of its lists that name somebody: the innermost that do, never their neighbours."""
    if isinstance(value, dict):
        return {key: prune(item, needles) for key, item in value.items()}
    if isinstance(value, list):
        pruned = (prune(item, needles) for item in value)
        return [item for item in pruned if not names_one(orjson.dumps(item), needles)]
    return value


def names_one(text: bytes, needles: Sequence[bytes]) -> bool:
    return any(needle in text for needle in needles)


def needles_of(subject: Subject) -> list[bytes]:
    """How the names stand in JSON. A username may be a common word: it counts only as a whole string."""
    return [
        *(orjson.dumps(spelling)[1:-1] for spelling in subject.spellings),
        *map(orjson.dumps, subject.usernames),
    ]
