"""Virtual customers: variety, rate, answers, silence; and the phone page's API and its snapshot."""

import asyncio
from pathlib import Path

import orjson

from server.sandbox.customers.people import People
from server.sandbox.customers.scripts import SCRIPTS, Say
from server.sandbox.state import brazilian_twin
from tests.server.sandbox.conftest import ANA, PNID, OpenWorld, World
from tests.server.sandbox.test_webhooks import idle


def test_scripts_are_many_varied_and_fillable() -> None:
    facts = {
        "nome",
        "primeiro",
        "pedido",
        "produto",
        "valor",
        "bairro",
        "cidade",
        "cep",
        "dia",
        "hora",
        "saudacao",
    }
    assert len(SCRIPTS) >= 25
    assert len({each.name for each in SCRIPTS}) == len(SCRIPTS)
    kinds = {type(part) for script in SCRIPTS for turn in script.turns for part in turn}
    assert len(kinds) == 9
    assert sum(len(script.turns) > 2 for script in SCRIPTS) >= 20
    for script in SCRIPTS:
        for turn in script.turns:
            for part in turn:
                for text in part.variants if isinstance(part, Say) else ():
                    assert text.format_map(dict.fromkeys(facts, "x"))


def test_people_are_repeatable_and_mixed() -> None:
    first, second = People(3), People(3)
    crowd = [first.next() for _ in range(300)]
    assert crowd == [second.next() for _ in range(300)]
    phones = [each.wa_id for each in crowd if each.wa_id]
    assert len(set(phones)) == len(phones)
    assert {12, 13} == {len(each) for each in phones}
    assert all(brazilian_twin(brazilian_twin(each)) == each for each in phones)
    assert 5 < sum(not each.wa_id for each in crowd) < 40
    assert all(each.username for each in crowd if not each.wa_id)


async def test_every_script_plays_to_its_end(open_world: OpenWorld) -> None:
    """Each customer is answered after every turn, and each script must come to its end."""
    async with open_world(throughput_per_second=10_000) as world:
        await play_every_script(world)


async def play_every_script(world: World) -> None:
    for script in SCRIPTS:
        run = world.sandbox.engine.begin(script.name)
        assert run is not None
        for turn in range(1, len(script.turns) + 1):
            async with asyncio.timeout(20):
                while run.turn < turn:  # noqa: ASYNC110  # the engine tells nobody
                    await asyncio.sleep(0.002)
            if turn < len(script.turns):
                await world.send({"to": run.customer.wa_id, "text": {"body": "Certo!"}} if run.customer.wa_id
                                 else {"recipient": run.customer.user_id, "text": {"body": "Certo!"}})  # fmt: skip
    assert world.sandbox.engine.active == 0
    await idle(world)
    types = {each["type"] for each in world.receiver.messages}
    assert types >= {"text", "image", "audio", "document", "sticker", "location", "contacts", "reaction"}
    assert any("referral" in each for each in world.receiver.messages)


async def test_rate_starts_conversations_and_zero_is_silence(world: World) -> None:
    await world.post("/sandbox/customers/rate", {"per_minute": 6000})
    await world.receiver.until(lambda: len(world.receiver.messages) >= 10)
    await world.post("/sandbox/customers/rate", {"per_minute": 0})
    started = world.sandbox.engine.started
    await asyncio.sleep(0.05)  # at the old rate five more would have begun
    assert world.sandbox.engine.started == started > 0


async def test_without_a_rate_nobody_answers(world: World) -> None:
    await world.text()
    await idle(world)
    assert world.receiver.messages == []


async def test_customer_taps_a_button(world: World) -> None:
    world.sandbox.engine.per_minute = 0.001
    body = {"type": "button", "body": {"text": "?"}, "action": {"buttons": [
        {"type": "reply", "reply": {"id": "s", "title": "Sim"}}]}}  # fmt: skip
    for n in range(12):
        await world.send({"to": f"55119888800{n:02d}", "type": "interactive", "interactive": body})
    await idle(world)
    taps = [each for each in world.receiver.messages if each["type"] == "interactive"]
    assert len(taps) >= 6
    assert all(each["interactive"]["button_reply"] == {"id": "s", "title": "Sim"} for each in taps)
    assert {each["context"]["from"] for each in taps} == {"551139000001"}


async def test_phone_api_plays_a_customer(world: World) -> None:
    ana = await world.post("/phone/api/customers", {"name": "Ana", "wa_id": ANA})
    assert ana["played"]
    chat = f"/phone/api/chats/{PNID}/{ANA}"
    first = (await world.post(chat, {"text": "Oi"}))["ids"][0]
    await idle(world)
    assert (await world.get(chat))["messages"][0]["status"] == "sent"
    reply = await world.text(body="Olá!")
    await idle(world)
    assert world.receiver.statuses_of(reply) == ["sent", "delivered"]
    assert (await world.post(f"{chat}/read", {})) == {"read": 1}
    await idle(world)
    assert world.receiver.statuses_of(reply)[-1] == "read"
    await world.post(chat, {"reaction": {"message_id": reply, "emoji": "❤️"}})
    await world.post(chat, {"text": "citando", "reply_to": reply})
    answer = await world.client.post(
        f"{chat}/file?kind=document&filename=a.txt", content=b"oi", headers={"content-type": "text/plain"}
    )
    assert answer.status_code == 200
    shown = (await world.get(chat))["messages"]
    assert [each["type"] for each in shown] == ["text", "text", "text", "document"]
    assert shown[1]["customer_reaction"] == "❤️"
    assert shown[2]["context_id"] == reply
    people = (await world.get("/phone/api/world"))["customers"]
    assert (people[0]["key"], people[0]["last"]["type"]) == (ANA, "document")
    media = await world.client.get(f"/phone/media/{shown[3]['content']['id']}", headers={"range": "bytes=1-"})
    assert (media.status_code, media.content) == (206, b"i")
    assert first in {each["id"] for each in shown}


async def test_live_events_reach_the_open_page(world: World) -> None:
    lines = world.sandbox.live.stream()
    assert await anext(lines) == b"retry: 1000\n\n"
    await world.post(f"/phone/api/chats/{PNID}/{ANA}", {"text": "Oi"})
    event = orjson.loads((await anext(lines)).removeprefix(b"data: "))
    assert (event["event"], event["customer"], event["message"]["status"]) == ("message", ANA, "pending")
    acknowledged = orjson.loads((await anext(lines)).removeprefix(b"data: "))
    assert acknowledged["message"]["status"] == "sent"
    await lines.aclose()  # type: ignore[attr-defined]


async def test_page_and_its_files_are_served_with_a_strict_policy(world: World) -> None:
    page = await world.client.get("/phone")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "http" not in page.text.replace("http-equiv", "")
    for name in ("main.js", "chat.css", "icon.svg"):
        assert (await world.client.get(f"/phone/files/{name}")).status_code == 200


async def test_chats_and_media_survive_a_restart(open_world: OpenWorld, tmp_path: Path) -> None:
    async with open_world(data_dir=tmp_path) as world:
        await world.post("/sandbox/inbound", {"from": ANA, "name": "Ana", "image": "sofa"})
        reply = await world.text()
        await idle(world)
        before = (await world.get(f"/phone/api/chats/{PNID}/{ANA}"))["messages"]
    async with open_world(data_dir=tmp_path) as world:
        after = (await world.get(f"/phone/api/chats/{PNID}/{ANA}"))["messages"]
        assert after == before
        assert after[-1]["id"] == reply
        assert (await world.client.get(f"/phone/media/{after[0]['content']['id']}")).status_code == 200
        assert (await world.text()) not in {each["id"] for each in after}


async def test_message_that_was_never_taken_is_posted_after_a_restart(
    open_world: OpenWorld, tmp_path: Path
) -> None:
    async with open_world(data_dir=tmp_path) as world:
        await world.post("/sandbox/webhooks", {"drop_seconds": 60})
        wamid = (await world.post("/sandbox/inbound", {"from": ANA, "text": "Oi"}))["ids"][0]
    async with open_world(data_dir=tmp_path) as world:
        await world.receiver.until(lambda: [each["id"] for each in world.receiver.messages] == [wamid])
        assert world.receiver.messages[0]["text"] == {"body": "Oi"}


async def test_broken_snapshot_is_set_aside(open_world: OpenWorld, tmp_path: Path) -> None:
    (tmp_path / "sandbox.json").write_bytes(b'{"format": 1, "customers": [{}]}')
    async with open_world(data_dir=tmp_path) as world:
        assert (await world.get("/sandbox/customers"))["customers"] == []
    assert (tmp_path / "sandbox.broken").exists()
