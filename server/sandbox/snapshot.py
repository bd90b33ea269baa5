"""Keeps customers and chats in one JSON file, so that the phone page survives a restart.

The file is replaced atomically. It is a convenience, not the truth: a broken one is set aside.
"""

from pathlib import Path
from typing import Any, Final

import orjson
import structlog

from server.sandbox.media import MediaShelf
from server.sandbox.state import Chat, ChatMessage, Customer, SandboxState

log = structlog.get_logger(__name__)

FILE_NAME: Final = "sandbox.json"
FORMAT: Final = 1
# What is worth keeping: the newest chats, and of each what a person scrolls through. Bounds the time of a save.
CHATS_SAVED: Final = 300
MESSAGES_SAVED: Final = 100
SAVE_EVERY_SECONDS: Final = 10.0


def build_snapshot(state: SandboxState, media: MediaShelf) -> dict[str, Any]:
    newest = sorted(state.chats.values(), key=lambda chat: chat.messages[-1].at if chat.messages else 0.0)
    chats = newest[-CHATS_SAVED:]
    kept = {chat.customer_key for chat in chats}
    return {
        "format": FORMAT,
        "customers": [each.as_json() for each in state.customers.values() if each.key in kept or each.played],
        "chats": [_dump_chat(chat) for chat in chats],
        "media": media.dump(),
    }


def _dump_chat(chat: Chat) -> dict[str, Any]:
    return {
        "number_id": chat.number_id,
        "customer_key": chat.customer_key,
        "last_inbound_at": chat.last_inbound_at,
        "free_entry_until": chat.free_entry_until,
        "unread": chat.unread,
        "messages": [each.as_json() for each in list(chat.messages)[-MESSAGES_SAVED:]],
    }


def save(folder: Path, snapshot: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / FILE_NAME
    fresh = target.with_suffix(".new")
    fresh.write_bytes(orjson.dumps(snapshot))
    fresh.replace(target)


def load(folder: Path, state: SandboxState, media: MediaShelf) -> bool:
    """Restore into an empty state; False if there was nothing (readable) to restore."""
    source = folder / FILE_NAME
    try:
        data = orjson.loads(source.read_bytes())
        if data["format"] != FORMAT:
            return False
        for row in data["customers"]:
            state.add_customer(Customer(**row))
        for row in data["chats"]:
            _load_chat(state, row)
        media.load(data["media"])
    except FileNotFoundError:
        return False
    except (orjson.JSONDecodeError, KeyError, TypeError, OSError) as error:
        log.warning("sandbox_snapshot_unreadable", reason=type(error).__name__)
        source.replace(source.with_suffix(".broken"))
        state.forget()
        return False
    return True


def _load_chat(state: SandboxState, row: dict[str, Any]) -> None:
    chat = state.chat(row["number_id"], row["customer_key"])
    chat.last_inbound_at = row["last_inbound_at"]
    chat.free_entry_until = row["free_entry_until"]
    chat.unread = row["unread"]
    for message in row["messages"]:
        state.add_message(chat, ChatMessage(**message))
