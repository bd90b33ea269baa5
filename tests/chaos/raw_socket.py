"""The leanest Socket.IO client: hundreds of them cost a test less than the server that it looks at.

It signs in, answers Engine.IO's pings, hands over what it hears, and can stop reading as a stuck browser does.
"""

import asyncio
import base64
import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import orjson

_TEXT, _CLOSE = 0x1, 0x8
# Engine.IO's ping interval (25 s) and time-out (20 s): a server that says nothing for this long is gone.
_SILENCE_SECONDS = 45.0
_SHORT, _MEDIUM = 126, 127
# A window this small fills after a few frames, so that a stuck reader shows at once (the kernel doubles and rounds it).
_STUCK_RECEIVE_BYTES = 4096


class Refused(Exception):
    """The server would not have us; the problem that it told, if it told one."""


class RawSocket(asyncio.Protocol):
    """One connection; `ready` is what the server said of the resume."""

    def __init__(self, token: str, cursor: int | None, opened: list[str], take: "Take") -> None:
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[dict[str, Any]] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self._auth = {"token": token, "cursor": cursor, "open_conversation_ids": opened}
        self._take = take
        self._buffer = bytearray()
        self._is_upgraded = False
        self._transport: asyncio.Transport | None = None
        self._silence: asyncio.TimerHandle | None = None

    @classmethod
    async def connect(
        cls, port: int, token: str, *, cursor: int | None = None, opened: list[str] | None = None,
        take: "Take | None" = None, stuck: bool = False, within_seconds: float = 10.0,
    ) -> "RawSocket":  # fmt: skip
        """Returns when the server has said `ready`. Raises Refused, OSError or TimeoutError.

        `stuck`: with the smallest window; it reads until `ready` and then, after `stop_reading`, nothing.
        """
        raw = socket.socket()
        if stuck:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _STUCK_RECEIVE_BYTES)
        raw.setblocking(False)
        loop = asyncio.get_running_loop()
        one: RawSocket | None = None
        try:
            async with asyncio.timeout(within_seconds):
                await loop.sock_connect(raw, ("127.0.0.1", port))
                _, one = await loop.create_connection(
                    lambda: cls(token, cursor, opened or [], take or _ignore), sock=raw
                )
                await one.ready
        except BaseException:
            if one is not None:
                one.abort()
            else:
                raw.close()
            raise
        return one

    def stop_reading(self) -> None:
        assert self._transport is not None
        if self._silence is not None:
            self._silence.cancel()
        self._transport.pause_reading()

    def read_on(self) -> None:
        assert self._transport is not None
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()
        if self.ready.done() and not self.ready.cancelled():
            self.ready.exception()  # looked at: nobody waits any more

    # ── asyncio.Protocol ────────────────────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def connection_lost(self, exc: Exception | None) -> None:
        if self._silence is not None:
            self._silence.cancel()
        if not self.ready.done():
            self.ready.set_exception(Refused("the connection ended"))
        if not self.ended.done():
            self.ended.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_upgraded:
            head, gap, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not gap:
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self._refuse(head[:80].decode("latin-1"))
                return
            self._is_upgraded = True
            self._buffer = bytearray(rest)
        for kind, payload in self._frames():
            if kind == _TEXT:
                self._hear(payload)
            elif kind == _CLOSE:
                self.abort()

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        """Whole frames of a server: never masked, and Prosa does not fragment."""
        while len(self._buffer) >= 2:
            length, start = self._buffer[1] & 0x7F, 2
            if length == _SHORT:
                length, start = int.from_bytes(self._buffer[2:4], "big"), 4
            elif length == _MEDIUM:
                length, start = int.from_bytes(self._buffer[2:10], "big"), 10
            if len(self._buffer) < start or len(self._buffer) < start + length:
                return
            kind, payload = self._buffer[0] & 0x0F, bytes(self._buffer[start : start + length])
            del self._buffer[: start + length]
            yield kind, payload

    def _hear(self, packet: bytes) -> None:
        if packet.startswith(b"42"):
            name, data = orjson.loads(packet[2:])
            if name == "ready" and not self.ready.done():
                self.ready.set_result(data)
            self._take(name, data)
        elif packet == b"2":
            self._send(b"3")
            self._expect_more()
        elif packet.startswith(b"0"):
            self._send(b"40" + orjson.dumps(self._auth))
            self._expect_more()
        elif packet.startswith(b"44"):
            self._refuse(packet[2:].decode())

    def _expect_more(self) -> None:
        """Engine.IO's rule: without a ping in time the connection is dead, whatever TCP says."""
        if self._silence is not None:
            self._silence.cancel()
        self._silence = asyncio.get_running_loop().call_later(_SILENCE_SECONDS, self.abort)

    def _refuse(self, why: str) -> None:
        if not self.ready.done():
            self.ready.set_exception(Refused(why))
        self.abort()

    def _send(self, text: bytes) -> None:
        assert self._transport is not None
        length = (
            bytes([0x80 | len(text)])
            if len(text) < _SHORT
            else bytes([0x80 | _SHORT]) + len(text).to_bytes(2, "big")
        )
        self._transport.write(b"\x81" + length + b"\0\0\0\0" + text)  # a mask of zeros changes nothing


Take = Callable[[str, Any], None]
"""Hears each event of a connection, by name."""


def _ignore(name: str, data: Any) -> None:
    del name, data


async def all_ended(sockets: list[RawSocket], within_seconds: float) -> int:
    """How many of them the server has ended by then."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_seconds):
            await asyncio.gather(*(one.ended for one in sockets))
    return sum(one.ended.done() for one in sockets)
