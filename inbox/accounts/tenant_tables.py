"""The tables that hold accounts' rows, as the database's own catalogue names them: a table that is added later is there too.

Used by the export of an account (everything) and by its erasure (everything, children before parents).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_TABLES_SQL: Final = text(
    """SELECT c.relname AS name,
           array(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, n)
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum ORDER BY k.n) AS key,
           array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
                 AND NOT a.attisdropped AND a.atttypid = 'bytea'::regtype) AS binary_columns
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    JOIN pg_attribute own ON own.attrelid = c.oid AND own.attname = 'account_id' AND NOT own.attisdropped
    JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
    ORDER BY c.relname"""
)
_REFERENCES_SQL: Final = text(
    """SELECT child.relname, parent.relname FROM pg_constraint f
    JOIN pg_class child ON child.oid = f.conrelid JOIN pg_class parent ON parent.oid = f.confrelid
    WHERE f.contype = 'f' AND f.conparentid = 0 AND f.conrelid <> f.confrelid"""
)


@dataclass(frozen=True, slots=True)
class TenantTable:
    name: str
    key: tuple[str, ...]
    """Columns of the primary key; account_id is the first."""
    binary_columns: tuple[str, ...]
    """Sealed secrets and hashes, nearly always."""


async def fetch_tenant_tables(session: AsyncSession) -> list[TenantTable]:
    """All of them, those that refer to others first: in this order rows can be deleted."""
    tables = {
        row.name: TenantTable(row.name, tuple(row.key), tuple(row.binary_columns))
        for row in await session.execute(_TABLES_SQL)
    }
    parents: dict[str, set[str]] = {name: set() for name in tables}
    for child, parent in await session.execute(_REFERENCES_SQL):
        if child in tables and parent in tables:
            parents[child].add(parent)
    return [tables[name] for name in _children_first(parents)]


def _children_first(parents: Mapping[str, set[str]]) -> Sequence[str]:
    """Raises ValueError when tables refer to each other in a circle: then no order is right."""
    ordered: list[str] = []
    waiting = {name: set(names) for name, names in parents.items()}
    while waiting:
        referred = set().union(*waiting.values())
        free = sorted(name for name in waiting if name not in referred)
        if not free:
            raise ValueError(f"tables refer to each other: {sorted(waiting)}")
        ordered += free
        for name in free:
            del waiting[name]
    return ordered
