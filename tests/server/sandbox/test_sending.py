"""POST /{PNID}/messages: what is accepted, what is refused with which code, and what the answer looks like."""

import asyncio
from typing import Any

import pytest

from tests.server.sandbox.conftest import ANA, PNID, OpenWorld, World
from tests.server.sandbox.schemas import check_send_response

TEXT = {"to": ANA, "type": "text", "text": {"body": "Olá"}}


def interactive(kind: str, action: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"type": kind, "body": {"text": "Escolha"}, "action": action} | more
    return {"to": ANA, "type": "interactive", "interactive": body}


def buttons(*titles: str) -> dict[str, Any]:
    return {
        "buttons": [{"type": "reply", "reply": {"id": f"id-{n}", "title": t}} for n, t in enumerate(titles)]
    }


def rows(count: int) -> dict[str, Any]:
    return {
        "button": "Ver",
        "sections": [{"rows": [{"id": str(n), "title": f"Linha {n}"} for n in range(count)]}],
    }


ACCEPTED: dict[str, dict[str, Any]] = {
    "text": TEXT,
    "type defaults to text": {"to": ANA, "text": {"body": "Olá"}},
    "formatted number": {**TEXT, "to": "+55 (11) 99999-0001"},
    "text of 4096": {**TEXT, "text": {"body": "é" * 4096, "preview_url": True}},
    "image by link": {"to": ANA, "type": "image", "image": {"link": "https://x.example/a.jpg", "caption": "c" * 1024}},
    "document by link": {"to": ANA, "type": "document", "document": {"link": "https://x.example/a.pdf", "filename": "a.pdf"}},
    "location": {"to": ANA, "type": "location", "location": {"latitude": -23.5, "longitude": "-46.6", "name": "Loja"}},
    "contacts": {"to": ANA, "type": "contacts", "contacts": [{"name": {"formatted_name": "Bia", "first_name": "Bia"}}]},
    "reaction": {"to": ANA, "type": "reaction", "reaction": {"message_id": "wamid.X", "emoji": "👍🏽"}},
    "reaction removed": {"to": ANA, "type": "reaction", "reaction": {"message_id": "wamid.X", "emoji": ""}},
    "buttons": interactive("button", buttons("Sim", "Não"), header={"type": "text", "text": "Oi"}, footer={"text": "f"}),
    "list": interactive("list", rows(10)),
    "link button": interactive("cta_url", {"name": "cta_url", "parameters": {"display_text": "Ver", "url": "https://x.br"}}),
    "location request": interactive("location_request_message", {"name": "send_location"}),
    "quote": {**TEXT, "context": {"message_id": "wamid.OLD"}},
    "template": {
        "to": ANA, "type": "template",
        "template": {"name": "lembrete_consulta", "language": {"code": "pt_BR"}, "components": [
            {"type": "body", "parameters": [{"type": "text", "text": each} for each in ("Ana", "12/12", "9h")]}]},
    },
}  # fmt: skip

REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "no recipient": ({"type": "text", "text": {"body": "x"}}, 131008),
    "unknown type": ({"to": ANA, "type": "fax", "fax": {}}, 100),
    "no text": ({"to": ANA, "type": "text"}, 131008),
    "empty text": ({**TEXT, "text": {"body": "  "}}, 131009),
    "text of 4097": ({**TEXT, "text": {"body": "x" * 4097}}, 131009),
    "emoji count twice": ({**TEXT, "text": {"body": "😀" * 2049}}, 131009),
    "letters as number": ({**TEXT, "to": "banana"}, 131009),
    "short number": ({**TEXT, "to": "12345"}, 131009),
    "own number": ({**TEXT, "to": "551139000001"}, 131021),
    "unknown media": ({"to": ANA, "type": "image", "image": {"id": "123"}}, 131009),
    "media without source": ({"to": ANA, "type": "image", "image": {}}, 131008),
    "caption too long": ({"to": ANA, "type": "image", "image": {"link": "https://x.example/a.jpg", "caption": "c" * 1025}}, 131009),
    "caption on audio": ({"to": ANA, "type": "audio", "audio": {"link": "https://x.example/a.ogg", "caption": "c"}}, 100),
    "latitude": ({"to": ANA, "type": "location", "location": {"latitude": 91, "longitude": 0}}, 131009),
    "contact without a name part": ({"to": ANA, "type": "contacts", "contacts": [{"name": {"formatted_name": "B"}}]}, 131008),
    "reaction with a word": ({"to": ANA, "type": "reaction", "reaction": {"message_id": "wamid.X", "emoji": "ok"}}, 131009),
    "four buttons": (interactive("button", buttons("1", "2", "3", "4")), 131009),
    "long button": (interactive("button", buttons("x" * 21)), 131009),
    "same titles": (interactive("button", buttons("Sim", "Sim")), 131009),
    "eleven rows": (interactive("list", rows(11)), 131009),
    "eleven rows in two sections": (
        interactive("list", {"button": "Ver", "sections": [
            {"title": "A", "rows": [{"id": f"a{n}", "title": "t"} for n in range(6)]},
            {"title": "B", "rows": [{"id": f"b{n}", "title": "t"} for n in range(5)]}]}), 131009),
    "sections without titles": (
        interactive("list", {"button": "Ver", "sections": [{"rows": [{"id": "a", "title": "t"}]}, {"rows": [{"id": "b", "title": "t"}]}]}), 131008),
    "body too long": (interactive("button", buttons("Sim"), body={"text": "x" * 1025}), 131009),
    "footer too long": (interactive("button", buttons("Sim"), footer={"text": "x" * 61}), 131009),
    "picture header on a list": (interactive("list", rows(1), header={"type": "image", "image": {"link": "https://x"}}), 131009),
    "opaque data too long": ({**TEXT, "biz_opaque_callback_data": "x" * 513}, 131009),
    "unknown template": ({"to": ANA, "type": "template", "template": {"name": "nope", "language": {"code": "pt_BR"}}}, 132001),
    "template parameters missing": (
        {"to": ANA, "type": "template", "template": {"name": "lembrete_consulta", "language": {"code": "pt_BR"}}}, 132000),
    "template parameter with a newline": (
        {"to": ANA, "type": "template", "template": {"name": "retomar_atendimento", "language": {"code": "pt_BR"}, "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "a\nb"}]}]}}, 132018),
    "group": ({**TEXT, "recipient_type": "group"}, 131009),
}  # fmt: skip


@pytest.mark.parametrize("name", ACCEPTED)
async def test_valid_send_is_accepted(world: World, name: str) -> None:
    answer = await world.send_raw(ACCEPTED[name])
    assert answer.status_code == 200, answer.text
    check_send_response(answer.json())
    assert answer.json()["contacts"][0]["wa_id"] == ANA


@pytest.mark.parametrize("name", REFUSED)
async def test_invalid_send_is_refused_with_metas_code(world: World, name: str) -> None:
    body, code = REFUSED[name]
    answer = await world.send_raw(body)
    error = answer.json()["error"]
    assert (error["code"], answer.status_code) == (code, 404 if code == 132001 else 400), error
    assert error["message"].startswith(f"(#{code})")
    assert error["fbtrace_id"]
    assert world.sandbox.sending.sent == type(world.sandbox.sending.sent)()


async def test_token_id_and_version_are_checked(world: World) -> None:
    bad_token = await world.send_raw(TEXT, headers={"authorization": "Bearer nope"})
    assert (bad_token.status_code, bad_token.json()["error"]["code"]) == (401, 190)
    missing = await world.send_raw(TEXT, headers={"authorization": ""})
    assert missing.status_code == 401
    unknown = await world.client.post("/v26.0/999/messages", json=TEXT)
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (400, 100)
    assert unknown.json()["error"]["error_subcode"] == 33
    expired = await world.client.post(f"/v20.0/{PNID}/messages", json=TEXT)
    assert (expired.status_code, expired.json()["error"]["code"]) == (400, 2635)
    future = await world.client.post(f"/v99.0/{PNID}/messages", json=TEXT)
    assert future.json()["error"]["code"] == 2500
    broken = await world.client.post(f"/v26.0/{PNID}/messages", content=b"{no json")
    assert (broken.status_code, broken.json()["error"]["code"]) == (400, 100)


async def test_answer_to_a_bsuid_has_no_wa_id(world: World) -> None:
    body = {"recipient": "BR.10987654321098765432", "type": "text", "text": {"body": "Oi"}}
    answer = (await world.send_raw(body)).json()
    assert answer["contacts"] == [{"input": "BR.10987654321098765432", "user_id": "BR.10987654321098765432"}]


async def test_only_templates_carry_message_status(world: World) -> None:
    template = (await world.send_raw(ACCEPTED["template"])).json()
    assert template["messages"][0]["message_status"] == "accepted"
    assert "message_status" not in (await world.send_raw(TEXT)).json()["messages"][0]


async def test_wa_id_differs_from_to_for_accounts_without_the_ninth_digit(world: World) -> None:
    await world.post("/sandbox/customers", {"wa_id": "558480001234", "name": "Caio"})
    answer = (await world.send_raw({**TEXT, "to": "5584980001234"})).json()
    assert answer["contacts"][0]["input"] == "5584980001234"
    assert answer["contacts"][0]["wa_id"] == "558480001234"
    wamid = answer["messages"][0]["id"]
    await world.receiver.until(lambda: "read" in world.receiver.statuses_of(wamid))
    assert {each["recipient_id"] for each in world.receiver.statuses} == {"558480001234"}


async def test_throughput_is_a_bucket_per_number(open_world: OpenWorld) -> None:
    async with open_world(throughput_per_second=5) as world:
        answers = [await world.send_raw({**TEXT, "to": f"551198888000{n}"}) for n in range(8)]
        codes = [each.json().get("error", {}).get("code") for each in answers]
        assert codes[:5] == [None] * 5
        assert codes[-1] == 130429
        assert answers[-1].status_code == 400
        world.sandbox.clock.advance(1)
        assert (await world.send_raw(TEXT)).status_code == 200


async def test_pair_rate_allows_a_burst_of_45_and_then_one_in_6_seconds(world: World) -> None:
    for _ in range(45):
        await world.text()
        world.sandbox.state.numbers[PNID].throughput.level = 80
    refused = await world.send_raw(TEXT)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, 131056)
    assert (await world.send_raw({**TEXT, "to": "5511988880001"})).status_code == 200
    world.sandbox.clock.advance(6.1)
    await world.text()
    assert (await world.send_raw(TEXT)).json()["error"]["code"] == 131056


async def test_mark_read_covers_earlier_messages_and_typing_marks_read(world: World) -> None:
    first = (await world.post("/sandbox/inbound", {"from": ANA, "text": "um"}))["ids"][0]
    second = (await world.post("/sandbox/inbound", {"from": ANA, "text": "dois"}))["ids"][0]
    body = {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": second,
        "typing_indicator": {"type": "text"},
    }
    answer = await world.client.post(f"/v26.0/{PNID}/messages", json=body)
    assert answer.json() == {"success": True}
    chat = await world.get(f"/phone/api/chats/{PNID}/{ANA}")
    assert {each["id"]: each["status"] for each in chat["messages"]} == {first: "read", second: "read"}
    assert 24 < chat["typing_seconds"] <= 25
    await world.text()
    assert (await world.get(f"/phone/api/chats/{PNID}/{ANA}"))["typing_seconds"] == 0
    unknown = await world.client.post(f"/v26.0/{PNID}/messages", json=body | {"message_id": "wamid.NOPE"})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (400, 131009)


async def test_requests_are_logged_for_assertions(world: World) -> None:
    wamid = await world.text()
    await world.send_raw({"to": ANA, "type": "text"})
    logged = (await world.get("/sandbox/requests"))["requests"]
    assert [(row["status"], row.get("wamid"), row.get("code")) for row in logged] == [
        (200, wamid, None),
        (400, None, 131008),
    ]
    assert logged[0]["body"]["text"] == {"body": "Olá"}
    assert (await world.get("/sandbox/requests?after=1"))["requests"] == logged[1:]


async def test_concurrent_sends_get_different_ids(world: World) -> None:
    ids = await asyncio.gather(*(world.text(f"55119888800{n:02d}") for n in range(40)))
    assert len(set(ids)) == 40
