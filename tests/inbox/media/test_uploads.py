"""Files on their way out: judged by content, rewritten when needed, brought to Meta once."""

from pathlib import Path

import psycopg
import pytest
from PIL import Image

from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from inbox.media.errors import FileTooLarge, UnusableFile
from inbox.media.inspection import inspect_file
from inbox.media.limits import MediaKind
from inbox.media.service import open_media, store_upload
from inbox.media.storage import MediaStore
from inbox.media.uploads import MetaUploads, forget_unsent_uploads
from inbox.whatsapp.client import GraphClient, GraphTarget
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.inbox.media.conftest import chunks_of, write_picture, write_sound
from tests.inbox.outbox.fake_graph import FakeGraph


def read(file: Path) -> bytes:
    return file.read_bytes()


async def upload(
    database: Database, seed: SeededAccount, store: MediaStore, file: Path, *, kind: MediaKind | None = None,
    voice: bool = False, name: str | None = None, tmp_path: Path,
) -> tuple[str, str | None, bytes]:  # fmt: skip
    """Type, name and bytes of what was stored."""
    view = await store_upload(
        database,
        seed.ana,
        store,
        chunks=chunks_of(read(file)),
        file_name=name or file.name,
        kind=kind,
        voice=voice,
    )
    opened = await open_media(database, seed.ana, store, view.id)
    return view.mime_type, view.file_name, b"".join([chunk async for chunk in opened.stored.chunks])


@pytest.mark.parametrize(
    ("container", "codec", "name", "rate"),
    [
        ("webm", "libopus", "gravação.webm", 48_000),
        ("mp4", "aac", "voz.m4a", 44_100),
        ("wav", "pcm_s16le", "voz.wav", 48_000),
    ],
)
async def test_recordings_become_ogg_opus_mono(
    database: Database,
    seed: SeededAccount,
    store: MediaStore,
    tmp_path: Path,
    container: str,
    codec: str,
    name: str,
    rate: int,
) -> None:
    recording = write_sound(tmp_path / "recording", container=container, codec=codec, rate=rate)
    mime_type, file_name, content = await upload(
        database, seed, store, recording, voice=True, name=name, tmp_path=tmp_path
    )
    assert mime_type == "audio/ogg"
    assert file_name == f"{Path(name).stem}.ogg"
    (tmp_path / "stored").write_bytes(content)
    stored = inspect_file(tmp_path / "stored")
    assert (stored.audio_codec, stored.audio_channels) == ("opus", 1)
    assert stored.duration_ms == pytest.approx(2000, abs=150)


async def test_sounds_that_whatsapp_takes_are_left_as_they_are(
    database: Database, seed: SeededAccount, store: MediaStore, tmp_path: Path
) -> None:
    song = write_sound(tmp_path / "song.m4a", container="mp4", codec="aac", rate=44_100)
    mime_type, file_name, content = await upload(database, seed, store, song, tmp_path=tmp_path)
    assert (mime_type, file_name, content) == ("audio/mp4", "song.m4a", read(song))


@pytest.mark.parametrize(
    ("format_", "mode", "expected"),
    [("WEBP", "RGB", "image/jpeg"), ("GIF", "P", "image/jpeg"), ("AVIF", "RGB", "image/jpeg"), ("PNG", "P", "image/jpeg"),
     ("JPEG", "CMYK", "image/jpeg"), ("PNG", "RGBA", "image/png"), ("JPEG", "RGB", "image/jpeg")],
)  # fmt: skip
async def test_pictures_become_what_whatsapp_shows(
    database: Database,
    seed: SeededAccount,
    store: MediaStore,
    tmp_path: Path,
    format_: str,
    mode: str,
    expected: str,
) -> None:
    picture = write_picture(tmp_path / "foto.orig", format_, mode=mode)
    mime_type, _, content = await upload(database, seed, store, picture, tmp_path=tmp_path)
    assert mime_type == expected
    (tmp_path / "stored").write_bytes(content)
    assert inspect_file(tmp_path / "stored").picture_mode in {"RGB", "RGBA"}


async def test_the_content_decides_not_the_name(
    database: Database, seed: SeededAccount, store: MediaStore, tmp_path: Path
) -> None:
    page = tmp_path / "nota.pdf"
    page.write_text("<html><script>alert(1)</script></html>")
    mime_type, _, _ = await upload(database, seed, store, page, tmp_path=tmp_path)
    assert mime_type == "text/plain"
    with pytest.raises(UnusableFile) as refused:
        await upload(database, seed, store, page, kind="image", tmp_path=tmp_path)
    assert refused.value.reason_key == "not_a_picture"
    assert set(refused.value.as_problem()["reason"]) == {"pt-BR", "en"}


async def test_animated_pictures_empty_and_too_large_files_are_refused_with_a_reason(
    database: Database, seed: SeededAccount, store: MediaStore, tmp_path: Path
) -> None:
    moving = tmp_path / "moving.gif"
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    frames[0].save(moving, save_all=True, append_images=frames[1:])
    with pytest.raises(UnusableFile) as refused:
        await upload(database, seed, store, moving, kind="image", tmp_path=tmp_path)
    assert refused.value.reason_key == "picture_animated"
    (tmp_path / "empty").touch()
    with pytest.raises(UnusableFile, match="empty"):
        await upload(database, seed, store, tmp_path / "empty", tmp_path=tmp_path)
    with pytest.raises(FileTooLarge):
        await store_upload(
            database,
            seed.ana,
            store,
            chunks=chunks_of(b"x" * 3_000_000),
            file_name="big",
            most_bytes=2_000_000,
        )


async def test_an_upload_is_its_owners_until_it_is_sent(
    database: Database, seed: SeededAccount, store: MediaStore, tmp_path: Path
) -> None:
    view = await store_upload(
        database, seed.ana, store, chunks=chunks_of(b"segredo"), file_name="../../etc/passwd"
    )
    assert view.file_name == "passwd"
    assert (await open_media(database, seed.ana, store, view.id)).media == view
    for other in (seed.bruno, seed.admin):
        with pytest.raises(NotFound):
            await open_media(database, other, store, view.id)


async def test_a_file_goes_to_meta_once_per_number(
    database: Database,
    seed: SeededAccount,
    store: MediaStore,
    client: GraphClient,
    graph: FakeGraph,
    target: GraphTarget,
) -> None:
    view = await store_upload(
        database, seed.ana, store, chunks=chunks_of(b"a;b\n1;2\n"), file_name="preços.csv"
    )
    uploads = MetaUploads(database, store, client)
    number_id = seed.number.id
    first = await uploads.upload(seed.account_id, number_id, target, view.id)
    assert await uploads.upload(seed.account_id, number_id, target, view.id) == first
    assert graph.uploads == [("text/plain", "preços.csv", b"a;b\n1;2\n")]
    with pytest.raises(NotFound):
        await uploads.upload(seed.account_id, number_id, target, number_id)


async def test_uploads_that_no_message_carried_are_forgotten_after_a_day(
    database: Database, settings: Settings, seed: SeededAccount, store: MediaStore
) -> None:
    old = await store_upload(database, seed.ana, store, chunks=chunks_of(b"old"), file_name="old.txt")
    new = await store_upload(database, seed.ana, store, chunks=chunks_of(b"new"), file_name="new.txt")
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(
            "UPDATE media SET created_at = now() - interval '25 hours' WHERE id = %s", (old.id,)
        )
    assert await forget_unsent_uploads(database, store) == 1
    assert (await open_media(database, seed.ana, store, new.id)).media == new
    with pytest.raises(NotFound):
        await open_media(database, seed.ana, store, old.id)
