"""The micro-batcher: whatever arrived while the last flush ran is the next batch.

No timer: an idle process flushes a lone webhook at once, a busy one fills its batches by itself. When much waits, the next
batch is thought through while the database still writes the last one. What may wait is bounded in parts and in bytes;
beyond that the caller is refused and Meta's retries are the queue.

Invariant: two flushes never hold something of the same customer or the same sent message, and what waits of one of them
keeps its order. So flushes of one process do not get in each other's way.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import structlog

from inbox.ingest import metrics
from inbox.ingest.arrivals import Delivery, Subject
from inbox.ingest.errors import IngestFull

log = structlog.get_logger(__name__)

# Large enough to spread a flush's fixed cost (2 round trips, some 3 ms of CPU on both sides), small enough that everybody who
# waits does not end up in the database at the same time, with nothing left to prepare meanwhile: at full speed 96 kept this
# process busy for 88 % of the time, 500 for 80 % (256 connections, 2 cores, 2026-11).
BATCH_ITEMS = 96
BATCH_BYTES = 4 * 1024 * 1024
# The database works on one batch, another waits for the account's counter, Python prepares the third.
FLUSHES = 3
# Small batches pay the fixed cost for few messages, and at a calm rate they would only crowd each other: at 300 messages/s
# p99 to the socket was 30 ms from 32 waiting, 40 ms without overlap, 48 with 2 flushes from 64 and batches of 500 (2026-11).
OVERLAP_ITEMS = 32
# About 10 s of work at full speed; Meta's POSTs are up to 3 MB (cloud-api, section 1.2).
WAITING_ITEMS = 40_000
WAITING_BYTES = 64 * 1024 * 1024


class Batcher:
    """Owns its tasks. `flush` resolves the deliveries' futures and raises nothing."""

    def __init__(self, flush: Callable[[Sequence[Delivery]], Awaitable[None]]) -> None:
        self._flush = flush
        self._waiting: deque[Delivery] = deque()
        self._items = 0
        self._bytes = 0
        self._arrived = asyncio.Event()
        self._stopping = False
        self._running = 0
        self._busy: set[Subject] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._run(), name=f"ingest.batcher.{number}") for number in range(FLUSHES)
        ]

    async def stop(self) -> None:
        """Takes nothing new and returns when everything that waited is flushed."""
        self._stopping = True
        self._arrived.set()
        if self._tasks:
            await asyncio.gather(*self._tasks)
            self._tasks = []

    @property
    def is_full(self) -> bool:
        return self._stopping or self._items >= WAITING_ITEMS or self._bytes >= WAITING_BYTES

    def put(self, delivery: Delivery) -> None:
        """Raises IngestFull."""
        if self.is_full:
            metrics.REFUSED.labels("full").inc()
            raise IngestFull
        self._waiting.append(delivery)
        self._items += delivery.batch.size
        self._bytes += len(delivery.body)
        self._arrived.set()

    async def _run(self) -> None:
        while True:
            if not self._may_begin():
                if self._stopping and not self._waiting:
                    return
                self._arrived.clear()
                await self._arrived.wait()
                continue
            batch = self._take()
            if not batch:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            subjects = {subject for delivery in batch for subject in delivery.batch.subjects}
            self._busy |= subjects
            self._running += 1
            try:
                await self._flush(batch)
            except Exception as error:
                log.exception("ingest_flush_failed")
                for delivery in batch:
                    if not delivery.done.done():
                        delivery.done.set_exception(error)
            finally:
                self._running -= 1
                self._busy -= subjects
                self._arrived.set()

    def _may_begin(self) -> bool:
        return bool(self._waiting) and (not self._running or self._items >= OVERLAP_ITEMS)

    def _take(self) -> list[Delivery]:
        """The next batch, without what is about somebody in flight or would overtake it."""
        batch: list[Delivery] = []
        left: list[Delivery] = []
        blocked = self._busy.copy()
        items = size = 0
        while self._waiting:
            delivery = self._waiting[0]
            if batch and (
                items + delivery.batch.size > BATCH_ITEMS or size + len(delivery.body) > BATCH_BYTES
            ):
                break
            self._waiting.popleft()
            if blocked.isdisjoint(delivery.batch.subjects):
                items += delivery.batch.size
                size += len(delivery.body)
                batch.append(delivery)
            else:
                blocked |= delivery.batch.subjects
                left.append(delivery)
        self._waiting.extendleft(reversed(left))
        self._items -= items
        self._bytes -= size
        return batch
