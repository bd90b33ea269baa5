"""A gateway behind a real uvicorn on a free port, and clients that remember what they hear."""

import asyncio
import contextlib
import socket as system_socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import socketio
import uvicorn

from inbox.kernel.actor import Actor, Origin
from inbox.kernel.database import Database, open_pool
from inbox.kernel.errors import Unauthenticated
from inbox.kernel.event_log import LoggedEvent, NewEvent
from inbox.proof.observer import Observer
from realtime.bus import RedisPublisher
from realtime.gateway import Gateway, build_gateway
from realtime.sockets import AuthenticatedActor
from realtime.wire import UVICORN_WEBSOCKET_OPTIONS, DirectWebSocket
from server.settings import Settings

PATIENCE_SECONDS = 10.0


class QuietServer(uvicorn.Server):
    """uvicorn without taking over the test run's signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(app: Any, ws: Any = DirectWebSocket) -> AsyncIterator[str]:
    """The address of a server for `app`."""
    # Told that it speaks TCP, for asyncio turns off Nagle's algorithm only then: every answer would wait 40 ms for an ACK.
    listener = system_socket.socket(
        system_socket.AF_INET, system_socket.SOCK_STREAM, system_socket.IPPROTO_TCP
    )
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        ws=ws,
        log_level="error",
        lifespan="off",
        timeout_graceful_shutdown=1,
        **UVICORN_WEBSOCKET_OPTIONS,
    )
    server = QuietServer(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110  # uvicorn tells it by a flag only
        await asyncio.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()


class LossyPublisher:
    """An EventPublisher that tells nobody: the test brings the hints, in the order it wants."""

    def __init__(self) -> None:
        self.logged: list[LoggedEvent] = []

    async def publish(self, account_id: UUID, events: Any) -> None:
        self.logged.extend(events)

    async def nudge(self, topic: str) -> None:
        return


@dataclass
class Tokens:
    """The authenticate port: tokens are names."""

    known: dict[str, AuthenticatedActor] = field(default_factory=dict)

    def issue(
        self, actor: Actor, *, name: str | None = None, lasts: timedelta = timedelta(minutes=15)
    ) -> str:
        token = name or f"token-{len(self.known)}"
        self.known[token] = AuthenticatedActor(actor, datetime.now(UTC) + lasts)
        return token

    async def authenticate(self, token: str, _: Origin) -> AuthenticatedActor:
        if token not in self.known:
            raise Unauthenticated
        return self.known[token]


class Client:
    """A socket.io client that keeps every event; `await until(…)` waits for what the test expects."""

    def __init__(self, url: str, **auth: Any) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.items: list[dict[str, Any]] = []
        self.socket = socketio.AsyncClient(reconnection=False)
        self.socket.on("*", self._hear)
        self.socket.on("disconnect", self._disconnected)
        self.socket.on("connect_error", self._refused)
        self.refusal: Any = None
        self.connected = False
        self._url = url
        self._auth = auth
        self._news = asyncio.Condition()

    async def connect(self) -> "Client":
        """Returns when the server has said `ready`."""
        await self.dial()
        await self.until(lambda: self.last("ready") is not None)
        return self

    async def dial(self) -> None:
        await self.socket.connect(
            self._url, auth=self._auth, transports=["websocket"], wait_timeout=PATIENCE_SECONDS
        )
        self.connected = True

    async def close(self) -> None:
        await self.socket.disconnect()

    async def command(self, name: str, payload: Any) -> Any:
        return await self.socket.call(name, payload, timeout=PATIENCE_SECONDS)

    def last(self, event: str) -> Any:
        return next((data for name, data in reversed(self.heard) if name == event), None)

    @property
    def seqs(self) -> list[int]:
        return [item["seq"] for item in self.items]

    @property
    def cursor(self) -> int:
        ready: int = self.last("ready")["seq"]
        return max([*self.seqs, ready])

    async def until(self, condition: Callable[[], bool], patience: float = PATIENCE_SECONDS) -> None:
        try:
            async with asyncio.timeout(patience), self._news:
                await self._news.wait_for(condition)
        except TimeoutError:
            raise AssertionError(f"waited in vain; heard {self.heard[-20:]}") from None

    async def _hear(self, event: str, data: Any = None) -> None:
        self.heard.append((event, data))
        if event == "events":
            self.items.extend(data)
        await self._tell()

    async def _disconnected(self, *_: Any) -> None:
        self.connected = False
        await self._tell()

    async def _refused(self, data: Any) -> None:
        self.refusal = data
        await self._tell()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


@dataclass
class Live:
    """One running gateway."""

    url: str
    gateway: Gateway
    tokens: Tokens
    database: Database
    publisher: RedisPublisher
    pool: "asyncpg.Pool[Any]"
    observer: Observer
    clients: list[Client] = field(default_factory=list)

    def client(self, actor: Actor, **auth: Any) -> Client:
        client = Client(self.url, **{"token": self.tokens.issue(actor), **auth})
        self.clients.append(client)
        return client

    async def connect(self, actor: Actor, **auth: Any) -> Client:
        return await self.client(actor, **auth).connect()

    async def log(self, account_id: UUID, *events: NewEvent) -> None:
        """Commits events as the domain would: the hint follows the commit."""
        async with self.database.system(account_id) as work:
            for event in events:
                work.record(event)


@contextlib.asynccontextmanager
async def running_gateway(
    settings: Settings, redis_url: str, *, ws: Any = DirectWebSocket, publisher: Any = None
) -> AsyncIterator[Live]:
    """`publisher`: what commits are told to, when it is not Redis."""
    observer = Observer()
    redis_publisher = RedisPublisher(redis_url, observer)
    database = Database(
        settings.resolved_app_database_url,
        settings.resolved_system_database_url,
        audit_key=settings.audit_key,
        publisher=publisher or redis_publisher,
    )
    pool = await open_pool(settings.resolved_system_database_url, size=4)
    tokens = Tokens()
    gateway = build_gateway(
        settings=settings, database=database, pool=pool, redis_url=redis_url,
        authenticate=tokens.authenticate, publisher=redis_publisher, observer=observer,
    )  # fmt: skip
    await gateway.start()
    async with serving(gateway.asgi_app, ws) as url:
        live = Live(url, gateway, tokens, database, redis_publisher, pool, observer)
        try:
            yield live
        finally:
            await asyncio.gather(*(client.close() for client in live.clients))
            await gateway.stop()
            await redis_publisher.close()
            await pool.close()
            await database.close()


@pytest.fixture
async def live(settings: Settings, redis_url: str) -> AsyncIterator[Live]:
    async with running_gateway(settings, redis_url) as running:
        yield running


async def eventually(
    condition: Callable[[], bool | Awaitable[bool]], patience: float = PATIENCE_SECONDS
) -> None:
    """For what no event tells."""
    async with asyncio.timeout(patience):
        while True:
            answer = condition()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.01)
