"""An operator's browser reduced to its socket: signs in, answers pings, counts what comes."""

import asyncio
from collections.abc import Sequence

import orjson

_READY_SECONDS = 60
_AT_ONCE = 20


class OperatorSocket(asyncio.Protocol):
    def __init__(self, token: str) -> None:
        self._token = token
        self._buffer = b""
        self._is_upgraded = False
        self._transport: asyncio.Transport
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.event_frames = 0
        self.is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_upgraded:
            head, mark, rest = self._buffer.partition(b"\r\n\r\n")
            if not mark:
                return
            if b" 101 " not in head:
                self._fail(RuntimeError(head.decode(errors="replace")))
                return
            self._is_upgraded, self._buffer = True, rest
        while (frame := self._next_frame()) is not None:
            self._take(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        self._fail(exc or ConnectionResetError("closed before it was ready"))

    def close(self) -> None:
        self._transport.close()

    def _fail(self, error: Exception) -> None:
        if not self.ready.done():
            self.ready.set_exception(error)

    def _next_frame(self) -> bytes | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1] & 0x7F, 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4]), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10]), 10
        if len(buffer) < start + length:
            return None
        self._buffer = buffer[start + length :]
        return buffer[start : start + length]

    def _take(self, frame: bytes) -> None:
        if frame.startswith(b'42["events"'):
            self.event_frames += 1
        elif frame.startswith(b"0"):
            self._write(b"40" + orjson.dumps({"token": self._token}))
        elif frame == b"2":
            self._write(b"3")
        elif frame.startswith(b'42["ready"') and not self.ready.done():
            self.ready.set_result(None)
        elif frame.startswith(b"44"):
            self._fail(RuntimeError(frame.decode()))

    def _write(self, text: bytes) -> None:
        # Masked with zeros: allowed, and the text stays readable.
        size = len(text)
        head = bytes((0x81, 0x80 | size)) if size < 126 else b"\x81\xfe" + size.to_bytes(2)
        self._transport.write(head + b"\0\0\0\0" + text)


async def connect_operators(port: int, tokens: Sequence[str]) -> list[OperatorSocket]:
    """One socket a token, all signed in."""
    loop = asyncio.get_running_loop()
    sockets: list[OperatorSocket] = []
    for start in range(0, len(tokens), _AT_ONCE):
        group = [OperatorSocket(token) for token in tokens[start : start + _AT_ONCE]]
        for socket in group:
            await loop.create_connection(lambda socket=socket: socket, "127.0.0.1", port)  # type: ignore[misc]
        async with asyncio.timeout(_READY_SECONDS):
            await asyncio.gather(*(socket.ready for socket in group))
        sockets += group
    return sockets
