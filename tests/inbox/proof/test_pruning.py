"""Rolling up loses nothing, and old things go."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from inbox.kernel.database import Database
from inbox.kernel.errors import Forbidden, NotFound
from inbox.kernel.ids import new_id
from inbox.proof.pruning import prune_proof
from inbox.proof.service import read_proof, read_trip
from tests.conftest import SeededAccount


async def _rows(database: Database, statement: str, **values: Any) -> list[Any]:
    async with database.system() as work:
        return list((await work.session.execute(text(statement), values)).all())


async def _fill(database: Database, seed: SeededAccount, at: datetime, process_id: Any) -> None:
    async with database.system() as work:
        await work.session.execute(
            text("INSERT INTO proof_facts (account_id, minute, received, stored) VALUES (:a, :at, 3, 3)"),
            {"a": seed.account_id, "at": at},
        )
        await work.session.execute(
            text(
                "INSERT INTO proof_observations (account_id, process_id, minute, pushed, acknowledged) VALUES (:a, :p, :at, 5, 4)"
            ),
            {"a": seed.account_id, "p": process_id, "at": at},
        )


async def test_old_minutes_become_hours_and_their_sums_stay(database: Database, seed: SeededAccount) -> None:
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    old, fresh, process_id = hour - timedelta(days=3), hour - timedelta(hours=1), new_id()
    for minute in (0, 7, 59):
        await _fill(database, seed, old + timedelta(minutes=minute), process_id)
        await _fill(database, seed, fresh + timedelta(minutes=minute), process_id)
    before = (await read_proof(database, seed.admin)).week
    await prune_proof(database)
    await prune_proof(database)
    after = (await read_proof(database, seed.admin)).week
    assert (after.received, after.pushed, after.acknowledged) == (
        before.received,
        before.pushed,
        before.acknowledged,
    )
    rows = await _rows(
        database,
        "SELECT minute, received FROM proof_facts WHERE account_id = :a ORDER BY 1",
        a=seed.account_id,
    )
    assert [(row.minute, row.received) for row in rows] == [
        (old, 9),
        *((fresh + timedelta(minutes=minute), 3) for minute in (0, 7, 59)),
    ]
    observed = await _rows(
        database,
        "SELECT pushed FROM proof_observations WHERE account_id = :a AND minute = :at",
        a=seed.account_id,
        at=old,
    )
    assert [row.pushed for row in observed] == [15]


async def test_what_is_older_than_five_weeks_goes(database: Database, seed: SeededAccount) -> None:
    long_ago = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=36)
    await _fill(database, seed, long_ago, new_id())
    await _rows_written(database, seed, long_ago)
    await prune_proof(database)
    for table in ("proof_facts", "proof_observations", "message_trips", "trip_hours"):
        assert await _rows(database, f"SELECT 1 FROM {table} WHERE account_id = :a", a=seed.account_id) == []


async def _rows_written(database: Database, seed: SeededAccount, at: datetime) -> None:
    async with database.system() as work:
        await work.session.execute(
            text(
                "INSERT INTO message_trips (account_id, message_id, stored_at, pushed_at) VALUES (:a, :m, :at, :at)"
            ),
            {"a": seed.account_id, "m": new_id(), "at": at},
        )
        await work.session.execute(
            text(
                "INSERT INTO trip_hours (account_id, hour, leg, bucket, count) VALUES (:a, :at, 'push', 3, 1)"
            ),
            {"a": seed.account_id, "at": at},
        )


async def test_only_whoever_may_see_the_audit_log_sees_the_proof(
    database: Database, seed: SeededAccount
) -> None:
    with pytest.raises(Forbidden):
        await read_proof(database, seed.ana)
    page = await read_proof(database, seed.admin)
    assert page.state == "equal"
    assert len(page.minutes) == 60


async def test_the_trip_of_what_may_not_be_seen_is_not_found(database: Database, seed: SeededAccount) -> None:
    with pytest.raises(NotFound):
        await read_trip(database, seed.ana, new_id(), new_id())
