"""Time in the sandbox: a clock that can be moved forward, and the agenda of what happens later."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

# Timers closer together than this run in one wake-up: at 3,000 statuses/s waking up for each costs more
# CPU than the statuses themselves.
SAME_WAKE_UP_SECONDS = 0.002


class Clock:
    """Wall time plus an offset, so that a test can pass 24 hours in no time."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._offset_seconds = 0.0

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._source() + self._offset_seconds

    def stamp(self) -> str:
        """Now, as WhatsApp prints it in messages and statuses."""
        return str(int(self.now()))

    def advance(self, seconds: float) -> None:
        self._offset_seconds += seconds


class Agenda:
    """Runs plain functions later, in order of their time, behind a single event-loop timer."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = float("inf")

    def __len__(self) -> int:
        return len(self._heap)

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + seconds
        heapq.heappush(self._heap, (due, next(self._order), action))
        if due < self._timer_at:
            self._arm(loop, due)

    def clear(self) -> None:
        """Forget everything planned."""
        self._heap.clear()
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._timer_at = None, float("inf")

    def _arm(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._timer_at = loop.call_at(due, self._run_due), due

    def _run_due(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer, self._timer_at = None, float("inf")
        until = loop.time() + SAME_WAKE_UP_SECONDS
        while self._heap and self._heap[0][0] <= until:
            _, _, action = heapq.heappop(self._heap)
            try:
                action()
            except Exception:
                log.exception("sandbox_agenda_action_failed")
        if self._heap:
            self._arm(loop, max(self._heap[0][0], loop.time()))
