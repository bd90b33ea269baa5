"""One run of chaos: an installation under faults, people and customers who go on, and at the end the books are compared.

`python -m tests.chaos.run --seconds 600 --seed 7` prints the report and exits with 1 when a promise was broken.
"""

import argparse
import asyncio
import contextlib
import os
import random
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
from rich.console import Console

from inbox.kernel.actor import Actor
from inbox.kernel.database import driver_dsn
from server.auth.tokens import Tokens
from server.settings import Settings
from tests.chaos.books import Books
from tests.chaos.crowd import Crowd
from tests.chaos.customers import Customers, writing_customers
from tests.chaos.faults import Faults
from tests.chaos.installation import Installation, running_installation, system_dsn
from tests.chaos.operator import Operator
from tests.chaos.plan import Plan
from tests.chaos.posts import POISON_TRIGGER, REMOVE_POISON_TRIGGER, Poster, writing_posts
from tests.chaos.report import Report
from tests.chaos.sessions import open_session
from tests.conftest import SeededAccount, seed_account

_QUIET_SECONDS = 90.0
# Quiet for this long is over: the longest pause between two tries of the outbox under these faults is shorter.
_STILL_SECONDS = 3.0
_GREETING_SECONDS = 30.0


@dataclass
class Scene:
    """Everybody who takes part."""

    plan: Plan
    whole: Installation
    account: SeededAccount
    pool: asyncpg.Pool
    customers: Customers
    poster: Poster
    operators: list[Operator]
    crowd: Crowd
    report: Report

    @property
    def books(self) -> Books:
        return Books(
            self.pool, self.account, self.customers, self.poster, self.operators, self.crowd, self.report
        )


async def run_chaos(plan: Plan, logs: Path | None = None) -> Report:
    report = Report(plan)
    async with contextlib.AsyncExitStack() as stack:
        with report.phase("start"):
            scene = await stack.enter_async_context(_scene(plan, report, logs))
        with report.phase("storm"):
            await _storm(scene)
        with report.phase("quiet"):
            await _until_quiet(scene)
        with report.phase("replay"):
            await scene.books.compare_parked()
            await _replay(scene)
            await _until_quiet(scene)
        with report.phase("books"):
            await scene.books.compare_replayed()
            await scene.books.compare()
    return report


# ── who takes part ──────────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.asynccontextmanager
async def _scene(plan: Plan, report: Report, logs: Path | None) -> AsyncIterator[Scene]:
    luck = random.Random(plan.seed)
    async with contextlib.AsyncExitStack() as stack:
        whole = await stack.enter_async_context(running_installation(logs=logs))
        report.has_nginx = whole.has_nginx
        if whole.clock.shim is None:
            report.not_covered.append("steps of Postgres' clock: no C compiler")
        account = await asyncio.to_thread(seed_account, whole.settings)
        customers = await stack.enter_async_context(
            writing_customers(account, whole.meta_url, luck, customers=plan.customers)
        )
        pool = await stack.enter_async_context(
            asyncpg.create_pool(system_dsn(whole.settings), min_size=0, max_size=2)
        )
        serve_urls = [(node.ready_url or "").removesuffix("/readyz") for node in whole.serves]
        poster = await stack.enter_async_context(
            writing_posts(account, customers.names, random.Random(luck.random()), whole.meta_url, serve_urls)
        )
        await _prepare_database(whole.settings, account, customers.link.port)
        opened = await _greetings(pool, account, customers)
        operators = [
            Operator(actor, await _token(whole, actor), whole.browser_url, random.Random(luck.random()))
            for actor in (account.ana, account.ana, account.bruno, account.supervisor, account.supervisor)
        ]
        token = await _token(whole, account.admin)
        crowd = Crowd(whole.browser_port, account.admin, token, plan.crowd, opened, plan.seed)
        await crowd.come()
        stack.push_async_callback(crowd.close)
        stack.push_async_callback(
            _dismiss, [asyncio.create_task(o.stay_connected()) for o in operators], operators
        )
        yield Scene(plan, whole, account, pool, customers, poster, operators, crowd, report)


async def _prepare_database(settings: Settings, account: SeededAccount, graph_port: int) -> None:
    """As the owner: Graph is where the sandbox is, and marked texts are refused."""
    connection = await asyncpg.connect(driver_dsn(settings.database_url))
    try:
        await connection.execute(
            "UPDATE whatsapp_apps SET graph_url = $2 WHERE account_id = $1",
            account.account_id,
            f"http://127.0.0.1:{graph_port}",
        )
        await connection.execute(POISON_TRIGGER)
    finally:
        await connection.close()


async def _greetings(pool: asyncpg.Pool, account: SeededAccount, customers: Customers) -> list[UUID]:
    """Every customer has written once; answers their conversations."""
    await customers.greet()
    async with asyncio.timeout(_GREETING_SECONDS):
        while True:
            rows = await pool.fetch("SELECT id FROM conversations WHERE account_id = $1", account.account_id)
            if len(rows) == len(customers.names):
                return [row["id"] for row in rows]
            await asyncio.sleep(0.05)


async def _token(whole: Installation, actor: Actor) -> str:
    settings = whole.settings.model_copy(update={"access_token_minutes": 180})
    session_id = await open_session(settings, actor)
    return (
        Tokens(settings)
        .issue(user_id=actor.user_id, account_id=actor.account_id, session_id=session_id)
        .token
    )


async def _dismiss(connected: list[asyncio.Task[None]], operators: list[Operator]) -> None:
    for task in connected:
        task.cancel()
    await asyncio.gather(*connected, return_exceptions=True)
    await asyncio.gather(*(operator.close() for operator in operators))


# ── what happens ────────────────────────────────────────────────────────────────────────────────────────────────────


async def _storm(scene: Scene) -> None:
    plan, whole = scene.plan, scene.whole
    deadline = time.monotonic() + plan.seconds

    def is_over() -> bool:
        return time.monotonic() > deadline

    faults = Faults(plan, whole, [scene.customers.link], scene.crowd.come_back)
    async with asyncio.TaskGroup() as storm:
        storm.create_task(scene.customers.write(is_over, plan.messages_per_second))
        storm.create_task(scene.customers.trouble(is_over))
        storm.create_task(scene.poster.write(is_over))
        for operator in scene.operators:
            storm.create_task(operator.work(is_over))
        storm.create_task(faults.inject(is_over))
    await faults.mend()
    await asyncio.gather(*(node.until_ready() for node in whole.nodes))
    scene.report.faults = faults.happened


_UNDER_WAY_SQL = """
SELECT (SELECT count(*) FROM outbox WHERE account_id = $1)
     + (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND args->>'account_id' = $1::text) AS under_way,
       (SELECT seq FROM event_counters WHERE account_id = $1) AS seq
"""


async def _until_quiet(scene: Scene) -> None:
    """Everything that was on its way has arrived."""
    deadline = time.monotonic() + _QUIET_SECONDS
    before, since = (-1, -1), time.monotonic()
    while time.monotonic() < deadline:
        (row,) = await scene.pool.fetch(_UNDER_WAY_SQL, scene.account.account_id)
        now = (row["seq"], row["under_way"])
        is_idle = scene.poster.is_idle and scene.customers.sandbox.statistics()["idle"]
        if now != before or row["under_way"] or not is_idle:
            before, since = now, time.monotonic()
        elif time.monotonic() - since > _STILL_SECONDS:
            return
        await asyncio.sleep(0.1)
    idle = {"poster": scene.poster.is_idle, **scene.customers.sandbox.statistics()}
    waiting = {name: idle[name] for name in ("poster", "idle", "pending_updates", "planned")}
    scene.report.broken.append(
        f"it does not become quiet in {_QUIET_SECONDS:.0f} s: outbox and jobs {before[1]}, {waiting}"
    )


async def _replay(scene: Scene) -> None:
    """The cause is mended, and `prosa replay` runs what was parked."""
    settings = scene.whole.settings
    connection = await asyncpg.connect(driver_dsn(settings.database_url))
    try:
        await connection.execute(REMOVE_POISON_TRIGGER)
    finally:
        await connection.close()
    environment = {
        "PROSA_DATABASE_URL": settings.database_url,
        "PROSA_REDIS_URL": settings.redis_url,
        "PROSA_SECRET_KEY": settings.secret_key.get_secret_value(),
        "PROSA_ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
        "PROSA_DATA_DIR": str(scene.whole.folder),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", "replay", "--reason", "poison",
        env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    if process.returncode != 0:
        scene.report.broken.append(f"prosa replay failed: {said.decode(errors='replace')[-500:]}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Faults, and whether every promise was kept.")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--crowd", type=int, default=200, help="sockets that have everything open")
    parser.add_argument("--longest-pause", type=float, default=30.0, help="of Redis, seconds")
    parser.add_argument("--longest-cut", type=float, default=5.0, help="of a wire, seconds")
    parser.add_argument("--longest-rest", type=float, default=8.0, help="between faults of servers, seconds")
    parser.add_argument("--logs", type=Path, help="a folder that keeps the processes' logs")
    asked = parser.parse_args()
    if asked.logs is not None:
        asked.logs.mkdir(parents=True, exist_ok=True)
    plan = Plan(
        seconds=asked.seconds,
        seed=asked.seed,
        crowd=asked.crowd,
        longest_pause_seconds=asked.longest_pause,
        longest_cut_seconds=asked.longest_cut,
        longest_rest_seconds=asked.longest_rest,
    )
    report = asyncio.run(run_chaos(plan, asked.logs))
    report.show(Console(width=110))
    sys.exit(1 if report.broken else 0)


if __name__ == "__main__":
    main()
