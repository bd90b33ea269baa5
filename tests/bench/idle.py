"""Memory of `prosa serve` per connected operator who does nothing: 2,000 people, each with a session and a socket."""

import asyncio

import asyncpg

from inbox.kernel.database import driver_dsn
from tests.bench.rows import Row
from tests.bench.servers import add_operators, allow_open_files, own_servers, serving
from tests.bench.socket_client import connect_operators
from tests.conftest import seed_account

_OPERATORS = 2_000
_QUICK_OPERATORS = 400
# The first sockets load what is loaded once: code paths, pools, the account's feed.
_WARM_UP = 50
# What the handshakes left over (timers, buffers) is gone by then.
_SETTLE_SECONDS = 5


async def run(*, quick: bool) -> list[Row]:
    count = _QUICK_OPERATORS if quick else _OPERATORS
    allow_open_files(count * 2 + 1_000)
    async with own_servers() as settings:
        seed = await asyncio.to_thread(seed_account, settings)
        database = await asyncpg.connect(driver_dsn(settings.database_url))
        tokens = await add_operators(
            database, settings, seed.account_id, seed.departments["vendas"], count + _WARM_UP
        )
        await database.close()
        async with serving(settings) as process:
            sockets = await connect_operators(process.port, tokens[:_WARM_UP])
            await asyncio.sleep(_SETTLE_SECONDS)
            before = process.memory_kb()
            sockets += await connect_operators(process.port, tokens[_WARM_UP:])
            await asyncio.sleep(_SETTLE_SECONDS)
            after = process.memory_kb()
            lost = sum(socket.is_lost for socket in sockets)
            for socket in sockets:
                socket.close()
    if lost:
        raise RuntimeError(f"{lost} of {len(sockets)} sockets were lost")
    resident, private = ((late - early) / count for early, late in zip(before, after, strict=True))
    detail = {
        "operators": count,
        "private_kb": round(private, 1),
        "process_mb_before": round(before[0] / 1024, 1),
        "process_mb_after": round(after[0] / 1024, 1),
    }
    return [Row("idle_operator_kb", round(resident, 1), "kB", "≤ 50", detail)]
