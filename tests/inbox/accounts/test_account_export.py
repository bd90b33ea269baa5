"""The export of an account: every table of its own, its people and files; no secret, and nothing of anybody else."""

import zipfile
from pathlib import Path
from typing import Any

import orjson
import psycopg
from sqlalchemy import text

from inbox.accounts.account_export import AccountExportMaker
from inbox.accounts.tenant_tables import fetch_tenant_tables
from inbox.exports.views import ExportKind, ExportOrder
from inbox.kernel.database import Database
from inbox.kernel.ids import new_id
from inbox.media.storage import MediaStore
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.inbox.rows import add_talk


def order(seed: SeededAccount) -> ExportOrder:
    return ExportOrder(
        seed.account_id,
        new_id(),
        ExportKind.ACCOUNT,
        None,
        {},
        seed.admin.user_id,
        "pt-BR",
        "America/Sao_Paulo",
    )


def lines(archive: zipfile.ZipFile, table: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in archive.read(f"tables/{table}.jsonl").splitlines()]


async def add_file(database: Database, seed: SeededAccount, key: str) -> str:
    media_id = new_id()
    async with database.system() as work:
        await work.session.execute(
            text(
                """INSERT INTO media (account_id, id, mime_type, state, size, storage_key)
                VALUES (:a, :b, 'image/png', 'stored', 5, :key)"""
            ),
            {"a": seed.account_id, "b": media_id, "key": key},
        )
    return str(media_id)


async def test_it_holds_everything_of_the_account_and_nothing_of_others(
    database: Database, settings: Settings, seed: SeededAccount, store: MediaStore, tmp_path: Path
) -> None:
    other = seed_account(settings)
    talk = await add_talk(database, seed, name="Cliente Nossa")
    await add_talk(database, other, name="Cliente Deles")
    source = tmp_path / "source"
    source.write_bytes(b"bytes")
    await store.put(f"{seed.account_id}/x", source, "image/png")
    file_id = await add_file(database, seed, f"{seed.account_id}/x")
    lost_id = await add_file(database, seed, f"{seed.account_id}/lost")
    target = tmp_path / "export.zip"

    made = await AccountExportMaker(database, store).make(order(seed), target)

    assert made.mime_type == "application/zip"
    assert made.file_name.endswith(".zip")
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        (message,) = lines(archive, "messages")
        assert message["id"] == str(talk.message_id)
        assert message["content"] == {"body": "Oi, tudo bem?"}
        assert {person["name"] for person in lines(archive, "people")} == {"Alice", "Sofia", "Ana", "Bruno"}
        assert archive.read(f"media/{file_id}.png") == b"bytes"
        assert lost_id in archive.read("missing.txt").decode()
        whole = b"".join(archive.read(name) for name in archive.namelist())
        exported = {name.removeprefix("tables/").removesuffix(".jsonl") for name in archive.namelist()}
    assert b"Cliente Nossa" in whole
    assert b"Cliente Deles" not in whole
    assert str(other.account_id).encode() not in whole
    async with database.system() as work:
        tables = {table.name for table in await fetch_tenant_tables(work.session)}
    assert {"accounts", "contacts", "messages", "tickets", "audit_log", "memberships"} <= exported & tables


async def test_it_holds_no_secret(
    database: Database, settings: Settings, seed: SeededAccount, store: MediaStore, tmp_path: Path
) -> None:
    with psycopg.connect(settings.database_url) as connection:
        secrets = [
            value
            for (value,) in connection.execute(
                """SELECT encode(access_token_sealed, 'hex') FROM phone_numbers WHERE account_id = %(id)s
                UNION ALL SELECT encode(app_secret_sealed, 'hex') FROM whatsapp_apps WHERE account_id = %(id)s
                UNION ALL SELECT hook_key FROM whatsapp_apps WHERE account_id = %(id)s""",
                {"id": seed.account_id},
            )
        ]
    target = tmp_path / "export.zip"
    await AccountExportMaker(database, store).make(order(seed), target)
    with zipfile.ZipFile(target) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert len(secrets) == 3
    for secret in secrets:
        assert secret.encode() not in whole
    assert b"password" not in whole
    assert b"_sealed" not in whole
    assert b"_hash" not in whole
