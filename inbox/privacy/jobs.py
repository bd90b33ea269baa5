"""The privacy desk's durable work: erasures and sealing when they are asked for, retention every hour, orphans once a day."""

from typing import Final
from uuid import UUID

import procrastinate
import structlog

from inbox.kernel.job_worker import Backoff
from inbox.privacy.eraser import Eraser
from inbox.privacy.erasing import ERASE_TASK, PRIVACY_QUEUE
from inbox.privacy.retention import Retention
from inbox.privacy.sealing import SEAL_QUEUE, SEAL_TASK, Sealer

log = structlog.get_logger(__name__)

# 5 s, 10 s, … 1 h: two days of tries; the law gives fifteen (ANPD, Resolução 2/2022, article 15, doubled for small ones).
_ERASE_RETRY: Final = Backoff(first_seconds=5, longest_seconds=3600, attempts=57)


# 10 s, 20, … 1 h, for two days: what makes it fail is a lock that somebody else took first, or a database that is away.
_SEAL_RETRY: Final = Backoff(first_seconds=10, longest_seconds=3600, attempts=57)


def privacy_jobs(eraser: Eraser, retention: Retention, sealer: Sealer) -> procrastinate.Blueprint:
    """Tasks `privacy.erase` {account_id, erasure_id}, `privacy.seal_stored` {account_id}, hourly `privacy.retention`,
    daily `privacy.orphans`."""
    blueprint = procrastinate.Blueprint()

    @blueprint.task(name=ERASE_TASK, queue=PRIVACY_QUEUE, retry=_ERASE_RETRY, pass_context=True)
    async def erase(context: procrastinate.JobContext, account_id: str, erasure_id: str) -> None:
        try:
            await eraser.erase(UUID(account_id), UUID(erasure_id))
        except Exception as error:
            attempt = context.job.attempts + 1
            log.warning(
                "erasure_try_failed", erasure_id=erasure_id, attempt=attempt, error=type(error).__name__
            )
            if attempt >= _ERASE_RETRY.attempts:
                await eraser.give_up(UUID(account_id), UUID(erasure_id))
            raise

    @blueprint.task(name=SEAL_TASK, queue=SEAL_QUEUE, retry=_SEAL_RETRY)
    async def seal_stored(account_id: str) -> None:
        await sealer.run(UUID(account_id))

    @blueprint.periodic(cron="17 * * * *")
    @blueprint.task(
        name="privacy.retention", queue="maintenance", lock="privacy.retention", retry=Backoff(60, 1800, 3)
    )
    async def retain(timestamp: int) -> None:
        del timestamp
        await retention.run()

    @blueprint.periodic(cron="43 4 * * *")
    @blueprint.task(name="privacy.orphans", queue="maintenance", retry=Backoff(60, 3600, 5))
    async def forget_orphans(timestamp: int) -> None:
        del timestamp
        forgotten = await retention.forget_orphans()
        log.info("orphans_forgotten", **forgotten)

    return blueprint
