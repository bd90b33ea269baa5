"""Pushed = acknowledged + ended, exactly, whatever clients do; and how messages travelled to a screen."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from inbox.kernel.actor import Actor
from inbox.kernel.audience import EVERYONE
from inbox.kernel.database import driver_dsn
from inbox.kernel.event_log import NewEvent
from inbox.kernel.ids import new_id
from inbox.proof.log_count import count_log
from inbox.proof.service import read_proof
from inbox.proof.views import ProofView
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.realtime.conftest import Client, Live, eventually


@pytest.fixture
async def owner(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(driver_dsn(settings.database_url))
    yield connection
    await connection.close()


COLUMNS = ["published", "dropped", "passed", "relayed", "found", "pushed", "acknowledged", "ended"]


def news(n: int = 0) -> NewEvent:
    return NewEvent("department_created", [EVERYONE], {"n": n})


def message(user: Actor, received_at: datetime | None = None) -> tuple[UUID, NewEvent]:
    message_id = new_id()
    data: dict[str, Any] = {"message": {"id": str(message_id)}, "received_at": received_at}
    return message_id, NewEvent("message_created", [f"user:{user.user_id}"], data)


async def observed(live: Live, account_id: UUID) -> dict[str, int]:
    assert await live.observer.report(live.pool)
    sums = ", ".join(f"coalesce(sum({name}), 0)::bigint AS {name}" for name in COLUMNS)
    row = await live.pool.fetchrow(
        f"SELECT {sums} FROM proof_observations WHERE account_id = $1 AND process_id = $2",
        account_id,
        live.observer.process_id,
    )
    assert row is not None
    return dict(row)


async def heard(client: Client, items: int) -> None:
    await client.until(lambda: len(client.items) == items)


async def say_seen(client: Client, **payload: Any) -> Any:
    return await client.command("seen", {"items": len(client.items), **payload})


async def test_what_the_browser_confirms_is_counted_exactly(live: Live, seed: SeededAccount) -> None:
    one, two = await live.connect(seed.ana), await live.connect(seed.bruno)
    await live.log(seed.account_id, *map(news, range(5)))
    for client in (one, two):
        await heard(client, 5)
    await say_seen(one)
    await two.command("seen", {"items": 2})
    counted = await observed(live, seed.account_id)
    assert (counted["pushed"], counted["acknowledged"], counted["ended"]) == (10, 7, 0)
    await say_seen(two)
    counted = await observed(live, seed.account_id)
    assert (counted["pushed"], counted["acknowledged"], counted["ended"]) == (10, 10, 0)


async def test_a_lying_client_confirms_nothing_that_it_was_not_given(live: Live, seed: SeededAccount) -> None:
    client = await live.connect(seed.ana)
    await live.log(seed.account_id, news())
    await client.until(lambda: len(client.items) == 1)
    assert await client.command("seen", {"items": 2**53}) == {}
    assert await client.command("seen", {"items": 0}) == {}  # nor takes anything back
    counted = await observed(live, seed.account_id)
    assert (counted["pushed"], counted["acknowledged"]) == (1, 1)
    for nonsense in ({"items": -1}, {"items": 2**63}, {"items": "many"}, {}, None, [1], {"items": 1, "x": 2}):
        assert (await client.command("seen", nonsense))["code"] == "invalid"
    await live.log(seed.account_id, news(1))
    await client.until(lambda: len(client.items) == 2)


async def test_a_cut_socket_ends_its_pushes_and_its_successor_resumes(
    live: Live, seed: SeededAccount
) -> None:
    first = await live.connect(seed.ana)
    cursor = first.cursor
    await live.log(seed.account_id, news(1), news(2))
    await first.until(lambda: len(first.items) == 2)
    await first.close()

    async def has_ended() -> bool:
        return (await observed(live, seed.account_id))["ended"] == 2

    await eventually(has_ended)
    second = await live.connect(seed.ana, cursor=cursor)
    await second.until(lambda: len(second.items) == 2)
    await say_seen(second)
    counted = await observed(live, seed.account_id)
    assert (counted["pushed"], counted["acknowledged"], counted["ended"]) == (4, 2, 2)


async def test_after_a_random_history_every_equation_holds(live: Live, seed: SeededAccount) -> None:
    """Screens come, confirm some, all or nothing, are cut, and resume from where they were."""
    chance = random.Random(20261123)
    people = [seed.admin, seed.supervisor, seed.ana, seed.bruno]
    screens: list[Client] = []
    cursors: dict[UUID, int] = {}
    total = 0
    for _ in range(40):
        events = [news(n) for n in range(chance.randint(1, 6))]
        total += len(events)
        await live.log(seed.account_id, *events)
        match chance.randint(0, 3):
            case 0 if len(screens) < 8:
                person = chance.choice(people)
                cursor = cursors.get(person.user_id)
                screens.append(await live.connect(person, **({} if cursor is None else {"cursor": cursor})))
            case 1 if screens:
                gone = screens.pop(chance.randrange(len(screens)))
                cursors[chance.choice(people).user_id] = gone.cursor
                await gone.close()
            case _ if screens:
                some = chance.choice(screens)
                await some.command("seen", {"items": chance.randint(0, len(some.items) + 3)})
            case _:
                pass
        await live.observer.report(live.pool)
    for screen in screens[::2]:
        await screen.close()
    for screen in screens[1::2]:
        await screen.command("seen", {"items": 2**40})
        await screen.close()

    async def is_settled() -> bool:
        counted = await observed(live, seed.account_id)
        return counted["pushed"] == counted["acknowledged"] + counted["ended"]

    await live.publisher.drained()
    await eventually(is_settled)
    counted = await observed(live, seed.account_id)
    assert counted["pushed"] > total
    assert counted["passed"] == counted["relayed"]
    assert counted["published"] + counted["dropped"] == total
    page = await read_proof(live.database, seed.admin)
    assert {(e.name, e.state, e.gap) for e in page.today.equations} == {
        (name, "equal", 0)
        for name in ("received", "announced", "numbered", "published", "relayed", "acknowledged")
    }
    assert page.today.numbered == total


async def test_counting_the_log_changes_no_number_on_the_page(live: Live, seed: SeededAccount) -> None:
    await live.log(seed.account_id, *map(news, range(7)))
    await live.publisher.drained()
    await live.observer.report(live.pool)
    before = await read_proof(live.database, seed.admin)
    await count_log(live.database)
    await count_log(live.database)
    await live.log(seed.account_id, news())
    after = await read_proof(live.database, seed.admin)
    assert (before.today.numbered, after.today.numbered) == (7, 8)
    assert _state(before, "published") == "equal"
    assert _state(after, "numbered") == "equal"


def _state(page: ProofView, name: str) -> str:
    return next(e.state for e in page.today.equations if e.name == name)


async def test_a_hole_in_the_log_is_an_alarm(live: Live, seed: SeededAccount, owner: Any) -> None:
    await live.log(seed.account_id, *map(news, range(3)))
    await owner.execute("DELETE FROM events WHERE account_id = $1 AND seq = 2", seed.account_id)
    await count_log(live.database)
    page = await read_proof(live.database, seed.admin)
    assert page.state == "alarm"
    assert _state(page, "numbered") == "alarm"


async def test_a_process_that_was_killed_explains_its_gap_and_claims_no_loss(
    live: Live, seed: SeededAccount
) -> None:
    client = await live.connect(seed.ana)
    await live.log(seed.account_id, news())
    await client.until(lambda: len(client.items) == 1)
    await observed(live, seed.account_id)
    page = await read_proof(live.database, seed.admin)
    assert _state(page, "acknowledged") == "under_way"
    await live.pool.execute(
        "UPDATE proof_processes SET seen_at = now() - interval '2 minutes' WHERE account_id = $1",
        seed.account_id,
    )
    page = await read_proof(live.database, seed.admin)
    found = next(e for e in page.today.equations if e.name == "acknowledged")
    assert (found.state, found.gap, found.unreported) == ("explained", 1, 1)


async def test_a_report_that_is_written_twice_counts_once(live: Live, seed: SeededAccount) -> None:
    """Its answer was lost: the process writes it again."""
    client = await live.connect(seed.ana)
    message_id, event = message(seed.ana, datetime.now(UTC))
    await live.log(seed.account_id, event)
    await client.until(lambda: len(client.items) == 1)
    first = await observed(live, seed.account_id)
    live.observer._changed = set(live.observer._rows)
    assert await observed(live, seed.account_id) == first
    rows = await live.pool.fetch(
        "SELECT message_id FROM message_trips WHERE account_id = $1", seed.account_id
    )
    assert [row["message_id"] for row in rows] == [message_id]


async def test_a_message_is_timed_from_webhook_to_paint(live: Live, seed: SeededAccount) -> None:
    screen, again = await live.connect(seed.ana), await live.connect(seed.ana)
    stranger = await live.connect(seed.bruno)
    message_id, event = message(seed.ana, datetime.now(UTC) - timedelta(milliseconds=40))
    await live.log(seed.account_id, event)
    for client in (screen, again):
        await heard(client, 1)
    painted = [{"message_id": str(message_id), "after_ms": 12}]
    await say_seen(stranger, painted=painted)  # could not hear it
    assert await live.observer.report(live.pool)
    (trip,) = await _trips(live, seed)
    assert trip["painted_at"] is None
    await say_seen(screen, round_trip_ms=8, painted=painted)
    await say_seen(again, painted=painted)
    await say_seen(screen, painted=[{"message_id": str(new_id()), "after_ms": 1}])  # never pushed
    assert await live.observer.report(live.pool)
    (trip,) = await _trips(live, seed)
    assert trip["received_at"] < trip["stored_at"] <= trip["pushed_at"] <= trip["painted_at"]
    assert trip["painted_at"] - trip["pushed_at"] <= timedelta(milliseconds=16)
    page = await read_proof(live.database, seed.admin)
    legs = {leg.leg: leg for leg in page.today.legs}
    assert {name: leg.count for name, leg in legs.items()} == {"store": 1, "push": 1, "paint": 1, "whole": 1}
    assert legs["store"].p50_ms is not None
    assert legs["store"].p50_ms >= 35
    assert page.minutes[-1].p99_ms is not None or page.minutes[-2].p99_ms is not None


async def _trips(live: Live, seed: SeededAccount) -> list[Any]:
    rows: list[Any] = await live.pool.fetch(
        "SELECT * FROM message_trips WHERE account_id = $1", seed.account_id
    )
    return rows
