"""Files up and down: streamed, bounded, and the token only where it belongs."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from email.parser import BytesParser
from typing import Any

import httpx
import pytest

from inbox.whatsapp.client import MEDIA_HOSTS, GraphClient, GraphTarget
from inbox.whatsapp.graph_errors import (
    GraphError,
    GraphUnreachable,
    MediaHostRefused,
    MediaTooLarge,
    MediaUrlExpired,
)
from inbox.whatsapp.http import build_http_client
from inbox.whatsapp.media_transfer import is_allowed
from tests.inbox.whatsapp.raw_server import Behaviour, RawServer, Request, answer, hang, hang_up, serve

FILE = bytes(range(256)) * 1024


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with build_http_client() as client:
        yield client


def target(server: RawServer) -> GraphTarget:
    return GraphTarget(
        "106", "secret-token", base_url=server.origin, media_hosts=(*MEDIA_HOSTS, server.origin)
    )


async def download(
    http: httpx.AsyncClient, behave: Behaviour, max_bytes: int = 10**6
) -> tuple[bytes, RawServer]:
    async with serve(behave) as server:
        url = f"{server.origin}/file?hash=a%2Fb&ext=1"
        async with GraphClient(http).download_media(target(server), url, max_bytes=max_bytes) as file:
            return b"".join([chunk async for chunk in file.chunks]), server


# ── up ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _chunks() -> AsyncIterator[bytes]:
    for start in range(0, len(FILE), 1000):
        yield FILE[start : start + 1000]


@pytest.mark.parametrize("streamed", [False, True])
async def test_an_upload_is_a_form_with_the_exact_bytes(http: httpx.AsyncClient, streamed: bool) -> None:
    async with serve(answer(200, {"id": "900"})) as server:
        meta_id = await GraphClient(http).upload_media(
            target(server),
            _chunks() if streamed else FILE,
            size=len(FILE),
            mime_type="image/png",
            file_name='foto "ção"\r\n.png',
        )
    assert meta_id == "900"
    [request] = server.requests
    assert request.path == "/v25.0/106/media"
    assert request.headers["authorization"] == "Bearer secret-token"
    assert "transfer-encoding" not in request.headers
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    parts: Any = BytesParser().parsebytes(head + request.body).get_payload()
    fields = {part.get_param("name", header="content-disposition"): part for part in parts}
    assert fields["messaging_product"].get_payload() == "whatsapp"
    assert fields["type"].get_payload() == "image/png"
    assert fields["file"].get_payload(decode=True) == FILE
    assert fields["file"].get_content_type() == "image/png"
    assert b'filename="foto %22\xc3\xa7\xc3\xa3o%22%0D%0A.png"' in request.body


async def test_an_upload_that_meta_refuses_is_a_graph_error(http: httpx.AsyncClient) -> None:
    async with serve(answer(400, {"error": {"code": 131053, "message": "M"}})) as server:
        with pytest.raises(GraphError) as caught:
            await GraphClient(http).upload_media(
                target(server), b"x", size=1, mime_type="text/html", file_name="a"
            )
    assert caught.value.graph_code == 131053


# ── look up ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("file_size", ["12345", 12345])
async def test_a_lookup_gives_address_digest_and_size(http: httpx.AsyncClient, file_size: Any) -> None:
    digest = hashlib.sha256(b"x").hexdigest()
    info: dict[str, object] = {
        "url": "https://lookaside.fbsbx.com/x",
        "mime_type": "image/jpeg",
        "sha256": digest,
        "file_size": file_size,
        "id": "900",
    }
    async with serve(answer(200, info)) as server:
        found = await GraphClient(http).lookup_media(target(server), "900")
    assert found == ("900", "https://lookaside.fbsbx.com/x", "image/jpeg", digest, 12345)
    assert server.requests[0].path == "/v25.0/900?phone_number_id=106"


# ── down ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_download_streams_the_bytes_with_token_and_user_agent(http: httpx.AsyncClient) -> None:
    content, server = await download(http, answer(200, FILE, content_type="image/png"))
    assert content == FILE
    [request] = server.requests
    assert request.headers["authorization"] == "Bearer secret-token"
    assert request.headers["user-agent"].startswith("Prosa/")
    assert request.headers["accept-encoding"] == "identity"


async def test_the_download_tells_type_and_length(http: httpx.AsyncClient) -> None:
    async with serve(answer(200, FILE, content_type="image/png")) as server:
        client = GraphClient(http)
        async with client.download_media(target(server), f"{server.origin}/f", max_bytes=10**6) as file:
            assert (file.content_type, file.content_length) == ("image/png", len(FILE))


@pytest.mark.parametrize("status", [404, 410])
async def test_an_expired_address_asks_for_a_new_lookup(http: httpx.AsyncClient, status: int) -> None:
    with pytest.raises(MediaUrlExpired):
        await download(http, answer(status, b""))


async def test_a_file_announced_too_large_is_refused_before_it_is_read(http: httpx.AsyncClient) -> None:
    with pytest.raises(MediaTooLarge) as caught:
        await download(http, answer(200, FILE), max_bytes=1000)
    assert caught.value.extra == {"size": len(FILE), "limit": 1000}


async def test_a_file_that_grows_too_large_is_cut(http: httpx.AsyncClient) -> None:
    async def endless(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
            await writer.drain()

    with pytest.raises(MediaTooLarge):
        await download(http, endless, max_bytes=100_000)


@pytest.mark.parametrize(
    "behave",
    [
        hang_up,
        answer(200, FILE, announced=len(FILE) + 1),
        answer(500, b"<html>"),
        answer(401, b""),
        answer(302, b"", headers="Location: /file\r\n"),
    ],
    ids=["hang up", "cut", "500", "401", "redirects for ever"],
)
async def test_a_broken_download_is_retryable(http: httpx.AsyncClient, behave: Behaviour) -> None:
    with pytest.raises(GraphUnreachable) as caught:
        await download(http, behave)
    assert caught.value.retryable


async def test_a_download_that_stalls_is_retryable(http: httpx.AsyncClient) -> None:
    http.timeout = httpx.Timeout(5, read=0.2)
    with pytest.raises(GraphUnreachable):
        await download(http, hang)


async def test_what_the_caller_raises_passes_through(http: httpx.AsyncClient) -> None:
    async with serve(answer(200, FILE)) as server:
        with pytest.raises(OSError, match="disk full"):
            async with GraphClient(http).download_media(
                target(server), f"{server.origin}/f", max_bytes=10**6
            ):
                raise OSError("disk full")


# ── where the token may go ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://lookaside.fbsbx.com/x", True),
        ("https://FBSBX.com/x", True),
        ("http://lookaside.fbsbx.com/x", False),
        ("https://lookaside.fbsbx.com:8443/x", False),
        ("https://fbsbx.com.evil.example/x", False),
        ("https://evilfbsbx.com/x", False),
        ("https://user@evil.example/fbsbx.com", False),
        ("http://127.0.0.1:8081/x", True),
        ("http://127.0.0.1:8082/x", False),
        ("https://127.0.0.1:8081/x", False),
    ],
)
def test_only_listed_hosts_and_origins_get_the_token(url: str, allowed: bool) -> None:
    assert is_allowed(httpx.URL(url), ("fbsbx.com", "http://127.0.0.1:8081")) is allowed


async def _redirected(location: str) -> tuple[bytes, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    async def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if len(seen) == 1:
            return httpx.Response(302, headers={"location": location})
        return httpx.Response(200, content=b"file")

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as http:
        start = "https://lookaside.fbsbx.com/x"
        client = GraphClient(http)
        async with client.download_media(GraphTarget("1", "secret"), start, max_bytes=100) as file:
            content = b"".join([chunk async for chunk in file.chunks])
    return content, seen


async def test_a_redirect_to_metas_cdn_keeps_the_token() -> None:
    content, seen = await _redirected("https://scontent.whatsapp.net/y")
    assert content == b"file"
    assert seen[1].headers["authorization"] == "Bearer secret"


async def test_a_redirect_elsewhere_does_not_carry_the_token() -> None:
    content, seen = await _redirected("https://cdn.example.com/y")
    assert content == b"file"
    assert "authorization" not in seen[1].headers


@pytest.mark.parametrize(
    "location",
    [
        "http://cdn.example.com/y",
        "https://127.0.0.1/y",
        "https://169.254.169.254/latest",
        "https://localhost/y",
        "https://postgres/y",
        "https://[::1]/y",
        "file:///etc/passwd",
    ],
)
async def test_a_redirect_inside_or_without_tls_is_refused(location: str) -> None:
    with pytest.raises(MediaHostRefused):
        await _redirected(location)


@pytest.mark.parametrize("url", ["https://evil.example/x", "http://127.0.0.1:1/x", "", "http://["])
async def test_an_unknown_first_host_is_not_even_asked(http: httpx.AsyncClient, url: str) -> None:
    with pytest.raises(MediaHostRefused):
        async with GraphClient(http).download_media(GraphTarget("1", "t"), url, max_bytes=1):
            pass
