"""Facts are counted in the commits of ingest: whatever becomes of a batch, received = stored + repeated + parked."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from inbox.ingest.service import Ingest
from inbox.kernel.database import driver_dsn
from server.settings import Settings
from tests.conftest import RecordingPublisher, SeededAccount
from tests.inbox.ingest.webhooks import (
    Hook,
    change,
    document,
    escaped,
    hook_client,
    message,
    new_wamid,
    status,
    text,
)

_FACTS = ["received", "stored", "repeated", "parked", "messages", "announced"]


@pytest.fixture(scope="module")
async def owner_pool(settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    async with asyncpg.create_pool(driver_dsn(settings.database_url), min_size=1, max_size=4) as pool:
        yield pool


@pytest.fixture(scope="module")
async def ingest(settings: Settings, publisher: RecordingPublisher) -> AsyncIterator[Ingest]:
    ingest = Ingest(settings.resolved_system_database_url, settings.vault, publisher)
    await ingest.start()
    yield ingest
    await ingest.stop()


@pytest.fixture
async def hook(ingest: Ingest, seed: SeededAccount, owner_pool: asyncpg.Pool) -> AsyncIterator[Hook]:
    async with hook_client(ingest) as client:
        yield Hook(client, seed, owner_pool)


async def facts_of(hook: Hook) -> dict[str, int]:
    """Over all minutes of the account."""
    sums = ", ".join(f"coalesce(sum({name}), 0)::bigint AS {name}" for name in _FACTS)
    return dict(await hook.row(f"SELECT {sums} FROM proof_facts WHERE account_id = $1"))


def facts(**known: int) -> dict[str, int]:
    return {name: known.get(name, 0) for name in _FACTS}


async def test_new_messages_are_received_stored_and_announced(hook: Hook) -> None:
    await hook.send(text("um"), text("dois"))
    await hook.send(text("três"))
    assert await facts_of(hook) == facts(received=3, stored=3, messages=3, announced=3)


async def test_a_message_that_comes_again_is_repeated_also_when_nothing_else_came(hook: Hook) -> None:
    again = text("um", wamid=new_wamid())
    await hook.send(again)
    await hook.send(again)
    await hook.send(again, again, text("dois"))
    assert await facts_of(hook) == facts(received=5, stored=2, repeated=3, messages=2, announced=2)


async def test_statuses_count_whether_they_change_something_or_not(hook: Hook) -> None:
    unknown = status(new_wamid(), "delivered")
    await hook.send(statuses=[unknown, unknown])
    await hook.send(statuses=[unknown])
    assert await facts_of(hook) == facts(received=3, stored=1, repeated=2)


async def test_the_way_under_locks_counts_the_same(hook: Hook) -> None:
    """Reactions, files and quotes are written step by step."""
    target = new_wamid()
    await hook.send(text("alvo", wamid=target))
    reaction = message({"type": "reaction", "reaction": {"message_id": target, "emoji": "👍"}}, 5)
    quoting = text("resposta", seconds=6, context={"id": target, "from": "551130000000"})
    await hook.send(reaction, quoting)
    counted = await facts_of(hook)
    assert counted == facts(received=3, stored=3, messages=2, announced=2)


async def test_parked_parts_are_counted_once_and_their_repetitions_as_repeated(hook: Hook) -> None:
    body = escaped(document(change("999999999999999", messages=[text()])))
    for _ in range(2):
        assert (await hook.post(body)).status_code == 200
    assert await facts_of(hook) == facts(received=2, repeated=1, parked=1)


async def test_poison_costs_nobody_else_and_every_part_is_counted_once(
    hook: Hook, owner_pool: asyncpg.Pool
) -> None:
    """The batch fails as a whole, is taken apart, and only what was committed is counted."""
    await owner_pool.execute(
        """CREATE OR REPLACE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.content->>'body' = 'VENENO' THEN RAISE EXCEPTION 'poison' USING ERRCODE = '22P05'; END IF;
        RETURN NEW; END $$"""
    )
    await owner_pool.execute(
        "CREATE TRIGGER poison BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION refuse_poison()"
    )
    try:
        await hook.send(text("bom"), text("VENENO"), text("melhor"))
    finally:
        await owner_pool.execute("DROP TRIGGER poison ON messages")
    assert await facts_of(hook) == facts(received=3, stored=2, parked=1, messages=2, announced=2)


async def test_a_rollback_counts_nothing(hook: Hook, owner_pool: asyncpg.Pool) -> None:
    """Killed, or refused by the database: the counts stand or fall with the rows."""
    await hook.send(text("antes"))
    before = await facts_of(hook)
    await owner_pool.execute(
        """CREATE OR REPLACE FUNCTION fail_late() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = 'disk_full'; END $$"""
    )
    await owner_pool.execute(
        "CREATE TRIGGER late BEFORE INSERT ON proof_facts FOR EACH ROW EXECUTE FUNCTION fail_late()"
    )
    number = hook.seed.number.phone_number_id
    body = escaped(document(change(number, messages=[text("perdida? não: recusada")])))
    try:
        assert (await hook.post(body)).status_code == 503
    finally:
        await owner_pool.execute("DROP TRIGGER late ON proof_facts")
    assert await facts_of(hook) == before
    assert len(await hook.messages()) == 1
    assert (await hook.post(body)).status_code == 200
    assert await facts_of(hook) == facts(received=2, stored=2, messages=2, announced=2)


async def test_accounts_of_one_batch_are_counted_apart(
    hook: Hook, ingest: Ingest, settings: Settings, owner_pool: asyncpg.Pool
) -> None:
    import asyncio

    from tests.conftest import seed_account

    async with hook_client(ingest) as client:
        other = Hook(client, seed_account(settings), owner_pool)
        await asyncio.gather(hook.send(text("a"), text("b")), other.send(text("c")))
        assert (await facts_of(hook))["stored"] == 2
        assert (await facts_of(other))["stored"] == 1


async def test_a_message_knows_when_it_came_in_and_so_does_its_event(hook: Hook) -> None:
    await hook.send(text("oi"))
    (row,) = await hook.messages()
    (created,) = [e for e in await hook.events() if e["type"] == "message_created"]
    told: Any = created["payload"]["received_at"]
    assert row["received_at"] is not None
    assert row["received_at"] <= row["created_at"]
    assert told == row["received_at"].isoformat().replace("+00:00", "Z")
