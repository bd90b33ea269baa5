"""Finds numbers with work, takes their leases and runs a sender for each. One per worker process.

Woken by a nudge (a hint that may be lost) and by a poll of at most half a second. One query serves all numbers: quiet
numbers cost nothing, and are given back after a while.
"""

import asyncio
import contextlib
import random

import asyncpg
import structlog

from inbox.kernel.clock import Clock, utc_now
from inbox.kernel.event_log import EventPublisher
from inbox.outbox.journal import publish_written
from inbox.outbox.lease import Lease, LeaseBook, LeaseTerms, NumberKey
from inbox.outbox.metrics import OUTCOMES
from inbox.outbox.pacing import Pacer
from inbox.outbox.results import recover_orphans
from inbox.outbox.sender import NumberSender, Uploader
from inbox.outbox.targets import Targets
from inbox.whatsapp.client import GraphClient

log = structlog.get_logger(__name__)

_POLL_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 5.0
# Until the number's own throughput is read with its first claim.
_FIRST_PER_SECOND = 80.0

_DATABASE_AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)


class Dispatcher:
    """`holder` names this process in lease rows; `wake` is set by whoever hears a nudge."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        *,
        holder: str,
        client: GraphClient,
        targets: Targets,
        uploader: Uploader,
        publisher: EventPublisher,
        wake: asyncio.Event,
        terms: LeaseTerms | None = None,
        now: Clock = utc_now,
        idle_seconds: float = 30.0,
    ) -> None:
        self._pool = pool
        self._leases = LeaseBook(pool, holder, terms or LeaseTerms())
        self._client = client
        self._targets = targets
        self._uploader = uploader
        self._publisher = publisher
        self._wake = wake
        self._now = now
        self._idle_seconds = idle_seconds
        self._senders: dict[NumberKey, NumberSender] = {}
        self._pacers: dict[NumberKey, Pacer] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`: then begins nothing new, waits for what is in flight, and gives the numbers back."""
        keeping = asyncio.Event()
        keeper = asyncio.create_task(self._leases.keep(keeping), name="outbox leases")
        stopper = asyncio.create_task(self._wake_at(stop), name="outbox stop")
        try:
            await self._dispatch_until(stop)
        finally:
            for sender in self._senders.values():
                sender.stop()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            keeping.set()
            stopper.cancel()
            await asyncio.gather(keeper, stopper, return_exceptions=True)

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    async def _dispatch_until(self, stop: asyncio.Event) -> None:
        pause = _POLL_SECONDS
        while not stop.is_set():
            self._wake.clear()
            try:
                await self._dispatch()
                pause = _POLL_SECONDS
            except _DATABASE_AWAY as error:
                log.warning("outbox_database_away", error=repr(error))
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause * random.uniform(0.8, 1))  # noqa: S311 - jitter

    async def _dispatch(self) -> None:
        ours, free = await self._leases.wanting()
        for key in ours:
            if key in self._senders:
                self._senders[key].wake()
        for lease in await self._leases.take(free):
            self._start(lease)

    def _start(self, lease: Lease) -> None:
        # The pacer outlives the lease: a number that is given back and taken again has not forgotten its pace.
        pacer = self._pacers.setdefault(lease.key, Pacer(_FIRST_PER_SECOND))
        sender = NumberSender(
            self._pool,
            lease,
            client=self._client,
            targets=self._targets,
            uploader=self._uploader,
            publisher=self._publisher,
            pacer=pacer,
            now=self._now,
            idle_seconds=self._idle_seconds,
        )
        self._senders[lease.key] = sender
        task = asyncio.create_task(self._drive(sender), name="outbox number")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drive(self, sender: NumberSender) -> None:
        lease = sender.lease
        context = {"number_id": str(lease.key.number_id), "token": lease.token}
        try:
            orphans, written = await recover_orphans(self._pool, lease, self._now())
            if orphans:
                log.warning("orphans_unconfirmed", count=orphans, **context)
                OUTCOMES.labels("orphaned").inc(orphans)
                await publish_written(self._publisher, written)
            await sender.run()
        except _DATABASE_AWAY as error:
            log.warning("sender_stopped", error=repr(error), **context)
        except Exception:
            log.exception("sender_broke", **context)
        finally:
            self._senders.pop(lease.key, None)
            if not lease.lost:
                try:
                    await self._leases.release(lease)
                except _DATABASE_AWAY as error:
                    log.warning("lease_not_released", error=repr(error), **context)
