"""What has outlived its days goes, in portions, once; what has not, stays."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest
from sqlalchemy import text

from inbox.accounts.policies import PrivacyPolicy, RetentionPolicy
from inbox.conversations.service import list_messages
from inbox.kernel.database import Database, driver_dsn
from inbox.kernel.errors import Conflict, Forbidden
from inbox.kernel.ids import new_id
from inbox.media.storage import MediaStore
from inbox.privacy import expiry_repository, retention
from inbox.privacy.expiry_repository import BEGINNING
from inbox.privacy.retention import Retention
from inbox.privacy.service import get_policy, preview_retention, replace_policy
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.inbox.rows import Talk, add_talk, add_ticket, inbound

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
async def pool(settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    async with asyncpg.create_pool(driver_dsn(settings.database_url), min_size=1, max_size=3) as pool:
        yield pool


@pytest.fixture
def keeper(database: Database, settings: Settings) -> Retention:
    return Retention(database, MediaStore(settings.resolved_media_url))


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


async def talk_closed(database: Database, seed: SeededAccount, days: float, **values: Any) -> Talk:
    """A ticket that was closed so many days ago, an hour after its only message."""
    at = days_ago(days) - timedelta(hours=1)
    return await add_talk(database, seed, at=at, state="closed", closed_at=days_ago(days), **values)


async def content_of(pool: asyncpg.Pool, message_id: UUID) -> tuple[str, Any]:
    row = await pool.fetchrow("SELECT kind, content FROM messages WHERE id = $1", message_id)
    assert row is not None
    return row["kind"], orjson.loads(row["content"])


async def test_messages_of_tickets_closed_long_ago_lose_their_content(
    database: Database, seed: SeededAccount, keeper: Retention, pool: asyncpg.Pool
) -> None:
    old, young = await talk_closed(database, seed, 31), await talk_closed(database, seed, 29)
    open_ = await add_talk(database, seed, at=days_ago(90))
    policy = PrivacyPolicy(retention=RetentionPolicy(messages_days=30))
    removed = await keeper.run_account(seed.account_id, policy)
    assert removed.counts() == {"messages": 1}
    assert await content_of(pool, old.message_id) == ("erased", {})
    for kept in (young, open_):
        assert await content_of(pool, kept.message_id) == ("text", {"body": "Oi, tudo bem?"})
    preview = await pool.fetchval("SELECT preview->>'kind' FROM tickets WHERE id = $1", old.ticket_id)
    assert preview == "erased"
    # Meta's id stays: the same webhook again is still known, and its statuses still find it.
    assert await pool.fetchval("SELECT wamid FROM messages WHERE id = $1", old.message_id) == old.wamid
    page = await list_messages(database, seed.admin, old.conversation_id)
    assert [item.kind for item in page.items] == ["erased"]
    assert (await keeper.run_account(seed.account_id, policy)).counts() == {}


async def test_an_open_ticket_keeps_its_messages_though_an_older_one_was_closed(
    database: Database, seed: SeededAccount, keeper: Retention, pool: asyncpg.Pool
) -> None:
    talk = await talk_closed(database, seed, 40)
    async with database.system(seed.account_id) as work:
        ticket = await add_ticket(work, seed, talk.conversation_id, talk.contact_id, at=days_ago(41))
        newer = inbound(seed, talk.conversation_id, ticket.id, "ainda aberto", days_ago(41))
        work.session.add(newer)
    await keeper.run_account(seed.account_id, PrivacyPolicy(retention=RetentionPolicy(messages_days=30)))
    assert (await content_of(pool, talk.message_id))[0] == "erased"
    assert await content_of(pool, newer.id) == ("text", {"body": "ainda aberto"})


async def test_files_go_before_messages_and_say_why(
    database: Database,
    seed: SeededAccount,
    keeper: Retention,
    pool: asyncpg.Pool,
    settings: Settings,
    tmp_path: Path,
) -> None:
    talk = await talk_closed(database, seed, 20)
    store, key, media_id = MediaStore(settings.resolved_media_url), f"{seed.account_id}/2026/01/x", new_id()
    file = tmp_path / "file"
    file.write_bytes(b"bytes")
    await store.put(key, file, "image/jpeg")
    await pool.execute(
        "UPDATE messages SET kind = 'image', content = '{\"caption\": \"foto\"}' WHERE id = $1",
        talk.message_id,
    )
    await pool.execute(
        """INSERT INTO media (account_id, id, message_id, mime_type, file_name, state, storage_key, size, sha256)
        VALUES ($1, $2, $3, 'image/jpeg', 'foto.jpg', 'stored', $4, 5, 'ab')""",
        seed.account_id, media_id, talk.message_id, key,
    )  # fmt: skip
    policy = PrivacyPolicy(retention=RetentionPolicy(media_days=10, messages_days=30))
    preview = await preview_retention(database, seed.admin, policy.retention)
    assert (preview.files, preview.file_bytes, preview.messages) == (1, 5, 0)
    assert (await keeper.run_account(seed.account_id, policy)).counts() == {"files": 1}
    assert not (settings.data_dir / "media" / key).exists()
    row = await pool.fetchrow("SELECT * FROM media WHERE id = $1", media_id)
    assert row is not None
    assert (row["state"], row["storage_key"], row["file_name"], row["sha256"]) == ("failed", None, None, None)
    (item,) = (await list_messages(database, seed.admin, talk.conversation_id)).items
    assert item.content == {"caption": "foto"}
    assert item.error is not None
    assert (item.error.reason_key, item.error.can_retry) == ("media_removed", False)


async def test_a_run_is_bounded_and_the_next_goes_on(
    database: Database,
    seed: SeededAccount,
    keeper: Retention,
    pool: asyncpg.Pool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "_MOST_MESSAGES", 2)
    monkeypatch.setattr(retention, "_TICKETS", 3)
    talks = [
        await talk_closed(database, seed, 50 - n, department=("vendas", "suporte")[n % 2]) for n in range(5)
    ]
    policy = PrivacyPolicy(retention=RetentionPolicy(messages_days=30))
    counts = [(await keeper.run_account(seed.account_id, policy)).messages for _ in range(4)]
    assert counts == [2, 2, 1, 0]
    for talk in talks:
        assert (await content_of(pool, talk.message_id))[0] == "erased"
    summaries = await pool.fetch(
        "SELECT after FROM audit_log WHERE account_id = $1 AND action = 'privacy.retention_applied' ORDER BY seq",
        seed.account_id,
    )
    assert [orjson.loads(row["after"]) for row in summaries] == [
        {"messages": 2},
        {"messages": 2},
        {"messages": 1},
    ]


async def test_contacts_without_a_word_are_erased_and_stale_fields_emptied(
    database: Database, seed: SeededAccount, keeper: Retention, pool: asyncpg.Pool
) -> None:
    gone, stale, fresh = [await talk_closed(database, seed, days) for days in (400, 100, 5)]
    waiting = await add_talk(database, seed, at=days_ago(500))
    for talk in (gone, stale, fresh, waiting):
        await pool.execute(
            """UPDATE contacts SET fields = '{"cpf": "123", "cidade": "Recife"}', username = 'eu' WHERE id = $1""",
            talk.contact_id,
        )
    rules = RetentionPolicy(contacts_days=365, contact_fields_days={"cpf": 90, "username": 90})
    preview = await preview_retention(database, seed.admin, rules)
    assert (preview.contacts, preview.fields) == (1, {"cpf": 2, "username": 2})
    removed = await keeper.run_account(seed.account_id, PrivacyPolicy(retention=rules))
    assert removed.counts() == {"contacts": 1, "field.cpf": 2, "field.username": 2}
    row = await pool.fetchrow("SELECT fields, username FROM contacts WHERE id = $1", stale.contact_id)
    assert row is not None
    assert (orjson.loads(row["fields"]), row["username"]) == ({"cidade": "Recife"}, None)
    assert "cpf" in await pool.fetchval("SELECT fields FROM contacts WHERE id = $1", fresh.contact_id)
    erasure = await pool.fetchrow("SELECT * FROM erasures WHERE account_id = $1", seed.account_id)
    assert erasure is not None
    assert (erasure["contact_id"], erasure["requested_by"], erasure["reason"]) == (
        gone.contact_id,
        None,
        "retention",
    )
    jobs = await pool.fetchval(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'privacy.erase' AND args->>'erasure_id' = $1",
        str(erasure["id"]),
    )
    assert jobs == 1
    # The walk begins anew, finds them waiting for their erasure, and asks for nothing twice.
    again = await keeper.run_account(seed.account_id, PrivacyPolicy(retention=rules))
    assert again.fields == {}
    assert await pool.fetchval("SELECT count(*) FROM erasures WHERE account_id = $1", seed.account_id) == 1


async def test_statuses_and_reactions_without_a_message_are_forgotten(
    database: Database, seed: SeededAccount, keeper: Retention, pool: asyncpg.Pool
) -> None:
    talk = await add_talk(database, seed)
    for wamid, days in (("wamid.gone", 9.0), ("wamid.young", 1.0), (talk.wamid, 9.0)):
        await pool.execute(
            "INSERT INTO message_statuses (account_id, wamid, status, received_at) VALUES ($1, $2, 'read', $3)",
            seed.account_id, wamid, days_ago(days),
        )  # fmt: skip
        await pool.execute(
            "INSERT INTO reactions (account_id, target_wamid, reactor, emoji, at) VALUES ($1, $2, 'contact', '👍', $3)",
            seed.account_id, wamid, days_ago(days),
        )  # fmt: skip
    assert await keeper.forget_orphans() == {"statuses": 1, "reactions": 1}
    left = await pool.fetch(
        "SELECT wamid FROM message_statuses WHERE account_id = $1 ORDER BY wamid", seed.account_id
    )
    assert {row["wamid"] for row in left} == {"wamid.young", talk.wamid}


async def test_only_accounts_with_rules_are_visited(
    database: Database, seed: SeededAccount, keeper: Retention, pool: asyncpg.Pool
) -> None:
    talk = await talk_closed(database, seed, 100)
    await keeper.run()
    assert (await content_of(pool, talk.message_id))[0] == "text"
    view = await get_policy(database, seed.admin)
    policy = PrivacyPolicy(retention=RetentionPolicy(messages_days=30))
    await replace_policy(database, seed.admin, policy, version=view.version)
    await keeper.run()
    assert (await content_of(pool, talk.message_id))[0] == "erased"


async def test_a_policy_is_replaced_by_who_has_seen_the_last_one(
    database: Database, seed: SeededAccount
) -> None:
    seen = await get_policy(database, seed.admin)
    view, masking_changed = await replace_policy(
        database, seed.admin, PrivacyPolicy(mask_phones=True), version=seen.version
    )
    assert (view.mask_phones, view.version, masking_changed) == (True, seen.version + 1, True)
    with pytest.raises(Conflict):
        await replace_policy(database, seed.admin, PrivacyPolicy(), version=seen.version)
    with pytest.raises(Forbidden):
        await replace_policy(database, seed.supervisor, PrivacyPolicy(), version=view.version)
    _, masking_changed = await replace_policy(
        database,
        seed.admin,
        PrivacyPolicy(mask_phones=True, retention=RetentionPolicy(media_days=30)),
        version=view.version,
    )
    assert not masking_changed


async def test_what_a_run_looks_for_is_found_through_indexes(
    database: Database, seed: SeededAccount, pool: asyncpg.Pool
) -> None:
    """Among 4,000 closed tickets with 20,000 messages the plans name the ordered indexes and sort no table."""
    talk = await talk_closed(database, seed, 100)
    await pool.execute(
        """INSERT INTO tickets (account_id, id, conversation_id, number_id, contact_id, protocol, state, department_id, last_message_at,
               closed_at, created_at)
        SELECT account_id, gen_random_uuid(), conversation_id, number_id, contact_id, 'p' || n, 'closed', department_id,
               closed_at - n * interval '1 hour', closed_at - n * interval '1 hour', created_at - n * interval '1 hour'
        FROM tickets, generate_series(1, 4000) n WHERE id = $1""",
        talk.ticket_id,
    )
    await pool.execute(
        """INSERT INTO messages (account_id, id, conversation_id, direction, author_kind, kind, content, status, at)
        SELECT account_id, gen_random_uuid(), conversation_id, 'in', 'contact', 'text', '{}', 'received', at - n * interval '1 minute'
        FROM messages, generate_series(1, 20000) n WHERE id = $1""",
        talk.message_id,
    )
    await pool.execute(
        """INSERT INTO contacts (account_id, id, created_at) SELECT $1, gen_random_uuid(), now() FROM generate_series(1, 4000)""",
        seed.account_id,
    )
    await pool.execute(
        """INSERT INTO conversations (account_id, id, number_id, contact_id, last_message_at)
        SELECT account_id, gen_random_uuid(), $2, id, now() FROM contacts
        WHERE account_id = $1 AND id <> $3""",
        seed.account_id,
        seed.number.id,
        talk.contact_id,
    )
    await pool.execute("ANALYZE tickets, messages, conversations, contacts")
    base = {"account_id": seed.account_id, "limit": 200}
    plans = {
        "tickets_closed_list": (
            expiry_repository.CLOSED_TICKETS, {**base, "after": days_ago(150), "after_id": BEGINNING, "cutoff": days_ago(149)}
        ),
        "messages_conversation": (
            expiry_repository.EXPIRED_MESSAGES, {**base, "conversation_id": talk.conversation_id, "until": days_ago(105)}
        ),
        "contacts_pkey": (expiry_repository.QUIET_CONTACTS, {**base, "after": BEGINNING}),
    }  # fmt: skip
    for index, (statement, values) in plans.items():
        async with database.system(seed.account_id) as work:
            plan = "\n".join((await work.session.execute(text(f"EXPLAIN {statement}"), values)).scalars())
        assert index in plan, plan
        assert "Seq Scan on tickets" not in plan, plan
        assert "Seq Scan on messages" not in plan, plan
        assert "Seq Scan on conversations" not in plan, plan
