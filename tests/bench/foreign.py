"""What an account's events cost a node that hosts none of its sockets: it must hear and do nothing.

Two `prosa serve` on one database and one Redis. The operators of a busy account sit on the first node, somebody of another
account on the second; webhooks of the busy account go to the first. The second node's CPU over the same time, without and
with the 300 events a second, is compared; Redis itself says what it sent there.
"""

import asyncio
import statistics
from collections.abc import Awaitable
from dataclasses import dataclass

import asyncpg
import psutil
import redis.asyncio

from inbox.kernel.database import driver_dsn
from realtime.bus import account_channel
from server.settings import Settings
from tests.bench.load import LoadPlan, drive
from tests.bench.rows import Row
from tests.bench.servers import ProsaProcess, add_operators, own_servers, serving
from tests.bench.socket_client import OperatorSocket, connect_operators
from tests.conftest import SeededAccount, seed_account

_SECONDS = 10
_QUICK_SECONDS = 3
_TURNS = 3
_MESSAGES_PER_SECOND = 300
_OPERATORS = 20
_SETTLE_SECONDS = 2
# The events of one message, as Redis carries them, are longer than this.
_SHORTEST_HINT_BYTES = 200


async def run(*, quick: bool) -> list[Row]:
    seconds = _QUICK_SECONDS if quick else _SECONDS
    async with own_servers() as settings:
        busy = await asyncio.to_thread(seed_account, settings)
        other = await asyncio.to_thread(seed_account, settings)
        async with serving(settings) as home, serving(settings) as foreign:
            sockets = await _connect(settings, (busy, home), (other, foreign))
            await _post(home, busy, seconds=1, first=0)  # warm; after this every contact exists
            await asyncio.sleep(_SETTLE_SECONDS)
            watch, idles, loads = _Watch(settings, foreign), [], []
            before = sum(socket.event_frames for socket in sockets[:_OPERATORS])
            for turn in range(_TURNS):  # in turns: a noisy machine disturbs both
                idles.append(await watch.over(asyncio.sleep(seconds)))
                loads.append(await watch.over(_post(home, busy, seconds=seconds, first=(turn + 1) * 10_000)))
            frames = sum(socket.event_frames for socket in sockets[:_OPERATORS]) - before
            subscribers = await watch.subscribers(busy)
            for socket in sockets:
                socket.close()
    if not frames or subscribers != 1:
        raise RuntimeError(f"{frames} frames on the busy node, {subscribers} nodes listen to its account")
    idle = statistics.median(one.cpu_ms for one in idles)
    loaded = statistics.median(one.cpu_ms for one in loads)
    redis_bytes = [sum(one.redis_bytes for one in each) for each in (idles, loads)]
    detail = {
        "seconds": seconds,
        "turns": _TURNS,
        "messages": _MESSAGES_PER_SECOND * seconds * _TURNS,
        "busy_node_event_frames": frames,
        "idle_cpu_ms": [round(one.cpu_ms, 1) for one in idles],
        "cpu_ms": [round(one.cpu_ms, 1) for one in loads],
        # Both times hold the heartbeats of the connection.
        "redis_bytes_idle": redis_bytes[0],
        "redis_bytes": redis_bytes[1],
        "redis_messages": max(0, redis_bytes[1] - redis_bytes[0]) // _SHORTEST_HINT_BYTES,
    }
    share = max(0.0, (loaded - idle) / (seconds * 10))
    return [Row("foreign_events_cpu", round(share, 2), "% of a core", "0", detail)]


@dataclass(frozen=True)
class _Spent:
    cpu_ms: float
    redis_bytes: int


class _Watch:
    """CPU of a node, and the bytes that Redis has sent to its subscriber's connection."""

    def __init__(self, settings: Settings, node: ProsaProcess) -> None:
        self._url = settings.redis_url
        self._node = node

    async def over(self, work: Awaitable[None]) -> _Spent:
        cpu, sent = self._node.cpu_seconds(), await self._bytes_sent()
        await work
        return _Spent((self._node.cpu_seconds() - cpu) * 1000, await self._bytes_sent() - sent)

    async def subscribers(self, account: SeededAccount) -> int:
        async with redis.asyncio.Redis.from_url(self._url) as client:
            ((_, count),) = await client.pubsub_numsub(account_channel(account.account_id))
        return int(count)

    async def _bytes_sent(self) -> int:
        ports = {
            connection.laddr.port for connection in psutil.Process(self._node.pid).net_connections("tcp")
        }
        async with redis.asyncio.Redis.from_url(self._url) as client:
            clients = await client.client_list()
        return sum(
            int(one["tot-net-out"])
            for one in clients
            if int(one["sub"]) > 0 and int(one["addr"].rpartition(":")[2]) in ports
        )


async def _connect(
    settings: Settings, busy: tuple[SeededAccount, ProsaProcess], other: tuple[SeededAccount, ProsaProcess]
) -> list[OperatorSocket]:
    database = await asyncpg.connect(driver_dsn(settings.database_url))
    sockets = []
    for (account, node), count in ((busy, _OPERATORS), (other, 1)):
        tokens = await add_operators(
            database, settings, account.account_id, account.departments["vendas"], count
        )
        sockets += await connect_operators(node.port, tokens)
    await database.close()
    return sockets


async def _post(node: ProsaProcess, account: SeededAccount, *, seconds: int, first: int) -> None:
    """Webhooks of one message each, a second's worth at the beginning of every second."""
    started = asyncio.get_running_loop().time()
    for second in range(seconds):
        plan = LoadPlan(
            port=node.port,
            path=f"/hooks/whatsapp/{account.app.hook_key}",
            secret=account.app.app_secret.decode(),
            phone_number_id=account.number.phone_number_id,
            count=_MESSAGES_PER_SECOND,
            first=first + second * _MESSAGES_PER_SECOND,
            connections=4,
            contacts=200,
        )
        result = await drive(plan)
        if result.answers != {"200": plan.count}:
            raise RuntimeError(f"answered {result.answers}")
        await asyncio.sleep(max(0.0, started + second + 1 - asyncio.get_running_loop().time()))
