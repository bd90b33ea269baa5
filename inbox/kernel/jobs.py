"""Durable jobs, the side that enqueues: everything that must happen, but not inside a request.

A job is put into Procrastinate's tables inside the transaction of the change that needs it, through Procrastinate's SQL
function: a rollback takes the job with it, a commit cannot lose it. Who runs them: `inbox/kernel/job_worker.py` (apart,
for the web process enqueues and never needs Procrastinate itself).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson
from asyncpg.pool import PoolConnectionProxy
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

Connection = AsyncSession | asyncpg.Connection | PoolConnectionProxy

_DEFER_SQL = """
SELECT procrastinate_defer_jobs_v1(array_agg(ROW(
    new.queue, new.task, 0, new.lock, new.queueing_lock, new.args, new.scheduled_at
)::procrastinate_job_to_defer_v1 ORDER BY new.ordinal))
FROM unnest({queues}, {tasks}, {locks}, {queueing_locks}, {args}, {times})
     WITH ORDINALITY AS new (queue, task, lock, queueing_lock, args, scheduled_at, ordinal)
"""
_TYPES = {
    "queues": "varchar[]",
    "tasks": "varchar[]",
    "locks": "text[]",
    "queueing_locks": "text[]",
    "args": "jsonb[]",
    "times": "timestamptz[]",
}

DEFER_JOBS_SQL = _DEFER_SQL.format(
    **{name: f"${position}::{type_}" for position, (name, type_) in enumerate(_TYPES.items(), start=1)}
)
"""For asyncpg: $1 queues, $2 tasks, $3 locks, $4 queueing locks, $5 arguments as JSON, $6 times; all arrays."""

_DEFER_TEXT = text(_DEFER_SQL.format(**{name: f"CAST(:{name} AS {type_})" for name, type_ in _TYPES.items()}))


@dataclass(frozen=True, slots=True)
class NewJob:
    task: str
    args: dict[str, Any]
    """JSON-able as orjson understands it: ids and times may be given as they are."""
    queue: str
    lock: str | None = None
    """Jobs with the same lock run one after the other."""
    queueing_lock: str | None = None
    """At most one job with this lock waits; a second one is dropped."""
    scheduled_at: datetime | None = None


async def defer_in(
    connection: Connection,
    task: str,
    args: dict[str, Any],
    *,
    queue: str,
    lock: str | None = None,
    queueing_lock: str | None = None,
    scheduled_at: datetime | None = None,
) -> bool:
    """Enqueues a job within the running transaction; False when its queueing lock is taken already."""
    job = NewJob(task, args, queue, lock, queueing_lock, scheduled_at)
    if queueing_lock is None:
        await defer_many_in(connection, [job])
        return True
    # A taken queueing lock is a unique violation; the savepoint keeps it from ending the caller's transaction.
    try:
        if isinstance(connection, AsyncSession):
            async with connection.begin_nested():
                await defer_many_in(connection, [job])
        else:
            async with connection.transaction():
                await defer_many_in(connection, [job])
    except (IntegrityError, asyncpg.UniqueViolationError):
        return False
    return True


async def defer_many_in(connection: Connection, jobs: Sequence[NewJob]) -> None:
    """Enqueues many jobs with one statement within the running transaction."""
    if not jobs:
        return
    columns: dict[str, list[Any]] = {
        "queues": [job.queue for job in jobs],
        "tasks": [job.task for job in jobs],
        "locks": [job.lock for job in jobs],
        "queueing_locks": [job.queueing_lock for job in jobs],
        "args": [orjson.dumps(job.args, default=str).decode() for job in jobs],
        "times": [job.scheduled_at for job in jobs],
    }
    if isinstance(connection, AsyncSession):
        await connection.execute(_DEFER_TEXT, columns)
    else:
        await connection.execute(DEFER_JOBS_SQL, *columns.values())
