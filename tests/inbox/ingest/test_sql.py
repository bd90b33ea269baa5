"""Every statement of ingest is understood by the real schema, and planned by keys alone."""

import asyncpg
import pytest

from inbox.ingest import sql, writing
from inbox.ingest.connection import open_ingest_pool
from inbox.ingest.statement import Statement
from server.settings import Settings

STATEMENTS = {
    **{n: text for n, text in vars(sql).items() if n.isupper() and n[0] != "_" and isinstance(text, str)},
    **{n: statement.text for n, statement in vars(writing).items() if isinstance(statement, Statement)},
}


@pytest.mark.parametrize("name", sorted(STATEMENTS))
async def test_a_statement_is_valid_and_scans_no_table(name: str, settings: Settings) -> None:
    pool: asyncpg.Pool = await open_ingest_pool(settings.resolved_system_database_url, size=1)
    async with pool, pool.acquire() as connection:
        prepared = await connection.prepare(STATEMENTS[name])
        arguments: list[list[str] | None] = [
            [] if p.kind == "array" else None for p in prepared.get_parameters()
        ]
        plan = await prepared.explain(*arguments)
        assert "Seq Scan" not in str(plan), plan
