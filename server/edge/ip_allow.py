"""Allow lists of networks: of the installation for webhooks, of an account for signing in and for API keys.

The account's lists are asked wherever somebody is recognised: at sign-in (server/auth), and with every request and socket
of a session or key (edge/admission). An empty list allows everybody.
"""

import functools
from collections.abc import Sequence

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from inbox.kernel.errors import Forbidden
from server.edge.answers import refuse
from server.edge.client_address import IpNetwork, client_address, is_within, parse_address, parse_networks

log = structlog.get_logger(__name__)

_HOOKS_PREFIX = "/hooks/"


class AddressNotAllowed(Forbidden):
    """Says which address was seen: whoever manages the list needs it, and the caller knows their own."""

    code = "address_not_allowed"
    title = "This company does not allow access from your network"


def is_allowed(networks: Sequence[str], address: str | None) -> bool:
    """An address that is unknown is in no network."""
    if not networks:
        return True
    parsed = parse_address(address) if address else None
    return parsed is not None and is_within(parsed, _parsed(tuple(networks)))


def require_allowed(networks: Sequence[str], address: str | None) -> None:
    """`networks`: SecurityPolicy.sign_in_networks or .api_networks. Raises AddressNotAllowed."""
    if not is_allowed(networks, address):
        raise AddressNotAllowed(address=address)


@functools.lru_cache(maxsize=1024)
def _parsed(networks: tuple[str, ...]) -> tuple[IpNetwork, ...]:
    return parse_networks(networks)


class HookNetworks:
    """ASGI middleware in front of the webhook endpoint: only from these networks (PROSA_HOOK_NETWORKS).

    Webhooks are signed, so this is a second lock: Meta publishes no fixed list, but a proxy or a firewall in front may
    have one.
    """

    def __init__(self, app: ASGIApp, *, networks: Sequence[IpNetwork]) -> None:
        self._app = app
        self._networks = networks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(_HOOKS_PREFIX):
            address = client_address(scope)
            if address is None or not is_within(address, self._networks):
                log.warning("webhook_from_elsewhere", address=str(address))
                await refuse(AddressNotAllowed(), scope, receive, send)
                return
        await self._app(scope, receive, send)
