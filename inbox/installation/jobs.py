"""Durable work of the installation: the system log's old entries go."""

import procrastinate

from inbox.installation.system_log import trim_system_log
from inbox.kernel.database import Database
from inbox.kernel.job_worker import Backoff


def installation_jobs(database: Database) -> procrastinate.Blueprint:
    """Task `installation.trim_log`, daily."""
    blueprint = procrastinate.Blueprint()

    @blueprint.periodic(cron="23 3 * * *")
    @blueprint.task(name="installation.trim_log", queue="maintenance", retry=Backoff(30, 1800, 10))
    async def trim_log(timestamp: int) -> None:
        del timestamp
        await trim_system_log(database)

    return blueprint
