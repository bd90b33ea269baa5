"""Rotation of the keys that seal stored secrets: everything, safely while others write, and again where it ended."""

import os
import subprocess
import sys
from typing import Any
from uuid import UUID

import psycopg
import pytest

from inbox.kernel.database import Database
from inbox.kernel.encryption import CannotDecrypt, Vault
from inbox.kernel.ids import new_id
from inbox.numbers.secrets import access_token_context, app_secret_context
from server import rotate_keys as module
from server.rotate_keys import SEALED_COLUMNS, rotate_keys
from server.settings import Settings
from tests.conftest import SeededAccount

_OLD = bytes(range(32))  # what the tests' settings seal with
_NEW = b"n" * 32
_TOKENS = next(column for column in SEALED_COLUMNS if column.name == "phone_numbers.access_token_sealed")


@pytest.fixture
def both() -> Vault:
    """The new key first, as every process has it before the rotation."""
    return Vault([_NEW, _OLD])


def stored(settings: Settings, column: str, table: str, id_: UUID) -> bytes:
    with psycopg.connect(settings.database_url) as connection:
        row = connection.execute(f"SELECT {column} FROM {table} WHERE id = %s", (id_,)).fetchone()
    assert row is not None
    return bytes(row[0])


def test_every_sealed_column_of_the_database_is_rotated(settings: Settings) -> None:
    with psycopg.connect(settings.database_url) as connection:
        rows = connection.execute(
            """SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname LIKE '%\\_sealed'
              AND NOT a.attisdropped"""
        ).fetchall()
        keys = connection.execute(
            """SELECT c.relname, array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum))
            FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
            WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace GROUP BY c.relname"""
        ).fetchall()
    assert {row[0] for row in rows} == {column.name for column in SEALED_COLUMNS}
    primary: dict[str, list[str]] = dict(keys)
    for column in SEALED_COLUMNS:
        assert list(column.key) == primary[column.table], column.name


async def test_secrets_are_sealed_anew_and_the_old_key_can_go(
    settings: Settings, database: Database, seed: SeededAccount, both: Vault
) -> None:
    report = await rotate_keys(database, both, batch=1)
    counts = {column.name: column.rotated for column in report.columns}
    assert counts["whatsapp_apps.app_secret_sealed"] >= 1
    assert counts["whatsapp_apps.verify_token_sealed"] >= 1
    assert counts["phone_numbers.access_token_sealed"] >= 1
    assert report.unreadable == 0
    only_new = Vault([_NEW])
    token = stored(settings, "access_token_sealed", "phone_numbers", seed.number.id)
    assert only_new.decrypt(token, access_token_context(seed.number.id)).decode() == seed.number.access_token
    secret = stored(settings, "app_secret_sealed", "whatsapp_apps", seed.app.id)
    assert only_new.decrypt(secret, app_secret_context(seed.app.id)) == seed.app.app_secret
    with pytest.raises(CannotDecrypt):
        Vault([_OLD]).decrypt(token, access_token_context(seed.number.id))


async def test_running_it_again_finds_nothing_to_do(
    database: Database, seed: SeededAccount, both: Vault
) -> None:
    await rotate_keys(database, both)
    again = await rotate_keys(database, both)
    assert [(column.rotated, column.unreadable) for column in again.columns] == [(0, 0)] * len(SEALED_COLUMNS)


async def test_it_goes_on_where_it_was_cut(
    settings: Settings, database: Database, seed: SeededAccount, both: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    reseal, done = module._reseal, 0

    async def cut_after_one(*arguments: Any) -> None:
        nonlocal done
        if done == 1:
            raise ConnectionError("cut")
        done += 1
        await reseal(*arguments)

    monkeypatch.setattr(module, "_reseal", cut_after_one)
    with pytest.raises(ConnectionError):
        await rotate_keys(database, both, batch=1)
    monkeypatch.setattr(module, "_reseal", reseal)
    report = await rotate_keys(database, both, batch=1)
    assert sum(column.rotated for column in report.columns) >= 2
    token = stored(settings, "access_token_sealed", "phone_numbers", seed.number.id)
    assert token.startswith(both.current_prefix)


async def test_a_secret_that_changes_meanwhile_keeps_its_change(
    settings: Settings, database: Database, seed: SeededAccount, both: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = access_token_context(seed.number.id)
    fetch = module._fetch_older

    async def change_after_reading(*arguments: Any) -> Any:
        rows = await fetch(*arguments)
        with psycopg.connect(settings.database_url) as connection:
            connection.execute(
                "UPDATE phone_numbers SET access_token_sealed = %s WHERE id = %s",
                (both.encrypt(b"newer token", context), seed.number.id),
            )
        return rows

    monkeypatch.setattr(module, "_fetch_older", change_after_reading)
    report = await rotate_keys(database, both, columns=[_TOKENS])
    assert report.columns[0].changed_meanwhile == 1
    assert (
        both.decrypt(stored(settings, "access_token_sealed", "phone_numbers", seed.number.id), context)
        == b"newer token"
    )


async def test_what_no_key_opens_is_counted_left_alone_and_stops_nobody(
    settings: Settings, database: Database, seed: SeededAccount, both: Vault
) -> None:
    lost = Vault([os.urandom(32)]).encrypt(b"secret", app_secret_context(seed.app.id))
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(
            "UPDATE whatsapp_apps SET app_secret_sealed = %s WHERE id = %s", (lost, seed.app.id)
        )
    report = await rotate_keys(database, both, batch=1)
    assert report.unreadable == 1
    assert "1 UNREADABLE" in str(report)
    assert stored(settings, "app_secret_sealed", "whatsapp_apps", seed.app.id) == lost
    assert stored(settings, "access_token_sealed", "phone_numbers", seed.number.id).startswith(
        both.current_prefix
    )
    with psycopg.connect(settings.database_url) as connection:  # for the tests that follow
        connection.execute("UPDATE whatsapp_apps SET app_secret_sealed = %s WHERE id = %s",
                           (both.encrypt(b"x", app_secret_context(seed.app.id)), seed.app.id))  # fmt: skip


async def test_every_column_opens_under_the_context_that_its_noun_seals_with(
    settings: Settings, database: Database, both: Vault
) -> None:
    """Columns of people and mails, as rows of their own."""
    user_id, mail_id = new_id(), new_id()
    old = Vault([_OLD])
    by_name = {column.name: column for column in SEALED_COLUMNS}
    with psycopg.connect(settings.database_url) as connection:
        run = connection.execute
        run(
            "INSERT INTO users (id, email, name, password_hash) VALUES (%s, %s, 'T', 'x')",
            (user_id, f"{user_id}@example.com"),
        )
        run("INSERT INTO totp_factors (user_id, secret_sealed) VALUES (%s, %s)",
            (user_id, old.encrypt(b"seed", by_name["totp_factors.secret_sealed"].context([user_id]))))  # fmt: skip
        run("INSERT INTO mails (id, recipient, template, locale, data_sealed) VALUES (%s, 'a@example.com', 'invitation', 'en', %s)",
            (mail_id, old.encrypt(b"data", by_name["mails.data_sealed"].context([mail_id]))))  # fmt: skip
    report = await rotate_keys(database, both)
    assert report.unreadable == 0
    counts = {column.name: column.rotated for column in report.columns}
    assert counts["totp_factors.secret_sealed"] == counts["mails.data_sealed"] == 1


async def test_a_rotation_is_on_record(settings: Settings, database: Database, both: Vault) -> None:
    await rotate_keys(database, both)
    with psycopg.connect(settings.database_url) as connection:
        rows = connection.execute(
            "SELECT after FROM audit_log WHERE action = 'encryption_keys.rotated'"
        ).fetchall()
    assert rows
    assert set(rows[-1][0]) == {"rotated", "unreadable"}


def test_the_command_tells_what_it_did(settings: Settings, seed: SeededAccount) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PROSA_DATABASE_URL": settings.database_url,
        "PROSA_REDIS_URL": settings.redis_url,
        "PROSA_SECRET_KEY": settings.secret_key.get_secret_value(),
        "PROSA_ENCRYPTION_KEYS": f"{_NEW.hex()},{_OLD.hex()}",
    }
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "rotate-keys"],
        env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "phone_numbers.access_token_sealed: 1 sealed anew" in done.stdout
    token = stored(settings, "access_token_sealed", "phone_numbers", seed.number.id)
    assert (
        Vault([_NEW]).decrypt(token, access_token_context(seed.number.id)).decode()
        == seed.number.access_token
    )
