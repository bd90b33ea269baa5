"""Periodic work of the proof: the log is counted, old minutes become hours, what is older than anybody asks for goes."""

import procrastinate

from inbox.kernel.database import Database
from inbox.kernel.job_worker import Backoff
from inbox.proof.log_count import count_log
from inbox.proof.pruning import prune_proof


def proof_jobs(database: Database) -> procrastinate.Blueprint:
    """Tasks `proof.count_log` (every minute) and `proof.prune` (hourly)."""
    blueprint = procrastinate.Blueprint()

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name="proof.count_log", queue="maintenance", retry=Backoff(10, 30, 3))
    async def count(timestamp: int) -> None:
        del timestamp
        await count_log(database)

    @blueprint.periodic(cron="41 * * * *")
    @blueprint.task(name="proof.prune", queue="maintenance", retry=Backoff(30, 900, 4))
    async def prune(timestamp: int) -> None:
        del timestamp
        await prune_proof(database)

    return blueprint
