"""From updates to the exact bytes of a webhook POST, escaped and signed as Meta does."""

import hashlib
import hmac
import json
import random
from dataclasses import dataclass
from typing import Any, Final, Literal

from server.sandbox.state import BusinessNumber

Kind = Literal["messages", "statuses", "errors", "raw"]
Layout = Literal["grouped", "spread", "mixed"]

# Meta escapes non-ASCII, the slash and some ASCII; the webhook page names `@`, `<` and `%` (read 2026-08).
# These characters occur only inside JSON strings, so they can be replaced after serialising.
ASCII_ESCAPES: Final = (("/", "\\/"), ("@", "\\u0040"), ("<", "\\u003c"), ("%", "\\u0025"))

CONTACTS_COMPARED: Final = 8


@dataclass(slots=True)
class Update:
    """One message, status or error of one number; `raw` is a whole `value` of any field."""

    number: BusinessNumber
    kind: Kind
    item: dict[str, Any]
    contact: dict[str, Any] | None = None
    field: str = "messages"
    entry_id: str = ""
    entry_time: int | None = None
    """Only account-level fields carry it."""

    @property
    def wamid(self) -> str:
        """The message that came, when this update is one."""
        return str(self.item.get("id", "")) if self.kind == "messages" else ""


def escape(payload: Any) -> bytes:
    """Serialise as Meta does: ASCII only, lower-case hex, surrogate pairs, `\\/`, `\\u0040`."""
    text = json.dumps(payload, separators=(",", ":"), ensure_ascii=True)
    for plain, escaped in ASCII_ESCAPES:
        text = text.replace(plain, escaped)
    return text.encode("ascii")


def sign(body: bytes, app_secret: str) -> str:
    """The value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def build_payload(updates: list[Update], layout: Layout, rng: random.Random) -> dict[str, Any]:
    """The body of one POST. `rng` decides the mixture and the key order of `mixed`."""
    entries: dict[tuple[str, int | None], list[dict[str, Any]]] = {}
    groups: dict[tuple[str, str, str], dict[str, Any]] = {}
    for update in updates:
        entry_id = update.entry_id or update.number.waba_id
        changes = entries.setdefault((entry_id, update.entry_time), [])
        group_key = (entry_id, update.number.id, update.kind)
        alone = layout == "spread" or (layout == "mixed" and rng.random() < 0.5)
        value = None if alone or update.kind == "raw" else groups.get(group_key)
        if value is None:
            value = _build_value(update)
            changes.append(
                _build_change(update.field, value, field_first=layout == "mixed" and rng.random() < 0.5)
            )
            if not alone and update.kind != "raw":
                groups[group_key] = value
        else:
            _join(value, update)
    entry = [_build_entry(entry_id, at, changes) for (entry_id, at), changes in entries.items()]
    return {"object": "whatsapp_business_account", "entry": entry}


def _build_entry(entry_id: str, at: int | None, changes: list[dict[str, Any]]) -> dict[str, Any]:
    return (
        {"id": entry_id, "changes": changes}
        if at is None
        else {"id": entry_id, "time": at, "changes": changes}
    )


def _build_change(field: str, value: dict[str, Any], *, field_first: bool) -> dict[str, Any]:
    return {"field": field, "value": value} if field_first else {"value": value, "field": field}


def _build_value(update: Update) -> dict[str, Any]:
    if update.kind == "raw":
        return update.item
    value: dict[str, Any] = {"messaging_product": "whatsapp", "metadata": update.number.metadata}
    if update.contact is not None:
        value["contacts"] = [update.contact]
    value[update.kind] = [update.item]
    return value


def _join(value: dict[str, Any], update: Update) -> None:
    value[update.kind].append(update.item)
    if update.contact is not None:
        contacts = value.setdefault("contacts", [])
        # Updates of one customer mostly follow each other; a repeated contact further back is harmless.
        if not contacts or update.contact not in contacts[-CONTACTS_COMPARED:]:
            contacts.append(update.contact)
