"""Live events for phone pages, over Server-Sent Events.

A page that does not keep up is dropped: its EventSource reconnects and reads the chat again.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import orjson

# A page that is this far behind is asleep.
EVENTS_KEPT_PER_PAGE: Final = 500
# Proxies and browsers close silent connections after a minute or so.
KEEP_ALIVE_SECONDS: Final = 15.0


class LiveFeed:
    """Fan-out of events to the pages that are open."""

    def __init__(self) -> None:
        self._pages: set[asyncio.Queue[bytes | None]] = set()

    @property
    def pages(self) -> int:
        return len(self._pages)

    def publish(self, event: dict[str, Any]) -> None:
        if not self._pages:
            return
        line = b"data: " + orjson.dumps(event) + b"\n\n"
        for page in list(self._pages):
            try:
                page.put_nowait(line)
            except asyncio.QueueFull:
                self._drop(page)

    def close(self) -> None:
        for page in list(self._pages):
            self._drop(page)

    def _drop(self, page: asyncio.Queue[bytes | None]) -> None:
        self._pages.discard(page)
        while not page.empty():
            page.get_nowait()
        page.put_nowait(None)

    async def stream(self) -> AsyncIterator[bytes]:
        """What one page receives until it goes away or falls behind."""
        page: asyncio.Queue[bytes | None] = asyncio.Queue(EVENTS_KEPT_PER_PAGE)
        self._pages.add(page)
        try:
            yield b"retry: 1000\n\n"
            while True:
                try:
                    line = await asyncio.wait_for(page.get(), KEEP_ALIVE_SECONDS)
                except TimeoutError:
                    line = b": still here\n\n"
                if line is None:
                    return
                yield line
        finally:
            self._pages.discard(page)
