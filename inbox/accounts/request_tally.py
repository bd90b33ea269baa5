"""Requests of API keys, counted for the usage page: in memory with each request, into the account's days once a minute.

Invariants
- A request never waits for the count, and costs Postgres nothing: one statement a minute and process, for all accounts.
- What could not be written is written with the next; a process that is killed loses its last minute, which is why nobody
  is billed by it.
"""

import asyncio
from collections import Counter
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from inbox.accounts.usage_repository import add_requests
from inbox.kernel.database import Database

log = structlog.get_logger(__name__)

# The page looks again every 30 s; a minute behind is as good as now for a figure of a day.
_EVERY_SECONDS: Final = 60.0


class RequestTally:
    """One per process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts: Counter[UUID] = Counter()

    def count(self, account_id: UUID) -> None:
        self._counts[account_id] += 1

    async def keep_written(self) -> None:
        """Until cancelled; then `flush` writes the rest."""
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Never raises for a database that is away."""
        if not self._counts:
            return
        counts, self._counts = self._counts, Counter()
        try:
            async with self._database.system() as work:
                await add_requests(work.session, counts)
        except (SQLAlchemyError, OSError) as error:
            self._counts.update(counts)
            log.warning("api_requests_not_written", accounts=len(counts), error=type(error).__name__)
