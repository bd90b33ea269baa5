"""The sandbox as an ASGI application, and the server that `prosa sandbox` runs.

Routes, in the order in which they are hit: sending, the rest of the Graph API, media bytes, control, phone page, mailbox page.
"""

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import AsyncIterator
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.sandbox.config import SandboxConfig, SandboxNumber, StatusTiming, WebhookPolicy
from server.sandbox.control import control_routes
from server.sandbox.graph import ABORT_EXTENSION, graph_route
from server.sandbox.mailbox import mailbox_routes
from server.sandbox.phone import phone_routes
from server.sandbox.sandbox import Sandbox

__all__ = ["SandboxConfig", "SandboxNumber", "StatusTiming", "WebhookPolicy", "build_app", "serve"]

VERSION: Final = re.compile("v[0-9]+[.][0-9]+")
# SO_LINGER with zero seconds makes close() send RST instead of FIN.
RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


class VersionConvertor(StringConvertor):
    """`v26.0`: keeps Graph's paths apart from the sandbox's own."""

    regex = VERSION.pattern


register_url_convertor("version", VersionConvertor())


def build_app(config: SandboxConfig) -> Starlette:
    """The application; its lifespan starts and stops the sandbox, which is at `app.state.sandbox`."""
    sandbox = Sandbox(config)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await sandbox.start()
        try:
            yield
        finally:
            await sandbox.stop()

    routes: list[BaseRoute] = [
        Route("/{version:version}/{object_id}/messages", sandbox.messages),
        *_graph_routes(sandbox),
        Route("/lookaside/whatsapp_business/attachments/", sandbox.objects.download, methods=["GET"]),
        *control_routes(sandbox),
        *phone_routes(sandbox),
        *(mailbox_routes(sandbox.mailbox) if config.smtp_port is not None else []),
        Route("/", _to_phone, methods=["GET"]),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.sandbox = sandbox
    return app


def _graph_routes(sandbox: Sandbox) -> list[Route]:
    objects = sandbox.objects
    table = [
        ("POST", "/media", objects.upload_media),
        ("GET", "", objects.show_object),
        ("DELETE", "", objects.delete_object),
        ("POST", "/register", objects.register_number),
        ("POST", "/deregister", objects.deregister_number),
        ("GET", "/phone_numbers", objects.list_numbers),
        ("GET", "/message_templates", objects.list_templates),
        ("GET", "/subscribed_apps", objects.show_subscriptions),
        ("POST", "/subscribed_apps", objects.subscribe),
    ]
    return [
        Route(
            "/{version:version}/{object_id}" + path,
            graph_route(sandbox.gate, sandbox.mint, sandbox.requests, handle),
            methods=[method],
        )
        for method, path, handle in table
    ]


async def _to_phone(_: Request) -> Response:
    return RedirectResponse("/phone")


class SendLane:
    """Takes sends past Starlette's middleware and routing, which cost as much as the send itself."""

    def __init__(self, app: Starlette, sandbox: Sandbox) -> None:
        self._app = app
        self._messages = sandbox.messages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            parts = scope["path"].split("/")
            if len(parts) == 4 and parts[3] == "messages" and VERSION.fullmatch(parts[1]):
                scope["path_params"] = {"version": parts[1], "object_id": parts[2]}
                await self._messages(scope, receive, send)
                return
        await self._app(scope, receive, send)


class ResettableProtocol(HttpToolsProtocol):
    """Offers applications a way to reset their connection, for faults on demand."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions: dict[str, Any] = {ABORT_EXTENSION: self._reset}
        self.scope["extensions"] = extensions

    def _reset(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            connection = self.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.transport.abort()


class SandboxServer(uvicorn.Server):
    """Closes the phone pages' endless streams first, so that a stop takes no time."""

    def __init__(self, settings: uvicorn.Config, sandbox: Sandbox) -> None:
        super().__init__(settings)
        self._sandbox = sandbox

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._sandbox.live.close()
        self._sandbox.mailbox.live.close()
        await super().shutdown(sockets)


async def serve(config: SandboxConfig, *, stop: asyncio.Event | None = None) -> None:
    """Run until a signal, or until `stop` is set. The caller owns the process."""
    app = build_app(config)
    settings = uvicorn.Config(
        SendLane(app, app.state.sandbox),
        host=config.host,
        port=config.port,
        http=ResettableProtocol,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=60,
    )
    server = SandboxServer(settings, app.state.sandbox)
    if stop is None:
        await server.serve()
        return

    async def watch() -> None:
        await stop.wait()
        server.should_exit = True

    watcher = asyncio.get_running_loop().create_task(watch())
    try:
        await server.serve()
    finally:
        watcher.cancel()
