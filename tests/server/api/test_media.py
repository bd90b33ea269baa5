"""Files over HTTP: taken, given in parts, only to those who may see them, and never as something that runs."""

import io
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image
from sqlalchemy import text

from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.kernel.ids import new_id
from inbox.media.models import Media
from tests.conftest import SeededAccount
from tests.inbox.rows import Talk, add_talk
from tests.server.api.conftest import ApiParts, SignedInClient, SignIn
from tests.server.api.test_resources import problem

_DOCUMENT = b"%PDF-1.4\n" + bytes(range(256)) * 8 + b"\n%%EOF\n"


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "PNG")
    return file.getvalue()


async def upload(
    client: SignedInClient, content: bytes, name: str, mime_type: str, **fields: Any
) -> httpx.Response:
    return await client.post("/api/v1/media", files={"file": (name, content, mime_type)}, data=fields)


async def stored(
    parts: ApiParts, actor: Actor, talk: Talk | None, name: str, mime_type: str, content: bytes, tmp: Any
) -> UUID:
    """A file as it lies after a fetch, whatever WhatsApp thinks of its type."""
    media_id = new_id()
    key = f"{actor.account_id}/{media_id}"
    file = tmp / str(media_id)
    file.write_bytes(content)
    await parts.media_store.put(key, file, mime_type)
    async with parts.database.system() as work:
        work.session.add(
            Media(
                account_id=actor.account_id,
                id=media_id,
                message_id=talk.message_id if talk else None,
                mime_type=mime_type,
                file_name=name,
                size=len(content),
                state="stored",
                storage_key=key,
                created_at=work.now(),
            )
        )
    return media_id


async def test_an_upload_comes_back_as_it_was_with_its_name_and_type(
    signed_in: SignIn, seed: SeededAccount
) -> None:
    ana = await signed_in(seed.ana)
    content = picture()
    response = await upload(ana, content, "vaso azul.png", "image/png")
    assert response.status_code == 201, response.text
    media = response.json()
    assert (media["mime_type"], media["width"], media["height"]) == ("image/png", 40, 30)
    response = await ana.get(f"/media/{media['id']}")
    assert (response.status_code, response.content) == (200, content)
    headers = response.headers
    assert headers["content-type"] == "image/png"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"].startswith("private")
    assert headers["content-disposition"] == (
        "inline; filename=\"vaso azul.png\"; filename*=UTF-8''vaso%20azul.png"
    )
    same = await ana.get(f"/media/{media['id']}", headers={"If-None-Match": headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    saved = await ana.get(f"/media/{media['id']}", params={"download": "1"})
    assert saved.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("wanted", "first", "stop"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=5-", 5, len(_DOCUMENT)),
        ("bytes=-7", len(_DOCUMENT) - 7, len(_DOCUMENT)),
        (f"bytes=10-{len(_DOCUMENT) + 500}", 10, len(_DOCUMENT)),
        (f"bytes=-{len(_DOCUMENT) + 500}", 0, len(_DOCUMENT)),
    ],
)
async def test_a_part_is_given_when_a_part_is_asked_for(
    signed_in: SignIn, seed: SeededAccount, wanted: str, first: int, stop: int
) -> None:
    ana = await signed_in(seed.ana)
    media = (await upload(ana, _DOCUMENT, "a.pdf", "application/pdf", kind="document")).json()
    response = await ana.get(f"/media/{media['id']}", headers={"Range": wanted})
    assert response.status_code == 206
    assert response.content == _DOCUMENT[first:stop]
    assert response.headers["content-range"] == f"bytes {first}-{stop - 1}/{len(_DOCUMENT)}"
    assert response.headers["content-length"] == str(stop - first)


async def test_ranges_that_make_no_sense_are_ignored_or_refused(
    signed_in: SignIn, seed: SeededAccount
) -> None:
    ana = await signed_in(seed.ana)
    media = (await upload(ana, _DOCUMENT, "a.pdf", "application/pdf", kind="document")).json()
    path = f"/media/{media['id']}"
    for ignored in ("bytes=9-2", "bytes=1-2,4-5", "lines=1-2", "bytes=-"):
        assert (await ana.get(path, headers={"Range": ignored})).status_code == 200
    beyond = await ana.get(path, headers={"Range": f"bytes={len(_DOCUMENT)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(_DOCUMENT)}")
    stale = await ana.get(path, headers={"Range": "bytes=0-1", "If-Range": '"another"'})
    assert stale.status_code == 200


async def test_what_could_run_in_a_page_is_only_ever_saved(
    signed_in: SignIn, seed: SeededAccount, parts: ApiParts, database: Database, tmp_path: Any
) -> None:
    talk = await add_talk(database, seed)
    ana = await signed_in(seed.ana)
    for mime_type, name in (("text/html", 'x"\r\n.html'), ("image/svg+xml", "é.svg"), ("text/xml", "a.xml")):
        media_id = await stored(
            parts, seed.ana, talk, name, mime_type, b"<script>alert(1)</script>", tmp_path
        )
        response = await ana.get(f"/media/{media_id}")
        assert response.headers["content-type"] == "application/octet-stream"
        assert response.headers["content-disposition"].startswith("attachment; filename=")


async def test_a_conversations_file_is_for_those_who_see_the_conversation(
    signed_in: SignIn, seed: SeededAccount, parts: ApiParts, database: Database, tmp_path: Any
) -> None:
    talk = await add_talk(database, seed)
    media_id = await stored(parts, seed.ana, talk, "a.jpg", "image/jpeg", b"jpeg", tmp_path)
    own = await stored(parts, seed.ana, None, "b.jpg", "image/jpeg", b"jpeg", tmp_path)
    path = f"/media/{media_id}"
    assert (await (await signed_in(seed.ana)).get(path)).status_code == 200
    bruno = await signed_in(seed.bruno)
    assert problem(await bruno.get(path)) == (404, "not_found")
    assert problem(await bruno.get(f"/media/{own}")) == (404, "not_found")
    assert problem(await bruno.get(f"/media/{uuid4()}")) == (404, "not_found")
    assert problem(await bruno.get("/media/none")) == (404, "not_found")


async def test_the_media_cookie_opens_files_and_nothing_else(
    client: httpx.AsyncClient,
    signed_in: SignIn,
    seed: SeededAccount,
    parts: ApiParts,
    database: Database,
    tmp_path: Any,
) -> None:
    talk = await add_talk(database, seed)
    media_id = await stored(parts, seed.ana, talk, "a.jpg", "image/jpeg", b"jpeg", tmp_path)
    claims = parts.tokens.actor_from((await signed_in(seed.ana)).token)
    media_token = parts.tokens.issue_media(
        user_id=claims.user_id, account_id=claims.account_id, session_id=claims.session_id
    ).token
    path = f"/media/{media_id}"
    assert problem(await client.get(path)) == (401, "unauthenticated")
    assert (await client.get(path, headers={"Cookie": f"prosa_media={media_token}"})).content == b"jpeg"
    as_bearer = {"Authorization": f"Bearer {media_token}"}
    assert problem(await client.get("/api/v1/me", headers=as_bearer)) == (401, "unauthenticated")
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE sessions SET revoked_at = now() WHERE id = :id"), {"id": claims.session_id}
        )
    revoked = await client.get(path, headers={"Cookie": f"prosa_media={media_token}"})
    assert problem(revoked) == (401, "session_over")


async def test_a_file_that_is_not_here_yet_is_a_conflict_and_can_be_asked_for_again_when_it_failed(
    signed_in: SignIn, seed: SeededAccount, database: Database
) -> None:
    talk = await add_talk(database, seed)
    media_id = new_id()
    async with database.system() as work:
        work.session.add(
            Media(
                account_id=seed.account_id,
                id=media_id,
                message_id=talk.message_id,
                number_id=seed.number.id,
                meta_media_id="123",
                mime_type="image/jpeg",
                state="failed",
                created_at=work.now(),
            )
        )
    ana = await signed_in(seed.ana)
    assert problem(await ana.get(f"/media/{media_id}")) == (409, "media_not_stored")
    path = f"/api/v1/media/{media_id}/fetch"
    response = await ana.post(path)
    assert (response.status_code, response.json()["state"]) == (202, "pending")
    assert problem(await ana.post(path)) == (409, "media_not_fetchable")
    assert problem(await (await signed_in(seed.bruno)).post(path)) == (404, "not_found")


async def test_uploads_that_cannot_be_sent_say_why(signed_in: SignIn, seed: SeededAccount) -> None:
    ana = await signed_in(seed.ana)
    empty = await upload(ana, b"", "a.txt", "text/plain")
    assert problem(empty) == (422, "unusable_file")
    assert set(empty.json()["reason"]) == {"pt-BR", "en"}
    not_a_picture = await upload(ana, b"hello", "a.png", "image/png", kind="image")
    assert problem(not_a_picture) == (422, "unusable_file")
    assert problem(await ana.post("/api/v1/media")) == (422, "invalid")
