"""Writes the warnings and errors that the log tap keeps into the table `system_log`, in batches, beside everything else.

A database that is away costs a growing pause, and the tap's oldest entries when it lasts; never a request, never the process.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

import asyncpg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from inbox.installation.system_log import write_log_entries
from inbox.kernel.database import Database
from realtime.background import Backoff
from server.log_tap import IS_WRITING, TAP, SystemLogTap

log = structlog.get_logger(__name__)

# One statement; and how long entries gather, so that a storm is few statements.
_BATCH: Final = 200
_GATHER_SECONDS: Final = 1.0
_RETRY_FIRST_SECONDS: Final = 1.0
_RETRY_LONGEST_SECONDS: Final = 60.0
# The database may be what goes away: an end does not wait for it.
_LAST_WRITE_SECONDS: Final = 3.0


class SystemLogWriter:
    """One per process; `part`: serve, work."""

    def __init__(self, database: Database, part: str, tap: SystemLogTap = TAP) -> None:
        self._database = database
        self._tap = tap
        self._process = f"{part} {socket.gethostname()}:{os.getpid()}"

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Writes in the background; at the end once more, for a few seconds at most."""
        self._tap.turn_on()
        task = asyncio.create_task(self._write_for_ever(), name="system log")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LAST_WRITE_SECONDS):
                    while await self.write():
                        pass

    async def write(self) -> bool:
        """Writes one batch; False when there was none, or the database did not take it (then it waits on)."""
        entries = self._tap.take(_BATCH)
        if not entries:
            return False
        stamped = [replace(entry, process=self._process) for entry in entries]
        if self._tap.dropped:
            stamped[0] = replace(
                stamped[0], fields={**stamped[0].fields, "entries_dropped": self._tap.dropped}
            )
        is_written = False
        token = IS_WRITING.set(True)
        try:
            await write_log_entries(self._database, stamped)
            is_written = True
        except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            log.warning("system_log_not_written", entries=len(entries), error=type(error).__name__)
        finally:  # a cancellation too
            IS_WRITING.reset(token)
            if not is_written:
                self._tap.put_back(entries)
        return is_written

    async def _write_for_ever(self) -> None:
        backoff = Backoff(_RETRY_FIRST_SECONDS, _RETRY_LONGEST_SECONDS)
        while True:
            await asyncio.sleep(_GATHER_SECONDS)
            try:
                while self._tap.has_entries:
                    if await self.write():
                        backoff.reset()
                    else:
                        await asyncio.sleep(backoff.next_pause())
            except Exception:
                IS_WRITING.set(
                    True
                )  # this task's own from here on: a fault of ours must not be written again and again
                log.exception("system_log_writer_failed")
                await asyncio.sleep(backoff.next_pause())
