"""Encoding once for everybody: an event becomes the bytes of its WebSocket frame before it is known who gets it.

The bytes are a WebSocket text frame (RFC 6455, section 5.2; servers do not mask) that holds an Engine.IO message packet
("4") that holds a Socket.IO event packet ("2") of the main namespace.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import orjson
from pydantic import BaseModel

_ENGINE_MESSAGE = b"4"
_SOCKET_EVENT = b"2"


class OrjsonModule:
    """orjson in the shape of the json module, for python-socketio's `json=` (a process-wide setting of it)."""

    JSONDecodeError = orjson.JSONDecodeError

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        return orjson.loads(text)


class Frame:
    """One event, encoded. `packet` is what Engine.IO would send as a message, `wire` what goes to the transport."""

    __slots__ = ("packet", "wire")

    def __init__(self, event: str, data: Any) -> None:
        self.packet = _SOCKET_EVENT + orjson.dumps([event, data])
        self.wire = text_frame(_ENGINE_MESSAGE + self.packet)


class HasJson(Protocol):
    @property
    def json(self) -> bytes: ...


def events_frame(items: Sequence[HasJson]) -> Frame:
    """`events` with log items that are encoded already."""
    return Frame("events", [orjson.Fragment(item.json) for item in items])


def model_frame(event: str, model: BaseModel) -> Frame:
    return Frame(event, orjson.Fragment(model.model_dump_json()))


def text_frame(payload: bytes) -> bytes:
    """A complete, unmasked text frame."""
    length = len(payload)
    if length < 126:
        return bytes((0x81, length)) + payload
    if length < 65536:
        return b"\x81\x7e" + length.to_bytes(2, "big") + payload
    return b"\x81\x7f" + length.to_bytes(8, "big") + payload
