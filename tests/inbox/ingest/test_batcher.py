"""What may be flushed side by side, and in which order."""

import asyncio
import random
from collections.abc import Sequence

from inbox.ingest.arrivals import Arrival, Batch, Delivery
from inbox.ingest.batcher import FLUSHES, Batcher
from inbox.kernel.clock import utc_now
from inbox.kernel.ids import new_id
from inbox.whatsapp.parse import parse_webhook
from tests.inbox.ingest.webhooks import change, document, text

ACCOUNT, APP, NUMBER = new_id(), new_id(), new_id()


def delivery(customer: int) -> Delivery:
    parsed = parse_webhook(document(change("1", messages=[text(phone=f"55119{customer:08}")])))
    arrivals = [Arrival(ACCOUNT, NUMBER, message, utc_now()) for message in parsed.messages]
    return Delivery(ACCOUNT, APP, b"", Batch(arrivals=arrivals), asyncio.get_running_loop().create_future())


class Flushes:
    """Takes random time, and looks whether anybody is in flight twice."""

    def __init__(self) -> None:
        self.order: dict[str, list[Delivery]] = {}
        self.most_at_once = 0
        self._in_flight: list[set[object]] = []

    async def __call__(self, deliveries: Sequence[Delivery]) -> None:
        subjects: set[object] = {s for d in deliveries for s in d.batch.subjects}
        assert all(subjects.isdisjoint(other) for other in self._in_flight)
        self._in_flight.append(subjects)
        self.most_at_once = max(self.most_at_once, len(self._in_flight))
        for one in deliveries:
            self.order.setdefault(one.batch.arrivals[0].phone or "", []).append(one)
        for _ in range(random.randrange(8)):
            await asyncio.sleep(0)
        self._in_flight.remove(subjects)
        for one in deliveries:
            one.done.set_result(None)


async def test_two_flushes_never_hold_the_same_customer_and_keep_everybodys_order() -> None:
    flushes = Flushes()
    batcher = Batcher(flushes)
    batcher.start()
    put: dict[str, list[Delivery]] = {}
    for _ in range(200):
        for _ in range(random.randrange(30)):
            one = delivery(random.randrange(40))
            put.setdefault(one.batch.arrivals[0].phone or "", []).append(one)
            batcher.put(one)
        await asyncio.sleep(0)
    await batcher.stop()
    assert flushes.order == put
    assert flushes.most_at_once == FLUSHES


async def test_everybody_in_flight_makes_the_second_flush_wait_instead_of_spinning() -> None:
    flushes = Flushes()
    batcher = Batcher(flushes)
    batcher.start()
    waiting = [delivery(1) for _ in range(100)]
    for one in waiting:
        batcher.put(one)
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await asyncio.gather(*(one.done for one in waiting))
    await batcher.stop()
    assert flushes.most_at_once == 1
