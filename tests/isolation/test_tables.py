"""Row-level security, proven over the catalogue: what `psql` as prosa_app can reach, with and without an account."""

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from inbox.kernel.database import driver_dsn
from server.settings import Settings
from tests.isolation.rows import Table, World, fill_account, read_catalogue

Connection = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def owner(settings: Settings) -> Iterator[Connection]:
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def catalogue(owner: Connection) -> dict[str, Table]:
    return read_catalogue(owner)


@pytest.fixture(scope="module")
def ours(owner: Connection, catalogue: dict[str, Table]) -> World:
    return fill_account(owner, catalogue, "NOSSO")


@pytest.fixture(scope="module")
def theirs(owner: Connection, catalogue: dict[str, Table], ours: World) -> World:
    return fill_account(owner, catalogue, "SEGREDO")


@pytest.fixture
def app(settings: Settings, ours: World, theirs: World) -> Iterator[Connection]:
    """prosa_app as psql would be it: no account is set."""
    with psycopg.connect(driver_dsn(settings.resolved_app_database_url)) as connection:
        yield connection
        connection.rollback()


def _count(connection: Connection, table: str) -> int:
    found = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    assert found is not None
    return int(found[0])


def _may(connection: Connection, table: str, privilege: str) -> bool:
    found = connection.execute("SELECT has_table_privilege(%s, %s)", (table, privilege)).fetchone()
    assert found is not None
    return bool(found[0])


def test_every_tenant_table_holds_rows_of_both_accounts(
    owner: Connection, catalogue: dict[str, Table], ours: World, theirs: World
) -> None:
    """Otherwise the tests below would prove nothing."""
    for table in catalogue.values():
        if table.is_tenants:
            assert _count(owner, table.name) >= 2, table.name


def test_without_an_account_every_table_is_empty(app: Connection, catalogue: dict[str, Table]) -> None:
    for name, table in catalogue.items():
        if not table.is_tenants and not _may(app, name, "SELECT"):
            continue  # granted by column, if at all: asked for in the next test
        assert _count(app, name) == 0, name


def test_tables_without_an_account_are_closed_or_show_colleagues_only(
    app: Connection, catalogue: dict[str, Table]
) -> None:
    for name, table in catalogue.items():
        if table.is_tenants:
            continue
        for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            assert not _may(app, name, privilege), (name, privilege)
    assert app.execute("SELECT count(id) FROM users").fetchone() == (0,)


def test_with_an_account_its_own_rows_and_no_others(
    app: Connection, catalogue: dict[str, Table], ours: World
) -> None:
    account_id = ours["accounts"]["account_id"]
    app.execute("SELECT set_config('prosa.account_id', %s, false)", (str(account_id),))
    for name, table in catalogue.items():
        if table.is_tenants:
            query = sql.SQL("SELECT DISTINCT account_id FROM {}").format(sql.Identifier(name))
            assert app.execute(query).fetchall() == [(account_id,)], name
    assert app.execute("SELECT id FROM users").fetchall() == [(ours["users"]["id"],)]


def test_nobody_writes_into_another_account(
    app: Connection, catalogue: dict[str, Table], ours: World, theirs: World
) -> None:
    app.execute("SELECT set_config('prosa.account_id', %s, false)", (str(ours["accounts"]["account_id"]),))
    app.commit()
    other = theirs["accounts"]["account_id"]
    for name, table in catalogue.items():
        if not table.is_tenants:
            continue
        target = sql.Identifier(name)
        for statement, value in (
            (sql.SQL("UPDATE {} SET account_id = %s").format(target), other),
            (sql.SQL("INSERT INTO {} (account_id) VALUES (%s)").format(target), other),
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement, (value,))
            app.rollback()
        for statement in (
            sql.SQL("DELETE FROM {} WHERE account_id = %s").format(target),
            sql.SQL("UPDATE {} SET account_id = account_id WHERE account_id = %s").format(target),
        ):
            with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
                assert app.execute(statement, (other,)).rowcount == 0, name
            app.rollback()


def test_every_table_is_behind_row_level_security(owner: Connection, catalogue: dict[str, Table]) -> None:
    rows = owner.execute(
        "SELECT relname, relrowsecurity, pg_get_userbyid(relowner) FROM pg_class WHERE relname = ANY (%s)",
        (list(catalogue),),
    ).fetchall()
    for name, is_secured, owner_name in rows:
        assert is_secured, name
        assert owner_name not in ("prosa_app", "prosa_system"), name
    for role in ("prosa_app", "prosa_system"):
        flags = owner.execute(
            "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", (role,)
        ).fetchone()
        assert flags == (False, False)


def test_partitions_are_reached_through_their_parent_only(app: Connection) -> None:
    partitions = app.execute("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'").fetchall()
    assert partitions
    for (name,) in partitions:
        assert not _may(app, name, "SELECT"), name
