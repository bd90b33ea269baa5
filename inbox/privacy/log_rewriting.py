"""The event log without one person: payloads of the days that it still has are rewritten to stubs.

The log is kept for days and replayed to screens that come back, so waiting until its days are dropped would mean to go on
showing the person to whoever was away. Rows stay where they are: seq is dense, and readers count on it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from inbox.kernel.database import Database
from inbox.privacy import leftover_repository as leftovers
from inbox.privacy import repository
from inbox.privacy.leftover_repository import TracedEvent
from inbox.privacy.stubs import stub_event

# Read through the primary key and looked at one by one: about 0.1 s.
_STRETCH: Final = 20_000


async def rewrite_log(
    database: Database, account_id: UUID, erasure_id: UUID, ids: Sequence[UUID], since: datetime
) -> None:
    """`ids`: of the contact and its conversations. Idempotent: a stub is its own stub."""
    async with database.system(account_id) as work:
        end = await leftovers.fetch_log_end(work.session, account_id)
        first = await leftovers.fetch_log_start(work.session, account_id, since)
    while first is not None and first <= end:
        async with database.system(account_id) as work:
            found = await leftovers.fetch_events(
                work.session, account_id, ids, first, first + _STRETCH - 1, since
            )
            changed = [stubbed for event in found if (stubbed := _stubbed(event)) is not None]
            if changed:
                await leftovers.replace_events(work.session, account_id, changed)
                await repository.add_removed(work.session, account_id, erasure_id, {"events": len(changed)})
        first += _STRETCH


def _stubbed(event: TracedEvent) -> TracedEvent | None:
    """None when there is nothing to take away."""
    payload = stub_event(event.type, event.payload, event.at)
    return None if payload == event.payload else TracedEvent(event.seq, event.at, event.type, payload)
