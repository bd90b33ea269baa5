"""python-socketio as we run it: WebSocket only, orjson, one command of a socket at a time, origins checked.

It only translates: what happens is up to the `Door` that it is built for.
"""

import logging
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

import socketio

from inbox.kernel.actor import Origin
from realtime.frames import OrjsonModule
from realtime.wire import DirectManager, DirectServer

# The longest text message is 4,096 characters, 24 kB when every one is escaped; the rest is head room.
_MAX_PACKET_BYTES = 128 * 1024
_NEEDED_AT_THE_END = ("asgi.scope", "asgi.receive", "asgi.send", "REQUEST_METHOD", "HTTP_HOST", "HTTP_ORIGIN")


class Door(Protocol):
    async def admit(self, sid: str, origin: Origin, payload: Any) -> None:
        """Raises socketio's ConnectionRefusedError for those who may not come in."""

    async def welcome(self, sid: str) -> None:
        """The CONNECT packet has left: from now on the client takes events."""

    async def command(self, sid: str, name: str, payload: Any) -> Any:
        """Answers the acknowledgement."""

    def gone(self, sid: str) -> None:
        """The connection has ended."""


def build_socket_server(door: Door, public_url: str) -> DirectServer:
    server = DirectServer(  # type: ignore[no-untyped-call]
        async_mode="asgi",
        client_manager=_Manager(door),
        json=OrjsonModule,
        transports=["websocket"],
        # Messages are stored in the order they were typed.
        async_handlers=False,
        max_http_buffer_size=_MAX_PACKET_BYTES,
        cors_allowed_origins=_origin_check(public_url),
        cors_credentials=False,
        logger=_quiet_logger("realtime.socketio"),
        engineio_logger=_quiet_logger("realtime.engineio"),
    )
    server.register_namespace(_Namespace(door))  # type: ignore[no-untyped-call]
    return server


class _Namespace(socketio.AsyncNamespace):
    """The main namespace: connect, disconnect, and every other event is a command."""

    def __init__(self, door: Door) -> None:
        super().__init__("/")  # type: ignore[no-untyped-call]
        self._door = door

    async def trigger_event(self, event: str, *args: Any) -> Any:
        sid = args[0]
        if event == "connect":
            # The OPEN packet has left and the CONNECT packet has not been queued yet: nothing is on its way.
            assert self.server is not None
            if (queue := self.server.manager.queue_of(sid)) is not None:
                queue.attach(args[1])
            await self._door.admit(sid, _origin_of(args[1]), args[2])
            _forget_request(args[1])
            return None
        if event == "disconnect":
            self._door.gone(sid)
            return None
        return await self._door.command(sid, event, args[1] if len(args) > 1 else None)


class _Manager(DirectManager):
    """Tells the door when a socket's CONNECT packet has left."""

    def __init__(self, door: Door) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._door = door

    async def connect(self, sid: str, namespace: str) -> str:
        connected: str = await super().connect(sid, namespace)  # type: ignore[no-untyped-call]
        await self._door.welcome(sid)
        return connected


def _origin_of(environ: dict[str, Any]) -> Origin:
    """Where the connection comes from, as the edge has found out (the scope's client and request id)."""
    scope: dict[str, Any] = environ.get("asgi.scope", {})
    client = scope.get("client")
    return Origin(
        ip=client[0] if client else None,
        user_agent=environ.get("HTTP_USER_AGENT", ""),
        request_id=(scope.get("state") or {}).get("request_id"),
    )


def _forget_request(environ: dict[str, Any]) -> None:
    """Drops what the handshake said (headers, cookies, addresses): the engine would keep it as long as the connection, some
    kB each. It needs the rest when it answers the end of the connection."""
    kept = {name: environ[name] for name in _NEEDED_AT_THE_END if name in environ}
    environ.clear()  # frees the table, where deleting leaves its size
    environ.update(kept)


def _origin_check(public_url: str) -> Callable[[str | None, dict[str, Any]], bool]:
    """Browsers may come from the address they were served from, or the public one; other programs name no origin."""
    public = urlsplit(public_url).netloc

    def is_allowed(origin: str | None, environ: dict[str, Any]) -> bool:
        host = urlsplit(origin or "").netloc
        return bool(host) and host in (environ.get("HTTP_HOST"), public)

    return is_allowed


def _quiet_logger(name: str) -> logging.Logger:
    # Below WARNING both libraries log payloads: tokens and message texts.
    logger = logging.getLogger(name)
    logger.setLevel(logging.WARNING)
    return logger
