"""Old minutes become hours, old hours go: what the page shows of a week stays exact, and the tables stay small."""

from datetime import timedelta
from typing import Final

from inbox.kernel.database import Database
from inbox.proof import prune_repository as repository

# The page draws minutes of the last hour. Nothing reports into a minute this old any more: sockets settle within an hour
# of pushes (realtime/receipts), and a process that keeps a row open for longer has not pushed into it since.
_MINUTES_KEPT: Final = timedelta(days=2)
# Five weeks: last month can still be asked for over SQL; the page shows a week.
_HOURS_KEPT: Final = timedelta(days=35)
# As long as the event log by default: the way of a message is asked for within days.
_TRIPS_KEPT: Final = timedelta(days=7)


async def prune_proof(database: Database) -> None:
    async with database.system() as work:
        now = work.now()
        await repository.roll_up(work.session, now - _MINUTES_KEPT)
        await repository.drop_old(work.session, hours=now - _HOURS_KEPT, trips=now - _TRIPS_KEPT)
