"""An ingest on the module's database, and a hook for the test's own account."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from inbox.ingest.service import Ingest
from inbox.kernel.database import driver_dsn
from server.settings import Settings
from tests.conftest import RecordingPublisher, SeededAccount
from tests.inbox.ingest.webhooks import Hook, hook_client


@pytest.fixture(scope="module")
async def owner_pool(settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    async with asyncpg.create_pool(driver_dsn(settings.database_url), min_size=1, max_size=4) as pool:
        yield pool


@pytest.fixture(scope="module")
async def ingest(settings: Settings, publisher: RecordingPublisher) -> AsyncIterator[Ingest]:
    ingest = Ingest(settings.resolved_system_database_url, settings.vault, publisher)
    await ingest.start()
    yield ingest
    await ingest.stop()


@pytest.fixture
async def hook(ingest: Ingest, seed: SeededAccount, owner_pool: asyncpg.Pool) -> AsyncIterator[Hook]:
    async with hook_client(ingest) as client:
        yield Hook(client, seed, owner_pool)
