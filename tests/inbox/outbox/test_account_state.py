"""A suspended or closing account sends nothing, and loses nothing."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from inbox.outbox.claim import claim_messages
from inbox.outbox.lease import Lease, LeaseBook, LeaseTerms
from tests.inbox.outbox.conftest import Yard


async def set_state(yard: Yard, state: str) -> None:
    await yard.pool.execute(
        "UPDATE accounts SET state = $2 WHERE account_id = $1", yard.seed.account_id, state
    )


async def claim(yard: Yard, lease: Lease, *, most: int = 10) -> list[UUID]:
    claimed = await claim_messages(yard.pool, lease, most=most, now=datetime.now(UTC))
    return [item.message_id for item in claimed]


async def test_a_suspension_in_the_middle_of_sending_stops_at_the_next_claim(yard: Yard) -> None:
    first = await yard.queue(await yard.conversation())
    second = await yard.queue(await yard.conversation())
    leases = LeaseBook(yard.pool, "test", LeaseTerms())
    (lease,) = await leases.take((await leases.wanting())[1])
    assert await claim(yard, lease, most=1) == [first]
    for state in ("suspended", "closing", "closed"):
        await set_state(yard, state)
        assert await claim(yard, lease) == []
    assert (await yard.message(second))["status"] == "queued"
    await set_state(yard, "active")
    assert await claim(yard, lease) == [second]


@pytest.mark.parametrize("state", ["suspended", "closing", "closed"])
async def test_a_number_of_such_an_account_wants_no_sender(yard: Yard, state: str) -> None:
    await yard.queue(await yard.conversation())
    leases = LeaseBook(yard.pool, "test", LeaseTerms())
    await set_state(yard, state)
    assert await leases.wanting() == ([], [])
    await set_state(yard, "active")
    assert len((await leases.wanting())[1]) == 1


async def test_what_was_queued_meanwhile_goes_out_after_reactivation_in_order(yard: Yard) -> None:
    await set_state(yard, "suspended")
    conversation = await yard.conversation()
    first, second = await yard.queue(conversation), await yard.queue(conversation)
    leases = LeaseBook(yard.pool, "test", LeaseTerms())
    assert await leases.wanting() == ([], [])
    await set_state(yard, "active")
    async with yard.sending():
        await yard.until_empty()
    assert yard.graph.sent_ids == [str(first), str(second)]
    assert [(await yard.message(message))["wamid"] is not None for message in (first, second)] == [True, True]
