"""Work that was under way when a person was erased brings nothing of them back."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from inbox.exports.jobs import ExportWorker, storage_key
from inbox.exports.views import ExportKind, ExportOrder, MadeExport
from inbox.kernel.clock import utc_now
from inbox.kernel.database import Database, open_pool
from inbox.kernel.encryption import Vault
from inbox.kernel.errors import NotFound
from inbox.mail.service import Mailer
from inbox.media import repository as media_repository
from inbox.media.fetch import MediaFetcher
from inbox.media.inspection import Inspection, inspect_file
from inbox.media.storage import MediaStore
from inbox.outbox.contacts import Recipient, learn_recipients
from inbox.privacy.eraser import Eraser
from inbox.privacy.service import request_contact_export, request_erasure
from inbox.whatsapp.client import GraphClient, GraphTarget
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.inbox.ingest.webhooks import Hook
from tests.inbox.privacy.conftest import BYTES, Traced, find_everywhere


@pytest.fixture
async def system_pool(settings: Settings) -> asyncpg.Pool:
    return await open_pool(settings.resolved_system_database_url, size=2)


async def erase(database: Database, seed: SeededAccount, eraser: Eraser, traced: Traced) -> None:
    erasure = await request_erasure(
        database,
        seed.admin,
        traced.contact_id,
        reason="Pedido",
        confirm_name=f"Dona {traced.customer.first_name}",
    )
    await eraser.erase(seed.account_id, erasure.id)


async def test_an_answer_of_graph_teaches_nothing_about_who_was_erased(
    database: Database,
    seed: SeededAccount,
    eraser: Eraser,
    traced: Traced,
    hook: Hook,
    system_pool: asyncpg.Pool,
) -> None:
    await erase(database, seed, eraser, traced)
    customer = traced.customer
    answer = Recipient(traced.contact_id, customer.spelling, customer.bsuid)
    await learn_recipients(system_pool, seed.account_id, [answer], utc_now())
    await system_pool.close()
    assert await find_everywhere(hook.pool, traced.needles) == {}


async def test_a_file_that_was_being_fetched_does_not_outlive_its_message(
    database: Database,
    seed: SeededAccount,
    eraser: Eraser,
    traced: Traced,
    hook: Hook,
    store: MediaStore,
    tmp_path: Path,
) -> None:
    await hook.pool.execute(
        "UPDATE media SET state = 'pending', storage_key = NULL, meta_media_id = 'meta-1' WHERE account_id = $1",
        seed.account_id,
    )
    media_id = await hook.value("SELECT id FROM media WHERE account_id = $1")
    async with database.system(seed.account_id) as work:
        media = await media_repository.fetch_media(work.session, seed.account_id, media_id)
    assert media is not None
    await erase(database, seed, eraser, traced)

    async def no_target(*_: object) -> GraphTarget:
        raise AssertionError

    file, key = tmp_path / "late", f"{seed.account_id}/2026/09/{media_id}"
    file.write_bytes(BYTES)
    await store.put(key, file, "image/jpeg")
    fetcher = MediaFetcher(database, store, GraphClient(None), no_target)  # type: ignore[arg-type]  # asks nobody
    inspection: Inspection = inspect_file(file, declared="image/jpeg", file_name=None)
    await fetcher._mark_stored(media, inspection, size=len(BYTES), digest="ab", key=key)
    with pytest.raises(NotFound):
        await store.open(key)


async def test_a_copy_that_was_being_made_does_not_outlive_its_subject(
    database: Database, seed: SeededAccount, eraser: Eraser, traced: Traced, store: MediaStore, vault: Vault
) -> None:
    export = await request_contact_export(database, seed.admin, traced.contact_id)

    class ErasedMeanwhile:
        async def make(self, order: ExportOrder, target: Path) -> MadeExport:
            await asyncio.to_thread(target.write_bytes, BYTES)
            await erase(database, seed, eraser, traced)
            return MadeExport("contact.zip", "application/zip")

    worker = ExportWorker(
        database, store, Mailer(vault), {ExportKind.CONTACT: ErasedMeanwhile()}, page_url="http://prosa.test"
    )
    await worker.make(seed.account_id, export.id, 1)
    with pytest.raises(NotFound):
        await store.open(storage_key(seed.account_id, export.id))
