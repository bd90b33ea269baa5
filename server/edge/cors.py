"""Web pages of other origins that may call the API from a browser: each account lists its own (SecurityPolicy.allowed_origins).

Invariants
- A preflight names no caller, so it is answered when any account lists the origin; the request itself is checked against
  the caller's own account (edge/admission), and only then may the page read the answer.
- Never with credentials: cookies of ours go to nobody else's page (they are SameSite=Strict, too). Pages send a bearer token
  or an API key that they hold themselves.
"""

from collections.abc import Awaitable, Callable, Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inbox.kernel.errors import Forbidden
from server.edge.answers import refuse

_UNDER: Final = "/api/v"
# Browsers cap it: Chromium at two hours. Short, for a removed origin should stop soon.
_PREFLIGHT_SECONDS: Final = 600
_METHODS: Final = "GET, POST, PUT, PATCH, DELETE"
_HEADERS: Final = "authorization, content-type, idempotency-key, if-match, if-none-match"
_EXPOSED: Final = "ratelimit, ratelimit-policy, retry-after, x-request-id, content-disposition"

ADMITTED_ORIGIN: Final = "admitted_origin"
"""In the scope's state: the origin that the caller's account lists."""


class OriginNotAllowed(Forbidden):
    code = "origin_not_allowed"
    title = "This company does not allow calls from that web page"


class Cors:
    """ASGI middleware. `known_origins`: what any account lists."""

    def __init__(
        self, app: ASGIApp, *, known_origins: Callable[[], Awaitable[Collection[str]]], public_url: str = ""
    ) -> None:
        self._app = app
        self._known_origins = known_origins
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_UNDER):
            await self._app(scope, receive, send)
            return
        origin = foreign_origin(scope, self._public_url)
        if origin is None:
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and _header(scope, b"access-control-request-method") is not None:
            await self._answer_preflight(origin, scope, receive, send)
            return
        await self._app(scope, receive, _readable(scope, origin, self._known_origins, send))

    async def _answer_preflight(self, origin: str, scope: Scope, receive: Receive, send: Send) -> None:
        if origin not in await self._known_origins():
            await refuse(OriginNotAllowed(), scope, receive, send, {"Vary": "Origin"})
            return
        headers = {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
            "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        }
        await Response(status_code=204, headers=headers)(scope, receive, send)


def foreign_origin(scope: Scope, public_url: str) -> str | None:
    """The page's origin when it is not our own; None for our own pages and for programs, which name none."""
    origin = _header(scope, b"origin")
    if origin is None:
        return None
    host = urlsplit(origin).netloc if origin != "null" else ""
    if host and host in (_header(scope, b"host"), urlsplit(public_url).netloc):
        return None
    return origin


def _readable(
    scope: Scope, origin: str, known_origins: Callable[[], Awaitable[Collection[str]]], send: Send
) -> Send:
    """Lets the page read the answer when its caller's account lists it; a refusal, which tells nothing of an account,
    also when any account does (so that programs see 401 and 429 as what they are)."""

    async def send_readable(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ()), (b"vary", b"Origin")]
            admitted = scope.get("state", {}).get(ADMITTED_ORIGIN) == origin
            if admitted or (message["status"] in (401, 429) and origin in await known_origins()):
                headers += [
                    (b"access-control-allow-origin", origin.encode("latin-1")),
                    (b"access-control-expose-headers", _EXPOSED.encode()),
                ]
            message["headers"] = headers
        await send(message)

    return send_readable


def _header(scope: Scope, wanted: bytes) -> str | None:
    for name, value in scope["headers"]:
        if name == wanted:
            return str(value, "latin-1")
    return None
