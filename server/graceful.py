"""A word before the doors close: runs an action when the process is told to stop, before uvicorn cuts its connections.

uvicorn closes WebSockets first and runs the lifespan's end last, which is too late for a reconnect hint. This wraps the
handlers that uvicorn installed, runs the action once, and then lets uvicorn go on.
"""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextlib.contextmanager
def before_shutdown(action: Callable[[], Awaitable[None]]) -> Iterator[None]:
    """Within the block, SIGTERM and SIGINT first run `action`. Outside the main thread (tests) it does nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    previous = {number: signal.getsignal(number) for number in _SIGNALS}
    running: list[asyncio.Task[None]] = []

    async def act_then_pass_on(number: int, frame: FrameType | None) -> None:
        try:
            await action()
        except Exception:
            log.exception("before_shutdown_failed")
        handler = previous[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    def handle(number: int, frame: FrameType | None) -> None:
        def begin() -> None:
            if not running:
                running.append(asyncio.create_task(act_then_pass_on(number, frame), name="before shutdown"))

        loop.call_soon_threadsafe(begin)

    for number in _SIGNALS:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
