"""At most one send per intent, whenever a sender dies or falls asleep; the next one takes over and keeps the order."""

import asyncio
import os
import signal
import time
from collections import Counter
from uuid import UUID

import psutil
import pytest
from aiohttp import web

from inbox.ingest.service import Ingest
from inbox.outbox.claim import Claimed, claim_messages
from inbox.outbox.lease import Lease, LeaseBook, LeaseTerms, NumberKey
from tests.inbox.ingest.webhooks import Hook, hook_client, new_wamid, status
from tests.inbox.outbox.conftest import FAST_LEASE, Yard
from tests.inbox.outbox.fake_graph import Json
from tests.inbox.outbox.test_leases import sender_process

# DESIGN 7.
_TAKE_OVER_SECONDS = 10.0


async def has_stopped(process: asyncio.subprocess.Process) -> None:
    """Returns when a SIGSTOP has reached it."""
    async with asyncio.timeout(30):
        while psutil.Process(process.pid).status() != psutil.STATUS_STOPPED:  # noqa: ASYNC110 - the kernel tells nobody
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("moment", "sent_by_the_dead", "left"),
    [
        ("claimed", 0, "unconfirmed"),
        ("answered", 1, "unconfirmed"),
        ("recording", 1, "unconfirmed"),
        ("recorded", 1, "sending"),
    ],
)
async def test_a_kill_between_claim_send_and_record_sends_nothing_twice_and_keeps_the_order(
    yard: Yard, moment: str, sent_by_the_dead: int, left: str
) -> None:
    conversation = await yard.conversation()
    first, second = await yard.queue(conversation), await yard.queue(conversation)
    async with sender_process(yard, "victim", moment=moment) as victim:
        await asyncio.wait_for(victim.wait(), 30)
    assert yard.graph.sent_ids == [str(first)] * sent_by_the_dead

    async with yard.sending(holder="heir", terms=FAST_LEASE):
        await yard.until_empty()

    assert yard.graph.sent_ids == [*[str(first)] * sent_by_the_dead, str(second)]
    assert (await yard.message(first))["status"] == left
    assert (await yard.message(second))["status"] == "sending"
    if left == "unconfirmed" and sent_by_the_dead:
        await _meta_tells(yard, first)
        row = await yard.message(first)
        assert (row["status"], row["error"]) == ("delivered", None)


async def _meta_tells(yard: Yard, message_id: UUID) -> None:
    """The status webhook of a message whose answer nobody wrote down."""
    ingest = Ingest(yard.settings.resolved_system_database_url, yard.settings.vault)
    await ingest.start()
    async with hook_client(ingest) as client:
        told = status(new_wamid(), "delivered", biz_opaque_callback_data=str(message_id))
        await Hook(client, yard.seed, yard.pool).send(statuses=[told])
    await ingest.stop()


async def test_a_sender_that_slept_before_the_request_sends_and_records_nothing_when_it_wakes(
    yard: Yard,
) -> None:
    conversation = await yard.conversation()
    first, second = await yard.queue(conversation), await yard.queue(conversation)
    async with sender_process(yard, "sleeper", moment="paused_before_send") as sleeper:
        await has_stopped(sleeper)
        async with yard.sending(holder="heir", terms=FAST_LEASE):
            await yard.until_status(first, "unconfirmed")
            await yard.until_status(second, "sending")
            before = await yard.lease()
            sleeper.send_signal(signal.SIGCONT)
            # It has looked at the number again (its renewal finds the lease gone) long before these ten are through.
            for _ in range(10):
                await yard.until_status(await yard.queue(conversation), "sending")
            await _has_noticed(yard, sleeper)
            after = await yard.lease()
    assert yard.graph.sent_ids.count(str(first)) == 0
    assert max(Counter(yard.graph.sent_ids).values()) == 1
    assert before is not None
    assert after is not None
    assert (before["holder"], before["token"]) == (after["holder"], after["token"]) == ("heir", 2)
    assert (await yard.message(first))["status"] == "unconfirmed"


async def test_an_answer_that_a_sleeper_brings_late_is_the_truth_and_nothing_else_of_it_counts(
    yard: Yard,
) -> None:
    conversation = await yard.conversation()
    first, second = await yard.queue(conversation), await yard.queue(conversation)
    async with sender_process(yard, "sleeper", moment="paused_after_answer") as sleeper:
        await has_stopped(sleeper)
        async with yard.sending(holder="heir", terms=FAST_LEASE):
            await yard.until_status(first, "unconfirmed")
            await yard.until_status(second, "sending")
            sleeper.send_signal(signal.SIGCONT)
            assert (await yard.until_status(first, "sending"))["wamid"] is not None
            third = await yard.queue(conversation)
            await yard.until_status(third, "sending")
            lease = await yard.lease()
    assert lease is not None
    assert (lease["holder"], lease["token"]) == ("heir", 2)
    assert yard.graph.sent_ids == [str(first), str(second), str(third)]


async def _has_noticed(yard: Yard, sleeper: asyncio.subprocess.Process) -> None:
    """Its connections have been used again and are idle: what it wanted to write, it has tried to write."""

    async def is_idle() -> bool:
        row = await yard.pool.fetchrow(
            """SELECT count(*) AS connections, max(state_change) > now() - interval '5 seconds' AS lately,
                      bool_and(state = 'idle') AS idle
            FROM pg_stat_activity WHERE application_name = 'prosa outbox' AND datname = current_database()
              AND pid <> pg_backend_pid()"""
        )
        return bool(row and row["connections"] and row["lately"] and row["idle"])

    await yard.until(is_idle)
    assert sleeper.returncode is None, "it lives, and does nothing"


async def test_a_sleeper_in_the_middle_of_requests_costs_nothing_twice(yard: Yard) -> None:
    """Five requests are under way when it falls asleep from outside; the next sender goes on behind them."""
    hanging, released = asyncio.Event(), asyncio.Event()

    async def script(_: Json) -> web.StreamResponse | None:
        if not hanging.is_set():
            if yard.graph.in_flight >= 5:
                hanging.set()
            await released.wait()
        return None

    yard.graph.script = script
    await yard.connect(messages_per_second=50)  # five at once
    conversations = [await yard.conversation() for _ in range(10)]
    ids = [str(await yard.queue(conversation)) for _ in range(3) for conversation in conversations]
    async with sender_process(yard, "sleeper") as sleeper:
        await asyncio.wait_for(hanging.wait(), 30)
        os.kill(sleeper.pid, signal.SIGSTOP)
        async with yard.sending(holder="heir", terms=FAST_LEASE):
            await yard.until_empty()
            released.set()
            os.kill(sleeper.pid, signal.SIGCONT)
            ids += [str(await yard.queue(conversation)) for conversation in conversations]
            await yard.until_empty()
            await _has_noticed(yard, sleeper)
    times = Counter(yard.graph.sent_ids)
    assert max(times.values()) == 1
    assert set(times) <= set(ids)
    unsent = [UUID(id_) for id_ in ids if id_ not in times]
    assert all([(await yard.message(id_))["status"] == "unconfirmed" for id_ in unsent])
    # When a request that was under way arrives, nobody can say; everything else of a conversation keeps its order.
    orphans = {e["message_id"] for e in yard.events("message_status_changed") if e["status"] == "unconfirmed"}
    sent = [id_ for id_ in yard.graph.sent_ids if id_ not in orphans]
    for n in range(10):
        own = [id_ for id_ in ids[n::10] if id_ not in orphans]
        assert [id_ for id_ in sent if id_ in own] == own


async def test_a_dead_senders_number_is_taken_over_within_ten_seconds(yard: Yard) -> None:
    """With the times of production."""
    async with sender_process(yard, "victim", real_terms=True) as victim:
        await yard.until_status(await yard.queue(await yard.conversation()), "sending")
        async with yard.sending(holder="heir", terms=LeaseTerms()):
            victim.kill()
            died = time.monotonic()
            message_id = await yard.queue(await yard.conversation())
            await yard.until_status(message_id, "sending")
            assert time.monotonic() - died < _TAKE_OVER_SECONDS
    assert max(Counter(yard.graph.sent_ids).values()) == 1


async def test_of_two_workers_that_take_one_number_and_claim_one_row_one_wins(yard: Yard) -> None:
    key = NumberKey(yard.seed.account_id, yard.seed.number.id)
    books = [LeaseBook(yard.pool, holder, FAST_LEASE) for holder in ("one", "two")]
    taken = await asyncio.gather(*(book.take([key]) for book in books))
    assert sorted(map(len, taken)) == [0, 1]
    (lease,) = (lease for leases in taken for lease in leases)
    ids = {await yard.queue(await yard.conversation()) for _ in range(20)}
    claims = await asyncio.gather(*(_claim(yard, lease) for _ in range(4)))
    claimed = [item.message_id for claim in claims for item in claim]
    assert len(claimed) == len(set(claimed)) == 20
    assert set(claimed) == ids


async def _claim(yard: Yard, lease: Lease) -> list[Claimed]:
    row = await yard.pool.fetchval("SELECT now()")
    return await claim_messages(yard.pool, lease, most=20, now=row)


@pytest.mark.parametrize(
    ("before_the_step", "is_due"),
    [
        ("not_before = now() + interval '10 minutes', created_at = now() + interval '10 minutes'", True),
        ("not_before = now() + interval '11 minutes', claimed_at = now() + interval '10 minutes'", True),
        # A try that failed a moment ago, and one whose files are on their way.
        ("not_before = now() + interval '1 minute', claimed_at = now()", False),
        (
            "not_before = now() + interval '11 minutes', claimed_at = now() + interval '10 minutes', lease_token = 1",
            False,
        ),
    ],
    ids=["made", "tried", "no step", "uploading"],
)
async def test_a_clock_that_was_set_back_keeps_nothing_waiting(
    yard: Yard, before_the_step: str, *, is_due: bool
) -> None:
    key = NumberKey(yard.seed.account_id, yard.seed.number.id)
    message_id = await yard.queue(await yard.conversation())
    await yard.pool.execute(f"UPDATE outbox SET {before_the_step} WHERE message_id = $1", message_id)
    book = LeaseBook(yard.pool, "one", FAST_LEASE)
    _, free = await book.wanting()
    assert (key in free) is is_due
    (lease,) = await book.take([key])
    assert [item.message_id for item in await _claim(yard, lease)] == ([message_id] if is_due else [])


async def test_a_claim_with_an_older_token_gets_nothing(yard: Yard) -> None:
    key = NumberKey(yard.seed.account_id, yard.seed.number.id)
    (old,) = await LeaseBook(yard.pool, "old", FAST_LEASE).take([key])
    await yard.pool.execute(
        "UPDATE number_leases SET expires_at = now() WHERE account_id = $1", yard.seed.account_id
    )
    (new,) = await LeaseBook(yard.pool, "new", FAST_LEASE).take([key])
    message_id = await yard.queue(await yard.conversation())
    late, first = await asyncio.gather(_claim(yard, old), _claim(yard, new))
    assert late == []
    assert [item.message_id for item in first] == [message_id]


async def test_a_lease_from_before_the_databases_clock_was_set_back_does_not_hold_the_number(
    yard: Yard,
) -> None:
    key = NumberKey(yard.seed.account_id, yard.seed.number.id)
    dead, heir = (LeaseBook(yard.pool, holder, FAST_LEASE) for holder in ("dead", "heir"))
    (lease,) = await dead.take([key])
    await yard.pool.execute(
        "UPDATE number_leases SET expires_at = expires_at + interval '1 hour' WHERE account_id = $1",
        yard.seed.account_id,
    )
    await yard.queue(await yard.conversation())
    _, free = await heir.wanting()
    assert free == [key]
    (taken,) = await heir.take(free)
    assert taken.token == lease.token + 1
    assert await _claim(yard, lease) == []
    assert len(await _claim(yard, taken)) == 1
    # A holder that lives renews, and is left alone.
    await heir.renew()
    assert await LeaseBook(yard.pool, "third", FAST_LEASE).take([key]) == []
