"""The way out of a socket: bytes leave in the order in which they were handed over, whoever reads how slowly."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest
import uvloop

from realtime.wire import WRITE_BUFFER_BYTES, DirectWebSocket

_READ_BYTES = 3_001


class _Wire(DirectWebSocket):
    """The door for frames alone: no handshake, no application."""

    def __init__(self) -> None:
        self.close_sent = self.disconnected = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._descriptor = transport.get_extra_info("socket").fileno()

    def connection_lost(self, exc: Exception | None) -> None: ...

    def data_received(self, data: bytes) -> None: ...

    def pause_writing(self) -> None: ...

    def resume_writing(self) -> None: ...


async def _wire_to(peer_buffer: int) -> tuple[_Wire, socket.socket]:
    ours, theirs = socket.socketpair()
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, peer_buffer)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, peer_buffer)
    ours.setblocking(False)
    theirs.setblocking(False)
    loop = asyncio.get_running_loop()
    wire = _Wire()
    await loop.connect_accepted_socket(lambda: wire, ours)
    return wire, theirs


@pytest.fixture(params=[asyncio.run, uvloop.run])
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, None]], None]:
    """On asyncio's own loop and on the one that serves."""
    runner: Callable[[Coroutine[Any, Any, None]], None] = request.param
    return runner


async def _keep_order() -> None:
    """Full buffers push single frames, and parts of frames, onto the transport; what follows must wait behind them."""
    wire, peer = await _wire_to(4096)
    loop = asyncio.get_running_loop()
    frames = [n.to_bytes(4, "big") * (50 + n % 300) for n in range(600)]
    got = bytearray()
    wanted = sum(map(len, frames))

    async def read() -> None:
        while len(got) < wanted:
            got.extend(await loop.sock_recv(peer, _READ_BYTES))

    reading = asyncio.create_task(read())
    for n, frame in enumerate(frames):
        wire.write_frame(frame)
        if n % 7 == 0:
            await asyncio.sleep(0)
    await asyncio.wait_for(reading, 20)
    assert bytes(got) == b"".join(frames)
    wire.transport.abort()
    peer.close()


async def _cut_at_the_limit() -> None:
    wire, peer = await _wire_to(4096)
    written = 0
    while not wire.transport.is_closing():
        wire.write_frame(bytes(64 * 1024))
        written += 64 * 1024
        assert written < 2 * WRITE_BUFFER_BYTES
    peer.close()


async def _write_to_nobody() -> None:
    wire, peer = await _wire_to(65_536)
    peer.close()
    for _ in range(10):
        wire.write_frame(b"anybody there?")
        await asyncio.sleep(0)


def test_frames_keep_their_order_when_the_peer_reads_slowly(run: Callable[..., None]) -> None:
    run(_keep_order())


def test_a_peer_that_reads_nothing_is_cut_at_the_limit(run: Callable[..., None]) -> None:
    run(_cut_at_the_limit())


def test_a_peer_that_is_gone_costs_nothing(run: Callable[..., None]) -> None:
    run(_write_to_nobody())
