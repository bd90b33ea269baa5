"""A closing that is over leaves nothing of the account: no row in any table of the catalogue, no file, nobody who was only there."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text

from inbox.accounts.erasure import ERASE_TASK, begin_due_erasures, erase_account
from inbox.accounts.erasure_repository import close_for_ever
from inbox.accounts.lifecycle import WrongState, cancel_closing, close_account
from inbox.accounts.settings import put_logo
from inbox.audit.verification import verify_chain
from inbox.kernel.audit import INSTALLATION
from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from inbox.kernel.ids import new_id
from inbox.mail.service import Mailer
from inbox.media.storage import MediaStore, storage_key
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.inbox.accounts.test_account_settings import logo
from tests.inbox.rows import add_talk
from tests.isolation.rows import Table, World, fill_account, fingerprint, read_catalogue

KEPT = {"accounts", "audit_log", "audit_chains"}
"""A tombstone without a name, and the proof of what was done."""


@pytest.fixture(scope="module")
def owner(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def catalogue(owner: psycopg.Connection[Any]) -> dict[str, Table]:
    return read_catalogue(owner)


def fill(owner: psycopg.Connection[Any], catalogue: dict[str, Table], seed: SeededAccount) -> None:
    """At least one row in every tenant table, on top of what was seeded; the audit chain is written by what is done."""
    own = {"account_id": seed.account_id}
    given: World = dict.fromkeys(("accounts", "event_counters", "audit_log", "audit_chains"), own)
    fill_account(owner, catalogue, "X", given)


def counts(owner: psycopg.Connection[Any], catalogue: dict[str, Table], account_id: UUID) -> dict[str, int]:
    found = {}
    for table in catalogue.values():
        if table.is_tenants:
            query = sql.SQL("SELECT count(*) FROM {} WHERE account_id = %s").format(
                sql.Identifier(table.name)
            )
            row = owner.execute(query, (account_id,)).fetchone()
            assert row is not None
            found[table.name] = row[0]
    return found


async def close_now(database: Database, mailer: Mailer, seed: SeededAccount) -> None:
    """Asked for, and thirty days later."""
    await close_account(database, mailer, seed.admin, by="account", reason="Fim")
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE accounts SET erase_after = now() - interval '1 second' WHERE account_id = :id"),
            {"id": seed.account_id},
        )


async def test_nothing_of_the_account_is_left_and_the_others_are_untouched(
    database: Database, settings: Settings, seed: SeededAccount, owner: psycopg.Connection[Any],
    catalogue: dict[str, Table], mailer: Mailer, tmp_path: Path,
) -> None:  # fmt: skip
    store = MediaStore(tmp_path.as_uri())
    other = seed_account(settings)
    source = tmp_path / "source"
    source.write_bytes(b"file")
    for account in (seed, other):
        await add_talk(database, account)
        await put_logo(database, account.admin, store, logo())
        await store.put(storage_key(account.account_id, new_id(), database.now()), source, "text/plain")
        await store.put(f"{account.account_id}/exports/{new_id()}", source, "text/plain")
        fill(owner, catalogue, account)
    # Bruno works in the other company too: he stays, the others go.
    owner.execute(
        "INSERT INTO memberships (account_id, user_id, role) VALUES (%s, %s, 'operator')",
        (other.account_id, seed.bruno.user_id),
    )
    await close_now(database, mailer, seed)
    assert all(counts(owner, catalogue, seed.account_id).values()), "every table has something to erase"
    before = fingerprint(owner, catalogue, other.account_id)

    assert await begin_due_erasures(database) == [seed.account_id]
    assert await erase_account(database, store, seed.account_id)

    left = {n: c for n, c in counts(owner, catalogue, seed.account_id).items() if c}
    assert set(left) == KEPT
    assert fingerprint(owner, catalogue, other.account_id) == before
    assert not [path for path in (tmp_path / str(seed.account_id)).rglob("*") if path.is_file()]
    assert len([path for path in (tmp_path / str(other.account_id)).rglob("*") if path.is_file()]) == 3
    people = owner.execute(
        "SELECT id FROM users WHERE id = ANY(%s)",
        ([seed.admin.user_id, seed.ana.user_id, seed.bruno.user_id, other.admin.user_id],),
    ).fetchall()
    assert {row[0] for row in people} == {seed.bruno.user_id, other.admin.user_id}
    tombstone = owner.execute(
        "SELECT name, state, state_reason, logo_key, erased_at IS NOT NULL FROM accounts WHERE account_id = %s",
        (seed.account_id,),
    ).fetchone()
    assert tombstone == ("", "closed", None, None, True)
    assert (await verify_chain(database.system, database.audit_key, seed.account_id)).is_whole
    actions = owner.execute(
        "SELECT action FROM audit_log WHERE account_id = %s AND target_id = %s ORDER BY seq",
        (INSTALLATION, str(seed.account_id)),
    ).fetchall()
    assert [row[0] for row in actions] == ["account.closed", "account.erased"]


async def test_erasing_again_does_nothing(
    database: Database, seed: SeededAccount, mailer: Mailer, store: MediaStore
) -> None:
    assert not await erase_account(database, store, seed.account_id)  # it is active
    await close_now(database, mailer, seed)
    assert not await erase_account(database, store, seed.account_id)  # closing, not closed
    await begin_due_erasures(database)
    assert await erase_account(database, store, seed.account_id)
    assert not await erase_account(database, store, seed.account_id)
    assert await begin_due_erasures(database) == []


async def test_what_is_not_due_is_left_alone(database: Database, seed: SeededAccount, mailer: Mailer) -> None:
    await close_account(database, mailer, seed.admin, by="account", reason="Fim")
    assert seed.account_id not in await begin_due_erasures(database)
    async with database.system() as work:
        assert not await close_for_ever(work.session, seed.account_id, work.now())


async def test_taking_back_and_erasing_at_once_ends_in_one_of_both(
    database: Database, settings: Settings, mailer: Mailer, store: MediaStore
) -> None:
    for _ in range(6):
        seed = seed_account(settings)
        await close_now(database, mailer, seed)
        cancelled, begun = await asyncio.gather(
            cancel_closing(database, seed.admin), begin_due_erasures(database), return_exceptions=True
        )
        assert not isinstance(begun, BaseException)
        async with database.system() as work:
            state = await work.session.scalar(
                text("SELECT state FROM accounts WHERE account_id = :id"), {"id": seed.account_id}
            )
            jobs = await work.session.scalar(
                text(
                    "SELECT count(*) FROM procrastinate_jobs WHERE task_name = :task AND args->>'account_id' = :id"
                ),
                {"task": ERASE_TASK, "id": str(seed.account_id)},
            )
        if cancelled is None:
            assert (state, jobs) == ("active", 0)
            assert not await erase_account(database, store, seed.account_id)
        else:
            assert isinstance(cancelled, WrongState)
            assert (state, jobs) == ("closed", 1)


async def test_a_closed_accounts_webhooks_are_unknown_from_the_first_moment(
    database: Database, seed: SeededAccount, mailer: Mailer
) -> None:
    await close_now(database, mailer, seed)
    await begin_due_erasures(database)
    async with database.system() as work:
        known = await work.session.scalar(
            text("SELECT count(*) FROM whatsapp_apps WHERE hook_key = :key"), {"key": seed.app.hook_key}
        )
    assert known == 0


async def test_the_store_removes_one_folder_and_only_a_folder(store: MediaStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    for key in ("a/1", "a/b/2", "ab/3"):
        await store.put(key, source, "text/plain")
    assert await store.delete_under("a/") == 2
    assert await store.delete_under("a/") == 0
    assert (await store.open("ab/3")).size == 1
    with pytest.raises(NotFound):
        await store.open("a/1")
    for prefix in ("", "/", "a"):
        with pytest.raises(ValueError, match="folder"):
            await store.delete_under(prefix)
