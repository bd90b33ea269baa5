"""Messages in: rows, tickets, events."""

from datetime import timedelta

import orjson
import pytest

from inbox.conversations.repository import MESSAGE_VIEW_SELECT, message_view
from inbox.tickets.repository import TICKET_VIEW_SELECT, ticket_view
from realtime.protocol import EVENT_TYPES
from tests.inbox.ingest.webhooks import Hook, at, message, new_wamid, profile, text


async def test_a_text_becomes_contact_conversation_ticket_message_and_events(hook: Hook) -> None:
    await hook.send(text("Bom dia", wamid="wamid.A", seconds=5), contacts=[profile("Ana Souza")])
    stored = await hook.row("SELECT * FROM messages WHERE account_id = $1")
    assert (stored["direction"], stored["author_kind"], stored["kind"], stored["status"]) == (
        "in",
        "contact",
        "text",
        "received",
    )
    assert orjson.loads(stored["content"]) == {"body": "Bom dia"}
    assert stored["at"] == at(5)
    contact = await hook.row("SELECT * FROM contacts WHERE account_id = $1")
    assert (contact["profile_name"], contact["wa_id"]) == ("Ana Souza", "5511999990001")
    conversation = await hook.row("SELECT * FROM conversations WHERE account_id = $1")
    assert conversation["window_expires_at"] == at(5) + timedelta(hours=24)
    assert conversation["last_inbound_wamid"] == "wamid.A"
    ticket = await hook.row("SELECT * FROM tickets WHERE account_id = $1")
    assert (ticket["state"], ticket["unread_count"], ticket["waiting_since"]) == ("queued", 1, at(5))
    assert ticket["department_id"] == hook.seed.departments["vendas"]
    assert ticket["protocol"].endswith("000001")
    assert [e["type"] for e in await hook.events()] == ["message_created", "ticket_updated"]
    steps = await hook.rows("SELECT type FROM ticket_events WHERE account_id = $1")
    assert [s["type"] for s in steps] == ["opened"]


async def test_fifty_messages_in_one_post_are_all_stored(hook: Hook) -> None:
    await hook.send(*[text(f"m{n}", seconds=n, phone=f"55119999{n % 7:05}") for n in range(50)])
    assert len(await hook.messages()) == 50
    assert await hook.value("SELECT count(*) FROM contacts WHERE account_id = $1") == 7
    assert await hook.value("SELECT sum(unread_count) FROM tickets WHERE account_id = $1") == 50
    events = await hook.events()
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
    assert sum(e["type"] == "message_created" for e in events) == 50
    assert sum(e["type"] == "ticket_updated" for e in events) == 7


async def test_a_second_text_goes_to_the_open_ticket(hook: Hook) -> None:
    await hook.send(text("um", seconds=1))
    await hook.send(text("dois", seconds=2))
    ticket = await hook.row("SELECT * FROM tickets WHERE account_id = $1")
    assert ticket["unread_count"] == 2
    assert orjson.loads(ticket["preview"])["text"] == "dois"
    assert ticket["waiting_since"] == at(1)
    assert ticket["version"] == 2
    stored = await hook.messages()
    assert {m["ticket_id"] for m in stored} == {ticket["id"]}


async def test_the_same_wamid_twice_in_one_post_is_stored_once(hook: Hook) -> None:
    one = text("eco")
    await hook.send(one, one)
    assert len(await hook.messages()) == 1
    assert (await hook.row("SELECT unread_count FROM tickets WHERE account_id = $1"))["unread_count"] == 1


async def test_events_are_valid_views_and_equal_what_the_database_says(hook: Hook) -> None:
    quoted = new_wamid()
    referral = {
        "source_url": "https://fb.me/x",
        "source_id": "1200",
        "source_type": "ad",
        "headline": "Oferta",
    }
    await hook.send(text("Olá", wamid=quoted, seconds=1, referral=referral), contacts=[profile("Bia")])
    await hook.send(
        text("Sobre isso", seconds=2, context={"from": "551130000000", "id": quoted}),
        message({"type": "image", "image": {"id": "9001", "mime_type": "image/jpeg", "caption": "foto"}}, 3),
        text("repassado", seconds=4, context={"forwarded": True}),
        message({"type": "unsupported", "errors": [{"code": 131051, "title": "Message type unknown"}]}, 5),
        message({"type": "location", "location": {"latitude": -23.55, "longitude": -46.63, "name": "Sé"}}, 6),
    )
    for event in await hook.events():
        EVENT_TYPES[event["type"]].model_validate(event["payload"])
    created = {
        e["payload"]["message"]["id"]: e["payload"]["message"]
        for e in await hook.events()
        if e["type"] == "message_created"
    }
    rows = await hook.rows(f"{MESSAGE_VIEW_SELECT} WHERE m.account_id = $1")
    assert len(created) == 6
    assert created == {str(row["id"]): message_view(row).model_dump(mode="json") for row in rows}
    newest = [e["payload"]["ticket"] for e in await hook.events() if e["type"] == "ticket_updated"][-1]
    row = await hook.row(f"{TICKET_VIEW_SELECT} WHERE t.account_id = $1")
    assert newest == ticket_view(row).model_dump(mode="json")


async def test_media_waits_with_a_job_in_the_same_transaction(hook: Hook) -> None:
    audio = {
        "id": "777",
        "mime_type": "audio/ogg; codecs=opus",
        "voice": True,
        "sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    }
    await hook.send(message({"type": "audio", "audio": audio}, 10))
    media = await hook.row("SELECT * FROM media WHERE account_id = $1")
    stored = await hook.row("SELECT * FROM messages WHERE account_id = $1")
    assert media["message_id"] == stored["id"]
    assert (media["state"], media["meta_media_id"], media["number_id"]) == (
        "pending",
        "777",
        hook.seed.number.id,
    )
    assert media["meta_expires_at"] == at(10) + timedelta(days=7)
    assert media["sha256"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert orjson.loads(stored["content"]) == {"voice": True}
    job = await hook.row("SELECT * FROM procrastinate_jobs WHERE args->>'account_id' = $1::uuid::text")
    assert job["task_name"] == "media.fetch"
    assert orjson.loads(job["args"])["media_id"] == str(media["id"])


async def test_unknown_kinds_are_kept_raw_and_shown_as_unsupported(hook: Hook) -> None:
    await hook.send(message({"type": "hologram", "hologram": {"x": 1}}, 1))
    stored = await hook.row("SELECT * FROM messages WHERE account_id = $1")
    assert stored["kind"] == "unsupported"
    assert orjson.loads(stored["raw"])["hologram"] == {"x": 1}
    assert (await hook.row("SELECT * FROM tickets WHERE account_id = $1"))["unread_count"] == 1


async def test_nul_and_half_emoji_do_not_break_the_batch(hook: Hook) -> None:
    body = text("a\x00b")
    lone = text("fim \ud83d", seconds=1)
    nested = message(
        {
            "type": "interactive",
            "interactive": {
                "type": "nfm_reply",
                "nfm_reply": {"name": "flow", "response_json": '{"a":"x\\u0000y"}'},
            },
        },
        2,
    )
    await hook.send(body, lone, nested)
    contents = [orjson.loads(m["content"]) for m in await hook.messages()]
    assert contents[0] == {"body": "a\ufffdb"}
    assert contents[1] == {"body": "fim \ufffd"}
    assert len(contents) == 3
    assert await hook.value("SELECT count(*) FROM dead_webhooks WHERE account_id = $1") == 0


async def test_the_window_counts_from_metas_time_and_never_shrinks(hook: Hook) -> None:
    await hook.send(text("tarde", seconds=100))
    await hook.send(text("cedo", seconds=10))
    await hook.send(
        message({"type": "system", "system": {"type": "customer_identity_changed", "body": "x"}}, 500)
    )
    conversation = await hook.row("SELECT * FROM conversations WHERE account_id = $1")
    assert conversation["last_inbound_at"] == at(100)
    assert conversation["window_expires_at"] == at(100) + timedelta(hours=24)


async def test_an_older_message_that_comes_late_does_not_take_over_the_preview(hook: Hook) -> None:
    await hook.send(text("novo", seconds=100))
    await hook.send(text("velho", seconds=10))
    ticket = await hook.row("SELECT * FROM tickets WHERE account_id = $1")
    assert orjson.loads(ticket["preview"])["text"] == "novo"
    assert (ticket["unread_count"], ticket["last_message_at"], ticket["waiting_since"]) == (
        2,
        at(100),
        at(10),
    )


async def test_a_system_message_is_shown_but_calls_nobody(hook: Hook) -> None:
    await hook.send(
        message({"type": "system", "system": {"type": "customer_identity_changed", "body": "mudou"}}, 1)
    )
    stored = await hook.row("SELECT * FROM messages WHERE account_id = $1")
    assert (stored["kind"], stored["author_kind"]) == ("system", "system")
    assert await hook.value("SELECT count(*) FROM tickets WHERE account_id = $1") == 0


async def test_an_echo_of_the_phone_is_an_outgoing_message_and_answers_the_customer(hook: Hook) -> None:
    await hook.send(text("alguém aí?", seconds=1))
    echo = {
        "from": "551130000000",
        "to": "5511999990001",
        "id": new_wamid(),
        "timestamp": str(int(at(9).timestamp())),
        "type": "text",
        "text": {"body": "Sim!"},
    }
    from tests.inbox.ingest.webhooks import change, document, escaped

    body = document(change(hook.seed.number.phone_number_id, "smb_message_echoes", message_echoes=[echo]))
    assert (await hook.post(escaped(body))).status_code == 200
    stored = (await hook.messages())[-1]
    assert (stored["direction"], stored["author_kind"], stored["status"]) == ("out", "phone", "sent")
    ticket = await hook.row("SELECT * FROM tickets WHERE account_id = $1")
    assert (ticket["waiting_since"], ticket["first_response_at"]) == (None, at(9))
    assert orjson.loads(ticket["preview"])["direction"] == "out"


@pytest.mark.parametrize("state", ["on_hold", "waiting_customer"])
async def test_a_customer_who_writes_wakes_the_ticket(hook: Hook, state: str) -> None:
    await hook.send(text("um"))
    await hook.pool.execute(
        "UPDATE tickets SET state = $2, assignee_id = $3 WHERE account_id = $1",
        hook.seed.account_id,
        state,
        hook.seed.ana.user_id,
    )
    await hook.send(text("dois", seconds=3))
    assert (await hook.row("SELECT state FROM tickets WHERE account_id = $1"))["state"] == "active"
    steps = await hook.rows("SELECT type FROM ticket_events WHERE account_id = $1 ORDER BY id")
    assert [s["type"] for s in steps] == ["opened", "resumed"]
    last = (await hook.events())[-2:]
    assert all(f"user:{hook.seed.ana.user_id}" in e["audience"] for e in last)
