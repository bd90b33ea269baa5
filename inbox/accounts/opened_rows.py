"""Rows of tables that hold sealed words, as JSON lines in plain words. Pure but for the process's ring of keys.

What does not open stays as it is stored: an export must not end for one row, and who has the key can still open it.
"""

from collections.abc import Callable
from typing import Any, Final

import orjson

from inbox.conversations.sealed_words import (
    PREVIEW,
    RAW,
    REFERRAL,
    open_content,
    open_emoji,
)
from inbox.ingest.parking import open_parked
from inbox.kernel.content_seal import KEYRING

Row = dict[str, Any]

# How a seal begins in a line of JSON: an object, words, and raw bytes (in hexadecimal).
_SIGNS: Final = ('"sealed"', "\\u0001sealed:", "\\\\x01" + b"sealed:".hex())


def open_line(table: str, line: str) -> str:
    """`table`: one of OPENED_TABLES."""
    if not any(sign in line for sign in _SIGNS):
        return line
    row: Row = orjson.loads(line)
    _OPEN[table](row)
    return orjson.dumps(row).decode()


def _open_message(row: Row) -> None:
    id_ = row["id"]
    _keep(row, "content", open_content(id_, row["content"]))
    for column, purpose in (("referral", REFERRAL), ("raw", RAW)):
        if row[column]:
            _keep(row, column, KEYRING.open_object(row[column], purpose, id_))


def _open_version(row: Row) -> None:
    _keep(row, "content", open_content(row["message_id"], row["content"]))


def _open_reaction(row: Row) -> None:
    _keep(row, "emoji", open_emoji(row["target_wamid"], row["emoji"]))


def _open_ticket(row: Row) -> None:
    preview = row["preview"]
    _keep(preview, "text", KEYRING.open_words(preview.get("text", ""), PREVIEW, preview.get("message_id")))


def _open_webhook(row: Row) -> None:
    item = orjson.dumps(row["item"]).decode() if row["item"] is not None else None
    part, body = open_parked(row["id"], item, bytes.fromhex(row["body"].removeprefix("\\x")))
    if part:
        row["item"] = orjson.loads(part)
    if body is not None:
        row["body"] = f"\\x{body.hex()}"


def _keep(row: Row, column: str, opened: Any) -> None:
    if opened is not None:
        row[column] = opened


_OPEN: Final[dict[str, Callable[[Row], None]]] = {
    "messages": _open_message,
    "message_versions": _open_version,
    "reactions": _open_reaction,
    "tickets": _open_ticket,
    "dead_webhooks": _open_webhook,
}
OPENED_TABLES: Final = frozenset(_OPEN)
