"""Every statement of ingest is understood by the real schema, and planned by keys alone."""

import asyncpg
import pytest

from inbox.ingest import sql
from inbox.ingest.connection import open_ingest_pool
from server.settings import Settings

STATEMENTS = {name: text for name, text in vars(sql).items() if name.isupper() and isinstance(text, str)}


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
