"""The bus: hints between processes over Redis pub/sub, through broadcaster with a backend that is supervised.

A hint may be lost; the bus promises only to say so. broadcaster's own Redis backend delivers nothing with redis-py 8 (it
is ready before SUBSCRIBE has finished) and stays deaf after a lost connection (DESIGN, section 9), so this one is ours.

Invariants
- `on_gap` is called when Redis has confirmed a subscription, first or again after a lost connection, and when hints
  overflowed: whatever was published before that call may have been missed.
- Waiting hints are bounded; what does not fit becomes a gap, not memory.
- Subscribing never fails and never waits for an unreachable Redis; `is_live(channel)` tells whether hints come.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import orjson
import structlog
from broadcaster import Broadcast, BroadcastBackend, Event
from redis.asyncio.client import Pipeline, PubSub
from redis.exceptions import RedisError

from inbox.kernel.event_log import LoggedEvent
from realtime.background import Background, Backoff, raise_if_cancelled
from realtime.metrics import HINTS_DROPPED
from realtime.redis_link import RedisLink, connect_redis

log = structlog.get_logger()

# At 300 webhooks/s (DESIGN, section 10) this is more than a second of hints; a loop that is later than that rereads the log.
_WAITING_HINTS = 1_000
# A connection that says nothing is asked for a sign of life, and given up when none comes: found dead in ≤ 6 s.
_HEARTBEAT_SECONDS = 3.0
# Publishes wait here for the flush that is under way; at 10,000 Redis has not answered for half a minute of traffic.
_UNSENT_HINTS = 10_000
# One pipeline carries at most this many publishes, so that a flush stays well within its deadline.
_FLUSH_HINTS = 500

# No publisher of ours sends an empty message; inside this process it stands for "you may have missed something".
_GAP = ""


def account_channel(account_id: UUID) -> str:
    """Numbered events of an account."""
    return f"account:{account_id}"


def ephemeral_channel(account_id: UUID) -> str:
    """Typing, viewing, presence: unnumbered, never replayed."""
    return f"ephemeral:{account_id}"


def nudge_channel(topic: str) -> str:
    return f"nudge:{topic}"


class SupervisedBackend(BroadcastBackend):
    """Keeps one redis-py PubSub alive and subscribed to what is wanted."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._wanted: set[str] = set()
        self._confirmed: set[str] = set()
        self._wanted_changed = asyncio.Event()
        self._gaps: set[str] = set()
        self._messages: deque[Event] = deque()
        self._arrived = asyncio.Event()
        self._background = Background()

    async def connect(self) -> None:
        self._background.start_loop("bus.supervise", self._supervise)

    async def disconnect(self) -> None:
        await self._background.stop()

    async def subscribe(self, group: str) -> None:
        """Asks for the channel and returns at once (without suspending, so first subscribers cannot race)."""
        self._wanted.add(group)
        self._wanted_changed.set()
        if group in self._confirmed:  # it was given up and wanted again before Redis heard of it
            self._note_gap(group)

    async def unsubscribe(self, group: str) -> None:
        self._wanted.discard(group)
        self._wanted_changed.set()

    async def publish(self, channel: str, message: Any) -> None:
        raise NotImplementedError("publishing is RedisPublisher's")

    async def next_published(self) -> Event:
        while True:
            if self._gaps:
                return Event(self._gaps.pop(), _GAP)
            if self._messages:
                return self._messages.popleft()
            self._arrived.clear()
            await self._arrived.wait()

    def is_confirmed(self, channel: str) -> bool:
        return channel in self._confirmed

    def _note_gap(self, channel: str) -> None:
        self._gaps.add(channel)
        self._arrived.set()

    async def _supervise(self) -> None:
        backoff = Backoff()
        while True:
            try:
                await self._stay_connected(backoff)
            except* (RedisError, OSError, TimeoutError) as errors:
                log.warning("bus.connection_lost", error=type(errors.exceptions[0]).__name__)
            except* Exception:
                log.exception("bus.failed")
            self._confirmed.clear()
            await asyncio.sleep(backoff.next_pause())

    async def _stay_connected(self, backoff: Backoff) -> None:
        """One connection's life; ends only by an exception."""
        client = connect_redis(self._url)
        pubsub = client.pubsub()
        try:
            await pubsub.connect()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            async with asyncio.TaskGroup() as both:
                both.create_task(self._ask_for_channels(pubsub))
                both.create_task(self._read(pubsub, backoff))
        finally:
            await pubsub.aclose()  # type: ignore[no-untyped-call]
            await client.aclose()

    async def _ask_for_channels(self, pubsub: PubSub) -> None:
        asked: set[str] = set()
        while True:
            self._wanted_changed.clear()
            wanted = set(self._wanted)
            if new := wanted - asked:
                await pubsub.subscribe(*new)
            if old := asked - wanted:
                await pubsub.unsubscribe(*old)
            asked = wanted
            raise_if_cancelled()
            await self._wanted_changed.wait()

    async def _read(self, pubsub: PubSub, backoff: Backoff) -> None:
        silent = False
        while True:
            message = await pubsub.get_message(timeout=_HEARTBEAT_SECONDS)
            if message is None:
                if silent:
                    raise ConnectionError("Redis gives no sign of life")
                silent = True
                await pubsub.ping()
                raise_if_cancelled()
                continue
            silent = False
            backoff.reset()
            if message["type"] == "message":
                self._take(message["channel"].decode(), message["data"])
            elif message["type"] == "subscribe":
                channel = message["channel"].decode()
                self._confirmed.add(channel)
                self._note_gap(channel)
            elif message["type"] == "unsubscribe":
                self._confirmed.discard(message["channel"].decode())

    def _take(self, channel: str, data: bytes) -> None:
        if len(self._messages) >= _WAITING_HINTS:
            HINTS_DROPPED.labels("receive").inc()
            self._note_gap(channel)
            return
        self._messages.append(Event(channel, data.decode()))
        self._arrived.set()


class Bus:
    """The listening side. Handlers are synchronous and quick: nothing queues up behind them."""

    def __init__(self, redis_url: str) -> None:
        self._backend = SupervisedBackend(redis_url)
        self._broadcast = Broadcast(backend=self._backend)
        self._started = False

    async def start(self) -> None:
        await self._broadcast.connect()
        self._started = True

    async def stop(self) -> None:
        if self._started:
            self._started = False
            await self._broadcast.disconnect()
            await asyncio.sleep(0)  # broadcaster cancels its listener without awaiting its end

    def is_live(self, channel: str) -> bool:
        """Whether Redis has confirmed the channel on the connection that stands now."""
        return self._backend.is_confirmed(channel)

    async def listen(
        self, channel: str, on_message: Callable[[str], None], on_gap: Callable[[], None]
    ) -> None:
        """Hands every hint of the channel to `on_message`, until cancelled. `on_gap`: see the module's invariants."""
        async with self._broadcast.subscribe(channel) as hints:
            while True:
                event = await hints.get()
                if event.message == _GAP:
                    on_gap()
                else:
                    on_message(event.message)

    async def subscribe_nudges(self, topic: str, wake: Callable[[], None]) -> None:
        """Calls `wake` for every nudge on the topic, and once whenever one may have been missed, until cancelled."""
        await self.listen(nudge_channel(topic), lambda _: wake(), wake)


class HandOver(Protocol):
    """Who counts what became of events (inbox/proof/observer)."""

    def handed_over(self, account_id: UUID, at: datetime, events: int) -> None: ...

    def left_to_log(self, account_id: UUID, at: datetime, events: int) -> None: ...


_Events = tuple[UUID, datetime, int]
"""Account, time and number of the events in a hint."""
_Hint = tuple[str, bytes, _Events | None]


class RedisPublisher:
    """The publishing side: an EventPublisher that never raises and never waits for Redis.

    Hints are put into a bounded queue and sent by one task in pipelines; while Redis is unreachable they are dropped and
    counted (readers come back by cursor). Close it with the process.
    """

    def __init__(self, redis_url: str, observer: HandOver | None = None) -> None:
        self._link = RedisLink(redis_url)
        self._observer = observer
        self._unsent: deque[_Hint] = deque()
        self._flushing: asyncio.Task[None] | None = None
        self.dropped = 0

    async def publish(self, account_id: UUID, events: Sequence[LoggedEvent]) -> None:
        if not events:
            return
        told: _Events = (account_id, events[0].at, len(events))
        try:
            message = orjson.dumps([_wire_item(event) for event in events])
        except TypeError:  # the facts are committed; the relay reads them from the log
            log.exception("bus.unpublishable_event", account_id=str(account_id))
            self._left_to_log(told)
            return
        self._send(account_channel(account_id), message, told)

    async def nudge(self, topic: str) -> None:
        self.send(nudge_channel(topic), b"1")

    def send(self, channel: str, message: bytes) -> None:
        """Queues one hint for any channel."""
        self._send(channel, message, None)

    def _send(self, channel: str, message: bytes, told: _Events | None) -> None:
        hint = (channel, message, told)
        if len(self._unsent) >= _UNSENT_HINTS or not self._link.is_open:
            self._drop([hint])
            return
        self._unsent.append(hint)
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush(), name="bus.flush")

    async def drained(self) -> None:
        """Returns when what waits is sent or given up (within one request's deadline each)."""
        if self._flushing is not None:
            await asyncio.wait([self._flushing])

    async def close(self) -> None:
        """Sends what waits, then closes the connection."""
        await self.drained()
        await self._link.close()

    async def _flush(self) -> None:
        """Runs while there is something to send; what comes meanwhile is the next pipeline."""
        while self._unsent:
            batch = [self._unsent.popleft() for _ in range(min(len(self._unsent), _FLUSH_HINTS))]
            if await self._link.execute(partial(_publish_all, batch)) is None:
                self._drop([*batch, *self._unsent])
                self._unsent.clear()
            elif self._observer is not None:
                for _, _, told in batch:
                    if told is not None:
                        self._observer.handed_over(*told)

    def _drop(self, hints: Sequence[_Hint]) -> None:
        self.dropped += len(hints)
        HINTS_DROPPED.labels("publish").inc(len(hints))
        for _, _, told in hints:
            self._left_to_log(told)

    def _left_to_log(self, told: _Events | None) -> None:
        if told is not None and self._observer is not None:
            self._observer.left_to_log(*told)


def _wire_item(event: LoggedEvent) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "type": event.type,
        "audience": event.audience,
        "data": event.data,
        "at": event.at,
    }


def _publish_all(batch: list[_Hint], pipeline: Pipeline) -> None:
    for channel, message, _ in batch:
        pipeline.publish(channel, message)
