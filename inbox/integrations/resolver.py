"""Names to addresses, for HTTP clients that strangers may send somewhere: names that lead inside do not resolve.

aiohttp connects to exactly the addresses that its resolver gives, so what was checked is what is connected to: a name that
answers differently the second time (DNS rebinding) gains nothing. Numbers in a URL are not resolved; their user checks them.
"""

import socket
from collections.abc import Collection

import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from inbox.kernel.public_address import is_public

log = structlog.get_logger(__name__)


class LeadsInside(OSError):
    """The name has an address that is not out there. An OSError, which is what a resolver may raise."""


class PublicResolver(AbstractResolver):
    """`inside_hosts`: names (host or host:port) that may lead inside: localhost and sandboxes of development."""

    def __init__(self, inside_hosts: Collection[str] = (), resolver: AbstractResolver | None = None) -> None:
        self._inside_hosts = frozenset(name.lower() for name in inside_hosts)
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises LeadsInside when any of the addresses is not public: a name of both kinds is a trick or a mistake."""
        if self._resolver is None:  # wants a running loop
            self._resolver = ThreadedResolver()
        found = await self._resolver.resolve(host, port, family)
        if not exempts(self._inside_hosts, host, port):
            for result in found:
                if not is_public(result["host"]):
                    log.warning("name_leads_inside", host=host)
                    raise LeadsInside(f"{host} leads inside")
        return found

    async def close(self) -> None:
        if self._resolver is not None:
            await self._resolver.close()


def exempts(inside_hosts: Collection[str], host: str, port: int) -> bool:
    name = host.lower().rstrip(".")
    return name in inside_hosts or f"{name}:{port}" in inside_hosts
