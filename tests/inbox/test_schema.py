"""The models say what the migrations made, and row-level security covers every table of a tenant."""

import asyncpg
import pytest
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

import inbox.tables  # noqa: F401 - importing fills the metadata
from inbox.kernel.database import driver_dsn, open_pool
from server.settings import Settings
from tests.conftest import SeededAccount

# Written by the hot paths alone, which know no ORM.
_WITHOUT_MODEL = {"events", "dead_webhooks"}

_COLUMNS = """
SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
       coalesce(a.attnum = ANY(i.indkey::smallint[]), false) AS primary_key
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
"""


async def test_models_mirror_the_migrated_database(settings: Settings) -> None:
    connection = await asyncpg.connect(driver_dsn(settings.database_url))
    rows = await connection.fetch(_COLUMNS)
    await connection.close()
    stored: dict[str, set[tuple[str, str, bool, bool]]] = {}
    for row in rows:
        stored.setdefault(row["table"], set()).add(
            (row["column"], row["type"], row["nullable"], row["primary_key"])
        )
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy does not type its dialects
    for name, table in SQLModel.metadata.tables.items():
        described = {
            (c.name, c.type.compile(dialect).lower(), bool(c.nullable), bool(c.primary_key))
            for c in table.columns
        }
        assert described == stored[name], name
    missing = set(stored) - set(SQLModel.metadata.tables) - _WITHOUT_MODEL
    assert {name for name in missing if not name.startswith(("procrastinate_", "alembic_"))} == set()


async def test_prosa_app_without_an_account_sees_no_row_of_any_tenant(
    settings: Settings, seed: SeededAccount
) -> None:
    owner = await asyncpg.connect(driver_dsn(settings.database_url))
    tables = [
        row["relname"]
        for row in await owner.fetch(
            """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition"""
        )
    ]
    seen_by_owner = {name: await owner.fetchval(f"SELECT count(*) FROM {name}") for name in tables}
    await owner.close()
    assert len(tables) > 20
    assert seen_by_owner["phone_numbers"] > 0
    app = await open_pool(settings.resolved_app_database_url, size=1)
    try:
        for name in tables:
            assert await app.fetchval(f"SELECT count(*) FROM {name}") == 0, name
        for name in ("users (email)", "sessions (id)"):
            table, column = name.split(" ")
            try:
                assert await app.fetchval(f"SELECT count({column[1:-1]}) FROM {table}") == 0
            except asyncpg.InsufficientPrivilegeError:
                continue
    finally:
        await app.close()


async def test_prosa_app_never_reads_a_password_hash(settings: Settings, seed: SeededAccount) -> None:
    app = await open_pool(settings.resolved_app_database_url, size=1)
    try:
        async with app.acquire() as connection, connection.transaction():
            await connection.execute("SELECT set_config('prosa.account_id', $1, true)", str(seed.account_id))
            assert await connection.fetchval("SELECT count(email) FROM users") == 4
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.fetch("SELECT password_hash FROM users")
    finally:
        await app.close()


async def test_prosa_app_within_one_account_sees_and_writes_only_that_one(
    settings: Settings, seed: SeededAccount
) -> None:
    app = await open_pool(settings.resolved_app_database_url, size=1)
    try:
        async with app.acquire() as connection:
            async with connection.transaction():
                await connection.execute(
                    "SELECT set_config('prosa.account_id', $1, true)", str(seed.account_id)
                )
                seen = await connection.fetch("SELECT DISTINCT account_id FROM departments")
                assert [row["account_id"] for row in seen] == [seed.account_id]
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute("SELECT set_config('prosa.account_id', $1, true)", str(seed.account_id))
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(
                    "INSERT INTO departments (account_id, id, name) VALUES (gen_random_uuid(), gen_random_uuid(), 'X')"
                )
            await transaction.rollback()
    finally:
        await app.close()
