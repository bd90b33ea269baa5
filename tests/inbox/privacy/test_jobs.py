"""The desk's durable work as a worker runs it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from inbox.kernel.database import Database
from inbox.kernel.job_worker import Backoff, build_job_app, run_jobs
from inbox.media.storage import MediaStore
from inbox.privacy import jobs
from inbox.privacy.eraser import Eraser
from inbox.privacy.errors import StillBeingSent
from inbox.privacy.jobs import privacy_jobs
from inbox.privacy.retention import Retention
from inbox.privacy.sealing import Sealer
from inbox.privacy.service import get_certificate, get_erasure, request_erasure
from inbox.privacy.views import ErasureView
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.inbox.rows import Talk, add_talk

REASON = "Pedido do titular"


@asynccontextmanager
async def working(
    settings: Settings, eraser: Eraser, retention: Retention, database: Database
) -> AsyncIterator[None]:
    jobs = privacy_jobs(eraser, retention, Sealer(database))
    app = build_job_app(settings.resolved_system_database_url, [jobs])
    stop = asyncio.Event()
    task = asyncio.create_task(run_jobs(app, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def until(database: Database, seed: SeededAccount, erasure: ErasureView, wanted: str) -> ErasureView:
    async with asyncio.timeout(30):
        while (view := await get_erasure(database, seed.admin, erasure.id)).state != wanted:  # noqa: ASYNC110 - as a page asks
            await asyncio.sleep(0.05)
    return view


async def ask(database: Database, seed: SeededAccount, talk: Talk) -> ErasureView:
    return await request_erasure(
        database, seed.admin, talk.contact_id, reason=REASON, confirm_name="Maria Souza"
    )


@pytest.fixture
def retention(database: Database, store: MediaStore) -> Retention:
    return Retention(database, store)


async def test_a_worker_erases_what_was_asked_for(
    database: Database, seed: SeededAccount, settings: Settings, eraser: Eraser, retention: Retention
) -> None:
    erasure = await ask(database, seed, await add_talk(database, seed))
    async with working(settings, eraser, retention, database):
        done = await until(database, seed, erasure, "done")
    assert done.removed["messages"] == 1
    assert (await get_certificate(database, seed.admin, erasure.id)).requested_by_name == "Alice"


async def test_an_erasure_that_fails_for_good_is_shown_and_can_be_asked_for_again(
    database: Database,
    seed: SeededAccount,
    settings: Settings,
    eraser: Eraser,
    retention: Retention,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    talk = await add_talk(database, seed)
    erasure = await ask(database, seed, talk)

    async def never(*_: object) -> None:
        raise StillBeingSent

    with monkeypatch.context() as patch:
        patch.setattr(eraser, "_await_writers", never)
        patch.setattr(jobs, "_ERASE_RETRY", Backoff(1, 1, 1))
        async with working(settings, eraser, retention, database):
            failed = await until(database, seed, erasure, "failed")
    assert failed.done_at is None
    again = await ask(database, seed, talk)
    assert again.id == erasure.id
    async with working(settings, eraser, retention, database):
        await until(database, seed, erasure, "done")
