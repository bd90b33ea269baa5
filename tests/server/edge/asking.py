"""An application behind one piece of the edge, asked without a server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.types import ASGIApp, Scope


def echo(seen: list[Scope] | None = None, status: int = 200, **state: Any) -> ASGIApp:
    """Answers an empty object, and remembers what it was asked. `state` is what a handler would note."""

    async def app(scope: Scope, receive: Any, send: Any) -> None:
        if seen is not None:
            seen.append(scope)
        scope.setdefault("state", {}).update(state)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})

    return app


@asynccontextmanager
async def asking(
    app: ASGIApp, *, address: str = "203.0.113.7", url: str = "http://prosa.test"
) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, client=(address, 40000))
    async with httpx.AsyncClient(transport=transport, base_url=url) as client:
        yield client
