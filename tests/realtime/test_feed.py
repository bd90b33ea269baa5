"""The feed delivers 1, 2, 3, … to whoever may hear it, however the hints come."""

import asyncio
import contextlib
import random
import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import asyncpg
import orjson
import pytest

from inbox.kernel.actor import Actor, Role
from inbox.kernel.audience import EVERYONE, department_room
from inbox.kernel.content_seal import Keyring
from inbox.kernel.event_log import LoggedEvent, NewEvent
from inbox.kernel.ids import new_id
from realtime.bus import Bus, account_channel
from realtime.feed import AccountFeed
from realtime.frames import Frame
from realtime.log_item import Item
from realtime.sockets import LiveSocket
from realtime.wire import PacketQueue
from server.embedded import EmbeddedValkey
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.realtime.conftest import Live, LossyPublisher, eventually, running_gateway


def hint(*events: LoggedEvent) -> str:
    return orjson.dumps(
        [{"seq": e.seq, "type": e.type, "audience": e.audience, "data": e.data, "at": e.at} for e in events]
    ).decode()


def feed_of(live: Live, account_id: UUID) -> AccountFeed:
    feed = live.gateway._relay.feed(account_id)
    assert feed is not None
    return feed


@pytest.mark.parametrize("seed_of_chance", range(5))
async def test_shuffled_lost_and_repeated_hints_are_heard_once_in_order(
    settings: Settings, redis_url: str, seed: SeededAccount, seed_of_chance: int
) -> None:
    chance = random.Random(seed_of_chance)
    publisher = LossyPublisher()
    # A fifth of the window that production has: pauses around it, and a fifth of the time.
    narrow = settings.model_copy(update={"relay_gap_wait_ms": 5})
    async with running_gateway(narrow, redis_url, publisher=publisher) as live:
        ana = await live.connect(seed.ana)
        feed = feed_of(live, seed.account_id)
        for _ in range(10):
            publisher.logged.clear()
            for n in range(12):
                await live.log(seed.account_id, NewEvent("message_created", [EVERYONE], {"n": n}))
            hints = [event for event in publisher.logged if chance.random() < 0.8] * 2
            chance.shuffle(hints)
            for event in hints:
                feed.accept(hint(event))
                await asyncio.sleep(chance.choice([0, 0.001, 0.006]))
        await ana.until(lambda: bool(ana.seqs) and ana.seqs[-1] == 120)
        assert ana.seqs == list(range(1, 121))


async def test_a_lost_last_hint_is_found_within_seconds(
    settings: Settings, redis_url: str, seed: SeededAccount
) -> None:
    async with running_gateway(settings, redis_url, publisher=LossyPublisher()) as live:
        ana = await live.connect(seed.ana)
        channel = account_channel(seed.account_id)
        await eventually(lambda: live.gateway._bus.is_live(channel))
        await live.log(seed.account_id, NewEvent("message_created", [EVERYONE], {}))
        await ana.until(lambda: ana.seqs == [1], patience=4)


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path / "valkey.log", secrets.token_hex(8))
    server.start()
    yield server
    server.kill()


async def test_traffic_goes_on_while_redis_is_killed_and_comes_back(
    settings: Settings, own_redis: EmbeddedValkey, seed: SeededAccount
) -> None:
    async with running_gateway(settings, own_redis.url) as live:
        ana = await live.connect(seed.ana)
        written = 0

        async def write(count: int) -> None:
            nonlocal written
            for _ in range(count):
                written += 1
                await live.log(seed.account_id, NewEvent("message_created", [EVERYONE], {"n": written}))

        await write(20)
        own_redis.kill()
        await write(20)
        await ana.until(lambda: len(ana.seqs) == 40, patience=4)
        late = await live.connect(seed.bruno, cursor=10)  # people come in while Redis is away
        own_redis.start()
        await write(20)
        await ana.until(lambda: len(ana.seqs) == 60)
        await late.until(lambda: len(late.seqs) == 50)
        assert ana.seqs == list(range(1, 61))
        assert late.seqs == list(range(11, 61))


async def test_list_updates_are_conflated_and_the_latest_wins(live: Live, seed: SeededAccount) -> None:
    vendas = department_room(seed.departments["vendas"])
    ticket = str(new_id())
    ana = await live.connect(seed.ana)
    await eventually(lambda: live.gateway._bus.is_live(account_channel(seed.account_id)))
    await live.log(
        seed.account_id,
        *(NewEvent("ticket_updated", [vendas], {"ticket": {"id": ticket, "n": n}}) for n in range(50)),
    )
    await ana.until(lambda: bool(ana.items) and ana.items[-1]["data"]["ticket"]["n"] == 49)
    assert ana.seqs == [1, 50]


# ── standing property, on an imitated log with a tiny window ─────────────────────────────────────────────────────────


class _Settings:
    relay_gap_wait_ms = 5
    conflation_ms = 10


class _Nobody:
    def on_item(self, feed: AccountFeed, item: Item) -> None: ...

    def on_message(self, feed: AccountFeed, item: Item) -> None: ...

    def on_ephemeral(self, feed: AccountFeed, message: str) -> None: ...


class Log:
    """The part of an asyncpg pool that the log reader uses."""

    def __init__(self) -> None:
        self.events: list[LoggedEvent] = []

    async def fetch(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        await asyncio.sleep(0.001)
        if "event_counters" in sql:
            return [{"account_id": arguments[0][0], "seq": len(self.events)}]
        _, after, upto, limit = arguments[:4]
        return [
            {
                "seq": e.seq,
                "type": e.type,
                "audience": e.audience,
                "payload": orjson.dumps(e.data),
                "at": e.at,
            }
            for e in self.events[after:upto][:limit]
        ]


class Post(PacketQueue):
    """Remembers instead of sending."""

    def __init__(self) -> None:
        super().__init__()
        self.seqs: list[int] = []

    def write(self, frame: Frame) -> None:
        event, data = orjson.loads(frame.packet[1:])
        self.seqs.extend(item["seq"] for item in data) if event == "events" else self.seqs.append(data["seq"])


@contextlib.asynccontextmanager
async def imitated_feed(log: Log) -> AsyncIterator[AccountFeed]:
    pool = cast("asyncpg.Pool[Any]", log)
    feed = AccountFeed(UUID(int=1), pool, Bus("redis://127.0.0.1:1"), _Settings(), _Nobody())
    feed.last_seq = 0
    # The process's own ring may have been put together by another test: this log knows nothing of keys.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("realtime.log_reader.KEYRING", Keyring())
        feed.start()
        try:
            yield feed
        finally:
            await feed.close()


@pytest.mark.parametrize("seed_of_chance", range(20))
async def test_whatever_happens_each_socket_hears_ascending_all_exact_and_the_latest_of_each_ticket(
    seed_of_chance: int,
) -> None:
    chance = random.Random(seed_of_chance)
    rooms = [new_id() for _ in range(4)]
    log = Log()
    async with imitated_feed(log) as feed:
        sockets = []
        for n in range(6):
            actor = Actor(UUID(int=1), new_id(), Role.OPERATOR, frozenset(chance.sample(rooms, 2)))
            sockets.append(LiveSocket(str(n), "", actor, datetime.now(UTC), Post()))
            feed.rooms.add(sockets[-1])
        for _ in range(30):
            fresh = [_any_event(chance, rooms, len(log.events) + n + 1) for n in range(chance.randint(1, 8))]
            log.events += fresh
            heard = [event for event in fresh if chance.random() < 0.9]
            chance.shuffle(heard)
            for event in heard:
                feed.accept(hint(event))
                await asyncio.sleep(chance.choice([0, 0, 0.002, 0.012]))
            if chance.random() < 0.2:
                feed.hint_cursors()
        feed.note_head(len(log.events))
        await eventually(lambda: feed.safe_seq == len(log.events))
        for socket in sockets:
            _check(socket, log.events)


def _any_event(chance: random.Random, rooms: list[UUID], seq: int) -> LoggedEvent:
    audience = [department_room(room) for room in chance.sample(rooms, chance.randint(1, 2))]
    if chance.random() < 0.5:
        return LoggedEvent(seq, "message_created", audience, {}, datetime.now(UTC))
    ticket = str(UUID(int=chance.randint(1, 3)))
    return LoggedEvent(seq, "ticket_updated", audience, {"ticket": {"id": ticket}}, datetime.now(UTC))


def _check(socket: LiveSocket, events: list[LoggedEvent]) -> None:
    seqs = cast("Post", socket.queue).seqs
    assert seqs == sorted(set(seqs))
    visible = [event for event in events if not socket.rooms.isdisjoint(event.audience)]
    assert {e.seq for e in visible if e.type == "message_created"} <= set(seqs)
    for ticket in {e.data["ticket"]["id"] for e in visible if e.type == "ticket_updated"}:
        latest = max(e.seq for e in visible if e.data.get("ticket", {}).get("id") == ticket)
        assert latest in seqs
