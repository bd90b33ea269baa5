"""The ground that the other tests stand on."""

from contextlib import AbstractAsyncContextManager

import pytest
from sqlalchemy import text

from inbox.kernel import audience
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.event_log import NewEvent
from inbox.kernel.ids import new_id
from tests.conftest import RecordingPublisher, SeededAccount


async def test_events_are_numbered_densely_and_published_after_commit(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    for _ in range(2):
        async with database.acting(seed.ana) as work:
            work.record(NewEvent("member_updated", [audience.EVERYONE, audience.ADMINS], {"n": 1}))
            work.record(NewEvent("member_updated", [audience.EVERYONE], {"n": 2}))
    seqs = [event.seq for account, event in publisher.published if account == seed.account_id]
    assert seqs == [1, 2, 3, 4]
    async with database.acting(seed.ana) as work:
        rows = (await work.session.execute(text("SELECT seq, audience FROM events ORDER BY seq"))).all()
    assert [tuple(row) for row in rows[:2]] == [(1, ["account", "admins"]), (2, ["account"])]


async def _record_and_fail(unit: AbstractAsyncContextManager[UnitOfWork]) -> None:
    async with unit as work:
        work.record(NewEvent("member_updated", [audience.EVERYONE], {}))
        await work.append_recorded()
        raise KeyError("on purpose")


async def test_a_rolled_back_transaction_leaves_no_gap(database: Database, seed: SeededAccount) -> None:
    with pytest.raises(KeyError):
        await _record_and_fail(database.acting(seed.ana))
    async with database.acting(seed.ana) as work:
        assert (await work.session.execute(text("SELECT seq FROM event_counters"))).scalar_one() == 0


async def test_recording_alone_is_a_transaction_too(database: Database, seed: SeededAccount) -> None:
    with pytest.raises(KeyError):
        await _record_and_fail(database.system(seed.account_id))
    async with database.acting(seed.ana) as work:
        assert (await work.session.execute(text("SELECT count(*) FROM events"))).scalar_one() == 0


async def test_another_account_sees_nothing(
    database: Database, seed: SeededAccount, settings: object
) -> None:
    async with database.acting(seed.ana) as work:
        own = (await work.session.execute(text("SELECT count(*) FROM departments"))).scalar_one()
        others = (
            await work.session.execute(
                text("SELECT count(*) FROM departments WHERE account_id <> :a"), {"a": seed.account_id}
            )
        ).scalar_one()
    assert (own, others) == (2, 0)


def test_ids_sort_in_the_order_of_their_making() -> None:
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 5000
    assert all(id_.version == 7 for id_ in ids)
