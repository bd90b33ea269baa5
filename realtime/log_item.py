"""One event of the log on its way to sockets, encoded once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from inbox.conversations.sealed_words import open_event, sealed_texts
from inbox.kernel.content_seal import KEYRING
from realtime.frames import Frame, events_frame
from realtime.masking import MASKED_TYPES, mask_event
from realtime.protocol import CONFLATED_TYPES


class Item:
    """Immutable once made; `json` is the LogItem of the protocol as it travels."""

    __slots__ = ("_frame", "_masked", "at", "audience", "data", "json", "key", "seq", "type")

    def __init__(self, seq: int, type_: str, audience: list[str], at: datetime | str, data: Any) -> None:
        self.seq = seq
        self.type = type_
        self.audience = audience
        self.data = data
        self.key = _conflation_key(type_, data)
        """Items of one key replace each other within the conflation window; None: exact."""
        self.json = orjson.dumps({"seq": seq, "type": type_, "at": at, "data": data})
        self.at = at
        self._frame: Frame | None = None
        self._masked: Item | None = None

    @property
    def frame(self) -> Frame:
        """`events` with this item alone."""
        if self._frame is None:
            self._frame = events_frame([self])
        return self._frame

    @property
    def masked(self) -> "Item":
        """As those see it who may not see telephone numbers whole."""
        if self.type not in MASKED_TYPES:
            return self
        if self._masked is None:
            data = mask_event(self.type, self.data)
            self._masked = Item(self.seq, self.type, self.audience, self.at, data)
        return self._masked


def item_from_hint(hint: Mapping[str, Any]) -> Item:
    """As the publisher wrote it, its words opened: once, however many sockets hear it. Raises KeyError for what no publisher
    of ours sends, and for words whose key this process has not heard of: the log is read then, which asks for it."""
    type_, data = hint["type"], hint["data"]
    texts = sealed_texts(type_, data)
    if texts:
        if not all(map(KEYRING.knows, texts)):
            raise KeyError("content key")
        data = open_event(type_, data)
    return Item(hint["seq"], type_, hint["audience"], hint["at"], data)


def item_from_row(row: Mapping[str, Any]) -> Item:
    """As the log reader reads it, its words opened; what does not open says so."""
    data = open_event(row["type"], orjson.loads(row["payload"]))
    return Item(row["seq"], row["type"], row["audience"], row["at"], data)


def _conflation_key(type_: str, data: Any) -> str | None:
    if type_ not in CONFLATED_TYPES:
        return None
    key = data.get("ticket", {}).get("id")
    return key if isinstance(key, str) else None
