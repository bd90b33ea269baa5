"""Reactions, edits, deletions and identity changes, in any order."""

import itertools
from typing import Any

import orjson
import pytest

from realtime.protocol import EVENT_TYPES
from tests.inbox.ingest.webhooks import Hook, at, message, new_wamid, profile, text


def edit(target: str, body: str, seconds: int) -> dict[str, Any]:
    content = {"original_message_id": target, "message": {"type": "text", "text": {"body": body}}}
    return message({"type": "edit", "edit": content}, seconds)


def revoke(target: str, seconds: int) -> dict[str, Any]:
    return message({"type": "revoke", "revoke": {"original_message_id": target}}, seconds)


def reaction(target: str, emoji: str | None, seconds: int) -> dict[str, Any]:
    content = {"message_id": target} | ({"emoji": emoji} if emoji else {})
    return message({"type": "reaction", "reaction": content}, seconds)


async def end_state(hook: Hook) -> dict[str, Any]:
    row = await hook.row("SELECT * FROM messages WHERE account_id = $1")
    versions = await hook.rows("SELECT kind, content FROM message_versions WHERE account_id = $1")
    ticket = await hook.row("SELECT * FROM tickets WHERE account_id = $1")
    preview = orjson.loads(ticket["preview"])
    return {
        **{
            key: row[key]
            for key in ("kind", "content", "at", "edited_at", "deleted_at", "raw", "direction", "status")
        },
        "versions": sorted(v["content"] for v in versions),
        "unread": ticket["unread_count"],
        "preview": (preview["kind"], preview["text"], preview["status"]),
        "in_ticket": row["ticket_id"] == ticket["id"],
        "window": (await hook.row("SELECT * FROM conversations WHERE account_id = $1"))["last_inbound_at"],
    }


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
async def test_an_edit_and_a_second_edit_lead_to_the_same_end_in_any_order(
    hook: Hook, order: tuple[int, ...]
) -> None:
    wamid = new_wamid()
    parts = [text("um", seconds=1, wamid=wamid), edit(wamid, "dois", 5), edit(wamid, "três", 9)]
    for index in order:
        await hook.send(parts[index], contacts=[profile("Ana")])
        await hook.send(parts[index], contacts=[profile("Ana")])
    state = await end_state(hook)
    assert orjson.loads(state["content"]) == {"body": "três"}
    assert state["edited_at"] == at(9)
    assert [orjson.loads(v)["body"] for v in state["versions"]] == ["dois", "um"]
    assert state["at"] == at(1)
    assert (state["unread"], state["preview"], state["in_ticket"], state["raw"]) == (
        1,
        ("text", "três", "received"),
        True,
        None,
    )
    for event in await hook.events():
        EVENT_TYPES[event["type"]].model_validate(event["payload"])


@pytest.mark.parametrize("first", ["message", "revoke", "together"])
async def test_a_deletion_keeps_the_words_and_hides_them(hook: Hook, first: str) -> None:
    wamid = new_wamid()
    parts = [text("segredo", seconds=1, wamid=wamid), revoke(wamid, 5)]
    if first == "together":
        await hook.send(*reversed(parts))
    else:
        for part in parts if first == "message" else reversed(parts):
            await hook.send(part)
    state = await end_state(hook)
    assert orjson.loads(state["content"]) == {"body": "segredo"}
    assert (state["deleted_at"], state["at"], state["unread"]) == (at(5), at(1), 1)
    assert state["preview"] == ("revoke", "", "received")
    newest = [e["payload"]["message"] for e in await hook.events() if e["type"].startswith("message_")][-1]
    assert newest["content"] == {}
    assert "segredo" not in str([e for e in await hook.events() if e["type"] == "ticket_updated"][-1])


@pytest.mark.parametrize("first", ["message", "reaction"])
async def test_a_reaction_shows_on_its_message_whichever_comes_first(hook: Hook, first: str) -> None:
    wamid = new_wamid()
    parts = [text("oi", seconds=1, wamid=wamid), reaction(wamid, "❤️", 5)]
    for part in parts if first == "message" else reversed(parts):
        await hook.send(part)
    newest = [e["payload"]["message"] for e in await hook.events() if e["type"].startswith("message_")][-1]
    assert newest["reactions"] == [{"reactor": "contact", "emoji": "❤️"}]
    assert len(await hook.messages()) == 1
    assert (await hook.row("SELECT unread_count FROM tickets WHERE account_id = $1"))["unread_count"] == 1


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)])
async def test_the_newest_reaction_wins_and_a_removal_counts(hook: Hook, order: tuple[int, ...]) -> None:
    wamid = new_wamid()
    await hook.send(text("oi", wamid=wamid))
    parts = [reaction(wamid, "👍", 1), reaction(wamid, "❤️", 2), reaction(wamid, None, 3)]
    for index in order:
        await hook.send(parts[index])
    assert (await hook.row("SELECT emoji, at FROM reactions WHERE account_id = $1")) == {
        "emoji": "",
        "at": at(3),
    }


async def test_a_new_number_names_the_same_contact_and_frees_the_old_one(hook: Hook) -> None:
    old, new = "5511999990001", "5521988887777"
    await hook.send(text("antes", phone=old, bsuid="BR.1"), contacts=[profile("Ana", old, "BR.1")])
    change = message(
        {
            "type": "system",
            "system": {
                "type": "user_changed_number",
                "body": "mudou",
                "wa_id": new,
                "user_id": "BR.2",
                "previous_user_id": "BR.1",
            },
        },
        5,
        phone=old,
    )
    await hook.send(change, text("depois", seconds=6, phone=new, bsuid="BR.2"))
    await hook.send(change)
    contact = await hook.row("SELECT * FROM contacts WHERE account_id = $1")
    assert (contact["wa_id"], contact["bsuid"], contact["profile_name"]) == (new, "BR.2", "Ana")
    identities = await hook.rows(
        "SELECT kind, value FROM contact_identities WHERE account_id = $1 ORDER BY kind, value"
    )
    assert [(i["kind"], i["value"]) for i in identities] == [
        ("bsuid", "BR.1"),
        ("bsuid", "BR.2"),
        ("phone", new),
    ]
    assert [m["kind"] for m in await hook.messages()] == ["text", "system", "text"]
    assert await hook.value("SELECT count(*) FROM conversations WHERE account_id = $1") == 1


async def test_a_changed_user_id_alone_keeps_the_phone(hook: Hook) -> None:
    await hook.send(text(bsuid="BR.1"))
    await hook.send(
        message(
            {
                "type": "system",
                "system": {"type": "user_changed_user_id", "user_id": "BR.2", "previous_user_id": "BR.1"},
            },
            5,
        )
    )
    await hook.send(text("eu", seconds=6, phone=None, bsuid="BR.2"))
    contact = await hook.row("SELECT * FROM contacts WHERE account_id = $1")
    assert (contact["bsuid"], contact["wa_id"]) == ("BR.2", "5511999990001")


async def test_a_history_placeholder_is_filled_by_its_media(hook: Hook) -> None:
    from tests.inbox.ingest.webhooks import change, document, escaped

    wamid = new_wamid()
    number = hook.seed.number.phone_number_id
    placeholder = {
        "from": "5511999990001",
        "id": wamid,
        "timestamp": str(int(at(1).timestamp())),
        "type": "media_placeholder",
        "history_context": {"status": "READ"},
    }
    chunk = {
        "metadata": {"phase": 0, "chunk_order": 1, "progress": 10},
        "threads": [{"id": "5511999990001", "messages": [placeholder]}],
    }
    image = {**placeholder, "type": "image", "image": {"id": "55", "mime_type": "image/jpeg"}}
    for body in (change(number, "history", history=[chunk]), change(number, "history", messages=[image])):
        for _ in range(2):
            assert (await hook.post(escaped(document(body)))).status_code == 200
    stored = await hook.row("SELECT * FROM messages WHERE account_id = $1")
    assert (stored["kind"], stored["raw"]) == ("image", None)
    assert await hook.value("SELECT count(*) FROM media WHERE account_id = $1") == 1
    assert await hook.value("SELECT count(*) FROM tickets WHERE account_id = $1") == 0
    assert await hook.value("SELECT window_expires_at FROM conversations WHERE account_id = $1") is None


async def test_a_window_that_widens_without_an_open_ticket_is_told_to_who_looks(hook: Hook) -> None:
    wamid = new_wamid()
    await hook.send(text("Oi", seconds=1, wamid=wamid), contacts=[profile("Ana")])
    await hook.rows(
        "UPDATE tickets SET state = 'closed', closed_at = now() WHERE account_id = $1 RETURNING id"
    )
    seen = len(await hook.events())
    for _ in range(2):
        await hook.send(reaction(wamid, "👍", 60), contacts=[profile("Ana")])
    conversation = await hook.row("SELECT * FROM conversations WHERE account_id = $1")
    (event,) = [e for e in (await hook.events())[seen:] if e["type"] == "conversation_updated"]
    assert event["audience"] == [f"conversation:{conversation['id']}"]
    view = EVENT_TYPES["conversation_updated"].model_validate(event["payload"]).model_dump()
    assert view["conversation_id"] == conversation["id"]
    assert view["window_expires_at"] == conversation["window_expires_at"]
    assert view["last_inbound_at"] == conversation["last_inbound_at"] == at(60)
