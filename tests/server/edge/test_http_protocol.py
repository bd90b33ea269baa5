"""Slow and endless requests over a real uvicorn: they end; everybody else notices nothing."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import uvicorn

from server.edge.http_protocol import MOST_HEAD_BYTES, PatientHttp, uvicorn_options

_LOOK_SECONDS = 0.1


class Impatient(PatientHttp):
    look_seconds = _LOOK_SECONDS


class _QuietServer(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Reads the body and tells its length; /early answers at once."""
    if scope["type"] == "lifespan":
        return
    length = 0
    if scope["path"] != "/early":
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            length += len(message.get("body", b""))
            if not message.get("more_body"):
                break
            if scope["path"] == "/we-are-slow":
                await asyncio.sleep(_LOOK_SECONDS * 10)
    body = str(length).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]}
    )
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
async def port() -> AsyncIterator[int]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = _QuietServer(
        uvicorn.Config(app, log_level="critical", lifespan="off", **{**uvicorn_options(), "http": Impatient})
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by a flag only
        await asyncio.sleep(0.01)
    yield listener.getsockname()[1]
    server.should_exit = True
    await task


async def spoken(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """What the server says until it closes, or falls silent for long. Listens while it speaks."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = b""

    async def listen() -> None:
        nonlocal said
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(10):
                while chunk := await reader.read(65536):
                    said += chunk

    listening = asyncio.create_task(listen())
    with contextlib.suppress(ConnectionError):
        for part in parts:
            if listening.done():
                break
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
    await listening
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return said


def head(path: str = "/", *lines: str, length: int | None = None) -> bytes:
    all_lines = [f"POST {path} HTTP/1.1", "Host: prosa.test", *lines]
    if length is not None:
        all_lines.append(f"Content-Length: {length}")
    return ("\r\n".join(all_lines) + "\r\n\r\n").encode()


async def test_a_request_is_answered(port: int) -> None:
    said = await spoken(port, head("/", "Connection: close", length=3) + b"abc")
    assert said.startswith(b"HTTP/1.1 200")
    assert said.endswith(b"3")


async def test_a_peer_that_says_nothing_is_let_go(port: int) -> None:
    started = time.monotonic()
    assert (await spoken(port)).startswith(b"HTTP/1.1 408")
    assert time.monotonic() - started < 10 * _LOOK_SECONDS


async def test_a_head_that_trickles_is_let_go(port: int) -> None:
    trickle = [bytes([byte]) for byte in head("/", "X-Slow: " + "x" * 200)]
    assert (await spoken(port, *trickle, pause=0.02)).startswith(b"HTTP/1.1 408")


async def test_a_second_head_that_trickles_is_let_go(port: int) -> None:
    trickle = [bytes([byte]) for byte in head("/", "X-Slow: " + "x" * 200)]
    said = await spoken(port, head("/", length=0), *trickle, pause=0.02)
    assert said.startswith(b"HTTP/1.1 200")
    assert b"HTTP/1.1 408" in said


async def test_a_body_that_never_ends_is_let_go(port: int) -> None:
    assert (await spoken(port, head(length=10) + b"abc")).startswith(b"HTTP/1.1 408")


async def test_a_body_that_trickles_is_let_go(port: int) -> None:
    said = await spoken(port, head(length=1000), *[b"x"] * 60, pause=0.03)
    assert said.startswith(b"HTTP/1.1 408")


async def test_an_upload_has_longer(port: int) -> None:
    path = "/api/v1/media"
    said = await spoken(port, head(path, "Connection: close", length=30), *[b"x"] * 30, pause=0.04)
    assert said.startswith(b"HTTP/1.1 200")


async def test_nobody_is_let_go_because_we_are_slow(port: int) -> None:
    size = 300_000  # beyond the high-water mark, where reading pauses
    said = await spoken(port, head("/we-are-slow", "Connection: close", length=size), b"x" * size)
    assert said.startswith(b"HTTP/1.1 200")
    assert said.endswith(str(size).encode())


async def test_an_idle_connection_between_requests_stays(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(2):
        writer.write(head("/", length=0))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        assert await reader.readexactly(1) == b"0"
        await asyncio.sleep(_LOOK_SECONDS * 4)
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("in_one_piece", [True, False])
async def test_a_head_that_is_too_long_is_refused(port: int, in_one_piece: bool) -> None:
    long_head = head("/early", "Connection: close", *[f"X-{n}: {'y' * 1000}" for n in range(80)], length=0)
    assert len(long_head) > MOST_HEAD_BYTES
    parts = [long_head] if in_one_piece else [long_head[n : n + 8000] for n in range(0, len(long_head), 8000)]
    said = await spoken(port, *parts)
    assert said == b"" or said.startswith(b"HTTP/1.1 431")  # closed with unread bytes, the answer may be lost
    assert b" 200 " not in said


async def test_a_long_path_is_refused(port: int) -> None:
    said = await spoken(port, head("/early?" + "q" * MOST_HEAD_BYTES, "Connection: close", length=0))
    assert b" 200 " not in said


async def test_a_head_with_a_large_body_behind_it_is_not_too_long(port: int) -> None:
    size = MOST_HEAD_BYTES * 3
    said = await spoken(port, head("/", "Connection: close", length=size) + b"x" * size)
    assert said.endswith(str(size).encode())


async def test_a_peer_that_we_do_not_trust_cannot_say_who_it_is(port: int) -> None:
    """uvicorn's own reading of X-Forwarded-For, which trusts 127.0.0.1, is off."""
    assert uvicorn.Config(app, **uvicorn_options()).proxy_headers is False
