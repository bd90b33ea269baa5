"""List updates come in bursts and only the newest counts: per key the first goes at once, then the latest wins within a window.

Invariants
- An item is held for at most one window.
- Of the items of one key, the newest is never dropped; an older one only if everybody who may hear it may hear the newer.
"""

import asyncio
from collections.abc import Callable

from realtime.log_item import Item


class Conflation:
    """The open windows of one account. `send` gets the items whose window has ended."""

    def __init__(self, window_seconds: float, send: Callable[[Item], None]) -> None:
        self._window_seconds = window_seconds
        self._send = send
        self._held: dict[str, Item | None] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def admit(self, item: Item) -> list[Item]:
        """What has to be sent now: the item itself at the leading edge, else nothing or what it must not replace."""
        key = item.key
        assert key is not None
        if key not in self._held:
            self._held[key] = None
            self._arm(key)
            return [item]
        held = self._held[key]
        self._held[key] = item
        # A move to another audience: those who only hear the older one still must.
        return [held] if held is not None and not set(held.audience) <= set(item.audience) else []

    def held_before(self, seq: int) -> list[Item]:
        """What is held and older than `seq`, in order."""
        if not self._held:
            return []
        return sorted(
            (item for item in self._held.values() if item is not None and item.seq < seq),
            key=lambda item: item.seq,
        )

    def oldest_held(self) -> int | None:
        return min((item.seq for item in self._held.values() if item is not None), default=None)

    def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._held.clear()

    def _arm(self, key: str) -> None:
        loop = asyncio.get_running_loop()
        self._timers[key] = loop.call_later(self._window_seconds, self._end_window, key)

    def _end_window(self, key: str) -> None:
        item = self._held[key]
        if item is None:
            del self._held[key], self._timers[key]
            return
        self._held[key] = None
        self._arm(key)
        self._send(item)
