"""One sender per number, and what happens when it dies."""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from inbox.outbox.lease import Lease, LeaseBook, LeaseTerms, NumberKey
from inbox.outbox.outcomes import Accepted, Failed, TryAgain, unsendable
from inbox.outbox.results import recover_orphans, write_results
from tests.inbox.outbox.conftest import FAST_LEASE, Yard
from tests.inbox.outbox.fake_graph import Json

PROJECT = Path(__file__).parents[3]


@asynccontextmanager
async def sender_process(
    yard: Yard, holder: str, **more: object
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.inbox.outbox.sender_process", stdin=asyncio.subprocess.PIPE, cwd=PROJECT
    )
    assert process.stdin is not None
    options = {
        "database_url": yard.settings.resolved_system_database_url,
        "encryption_key": yard.settings.encryption_keys.get_secret_value(),
        "holder": holder,
        **more,
    }
    process.stdin.write(json.dumps(options).encode())
    process.stdin.close()
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_number_is_driven_by_one_of_two_workers(yard: Yard) -> None:
    yard.graph.delay_seconds = 0.005
    ids = [str(await yard.queue(await yard.conversation())) for _ in range(60)]
    other_wake = asyncio.Event()
    async with yard.sending(holder="one"), yard.sending(holder="two", wake=other_wake):
        await yard.until(lambda: yard.graph.bodies)
        lease = await yard.lease()
        assert lease is not None
        holder, token = lease["holder"], lease["token"]
        await yard.until_empty()
        lease = await yard.lease()
        assert lease is not None
        assert (lease["holder"], lease["token"]) == (holder, token)
    assert sorted(yard.graph.sent_ids) == sorted(ids)


async def test_a_stopped_worker_gives_its_numbers_back_at_once(yard: Yard) -> None:
    async with yard.sending(holder="one"):
        await yard.queue(await yard.conversation())
        await yard.until_empty()
    lease = await yard.lease()
    assert lease is not None
    assert (lease["holder"], lease["live"]) == ("", False)
    async with yard.sending(holder="two"):
        await yard.until_status(await yard.queue(await yard.conversation()), "sending")
        renewed = await yard.lease()
        assert renewed is not None
        assert (renewed["holder"], renewed["token"]) == ("two", lease["token"] + 1)


async def test_a_quiet_number_is_given_back_while_the_worker_runs(yard: Yard) -> None:
    async with yard.sending(idle_seconds=0.3):
        await yard.queue(await yard.conversation())
        await yard.until_empty()

        async def given_back() -> bool:
            lease = await yard.lease()
            return lease is not None and not lease["live"]

        await yard.until(given_back)
        await yard.until_status(await yard.queue(await yard.conversation()), "sending")


async def test_after_kill_9_another_worker_takes_over_and_nothing_is_sent_twice(yard: Yard) -> None:
    """Five requests hang when the sender dies: those may have gone out. Everything else goes out once."""
    hanging = asyncio.Event()
    killed = asyncio.Event()

    async def script(_: Json) -> web.StreamResponse | None:
        if killed.is_set():
            return None
        if len(yard.graph.bodies) > 10:
            if yard.graph.in_flight >= 5:
                hanging.set()
            await killed.wait()
        return None

    yard.graph.script = script
    await yard.connect(messages_per_second=50)  # five at once
    ids = [await yard.queue(await yard.conversation()) for _ in range(40)]
    async with sender_process(yard, "victim") as victim:
        await asyncio.wait_for(hanging.wait(), 30)
        os.kill(victim.pid, signal.SIGKILL)
        await victim.wait()
    killed.set()
    died = asyncio.get_running_loop().time()
    async with yard.sending(holder="heir", terms=FAST_LEASE):
        await yard.until_empty()
        assert asyncio.get_running_loop().time() - died < 10
    times = Counter(yard.graph.sent_ids)
    assert max(times.values()) == 1
    assert set(times) | {str(i) for i in ids} == {str(i) for i in ids}
    statuses = Counter([(await yard.message(i))["status"] for i in ids])
    assert statuses["unconfirmed"] + statuses["sending"] == 40
    assert statuses["unconfirmed"] >= 5
    lost = [i for i in ids if str(i) not in times]
    assert all([(await yard.message(i))["status"] == "unconfirmed" for i in lost])
    assert (
        len(
            {
                event["message_id"]
                for event in yard.events("message_status_changed")
                if event["status"] == "unconfirmed"
            }
        )
        == statuses["unconfirmed"]
    )


async def hold(yard: Yard, holder: str, terms: LeaseTerms = FAST_LEASE) -> tuple[LeaseBook, Lease]:
    book = LeaseBook(yard.pool, holder, terms)
    (lease,) = await book.take([NumberKey(yard.seed.account_id, yard.seed.number.id)])
    return book, lease


async def claim(yard: Yard, lease: Lease) -> None:
    await yard.pool.execute(
        "UPDATE outbox SET state = 'sending', lease_token = $2 WHERE account_id = $1",
        yard.seed.account_id,
        lease.token,
    )


async def expire(yard: Yard) -> None:
    await yard.pool.execute(
        "UPDATE number_leases SET expires_at = now() WHERE account_id = $1", yard.seed.account_id
    )


async def test_a_live_lease_cannot_be_taken_and_a_lost_one_is_noticed_at_renewal(yard: Yard) -> None:
    book, lease = await hold(yard, "one")
    key = lease.key
    assert await LeaseBook(yard.pool, "two", FAST_LEASE).take([key]) == []
    await book.renew()
    assert lease.holds()
    await expire(yard)
    _, taken = await hold(yard, "two")
    assert taken.token == lease.token + 1
    await book.renew()
    assert lease.lost
    assert not lease.holds()


async def test_results_of_a_sender_that_lost_its_lease_change_nothing(yard: Yard) -> None:
    message_id = await yard.queue(await yard.conversation())
    _, late = await hold(yard, "late")
    await claim(yard, late)
    await expire(yard)
    _, heir = await hold(yard, "heir")
    await yard.pool.execute(
        "UPDATE outbox SET lease_token = $2 WHERE account_id = $1", yard.seed.account_id, heir.token
    )
    now = datetime.now(UTC)
    failed: Failed = unsendable(message_id, "late")
    for result in (Accepted(message_id, "wamid.LATE"), failed, TryAgain(message_id, timedelta())):
        await write_results(yard.pool, late, [result], now)
    row = await yard.message(message_id)
    assert (row["status"], row["wamid"], row["version"]) == ("queued", None, 1)
    (item,) = await yard.waiting()
    assert (item["state"], item["lease_token"], item["attempts"]) == ("sending", heir.token, 0)


async def test_an_acceptance_that_comes_after_the_take_over_resolves_the_unconfirmed_message(
    yard: Yard,
) -> None:
    message_id = await yard.queue(await yard.conversation())
    _, late = await hold(yard, "late")
    await claim(yard, late)
    await expire(yard)
    _, heir = await hold(yard, "heir")
    orphans, _ = await recover_orphans(yard.pool, heir, datetime.now(UTC))
    assert orphans == 1
    assert (await yard.message(message_id))["status"] == "unconfirmed"
    await write_results(yard.pool, late, [Accepted(message_id, "wamid.TRUTH")], datetime.now(UTC))
    row = await yard.message(message_id)
    assert (row["status"], row["wamid"], row["error"]) == ("sending", "wamid.TRUTH", None)


async def test_a_message_that_a_webhook_has_named_is_not_called_unconfirmed(yard: Yard) -> None:
    message_id = await yard.queue(await yard.conversation())
    _, victim = await hold(yard, "victim")
    await claim(yard, victim)
    await yard.pool.execute(
        "UPDATE messages SET wamid = 'wamid.SEEN', status = 'sent' WHERE id = $1", message_id
    )
    await expire(yard)
    _, heir = await hold(yard, "heir")
    await recover_orphans(yard.pool, heir, datetime.now(UTC))
    assert (await yard.message(message_id))["status"] == "sent"
    assert await yard.waiting() == []


async def test_one_result_that_breaks_does_not_cost_the_others(yard: Yard) -> None:
    """The wamid of another row (an echo that came first) is left to that row."""
    conversation = await yard.conversation()
    first, second = await yard.queue(conversation), await yard.queue(await yard.conversation())
    echo = await yard.queue(await yard.conversation())
    await yard.pool.execute("DELETE FROM outbox WHERE message_id = $1", echo)
    await yard.pool.execute("UPDATE messages SET wamid = 'wamid.TAKEN' WHERE id = $1", echo)
    _, lease = await hold(yard, "one")
    await claim(yard, lease)
    await write_results(
        yard.pool, lease, [Accepted(first, "wamid.TAKEN"), Accepted(second, "wamid.FREE")], datetime.now(UTC)
    )
    assert (await yard.message(second))["wamid"] == "wamid.FREE"
    row = await yard.message(first)
    assert (row["status"], row["wamid"]) == ("sending", None)
