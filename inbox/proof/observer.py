"""What this process has seen of its accounts' events, and the one task that writes it down.

Counting is adding integers in memory; every two seconds the changed rows are written in one transaction. Numbers are absolute
per process and minute, so a report that is written twice (its answer was lost) counts once. A process that is killed
takes at most its last seconds of observations with it, and nothing else: facts are counted elsewhere.

Invariants
- Nothing here waits for the database, and what waits to be written is bounded.
- A row leaves memory only when everything pushed in its minute is settled and nothing of that minute can come any more.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from inbox.kernel.ids import new_id
from inbox.proof import metrics
from inbox.proof.report_repository import write_heartbeats, write_observations, write_trips

log = structlog.get_logger(__name__)

# A killed process loses what it saw since its last report; five statements every two seconds are nothing to the database.
REPORT_SECONDS: Final = 2.0
# Six of them missing, and the page takes the process for gone (service.SILENT_AFTER).
_HEARTBEAT_SECONDS: Final = 10.0
# An event is handed over at once after its commit; whoever comes later than this is counted in the minute of now.
_OPEN_MINUTES: Final = 15
# What is kept while the database does not answer: 10,000 accounts for some minutes, or 40 s of 500 shown messages a second.
_MOST_ROWS: Final = 50_000
_MOST_TRIPS: Final = 20_000


@dataclass(slots=True)
class Observed:
    """One account's minute. The names are those of the columns."""

    published: int = 0
    dropped: int = 0
    passed: int = 0
    relayed: int = 0
    found: int = 0
    pushed: int = 0
    acknowledged: int = 0
    ended: int = 0

    @property
    def is_settled(self) -> bool:
        return self.pushed == self.acknowledged + self.ended


@dataclass(frozen=True, slots=True)
class Trip:
    """A message that has reached its first socket of this process."""

    account_id: UUID
    message_id: UUID
    received_at: datetime | None
    stored_at: datetime
    pushed_at: datetime


@dataclass(frozen=True, slots=True)
class Painting:
    """A screen has shown it."""

    account_id: UUID
    message_id: UUID
    painted_at: datetime


Key = tuple[UUID, int]
"""Account, and minutes since 1970."""


@dataclass(slots=True)
class _Waiting:
    trips: list[Trip] = field(default_factory=list)
    paintings: list[Painting] = field(default_factory=list)


class Observer:
    """One per process."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.process_id = new_id()
        self._clock = clock
        self._rows: dict[Key, Observed] = {}
        self._changed: set[Key] = set()
        self._waiting = _Waiting()
        self._sources: list[Callable[[], None]] = []
        self._heartbeat_at = 0.0
        self._known_alive: set[UUID] = set()

    # ── counting ────────────────────────────────────────────────────────────────────────────────────────────────────

    def add_source(self, count: Callable[[], None]) -> None:
        """`count` is called before every report: for whoever counts in integers of its own."""
        self._sources.append(count)

    @property
    def minute(self) -> int:
        return int(self._clock() // 60)

    def row(self, account_id: UUID, minute: int) -> Observed:
        """The row to add to; it will be written. A minute that is over and done with becomes the present one."""
        key = (account_id, minute)
        row = self._rows.get(key)
        if row is None:
            now = self.minute
            if not now - _OPEN_MINUTES < minute <= now + 1:
                key = (account_id, now)
                row = self._rows.get(key)
            if row is None:
                row = Observed()
                if len(self._rows) >= _MOST_ROWS:
                    metrics.OBSERVATIONS_LOST.inc()
                    return row
                self._rows[key] = row
        self._changed.add(key)
        return row

    def handed_over(self, account_id: UUID, at: datetime, events: int) -> None:
        """Redis has taken the hint of these events, which carry `at`."""
        self.row(account_id, _minute_of(at)).published += events
        metrics.PUBLISHED.inc(events)

    def left_to_log(self, account_id: UUID, at: datetime, events: int) -> None:
        """Redis has not: whoever reads the log finds them."""
        self.row(account_id, _minute_of(at)).dropped += events
        metrics.LEFT_TO_LOG.inc(events)

    def pushed(self, trip: Trip) -> None:
        if len(self._waiting.trips) < _MOST_TRIPS:
            self._waiting.trips.append(trip)

    def painted(self, painting: Painting) -> None:
        if len(self._waiting.paintings) < _MOST_TRIPS:
            self._waiting.paintings.append(painting)

    # ── reporting ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def run(self, pool: asyncpg.Pool) -> None:
        """Until cancelled. A database that is away delays reports, nothing else."""
        while True:
            await asyncio.sleep(REPORT_SECONDS)
            await self.report(pool)

    async def report(self, pool: asyncpg.Pool) -> bool:
        """Writes what has changed. False: it could not, and will be tried again with the next."""
        for count in self._sources:
            count()
        changed, self._changed = self._changed, set()
        waiting, self._waiting = self._waiting, _Waiting()
        alive = self._alive_accounts(changed)
        try:
            async with pool.acquire(timeout=REPORT_SECONDS) as connection, connection.transaction():
                if changed:
                    rows = [(account_id, at_of(minute), self._rows[account_id, minute])
                            for account_id, minute in sorted(changed)]  # fmt: skip
                    await write_observations(connection, self.process_id, rows)
                if alive:
                    await write_heartbeats(connection, self.process_id, alive, self._now())
                if waiting.trips or waiting.paintings:
                    await write_trips(connection, waiting.trips, waiting.paintings)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("proof.not_reported", rows=len(changed), error=type(error).__name__)
            self._changed |= changed
            self._heartbeat_at = 0.0
            self._known_alive.clear()
            self._keep(waiting)
            return False
        self._forget_settled()
        return True

    def _alive_accounts(self, changed: set[Key]) -> list[UUID]:
        """All now and then, new ones at once."""
        if self._clock() - self._heartbeat_at < _HEARTBEAT_SECONDS:
            fresh = {account_id for account_id, _ in changed} - self._known_alive
            self._known_alive |= fresh
            return sorted(fresh)
        self._heartbeat_at = self._clock()
        self._known_alive = {account_id for account_id, _ in self._rows}
        return sorted(self._known_alive)

    def _keep(self, waiting: _Waiting) -> None:
        self._waiting.trips = [*waiting.trips, *self._waiting.trips][:_MOST_TRIPS]
        self._waiting.paintings = [*waiting.paintings, *self._waiting.paintings][:_MOST_TRIPS]

    def _forget_settled(self) -> None:
        oldest = self.minute - _OPEN_MINUTES
        for key in [k for k, row in self._rows.items() if k[1] < oldest and row.is_settled]:
            if key not in self._changed:
                del self._rows[key]

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def at_of(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def _minute_of(at: datetime) -> int:
    return int(at.timestamp() // 60)
