"""An account that seals what people write: no word of theirs is anywhere in the database, and everybody still reads them."""

import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from inbox.accounts.account_export import AccountExportMaker
from inbox.accounts.erasure import erase_account
from inbox.contacts.masking import mask_message
from inbox.conversations.service import list_messages, queue_message
from inbox.exports.views import ExportKind, ExportOrder
from inbox.ingest.connection import open_ingest_pool
from inbox.ingest.replay import replay
from inbox.kernel.content_seal import KEYRING
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.kernel.ids import new_id
from inbox.media.storage import MediaStore
from inbox.privacy import sealing
from inbox.privacy.contact_archive import ContactExportMaker
from inbox.privacy.eraser import Eraser
from inbox.privacy.policy import get_policy
from inbox.privacy.sealing import Sealer
from inbox.privacy.service import request_erasure
from inbox.tickets.service import get_ticket
from inbox.whatsapp.outgoing import parse_outgoing
from realtime.log_item import item_from_row
from realtime.log_reader import read_range
from realtime.protocol import EVENT_TYPES
from server.rotate_keys import rotate_keys
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.inbox.ingest.webhooks import Hook, change, document, escaped, message, new_wamid, text
from tests.inbox.privacy.conftest import SECRETS, Traced, find_everywhere
from tests.inbox.sealing import destroy_keys, learn, start_sealing, switch

# What a colleague writes for colleagues, what a consent rests on, and what files are called: not the conversation's words.
_NOT_SEALED = {
    "ticket_events.data",
    "consents.evidence",
    "media.file_name",
    "exports.file_name",
    "contacts.fields",
}


_PLAIN_AT_FIRST: set[Any] = set()


def plain_at_first(test: Any) -> Any:
    _PLAIN_AT_FIRST.add(test)
    return test


def words_of(traced: Traced) -> list[str]:
    return [*map(traced.customer.secret, SECRETS), "🌻"]


@pytest.fixture
async def seed(settings: Settings, database: Database, request: pytest.FixtureRequest) -> SeededAccount:
    """Sealed from the beginning, but for tests that are `plain_at_first`."""
    KEYRING.use(settings.vault)
    account = seed_account(settings)
    if request.function not in _PLAIN_AT_FIRST:
        await start_sealing(settings, database, account)
    return account


@pytest.fixture
async def pool(settings: Settings) -> Any:
    pool = await open_ingest_pool(settings.resolved_system_database_url, size=1)
    yield pool
    await pool.close()


async def spoken(database: Database, seed: SeededAccount, conversation_id: UUID) -> str:
    """Everything that REST shows of a conversation, as one text."""
    page = await list_messages(database, seed.admin, conversation_id, limit=100)
    return "\n".join(item.model_dump_json() for item in page.items)


async def logged(pool: asyncpg.Pool, seed: SeededAccount) -> list[tuple[str, Any]]:
    """What a replay of the whole log shows."""
    rows = await read_range(pool, seed.account_id, 0, 10_000, 10_000)
    return [(item.type, item.data) for item in map(item_from_row, rows)]


async def test_no_word_is_in_any_column_and_all_of_them_are_read(
    database: Database, seed: SeededAccount, traced: Traced, hook: Hook, pool: asyncpg.Pool
) -> None:
    assert set(await find_everywhere(hook.pool, words_of(traced))) <= _NOT_SEALED

    shown = await spoken(database, seed, traced.conversation_id)
    secret = traced.customer.secret
    # What is unknown (3) is told by its kind alone, and what is parked (5) not at all.
    told = [word for index, word in enumerate(SECRETS) if index not in (3, 5)]
    assert [word for word in told if secret(word) not in shown] == []
    assert "🌻" in shown
    assert "sealed" not in shown
    ticket = await get_ticket(database, seed.admin, traced.ticket_id)
    assert ticket.preview.text.startswith("Olá")
    live = await logged(pool, seed)
    for type_, data in live:
        EVENT_TYPES[type_].model_validate(data)
    assert all(secret(word) in repr(live) for word in told)
    assert "sealed" not in repr(live)


async def test_a_quote_an_edit_and_a_deletion_say_what_they_said(
    database: Database, seed: SeededAccount, hook: Hook
) -> None:
    first, answer = new_wamid(), new_wamid()
    await hook.send(text("quindim", seconds=1, wamid=first))
    await hook.send(text("sim", seconds=2, wamid=answer, context={"id": first, "from": "5511999990001"}))
    edit = {"original_message_id": first, "message": {"type": "text", "text": {"body": "brigadeiro"}}}
    for _ in range(2):  # Meta repeats
        await hook.send(message({"type": "edit", "edit": edit}, 5, wamid=f"{first}.e"))
    conversation = await hook.value("SELECT id FROM conversations WHERE account_id = $1")
    page = await list_messages(database, seed.admin, conversation)
    assert [m.content["body"] for m in page.items] == ["brigadeiro", "sim"]
    assert page.items[1].context is not None
    assert page.items[1].context.quoted is not None
    assert page.items[1].context.quoted.preview == "brigadeiro"
    assert await hook.value("SELECT count(*) FROM message_versions WHERE account_id = $1") == 1
    await hook.send(message({"type": "revoke", "revoke": {"original_message_id": first}}, 9))
    page = await list_messages(database, seed.admin, conversation)
    assert (page.items[0].content, page.items[0].deleted_at is not None) == ({}, True)
    assert await find_everywhere(hook.pool, ["quindim", "brigadeiro"]) == {}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2)], ids=str)
async def test_edits_lead_to_the_same_end_in_any_order(
    database: Database, seed: SeededAccount, hook: Hook, order: tuple[int, ...]
) -> None:
    wamid = new_wamid()
    edits = [
        message({"type": "edit", "edit": {
            "original_message_id": wamid, "message": {"type": "text", "text": {"body": body}}}}, seconds)
        for body, seconds in (("dois", 5), ("três", 9))
    ]  # fmt: skip
    parts = [text("um", seconds=1, wamid=wamid), *edits]
    for index in (*order, *order):
        await hook.send(parts[index])
    (row,) = await hook.rows("SELECT conversation_id, ticket_id FROM messages WHERE account_id = $1")
    page = await list_messages(database, seed.admin, row["conversation_id"])
    assert [m.content for m in page.items] == [{"body": "três"}]
    assert (await get_ticket(database, seed.admin, row["ticket_id"])).preview.text == "três"
    assert await hook.value("SELECT count(*) FROM message_versions WHERE account_id = $1") == 2


async def test_a_parked_webhook_is_kept_sealed_once_and_replayed(
    database: Database, seed: SeededAccount, hook: Hook, pool: asyncpg.Pool
) -> None:
    body = escaped(document(change("777000777", messages=[text("jabuticaba")])))
    for _ in range(2):
        assert (await hook.post(body)).status_code == 200
    group = change(hook.seed.number.phone_number_id, messages=[text("jabuticaba", group_id="g-1")])
    assert (await hook.post(escaped(document(group)))).status_code == 200
    rows = await hook.rows("SELECT id, reason FROM dead_webhooks WHERE account_id = $1 ORDER BY reason")
    assert [row["reason"] for row in rows] == ["unknown_number", "unparsed"]
    assert await find_everywhere(hook.pool, ["jabuticaba"]) == {}
    await hook.pool.execute(
        "UPDATE phone_numbers SET phone_number_id = '777000777' WHERE account_id = $1", seed.account_id
    )
    report = await replay(pool, id_=rows[0]["id"])
    assert (report.replayed, report.still_parked) == (1, 0)
    conversation = await hook.value("SELECT id FROM conversations WHERE account_id = $1")
    assert "jabuticaba" in await spoken(database, seed, conversation)
    assert await find_everywhere(hook.pool, ["jabuticaba"]) == {}


@plain_at_first
async def test_what_was_plain_is_sealed_by_the_job_which_goes_on_where_it_ended(
    settings: Settings, database: Database, seed: SeededAccount, traced: Traced, hook: Hook, pool: asyncpg.Pool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(sealing, "_PORTION", 3)
    before = await spoken(database, seed, traced.conversation_id), await logged(pool, seed)
    assert set(await find_everywhere(hook.pool, words_of(traced))) > {"messages.content", "events.payload"}
    versions = await hook.rows("SELECT id, version FROM messages WHERE account_id = $1 ORDER BY id")
    await start_sealing(settings, database, seed)
    assert (await get_policy(database, seed.admin)).content_sealing.state == "catching_up"

    sealer = Sealer(database)
    await sealer.seal_portion(seed.account_id)
    halfway = (await get_policy(database, seed.admin)).content_sealing
    assert (halfway.state, halfway.sealed_rows > 0) == ("catching_up", True)
    await Sealer(database).run(seed.account_id)

    assert set(await find_everywhere(hook.pool, words_of(traced))) <= _NOT_SEALED
    done = (await get_policy(database, seed.admin)).content_sealing
    assert done.state == "on"
    assert (await spoken(database, seed, traced.conversation_id), await logged(pool, seed)) == before
    assert await hook.rows("SELECT id, version FROM messages WHERE account_id = $1 ORDER BY id") == versions
    await sealer.run(seed.account_id)
    assert (await get_policy(database, seed.admin)).content_sealing.sealed_rows == done.sealed_rows


async def test_turned_off_new_words_are_plain_and_old_ones_stay_sealed_and_readable(
    database: Database, seed: SeededAccount, hook: Hook
) -> None:
    await hook.send(text("capivara", seconds=1))
    assert (await switch(database, seed, on=False)).content_sealing.holds_sealed
    await learn(database, seed)
    await hook.send(text("tamanduá", seconds=2))
    assert await find_everywhere(hook.pool, ["capivara"]) == {}
    assert "messages.content" in await find_everywhere(hook.pool, ["tamanduá"])
    conversation = await hook.value("SELECT id FROM conversations WHERE account_id = $1")
    shown = await spoken(database, seed, conversation)
    assert "capivara" in shown
    assert "tamanduá" in shown
    await switch(database, seed, on=True)
    keys = "SELECT count(*) FROM content_keys WHERE account_id = $1"
    assert await hook.value(keys) == 2


async def test_without_its_key_a_message_is_shown_as_unreadable_and_nothing_breaks(
    settings: Settings,
    database: Database,
    seed: SeededAccount,
    traced: Traced,
    hook: Hook,
    pool: asyncpg.Pool,
) -> None:
    destroy_keys(settings, seed)
    await learn(database, seed)
    page = await list_messages(database, seed.admin, traced.conversation_id, limit=100)
    assert {m.kind for m in page.items} == {"unreadable", "unsupported"}
    ticket = await get_ticket(database, seed.admin, traced.ticket_id)
    assert (ticket.preview.kind, ticket.preview.text) == ("unreadable", "")
    for type_, data in await logged(pool, seed):
        EVENT_TYPES[type_].model_validate(data)
    who = {"phone": traced.customer.spelling, "bsuid": traced.customer.bsuid}
    first = await hook.value(
        "SELECT wamid FROM messages WHERE account_id = $1 AND direction = 'in' ORDER BY at LIMIT 1"
    )
    await hook.send(text("ainda chega", seconds=90, context={"id": first, "from": who["phone"]}, **who))
    page = await list_messages(database, seed.admin, traced.conversation_id, limit=100)
    assert "ainda chega" in repr(page.items)


async def test_masking_sees_the_opened_words(database: Database, seed: SeededAccount, hook: Hook) -> None:
    card = {"name": {"formatted_name": "Beto"}, "phones": [{"phone": "+55 11 98765-4321"}]}
    await hook.send(message({"type": "contacts", "contacts": [card]}, 1))
    conversation = await hook.value("SELECT id FROM conversations WHERE account_id = $1")
    page = await list_messages(database, seed.admin, conversation)
    assert "98765-4321" in repr(page.items[0].content)
    assert mask_message(seed.admin, page.items[0]) == page.items[0]


async def test_rotating_keys_wraps_the_data_key_anew_and_touches_no_message(
    settings: Settings, database: Database, seed: SeededAccount, hook: Hook
) -> None:
    await hook.send(text("maracujá", seconds=1))
    content = "SELECT content FROM messages WHERE account_id = $1"
    before = await hook.value(content)
    old, new = settings.vault, b"n" * 32
    report = await rotate_keys(database, Vault([new, bytes(range(32))]))
    column = next(c for c in report.columns if c.name == "content_keys.key_sealed")
    assert (column.rotated >= 1, report.unreadable) == (True, 0)
    assert await hook.value(content) == before
    try:
        KEYRING.use(Vault([new]))
        KEYRING._forget_all()
        conversation = await hook.value("SELECT id FROM conversations WHERE account_id = $1")
        assert "maracujá" in await spoken(database, seed, conversation)
    finally:
        await rotate_keys(database, Vault([bytes(range(32)), new]))
        KEYRING.use(old)


# ── copies and erasure ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_contacts_copy_and_the_accounts_are_in_plain_words(
    database: Database, store: MediaStore, seed: SeededAccount, traced: Traced, tmp_path: Path
) -> None:
    secret = traced.customer.secret
    order = ExportOrder(
        seed.account_id, new_id(), ExportKind.CONTACT, traced.contact_id, {}, seed.admin.user_id, "en", "UTC"
    )
    (tmp_path / "contact").mkdir()
    await ContactExportMaker(database, store).make(order, tmp_path / "contact" / "export")
    with zipfile.ZipFile(tmp_path / "contact" / "export") as packed:
        copy = packed.read("data.json").decode() + packed.read("index.html").decode()
    assert [word for word in SECRETS[:5] if secret(word) not in copy] == []
    assert "🌻" in copy
    assert '"sealed"' not in copy

    await AccountExportMaker(database, store).make(order, tmp_path / "account.zip")
    with zipfile.ZipFile(tmp_path / "account.zip") as packed:
        tables = {
            name: packed.read(f"tables/{name}.jsonl").decode()
            for name in ("messages", "message_versions", "reactions", "tickets", "dead_webhooks")
        }
        assert "tables/content_keys.jsonl" not in packed.namelist()
    assert [word for word in SECRETS[1:5] if secret(word) not in tables["messages"]] == []
    assert secret(SECRETS[0]) in tables["message_versions"]
    assert "🌻" in tables["reactions"]
    assert '"text":"Olá, ' in tables["tickets"]
    parked = [orjson.loads(line) for line in tables["dead_webhooks"].splitlines()]
    assert all(secret(SECRETS[5]).encode() in bytes.fromhex(row["body"][2:]) for row in parked)
    assert "sealed" not in "".join(tables.values())


async def test_an_erasure_finds_the_person_in_what_is_sealed(
    database: Database, seed: SeededAccount, eraser: Eraser, traced: Traced, hook: Hook
) -> None:
    name = f"dona {traced.customer.first_name}"
    erasure = await request_erasure(
        database, seed.admin, traced.contact_id, reason="Pedido do titular", confirm_name=name
    )
    await eraser.erase(seed.account_id, erasure.id)
    assert await find_everywhere(hook.pool, traced.needles) == {}
    # Of the body that named two, the other's part stays, sealed as it was.
    (row,) = await hook.rows("SELECT id, body FROM dead_webhooks WHERE account_id = $1")
    body = KEYRING.open_body(row["body"], row["id"])
    assert body is not None
    assert b"fica aqui" in body
    assert not [needle for needle in traced.needles if needle.encode() in body]
    assert await hook.value("SELECT count(*) FROM reactions WHERE account_id = $1 AND emoji <> ''") == 0


async def test_what_an_operator_writes_is_sealed_and_answered_plainly(
    database: Database, seed: SeededAccount, hook: Hook
) -> None:
    await hook.send(text("oi", seconds=1))
    row = await hook.row("SELECT id, conversation_id FROM tickets WHERE account_id = $1")
    await hook.pool.execute(
        "UPDATE conversations SET window_expires_at = now() + interval '1 day' WHERE id = $1",
        row["conversation_id"],
    )
    content = parse_outgoing({"kind": "text", "body": "Temos pitanga!"})
    client_id = new_id()
    for _ in range(2):
        answer = await queue_message(
            database,
            seed.admin,
            client_message_id=client_id,
            conversation_id=row["conversation_id"],
            content=content,
        )
        assert answer.content["body"] == "Temos pitanga!"
    assert await find_everywhere(hook.pool, ["pitanga"]) == {}
    assert (await get_ticket(database, seed.admin, row["id"])).preview.text == "Temos pitanga!"


async def test_erasing_an_account_destroys_its_keys(
    settings: Settings, database: Database, store: MediaStore, seed: SeededAccount, hook: Hook
) -> None:
    await hook.send(text("umbu", seconds=1))
    content = orjson.loads(await hook.value("SELECT content FROM messages WHERE account_id = $1"))
    message_id = await hook.value("SELECT id FROM messages WHERE account_id = $1")
    assert KEYRING.open_object(content, "content", message_id) == {"body": "umbu"}
    await hook.pool.execute("UPDATE accounts SET state = 'closed' WHERE account_id = $1", seed.account_id)
    assert await erase_account(database, store, seed.account_id)
    assert await hook.value("SELECT count(*) FROM content_keys WHERE account_id = $1") == 0
    await learn(database, seed)
    assert KEYRING.open_object(content, "content", message_id) is None
