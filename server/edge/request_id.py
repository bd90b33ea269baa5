"""Every request has an id: in the answer, in every log line it causes, and in the audit log.

A caller's own X-Request-Id is taken only through a trusted proxy, and only when it is well formed: it ends up in logs.
Handlers read `request.state.request_id`.
"""

import re
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from inbox.kernel.ids import new_id
from server.edge.client_address import BEHIND_PROXY

_HEADER: Final = b"x-request-id"
# What nginx ($request_id), load balancers and tracing make: hex, UUIDs, or words with dots and dashes.
_WELL_FORMED: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


class RequestId:
    """ASGI middleware, inside ClientAddress."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        request_id = _told(scope) or new_id().hex
        scope.setdefault("state", {})["request_id"] = request_id
        header = (_HEADER, request_id.encode())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), header]
            await send(message)

        tokens = bind_contextvars(request_id=request_id)
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            reset_contextvars(**tokens)


def _told(scope: Scope) -> str | None:
    if not scope.get(BEHIND_PROXY):
        return None
    for name, value in scope["headers"]:
        if name == _HEADER and _WELL_FORMED.fullmatch(value):
            return str(value, "ascii")
    return None
