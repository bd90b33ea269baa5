"""Tasks that run beside requests: each has an owner, a name, a stop, and starts again after a failure.

Invariants
- Nothing runs after `stop()` has returned.
- A loop that fails is logged and started again with growing, jittered pauses; it never ends silently.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

log = structlog.get_logger()

# The first retry is quick, so that a blip costs nothing; the last pause is short, because live updates wait for it.
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0
# asyncio.wait_for of Python 3.11 (inside redis-py, for one) loses a cancellation that comes as its future completes
# (python/cpython issue 86296): what has not ended by then is asked again.
_CANCEL_AGAIN_SECONDS = 0.5


def raise_if_cancelled() -> None:
    """Ends a task whose cancellation was lost on the way (see above).

    For the members of a TaskGroup, which asks only once; not for whoever opened one (3.11 leaves its count raised).
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


class Backoff:
    """Pauses that double up to a limit, each between half and all of its step, so that peers do not march in step."""

    def __init__(
        self, first_seconds: float = _FIRST_PAUSE_SECONDS, longest_seconds: float = _LONGEST_PAUSE_SECONDS
    ) -> None:
        self._first = first_seconds
        self._longest = longest_seconds
        self._next = first_seconds

    def next_pause(self) -> float:
        step = self._next
        self._next = min(step * 2, self._longest)
        return step * random.uniform(0.5, 1.0)  # noqa: S311  # jitter, no secret

    def reset(self) -> None:
        self._next = self._first


class Background:
    """Owns tasks. Whoever makes one stops it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    def start_loop(self, name: str, loop: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        """Runs `loop`, which is meant to run until cancelled, and runs it again when it fails."""
        return self.start(name, _again_after_failure(name, loop))

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs `work` once; a failure is logged."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def stop(self) -> None:
        self._stopping = True
        tasks = set(self._tasks)
        while tasks:
            for task in tasks:
                task.cancel()
            _, tasks = await asyncio.wait(tasks, timeout=_CANCEL_AGAIN_SECONDS)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            if not self._stopping:
                log.error("background.cancelled_by_nobody", task=task.get_name())
        elif (error := task.exception()) is not None:
            log.error("background.failed", task=task.get_name(), exc_info=error)


async def _again_after_failure(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    backoff = Backoff()
    clock = asyncio.get_running_loop().time
    while True:
        started = clock()
        try:
            await loop()
        except Exception:
            log.exception("background.loop_failed", task=name)
        if clock() - started > _LONGEST_PAUSE_SECONDS:
            backoff.reset()
        await asyncio.sleep(backoff.next_pause())
