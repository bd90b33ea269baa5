"""The chain of the audit log: complete, authenticated, append-only."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from inbox.kernel.audit import INSTALLATION, AuditEntry, RecordedEntry, entry_mac
from inbox.kernel.database import Database
from tests.conftest import SeededAccount


async def _chain(database: Database, seed: SeededAccount) -> list[tuple[RecordedEntry, bytes]]:
    async with database.acting(seed.admin) as work:
        rows = await work.session.execute(
            text(f"SELECT {', '.join(RecordedEntry.__slots__)}, mac FROM audit_log ORDER BY seq")
        )
        return [(_recorded(dict(row)), row["mac"]) for row in rows.mappings()]


def _recorded(row: dict[str, Any]) -> RecordedEntry:
    row.pop("mac")
    row["ip"] = str(row["ip"]) if row["ip"] is not None else None
    return RecordedEntry(**row)


async def test_entries_are_dense_and_authenticated_over_the_one_before(
    database: Database, seed: SeededAccount
) -> None:
    async def act(n: int) -> None:
        async with database.acting(seed.admin) as work:
            work.audit(AuditEntry("thing.changed", "thing", str(n), {"n": n}, {"n": n + 1, "é": "ç"}))
            work.audit(AuditEntry("thing.looked_at", "thing", seed.ana.user_id))

    await asyncio.gather(*(act(n) for n in range(10)))
    chain = await _chain(database, seed)
    assert [entry.seq for entry, _ in chain] == list(range(1, 21))
    previous = b""
    for entry, mac in chain:
        assert entry_mac(database.audit_key, previous, entry) == mac
        previous = mac


async def test_nobody_changes_or_removes_an_entry(database: Database, seed: SeededAccount) -> None:
    async with database.acting(seed.admin) as work:
        work.audit(AuditEntry("thing.changed"))
    for statement in (
        "UPDATE audit_log SET action = 'x'",
        "DELETE FROM audit_log",
        "DELETE FROM audit_chains",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.system() as work:
                await work.session.execute(text(statement))


async def test_what_is_rolled_back_leaves_no_entry(database: Database, seed: SeededAccount) -> None:
    async def change_and_fail() -> None:
        async with database.acting(seed.admin) as work:
            work.audit(AuditEntry("thing.changed"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change_and_fail()
    assert await _chain(database, seed) == []


async def test_the_installation_has_a_chain_of_its_own(database: Database, seed: SeededAccount) -> None:
    async with database.system() as work:
        work.audit(AuditEntry("sign_in.refused"), INSTALLATION)
    assert await _chain(database, seed) == []
