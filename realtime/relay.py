"""Account channels → sockets of this process.

Invariants
- An account costs this process something only while it hosts a socket of that account (and a short while after).
- Whatever is lost on the way (a hint, the last hint, Redis itself) is found: the counters of the hosted accounts are
  compared with what was delivered every two seconds, twice a second while hints do not come.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import structlog

from realtime.background import Background
from realtime.bus import Bus
from realtime.feed import AccountFeed, FeedObserver, FeedSettings
from realtime.log_reader import read_current_seqs
from realtime.sockets import LiveSocket

log = structlog.get_logger()

# A lost last hint shows within this time: one indexed query for all accounts of the process.
_CHECK_SECONDS = 2.0
# Without hints the log is polled; an operator does not notice half a second.
_POLL_SECONDS = 0.5
# Reloading a page must not resubscribe.
_LINGER_SECONDS = 10.0
# A quiet client's cursor stays young enough to resume cheaply.
_CURSOR_SECONDS = 20.0


class Relay:
    def __init__(self, pool: asyncpg.Pool, bus: Bus, settings: FeedSettings, observer: FeedObserver) -> None:
        self._pool = pool
        self._bus = bus
        self._settings = settings
        self._observer = observer
        self._feeds: dict[UUID, AccountFeed] = {}
        self._empty_since: dict[UUID, float] = {}
        self._background = Background()

    async def start(self) -> None:
        self._background.start_loop("relay.watch", self._watch)
        self._background.start_loop("relay.cursors", self._hint_cursors)

    async def stop(self) -> None:
        await self._background.stop()
        for feed in list(self._feeds.values()):
            await self._close(feed)

    def feed(self, account_id: UUID) -> AccountFeed | None:
        """The account's feed, if this process hosts it."""
        return self._feeds.get(account_id)

    def feeds(self) -> list[AccountFeed]:
        return list(self._feeds.values())

    def sockets(self) -> Iterator[LiveSocket]:
        for feed in self.feeds():
            yield from feed.rooms

    @asynccontextmanager
    async def claimed(self, account_id: UUID) -> AsyncIterator[AccountFeed]:
        """The account's feed, opened, kept open within the block. Raises when the log is unreachable."""
        feed = self._feeds.get(account_id)
        if feed is None:
            feed = self._feeds[account_id] = AccountFeed(
                account_id, self._pool, self._bus, self._settings, self._observer
            )
            feed.start()
        feed.claims += 1
        try:
            await feed.opened()
            yield feed
        finally:
            feed.claims -= 1

    async def _watch(self) -> None:
        while True:
            hints_come = all(feed.is_live for feed in self._feeds.values())
            await asyncio.sleep(_CHECK_SECONDS if hints_come else _POLL_SECONDS)
            await self._close_empty()
            await self._compare_with_log()

    async def _compare_with_log(self) -> None:
        if not self._feeds:
            return
        try:
            seqs = await read_current_seqs(self._pool, list(self._feeds))
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("relay.log_unreachable", error=type(error).__name__)
            return
        for account_id, seq in seqs.items():
            if (feed := self._feeds.get(account_id)) is not None:
                feed.note_head(seq)

    async def _close_empty(self) -> None:
        now = asyncio.get_running_loop().time()
        for account_id, feed in list(self._feeds.items()):
            if len(feed.rooms) or feed.claims:
                self._empty_since.pop(account_id, None)
            elif now - self._empty_since.setdefault(account_id, now) >= _LINGER_SECONDS:
                await self._close(feed)

    async def _close(self, feed: AccountFeed) -> None:
        # Out of the table first: a socket that comes while this one closes gets a new feed.
        with contextlib.suppress(KeyError):
            del self._feeds[feed.account_id]
        self._empty_since.pop(feed.account_id, None)
        await feed.close()

    async def _hint_cursors(self) -> None:
        while True:
            await asyncio.sleep(_CURSOR_SECONDS)
            for feed in self.feeds():
                feed.hint_cursors()
