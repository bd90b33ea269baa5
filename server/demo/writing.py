"""Stores the demo's rows, thousands in a second: one pipelined statement a table, one transaction.

As prosa_system and not by COPY, which Postgres refuses under row-level security.
"""

from typing import Any

import asyncpg
import orjson

from inbox.kernel.database import driver_dsn
from server.demo.recording import Rows

# Parents first: foreign keys are checked at once.
_ORDER = (
    "contacts", "contact_identities", "conversations", "tickets", "ticket_segments", "ticket_events", "messages",
    "message_versions", "reactions", "message_statuses", "media", "protocol_counters",
)  # fmt: skip


async def write_history(system_url: str, rows: Rows) -> None:
    """All or nothing."""
    connection = await asyncpg.connect(driver_dsn(system_url))
    try:
        async with connection.transaction():
            for table in _ORDER:
                await _insert(connection, table, rows[table])
    finally:
        await connection.close()


async def _insert(connection: asyncpg.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    columns = list(rows[0])
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    await connection.executemany(
        # Names of tables and columns are constants of recording.py and history.py.
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})",  # noqa: S608
        [[_value(row[column]) for column in columns] for row in rows],
    )


def _value(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, (dict, list)) else value
