"""The whole worker process against the sandbox: a picture goes out, a picture comes in."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from inbox.kernel.database import Database
from inbox.kernel.jobs import defer_in
from inbox.media.service import open_media, store_upload
from inbox.media.storage import MediaStore
from server.sandbox.app import SandboxConfig, StatusTiming, serve
from server.settings import Settings
from server.work import run_worker
from tests.conftest import SeededAccount
from tests.inbox.media.conftest import chunks_of, receive_file, write_picture, write_sound
from tests.inbox.outbox.conftest import Yard
from tests.inbox.outbox.fake_graph import FakeGraph


@pytest.fixture
def sandbox_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def running_sandbox(seed: SeededAccount, port: int) -> AsyncIterator[str]:
    never = (1e6, 1e6)
    config = SandboxConfig(
        webhook_url="http://127.0.0.1:9/",
        app_secret=seed.app.app_secret.decode(),
        verify_token=seed.app.verify_token,
        access_token=seed.number.access_token,
        port=port,
        waba_id=seed.number.waba_id,
        phone_number_id=seed.number.phone_number_id,
        display_phone_number=seed.number.display_phone_number,
        timing=StatusTiming(sent=never, delivered=never, read=never, played=never),
        handshake_at_start=False,
        window_policy="off",
    )
    stop = asyncio.Event()
    task = asyncio.create_task(serve(config, stop=stop))
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            assert not task.done(), "the sandbox did not start"
            await asyncio.sleep(0.02)
        else:
            writer.close()
            break
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop.set()
        await task


@asynccontextmanager
async def running_worker(settings: Settings) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(run_worker(settings, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 40)


async def test_files_and_texts_leave_through_the_worker_and_uploads_are_reused(
    yard: Yard, database: Database, settings: Settings, sandbox_port: int, tmp_path: Path
) -> None:
    store = MediaStore(settings.resolved_media_url)
    picture = await store_upload(
        database,
        yard.seed.ana,
        store,
        chunks=chunks_of(write_picture(tmp_path / "p.webp", "WEBP").read_bytes()),
        file_name="p.webp",
    )
    voice = await store_upload(
        database, yard.seed.ana, store, voice=True, file_name="voz.webm",
        chunks=chunks_of(write_sound(tmp_path / "v.webm", container="webm", codec="libopus").read_bytes()),
    )  # fmt: skip
    async with running_sandbox(yard.seed, sandbox_port) as url:
        yard.graph.url = url
        await yard.connect()
        first, second = await yard.conversation(), await yard.conversation()
        ids = [
            await yard.queue(first, kind="image", content={"media_id": str(picture.id), "caption": "Olá"}),
            await yard.queue(first, content={"body": "depois da foto"}),
            await yard.queue(second, kind="audio", content={"media_id": str(voice.id), "voice": True}),
        ]
        async with running_worker(settings):
            for message_id in ids:
                row = await yard.until_status(message_id, "sending")
                assert row["wamid"]
            meta_id = await yard.pool.fetchval("SELECT meta_media_id FROM media WHERE id = $1", picture.id)
            again = await yard.queue(second, kind="image", content={"media_id": str(picture.id)})
            await yard.until_status(again, "sending")
            assert (
                await yard.pool.fetchval("SELECT meta_media_id FROM media WHERE id = $1", picture.id)
                == meta_id
            )
    assert await yard.waiting() == []
    lease = await yard.lease()
    assert lease is not None
    assert lease["holder"] == "", "a stopped worker has given its number back"


async def test_an_inbound_picture_is_fetched_by_its_job(
    yard: Yard, database: Database, settings: Settings, graph: FakeGraph, tmp_path: Path
) -> None:
    content = write_picture(tmp_path / "p.jpg", "JPEG").read_bytes()
    _, media_id = receive_file(settings, yard.seed, graph, content)
    async with database.system(yard.seed.account_id) as work:
        await defer_in(
            work.session,
            "media.fetch",
            {"account_id": yard.seed.account_id, "media_id": media_id},
            queue="media",
        )

    async def stored() -> bool:
        return bool(await yard.pool.fetchval("SELECT state FROM media WHERE id = $1", media_id) == "stored")

    async with running_worker(settings):
        await yard.until(stored, what="a stored picture")
    opened = await open_media(database, yard.seed.ana, MediaStore(settings.resolved_media_url), media_id)
    assert b"".join([chunk async for chunk in opened.stored.chunks]) == content
