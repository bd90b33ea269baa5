"""Who is really there, when proxies stand between: the rightmost hop that is not one of ours.

Invariants
- A header counts only when the peer that sent it is trusted (PROSA_TRUSTED_PROXIES); everybody else's is ignored.
- Read from the right: each trusted proxy vouches for the one before it, and the first that nobody vouches for is the
  client. The leftmost entry is whatever the client wrote, and is never looked at for its own sake.
- One header is read, the one that the proxies are known to set: a proxy that sets X-Forwarded-For passes a client's own
  `Forwarded` on unchanged, so reading both would let the client choose.
- `scope["client"]` holds a plain address afterwards: IPv4 in IPv6 (::ffff:203.0.113.7) is IPv4.
"""

import functools
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from starlette.types import ASGIApp, Receive, Scope, Send

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network
ForwardedHeader = Literal["x-forwarded-for", "forwarded"]

# More hops than any real chain has; what is further left is not even parsed.
_MOST_HOPS = 20
_MOST_HEADER_BYTES = 2048
_WEBSOCKET_SCHEMES = {"http": "ws", "https": "wss"}

BEHIND_PROXY = "prosa.behind_proxy"
"""Set in the scope when the peer is a trusted proxy: its other headers (X-Request-Id) may be believed too."""


@functools.lru_cache(maxsize=4096)
def parse_address(text: str) -> IpAddress | None:
    """None for what is no address (host names, "unknown", obfuscated identifiers, zones)."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return None
        return address.ipv4_mapped or address
    return address


def parse_networks(texts: Iterable[str]) -> tuple[IpNetwork, ...]:
    """Raises ValueError for what is no network; an address alone is a network of one."""
    return tuple(ip_network(text.strip()) for text in texts if text.strip())


def is_within(address: IpAddress, networks: Sequence[IpNetwork]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def client_address(scope: Scope) -> IpAddress | None:
    """The address in the scope; None when there is none (a Unix socket, a test)."""
    client = scope.get("client")
    return parse_address(client[0]) if client else None


class ClientAddress:
    """ASGI middleware, outside of everything that asks who the client is."""

    def __init__(
        self, app: ASGIApp, *, trusted: Sequence[IpNetwork], header: ForwardedHeader = "x-forwarded-for"
    ) -> None:
        self._app = app
        self._trusted = trusted
        self._header = header.encode()
        self._parse_hops = parse_forwarded if header == "forwarded" else parse_forwarded_for
        # The same few callers come through the same proxies: 2 µs instead of 10 (2026-11).
        self._is_trusted = functools.lru_cache(maxsize=256)(self._is_trusted_uncached)
        self._look_behind = functools.lru_cache(maxsize=4096)(self._look_behind_uncached)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and scope.get("client"):
            host, port = scope["client"]
            if self._is_trusted(host):
                self._believe(scope, host)
            elif ":" in host:
                scope["client"] = (str(parse_address(host) or host), port)
        await self._app(scope, receive, send)

    def _believe(self, scope: Scope, host: str) -> None:
        scope[BEHIND_PROXY] = True
        # Several lines of one header are one list, in their order (RFC 9110, section 5.3).
        hops = b",".join(value for name, value in scope["headers"] if name == self._header)
        protos = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-proto")
        address, scheme = self._look_behind(host, hops[-_MOST_HEADER_BYTES:], protos[-_MOST_HEADER_BYTES:])
        scope["client"] = (address, 0)
        if scheme is not None:
            scope["scheme"] = _WEBSOCKET_SCHEMES[scheme] if scope["type"] == "websocket" else scheme

    def _is_trusted_uncached(self, host: str) -> bool:
        address = parse_address(host)
        return address is not None and is_within(address, self._trusted)

    def _look_behind_uncached(self, host: str, hops_text: bytes, protos: bytes) -> tuple[str, str | None]:
        peer = parse_address(host)
        assert peer is not None
        hops = self._parse_hops(hops_text.decode("latin-1"))
        address, depth = find_client(peer, [hop for hop, _ in hops], self._trusted)
        if self._header == b"forwarded":
            return str(address), hops[-depth][1] if depth else None
        return str(address), _forwarded_scheme(protos.decode("latin-1"), len(hops), depth)


def find_client(
    peer: IpAddress, hops: Sequence[IpAddress | None], trusted: Sequence[IpNetwork]
) -> tuple[IpAddress, int]:
    """The client, and how many hops from the right it stood (0: the peer itself).

    A hop that is no address ends the walk: the last proxy that named itself is all that is known for sure.
    """
    found, depth = peer, 0
    for hop in reversed(hops):
        if not is_within(found, trusted) or hop is None:
            break
        found, depth = hop, depth + 1
    return found, depth


def parse_forwarded_for(value: str) -> list[tuple[IpAddress | None, str | None]]:
    """X-Forwarded-For: addresses, some with ports, IPv6 with or without brackets. The second member is always None."""
    return [(_parse_hop(item), None) for item in value.split(",")[-_MOST_HOPS:] if item.strip()]


def parse_forwarded(value: str) -> list[tuple[IpAddress | None, str | None]]:
    """Forwarded (RFC 7239): `for=` and `proto=` of every hop."""
    hops: list[tuple[IpAddress | None, str | None]] = []
    for element in value.split(",")[-_MOST_HOPS:]:
        if not element.strip():
            continue
        pairs = {
            name.strip().lower(): text.strip().strip('"')
            for name, separator, text in (pair.partition("=") for pair in element.split(";"))
            if separator
        }
        proto = pairs.get("proto", "").lower()
        hops.append((_parse_hop(pairs.get("for", "")), proto if proto in _WEBSOCKET_SCHEMES else None))
    return hops


def _parse_hop(text: str) -> IpAddress | None:
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # IPv4 with its port; IPv6 has at least two colons
        text = text.partition(":")[0]
    return parse_address(text)


def _forwarded_scheme(value: str, hops: int, depth: int) -> str | None:
    """The scheme in which the client spoke to the first of our proxies.

    Proxies either overwrite the header or append to it as to X-Forwarded-For; a list of another length is read at its
    right end, which the nearest proxy wrote.
    """
    schemes = [item.strip().lower() for item in value.split(",") if item.strip()]
    if not schemes:
        return None
    scheme = schemes[-depth] if depth and len(schemes) == hops else schemes[-1]
    return scheme if scheme in _WEBSOCKET_SCHEMES else None
