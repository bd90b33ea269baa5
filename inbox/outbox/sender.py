"""Drives one number: claim → pace → send → write back, for as long as its lease holds.

Invariants
- What is claimed leaves at once: a claim takes no more than pace and free slots allow, so an operator's message that
  arrives behind a campaign is in the very next claim, and a dying sender leaves little behind.
- Nothing is sent inside a transaction; every claimed message ends in exactly one result, also on errors of our own.
- Results that cannot be written yet (database away) are kept and tried again; meanwhile nothing new is claimed.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import structlog

from inbox.kernel.clock import Clock, utc_now
from inbox.kernel.errors import ProsaError
from inbox.kernel.event_log import EventPublisher
from inbox.media.errors import UnusableFile
from inbox.outbox import outcomes
from inbox.outbox.claim import Claimed, claim_messages, return_turn
from inbox.outbox.contacts import Recipient, learn_recipients
from inbox.outbox.journal import Written, publish_written
from inbox.outbox.lease import Lease
from inbox.outbox.metrics import (
    ALARMS,
    GRAPH_ERRORS,
    IN_FLIGHT,
    OUTCOMES,
    SEND_SECONDS,
    WAIT_SECONDS,
    WRITE_BATCH,
)
from inbox.outbox.outcomes import Accepted, Failed, Outcome, TryAgain, Unconfirmed
from inbox.outbox.pacing import Pacer
from inbox.outbox.request import build_request
from inbox.outbox.results import write_results
from inbox.outbox.targets import NumberTarget, Targets
from inbox.whatsapp.client import GraphClient
from inbox.whatsapp.graph_codes import Handling
from inbox.whatsapp.graph_errors import AmbiguousSend, Decision, GraphError, GraphUnreachable, NotSent
from inbox.whatsapp.sendable import InvalidOutgoing

log = structlog.get_logger(__name__)

# 1,000 messages/s at Meta's 100–300 ms an answer (throughput page, read 2026-11).
_MOST_IN_FLIGHT = 300
_MOST_PER_CLAIM = 100
# Files of one number on their way to Meta at once: they share the line with everything else.
_MOST_UPLOADS = 4
# How long a wait without a signal may be: pace and lease are looked at again.
_POLL_SECONDS = 0.5
# A claim that was full shows a backlog: then half a bucket is gathered, for ~20 claims a second instead of hundreds.
_BACKLOG_SECONDS = 0.05
_WRITE_RETRY_FIRST_SECONDS = 0.1
_WRITE_RETRY_LONGEST_SECONDS = 5.0
# Without work for this long a number is given back; taking it again costs three statements.
_IDLE_SECONDS = 30.0
_UPLOAD_RETRY_SECONDS = 5.0
_UPLOAD_TRIES = 8
# Docker and systemd kill after 30 s; what is then still unanswered becomes unconfirmed, which is true.
_DRAIN_SECONDS = 22.0
_LAST_WRITE_SECONDS = 5.0

Uploader = Callable[[Lease, NumberTarget, Claimed], Awaitable[None]]
"""Brings the files of a message to Meta. Raises UnusableFile, GraphError, GraphUnreachable or ProsaError."""


class NumberSender:
    """Runs until `stop` is asked for, the lease is lost, or nothing came for a while."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        lease: Lease,
        *,
        client: GraphClient,
        targets: Targets,
        uploader: Uploader,
        publisher: EventPublisher,
        pacer: Pacer,
        now: Clock = utc_now,
        idle_seconds: float = _IDLE_SECONDS,
    ) -> None:
        self.lease = lease
        self._pool = pool
        self._client = client
        self._targets = targets
        self._uploader = uploader
        self._publisher = publisher
        self._pacer = pacer
        self._now = now
        self._idle_seconds = idle_seconds
        self._work = asyncio.Event()
        self._finished = asyncio.Event()
        self._stopping = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._results: list[Outcome] = []
        self._unwritten = 0
        self._uploads = asyncio.Semaphore(_MOST_UPLOADS)

    def wake(self) -> None:
        """There may be something to send."""
        self._work.set()

    def stop(self) -> None:
        """Begin nothing new; `run` ends once everything in flight is written back."""
        self._stopping = True
        self._work.set()

    async def run(self) -> None:
        writer = asyncio.create_task(self._write_until_drained(), name="outbox writer")
        try:
            await self._claim_until_idle()
        finally:
            self._stopping = True
            await self._drain()
            self._finished.set()
            # A database that stays away keeps the results from being written: then the next holder finds the messages
            # `sending` and calls them unconfirmed, which is true.
            await asyncio.wait({writer}, timeout=_LAST_WRITE_SECONDS)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    # ── claiming ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _claim_until_idle(self) -> None:
        idle_since = time.monotonic()
        backlog = False
        while not self._stopping and not self.lease.lost:
            self._work.clear()
            free = _MOST_IN_FLIGHT - self._unwritten
            most = min(self._pacer.ready(), free, _MOST_PER_CLAIM)
            if most <= 0 or not self.lease.holds():
                only_pace = free > 0 and self.lease.holds()
                await self._wait(self._until_paced() if only_pace else _POLL_SECONDS)
                continue
            claimed = await self._claim(most)
            if claimed:
                idle_since = time.monotonic()
            elif self._unwritten == 0 and time.monotonic() - idle_since > self._idle_seconds:
                return
            backlog = len(claimed) == most
            if backlog:
                await asyncio.sleep(min(_BACKLOG_SECONDS, most / self._pacer.per_second))
            else:
                await self._wait(self._idle_seconds)

    def _until_paced(self) -> float:
        # At least a millisecond: a clock that rounds must not make this loop spin.
        return min(_POLL_SECONDS, max(0.001, self._pacer.seconds_until_ready()))

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._work.wait(), seconds)
        except TimeoutError:
            return

    async def _claim(self, most: int) -> list[Claimed]:
        try:
            target = await self._targets.target(*self.lease.key)
            self._pacer.change_limit(target.messages_per_second)
            claimed = await claim_messages(self._pool, self.lease, most=most, now=self._now())
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ProsaError) as error:
            log.warning("outbox_claim_failed", number_id=str(self.lease.key.number_id), error=repr(error))
            await asyncio.sleep(_POLL_SECONDS * random.uniform(1, 2))  # noqa: S311 - jitter
            return []
        self._pacer.take(sum(1 for item in claimed if not item.to_upload))
        for item in claimed:
            self._begin(item, target)
        return claimed

    def _begin(self, item: Claimed, target: NumberTarget) -> None:
        self._unwritten += 1
        IN_FLIGHT.inc()
        work = self._upload(item, target) if item.to_upload else self._send(item, target)
        task = asyncio.create_task(work, name="outbox send")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ── one message ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _send(self, item: Claimed, target: NumberTarget) -> None:
        outcome: Outcome = Unconfirmed(item.message_id)
        WAIT_SECONDS.observe(item.waited_seconds)
        started = time.perf_counter()
        try:
            outcome = await self._try_send(item, target)
        except AmbiguousSend as error:
            log.warning("send_ambiguous", message_id=str(item.message_id), error=error.detail)
        except Exception:
            # A fault of our own while a request may be out: nobody knows, so nobody sends it again.
            log.exception("send_broke", message_id=str(item.message_id))
        finally:
            SEND_SECONDS.observe(time.perf_counter() - started)
            self._finish(outcome)

    async def _try_send(self, item: Claimed, target: NumberTarget) -> Outcome:
        try:
            body = build_request(item)
        except InvalidOutgoing as error:
            return outcomes.unsendable(item.message_id, error.detail)
        if not self.lease.holds():
            return TryAgain(item.message_id, timedelta())
        try:
            accepted = await self._client.send_message(target.graph, body)
        except NotSent as error:
            log.warning("graph_unreachable", message_id=str(item.message_id), error=error.detail)
            return outcomes.unreachable(item.message_id, item.attempt)
        except GraphError as error:
            outcome, decision = outcomes.refused(item.message_id, error, item.attempt)
            self._heed(error, decision)
            return outcome
        named = Recipient(item.contact_id, accepted.wa_id or item.wa_id, accepted.bsuid or item.bsuid)
        is_news = (named.wa_id, named.bsuid) != (item.wa_id, item.bsuid)
        return Accepted(item.message_id, accepted.wamid, named if is_news else None)

    def _heed(self, error: GraphError, decision: Decision) -> None:
        """What an error about one message says about the whole number."""
        GRAPH_ERRORS.labels(decision.meaning).inc()
        number_id = str(self.lease.key.number_id)
        log.warning("graph_refused", number_id=number_id, code=error.graph_code, meaning=decision.meaning)
        if decision.handling is Handling.SOON:
            self._pacer.slow_down()
        elif decision.meaning in _PAUSES_NUMBER and decision.delay_seconds is not None:
            self._pacer.pause(decision.delay_seconds)
        if decision.alarm:
            ALARMS.labels(decision.meaning).inc()
            log.error(
                "number_cannot_send", number_id=number_id, code=error.graph_code, meaning=decision.meaning
            )
        if decision.meaning == "token":
            self._targets.forget(self.lease.key.number_id)

    async def _upload(self, item: Claimed, target: NumberTarget) -> None:
        """Files first; then the message takes its turn again. Whatever goes wrong here, nothing was sent."""
        outcome: Outcome | None = TryAgain(item.message_id, timedelta(seconds=_UPLOAD_RETRY_SECONDS))
        try:
            async with self._uploads:
                await self._uploader(self.lease, target, item)
            await return_turn(self._pool, self.lease, item.message_id)
            outcome = None
        except UnusableFile as error:
            outcome = outcomes.file_unusable(item.message_id, error.reason_key, error.reason)
        except GraphError as error:
            outcome, decision = outcomes.refused(item.message_id, error, item.attempt)
            if isinstance(outcome, Unconfirmed):
                outcome = self._upload_again(item)
            self._heed(error, decision)
        except (
            GraphUnreachable,
            ProsaError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
            OSError,
        ) as error:
            log.warning("upload_failed", message_id=str(item.message_id), error=repr(error))
            outcome = self._upload_again(item)
        except Exception:
            log.exception("upload_broke", message_id=str(item.message_id))
            outcome = self._upload_again(item)
        finally:
            self._finish(outcome)

    def _upload_again(self, item: Claimed) -> TryAgain | Failed:
        if item.attempt >= _UPLOAD_TRIES:
            return outcomes.upload_failed(item.message_id)
        seconds = _UPLOAD_RETRY_SECONDS * 2 ** (item.attempt - 1) * random.uniform(0.5, 1)  # noqa: S311 - jitter
        return TryAgain(item.message_id, timedelta(seconds=seconds))

    def _finish(self, outcome: Outcome | None) -> None:
        if outcome is None:
            self._written(1)
        else:
            OUTCOMES.labels(type(outcome).__name__.lower()).inc()
            self._results.append(outcome)
            self._finished.set()

    # ── writing back ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _write_until_drained(self) -> None:
        """What ended while the last batch was written is the next batch: no timer, no added latency."""
        pause = _WRITE_RETRY_FIRST_SECONDS
        while not self._stopping or self._tasks or self._results:
            await self._finished.wait()
            if not self._stopping or self._tasks:
                self._finished.clear()
            batch, self._results = self._results, []
            if not batch:
                continue
            try:
                written = await self._write(batch)
            except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError,
                    asyncpg.InsufficientResourcesError, asyncpg.TransactionRollbackError, OSError) as error:  # fmt: skip
                log.warning("outbox_write_failed", results=len(batch), error=repr(error))
                self._results[:0] = batch
                self._finished.set()
                await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - jitter
                pause = min(pause * 2, _WRITE_RETRY_LONGEST_SECONDS)
                continue
            pause = _WRITE_RETRY_FIRST_SECONDS
            self._written(len(batch))
            for part in written:
                await publish_written(self._publisher, part)
            await self._learn(batch)

    async def _write(self, batch: list[Outcome]) -> list[Written]:
        """The batch in one transaction; when something in it breaks, each result alone."""
        WRITE_BATCH.observe(len(batch))
        try:
            return [await write_results(self._pool, self.lease, batch, self._now())]
        except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError):
            log.exception("outbox_batch_broke", results=len(batch))
        parts = []
        for result in batch:
            try:
                parts.append(await write_results(self._pool, self.lease, [result], self._now()))
            except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError):
                # It stays `sending`: the next take-over shows it as unconfirmed.
                log.exception("outbox_result_lost", message_id=str(result.message_id))
        return parts

    async def _learn(self, batch: list[Outcome]) -> None:
        learnt = [result.learnt for result in batch if isinstance(result, Accepted) and result.learnt]
        if not learnt:
            return
        try:
            written = await learn_recipients(self._pool, self.lease.key.account_id, learnt, self._now())
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            log.warning("recipients_not_learnt", count=len(learnt), error=repr(error))
        else:
            await publish_written(self._publisher, written)

    def _written(self, count: int) -> None:
        self._unwritten -= count
        IN_FLIGHT.dec(count)
        self._work.set()

    async def _drain(self) -> None:
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=_DRAIN_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


# Quotas of the app or the WABA and maintenance: every other message of the number would fail the same way.
_PAUSES_NUMBER = frozenset({"maintenance", "call_quota", "server_busy"})
