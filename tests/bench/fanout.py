"""Fan-out: server CPU per delivery, 300 sockets in one room, a 600-byte event; ours and stock python-socketio in turns."""

import asyncio
import os
import statistics
import sys
from dataclasses import dataclass

import httpx

from server.embedded import free_port
from tests.bench.rows import Row

SOCKETS = 300
_EVENTS = 300
_TURNS = 3
_START_SECONDS = 20.0

_HANDSHAKE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
# A masked text frame "40": the Socket.IO connect packet; the mask is all zeros.
_CONNECT = b"\x81\x82\x00\x00\x00\x0040"


class Listener(asyncio.Protocol):
    """The cheapest client: counts events by a mark that each holds once, answers nothing (runs are shorter than a ping)."""

    def __init__(self) -> None:
        self.joined = asyncio.get_running_loop().create_future()
        self.events = 0
        self._tail = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(_HANDSHAKE)

    def data_received(self, data: bytes) -> None:
        data = self._tail + data
        self.events += data.count(b'42["events"')
        self._tail = data[-10:]  # one byte less than the mark: nothing is counted twice
        if not self.joined.done():
            assert self._transport is not None
            if b"pingInterval" in data:
                self._transport.write(_CONNECT)
            if b"40{" in data:
                self.joined.set_result(None)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


@dataclass(frozen=True)
class Measured:
    us_per_delivery: float
    delivered: int
    expected: int


async def measure(how: str, events: int) -> Measured:
    """Starts a server of its own, fills the room, lets it emit."""
    port = free_port()
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.fanout_server", str(port), how, env={**os.environ, "PYTHONPATH": "."}
    )  # fmt: skip
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=120) as http:
            await _until_it_answers(http)
            loop = asyncio.get_running_loop()
            listeners = [
                (await loop.create_connection(Listener, "127.0.0.1", port))[1] for _ in range(SOCKETS)
            ]
            await asyncio.gather(*(listener.joined for listener in listeners))
            await http.get("/emit", params={"n": 20})  # warm
            before = sum(listener.events for listener in listeners)
            answer = (await http.get("/emit", params={"n": events})).json()
            delivered = sum(listener.events for listener in listeners) - before
            for listener in listeners:
                listener.close()
    finally:
        server.terminate()
        await server.wait()
    return Measured(answer["cpu_seconds"] * 1e6 / delivered, delivered, events * SOCKETS)


async def run(*, quick: bool) -> list[Row]:
    events, turns = (100, 1) if quick else (_EVENTS, _TURNS)
    measured: dict[str, list[Measured]] = {"ours": [], "stock": []}
    for _ in range(turns):
        for how, results in measured.items():
            results.append(await measure(how, events if how == "ours" else events // 3))
    ours, stock = (
        statistics.median(result.us_per_delivery for result in measured[how]) for how in ("ours", "stock")
    )
    missed = sum(result.expected - result.delivered for result in measured["ours"])
    detail = {"sockets": SOCKETS, "event_bytes": 600, "turns": turns, "missed": missed}
    return [
        Row("fanout_us_per_delivery", round(ours, 2), "µs", "≤ 5.5", {**detail, "stock_us": round(stock, 2)}),
        Row("fanout_stock_ratio", round(ours / stock, 3), "ratio", "≤ 0.2", detail),
    ]


async def _until_it_answers(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while True:
            try:
                await http.get("/emit", params={"n": 0})
                return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
