"""One person is erased: nothing of them is left anywhere, everything else is."""

import asyncio
from uuid import UUID

import asyncpg
import orjson
import pytest

from inbox.conversations.errors import ContactIsErased
from inbox.conversations.service import list_messages, queue_message
from inbox.kernel.database import Database, driver_dsn
from inbox.kernel.errors import Forbidden, NotFound
from inbox.kernel.ids import new_id
from inbox.privacy.certificate import certificate_mac
from inbox.privacy.eraser import Eraser, NotWhollyErased
from inbox.privacy.errors import NameNotConfirmed, ReasonNamesSubject
from inbox.privacy.service import find_erasures, get_certificate, print_certificate, request_erasure
from inbox.privacy.views import ErasureView
from inbox.whatsapp.outgoing import parse_outgoing
from realtime.protocol import EVENT_TYPES
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.inbox.ingest.webhooks import Hook, status, text
from tests.inbox.privacy.conftest import BYTES, Traced, find_everywhere
from tests.inbox.rows import add_talk

REASON = "Pedido do titular por e-mail"


async def ask(
    database: Database, seed: SeededAccount, traced: Traced, name: str | None = None
) -> ErasureView:
    typed = f"dona  {traced.customer.first_name}" if name is None else name
    return await request_erasure(database, seed.admin, traced.contact_id, reason=REASON, confirm_name=typed)


def files_with(settings: Settings, marker: bytes) -> list[str]:
    return [
        file.name
        for file in (settings.data_dir / "media").rglob("*")
        if file.is_file() and marker in file.read_bytes()
    ]


async def test_nothing_that_names_the_person_is_left_in_any_column_or_file(
    settings: Settings, database: Database, seed: SeededAccount, eraser: Eraser, traced: Traced, hook: Hook
) -> None:
    before = await find_everywhere(hook.pool, traced.needles)
    tables = {place.split(".")[0] for place in before}
    assert tables >= {
        "contacts", "contact_identities", "messages", "message_versions", "media", "tickets", "ticket_events", "reactions",
        "message_statuses", "events", "dead_webhooks", "number_updates", "consents", "exports", "conversations",
        "procrastinate_jobs",
    }  # fmt: skip
    assert len(files_with(settings, BYTES)) == 2

    erasure = await ask(database, seed, traced)
    await eraser.erase(seed.account_id, erasure.id)

    assert await find_everywhere(hook.pool, traced.needles) == {}
    assert files_with(settings, BYTES) == []


async def test_times_and_counts_stay_for_statistics(
    database: Database, seed: SeededAccount, eraser: Eraser, traced: Traced, hook: Hook
) -> None:
    sql = "SELECT id, direction, author_kind, author_id, at, created_at FROM messages WHERE account_id = $1 ORDER BY id"
    messages = await hook.rows(sql)
    ticket = await hook.row(
        "SELECT protocol, created_at, accepted_at, first_response_at FROM tickets WHERE account_id = $1"
    )
    delivered = "SELECT count(*) FROM message_statuses WHERE account_id = $1 AND pricing IS NOT NULL"
    assert await hook.value(delivered) == 1
    erasure = await ask(database, seed, traced)
    await eraser.erase(seed.account_id, erasure.id)
    assert await hook.rows(sql) == messages
    after = await hook.row("SELECT * FROM tickets WHERE account_id = $1")
    assert {key: after[key] for key in ticket} == ticket
    assert after["closed_at"] is not None
    assert after["closed_by"] == "system"
    # A sent message and its statuses are still known to belong together.
    assert await hook.value(delivered) == 1
    joined = "SELECT count(*) FROM message_statuses s JOIN messages m USING (account_id, wamid) WHERE account_id = $1"
    assert await hook.value(joined) == 2


async def test_the_log_is_rewritten_to_payloads_that_screens_still_read(
    database: Database, seed: SeededAccount, eraser: Eraser, traced: Traced, hook: Hook
) -> None:
    erasure = await ask(database, seed, traced)
    before = [(event["seq"], event["type"]) for event in await hook.events()]
    await eraser.erase(seed.account_id, erasure.id)
    events = await hook.events()
    assert [(event["seq"], event["type"]) for event in events][: len(before)] == before
    for event in events:
        EVENT_TYPES[event["type"]].model_validate(event["payload"])
    told = [event["type"] for event in events[len(before) :]]
    assert "contact_erased" in told
    assert "message_updated" in told
    last = next(event for event in events if event["type"] == "contact_erased")
    assert f"conversation:{traced.conversation_id}" in last["audience"]
    assert f"department:{seed.departments['suporte']}" in last["audience"]
    assert "admins" in last["audience"]


async def test_an_open_chat_shows_that_it_was_erased(
    database: Database, seed: SeededAccount, eraser: Eraser, traced: Traced
) -> None:
    erasure = await ask(database, seed, traced)
    await eraser.erase(seed.account_id, erasure.id)
    page = await list_messages(database, seed.admin, traced.conversation_id)
    assert page.items
    assert all(item.kind == "erased" and item.content == {} and item.media is None for item in page.items)
    assert all(item.deleted_at is not None for item in page.items)


async def test_nobody_writes_to_who_was_erased(
    database: Database, seed: SeededAccount, eraser: Eraser, traced: Traced
) -> None:
    erasure = await ask(database, seed, traced)
    await eraser.erase(seed.account_id, erasure.id)
    with pytest.raises(ContactIsErased):
        await queue_message(
            database, seed.admin, client_message_id=new_id(), conversation_id=traced.conversation_id,
            content=parse_outgoing({"kind": "text", "body": "ainda aí?"}),
        )  # fmt: skip


async def test_the_same_person_writes_again_as_a_new_contact(
    database: Database, seed: SeededAccount, eraser: Eraser, traced: Traced, hook: Hook
) -> None:
    erasure = await ask(database, seed, traced)
    await eraser.erase(seed.account_id, erasure.id)
    await hook.send(text("voltei", seconds=500, phone=traced.customer.spelling, bsuid=traced.customer.bsuid))
    rows = await hook.rows("SELECT contact_id FROM contact_identities WHERE account_id = $1")
    assert len(rows) == 2
    assert {row["contact_id"] for row in rows} != {traced.contact_id}
    assert traced.contact_id not in {row["contact_id"] for row in rows}
    conversations = await hook.rows("SELECT id FROM conversations WHERE account_id = $1")
    assert len(conversations) == 2


async def test_a_late_status_of_an_erased_message_changes_nothing(
    database: Database, seed: SeededAccount, eraser: Eraser, traced: Traced, hook: Hook
) -> None:
    unconfirmed = await hook.value("SELECT id FROM messages WHERE account_id = $1 AND status = 'unconfirmed'")
    erasure = await ask(database, seed, traced)
    await eraser.erase(seed.account_id, erasure.id)
    before = await hook.messages()
    await hook.send(
        statuses=[status("wamid.LATE", "delivered", 90, biz_opaque_callback_data=str(unconfirmed))]
    )
    assert await hook.messages() == before


async def test_others_in_the_same_parked_webhook_stay(
    database: Database, seed: SeededAccount, eraser: Eraser, traced: Traced, hook: Hook
) -> None:
    erasure = await ask(database, seed, traced)
    await eraser.erase(seed.account_id, erasure.id)
    rows = await hook.rows("SELECT reason, body FROM dead_webhooks WHERE account_id = $1")
    assert [row["reason"] for row in rows] == ["unknown_number"]
    value = orjson.loads(rows[0]["body"])["entry"][0]["changes"][0]["value"]
    assert [message["text"]["body"] for message in value["messages"]] == ["fica aqui"]
    assert [contact["profile"]["name"] for contact in value["contacts"]] == ["Outra Pessoa"]


async def test_the_certificate_proves_who_was_erased_and_names_nobody(
    database: Database, seed: SeededAccount, eraser: Eraser, traced: Traced, settings: Settings
) -> None:
    erasure = await ask(database, seed, traced)
    await eraser.erase(seed.account_id, erasure.id)
    certificate = await get_certificate(database, seed.admin, erasure.id)
    assert certificate.mac == certificate_mac(certificate, settings.audit_key)
    changed = certificate.model_copy(update={"removed": {}})
    assert certificate_mac(changed, settings.audit_key) != certificate.mac
    assert certificate.removed["messages"] >= 9
    assert certificate.removed["identities"] == 2
    assert certificate.removed["files"] == 1
    assert certificate.removed["exports"] == 1
    customer = traced.customer
    shown = f"+55 11 {customer.phone[4:9]}-{customer.phone[9:]}"
    for identity in (shown, customer.phone, customer.spelling, customer.bsuid):
        (found,) = await find_erasures(database, seed.admin, identity)
        assert found.id == erasure.id
    assert await find_erasures(database, seed.admin, "+55 11 98765-9999") == []
    page = await print_certificate(database, seed.admin, erasure.id)
    assert "Certificado de eliminação" in page
    assert certificate.mac in page
    assert not any(needle in page for needle in traced.needles)


async def test_erasing_twice_is_erasing_once(
    database: Database, seed: SeededAccount, eraser: Eraser, traced: Traced, hook: Hook
) -> None:
    first = await ask(database, seed, traced)
    second = await ask(database, seed, traced, name="whatever")
    assert second.id == first.id
    await eraser.erase(seed.account_id, first.id)
    certificate = await get_certificate(database, seed.admin, first.id)
    events = len(await hook.events())
    await eraser.erase(seed.account_id, first.id)
    assert await get_certificate(database, seed.admin, first.id) == certificate
    assert len(await hook.events()) == events
    again = await ask(database, seed, traced, name="")
    assert (again.id, again.state) == (first.id, "done")
    actions = await hook.rows(
        "SELECT action FROM audit_log WHERE account_id = $1 AND action LIKE 'contact.era%' ORDER BY seq"
    )
    assert [row["action"] for row in actions] == ["contact.erasure_requested", "contact.erased"]


@pytest.mark.parametrize("step", ["_await_writers", "_finish"])
async def test_an_erasure_that_died_is_resumed_and_counts_nothing_twice(
    database: Database,
    seed: SeededAccount,
    eraser: Eraser,
    traced: Traced,
    hook: Hook,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    erasure = await ask(database, seed, traced)

    async def die(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(eraser, step, die)
        with pytest.raises(ConnectionError):
            await eraser.erase(seed.account_id, erasure.id)
    # The names are gone from the contact, yet what waits parked is still found by them.
    await eraser.erase(seed.account_id, erasure.id)
    assert await find_everywhere(hook.pool, traced.needles) == {}
    certificate = await get_certificate(database, seed.admin, erasure.id)
    assert certificate.removed["identities"] == 2
    assert certificate.removed["files"] == 1
    assert certificate.removed["webhooks"] == 2
    assert len(certificate.subject.hashes) == 2


async def test_a_message_that_was_on_its_way_in_is_waited_for(
    database: Database, seed: SeededAccount, eraser: Eraser, traced: Traced, hook: Hook, settings: Settings
) -> None:
    """A flush looked the contact up before the names were taken and writes after it."""
    erasure = await ask(database, seed, traced)
    connection = await asyncpg.connect(driver_dsn(settings.resolved_system_database_url))
    transaction = connection.transaction()
    await transaction.start()
    await connection.fetchval("SELECT count(*) FROM contact_identities")
    erasing = asyncio.create_task(eraser.erase(seed.account_id, erasure.id))
    async with asyncio.timeout(10):
        while not await hook.value(  # noqa: ASYNC110 - the database tells nobody
            "SELECT erased_at IS NOT NULL FROM contacts WHERE account_id = $1 AND id = $2", traced.contact_id
        ):
            await asyncio.sleep(0.02)
    await connection.execute(
        """INSERT INTO messages (account_id, id, conversation_id, direction, author_kind, wamid, kind, content, status, at)
        VALUES ($1, $2, $3, 'in', 'contact', 'wamid.INFLIGHT', 'text', '{"body": "girassol"}', 'received', now())""",
        seed.account_id, new_id(), traced.conversation_id,
    )  # fmt: skip
    assert not erasing.done()
    await transaction.commit()
    await connection.close()
    await asyncio.wait_for(erasing, 30)
    assert await find_everywhere(hook.pool, [*traced.needles, "wamid.INFLIGHT"]) == {}


async def test_what_was_written_in_spite_of_all_keeps_the_erasure_open(
    database: Database,
    seed: SeededAccount,
    eraser: Eraser,
    traced: Traced,
    hook: Hook,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    erasure = await ask(database, seed, traced)
    finish = eraser._finish

    async def write_then_finish(*values: UUID) -> None:
        monkeypatch.undo()
        await hook.pool.execute(
            "UPDATE messages SET kind = 'text', content = '{\"body\": \"girassol\"}' WHERE account_id = $1",
            seed.account_id,
        )
        await finish(*values)

    monkeypatch.setattr(eraser, "_finish", write_then_finish)
    with pytest.raises(NotWhollyErased):
        await eraser.erase(seed.account_id, erasure.id)
    await eraser.erase(seed.account_id, erasure.id)
    assert await find_everywhere(hook.pool, traced.needles) == {}


async def test_only_who_runs_the_desk_erases_and_only_what_they_name(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    talk = await add_talk(database, seed, name="Maria Souza")
    for actor in (seed.ana, seed.supervisor):
        with pytest.raises(Forbidden):
            await request_erasure(database, actor, talk.contact_id, reason=REASON, confirm_name="Maria Souza")
    with pytest.raises(NameNotConfirmed):
        await request_erasure(database, seed.admin, talk.contact_id, reason=REASON, confirm_name="Maria")
    for reason in ("a Maria pediu", "pelo 11 9 0000-0000 dela, m@example.com"):
        with pytest.raises(ReasonNamesSubject):
            await request_erasure(
                database, seed.admin, talk.contact_id, reason=reason, confirm_name="Maria Souza"
            )
    other = seed_account(settings)
    with pytest.raises(NotFound):
        await request_erasure(
            database, other.admin, talk.contact_id, reason=REASON, confirm_name="Maria Souza"
        )
    erasure = await request_erasure(
        database, seed.admin, talk.contact_id, reason=REASON, confirm_name="MARIA SOUZA"
    )
    with pytest.raises(NotFound):
        await get_certificate(database, other.admin, erasure.id)
