"""Counting the event log by reading it: the numbers that were given must all have a row, once.

Each row is counted once, in the minute of its event, under a mark that moves in the same transaction. A number without a
row is a hole; there must never be one, for seq is given in the transaction that writes the row.
"""

from typing import Final
from uuid import UUID

import structlog

from inbox.kernel.database import Database
from inbox.proof import log_repository as repository
from inbox.proof import metrics

log = structlog.get_logger(__name__)

THE_LOG: Final = UUID(int=0)
"""Stands in proof_observations where others have their process."""
# Index entries of one transaction: about 20 ms.
_BATCH: Final = 50_000


async def count_log(database: Database) -> None:
    """Brings every account up to date. May run twice at once: accounts are locked one by one."""
    async with database.system() as work:
        accounts = await repository.fetch_behind(work.session)
    for account_id in accounts:
        while await _count_batch(database, account_id):
            pass


async def _count_batch(database: Database, account_id: UUID) -> bool:
    """True when there may be more."""
    async with database.system() as work:
        counted_to, current = await repository.lock_mark(work.session, account_id)
        oldest = await repository.fetch_oldest(work.session, account_id)
        # What was dropped with its day before it was counted (nobody counted for a week) is unknown, not missing.
        after = max(counted_to, (current if oldest is None else oldest - 1))
        upto = min(current, after + _BATCH)
        if upto <= counted_to:
            return False
        found = await repository.count_events(work.session, account_id, THE_LOG, after, upto)
        holes = upto - after - found
        await repository.move_mark(work.session, account_id, upto, holes)
    if holes:
        metrics.LOG_HOLES.inc(holes)
        log.error("proof.log_has_holes", account_id=str(account_id), holes=holes, after=after, upto=upto)
    return upto < current
