"""Durable jobs, the side that runs them: Procrastinate on Postgres.

Invariants
- A job may run twice (its worker died after the work, before the mark): every task is idempotent.
- Jobs of a dead worker are handed out again once its heartbeat is old; one that has killed workers too often fails.
- Finished jobs leave no row; failed ones are kept a week for a look.

Tasks are declared in Blueprints that factories build around their dependencies; the names in the database are the
tasks' own (`media.fetch`).
"""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass

import procrastinate
import structlog
from procrastinate import exceptions as procrastinate_errors
from procrastinate import jobs as procrastinate_jobs
from sqlalchemy import text

from inbox.kernel.database import Database, driver_dsn

log = structlog.get_logger(__name__)

_NAMESPACE = "prosa"
# Three missed heartbeats: slow enough for a stalled event loop, quick enough for a person who waits for a picture.
_HEARTBEAT_SECONDS = 10.0
_DEAD_AFTER_SECONDS = 30.0
# Notifications wake the worker at once; polling only finds jobs whose time has come.
_POLL_SECONDS = 2.0
# A job that was running when its worker died this often is the likely cause (a file that crashes a codec).
_MOST_DEATHS = 5
_KEEP_FAILED_HOURS = 7 * 24
_POOL_SIZE = 4
_SHUTDOWN_SECONDS = 15.0
_RESTART_FIRST_SECONDS = 0.5
_RESTART_LONGEST_SECONDS = 30.0


class GiveUp(Exception):
    """Raised by a task whose failure is final: no retry, however many are left."""


@dataclass(frozen=True, slots=True)
class Backoff(procrastinate.BaseRetryStrategy):
    """Doubles the wait from `first_seconds` up to `longest_seconds`, with full jitter above half of it."""

    first_seconds: float
    longest_seconds: float
    attempts: int
    """How many times a job runs in all."""

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate_jobs.Job
    ) -> procrastinate.RetryDecision | None:
        if isinstance(exception, GiveUp) or job.attempts + 1 >= self.attempts:
            return None
        return procrastinate.RetryDecision(
            retry_in={"seconds": max(1, round(self.wait_seconds(job.attempts)))}
        )

    def wait_seconds(self, attempt: int) -> float:
        """The wait after attempt number `attempt`, counted from 0."""
        ceiling = min(self.longest_seconds, self.first_seconds * 2.0 ** min(attempt, 32))
        return ceiling * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def build_job_app(url: str, blueprints: Iterable[procrastinate.Blueprint]) -> procrastinate.App:
    """The worker's side: connects as prosa_system; opened by `run_jobs`."""
    connector = procrastinate.PsycopgConnector(
        conninfo=driver_dsn(url),
        min_size=1,
        max_size=_POOL_SIZE,
        kwargs={"application_name": "prosa jobs"},
    )
    app = procrastinate.App(connector=connector)
    for index, blueprint in enumerate(blueprints):
        tasks = dict(blueprint.tasks)
        app.add_tasks_from(blueprint, namespace=f"{_NAMESPACE}{index}")
        for name, task in tasks.items():
            app.add_task_alias(task, name)
    return app


def maintenance_jobs(database: Database, *, keep_days: int) -> procrastinate.Blueprint:
    """Periodic work of the kernel: event partitions, jobs of dead workers, old failures."""
    blueprint = procrastinate.Blueprint()

    @blueprint.periodic(cron="7 3 * * *")
    @blueprint.task(name="events.partitions", queue="maintenance", retry=Backoff(30, 1800, 10))
    async def make_event_partitions(timestamp: int) -> None:
        del timestamp
        await renew_event_partitions(database, keep_days=keep_days)

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name="jobs.recover", queue="maintenance", pass_context=True)
    async def recover_jobs(context: procrastinate.JobContext, timestamp: int) -> None:
        del timestamp
        await retry_stalled_jobs(context.app)

    @blueprint.periodic(cron="37 3 * * *")
    @blueprint.task(name="jobs.clean_up", queue="maintenance", pass_context=True)
    async def clean_up_jobs(context: procrastinate.JobContext, timestamp: int) -> None:
        del timestamp
        await context.app.job_manager.delete_old_jobs(
            nb_hours=_KEEP_FAILED_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )

    return blueprint


async def renew_event_partitions(database: Database, *, keep_days: int) -> None:
    """Makes the log's partitions of the coming days and drops those older than `keep_days`."""
    async with database.system() as work:
        dropped = await work.session.scalar(text("SELECT prosa_event_partitions(:days)"), {"days": keep_days})
    log.info("event_partitions_renewed", dropped=dropped)


async def retry_stalled_jobs(app: procrastinate.App) -> int:
    """Hands out again what dead workers were doing; answers how many jobs."""
    manager = app.job_manager
    retried = 0
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=_DEAD_AFTER_SECONDS):
        if job.attempts >= _MOST_DEATHS:
            log.error("job_given_up_after_deaths", job_id=job.id, task=job.task_name, attempts=job.attempts)
            await manager.finish_job(job, procrastinate_jobs.Status.FAILED, delete_job=False)
            continue
        try:
            await manager.retry_job(job)
        except procrastinate_errors.ConnectorException as error:
            # The same work waits already under its queueing lock, or another worker was quicker.
            log.info("stalled_job_not_retried", job_id=job.id, task=job.task_name, error=str(error))
            continue
        log.warning("stalled_job_retried", job_id=job.id, task=job.task_name)
        retried += 1
    return retried


async def run_jobs(app: procrastinate.App, stop: asyncio.Event, *, concurrency: int = 8) -> None:
    """Works until `stop` is set; starts anew with growing pauses when the database goes away."""
    wait = _RESTART_FIRST_SECONDS
    while not stop.is_set():
        started = asyncio.get_running_loop().time()
        try:
            async with app.open_async():
                await retry_stalled_jobs(app)
                await _work_until(app, stop, concurrency)
        except Exception:
            log.exception("job_worker_failed")
        if stop.is_set():
            return
        if asyncio.get_running_loop().time() - started > _RESTART_LONGEST_SECONDS:
            wait = _RESTART_FIRST_SECONDS
        log.warning("job_worker_restarts", wait_seconds=wait)
        try:
            await asyncio.wait_for(stop.wait(), wait * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
        except TimeoutError:
            wait = min(wait * 2, _RESTART_LONGEST_SECONDS)


async def _work_until(app: procrastinate.App, stop: asyncio.Event, concurrency: int) -> None:
    worker = asyncio.create_task(
        app.run_worker_async(
            concurrency=concurrency,
            fetch_job_polling_interval=_POLL_SECONDS,
            shutdown_graceful_timeout=_SHUTDOWN_SECONDS,
            update_heartbeat_interval=_HEARTBEAT_SECONDS,
            stalled_worker_timeout=_DEAD_AFTER_SECONDS,
            delete_jobs=procrastinate_jobs.DeleteJobCondition.SUCCESSFUL,
            install_signal_handlers=False,
        ),
        name="jobs worker",
    )
    stopping = asyncio.create_task(stop.wait(), name="jobs stop")
    try:
        await asyncio.wait({worker, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        worker.cancel()  # Procrastinate takes this as "finish what runs, then end"
        results = await asyncio.gather(worker, stopping, return_exceptions=True)
    if isinstance(results[0], Exception):
        raise results[0]
