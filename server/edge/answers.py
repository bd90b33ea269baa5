"""How the edge says no: the problem object that every other refusal is, over HTTP and at a WebSocket's handshake."""

from collections.abc import Mapping

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from inbox.kernel.errors import ProsaError


async def refuse(
    error: ProsaError, scope: Scope, receive: Receive, send: Send, headers: Mapping[str, str] | None = None
) -> None:
    """Answers the problem. A WebSocket that is not accepted yet gets it as the answer to its handshake."""
    if scope["type"] == "websocket" and "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    all_headers = dict(headers or {})
    retry_after = error.extra.get("retry_after_seconds")
    if retry_after is not None:
        all_headers["Retry-After"] = str(retry_after)
    response = Response(
        orjson.dumps(error.as_problem()),
        status_code=error.status,
        headers=all_headers,
        media_type="application/problem+json",
    )
    await response(scope, receive, send)
