"""A sandbox in this process and a receiver that records what it is posted."""

import asyncio
import contextlib
import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import orjson
import pytest
from aiohttp import web

from server.sandbox.app import SandboxConfig, StatusTiming, WebhookPolicy, build_app
from server.sandbox.sandbox import Sandbox

SECRET = "prosa-test-app-secret"
VERIFY = "verify-me"
TOKEN = "token-1"
PNID = "106000000000001"
ANA = "5511999990001"
TIMEOUT_SECONDS = 10.0


@dataclass
class Receiver:
    """The product's side: answers the handshake, records every POST, answers what `answers` says (then 200)."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    handshakes: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def handle(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            self.handshakes += 1
            if request.query["hub.verify_token"] != VERIFY:
                return web.Response(status=403)
            return web.Response(text=request.query["hub.challenge"])
        async with self.changed:
            self.bodies.append(await request.read())
            self.signatures.append(request.headers.get("X-Hub-Signature-256", ""))
            self.changed.notify_all()
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def until(self, satisfied: Callable[[], bool]) -> None:
        async with asyncio.timeout(TIMEOUT_SECONDS), self.changed:
            await self.changed.wait_for(satisfied)

    @property
    def payloads(self) -> list[dict[str, Any]]:
        return [orjson.loads(body) for body in self.bodies]

    @property
    def values(self) -> list[dict[str, Any]]:
        return [
            change["value"]
            for each in self.payloads
            for entry in each["entry"]
            for change in entry["changes"]
        ]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [message for value in self.values for message in value.get("messages", [])]

    @property
    def statuses(self) -> list[dict[str, Any]]:
        return [status for value in self.values for status in value.get("statuses", [])]

    def statuses_of(self, wamid: str) -> list[str]:
        return [each["status"] for each in self.statuses if each["id"] == wamid]

    def all_signed(self) -> bool:
        return all(
            signature == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            for body, signature in zip(self.bodies, self.signatures, strict=True)
        )


@dataclass
class World:
    """One running sandbox with a client of its API."""

    sandbox: Sandbox
    client: httpx.AsyncClient
    receiver: Receiver

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        answer = await self.client.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def get(self, path: str) -> Any:
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def send_raw(self, body: dict[str, Any], **request: Any) -> httpx.Response:
        return await self.client.post(
            f"/v26.0/{PNID}/messages", json={"messaging_product": "whatsapp"} | body, **request
        )

    async def send(self, body: dict[str, Any]) -> str:
        answer = await self.send_raw(body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["messages"][0]["id"])

    async def text(self, to: str = ANA, body: str = "Olá") -> str:
        return await self.send({"to": to, "type": "text", "text": {"body": body}})


def build_config(webhook_url: str = "", **changes: Any) -> SandboxConfig:
    base = SandboxConfig(
        webhook_url=webhook_url,
        app_secret=SECRET,
        verify_token=VERIFY,
        access_token=TOKEN,
        seed=7,
        customer_pace=0.0,
        public_url="http://sandbox",
        timing=StatusTiming.instant(),
        webhooks=WebhookPolicy(min_gap_seconds=0.0, time_scale=0.001),
        handshake_at_start=False,
    )
    return replace(base, **changes)


@contextlib.asynccontextmanager
async def running_receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.router.add_route("*", "/hook", receiver.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def running_world(receiver: Receiver, **changes: Any) -> AsyncIterator[World]:
    app = build_app(build_config(receiver.url, **changes))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        headers = {"authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://sandbox", headers=headers
        ) as client:
            yield World(app.state.sandbox, client, receiver)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with running_receiver() as each:
        yield each


@pytest.fixture
async def world(receiver: Receiver) -> AsyncIterator[World]:
    async with running_world(receiver) as each:
        yield each


@pytest.fixture
def open_world(receiver: Receiver) -> Callable[..., contextlib.AbstractAsyncContextManager[World]]:
    """A sandbox with changes to its configuration."""

    def opened(**changes: Any) -> contextlib.AbstractAsyncContextManager[World]:
        return running_world(receiver, **changes)

    return opened


OpenWorld = Callable[..., contextlib.AbstractAsyncContextManager[World]]
Check = Callable[[], Awaitable[None]]
