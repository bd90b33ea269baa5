"""Prosa whole, in the test's own event loop: the ASGI app behind uvicorn, a worker, and a sandbox that plays Meta.

`running_prosa` starts app and worker once; `Prosa.open_shop` adds an account of its own with its own sandbox, so that tests
share servers and nothing else. A `Person` is somebody of the account with a token: REST at hand, sockets on demand.
"""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import socketio
import uvicorn

from inbox.identity.session_repository import insert_session
from inbox.kernel.actor import Actor
from inbox.kernel.ids import new_id
from realtime.wire import UVICORN_WEBSOCKET_OPTIONS, DirectWebSocket
from server.app import build_app
from server.context import Context, build_context
from server.edge.http_protocol import uvicorn_options
from server.sandbox.app import ResettableProtocol, SandboxConfig, SendLane, StatusTiming, WebhookPolicy
from server.sandbox.app import build_app as build_sandbox
from server.sandbox.sandbox import Sandbox
from server.settings import Settings
from server.work import Worker, open_worker
from tests.conftest import SeededAccount, seed_account

PATIENCE_SECONDS = 20.0
_POLL_SECONDS = 0.01


class _QuietServer(uvicorn.Server):
    """uvicorn without taking over the test run's signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def _serving(app: Any, listener: socket.socket, **options: Any) -> AsyncIterator[None]:
    server = _QuietServer(
        uvicorn.Config(app, log_level="error", lifespan="on", timeout_graceful_shutdown=1, **options)
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # uvicorn tells it by a flag only
        if task.done():
            await task
        await asyncio.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        server.should_exit = True
        await task
        listener.close()


def _listen() -> tuple[socket.socket, str]:
    # Told that it speaks TCP, for asyncio turns off Nagle's algorithm only then: every answer would wait 40 ms for an ACK.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


async def eventually(condition: Callable[[], bool | Awaitable[bool]], what: str) -> None:
    """For what no event tells."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                answer = condition()
                if answer if isinstance(answer, bool) else await answer:
                    return
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError:
        raise AssertionError(f"waited in vain: {what}") from None


# ── a socket ────────────────────────────────────────────────────────────────────────────────────────────────────────


class LiveSocket:
    """A socket.io client that keeps what it hears, in the order in which it came."""

    def __init__(self, url: str, **auth: Any) -> None:
        self.items: list[dict[str, Any]] = []
        """Numbered events."""
        self.ready: dict[str, Any] | None = None
        self.told: list[tuple[str, Any]] = []
        """Unnumbered events."""
        self.on_item: Callable[[dict[str, Any]], None] = lambda _: None
        self._is_closing = False
        self._url = url
        self._auth = auth
        self._news = asyncio.Condition()
        self._client = socketio.AsyncClient(reconnection=False)
        self._client.on("*", self._hear)

    async def connect(self) -> "LiveSocket":
        """Returns when the server has said `ready`."""
        await self._client.connect(
            self._url, auth=self._auth, transports=["websocket"], wait_timeout=PATIENCE_SECONDS
        )
        await self.until(lambda: self.ready is not None, "ready")
        return self

    async def close(self, *, politely: bool = True) -> None:
        """Not politely: the connection is gone and the server finds out by itself."""
        # What still comes is not heard: it would move the cursor past what nobody has taken.
        self._is_closing = True
        if not politely:
            await self._client.eio.disconnect(abort=True)
        await self._client.disconnect()

    async def command(self, name: str, **payload: Any) -> dict[str, Any]:
        """The acknowledgement: a result or a problem."""
        answer: dict[str, Any] = await self._client.call(name, payload, timeout=PATIENCE_SECONDS)
        return answer

    @property
    def cursor(self) -> int:
        assert self.ready is not None
        return max([int(self.ready["seq"]), *(int(item["seq"]) for item in self.items)])

    def heard(self, type_: str) -> list[dict[str, Any]]:
        return [item["data"] for item in self.items if item["type"] == type_]

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._news:
                await self._news.wait_for(condition)
        except TimeoutError:
            raise AssertionError(f"waited in vain for {what}; heard {self.items[-10:]}") from None

    async def _hear(self, event: str, data: Any = None) -> None:
        if self._is_closing:
            return
        if event == "events":
            for item in data:
                self.items.append(item)
                self.on_item(item)
        elif event == "ready":
            self.ready = data
        else:
            self.told.append((event, data))
        async with self._news:
            self._news.notify_all()


# ── somebody of the account ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Person:
    actor: Actor
    token: str
    rest: httpx.AsyncClient
    """At /api/v1, signed in."""
    url: str
    sockets: list[LiveSocket] = field(default_factory=list)

    async def get(self, path: str, **query: Any) -> dict[str, Any]:
        answer = await self.rest.get(f"/api/v1{path}", params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def post(self, path: str, body: Any = None) -> dict[str, Any]:
        """The answer, or the problem."""
        answer = await self.rest.post(f"/api/v1{path}", json=body)
        result: dict[str, Any] = answer.json()
        return result

    async def upload(self, name: str, data: bytes, mime_type: str, **form: str) -> str:
        answer = await self.rest.post("/api/v1/media", files={"file": (name, data, mime_type)}, data=form)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def messages(self, conversation_id: str) -> list[dict[str, Any]]:
        found = await self.get(f"/conversations/{conversation_id}/messages", limit=100)
        assert found["next_before"] is None
        items: list[dict[str, Any]] = found["items"]
        return items

    async def connect(self, **auth: Any) -> LiveSocket:
        live = LiveSocket(self.url, token=self.token, **auth)
        self.sockets.append(live)
        return await live.connect()


# ── one account and its Meta ────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Shop:
    account: SeededAccount
    sandbox: Sandbox
    meta: httpx.AsyncClient
    """The sandbox's control API."""
    context: Context
    url: str
    people: list[Person] = field(default_factory=list)

    async def sign_in(self, actor: Actor) -> Person:
        session_id = new_id()
        async with self.context.database.system() as work:
            await insert_session(
                work.session,
                session_id=session_id,
                user_id=actor.user_id,
                account_id=actor.account_id,
                token_hash=session_id.bytes,
                expires_at=datetime.now(UTC) + timedelta(days=1),
                user_agent="test",
                ip="127.0.0.1",
            )
        token = self.context.tokens.issue(
            user_id=actor.user_id, account_id=actor.account_id, session_id=session_id
        ).token
        # Plain HTTP: certificates would take longer to load than most tests take.
        rest = httpx.AsyncClient(
            base_url=self.url, headers={"Authorization": f"Bearer {token}"}, verify=False
        )
        person = Person(actor, token, rest, self.url)
        self.people.append(person)
        return person

    async def control(self, path: str, **body: Any) -> dict[str, Any]:
        answer = await self.meta.post(f"/sandbox/{path}", json=body)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    async def inbound(self, customer: str, **form: Any) -> str:
        """A customer writes; answers the wamid."""
        answer = await self.control("inbound", **{"from": customer}, **form)
        return str(answer["ids"][0])

    async def sent(self, customer: str) -> list[dict[str, Any]]:
        """The accepted sends to this customer."""
        answer = await self.meta.get("/sandbox/sent", params={"to": customer})
        rows: list[dict[str, Any]] = answer.json()["sent"]
        return rows

    async def requests(self) -> list[dict[str, Any]]:
        """Bodies that came to POST /messages and are messages, refused ones too."""
        answer = await self.meta.get("/sandbox/requests")
        rows: list[dict[str, Any]] = answer.json()["requests"]
        return [
            row
            for row in rows
            if row["method"] == "POST" and row["path"].endswith("/messages") and "type" in (row["body"] or {})
        ]

    async def rows(self, sql: str, *values: Any) -> Sequence[Any]:
        """What prosa_system reads; $1 is the account."""
        found: list[Any] = await self.context.pool.fetch(sql, self.account.account_id, *values)
        return found

    async def until_quiet(self) -> int:
        """Returns when nothing more will happen by itself; answers where the log stands."""
        before: tuple[int, int] = (-1, -1)

        async def is_quiet() -> bool:
            nonlocal before
            if not self.sandbox.statistics()["idle"]:
                return False
            row = (await self.rows(_UNDER_WAY_SQL))[0]
            now = (row["seq"], self.sandbox.webhooks.statistics.posts)
            is_same, before = now == before, now
            return bool(row["under_way"] == 0 and is_same and self.sandbox.statistics()["idle"])

        await eventually(is_quiet, "quiet")
        return before[0]


_UNDER_WAY_SQL = """
SELECT (SELECT count(*) FROM outbox WHERE account_id = $1)
     + (SELECT count(*) FROM media WHERE account_id = $1 AND state = 'pending')
     + (SELECT count(*) FROM procrastinate_jobs
        WHERE status IN ('todo', 'doing') AND args->>'account_id' = $1::text) AS under_way,
       (SELECT seq FROM event_counters WHERE account_id = $1) AS seq
"""


# ── everything ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Prosa:
    settings: Settings
    context: Context
    worker: Worker
    url: str

    @contextlib.asynccontextmanager
    async def open_shop(self, **changes: Any) -> AsyncIterator[Shop]:
        """A new account with its own sandbox. `changes`: to the sandbox's configuration."""
        account = seed_account(self.settings)
        listener, sandbox_url = _listen()
        config = replace(_sandbox_config(account, self.url, sandbox_url), **changes)
        app = build_sandbox(config)
        sandbox: Sandbox = app.state.sandbox
        await self.context.pool.execute(
            "UPDATE whatsapp_apps SET graph_url = $2 WHERE account_id = $1", account.account_id, sandbox_url
        )
        async with (
            _serving(SendLane(app, sandbox), listener, http=ResettableProtocol, ws="none"),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=sandbox_url) as meta,
        ):
            shop = Shop(account, sandbox, meta, self.context, self.url)
            try:
                yield shop
            finally:
                for person in shop.people:
                    await asyncio.gather(*(live.close() for live in person.sockets))
                    await person.rest.aclose()


def _sandbox_config(account: SeededAccount, url: str, sandbox_url: str) -> SandboxConfig:
    return SandboxConfig(
        webhook_url=f"{url}/hooks/whatsapp/{account.app.hook_key}",
        app_secret=account.app.app_secret.decode(),
        verify_token=account.app.verify_token,
        access_token=account.number.access_token,
        waba_id=account.number.waba_id,
        phone_number_id=account.number.phone_number_id,
        display_phone_number=account.number.display_phone_number,
        public_url=sandbox_url,
        # Accounts share one database; ids of two sandboxes must not meet.
        seed=int(account.number.phone_number_id) * 1000 + time.time_ns() % 1000,
        customer_pace=0.0,
        timing=StatusTiming.instant(),
        webhooks=WebhookPolicy(min_gap_seconds=0.0, time_scale=0.01),
        handshake_at_start=False,
    )


@contextlib.asynccontextmanager
async def running_prosa(settings: Settings) -> AsyncIterator[Prosa]:
    """The app and one worker, as `prosa serve` and `prosa work` run them, on free ports."""
    context = build_context(settings)
    listener, url = _listen()
    stop = asyncio.Event()
    async with (
        _serving(
            build_app(context), listener, ws=DirectWebSocket, **UVICORN_WEBSOCKET_OPTIONS, **uvicorn_options()
        ),
        open_worker(settings) as worker,
    ):
        working = asyncio.create_task(worker.run(stop), name="worker under test")
        try:
            yield Prosa(settings, context, worker, url)
        finally:
            stop.set()
            await working


def ids(*values: UUID) -> list[str]:
    return [str(value) for value in values]
