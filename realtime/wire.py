"""The last centimetre: bytes to a WebSocket's transport, in order, without a task or a queue in between.

python-socketio's stock path makes a task per recipient and passes every packet through a queue and a writer task: 28–43 µs
of CPU per delivery in a room of 300 (600-byte event; 2026-11). Here a packet is written to the transport when it is handed
over: one encoding, one frame, one write.

Invariants
- Everything that Socket.IO sends on a connection (events, acknowledgements, connect and disconnect packets) passes through
  its `PacketQueue`; the queue writes at once or, as long as it is not attached, keeps everything for Engine.IO's writer.
  There is no moment with two paths, so nothing overtakes. Engine.IO's own pings and closing packets stay queued: its
  writer task lives by them.
- A peer that does not read is cut when its buffer is full; it resumes by cursor.
- Served by another WebSocket implementation, all works through Engine.IO's writer, only dearer.
"""

import asyncio
import os
import socket
from collections.abc import Iterable
from typing import Any

import engineio
import socketio
import structlog
from engineio.packet import MESSAGE, Packet
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from realtime.frames import Frame, text_frame
from realtime.metrics import SOCKETS_CUT

log = structlog.get_logger()

# About 1,700 events of 600 bytes: some seconds of a busy department. Past it, replaying from the log is cheaper than memory.
WRITE_BUFFER_BYTES = 1024 * 1024
# The same limit for connections that Engine.IO's writer serves, counted in packets.
_QUEUED_PACKETS = 2_000
# What the kernel may hold unsent for a connection, beside our own buffer: left alone it takes some 2.6 MB for a peer that reads
# nothing (tcp_wmem, Linux 6, 2026-11), in memory that no limit of ours sees. Enough for a round trip of 80 ms at 12 Mbit/s.
_KERNEL_UNSENT_BYTES = 128 * 1024
# Replays wait for the peer to read; one that reads nothing for this long is cut.
_DRAIN_SECONDS = 15.0

_SCOPE_EXTENSION = "prosa.wire"

# How uvicorn must be started for the direct path. Compression per message would make every recipient's bytes its own (and
# cost 300 kB each); Engine.IO has its own ping; commands are small (gateway limits them before).
UVICORN_WEBSOCKET_OPTIONS: dict[str, Any] = {
    "ws_per_message_deflate": False,
    "ws_ping_interval": None,
    "ws_max_size": 256 * 1024,
}


class _SmallQueue(asyncio.Queue[Any]):
    """Mostly empty, one for each connection: an empty deque takes 0.7 kB, an empty list nothing (of 50 kB; 2026-11)."""

    _queue: list[Any]

    def _init(self, maxsize: int) -> None:
        del maxsize
        self._queue = []

    def _get(self) -> Any:
        return self._queue.pop(0)


class DirectWebSocket(WebSocketsSansIOProtocol):
    """uvicorn's sans-IO WebSocket, reachable from the ASGI scope, with a door for ready-made frames.

    Pass it to uvicorn as `ws=DirectWebSocket` together with `UVICORN_WEBSOCKET_OPTIONS`.
    """

    app_has_sent = False
    descriptor: int | None = None
    """Of a connection whose bytes go out as they are (no TLS of ours)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue = _SmallQueue()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        if connection is None:
            return
        if connection.family in (socket.AF_INET, socket.AF_INET6) and hasattr(socket, "TCP_NOTSENT_LOWAT"):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _KERNEL_UNSENT_BYTES)
        if transport.get_extra_info("sslcontext") is None:
            self.descriptor = connection.fileno()

    async def run_asgi(self) -> None:
        extensions: dict[str, Any] = self.scope["extensions"] or {}
        self.scope["extensions"] = {**extensions, _SCOPE_EXTENSION: self}  # type: ignore[dict-item]  # uvicorn types them as dicts
        await super().run_asgi()

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.send":
            self.app_has_sent = True

    @property
    def takes_frames(self) -> bool:
        return self.handshake_complete and not (
            self.close_sent or self.disconnected or self.transport.is_closing()
        )

    def write_frame(self, frame: bytes) -> None:
        """Writes a complete frame; cuts the connection when its peer has stopped reading; nothing if it is closing."""
        _write_frame((self,), frame)

    async def drained(self) -> None:
        """Returns when the peer has read most of what was written, or is gone. Cuts a peer that reads nothing."""
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                await self.writable.wait()
        except TimeoutError:
            SOCKETS_CUT.inc()
            self.cut()

    def cut(self) -> None:
        """Drops the connection at once, with what it has not read."""
        self.transport.abort()


def _write_frame(wires: Iterable[DirectWebSocket], frame: bytes) -> None:
    """`DirectWebSocket.write_frame` of each, in one loop: the calls were a sixth of a delivery's cost.

    While a transport holds nothing, the bytes go past it; it gets what a slow peer leaves.
    """
    size, write = len(frame), os.write
    for wire in wires:
        transport = wire.transport
        if wire.close_sent or wire.disconnected or transport.is_closing():
            continue
        rest = frame
        waiting = transport.get_write_buffer_size()
        if waiting == 0 and wire.descriptor is not None:
            try:
                written = write(wire.descriptor, frame)
            except OSError:  # full, or gone: the transport finds out
                written = 0
            if written == size:
                continue
            rest = frame[written:]
        elif waiting > WRITE_BUFFER_BYTES:
            SOCKETS_CUT.inc()
            wire.cut()
            continue
        transport.write(rest)


class PacketQueue(_SmallQueue):
    """One connection's way out. An Engine.IO packet queue until `attach`, a direct writer after it."""

    wire: DirectWebSocket | None = None

    @property
    def is_direct(self) -> bool:
        return self.wire is not None

    def attach(self, environ: dict[str, Any]) -> None:
        """Writes directly from now on, if the connection is ours and Engine.IO's writer has nothing left to send."""
        wire = _wire_of(environ)
        # app_has_sent: the OPEN packet has left, not only the queue.
        if wire is not None and self.empty() and wire.app_has_sent and wire.takes_frames:
            self.wire = wire

    def write(self, frame: Frame) -> None:
        """Sends an encoded event. Never waits, never raises for a connection that is gone."""
        if self.wire is not None:
            self.wire.write_frame(frame.wire)
        elif self.qsize() < _QUEUED_PACKETS:
            self.put_nowait(Packet(MESSAGE, frame.packet.decode()))
        elif self.qsize() == _QUEUED_PACKETS:
            SOCKETS_CUT.inc()
            self.put_nowait(None)  # Engine.IO's writer closes the connection at this mark; nothing follows it

    async def put(self, item: Any) -> None:
        if self.wire is not None and item is not None and item.packet_type == MESSAGE and not item.binary:
            self.wire.write_frame(text_frame(item.encode().encode()))
        else:
            await super().put(item)

    async def drained(self) -> None:
        if self.wire is not None:
            await self.wire.drained()

    def cut(self, environ: dict[str, Any] | None = None) -> None:
        """Ends the connection now, its peer willing or not. `environ`: of a connection that was never attached."""
        wire = self.wire or _wire_of(environ or {})
        if wire is not None:
            wire.cut()
        else:
            self.put_nowait(None)


def write_to_all(queues: Iterable[PacketQueue], frame: Frame) -> None:
    """`PacketQueue.write` of each, in their order."""
    direct: list[DirectWebSocket] = []
    for queue in queues:
        if (wire := queue.wire) is not None:
            direct.append(wire)
        else:
            queue.write(frame)
    _write_frame(direct, frame.wire)


def _wire_of(environ: dict[str, Any]) -> DirectWebSocket | None:
    wire = environ.get("asgi.scope", {}).get("extensions", {}).get(_SCOPE_EXTENSION)
    return wire if isinstance(wire, DirectWebSocket) else None


class DirectEngine(engineio.AsyncServer):
    """Engine.IO whose sockets get our queue (`create_queue` is its factory for them)."""

    def create_queue(self, *args: Any, **kwargs: Any) -> PacketQueue:
        return PacketQueue(*args, **kwargs)


class DirectManager(socketio.AsyncManager):
    """Emits by encoding once and writing the same bytes to everybody in the room."""

    async def emit(
        self, event: str, data: Any, namespace: str, room: Any = None, skip_sid: Any = None,
        callback: Any = None, to: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        if callback is not None or namespace != "/" or isinstance(data, tuple):
            await super().emit(  # type: ignore[no-untyped-call]  # python-socketio is untyped
                event, data, namespace, room=room, skip_sid=skip_sid, callback=callback, to=to, **kwargs
            )
            return
        skipped = skip_sid if isinstance(skip_sid, list) else [skip_sid]
        frame = Frame(event, data)
        assert self.server is not None
        sockets = self.server.eio.sockets
        for sid, engine_sid in self.get_participants(namespace, to or room):  # type: ignore[no-untyped-call]
            if sid not in skipped and (socket := sockets.get(engine_sid)) is not None:
                socket.queue.write(frame)

    def queue_of(self, sid: str) -> PacketQueue | None:
        """The way out of a connected socket."""
        assert self.server is not None
        socket = self.server.eio.sockets.get(self.eio_sid_from_sid(sid, "/"))  # type: ignore[no-untyped-call]
        return None if socket is None else socket.queue


class DirectServer(socketio.AsyncServer):
    def _engineio_server_class(self) -> type[engineio.AsyncServer]:
        # The hook by which every async flavour of python-socketio names its engine; there is no parameter for it.
        return DirectEngine
