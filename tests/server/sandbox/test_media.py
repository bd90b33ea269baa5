"""Media: upload limits, lookup, the five-minute address, expiry, faults."""

import base64
import hashlib
from typing import Any

import httpx
import pytest

from server.sandbox.pictures import build_photo, build_sticker
from server.sandbox.voices import build_voice_note, convert_voice
from tests.server.sandbox.conftest import ANA, PNID, World

MEDIA = f"/v26.0/{PNID}/media"


async def upload(world: World, data: bytes, mime: str, name: str = "file") -> httpx.Response:
    fields = {"messaging_product": "whatsapp", "type": mime}
    return await world.client.post(MEDIA, data=fields, files={"file": (name, data, mime)})


async def uploaded(world: World, data: bytes, mime: str) -> str:
    answer = await upload(world, data, mime)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def inbound_photo(world: World) -> dict[str, Any]:
    await world.post("/sandbox/inbound", {"from": ANA, "image": "tv"})
    await world.receiver.until(lambda: bool(world.receiver.messages))
    image: dict[str, Any] = world.receiver.messages[-1]["image"]
    return image


async def test_upload_lookup_download_delete(world: World) -> None:
    photo = build_photo("sofa")
    media_id = await uploaded(world, photo, "image/jpeg")
    found = await world.get(f"/v26.0/{media_id}?phone_number_id={PNID}")
    assert found["sha256"] == hashlib.sha256(photo).hexdigest()
    assert found["file_size"] == str(len(photo))
    assert (found["mime_type"], found["id"], found["messaging_product"]) == (
        "image/jpeg",
        media_id,
        "whatsapp",
    )
    assert f"/{PNID}/" not in found["url"]
    downloaded = await world.client.get(found["url"])
    assert (downloaded.content, downloaded.headers["content-type"]) == (photo, "image/jpeg")
    assert (await world.client.get(found["url"], headers={"authorization": ""})).status_code == 401
    assert (await world.client.get(found["url"] + "0")).status_code == 404
    assert (await world.client.delete(f"/v26.0/{media_id}")).json() == {"success": True}
    assert (await world.client.get(f"/v26.0/{media_id}")).status_code == 400
    assert (await world.client.get(found["url"])).status_code == 404


async def test_addresses_live_five_minutes_and_ids_30_days(world: World) -> None:
    media_id = await uploaded(world, build_photo("sofa"), "image/jpeg")
    url = (await world.get(f"/v26.0/{media_id}"))["url"]
    await world.post("/sandbox/clock", {"advance_seconds": 301})
    assert (await world.client.get(url)).status_code == 404
    fresh = (await world.get(f"/v26.0/{media_id}"))["url"]
    assert (await world.client.get(fresh)).status_code == 200
    await world.post("/sandbox/clock", {"advance_seconds": 30 * 86_400})
    assert (await world.client.get(f"/v26.0/{media_id}")).json()["error"]["code"] == 100


@pytest.mark.parametrize(
    ("data", "mime", "code"),
    [
        (b"\xff\xd8\xff" + b"x" * (5 * 1024 * 1024), "image/jpeg", 131053),
        (b"not a picture", "image/png", 131053),
        (b"GIF89a", "image/gif", 100),
        (b"x", "audio/webm", 100),
        (b"OggS" + b"vorbis" * 50, "audio/ogg", 131053),
        (b"RIFF0000WEBP" + b"x" * 101 * 1024, "image/webp", 131053),
        (b"", "application/pdf", 131053),
    ],
)
async def test_upload_refuses_wrong_types_and_sizes(world: World, data: bytes, mime: str, code: int) -> None:
    answer = await upload(world, data, mime)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


async def test_voice_and_sticker_are_accepted_and_sent(world: World) -> None:
    voice = await uploaded(world, build_voice_note(0.5), "audio/ogg; codecs=opus")
    await world.send({"to": ANA, "type": "audio", "audio": {"id": voice, "voice": True}})
    sticker = await uploaded(world, build_sticker(), "image/webp")
    await world.send({"to": ANA, "type": "sticker", "sticker": {"id": sticker}})


async def test_inbound_media_carries_base64_hash_and_a_fetchable_address(world: World) -> None:
    image = await inbound_photo(world)
    data = (await world.client.get(image["url"])).content
    assert base64.b64decode(image["sha256"]) == hashlib.sha256(data).digest()
    assert data[:3] == b"\xff\xd8\xff"
    assert (await world.get(f"/v26.0/{image['id']}"))["sha256"] == hashlib.sha256(data).hexdigest()
    await world.post("/sandbox/clock", {"advance_seconds": 7 * 86_400 + 1})
    assert (await world.client.get(f"/v26.0/{image['id']}")).status_code == 400


async def test_media_faults(world: World) -> None:
    await world.post("/sandbox/faults/media", {"gone": 1})
    gone = await inbound_photo(world)
    assert (await world.client.get(gone["url"])).status_code == 404
    await world.post("/sandbox/faults/media", {"wrong_hash": 1})
    await world.post("/sandbox/inbound", {"from": ANA, "image": "tv"})
    await world.receiver.until(lambda: len(world.receiver.messages) == 2)
    image = world.receiver.messages[-1]["image"]
    data = (await world.client.get(image["url"])).content
    assert base64.b64decode(image["sha256"]) != hashlib.sha256(data).digest()
    await world.post("/sandbox/faults/media", {"too_big": 1})
    await world.post("/sandbox/inbound", {"from": ANA, "image": "tv"})
    await world.receiver.until(lambda: len(world.receiver.messages) == 3)
    assert world.receiver.messages[-1]["errors"][0]["code"] == 131052


async def test_numbers_and_templates_are_listed_with_fields_and_pages(world: World) -> None:
    number = await world.get(f"/v26.0/{PNID}?fields=display_phone_number,throughput,status")
    assert number == {
        "display_phone_number": "+55 11 3900-0001",
        "throughput": {"level": "STANDARD"},
        "status": "CONNECTED",
        "id": PNID,
    }
    unknown = await world.client.get(f"/v26.0/{PNID}?fields=shoe_size")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (400, 100)
    waba = world.sandbox.config.waba_id
    assert [each["id"] for each in (await world.get(f"/v26.0/{waba}/phone_numbers"))["data"]] == [PNID]
    page = await world.get(f"/v26.0/{waba}/message_templates?limit=2")
    assert len(page["data"]) == 2
    rest = await world.get(
        f"/v26.0/{waba}/message_templates?limit=100&after={page['paging']['cursors']['after']}"
    )
    assert "next" in page["paging"]
    assert "next" not in rest["paging"]
    assert await world.post(f"/v26.0/{waba}/subscribed_apps", {}) == {"success": True}


def test_a_browsers_recording_becomes_ogg_opus() -> None:
    converted = convert_voice(build_voice_note(1.0))
    assert converted[:4] == b"OggS"
    assert b"OpusHead" in converted[:200]
    with pytest.raises(ValueError, match="sound"):
        convert_voice(b"nothing that sounds")
