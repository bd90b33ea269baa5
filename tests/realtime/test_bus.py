"""The bus says when hints may be missing, and never makes anybody wait for Redis."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import orjson
import pytest

from inbox.kernel.event_log import LoggedEvent
from inbox.kernel.ids import new_id
from realtime.bus import _WAITING_HINTS, Bus, RedisPublisher, SupervisedBackend, account_channel
from server.embedded import EmbeddedValkey


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    """A server that this test may kill."""
    server = EmbeddedValkey(tmp_path / "valkey.log", secrets.token_hex(8))
    server.start()
    yield server
    server.kill()


class Ear:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.gaps = 0
        self._news = asyncio.Condition()
        self._waiting: list[asyncio.Event] = []

    def hear(self, message: str) -> None:
        self.messages.append(message)
        self._wake()

    def miss(self) -> None:
        self.gaps += 1
        self._wake()

    def _wake(self) -> None:
        for event in self._waiting:
            event.set()

    async def until(self, *, messages: int = 0, gaps: int = 0) -> None:
        news = asyncio.Event()
        self._waiting.append(news)
        async with asyncio.timeout(15):
            while len(self.messages) < messages or self.gaps < gaps:
                news.clear()
                await news.wait()


@contextlib.asynccontextmanager
async def listening(bus: Bus, channel: str, *ears: Ear) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(bus.listen(channel, ear.hear, ear.miss)) for ear in ears]
    try:
        for ear in ears:
            await ear.until(gaps=1)
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def bus_and_publisher(url: str) -> AsyncIterator[tuple[Bus, RedisPublisher]]:
    bus, publisher = Bus(url), RedisPublisher(url)
    await bus.start()
    try:
        yield bus, publisher
    finally:
        await bus.stop()
        await publisher.close()


def event(seq: int) -> LoggedEvent:
    return LoggedEvent(seq, "message_created", ["account"], {"n": seq}, datetime.now(UTC))


def seqs(ear: Ear) -> list[int]:
    return [item["seq"] for message in ear.messages for item in orjson.loads(message)]


async def test_two_simultaneous_first_listeners_both_hear(redis_url: str) -> None:
    account_id = new_id()
    one, two = Ear(), Ear()
    async with (
        bus_and_publisher(redis_url) as (bus, publisher),
        listening(bus, account_channel(account_id), one, two),
    ):
        await publisher.publish(account_id, [event(1), event(2)])
        await one.until(messages=1)
        await two.until(messages=1)
    assert seqs(one) == seqs(two) == [1, 2]


async def test_a_channel_that_is_left_is_no_longer_heard_and_can_be_joined_again(redis_url: str) -> None:
    account_id = new_id()
    first, second = Ear(), Ear()
    async with bus_and_publisher(redis_url) as (bus, publisher):
        async with listening(bus, account_channel(account_id), first):
            pass
        async with listening(bus, account_channel(account_id), second):
            await publisher.publish(account_id, [event(1)])
            await second.until(messages=1)
    assert first.messages == []


async def test_after_a_lost_connection_a_gap_is_told_and_hints_come_again(own_redis: EmbeddedValkey) -> None:
    account_id, ear = new_id(), Ear()
    async with (
        bus_and_publisher(own_redis.url) as (bus, publisher),
        listening(bus, account_channel(account_id), ear),
    ):
        own_redis.kill()
        async with asyncio.timeout(10):
            while bus.is_live(account_channel(account_id)):  # noqa: ASYNC110  # no event tells of it
                await asyncio.sleep(0.01)
        await publisher.publish(account_id, [event(1)])
        own_redis.start()
        await ear.until(gaps=2)
        assert bus.is_live(account_channel(account_id))
        async with asyncio.timeout(10):
            while 2 not in seqs(ear):  # the publisher tries again within its own pause
                await publisher.publish(account_id, [event(2)])
                await asyncio.sleep(0.05)
    # What was published while Redis was away may be lost, or be sent late by a retry; nothing else comes.
    assert set(seqs(ear)) <= {1, 2}


async def test_hints_that_cannot_be_sent_are_dropped_and_counted_without_waiting() -> None:
    publisher = RedisPublisher("redis://127.0.0.1:1")
    for seq in range(100):
        await publisher.publish(UUID(int=1), [event(seq)])
    await publisher.nudge("outbox")
    await publisher.close()
    assert publisher.dropped == 101


async def test_what_overflows_becomes_a_gap() -> None:
    backend = SupervisedBackend("redis://127.0.0.1:1")
    for n in range(_WAITING_HINTS + 5):
        backend._take("account:1", str(n).encode())
    first = await backend.next_published()
    rest = [(await backend.next_published()).message for _ in range(_WAITING_HINTS)]
    assert first.message == ""
    assert rest == [str(n) for n in range(_WAITING_HINTS)]


async def test_a_nudge_wakes_and_a_possible_miss_wakes_too(redis_url: str) -> None:
    wake = asyncio.Event()
    async with bus_and_publisher(redis_url) as (bus, publisher):
        task = asyncio.create_task(bus.subscribe_nudges("outbox", wake.set))
        async with asyncio.timeout(10):
            await wake.wait()
            wake.clear()
            await publisher.nudge("outbox")
            await wake.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
