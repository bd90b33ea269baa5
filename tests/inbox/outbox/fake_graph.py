"""A scripted Graph server on a real port: records what it is sent and answers what a test says."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Json = dict[str, Any]
Answer = Callable[[Json], Awaitable[web.StreamResponse]]

_counter = itertools.count(1)


@dataclass
class FakeGraph:
    """`script` is asked first for every send; None from it means: accept."""

    script: Callable[[Json], Awaitable[web.StreamResponse | None]] | None = None
    bodies: list[Json] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    in_flight: int = 0
    most_in_flight: int = 0
    delay_seconds: float = 0.0
    url: str = ""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    uploads: list[tuple[str, str, bytes]] = field(default_factory=list)
    """(mime type, file name, bytes)"""
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    """Meta's id → bytes and digest in hexadecimal, for look-up and download."""
    expired_urls: int = 0
    """So many downloads find their address expired."""
    lookups: int = 0

    @property
    def sent_ids(self) -> list[str]:
        """Our message ids in the order in which they arrived."""
        return [body["biz_opaque_callback_data"] for body in self.bodies if "type" in body]

    async def messages(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.tokens.add(request.headers["Authorization"])
        self.bodies.append(body)
        self.arrived.set()
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            if self.delay_seconds:
                await asyncio.sleep(self.delay_seconds)
            answer = await self.script(body) if self.script else None
        finally:
            self.in_flight -= 1
        if answer is not None:
            return answer
        if body.get("status") == "read":
            return web.json_response({"success": True})
        return accepted(body)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        self.uploads.append((str(form["type"]), file.filename, file.file.read()))
        return web.json_response({"id": f"meta-{next(_counter)}"})

    async def look_up(self, request: web.Request) -> web.StreamResponse:
        self.lookups += 1
        meta_id = request.match_info["object_id"]
        if meta_id not in self.files:
            return refused(100, "Unsupported get request", subcode=33)
        content, digest = self.files[meta_id]
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "url": f"{self.url}/files/{meta_id}",
                "mime_type": "application/octet-stream",
                "sha256": digest,
                "file_size": str(len(content)),
                "id": meta_id,
            }
        )

    async def download(self, request: web.Request) -> web.StreamResponse:
        if self.expired_urls > 0:
            self.expired_urls -= 1
            return web.Response(status=404)
        self.tokens.add(request.headers["Authorization"])
        return web.Response(body=self.files[request.match_info["meta_id"]][0])

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator["FakeGraph"]:
        app = web.Application(client_max_size=20 * 1024 * 1024)
        app.router.add_post("/{version}/{number}/messages", self.messages)
        app.router.add_post("/{version}/{number}/media", self.upload)
        app.router.add_get("/files/{meta_id}", self.download)
        app.router.add_get("/{version}/{object_id}", self.look_up)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()


def accepted(body: Json, wa_id: str | None = None) -> web.Response:
    to = body.get("to", body.get("recipient"))
    return web.json_response(
        {
            "messaging_product": "whatsapp",
            "contacts": [{"input": to, "wa_id": wa_id or to}],
            "messages": [{"id": f"wamid.FAKE{next(_counter):08}"}],
        }
    )


def refused(
    code: int, message: str = "refused", *, status: int = 400, subcode: int | None = None
) -> web.Response:
    error: Json = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    if subcode is not None:
        error["error_subcode"] = subcode
    return web.json_response({"error": error}, status=status)


def connection_reset(request_holder: web.Request) -> None:
    transport = request_holder.transport
    assert transport is not None
    transport.abort()
