"""Statuses after an accepted send: order, prices, windows, failures of the recipient."""

from datetime import UTC, datetime
from typing import Any

import pytest

from server.sandbox.app import StatusTiming
from tests.server.sandbox.conftest import ANA, PNID, OpenWorld, World
from tests.server.sandbox.schemas import check_webhook
from tests.server.sandbox.test_webhooks import idle

TEMPLATE = {"name": "retomar_atendimento", "language": {"code": "pt_BR"}, "components": [
    {"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}]}  # fmt: skip
MARKETING = {"name": "oferta_semana", "language": {"code": "pt_BR"}, "components": [
    {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "30"}]}]}  # fmt: skip


async def statuses(world: World, wamid: str) -> list[dict[str, Any]]:
    await idle(world)
    return [each for each in world.receiver.statuses if each["id"] == wamid]


async def test_sent_delivered_read_with_opaque_data_and_prices(world: World) -> None:
    body = {"to": ANA, "type": "text", "text": {"body": "Oi"}, "biz_opaque_callback_data": "prosa:msg:42"}
    found = await statuses(world, await world.send(body))
    assert [each["status"] for each in found] == ["sent", "delivered", "read"]
    assert {each["biz_opaque_callback_data"] for each in found} == {"prosa:msg:42"}
    assert {each["recipient_id"] for each in found} == {ANA}
    price = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}
    assert [each.get("pricing") for each in found] == [price, price, None]
    assert all("conversation" not in each for each in found)
    for payload in world.receiver.payloads:
        check_webhook(payload)


async def test_service_messages_were_free_before_october_2026(world: World) -> None:
    await world.post("/sandbox/inbound", {"from": ANA, "text": "Oi"})
    before = datetime(2026, 9, 30, tzinfo=UTC).timestamp()
    world.sandbox.clock.advance(before - world.sandbox.clock.now())
    await world.post("/sandbox/inbound", {"from": ANA, "text": "Oi"})
    world.sandbox.state.chat(PNID, ANA).last_inbound_at = before
    found = await statuses(world, await world.text())
    assert found[0]["pricing"]["type"] == "free_customer_service"


async def test_ad_referral_opens_a_free_entry_point(world: World) -> None:
    referral = {"source_type": "ad", "source_id": "1", "source_url": "https://fb.me/x"}
    await world.post("/sandbox/inbound", {"from": ANA, "text": "Oi", "referral": referral})
    found = await statuses(world, await world.text())
    assert found[0]["pricing"] == {
        "billable": False,
        "pricing_model": "PMP",
        "type": "free_entry_point",
        "category": "referral_conversion",
    }
    assert found[0]["conversation"]["origin"] == {"type": "referral_conversion"}
    assert "expiration_timestamp" in found[0]["conversation"]


async def test_old_webhook_versions_carry_conversation(open_world: OpenWorld) -> None:
    async with open_world(webhook_version=23) as world:
        found = await statuses(world, await world.text())
        assert "conversation" in found[0]


async def test_closed_window_fails_later_but_templates_pass(world: World) -> None:
    await world.post("/sandbox/inbound", {"from": ANA, "text": "Oi", "age_seconds": 24 * 3600 + 1})
    found = await statuses(world, await world.text())
    assert [(each["status"], each["errors"][0]["code"]) for each in found] == [("failed", 131047)]
    assert "pricing" not in found[0]
    template = await world.send({"to": ANA, "type": "template", "template": TEMPLATE})
    assert [each["status"] for each in await statuses(world, template)] == ["sent", "delivered", "read"]


async def test_window_counts_from_the_messages_time_and_reopens(world: World) -> None:
    await world.post("/sandbox/inbound", {"from": ANA, "text": "Oi"})
    await world.post("/sandbox/clock", {"advance_seconds": 24 * 3600 - 5})
    assert (await statuses(world, await world.text()))[0]["status"] == "sent"
    await world.post("/sandbox/clock", {"advance_seconds": 10})
    assert (await statuses(world, await world.text()))[0]["status"] == "failed"
    await world.post("/sandbox/inbound", {"from": ANA, "text": "Oi de novo"})
    assert (await statuses(world, await world.text()))[0]["status"] == "sent"


async def test_window_policies(world: World) -> None:
    await world.post("/sandbox/statuses", {"window_policy": "strict"})
    assert (await statuses(world, await world.text()))[0]["status"] == "failed"
    await world.post("/sandbox/statuses", {"sync_window_errors": True})
    answer = await world.send_raw({"to": ANA, "type": "text", "text": {"body": "x"}})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 131047)
    await world.post("/sandbox/statuses", {"window_policy": "off"})
    assert (await statuses(world, await world.text()))[0]["status"] == "sent"


@pytest.mark.parametrize(
    ("to", "code"),
    [("5511900131026", 131026), ("5511900131047", 131047), ("5511900137000", 137000)],
)
async def test_magic_recipients_fail(world: World, to: str, code: int) -> None:
    found = await statuses(world, await world.text(to))
    assert [each["errors"][0]["code"] for each in found] == [code]
    assert "recipient_user_id" not in found[0]
    assert found[0]["errors"][0]["href"].startswith("/documentation")


@pytest.mark.parametrize(
    ("behaviour", "code"), [("opted_out", 131050), ("experiment", 130472), ("unhealthy", 131049)]
)
async def test_marketing_refusals_spare_service_messages(world: World, behaviour: str, code: int) -> None:
    await world.post("/sandbox/customers", {"wa_id": ANA, "behaviour": behaviour})
    marketing = await world.send({"to": ANA, "type": "template", "template": MARKETING})
    assert (await statuses(world, marketing))[0]["errors"][0]["code"] == code
    assert (await statuses(world, await world.text()))[-1]["status"] == "read"


async def test_blocked_business_fails(world: World) -> None:
    await world.post("/sandbox/customers", {"wa_id": ANA, "behaviour": "blocked"})
    assert (await statuses(world, await world.text()))[0]["errors"][0]["code"] == 131026


async def test_reaction_gives_only_sent_and_shows_on_the_phone(world: World) -> None:
    wamid = (await world.post("/sandbox/inbound", {"from": ANA, "text": "Oi"}))["ids"][0]
    sent = await world.send({"to": ANA, "type": "reaction", "reaction": {"message_id": wamid, "emoji": "👍"}})
    assert [each["status"] for each in await statuses(world, sent)] == ["sent"]
    messages = (await world.get(f"/phone/api/chats/{PNID}/{ANA}"))["messages"]
    assert [each["business_reaction"] for each in messages] == ["👍"]


async def test_without_receipts_delivered_is_final(world: World) -> None:
    await world.post("/sandbox/customers", {"wa_id": ANA, "receipts": False})
    assert [each["status"] for each in await statuses(world, await world.text())] == ["sent", "delivered"]


async def test_voice_note_is_played(world: World) -> None:
    sent = await world.send(
        {"to": ANA, "type": "audio", "audio": {"link": "https://x.example/a.ogg", "voice": True}}
    )
    assert [each["status"] for each in await statuses(world, sent)] == ["sent", "delivered", "read", "played"]


async def test_delivered_can_be_skipped_and_order_can_be_lost(open_world: OpenWorld) -> None:
    instant = (0.0, 0.0)
    timing = StatusTiming(
        instant, instant, instant, instant, skip_delivered_share=1.0, out_of_order_share=1.0
    )
    async with open_world(timing=timing) as world:
        orders = {
            tuple(each["status"] for each in await statuses(world, await world.text())) for _ in range(12)
        }
        assert orders == {("sent", "read"), ("read", "sent")}
        sent = world.sandbox.sending.sent[-1]["message"]
        assert sent.status == "read"
