"""One transaction: everything that a batch of webhooks says, and the events that tell of it.

Invariants: all or nothing; running it again with the same batch changes nothing and tells nothing; events are numbered
last. Lock order: wamids, conversations, tickets, messages, outbox, counters.
"""

import time
from datetime import datetime, timedelta
from uuid import UUID

from inbox.ingest import sql
from inbox.ingest.arrivals import Batch
from inbox.ingest.connection import Connection
from inbox.ingest.journal import Journal
from inbox.ingest.messages import write_arrivals
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


async def write_batch(
    connection: Connection, batch: Batch, now: datetime, pulse: NumberPulse
) -> tuple[Journal, Tally]:
    """Commits the batch. Raises LostRace and asyncpg's errors; then nothing is written."""
    journal, tally = Journal(), Tally()
    due = pulse.due(batch.numbers())
    async with connection.transaction():
        if batch.parked:
            await write_parked(connection, batch.parked, now, tally)
        if batch.updates:
            await write_updates(connection, batch.updates, now, tally)
        if batch.statuses:
            await write_statuses(connection, batch.statuses, now, journal, tally)
        if batch.arrivals:
            await write_arrivals(connection, batch.arrivals, now, journal, tally)
        if due:
            await connection.execute(
                sql.TOUCH_NUMBERS, [n[0] for n in due], [n[1] for n in due], now, _TOUCH_EVERY
            )
        await journal.append(connection, now)
    pulse.mark(due)
    return journal, tally
