"""HTTP to addresses that users choose (outgoing webhooks, imports by URL, integrations): never to our own inside.

Invariants
- http and https only, on listed ports, without credentials in the address.
- The address that is connected to is the address that was checked (see `resolver`); every redirect is a new request and is
  checked like the first. From https no redirect leads to http.
- An answer is neither longer nor slower than allowed, whatever its headers say, and never compressed (a small one could
  become a huge one).
- No cookies, no proxy from the environment: the environment's may reach what we may not.

Hosts of PROSA_OUTBOUND_HOSTS are exempt from addresses and ports, for development.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address
from typing import Final

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from inbox.integrations.resolver import LeadsInside, PublicResolver, exempts
from inbox.kernel.errors import Invalid, ProsaError
from inbox.kernel.public_address import is_public

_MOST_REDIRECTS: Final = 3
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
# Names that never lead out, whatever a resolver says (RFC 6761, RFC 8375, and what clouds call their metadata service).
_INSIDE_NAMES: Final = ("localhost", ".localhost", ".local", ".internal", ".home.arpa", ".onion")
_CONNECTIONS: Final = 50
_USER_AGENT: Final = "Prosa/1.0"


class OutboundRefused(Invalid):
    """The address may not be called. `reason`: scheme, port, address, credentials, downgrade."""

    code = "outbound_refused"
    title = "This address may not be called from here"


class OutboundTooLarge(ProsaError):
    code = "outbound_too_large"
    status = 502
    title = "The other side's answer is too long"


class OutboundTooSlow(ProsaError):
    code = "outbound_too_slow"
    status = 504
    title = "The other side's answer takes too long"
    retryable = True


@dataclass(frozen=True, slots=True)
class OutboundRules:
    ports: frozenset[int] = frozenset({80, 443, 8080, 8443})
    inside_hosts: frozenset[str] = field(default_factory=frozenset)
    """host or host:port, lower case."""
    most_bytes: int = 1024 * 1024
    seconds: float = 15.0
    """From the request to the answer's last byte."""


def check_address(url: httpx.URL, rules: OutboundRules) -> None:
    """What can be told without resolving: good for a form, too. Raises OutboundRefused."""
    if url.scheme not in _DEFAULT_PORTS or not url.host:
        raise OutboundRefused(reason="scheme")
    if url.userinfo:
        raise OutboundRefused(reason="credentials")
    host, port = url.host.lower().rstrip("."), url.port or _DEFAULT_PORTS[url.scheme]
    if exempts(rules.inside_hosts, host, port):
        return
    if port not in rules.ports:
        raise OutboundRefused(reason="port", port=port)
    if f".{host}".endswith(tuple(f".{name.lstrip('.')}" for name in _INSIDE_NAMES)):
        raise OutboundRefused(reason="address")
    if _is_number(host) and not is_public(host):
        raise OutboundRefused(reason="address")


class GuardedTransport(httpx.AsyncBaseTransport):
    """Checks every request on its way to `inner`, and watches every answer on its way back.

    `inner` must connect only to what a PublicResolver gives.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, rules: OutboundRules) -> None:
        self._inner = inner
        self._rules = rules

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        check_address(request.url, self._rules)
        request.headers["Accept-Encoding"] = "identity"
        deadline = asyncio.get_running_loop().time() + self._rules.seconds
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._inner.handle_async_request(request)
        except TimeoutError as error:
            raise OutboundTooSlow(seconds=self._rules.seconds) from error
        except (httpx.TransportError, OSError, aiohttp.ClientError) as error:
            if _leads_inside(error):
                raise OutboundRefused(reason="address") from error
            raise
        try:
            self._check_answer(request, response)
        except ProsaError:
            await response.aclose()
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _LimitedStream(response.stream, self._rules, deadline)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _check_answer(self, request: httpx.Request, response: httpx.Response) -> None:
        length = response.headers.get("content-length", "")
        if length.isdigit() and int(length) > self._rules.most_bytes:
            raise OutboundTooLarge(most_bytes=self._rules.most_bytes)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise OutboundTooLarge("compressed although it was asked not to be")
        location = response.headers.get("location")
        if location is not None and request.url.scheme == "https" and 300 <= response.status_code < 400:
            try:
                target = request.url.join(location)
            except httpx.InvalidURL as error:
                raise OutboundRefused(reason="scheme") from error
            if target.scheme != "https":
                raise OutboundRefused(reason="downgrade")


class _LimitedStream(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, rules: OutboundRules, deadline: float) -> None:
        self._inner = inner
        self._rules = rules
        self._deadline = deadline

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        chunks = aiter(self._inner)
        while True:
            try:
                async with asyncio.timeout_at(self._deadline):
                    chunk = await anext(chunks, None)
            except TimeoutError as error:
                raise OutboundTooSlow(seconds=self._rules.seconds) from error
            if chunk is None:
                return
            received += len(chunk)
            if received > self._rules.most_bytes:
                raise OutboundTooLarge(most_bytes=self._rules.most_bytes)
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


def build_guarded_client(rules: OutboundRules | None = None) -> httpx.AsyncClient:
    """A client for addresses of users; its owner closes it. Redirects are followed up to three times.

    Requests raise OutboundRefused, OutboundTooLarge, OutboundTooSlow, and httpx's own errors.
    """
    rules = rules or OutboundRules()

    def open_session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=_CONNECTIONS, resolver=PublicResolver(rules.inside_hosts), use_dns_cache=False
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    return httpx.AsyncClient(
        transport=GuardedTransport(AiohttpTransport(client=open_session), rules),
        timeout=httpx.Timeout(rules.seconds),
        headers={"User-Agent": _USER_AGENT},
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=True,
        max_redirects=_MOST_REDIRECTS,
        trust_env=False,
    )


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return ":" in host  # an IPv6 address with a zone is no name either
    return True


def _leads_inside(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, LeadsInside):
            return True
        error = error.__cause__ or error.__context__
    return False
