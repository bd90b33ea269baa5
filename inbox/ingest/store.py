"""From deliveries to commits: retried when the server is at fault, taken apart when one of them is.

Invariants
- A delivery is done (answer 200) only after everything in it is committed, in its place or parked.
- A broken part never costs another: the batch is taken apart by POST, the POST by part, and the part that still breaks
  is parked with the raw body.
- Trouble of the server or of the schema parks nothing: the POST is answered 503 and Meta sends it again.
"""

import asyncio
import random
import time
from collections.abc import Sequence

import asyncpg
import structlog

from inbox.ingest import metrics
from inbox.ingest.arrivals import POISON, Batch, Delivery, Parked
from inbox.ingest.connection import Replanning
from inbox.ingest.errors import BrokenBatch, StorageUnavailable, is_poison, is_race
from inbox.ingest.flush import Flusher
from inbox.kernel.clock import Clock
from inbox.kernel.event_log import EventPublisher
from inbox.whatsapp.payloads import Json

log = structlog.get_logger(__name__)

# A race is over once the other has committed: 8 tries outlast several competitors. An unreachable server gets 4 tries
# within about a second, because Meta waits only a few and is the better queue (cloud-api, section 1.5).
_RACE_TRIES = 8
_SERVER_TRIES = 4
_FIRST_PAUSE_SECONDS = 0.05
_ACQUIRE_TIMEOUT_SECONDS = 5.0


class Store:
    """Writes deliveries and resolves their futures."""

    def __init__(self, pool: asyncpg.Pool, publisher: EventPublisher | None, now: Clock) -> None:
        self._pool = pool
        self._publisher = publisher
        self._now = now
        self._flusher = Flusher()
        self._replan = Replanning()

    async def store(self, deliveries: Sequence[Delivery]) -> None:
        """Resolves the future of each delivery; raises nothing but cancellation."""
        batch = Batch.join(delivery.batch for delivery in deliveries)
        metrics.count_received(batch)
        try:
            await self.commit(batch)
        except StorageUnavailable as error:
            for delivery in deliveries:
                _refuse(delivery, error)
        except BrokenBatch as error:
            log.warning(
                "ingest_batch_broken", deliveries=len(deliveries), cause=error.cause, where=error.where
            )
            for delivery in deliveries:
                await self._store_alone(delivery)
        else:
            for delivery in deliveries:
                _finish(delivery)

    async def _store_alone(self, delivery: Delivery) -> None:
        try:
            try:
                await self.commit(delivery.batch)
            except BrokenBatch:
                await self._store_in_pieces(delivery)
        except StorageUnavailable as error:
            _refuse(delivery, error)
        except BrokenBatch as error:
            # Not even parking worked: only Meta has it now.
            log.error("ingest_delivery_not_parked", account_id=str(delivery.account_id), cause=error.cause)
            _refuse(delivery, StorageUnavailable("not parked"))
        else:
            _finish(delivery)

    async def _store_in_pieces(self, delivery: Delivery) -> None:
        for raw, error in await self.commit_in_pieces(delivery.batch):
            parked = Parked(delivery.account_id, delivery.app_id, POISON, error.cause, raw, delivery.body)
            await self.commit(Batch(parked=[parked]))

    async def commit_in_pieces(self, batch: Batch) -> list[tuple[Json, BrokenBatch]]:
        """Each part in a transaction of its own; answers those that cannot be stored. Raises StorageUnavailable."""
        broken: list[tuple[Json, BrokenBatch]] = []
        for piece, raw in batch.pieces():
            try:
                await self.commit(piece)
            except BrokenBatch as error:
                log.error("ingest_item_broken", cause=error.cause, where=error.where)
                broken.append((raw, error))
        return broken

    async def commit(self, batch: Batch) -> None:
        """One transaction, tried as often as makes sense, then its events to the publisher.

        Raises StorageUnavailable when time may help, BrokenBatch when only taking the batch apart does.
        """
        started = time.perf_counter()
        races = failures = 0
        while True:
            try:
                async with self._pool.acquire(timeout=_ACQUIRE_TIMEOUT_SECONDS) as connection:
                    await self._replan.before_flush(connection)
                    journal, tally = await self._flusher.write(
                        connection, batch, self._now(), locking=races > 0
                    )
                break
            except Exception as error:
                if is_race(error) and races < _RACE_TRIES:
                    races += 1
                    metrics.RETRIES.labels("race").inc()
                    await asyncio.sleep(_pause(races) if races > 1 else 0)
                    continue
                if is_poison(error):
                    raise BrokenBatch(error) from error
                failures += 1
                if failures >= _SERVER_TRIES:
                    log.error("ingest_storage_unavailable", exc_info=error)
                    raise StorageUnavailable from error
                log.warning("ingest_storage_fails", error=type(error).__name__, failures=failures)
                metrics.RETRIES.labels("server").inc()
                await asyncio.sleep(_pause(failures))
        metrics.FLUSH_SECONDS.observe(time.perf_counter() - started)
        metrics.BATCH_ITEMS.observe(batch.size)
        tally.publish()
        if self._publisher is not None:
            for account_id, events in journal.logged():
                await self._publisher.publish(account_id, events)


def _pause(failures: int) -> float:
    return float(_FIRST_PAUSE_SECONDS * 2**failures * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret


def _finish(delivery: Delivery) -> None:
    if not delivery.done.done():
        delivery.done.set_result(None)


def _refuse(delivery: Delivery, error: StorageUnavailable) -> None:
    metrics.REFUSED.labels("storage").inc()
    if not delivery.done.done():
        delivery.done.set_exception(error)
