"""A message in one short line: list rows, quotes, notifications. Pure and total."""

from collections.abc import Mapping
from typing import Any

PREVIEW_CHARACTERS = 120
"""A list row shows about 60 at 340 px; twice that for wider lists."""


def preview_text(kind: str, content: Mapping[str, Any]) -> str:
    """Empty when the message has no words of its own: whoever shows it names the kind instead."""
    found = _words(kind, content)
    line = " ".join(found.split()) if isinstance(found, str) else ""
    return line if len(line) <= PREVIEW_CHARACTERS else line[: PREVIEW_CHARACTERS - 1].rstrip() + "…"


def _words(kind: str, content: Mapping[str, Any]) -> Any:
    if kind == "contacts":
        cards = content.get("contacts")
        return ", ".join(filter(None, map(_card_name, cards))) if isinstance(cards, list) else ""
    if kind == "interactive":
        return content.get("title") or _text_of(content.get("body")) or content.get("name")
    if kind == "template":
        return content.get("text") or content.get("name")
    key = _WORDS_KEY.get(kind)
    words = content.get(key) if key else None
    return words or (content.get("address") if kind == "location" else None)


def _card_name(card: Any) -> str:
    name = card.get("name") if isinstance(card, Mapping) else None
    if isinstance(name, Mapping):
        name = name.get("formatted_name")
    return name if isinstance(name, str) else ""


def _text_of(body: Any) -> Any:
    return body.get("text") if isinstance(body, Mapping) else body


_WORDS_KEY = {
    "text": "body",
    "image": "caption",
    "video": "caption",
    "document": "caption",
    "location": "name",
    "button": "text",
    "order": "text",
    "system": "body",
    "reaction": "emoji",
}
