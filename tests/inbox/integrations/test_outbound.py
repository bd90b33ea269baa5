"""Calling what users name: only what is out there, however they write it, whatever it answers."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import httpx
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from inbox.integrations import outbound
from inbox.integrations.outbound import (
    GuardedTransport,
    OutboundRefused,
    OutboundRules,
    OutboundTooLarge,
    OutboundTooSlow,
    build_guarded_client,
    check_address,
)
from inbox.integrations.resolver import LeadsInside, PublicResolver


@dataclass
class Names(AbstractResolver):
    """A resolver that answers what the test says, one answer a time, the last one for ever."""

    answers: dict[str, list[list[str]]]
    asked: list[str] = field(default_factory=list)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        left = self.answers[host.lower()]
        found = left.pop(0) if len(left) > 1 else left[0]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)
            for address in found
        ]

    async def close(self) -> None: ...


# ── addresses ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://example.com/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://example.com:70/", "scheme"),
        ("https://user:password@example.com/", "credentials"),
        ("https://example.com:22/", "port"),
        ("http://example.com:6379/", "port"),
        ("http://127.0.0.1/", "address"),
        ("http://127.0.0.1:8080/", "address"),
        ("http://[::1]/", "address"),
        ("http://[::ffff:169.254.169.254]/latest/meta-data/", "address"),
        ("http://169.254.169.254/latest/meta-data/", "address"),
        ("http://10.0.0.5/", "address"),
        ("https://localhost/", "address"),
        ("https://LOCALHOST./", "address"),
        ("https://db.internal/", "address"),
        ("http://metadata.google.internal/computeMetadata/v1/", "address"),
        ("http://printer.local/", "address"),
    ],
)
async def test_what_can_be_told_from_the_address_is_refused_at_once(url: str, reason: str) -> None:
    with pytest.raises(OutboundRefused) as refused:
        check_address(httpx.URL(url), OutboundRules())
    assert refused.value.extra["reason"] == reason
    async with build_guarded_client() as client:
        with pytest.raises(OutboundRefused):
            await client.get(url)


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0"])
async def test_numbers_in_disguise_are_refused(host: str) -> None:
    """The system's resolver reads them as 127.0.0.1 or 0.0.0.0; the HTTP client takes none of them, and the guard looks at
    what comes out."""
    async with build_guarded_client() as client:
        with pytest.raises((OutboundRefused, httpx.UnsupportedProtocol, httpx.InvalidURL)):
            await client.get(f"http://{host}/")
    with pytest.raises(LeadsInside):
        await PublicResolver().resolve(host, 80)


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["10.1.2.3"], ["93.184.216.34", "169.254.169.254"], ["::1"], ["fd00::1"]]
)
async def test_a_name_that_leads_inside_does_not_resolve(addresses: list[str]) -> None:
    resolver = PublicResolver(resolver=Names({"evil.example": [addresses]}))
    with pytest.raises(LeadsInside):
        await resolver.resolve("evil.example", 443)


async def test_a_name_that_leads_out_resolves_and_listed_ones_may_lead_inside() -> None:
    names = Names(
        {"good.example": [["93.184.216.34"]], "sandbox": [["10.0.0.9"]], "localhost": [["127.0.0.1"]]}
    )
    resolver = PublicResolver({"sandbox:8790", "localhost"}, resolver=names)
    assert [found["host"] for found in await resolver.resolve("good.example", 443)] == ["93.184.216.34"]
    assert await resolver.resolve("sandbox", 8790)
    assert await resolver.resolve("LOCALHOST", 1)
    with pytest.raises(LeadsInside):
        await resolver.resolve("sandbox", 80)


async def test_a_client_names_the_reason_when_a_name_leads_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names({"evil.example": [["127.0.0.1"]]})
    monkeypatch.setattr(outbound, "PublicResolver", lambda hosts: PublicResolver(hosts, names))
    async with build_guarded_client() as client:
        with pytest.raises(OutboundRefused) as refused:
            await client.get("http://evil.example/")
    assert refused.value.extra["reason"] == "address"


async def test_a_name_that_changes_its_mind_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: one look-up a connection, and the connection goes to what that look-up said."""
    async with answering(lambda _: b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret") as port:
        # TEST-NET would be refused; this public address is nobody's: connecting to it fails or hangs, and never reaches us.
        names = Names({"rebind.example": [["203.0.114.1"], ["127.0.0.1"]]})
        monkeypatch.setattr(outbound, "PublicResolver", lambda hosts: PublicResolver(hosts, names))
        rules = OutboundRules(ports=frozenset({port}), seconds=0.5)
        async with build_guarded_client(rules) as client:
            with pytest.raises((httpx.TransportError, OutboundTooSlow)):
                await client.get(f"http://rebind.example:{port}/")
            assert names.asked == ["rebind.example"]
            with pytest.raises(OutboundRefused):
                await client.get(f"http://rebind.example:{port}/")


# ── answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

Answer = Callable[[bytes], bytes]


@contextlib.asynccontextmanager
async def answering(
    answer: Answer, after: Callable[[asyncio.StreamWriter], Awaitable[None]] | None = None
) -> AsyncIterator[int]:
    """A server on this machine that answers every request head with these bytes, then closes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            writer.write(answer(await reader.readuntil(b"\r\n\r\n")))
            await writer.drain()
            if after is not None:
                await after(writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def rules_for(port: int, **changes: float) -> OutboundRules:
    return OutboundRules(inside_hosts=frozenset({f"localhost:{port}"}), **changes)  # type: ignore[arg-type]  # numbers


def ok(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def test_a_listed_host_is_called_and_is_told_its_own_name() -> None:
    heads: list[bytes] = []

    def answer(head: bytes) -> bytes:
        heads.append(head.lower())
        return ok(b"hello", "Set-Cookie: a=b")

    async with answering(answer) as port, build_guarded_client(rules_for(port)) as client:
        for _ in range(2):
            assert (await client.get(f"http://localhost:{port}/x")).text == "hello"
    assert f"host: localhost:{port}".encode() in heads[0]
    assert b"accept-encoding: identity" in heads[0]
    assert b"cookie" not in heads[1]


async def test_an_answer_that_is_too_long_is_cut_whatever_it_announced() -> None:
    endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"3e8\r\n" + b"x" * 1000 + b"\r\n"

    async def go_on(writer: asyncio.StreamWriter) -> None:
        for _ in range(100):
            writer.write(b"3e8\r\n" + b"x" * 1000 + b"\r\n")
            await writer.drain()

    for answer, after in ((ok(b"x" * 20_000), None), (endless, go_on)):
        async with answering(lambda _, a=answer: a, after) as port:  # type: ignore[misc]  # bound now
            client = build_guarded_client(rules_for(port, most_bytes=10_000))
            with pytest.raises(OutboundTooLarge):
                await client.get(f"http://localhost:{port}/")
            await client.aclose()


async def test_a_compressed_answer_is_refused() -> None:
    compressed = ok(b"xx", "Content-Encoding: gzip")
    async with answering(lambda _: compressed) as port, build_guarded_client(rules_for(port)) as client:
        with pytest.raises(OutboundTooLarge):
            await client.get(f"http://localhost:{port}/")


async def test_an_answer_that_trickles_ends_in_time() -> None:
    async def trickle(writer: asyncio.StreamWriter) -> None:
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with answering(lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", trickle) as port:
        started = time.monotonic()
        async with build_guarded_client(rules_for(port, seconds=0.3)) as client:
            with pytest.raises(OutboundTooSlow):
                await client.get(f"http://localhost:{port}/")
        assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1/", "http://169.254.169.254/latest/", "http://[::1]/", "file:///etc/passwd", "//10.0.0.1/",
     "http://localhost:1/"],
)  # fmt: skip
async def test_a_redirect_inside_is_refused(location: str) -> None:
    answer = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    async with answering(lambda _: answer) as port, build_guarded_client(rules_for(port)) as client:
        with pytest.raises((OutboundRefused, httpx.UnsupportedProtocol)):
            await client.get(f"http://localhost:{port}/")


async def test_redirects_end() -> None:
    asked = 0

    def answer(_: bytes) -> bytes:
        nonlocal asked
        asked += 1
        return b"HTTP/1.1 307 Again\r\nLocation: /again\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

    async with answering(answer) as port, build_guarded_client(rules_for(port)) as client:
        with pytest.raises(httpx.TooManyRedirects):
            await client.get(f"http://localhost:{port}/")
    assert asked == 4


async def test_https_is_never_left_for_http() -> None:
    def redirect(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "http://example.com/"}, stream=httpx.ByteStream(b""))

    transport = GuardedTransport(httpx.MockTransport(redirect), OutboundRules())
    async with httpx.AsyncClient(transport=transport, follow_redirects=True) as client:
        with pytest.raises(OutboundRefused) as refused:
            await client.get("https://example.com/")
    assert refused.value.extra["reason"] == "downgrade"
