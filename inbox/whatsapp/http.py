"""The HTTP client behind `GraphClient`, and what its errors say about a request that failed.

httpx's own connection pool gets slower with concurrency (586, 357, 193 requests/s at 1, 20, 100 in flight on loopback,
measured 2026-11), so httpx runs over aiohttp. Even so, its requests and responses cost 3.5 times the CPU of aiohttp's own
(1,080 against 310 µs a send at 50 in flight, same run on a busy machine), and a number sends up to 1,000 messages/s: the
send path alone therefore talks to aiohttp's session directly, through `post_bytes`, on the same connections.

The adapter renames aiohttp's errors wrongly for our purpose:
a connection that broke after the request was written arrives as `httpx.ConnectTimeout`. Hence `surely_not_sent` looks at
the cause, and calls only that unsent which never had a connection.
"""

from collections.abc import Collection, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, NamedTuple

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from inbox.integrations.resolver import PublicResolver

USER_AGENT = "Prosa/1.0"

# Where a sandbox may be by name; one elsewhere is named in PROSA_OUTBOUND_HOSTS.
SANDBOX_HOSTS = ("localhost",)

# One number in flight towards 1,000 messages/s at Meta's 100–300 ms an answer needs 100–300 connections.
MAX_CONNECTIONS = 400
# Shorter than the idle limit of any load balancer we know of (60 s), so that a request seldom meets a connection that
# the other side is closing: such a send would be ambiguous.
KEEPALIVE_SECONDS = 15.0
# Addresses of Graph change with Meta's traffic steering, seldom within a minute.
DNS_CACHE_SECONDS = 60
# A connection takes tens of milliseconds; `read` is the pause between two packets, and Meta answers sends well under 5 s.
TIMEOUT = httpx.Timeout(connect=5.0, read=20.0, write=20.0, pool=10.0)

TRANSPORT_ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, aiohttp.ClientError, OSError)
"""All that a request can raise; the adapter lets some of aiohttp's and the system's errors through unmapped.
TimeoutError is an OSError."""

_UNSENT_CAUSES = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
_UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


class RawAnswer(NamedTuple):
    status: int
    body: bytes


class GraphTransport(AiohttpTransport):
    """aiohttp's session under httpx's API. Opened at the first request, closed with the transport."""

    def session(self) -> aiohttp.ClientSession:
        if not isinstance(self.client, aiohttp.ClientSession):
            self.client = self.get_client()
        return self.client


class GraphHttp(httpx.AsyncClient):
    """httpx's client over a `GraphTransport`, with a short way for sends."""

    def __init__(self, transport: GraphTransport, **options: Any) -> None:
        super().__init__(transport=transport, **options)
        self._graph_transport = transport

    async def post_bytes(self, url: str, content: bytes, headers: Mapping[str, str]) -> RawAnswer:
        """One POST, never repeated and never redirected; raises aiohttp's errors."""
        limits = self.timeout
        timeout = aiohttp.ClientTimeout(
            connect=limits.pool, sock_connect=limits.connect, sock_read=limits.read
        )
        session = self._graph_transport.session()
        async with session.post(
            url, data=content, headers=headers, timeout=timeout, allow_redirects=False
        ) as response:
            return RawAnswer(response.status, await response.read())


async def post_bytes(
    http: httpx.AsyncClient, url: str, content: bytes, headers: Mapping[str, str]
) -> RawAnswer:
    """The short way where there is one, httpx's otherwise. Raises one of `TRANSPORT_ERRORS`."""
    if isinstance(http, GraphHttp):
        return await http.post_bytes(url, content, headers)
    response = await http.post(url, content=content, headers=headers)
    return RawAnswer(response.status_code, response.content)


def build_http_client(
    *,
    max_connections: int = MAX_CONNECTIONS,
    proxy: str | None = None,
    inside_hosts: Collection[str] = SANDBOX_HOSTS,
) -> GraphHttp:
    """A client for all numbers of a process; the owner closes it with `aclose()`.

    Names that lead inside do not resolve, but for `inside_hosts`: a file's address, and where it redirects to, come from
    outside. It keeps no cookies (tenants share it), follows no redirects, and reads no proxy from the environment.
    """

    def open_session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=max_connections,
                keepalive_timeout=KEEPALIVE_SECONDS,
                ttl_dns_cache=DNS_CACHE_SECONDS,
                resolver=PublicResolver(inside_hosts),
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=proxy,
        )

    return GraphHttp(
        GraphTransport(client=open_session),
        timeout=TIMEOUT,
        headers={"User-Agent": USER_AGENT},
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,
    )


def surely_not_sent(error: BaseException) -> bool:
    """Whether no byte of the request can have reached the other side."""
    cause = error if isinstance(error, aiohttp.ClientError) else error.__cause__
    if isinstance(cause, aiohttp.ClientError):
        return isinstance(cause, _UNSENT_CAUSES)
    return isinstance(error, _UNSENT)
