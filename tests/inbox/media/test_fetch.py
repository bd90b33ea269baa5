"""Files of inbound messages: fetched, checked, retried, healed."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from inbox.kernel.job_worker import GiveUp
from inbox.media import repository
from inbox.media.errors import MediaNotStored
from inbox.media.fetch import DigestMismatch, MediaFetcher
from inbox.media.models import Media
from inbox.media.service import NotFetchable, fetch_again, open_media
from inbox.media.storage import MediaStore
from inbox.whatsapp.graph_errors import GraphError
from server.settings import Settings
from tests.conftest import RecordingPublisher, SeededAccount
from tests.inbox.media.conftest import receive_file, write_picture, write_sound
from tests.inbox.outbox.fake_graph import FakeGraph


async def media_of(database: Database, seed: SeededAccount, media_id: UUID) -> Media:
    async with database.system(seed.account_id) as work:
        media = await repository.fetch_media(work.session, seed.account_id, media_id)
    assert media is not None
    return media


def updates(publisher: RecordingPublisher, message_id: UUID) -> list[dict[str, Any]]:
    return [
        event.data["message"]
        for _, event in publisher.published
        if event.type == "message_updated" and event.data["message"]["id"] == str(message_id)
    ]


async def test_a_picture_is_stored_measured_and_told(
    database: Database, settings: Settings, seed: SeededAccount, graph: FakeGraph, fetcher: MediaFetcher,
    store: MediaStore, publisher: RecordingPublisher, tmp_path: Path,
) -> None:  # fmt: skip
    content = write_picture(tmp_path / "p.png", "PNG").read_bytes()
    message_id, media_id = receive_file(settings, seed, graph, content, mime_type="image/jpeg")
    await fetcher.fetch(seed.account_id, media_id)
    await fetcher.fetch(seed.account_id, media_id)
    assert graph.lookups == 1, "a second run finds the file stored"
    assert graph.tokens == {f"Bearer {seed.number.access_token}"}
    (message,) = updates(publisher, message_id)
    assert message["media"] == {
        "id": str(media_id), "state": "stored", "mime_type": "image/png", "file_name": None, "size": len(content),
        "width": 320, "height": 200, "duration_ms": None,
    }  # fmt: skip
    assert message["version"] == 2
    opened = await open_media(database, seed.ana, store, media_id, first=2, last=9)
    assert b"".join([chunk async for chunk in opened.stored.chunks]) == content[2:10]
    assert (opened.stored.size, opened.stored.start, opened.stored.stop) == (len(content), 2, 10)


async def test_only_those_who_see_the_conversation_open_its_files(
    database: Database,
    settings: Settings,
    seed: SeededAccount,
    graph: FakeGraph,
    fetcher: MediaFetcher,
    store: MediaStore,
) -> None:
    _, media_id = receive_file(
        settings, seed, graph, b"text of a note", kind="document", mime_type="text/plain"
    )
    with pytest.raises(MediaNotStored):
        await open_media(database, seed.ana, store, media_id)
    await fetcher.fetch(seed.account_id, media_id)
    for person in (seed.ana, seed.supervisor, seed.admin):
        assert (await open_media(database, person, store, media_id)).media.mime_type == "text/plain"
    with pytest.raises(NotFound):
        await open_media(database, seed.bruno, store, media_id)  # another department


async def test_voice_notes_get_their_duration(
    database: Database,
    settings: Settings,
    seed: SeededAccount,
    graph: FakeGraph,
    fetcher: MediaFetcher,
    tmp_path: Path,
) -> None:
    content = write_sound(tmp_path / "v.ogg", container="ogg", codec="libopus").read_bytes()
    _, media_id = receive_file(
        settings, seed, graph, content, kind="audio", mime_type="audio/ogg; codecs=opus"
    )
    await fetcher.fetch(seed.account_id, media_id)
    media = await media_of(database, seed, media_id)
    assert media.mime_type == "audio/ogg"
    assert media.duration_ms == pytest.approx(2000, abs=100)


async def test_an_expired_address_is_looked_up_again_within_the_same_try(
    database: Database, settings: Settings, seed: SeededAccount, graph: FakeGraph, fetcher: MediaFetcher
) -> None:
    _, media_id = receive_file(settings, seed, graph, b"some text", kind="document")
    graph.expired_urls = 1
    await fetcher.fetch(seed.account_id, media_id)
    assert (await media_of(database, seed, media_id)).state == "stored"
    assert graph.lookups == 2


async def test_bytes_with_another_digest_are_refused_shown_after_a_while_and_healed_by_success(
    database: Database, settings: Settings, seed: SeededAccount, graph: FakeGraph, fetcher: MediaFetcher,
    publisher: RecordingPublisher,
) -> None:  # fmt: skip
    message_id, media_id = receive_file(settings, seed, graph, b"right", kind="document")
    right = graph.files[f"in-{media_id}"]
    graph.files[f"in-{media_id}"] = (b"wrong", right[1])
    for attempt in range(1, 7):
        with pytest.raises(DigestMismatch):
            await fetcher.fetch(seed.account_id, media_id)
        media = await media_of(database, seed, media_id)
        assert media.attempts == attempt
        assert media.state == ("pending" if attempt < 6 else "failed")
    (shown,) = updates(publisher, message_id)
    assert shown["error"]["reason_key"] == "media_unavailable"
    assert set(shown["error"]["reason"]) == {"pt-BR", "en"}
    graph.files[f"in-{media_id}"] = right
    await fetcher.fetch(seed.account_id, media_id)
    healed = updates(publisher, message_id)[-1]
    assert (healed["media"]["state"], healed["error"]) == ("stored", None)


async def test_a_file_that_whatsapp_never_knew_fails_for_good_and_can_be_asked_for_again(
    database: Database, settings: Settings, seed: SeededAccount, graph: FakeGraph, fetcher: MediaFetcher,
    publisher: RecordingPublisher,
) -> None:  # fmt: skip
    content = b"late but here"
    message_id, media_id = receive_file(settings, seed, graph, content, kind="document", at_meta=False)
    for _ in range(3):
        with pytest.raises(GraphError):
            await fetcher.fetch(seed.account_id, media_id)
    with pytest.raises(GiveUp):
        await fetcher.fetch(seed.account_id, media_id)
    assert updates(publisher, message_id)[-1]["media"]["state"] == "failed"
    with pytest.raises(NotFound):
        await fetch_again(database, seed.bruno, media_id)
    view = await fetch_again(database, seed.ana, media_id)
    assert view.state == "pending"
    shown = updates(publisher, message_id)[-1]
    assert (shown["media"]["state"], shown["error"]) == ("pending", None)
    with pytest.raises(NotFetchable):
        await fetch_again(database, seed.ana, media_id)


async def test_after_seven_days_nothing_is_asked_for(
    database: Database, settings: Settings, seed: SeededAccount, graph: FakeGraph, fetcher: MediaFetcher,
    publisher: RecordingPublisher,
) -> None:  # fmt: skip
    message_id, media_id = receive_file(
        settings, seed, graph, b"old", kind="document", age=timedelta(days=7, minutes=1)
    )
    with pytest.raises(GiveUp):
        await fetcher.fetch(seed.account_id, media_id)
    assert graph.lookups == 0
    assert updates(publisher, message_id)[-1]["error"]["reason_key"] == "media_expired"
