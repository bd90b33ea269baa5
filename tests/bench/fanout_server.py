"""The server that `fanout` measures: one room, hints in by HTTP, sockets out. Run as `python -m tests.bench.fanout_server PORT HOW`.

`HOW` is "ours" (a hint goes through the feed, as from Redis), "stock" (python-socketio as documented, one process) or
"naive" (the same with AsyncRedisManager, as documented for several processes; PROSA_REDIS_URL names its Redis).
"""

import asyncio
import os
import resource
import sys
import time
from typing import Any, cast
from uuid import UUID

import asyncpg
import orjson
import socketio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from inbox.kernel.actor import Actor, Origin, Role
from inbox.kernel.audience import EVERYONE
from inbox.kernel.clock import utc_now
from inbox.kernel.ids import new_id
from realtime.bus import Bus
from realtime.feed import AccountFeed
from realtime.log_item import Item
from realtime.socket_server import build_socket_server
from realtime.sockets import LiveSocket
from realtime.wire import UVICORN_WEBSOCKET_OPTIONS, DirectServer, DirectWebSocket

ACCOUNT = UUID(int=1)
# The pause between events: the room of 300 takes 2–15 ms of CPU for each.
_PAUSE_SECONDS = 0.002


def event(seq: int) -> dict[str, Any]:
    """600 bytes on the wire, like the lab's."""
    return {
        "seq": seq,
        "type": "message_created",
        "audience": [EVERYONE],
        "at": "2026-11-23T15:00:00.000000+00:00",
        "data": {
            "id": "0190f8a8-0000-7000-8000-000000000000",
            "conversation_id": "0190f8a8-0000-7000-8000-000000000001",
            "body": "Does it come in another color? " * 11,
            "status": "received",
            "contact": {"name": "Sheena Nelson", "wa_id": "16505551234"},
        },
    }


class _Settings:
    relay_gap_wait_ms = 25
    conflation_ms = 100


class _Nobody:
    def on_item(self, feed: AccountFeed, item: Item) -> None: ...

    def on_message(self, feed: AccountFeed, item: Item) -> None: ...

    def on_ephemeral(self, feed: AccountFeed, message: str) -> None: ...


class Ours:
    """The door of the gateway without sign-in; the rest is what `prosa serve` runs."""

    def __init__(self) -> None:
        self.server: DirectServer = build_socket_server(self, "")
        # Neither Redis nor Postgres is asked: hints come by HTTP and without gaps.
        pool = cast("asyncpg.Pool[Any]", None)
        self.feed = AccountFeed(ACCOUNT, pool, Bus("redis://127.0.0.1:1"), _Settings(), _Nobody())
        self.feed.last_seq = 0

    async def admit(self, sid: str, origin: Origin, payload: Any) -> None: ...

    async def welcome(self, sid: str) -> None:
        queue = self.server.manager.queue_of(sid)
        if not queue.is_direct:
            raise RuntimeError("the direct path is not used")
        actor = Actor(ACCOUNT, new_id(), Role.OPERATOR)
        self.feed.rooms.add(LiveSocket(sid, "", actor, utc_now(), queue))

    async def command(self, sid: str, name: str, payload: Any) -> Any:
        return None

    def gone(self, sid: str) -> None: ...

    async def send(self, seq: int) -> None:
        self.feed.accept(orjson.dumps([event(seq)]).decode())


class Stock:
    def __init__(self, redis_url: str | None = None) -> None:
        manager = socketio.AsyncRedisManager(redis_url) if redis_url else None
        self.server = socketio.AsyncServer(
            async_mode="asgi", transports=["websocket"], client_manager=manager
        )
        self.server.on("connect", self._connect)

    async def _connect(self, sid: str, environ: Any, auth: Any = None) -> None:
        await self.server.enter_room(sid, "r")

    async def send(self, seq: int) -> None:
        await self.server.emit("events", [event(seq)], room="r")


def _build_target(how: str) -> Ours | Stock:
    match how:
        case "ours":
            return Ours()
        case "stock":
            return Stock()
        case "naive":
            return Stock(os.environ["PROSA_REDIS_URL"])
    raise ValueError(how)


def build_app(how: str) -> Starlette:
    target = _build_target(how)
    sent = 0

    async def emit(request: Request) -> JSONResponse:
        nonlocal sent
        before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        for _ in range(int(request.query_params["n"])):
            sent += 1
            await target.send(sent)
            await asyncio.sleep(_PAUSE_SECONDS)
        await asyncio.sleep(1.0)  # what is on its way belongs to it
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        return JSONResponse({"cpu_seconds": cpu, "seconds": time.perf_counter() - started})

    return Starlette(
        routes=[
            Route("/emit", emit),
            Mount("/socket.io", socketio.ASGIApp(target.server, socketio_path=None)),
        ]
    )


def main() -> None:
    port, how = int(sys.argv[1]), sys.argv[2]
    if how == "naive":  # uvicorn as it comes
        uvicorn.run(build_app(how), host="127.0.0.1", port=port, log_level="error")
        return
    uvicorn.run(
        build_app(how), host="127.0.0.1", port=port, log_level="error", ws=DirectWebSocket, loop="uvloop",
        **UVICORN_WEBSOCKET_OPTIONS,
    )  # fmt: skip


if __name__ == "__main__":
    main()
