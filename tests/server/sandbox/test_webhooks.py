"""What the product is posted: bytes, signature, batches, retries, duplicates; and the statistics about it."""

import asyncio
from typing import Any

import orjson
import pytest

from server.sandbox.app import WebhookPolicy
from server.sandbox.envelope import Update, build_payload, escape, sign
from server.sandbox.luck import build_luck
from tests.server.sandbox.conftest import ANA, PNID, OpenWorld, Receiver, World
from tests.server.sandbox.schemas import check_webhook


def test_escaping_and_signature_equal_the_documented_vectors() -> None:
    empty = {"object": "whatsapp_business_account", "entry": []}
    assert sign(escape(empty), "prosa-test-app-secret").endswith(
        "fbc9bd0065253d8dd1315749d4b7f50f938f891ceeedfb3cd64b43b361bbc589"
    )
    full = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [
        {"field": "messages", "value": {"messages": [{"text": {"body": "Olá 😀 ana@ex.com http://x"}}]}}]}]}  # fmt: skip
    body = escape(full)
    assert body == (
        rb'{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":'
        rb'[{"text":{"body":"Ol\u00e1 \ud83d\ude00 ana\u0040ex.com http:\/\/x"}}]}}]}]}'
    )
    assert (
        sign(body, "prosa-test-app-secret")
        == "sha256=296186e06b15f7186712332f69ca6ee94601098187ceb46cdc77854090fb0737"
    )


def test_escaped_text_is_ascii_and_means_the_same() -> None:
    text = 'Ação 100% <b> "x" \\ / \u2028 👩‍👩‍👧 \n\t'
    assert orjson.loads(escape(text)) == text
    assert escape(text).isascii()
    assert b"/" not in escape("a/b").replace(rb"\/", b"")


async def test_every_inbound_form_arrives_signed_and_fits_metas_schema(world: World) -> None:
    other = await world.text()
    forms: list[dict[str, Any]] = [
        {"text": "Oi! Ação @ 100% 😀"},
        {"image": "sofa", "caption": "Olha"},
        {"voice": 0.5},
        {"document": "Nota fiscal"},
        {"sticker": "feliz"},
        {"location": {"latitude": -23.5, "longitude": -46.6, "name": "Casa", "address": "Rua A, 1"}},
        {"contact": {"name": "Bia Souza", "phone": "+55 11 90000-0002"}},
        {"reaction": {"message_id": other, "emoji": "❤️"}},
        {"button": {"message_id": other, "payload": "OK", "text": "Ok"}},
        {"button_reply": {"message_id": other, "id": "1", "title": "Sim"}},
        {"list_reply": {"message_id": other, "id": "1", "title": "Sim", "description": "mesmo"}},
        {"order": {"catalog_id": "1", "text": "", "product_items": [
            {"product_retailer_id": "S", "quantity": 2, "item_price": 30.0, "currency": "BRL"}]}},
        {"unsupported": "poll_creation"},
        {"text": "Vi o anúncio", "referral": {"source_url": "https://fb.me/x", "source_id": "1", "source_type": "ad",
         "headline": "h", "body": "b", "media_type": "image", "image_url": "https://x", "ctwa_clid": "A"}},
    ]  # fmt: skip
    ids = [
        (await world.post("/sandbox/inbound", {"from": ANA, "name": "Ana", **form}))["ids"][0]
        for form in forms
    ]
    await world.receiver.until(lambda: len(world.receiver.messages) == len(forms))
    for payload in world.receiver.payloads:
        check_webhook(payload)
    assert world.receiver.all_signed()
    assert sorted(each["id"] for each in world.receiver.messages) == sorted(ids)
    assert {each["from"] for each in world.receiver.messages} == {ANA}
    assert all(body.isascii() for body in world.receiver.bodies)
    assert all(
        value["metadata"] == {"display_phone_number": "551139000001", "phone_number_id": PNID}
        for value in world.receiver.values
    )


async def test_edits_and_deletions_depend_on_coexistence(world: World) -> None:
    first = (await world.post("/sandbox/inbound", {"from": ANA, "text": "errdo"}))["ids"][0]
    await world.post("/sandbox/inbound", {"from": ANA, "edit": {"message_id": first, "text": "certo"}})
    await world.post("/sandbox/inbound", {"from": ANA, "revoke": first})
    await world.post(f"/sandbox/numbers/{PNID}", {"coexistence": False})
    await world.post("/sandbox/inbound", {"from": ANA, "edit": {"message_id": first, "text": "de novo"}})
    await world.receiver.until(lambda: len(world.receiver.messages) == 4)
    by_type = {each["type"]: each for each in world.receiver.messages}
    assert by_type["edit"]["edit"]["original_message_id"] == first
    assert by_type["edit"]["edit"]["message"]["text"] == {"body": "certo"}
    assert by_type["revoke"]["revoke"] == {"original_message_id": first}
    assert by_type["unsupported"]["unsupported"] == {"type": "edit"}


async def test_username_only_customer_has_no_wa_id(world: World) -> None:
    await world.post("/sandbox/inbound", {"from": "ana.souza", "name": "Ana", "text": "Oi"})
    await world.receiver.until(lambda: len(world.receiver.messages) == 1)
    value = world.receiver.values[0]
    assert "from" not in value["messages"][0]
    assert "wa_id" not in value["contacts"][0]
    assert value["contacts"][0]["user_id"] == value["messages"][0]["from_user_id"]
    assert value["contacts"][0]["profile"] == {"name": "Ana", "username": "ana.souza"}


async def test_updates_are_batched_up_to_the_maximum(open_world: OpenWorld) -> None:
    async with open_world(webhooks=WebhookPolicy(batch_max=30, concurrency=1, min_gap_seconds=0.0)) as world:
        await world.post("/sandbox/inbound", {"from": ANA, "text": "Oi", "times": 100})
        await world.receiver.until(lambda: len(world.receiver.messages) == 100)
        sizes = [len(value["messages"]) for value in world.receiver.values]
        assert max(sizes) == 30
        assert len(world.receiver.bodies) <= 6


@pytest.mark.parametrize("layout", ["grouped", "spread", "mixed"])
def test_layouts_carry_the_same_updates(world: World, layout: Any) -> None:
    number = world.sandbox.state.numbers[PNID]
    updates = [Update(number, "messages", {"id": str(n)}, {"wa_id": str(n % 2)}) for n in range(6)]
    updates += [Update(number, "statuses", {"id": str(n), "status": "sent"}) for n in range(4)]
    payload = build_payload(updates, layout, build_luck(1, "test"))
    changes = [change for entry in payload["entry"] for change in entry["changes"]]
    found = [
        item["id"]
        for change in changes
        for kind in ("messages", "statuses")
        for item in change["value"].get(kind, [])
    ]
    assert sorted(found) == sorted(update.item["id"] for update in updates)
    assert {"grouped": 2, "spread": 10}.get(layout, len(changes)) == len(changes)
    for change in changes:
        contacts = {each["wa_id"] for each in change["value"].get("contacts", [])}
        assert all(contacts for _ in change["value"].get("messages", []))


async def test_failed_post_is_sent_again_whole_until_it_is_taken(world: World) -> None:
    world.receiver.answers = [500, 503, 404]
    await world.post("/sandbox/inbound", {"from": ANA, "text": "Oi"})
    await world.receiver.until(lambda: len(world.receiver.bodies) == 4)
    assert len(set(world.receiver.bodies)) == 1
    assert world.receiver.all_signed()
    await idle(world)
    statistics = (await world.get("/sandbox/stats"))["receiver"]
    assert statistics["answers"] == {"500": 1, "503": 1, "404": 1, "200": 1}
    assert (statistics["attempts"], statistics["acknowledged_updates"]) == (4, 1)


async def test_post_is_given_up_after_the_horizon(open_world: OpenWorld) -> None:
    policy = WebhookPolicy(min_gap_seconds=0.0, retry_gaps_seconds=(0.01,), give_up_after_seconds=0.05)
    async with open_world(webhooks=policy) as world:
        world.receiver.answers = [500] * 1000
        await world.post("/sandbox/inbound", {"from": ANA, "text": "Oi"})
        await idle(world)
        assert (await world.get("/sandbox/stats"))["receiver"]["given_up_posts"] == 1


async def test_dropped_posts_arrive_later(world: World) -> None:
    await world.post("/sandbox/webhooks", {"drop_posts": 3})
    await world.post("/sandbox/inbound", {"from": ANA, "text": "Oi"})
    await world.receiver.until(lambda: len(world.receiver.messages) == 1)
    assert (await world.get("/sandbox/stats"))["receiver"]["dropped_posts"] == 3


async def test_duplicates_within_and_across_posts(world: World) -> None:
    await world.post(
        "/sandbox/webhooks",
        {"duplicate_share": 1.0, "duplicate_parallel_share": 1.0, "duplicate_inside_share": 1.0},
    )
    wamid = (await world.post("/sandbox/inbound", {"from": ANA, "text": "Oi"}))["ids"][0]
    await world.receiver.until(lambda: len(world.receiver.messages) == 6)
    assert {each["id"] for each in world.receiver.messages} == {wamid}
    assert len(world.receiver.bodies) == 3


async def test_shuffle_loses_nothing(world: World) -> None:
    await world.post("/sandbox/webhooks", {"shuffle": True, "shuffle_spread_seconds": 0.05})
    answer = await world.post("/sandbox/inbound", {"from": ANA, "text": "Oi", "times": 60})
    await world.receiver.until(lambda: len(world.receiver.messages) == 60)
    arrived = [each["id"] for each in world.receiver.messages]
    assert sorted(arrived) == sorted(answer["ids"])
    assert arrived != answer["ids"]


async def test_handshake_at_start(open_world: OpenWorld, receiver: Receiver) -> None:
    async with open_world(handshake_at_start=True) as world:
        async with asyncio.timeout(5):
            while not (await world.get("/sandbox/health"))["verified"]:  # noqa: ASYNC110  # asked from outside
                await asyncio.sleep(0.01)
    assert receiver.handshakes == 1


async def test_raw_and_account_level_webhooks(world: World) -> None:
    await world.post("/sandbox/webhooks/raw", {"payload": "not json", "signature": "wrong"})
    await world.post("/sandbox/webhooks/raw", {"payload": {"object": "x"}, "signature": "missing"})
    await world.post(
        "/sandbox/webhooks/field",
        {"field": "account_alerts", "value": {"a": "é"}, "time": 5, "entry_id": "42"},
    )
    await world.receiver.until(lambda: len(world.receiver.bodies) == 3)
    by_body = dict(zip(world.receiver.bodies, world.receiver.signatures, strict=True))
    assert by_body[b"not json"] == "sha256=" + "0" * 64
    assert by_body[b'{"object":"x"}'] == ""
    field = next(body for body in world.receiver.bodies if b"account_alerts" in body)
    assert orjson.loads(field)["entry"][0]["id"] == "42"
    assert orjson.loads(field)["entry"][0]["time"] == 5


async def test_receiver_statistics_measure_the_answer(world: World) -> None:
    await world.post("/sandbox/inbound", {"from": ANA, "text": "Oi", "times": 5})
    await idle(world)
    statistics = (await world.get("/sandbox/stats"))["receiver"]
    assert 0 < statistics["median_ms"] <= statistics["p99_ms"]
    assert statistics["share_above_1_s"] == 0


async def test_same_seed_makes_the_same_ids(open_world: OpenWorld) -> None:
    seen = []
    for _ in range(2):
        async with open_world(deterministic_ids=True) as world:
            seen.append(await world.text())
    async with open_world() as world:
        seen.append(await world.text())
    assert seen[0] == seen[1] != seen[2]


async def idle(world: World) -> None:
    """Until nothing is planned or on its way."""
    async with asyncio.timeout(10):
        while not (await world.get("/sandbox/stats"))["idle"]:  # noqa: ASYNC110  # asked from outside
            await asyncio.sleep(0.005)
