"""Sockets that have every conversation open and only listen: the witnesses of "shown to every socket that may see it".

Each comes back by its cursor whenever it is cut off, and now and then all of them at the same moment.
"""

import asyncio
import random
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from inbox.kernel.actor import Actor
from inbox.kernel.audience import conversation_room, standing_rooms
from tests.chaos.raw_socket import RawSocket, Refused

_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 5.0
# socket.io-client's own patience with a connection that is being made.
_CONNECT_SECONDS = 20.0
_FIRST_ARRIVAL_SECONDS = 60.0


class Watcher:
    """One tab: what it was given, and from where on it may expect everything."""

    def __init__(self) -> None:
        self.cursor: int | None = 0
        self.since = 0
        """Everything above this seq that it may see was owed to it; a fresh start moves it."""
        self.heard: set[int] = set()
        self.out_of_order = 0
        self.twice = 0
        self.connections = 0
        self.fresh_starts = 0
        self.socket: RawSocket | None = None

    def take(self, name: str, data: Any) -> None:
        if name == "events":
            for item in data:
                self._take_item(item["seq"])
        elif name == "cursor":
            self.cursor = max(data["seq"], self.cursor or 0)
        elif name == "ready":
            self._take_ready(data)
        elif name == "resync_required":
            self.cursor = None
        elif name == "reconnect" and self.socket is not None:
            self.socket.abort()

    def _take_item(self, seq: int) -> None:
        if seq in self.heard:
            self.twice += 1
        elif self.cursor is not None and seq <= self.cursor:
            self.out_of_order += 1
        self.heard.add(seq)
        self.cursor = seq

    def _take_ready(self, ready: Mapping[str, Any]) -> None:
        if not ready["resumed"]:
            self.since = ready["seq"]
            self.fresh_starts += 1
        self.cursor = max(ready["seq"], (self.cursor or 0) if ready["resumed"] else 0)


class Crowd:
    def __init__(self, port: int, actor: Actor, token: str, size: int, opened: list[UUID], seed: int) -> None:
        self.watchers = [Watcher() for _ in range(size)]
        self.rooms = standing_rooms(actor) | {conversation_room(one) for one in opened}
        self._port, self._token = port, token
        self._opened = [str(one) for one in opened]
        self._luck = random.Random(seed)
        self._tasks: list[asyncio.Task[None]] = []
        self._may_come = asyncio.Event()
        self._is_leaving_at_once = False

    async def come(self) -> None:
        self._may_come.set()
        self._tasks = [asyncio.create_task(self._stay(watcher)) for watcher in self.watchers]
        await self._all_have_come(min_connections=1)

    async def come_back(self) -> None:
        """All are cut off, and all knock at the same moment."""
        self._may_come.clear()
        self._is_leaving_at_once = True
        for watcher in self.watchers:
            if watcher.socket is not None:
                watcher.socket.abort()
        await asyncio.sleep(_PAUSE_SECONDS)  # as long as they pause at most: all wait at the door
        self._is_leaving_at_once = False
        self._may_come.set()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def missing(self, owed: set[int], within_seconds: float) -> int:
        """How many deliveries of `owed` (seqs) never came; waits a while for those that are on their way."""
        deadline = asyncio.get_running_loop().time() + within_seconds
        while (count := self._missing(owed)) and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        return count

    def _missing(self, owed: set[int]) -> int:
        return sum(len(self.unheard(watcher, owed)) for watcher in self.watchers)

    @staticmethod
    def unheard(watcher: Watcher, owed: set[int]) -> list[int]:
        return sorted(seq for seq in owed - watcher.heard if seq > watcher.since)

    def hearers(self, seq: int) -> int:
        return sum(seq in watcher.heard for watcher in self.watchers)

    async def _all_have_come(self, min_connections: int) -> None:
        async with asyncio.timeout(_FIRST_ARRIVAL_SECONDS):
            while any(watcher.connections < min_connections for watcher in self.watchers):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def _stay(self, watcher: Watcher) -> None:
        failures = 0
        try:
            while True:
                await self._may_come.wait()
                try:
                    watcher.socket = await RawSocket.connect(
                        self._port, self._token, cursor=watcher.cursor, opened=self._opened,
                        take=watcher.take, within_seconds=_CONNECT_SECONDS,
                    )  # fmt: skip
                except (Refused, OSError, TimeoutError):
                    failures += 1
                else:
                    failures = 0
                    watcher.connections += 1
                    await watcher.socket.ended
                if not self._is_leaving_at_once:
                    await asyncio.sleep(self._pause(failures))
        finally:
            if watcher.socket is not None:
                watcher.socket.abort()

    def _pause(self, failures: int) -> float:
        """As browsers do: longer with every failure, and never all at the same time."""
        longest: float = min(_LONGEST_PAUSE_SECONDS, _PAUSE_SECONDS * 2.0**failures)
        return self._luck.uniform(0.5, 1.0) * longest
