"""Usage: every message counted once, whatever was counted before; days are the account's own; the page is bounded."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from inbox.accounts import usage_repository
from inbox.accounts.request_tally import RequestTally
from inbox.accounts.usage import UsageView, count_usage, number_state, read_usage
from inbox.conversations.models import Message
from inbox.kernel.actor import Actor, Role
from inbox.kernel.database import Database
from inbox.kernel.errors import Forbidden
from inbox.kernel.ids import new_id
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.inbox.rows import Talk, add_talk, inbound

NOON = datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0)  # 12:00 in São Paulo


def id_at(at: datetime) -> UUID:
    """A UUIDv7 of that time."""
    value = new_id().int & ((1 << 80) - 1)
    return UUID(int=(int(at.timestamp() * 1000) << 80) | value)


async def write(
    database: Database, seed: SeededAccount, talk: Talk, times: list[datetime], **values: str
) -> None:
    async with database.system(seed.account_id) as work:
        for at in times:
            message: Message = inbound(
                seed, talk.conversation_id, talk.ticket_id, "Oi", at, id_at(at), **values
            )
            work.session.add(message)


async def totals(database: Database, seed: SeededAccount) -> tuple[int, int]:
    usage = await read_usage(database, seed.admin)
    return sum(day.messages_in for day in usage.days), sum(day.messages_out for day in usage.days)


def counted(usage: UsageView) -> dict[str, tuple[int, int]]:
    return {
        str(day.day): (day.messages_in, day.messages_out)
        for day in usage.days
        if day.messages_in or day.messages_out
    }


async def test_a_message_is_counted_once_before_and_after_the_job(
    database: Database, seed: SeededAccount
) -> None:
    old = NOON - timedelta(days=3)
    talk = await add_talk(database, seed, at=old)  # its message has an id of now
    await write(database, seed, talk, [old + timedelta(minutes=n) for n in range(5)])
    assert await totals(database, seed) == (6, 0)
    await count_usage(database)
    assert await totals(database, seed) == (6, 0)
    await write(database, seed, talk, [datetime.now(UTC)])
    assert await totals(database, seed) == (7, 0)
    await asyncio.gather(count_usage(database), count_usage(database))
    assert await totals(database, seed) == (7, 0)


async def test_the_job_takes_more_than_one_batch(
    database: Database, seed: SeededAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_repository, "_BATCH", 2)
    old = NOON - timedelta(days=2)
    talk = await add_talk(database, seed, at=old)
    await write(database, seed, talk, [old + timedelta(minutes=n) for n in range(7)])
    await count_usage(database)
    async with database.system() as work:
        stored = await work.session.scalar(
            text("SELECT sum(messages_in) FROM usage_days WHERE account_id = :id"), {"id": seed.account_id}
        )
    assert stored == 7
    assert await totals(database, seed) == (8, 0)


async def test_days_begin_at_the_accounts_own_midnight(database: Database, seed: SeededAccount) -> None:
    talk = await add_talk(database, seed, at=NOON - timedelta(days=40))
    midnight = (NOON - timedelta(days=2)).replace(hour=3)  # 00:00 in São Paulo
    await write(database, seed, talk, [midnight - timedelta(seconds=1), midnight])
    for _ in range(2):
        usage = await read_usage(database, seed.admin)
        days = [f"{midnight - timedelta(days=n):%Y-%m-%d}" for n in (1, 0)]
        assert counted(usage) == {days[0]: (1, 0), days[1]: (1, 0)}
        assert len(usage.days) == 30
        await count_usage(database)


async def test_the_page_tells_how_the_account_stands(database: Database, seed: SeededAccount) -> None:
    await add_talk(database, seed)
    await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    async with database.system() as work:
        await work.session.execute(
            text(
                """INSERT INTO media (account_id, id, mime_type, state, size, storage_key)
                VALUES (:a, :b, 'image/png', 'stored', 1234, 'x'), (:a, :c, 'image/png', 'failed', 99, NULL)"""
            ),
            {"a": seed.account_id, "b": new_id(), "c": new_id()},
        )
        await work.session.execute(
            text(
                """INSERT INTO dead_webhooks (account_id, id, app_id, reason, body, body_hash)
                VALUES (:a, :b, :app, 'poison', 'x', 'y')"""
            ),
            {"a": seed.account_id, "b": new_id(), "app": seed.app.id},
        )
    usage = await read_usage(database, seed.supervisor)
    assert (usage.open_tickets, usage.queued_tickets) == (2, 1)
    assert (usage.members, usage.parked_webhooks, usage.outbox_waiting) == (4, 1, 0)
    assert usage.storage_bytes == 1234
    assert [number.state for number in usage.numbers] == ["never"]
    assert usage.limits.members > 0
    await count_usage(database)
    assert (await read_usage(database, seed.supervisor)).storage_bytes == 1234


async def test_requests_of_keys_are_counted_in_memory_and_written_now_and_then(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    tallies = [RequestTally(database) for _ in range(2)]  # as two processes
    neighbour = seed_account(settings)
    for tally in tallies:
        for account_id in (seed.account_id, seed.account_id, neighbour.account_id, new_id()):
            tally.count(account_id)

    async def counted_requests(account: SeededAccount) -> int:
        usage = await read_usage(database, account.admin)
        assert [day.api_requests for day in usage.days[:-1]] == [0] * 29
        return usage.days[-1].api_requests

    assert await counted_requests(seed) == 0
    await asyncio.gather(*(tally.flush() for tally in tallies))
    await tallies[0].flush()  # nothing is left to write
    assert (await counted_requests(seed), await counted_requests(neighbour)) == (4, 2)
    await count_usage(database)  # adds to the same rows
    assert await counted_requests(seed) == 4


async def test_what_could_not_be_written_is_written_later(
    database: Database, seed: SeededAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    tally = RequestTally(database)
    tally.count(seed.account_id)
    with monkeypatch.context() as away:

        async def refuse(*_: object) -> None:
            raise OSError("the database is away")

        away.setattr("inbox.accounts.request_tally.add_requests", refuse)
        await tally.flush()
    tally.count(seed.account_id)
    await tally.flush()
    assert (await read_usage(database, seed.admin)).days[-1].api_requests == 2


async def test_clients_read_it_and_operators_do_not(database: Database, seed: SeededAccount) -> None:
    client = Actor(seed.account_id, new_id(), Role.CLIENT)
    assert (await read_usage(database, client)).members == 4
    with pytest.raises(Forbidden):
        await read_usage(database, seed.ana)


def test_a_number_without_webhooks_for_a_day_is_quiet() -> None:
    assert number_state(None, NOON) == "never"
    assert number_state(NOON - timedelta(hours=23), NOON) == "receiving"
    assert number_state(NOON - timedelta(hours=25), NOON) == "quiet"


async def test_what_is_not_counted_yet_is_a_range_of_the_primary_key(
    database: Database, seed: SeededAccount
) -> None:
    async with database.acting(seed.admin) as work:
        await work.session.execute(text("SET LOCAL enable_seqscan = off"))
        await work.session.execute(text("SET LOCAL enable_bitmapscan = off"))
        rows = await work.session.execute(
            text(f"EXPLAIN {usage_repository._DAYS_SQL.text}"),
            {"account_id": seed.account_id, "time_zone": "UTC", "first_day": NOON.date(), "counted_to": new_id(),
             "most_tail": 10},
        )  # fmt: skip
        plan = "\n".join(row[0] for row in rows)
    assert "messages_pkey" in plan
    assert "Filter: (id >" not in plan
