"""One event of the log on its way to sockets, encoded once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from realtime.frames import Frame, events_frame
from realtime.masking import MASKED_TYPES, mask_event
from realtime.protocol import CONFLATED_TYPES


class Item:
    """Immutable once made; `json` is the LogItem of the protocol as it travels."""

    __slots__ = ("_at", "_frame", "_masked", "audience", "data", "json", "key", "seq", "type")

    def __init__(self, seq: int, type_: str, audience: list[str], at: datetime | str, data: Any) -> None:
        self.seq = seq
        self.type = type_
        self.audience = audience
        self.data = data
        self.key = _conflation_key(type_, data)
        """Items of one key replace each other within the conflation window; None: exact."""
        self.json = orjson.dumps({"seq": seq, "type": type_, "at": at, "data": data})
        self._at = at
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
            self._masked = Item(self.seq, self.type, self.audience, self._at, data)
        return self._masked


def item_from_hint(hint: Mapping[str, Any]) -> Item:
    """As the publisher wrote it. Raises KeyError for what no publisher of ours sends."""
    return Item(hint["seq"], hint["type"], hint["audience"], hint["at"], hint["data"])


def item_from_row(row: Mapping[str, Any]) -> Item:
    """As the log reader reads it."""
    return Item(row["seq"], row["type"], row["audience"], row["at"], orjson.loads(row["payload"]))


def _conflation_key(type_: str, data: Any) -> str | None:
    if type_ not in CONFLATED_TYPES:
        return None
    key = data.get("ticket", {}).get("id")
    return key if isinstance(key, str) else None
