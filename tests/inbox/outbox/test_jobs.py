"""Durable jobs: enqueued with the change that needs them, run once, handed out again when their worker died."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import asyncpg
import procrastinate
import pytest
from sqlalchemy import text

from inbox.kernel.database import Database, open_pool
from inbox.kernel.job_worker import (
    Backoff,
    GiveUp,
    build_job_app,
    maintenance_jobs,
    renew_event_partitions,
    retry_stalled_jobs,
    run_jobs,
)
from inbox.kernel.jobs import NewJob, defer_in, defer_many_in
from inbox.outbox.jobs import receipt_jobs
from inbox.outbox.targets import Targets
from inbox.whatsapp.client import GraphClient
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.inbox.outbox.conftest import Yard


@pytest.fixture
async def pool(settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    pool = await open_pool(settings.resolved_system_database_url, size=3)
    await pool.execute("DELETE FROM procrastinate_jobs")
    yield pool
    await pool.close()


async def jobs(pool: asyncpg.Pool) -> list[tuple[str, str, str]]:
    rows = await pool.fetch("SELECT task_name, status::text, args::text FROM procrastinate_jobs ORDER BY id")
    return [tuple(row) for row in rows]


@asynccontextmanager
async def working(
    settings: Settings, *blueprints: procrastinate.Blueprint
) -> AsyncIterator[procrastinate.App]:
    app = build_job_app(settings.resolved_system_database_url, blueprints)
    stop = asyncio.Event()
    task = asyncio.create_task(run_jobs(app, stop))
    try:
        yield app
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


async def test_a_job_exists_only_if_its_transaction_commits(
    database: Database, seed: SeededAccount, pool: asyncpg.Pool
) -> None:
    async with database.acting(seed.ana) as work:  # as prosa_app
        await defer_in(work.session, "note", {"account_id": seed.account_id}, queue="test")
    with contextlib.suppress(KeyError):
        async with database.acting(seed.ana) as work:
            await defer_in(work.session, "note", {"n": 2}, queue="test")
            raise KeyError("on purpose")
    async with pool.acquire() as connection, connection.transaction():
        await defer_many_in(connection, [NewJob("many", {"n": n}, queue="test") for n in range(2)])
    assert await jobs(pool) == [
        ("note", "todo", f'{{"account_id": "{seed.account_id}"}}'),
        ("many", "todo", '{"n": 0}'),
        ("many", "todo", '{"n": 1}'),
    ]


async def test_a_taken_queueing_lock_drops_the_second_job_and_spares_the_transaction(
    database: Database, seed: SeededAccount, pool: asyncpg.Pool
) -> None:
    async with database.acting(seed.ana) as work:
        assert await defer_in(work.session, "once", {}, queue="test", queueing_lock="x")
        assert not await defer_in(work.session, "once", {}, queue="test", queueing_lock="x")
        assert (await work.session.execute(text("SELECT 1"))).scalar_one() == 1
    async with pool.acquire() as connection, connection.transaction():
        assert not await defer_in(connection, "once", {}, queue="test", queueing_lock="x")
        assert await defer_in(connection, "once", {}, queue="test", queueing_lock="y")
    assert len(await jobs(pool)) == 2


async def test_jobs_run_retry_and_leave_no_row(settings: Settings, pool: asyncpg.Pool) -> None:
    blueprint = procrastinate.Blueprint()
    ran: list[int] = []
    done, given_up = asyncio.Event(), asyncio.Event()

    @blueprint.task(name="test.flaky", queue="test", retry=Backoff(0.1, 0.2, attempts=3))
    async def flaky(n: int) -> None:
        ran.append(n)
        if len(ran) == 1:
            raise OSError("first time")
        done.set()

    @blueprint.task(name="test.hopeless", queue="test", retry=Backoff(0.1, 0.2, attempts=3))
    async def hopeless() -> None:
        given_up.set()
        raise GiveUp

    async with working(settings, blueprint):
        async with pool.acquire() as connection, connection.transaction():
            await defer_in(connection, "test.flaky", {"n": 7}, queue="test")
            await defer_in(connection, "test.hopeless", {}, queue="test")
        await asyncio.wait_for(done.wait(), 20)
        await asyncio.wait_for(given_up.wait(), 20)
    assert ran == [7, 7]
    assert await jobs(pool) == [("test.hopeless", "failed", "{}")]


async def test_jobs_of_a_dead_worker_are_handed_out_again_and_a_killer_is_given_up(
    settings: Settings, pool: asyncpg.Pool
) -> None:
    app = build_job_app(settings.resolved_system_database_url, [])
    async with pool.acquire() as connection, connection.transaction():
        for task in ("dead", "killer", "alive"):
            await defer_in(connection, task, {}, queue="test")
        old = await connection.fetchval(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id"
        )
        new = await connection.fetchval("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        await connection.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = $1", old)
        await connection.execute(
            "UPDATE procrastinate_jobs SET worker_id = $1 WHERE task_name = 'alive'", new
        )
        await connection.execute("UPDATE procrastinate_jobs SET attempts = 5 WHERE task_name = 'killer'")
    async with app.open_async():
        assert await retry_stalled_jobs(app) == 1
    assert {task: status for task, status, _ in await jobs(pool)} == {
        "dead": "todo",
        "killer": "failed",
        "alive": "doing",
    }


async def test_event_partitions_are_made_ahead(database: Database, pool: asyncpg.Pool) -> None:
    await renew_event_partitions(database, keep_days=7)
    day = (datetime.now(UTC) + timedelta(days=7)).strftime("%Y%m%d")
    assert await pool.fetchval("SELECT to_regclass($1)", f"events_{day}") is not None


async def test_periodic_work_is_registered(settings: Settings, database: Database) -> None:
    app = build_job_app(settings.resolved_system_database_url, [maintenance_jobs(database, keep_days=7)])
    assert {"events.partitions", "jobs.recover", "jobs.clean_up"} <= set(app.tasks)
    assert len(app.periodic_registry.periodic_tasks) == 3


async def test_receipts_and_typing_reach_graph_unless_late_or_switched_off(
    yard: Yard, pool: asyncpg.Pool
) -> None:
    """Graph has no typing without a read receipt, so both follow the number's setting."""
    targets = Targets(yard.pool, yard.settings.vault)
    blueprint = receipt_jobs(targets, GraphClient(yard.http))
    mark_read, typing = blueprint.tasks["whatsapp.mark_read"], blueprint.tasks["whatsapp.typing"]
    ids = {"account_id": str(yard.seed.account_id), "number_id": str(yard.seed.number.id)}
    now = datetime.now(UTC)
    await mark_read(**ids, wamid="wamid.IN1")
    await typing(**ids, wamid="wamid.IN1", expires_at=(now + timedelta(seconds=20)).isoformat())
    await typing(**ids, wamid="wamid.LATE", expires_at=(now - timedelta(seconds=1)).isoformat())
    await pool.execute(
        "UPDATE phone_numbers SET send_read_receipts = false WHERE id = $1", yard.seed.number.id
    )
    targets.forget(yard.seed.number.id)
    await mark_read(**ids, wamid="wamid.IN2")
    await typing(**ids, wamid="wamid.IN2", expires_at=(now + timedelta(seconds=20)).isoformat())
    assert yard.graph.bodies == [
        {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN1"},
        {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": "wamid.IN1",
            "typing_indicator": {"type": "text"},
        },
    ]
