"""Durable work on accounts: counting usage, closing for ever, erasing."""

from collections.abc import Callable
from uuid import UUID

import procrastinate

from inbox.accounts.erasure import ERASE_TASK, ERASURE_QUEUE, begin_due_erasures, erase_account
from inbox.accounts.usage import count_usage
from inbox.kernel.database import Database
from inbox.kernel.job_worker import Backoff
from inbox.media.storage import MediaStore

# 1 min, 2, 4, … 1 h, for half a day: a media store that is away comes back, a late writer ends.
_ERASE_RETRY = Backoff(first_seconds=60, longest_seconds=3600, attempts=16)


def account_jobs(
    database: Database, store: MediaStore, announce_account_change: Callable[[UUID], None]
) -> procrastinate.Blueprint:
    """Tasks `accounts.count_usage` (every 5 minutes), `accounts.close_due` (hourly) and `accounts.erase`."""
    blueprint = procrastinate.Blueprint()

    @blueprint.periodic(cron="*/5 * * * *")
    @blueprint.task(name="accounts.count_usage", queue="maintenance", retry=Backoff(30, 120, 3))
    async def count(timestamp: int) -> None:
        del timestamp
        await count_usage(database)

    @blueprint.periodic(cron="11 * * * *")
    @blueprint.task(name="accounts.close_due", queue="maintenance", retry=Backoff(30, 900, 4))
    async def close_due(timestamp: int) -> None:
        del timestamp
        for account_id in await begin_due_erasures(database):
            announce_account_change(account_id)

    @blueprint.task(name=ERASE_TASK, queue=ERASURE_QUEUE, retry=_ERASE_RETRY)
    async def erase(account_id: str) -> None:
        await erase_account(database, store, UUID(account_id))

    return blueprint
