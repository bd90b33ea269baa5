"""How much one address may ask, and the headers that tell a caller how its limits stand.

Limited: /api, /media and the live socket's handshakes. Not limited: webhooks (signed; Meta repeats what is refused), frames
of an open socket (realtime/commands has an allowance), the web app's files and probes. What a person or key may ask is
counted once it is known who they are (edge/admission).
"""

from ipaddress import IPv6Address, ip_network
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inbox.accounts.plans import ADDRESS_REQUESTS_PER_MINUTE, ANONYMOUS_REQUESTS_PER_MINUTE
from server.edge.answers import refuse
from server.edge.client_address import client_address
from server.edge.limiter import Limiter, Quota, RateLimited, Standing, rate_limit_headers

_LIMITED: Final = ("/api/", "/media/", "/socket.io")
_STANDINGS: Final = "standings"
# server/api/cookies names them; after a restart a whole office refreshes within seconds.
_COOKIES: Final = (b"prosa_media=", b"prosa_refresh=")
# Who has one IPv6 address has at least its /64 (RFC 6177): counting single addresses would limit nobody.
_IPV6_PREFIX: Final = 64

ADDRESS = Quota("address", ADDRESS_REQUESTS_PER_MINUTE)
ANONYMOUS = Quota("anonymous", ANONYMOUS_REQUESTS_PER_MINUTE)


class RateLimits:
    """ASGI middleware."""

    def __init__(
        self, app: ASGIApp, *, limiter: Limiter, address: Quota = ADDRESS, anonymous: Quota = ANONYMOUS
    ) -> None:
        self._app = app
        self._limiter = limiter
        self._address = address
        self._anonymous = anonymous

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or not scope["path"].startswith(_LIMITED):
            await self._app(scope, receive, send)
            return
        is_anonymous = scope["type"] == "http" and not _has_credential(scope)
        standing = await self._limiter.hit(
            self._anonymous if is_anonymous else self._address, place_of(scope)
        )
        standings = note_standing(scope, standing)
        if not standing.allowed:
            error = RateLimited(retry_after_seconds=standing.reset_seconds, quota=standing.quota.name)
            headers = {name.decode(): value.decode() for name, value in rate_limit_headers(standings)}
            await refuse(error, scope, receive, send, headers)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *rate_limit_headers(standings)]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def note_standing(scope: Scope, standing: Standing) -> list[Standing]:
    """Keeps it for the answer's headers; answers all that are kept."""
    state: dict[str, Any] = scope.setdefault("state", {})
    standings: list[Standing] = state.setdefault(_STANDINGS, [])
    standings.append(standing)
    return standings


def place_of(scope: Scope) -> str:
    """What an address counts as."""
    address = client_address(scope)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address or "unknown")


def _has_credential(scope: Scope) -> bool:
    """Right or wrong: whoever checks it counts too."""
    for name, value in scope["headers"]:
        if name == b"authorization" or (name == b"cookie" and any(cookie in value for cookie in _COOKIES)):
            return True
    return False
