"""What is over is removed: challenges, and sessions after they have served to find out what happened."""

from datetime import timedelta
from typing import Final

import procrastinate
import structlog

from inbox.identity.challenge_repository import delete_old_challenges
from inbox.identity.session_repository import delete_ended_sessions
from inbox.kernel.database import Database
from inbox.kernel.job_worker import Backoff

log = structlog.get_logger(__name__)

# Addresses and user agents are personal data; a quarter is what it takes to look into a break-in (Marco Civil da Internet,
# article 15, asks application providers to keep access logs for six months: those are the audit log's).
_SESSIONS_KEPT: Final = timedelta(days=90)
_CHALLENGES_KEPT: Final = timedelta(days=1)


def identity_jobs(database: Database) -> procrastinate.Blueprint:
    blueprint = procrastinate.Blueprint()

    @blueprint.periodic(cron="40 3 * * *")
    @blueprint.task(name="identity.clean_up", queue="maintenance", retry=Backoff(30, 1800, 10))
    async def clean_up(timestamp: int) -> None:
        async with database.system() as work:
            challenges = await delete_old_challenges(work.session, work.now() - _CHALLENGES_KEPT)
            sessions = await delete_ended_sessions(work.session, work.now() - _SESSIONS_KEPT)
        log.info("identity_cleaned_up", challenges=challenges, sessions=sessions, timestamp=timestamp)

    return blueprint
