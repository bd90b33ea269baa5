"""One commit: everything that a batch of webhooks says, and the events that tell of it.

Invariants: all or nothing; running it again with the same batch changes nothing and tells nothing; events are numbered
last. Lock order: wamids, conversations, tickets, protocol numbers, messages, outbox, event counters.
"""

import asyncio
import time
from datetime import datetime, timedelta
from uuid import UUID

from inbox.ingest import sql
from inbox.ingest.arrivals import Batch
from inbox.ingest.connection import Connection
from inbox.ingest.journal import Journal
from inbox.ingest.messages import write_arrivals, write_at_once
from inbox.ingest.parking import write_parked
from inbox.ingest.statuses import write_statuses
from inbox.ingest.tally import Tally
from inbox.ingest.updates import write_updates

# "Is this number alive" is asked by people; a write per message would make its row the hottest of all.
_TOUCH_EVERY = timedelta(minutes=1)


class NumberPulse:
    """Remembers which numbers were marked alive within the last minute, by this process."""

    def __init__(self) -> None:
        self._marked: dict[tuple[UUID, UUID], float] = {}

    def due(self, numbers: set[tuple[UUID, UUID]]) -> list[tuple[UUID, UUID]]:
        limit = time.monotonic() - _TOUCH_EVERY.total_seconds()
        return sorted(number for number in numbers if self._marked.get(number, -1e9) <= limit)

    def mark(self, numbers: list[tuple[UUID, UUID]]) -> None:
        now = time.monotonic()
        self._marked.update((number, now) for number in numbers)


class Flusher:
    """Commits batches, several at a time."""

    def __init__(self) -> None:
        self._pulse = NumberPulse()
        # Protocol numbers are guessed from the last one taken: two guesses at a time would be one too many.
        self._opening = asyncio.Lock()

    async def write(
        self, connection: Connection, batch: Batch, now: datetime, *, locking: bool
    ) -> tuple[Journal, Tally]:
        """Commits the batch. Raises LostRace and asyncpg's errors; then nothing is written.

        `locking`: takes locks before it thinks. For a batch that has lost a race without them.
        """
        due = self._pulse.due(batch.numbers())
        if due:
            await connection.execute(
                sql.TOUCH_NUMBERS, [n[0] for n in due], [n[1] for n in due], now, _TOUCH_EVERY
            )
            self._pulse.mark(due)
        if not locking and batch.is_messages_only:
            journal, tally = Journal(), Tally(batch)
            if await write_at_once(connection, batch.arrivals, now, journal, tally, self._opening):
                return journal, tally
        journal, tally = Journal(), Tally(batch)
        async with connection.transaction():
            await _write_in_steps(connection, batch, now, journal, tally)
        return journal, tally


async def _write_in_steps(
    connection: Connection, batch: Batch, now: datetime, journal: Journal, tally: Tally
) -> None:
    if batch.parked:
        await write_parked(connection, batch.parked, now, tally)
    if batch.updates:
        await write_updates(connection, batch.updates, now, tally)
    if batch.statuses:
        await write_statuses(connection, batch.statuses, now, journal, tally)
    if batch.arrivals:
        await write_arrivals(connection, batch.arrivals, now, journal, tally)
    await journal.append(connection, now, tally.facts)
