"""One row for every table of the catalogue, made from the catalogue: a new table is covered without anyone remembering.

Every text that a row may hold freely is a marker, so that whatever leaks can be recognised in any answer.
"""

import re
from dataclasses import dataclass
from typing import Any, LiteralString, cast
from uuid import UUID

import psycopg
from psycopg import sql

from inbox.kernel.ids import new_id

UNTOUCHED = ("alembic_version",)
"""Not ours to fill: Alembic's, and (by prefix) the job queue's."""


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    is_required: bool
    """NOT NULL without a default."""
    allowed: tuple[str, ...]
    """From a CHECK (… IN …); empty: anything."""


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    keys: tuple[tuple[str, str, str], ...]
    """Foreign keys as (column, table, column), account_id apart."""

    @property
    def is_tenants(self) -> bool:
        return any(column.name == "account_id" for column in self.columns)


def read_catalogue(connection: psycopg.Connection[Any]) -> dict[str, Table]:
    """Our tables: no partitions (they are reached through their parent), none of Alembic's and of the job queue's."""
    names = [
        name
        for (name,) in connection.execute(
            """SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
            AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT LIKE 'procrastinate%%'
            AND c.relname <> ALL (%s) ORDER BY 1""",
            (list(UNTOUCHED),),
        )
    ]
    return {name: _read_table(connection, name) for name in names}


def _read_table(connection: psycopg.Connection[Any], name: str) -> Table:
    checks = [
        definition
        for (definition,) in connection.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
            (name,),
        )
    ]
    columns = connection.execute(
        """SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull AND NOT a.atthasdef
        FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum""",
        (name,),
    ).fetchall()
    keys = connection.execute(
        """SELECT a.attname, c.confrelid::regclass::text, f.attname
        FROM pg_constraint c CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS k (ours, theirs)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.ours
        JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = k.theirs
        WHERE c.conrelid = %s::regclass AND c.contype = 'f' AND a.attname <> 'account_id'""",
        (name,),
    ).fetchall()
    return Table(
        name,
        tuple(Column(n, t, required, _allowed(n, checks)) for n, t, required in columns),
        tuple((ours, table, theirs) for ours, table, theirs in keys),
    )


def _allowed(column: str, checks: list[str]) -> tuple[str, ...]:
    for check in checks:
        found = re.fullmatch(rf"CHECK \(\({column} = ANY \(ARRAY\[(.*)\]\)\)\)(?: NOT VALID)?", check)
        if found:
            return tuple(re.findall(r"'([^']*)'", found[1]))
    return ()


_KEYLESS = {
    "number_id": ("phone_numbers", "id"),
    "contact_id": ("contacts", "id"),
    "message_id": ("messages", "id"),
    "ticket_id": ("tickets", "id"),
    "conversation_id": ("conversations", "id"),
    "department_id": ("departments", "id"),
}
"""Columns that hold the id of a row without a foreign key."""

World = dict[str, dict[str, Any]]
"""By table: the row that was made, by column."""

# What the catalogue does not tell: columns that belong together, and values that code compares.
_MADE: dict[tuple[str, str], Any] = {
    ("memberships", "role"): "admin",
    ("invitations", "role"): "operator",
    ("tickets", "state"): "queued",
    # A lease until 2099 is taken over, for its end cannot have been meant: nobody holds this one, and nothing wants it.
    ("number_leases", "holder"): "",
    ("outbox", "not_before"): "2099-01-01T00:00:00Z",
    ("messages", "direction"): "in",
    ("messages", "author_kind"): "contact",
    ("messages", "status"): "received",
    ("media", "state"): "stored",
    ("accounts", "state"): "active",
    ("consents", "legal_basis"): "consent",
    ("consents", "source"): "operator",
}
_ALSO: dict[str, tuple[str, ...]] = {
    "phone_numbers": ("phone_number_id",),
    "contacts": ("name", "profile_name", "wa_id"),
    "media": ("message_id", "file_name", "storage_key"),
    "messages": ("ticket_id",),
    "departments": ("name",),
    "roles": ("name",),
    "audit_log": ("target_id",),
    "audit_chains": ("seq",),
}
"""Columns that may be left out and that a row needs to be found, or to have something to give away."""


def fill_account(
    connection: psycopg.Connection[Any], catalogue: dict[str, Table], marker: str, given: World | None = None
) -> World:
    """An account with one row in every tenant table, connected by its foreign keys. As a superuser: triggers are off.

    `given`: rows that are there already and that the others hang on.
    """
    world: World = dict(given or {})
    account_id = world["accounts"]["account_id"] if "accounts" in world else new_id()
    connection.execute("SET session_replication_role = replica")
    for table in _parents_first(list(catalogue.values())):
        if table.name in world:
            continue
        world[table.name] = _insert(connection, table, account_id, world, marker)
    connection.execute("SET session_replication_role = origin")
    return world


def _parents_first(tables: list[Table]) -> list[Table]:
    ordered: list[Table] = []
    known = {table.name for table in tables}
    left = list(tables)
    while left:
        done = {table.name for table in ordered}
        ready = [t for t in left if all(p in done or p == t.name or p not in known for p in _parents(t))]
        ready.sort(key=lambda t: t.name != "accounts")
        ordered.extend(ready or left)
        left = [t for t in left if t not in ready] if ready else []
    return ordered


def _parents(table: Table) -> set[str]:
    """Tables whose rows this one's names, with a foreign key or without."""
    keyless = {_KEYLESS[column.name][0] for column in table.columns if column.name in _KEYLESS}
    return keyless | {parent for _, parent, _ in table.keys}


def _insert(
    connection: psycopg.Connection[Any], table: Table, account_id: UUID, world: World, marker: str
) -> dict[str, Any]:
    parents = {ours: (parent, theirs) for ours, parent, theirs in table.keys} | {
        name: place for name, place in _KEYLESS.items() if place[0] != table.name
    }
    row: dict[str, Any] = {}
    for column in table.columns:
        parent = parents.get(column.name)
        if column.name in ("account_id", "current_account_id"):
            row[column.name] = account_id
        elif column.name in ("role_id", "impersonator_id"):
            continue  # only beside a custom role, or an impersonation
        elif column.is_required or column.name in _ALSO.get(table.name, ()):
            if parent is not None and parent[0] in world:
                row[column.name] = world[parent[0]][parent[1]]
            else:
                row[column.name] = _value(table, column, marker)
    return _write(connection, table.name, row)


def _value(table: Table, column: Column, marker: str) -> Any:
    if (table.name, column.name) in _MADE:
        return _MADE[table.name, column.name]
    if column.allowed:
        return column.allowed[0]
    unique = new_id()
    match column.type:
        case "uuid":
            return unique
        case "text":
            return f"{marker}-{table.name}-{column.name}-{unique.hex[-12:]}"
        case "bytea":
            return unique.bytes + unique.bytes
        case "jsonb":
            return f'{{"text": "{marker}-{table.name}-{column.name}"}}'
        case "boolean":
            return True
        case "inet":
            return "192.0.2.1"
        case "timestamp with time zone":
            return "2099-01-01T00:00:00Z" if column.name.startswith("expires") else "2026-11-20T12:00:00Z"
        case "date":
            return "2026-11-20"
        case type_ if type_.endswith("[]"):
            return "{}"
        case "smallint" | "integer" | "bigint":
            return 1
    raise AssertionError(
        f"a value for {table.name}.{column.name} of type {column.type}: extend tests/isolation/rows.py"
    )


def _write(connection: psycopg.Connection[Any], table: str, row: dict[str, Any]) -> dict[str, Any]:
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING RETURNING *").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
    )
    cursor = connection.execute(statement, list(row.values()))
    stored = cursor.fetchone()
    if stored is None:
        return row  # a given account has it already
    assert cursor.description is not None
    return dict(zip([d.name for d in cursor.description], stored, strict=True))


_COUNTED_BY_JOBS = {"usage_marks", "proof_observations", "proof_processes", "proof_log_marks"}
"""The worker counts there by itself, and every process tells what its sockets were given, whoever asks for what."""


def fingerprint(
    connection: psycopg.Connection[Any], catalogue: dict[str, Table], account_id: UUID
) -> dict[str, str]:
    """By tenant table: a hash over all of the account's rows. Unequal afterwards: somebody has written."""
    prints = {}
    for table in catalogue.values():
        if table.is_tenants and table.name not in _COUNTED_BY_JOBS:
            query = sql.SQL(
                "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t WHERE account_id = %s"
            ).format(sql.Identifier(table.name))
            found = connection.execute(query, (account_id,)).fetchone()
            assert found is not None
            prints[table.name] = cast(LiteralString, found[0])
    return prints
