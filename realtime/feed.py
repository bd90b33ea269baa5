"""The log of one account as this process hears it, made contiguous and handed to the sockets that may hear it.

Publishers race after their commits, so hints come in any order, late, twice or never. The feed delivers seq 1, 2, 3, … and
nothing else: what a hint does not bring in time is read from the log.

Invariants
- `last_seq` grows by one; an item is delivered when it is last_seq + 1, never otherwise.
- Every delivery to a socket is above that socket's `last_seq`. Before an item goes to a socket, older conflated items that
  are still held and that this socket may hear go to it first.
- A hole is waited for `gap_wait_seconds`, then read; a log that cannot be read is tried again, nothing is skipped.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

import asyncpg
import orjson
import structlog

from realtime.background import Background, Backoff
from realtime.bus import Bus, account_channel, ephemeral_channel
from realtime.conflation import Conflation
from realtime.frames import Frame, events_frame, model_frame
from realtime.log_item import Item, item_from_hint, item_from_row
from realtime.log_reader import read_bounds, read_current_seqs, read_range
from realtime.metrics import DELIVERIES, GAPS_REPAIRED
from realtime.protocol import CursorHint
from realtime.rooms import RoomIndex
from realtime.sockets import LiveSocket
from realtime.wire import PacketQueue, write_to_all

log = structlog.get_logger()

# What arrived ahead of a hole; more than this is not worth keeping, the log has it.
_AHEAD_ITEMS = 1_000
# After these, who may hear the next item has to be looked up: they go out before it is addressed.
_CHANGES_SIGHT = frozenset({"ticket_removed"})
# Rows per query when catching up: some 300 kB.
_CATCH_UP_ROWS = 500


class FeedSettings(Protocol):
    relay_gap_wait_ms: int
    conflation_ms: int


class FeedObserver(Protocol):
    """Who else hears what a feed hears, item by item in order. Called synchronously, before later items go to sockets."""

    def on_item(self, feed: "AccountFeed", item: Item) -> None: ...

    def on_message(self, feed: "AccountFeed", item: Item) -> None:
        """A message_created has been written to those who may hear it, if there are any."""

    def on_ephemeral(self, feed: "AccountFeed", message: str) -> None: ...


class AccountFeed:
    """Made by the relay when the account's first socket comes, closed some time after the last one went."""

    def __init__(
        self, account_id: UUID, pool: asyncpg.Pool, bus: Bus, settings: FeedSettings, observer: FeedObserver
    ) -> None:  # fmt: skip
        self.account_id = account_id
        self.rooms = RoomIndex()
        self.claims = 0
        """Connections on their way in: the feed must not close under them."""
        self.last_seq = -1
        """-1: not opened yet."""
        self.opened_at_seq = -1
        self.relayed = 0
        """Items in hand while `last_seq` went from `opened_at_seq` to where it is: as many as numbers, or one was skipped."""
        self.found = 0
        """Of these: read from the log."""
        self._head = 0
        self._ahead: dict[int, Item] = {}
        self._pool = pool
        self._bus = bus
        self._observer = observer
        self._gap_wait_seconds = settings.relay_gap_wait_ms / 1000
        self._conflation = Conflation(settings.conflation_ms / 1000, self._send_now)
        self._opening = asyncio.Lock()
        self._gap_timer: asyncio.TimerHandle | None = None
        self._behind = asyncio.Event()
        self._background = Background()

    # ── life ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        self._background.start_loop(f"feed.listen {self.account_id}", self._listen)
        self._background.start_loop(f"feed.repair {self.account_id}", self._repair)
        self._background.start_loop(f"feed.ephemeral {self.account_id}", self._listen_ephemeral)

    async def opened(self) -> None:
        """Returns when the feed knows its position: from then on it misses nothing. Raises when the log is unreachable."""
        async with self._opening:
            if self.last_seq < 0:
                position = (await read_bounds(self._pool, self.account_id)).current
                self._head = max(self._head, position)
                self.last_seq = self.opened_at_seq = position
                self._drain()

    async def close(self) -> None:
        if self._gap_timer is not None:
            self._gap_timer.cancel()
        self._conflation.close()
        await self._background.stop()

    @property
    def is_live(self) -> bool:
        """Whether hints come, so that the log need not be polled."""
        return self._bus.is_live(account_channel(self.account_id))

    @property
    def safe_seq(self) -> int:
        """Everything up to here has been given to the live sockets that may hear it; nothing of it is held."""
        oldest_held = self._conflation.oldest_held()
        return self.last_seq if oldest_held is None else oldest_held - 1

    def note_head(self, seq: int) -> None:
        """The log is known to reach up to `seq`: what is missing gets its short wait, then is read."""
        self._head = max(self._head, seq)
        self._expect_rest()

    def hint_cursors(self) -> None:
        """Tells quiet sockets how far the log has come without anything for them."""
        safe = self.safe_seq
        frame: Frame | None = None
        for socket in self.rooms:
            if socket.held is None and socket.last_seq < safe:
                frame = frame or model_frame("cursor", CursorHint(seq=safe))
                socket.last_seq = safe
                socket.queue.write(frame)

    # ── hints in ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _listen(self) -> None:
        await self._bus.listen(account_channel(self.account_id), self.accept, self._behind.set)

    async def _listen_ephemeral(self) -> None:
        # Whoever missed one sees it at the next refresh (presence) or in some seconds (typing).
        await self._bus.listen(
            ephemeral_channel(self.account_id),
            lambda message: self._observer.on_ephemeral(self, message),
            lambda: None,
        )

    def accept(self, message: str) -> None:
        """One hint: an array of log items, in whatever order the publishers won."""
        try:
            items = [item_from_hint(hint) for hint in orjson.loads(message)]
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            log.exception("feed.unreadable_hint", account_id=str(self.account_id))
            self._behind.set()
            return
        self._take(items)

    def _take(self, items: Iterable[Item]) -> None:
        for item in items:
            if item.seq > self.last_seq:
                self._head = max(self._head, item.seq)
                if len(self._ahead) < _AHEAD_ITEMS or item.seq == self.last_seq + 1:
                    self._ahead[item.seq] = item
        if self.last_seq >= 0:
            self._drain()

    def _drain(self) -> None:
        """Delivers what is contiguous by now."""
        ready: list[Item] = []
        while (item := self._ahead.pop(self.last_seq + 1, None)) is not None:
            self.last_seq = item.seq
            ready.append(item)
        if ready:
            self._deliver(ready)
        self._expect_rest()

    def _expect_rest(self) -> None:
        """Gives the missing items their short wait, or calls it off."""
        if self.last_seq < 0:
            return
        if self.last_seq >= self._head:
            if self._gap_timer is not None:
                self._gap_timer.cancel()
                self._gap_timer = None
        elif self._gap_timer is None:
            self._gap_timer = asyncio.get_running_loop().call_later(self._gap_wait_seconds, self._gap_is_real)

    def _gap_is_real(self) -> None:
        self._gap_timer = None
        self._behind.set()

    # ── repair from the log ─────────────────────────────────────────────────────────────────────────────────────────

    async def _repair(self) -> None:
        """Reads the log whenever hints may be missing, until nothing is."""
        backoff = Backoff()
        while True:
            await self._behind.wait()
            self._behind.clear()
            try:
                await self._catch_up()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning(
                    "feed.log_unreachable", account_id=str(self.account_id), error=type(error).__name__
                )
                self._behind.set()
                await asyncio.sleep(backoff.next_pause())
            else:
                backoff.reset()

    async def _catch_up(self) -> None:
        await self.opened()
        current = (await read_current_seqs(self._pool, [self.account_id])).get(self.account_id, 0)
        self._head = max(self._head, current)
        while self.last_seq < self._head:
            rows = await read_range(self._pool, self.account_id, self.last_seq, self._head, _CATCH_UP_ROWS)
            if not rows:
                # The counter says they exist, the log has dropped them: a process that slept longer than the retention.
                log.error("feed.log_has_hole", account_id=str(self.account_id), after=self.last_seq)
                self.last_seq = self._head
                return
            GAPS_REPAIRED.inc()
            # Hints may have come while the log was read.
            ready = [item_from_row(row) for row in rows if row["seq"] > self.last_seq]
            if ready:
                self.last_seq = ready[-1].seq
                self.found += len(ready)
                self._ahead = {seq: item for seq, item in self._ahead.items() if seq > self.last_seq}
                self._deliver(ready)
            self._drain()

    # ── items out ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _deliver(self, items: list[Item]) -> None:
        self.relayed += len(items)
        if len(items) == 1:
            for ready in self._due(items[0]):
                self._send_now(ready)
            self._observer.on_item(self, items[0])
        else:
            self._deliver_many(items)
        for item in items:
            if item.type == "message_created":
                self._observer.on_message(self, item)

    def _deliver_many(self, items: list[Item]) -> None:
        """Everybody gets what is theirs of it in one frame."""
        outgoing: dict[LiveSocket, list[Item]] = {}
        for item in items:
            for ready in self._due(item):
                self._address(ready, outgoing)
            if item.type in _CHANGES_SIGHT:
                self._write(outgoing)
                outgoing = {}
            self._observer.on_item(self, item)
        self._write(outgoing)

    def _due(self, item: Item) -> list[Item]:
        """What is to be sent now that the item has come."""
        return [item] if item.key is None else self._conflation.admit(item)

    def _send_now(self, item: Item) -> None:
        """An item by itself: one that came alone, or the end of a conflation window."""
        if not self._conflation.held_before(item.seq):
            self._send_alone(item)
            return
        outgoing: dict[LiveSocket, list[Item]] = {}
        self._address(item, outgoing)
        self._write(outgoing)

    def _send_alone(self, item: Item) -> None:
        """What `_address` and `_write` do, in one pass, for an item with nothing before it: most of a live inbox."""
        seq, count = item.seq, 0
        whole: list[PacketQueue] = []
        masked: list[PacketQueue] = []
        for socket in self.rooms.audience(item.audience):
            if socket.last_seq >= seq:
                continue
            count += 1
            if socket.held is not None:
                socket.give([item])
                continue
            socket.last_seq = seq
            socket.pushed += 1
            (masked if socket.actor.masks_phones else whole).append(socket.queue)
        if whole:
            write_to_all(whole, item.frame)
        if masked:
            write_to_all(masked, item.masked.frame)
        DELIVERIES.inc(count)

    def _address(self, item: Item, outgoing: dict[LiveSocket, list[Item]]) -> None:
        """Adds the item to everybody's post who may hear it, behind what is held and older."""
        older = self._conflation.held_before(item.seq)
        for socket in self.rooms.audience(item.audience):
            post = outgoing.get(socket)
            reached = socket.last_seq if post is None else post[-1].seq
            if reached >= item.seq:
                continue
            if post is None:
                post = outgoing[socket] = []
            for held in older:
                if held.seq > reached and not socket.rooms.isdisjoint(held.audience):
                    post.append(held)
            post.append(item)

    def _write(self, outgoing: dict[LiveSocket, list[Item]]) -> None:
        """Same post, same bytes: most sockets of a room get the same items; those that see less get theirs."""
        alike: dict[tuple[int, ...], list[PacketQueue]] = {}
        posts: dict[tuple[int, ...], Sequence[Item]] = {}
        for socket, post in outgoing.items():
            if socket.held is not None:
                socket.give(post)
                continue
            socket.last_seq = post[-1].seq
            socket.pushed += len(post)
            masks = socket.actor.masks_phones
            key = (masks, post[0].seq) if len(post) == 1 else (masks, *[item.seq for item in post])
            queues = alike.get(key)
            if queues is None:
                queues = alike[key] = []
                posts[key] = socket.shown(post)
            queues.append(socket.queue)
        for key, shown in posts.items():
            frame = shown[0].frame if len(shown) == 1 else events_frame(shown)
            write_to_all(alike[key], frame)
        DELIVERIES.inc(sum(map(len, outgoing.values())))

    def tell(self, rooms: Collection[str], event: str, data: Any, *, except_user: str | None = None) -> None:
        """An unnumbered event to everybody in the rooms."""
        frame = Frame(event, data)
        for socket in self.rooms.audience(rooms):
            if str(socket.actor.user_id) != except_user:
                socket.queue.write(frame)
