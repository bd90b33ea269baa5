"""Who is here: connected people of an account, and who has which conversation open, over all processes.

Each process counts its own sockets and keeps its part in one sorted set per account (member: place, user, process; score:
when it expires). What changes is found by the transaction that changes it, so exactly one process tells of it, also of
the entries of a process that died.

Invariants
- These are hints: with Redis away every process knows its own people, and the rest as it was.
- Nothing here is waited for by a socket: entering and leaving only mark, a task writes.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from time import time
from uuid import UUID

from redis.asyncio.client import Pipeline

from realtime.background import Background
from realtime.redis_link import RedisLink

# An entry outlives two missed refreshes; a process that died is noticed within this time.
_EXPIRES_SECONDS = 45
_REFRESH_SECONDS = 15.0
# A reload, a change of wifi or a deploy is no departure (python-socketio clients come back within about 2 s).
_GRACE_SECONDS = 5.0
# Changes of this long are written together: hundreds reconnect at once after a deploy.
_COALESCE_SECONDS = 0.1

CONNECTED = None
"""The place of everybody who has a socket; other places are conversations."""

Place = UUID | None
Changed = Callable[[UUID, Place, set[UUID], set[UUID], bool], None]
"""Account, place, who was there, who is there now, whether other processes must be told."""


@dataclass(slots=True)
class _Stay:
    """One user at one place of this process."""

    sockets: int = 0
    left_at: float = 0.0


class Roster:
    def __init__(self, link: RedisLink, node: str, on_change: Changed) -> None:
        self._link = link
        self._node = node
        self._on_change = on_change
        self._local: dict[UUID, dict[tuple[Place, UUID], _Stay]] = defaultdict(dict)
        self._known: dict[UUID, dict[Place, set[UUID]]] = defaultdict(dict)
        self._due: dict[UUID, float] = {}
        self._marked = asyncio.Event()
        self._background = Background()

    async def start(self) -> None:
        self._background.start_loop("roster.write", self._write_marked)
        self._background.start_loop("roster.refresh", self._refresh)

    async def stop(self) -> None:
        """Leaves the entries to expire: after a deploy their people are back elsewhere before that."""
        await self._background.stop()

    def enter(self, account_id: UUID, place: Place, user_id: UUID) -> None:
        stay = self._local[account_id].setdefault((place, user_id), _Stay())
        stay.sockets += 1
        if stay.sockets == 1:
            self._mark(account_id, _COALESCE_SECONDS)

    def leave(self, account_id: UUID, place: Place, user_id: UUID) -> None:
        stay = self._local.get(account_id, {}).get((place, user_id))
        if stay is None:
            return
        stay.sockets -= 1
        if stay.sockets <= 0:
            stay.left_at = time()
            self._mark(account_id, _COALESCE_SECONDS + (_GRACE_SECONDS if place is CONNECTED else 0))

    def users(self, account_id: UUID, place: Place) -> set[UUID]:
        """Everybody who is there, as far as this process knows."""
        stays = self._local.get(account_id, {})
        local = {user for (at, user), stay in stays.items() if at == place and stay.sockets > 0}
        return self._known.get(account_id, {}).get(place, set()) | local

    def learn(self, account_id: UUID, place: Place, users: set[UUID]) -> None:
        """What another process has told."""
        self._known[account_id][place] = users

    def _mark(self, account_id: UUID, delay: float) -> None:
        due = time() + delay
        self._due[account_id] = min(due, self._due.get(account_id, due))
        self._marked.set()

    async def _write_marked(self) -> None:
        while True:
            await self._marked.wait()
            self._marked.clear()
            while self._due:
                await asyncio.sleep(_COALESCE_SECONDS)
                now = time()
                for account_id in [account for account, due in self._due.items() if due <= now]:
                    del self._due[account_id]
                    await self._write(account_id)

    async def _refresh(self) -> None:
        while True:
            await asyncio.sleep(_REFRESH_SECONDS)
            for account_id in list(self._local):
                await self._write(account_id)
                if not self._local[account_id]:
                    del self._local[account_id]
                    self._known.pop(account_id, None)

    async def _write(self, account_id: UUID) -> None:
        """Puts this process's people into Redis and compares what was there with what is there."""
        now = time()
        present, gone = self._settle(account_id, now)
        key = f"presence:{account_id}"

        def fill(pipeline: Pipeline) -> None:
            pipeline.zrange(key, 0, -1, withscores=True)
            pipeline.zremrangebyscore(key, "-inf", now)
            if gone:
                pipeline.zrem(key, *(self._member(*stay) for stay in gone))
            if present:
                pipeline.zadd(key, {self._member(*stay): now + _EXPIRES_SECONDS for stay in present})
            pipeline.expire(key, 2 * _EXPIRES_SECONDS)

        answers = await self._link.execute(fill, atomic=True)
        known = self._known[account_id]
        if answers is None:
            before = {place: set(users) for place, users in known.items()}
            after = {place: set(users) for place, users in known.items()}
            for place, user in gone:
                after.get(place, set()).discard(user)
        else:
            members = [(*_parse(member.decode()), score) for member, score in answers[0]]
            before, after = (
                _by_place(members),
                _by_place(
                    [
                        entry
                        for entry in members
                        if entry[3] > now and not (entry[2] == self._node and (entry[0], entry[1]) in gone)
                    ]
                ),
            )
        for place, user in present:
            after.setdefault(place, set()).add(user)
        self._tell(account_id, before, after, told=answers is not None)

    def _settle(
        self, account_id: UUID, now: float
    ) -> tuple[set[tuple[Place, UUID]], set[tuple[Place, UUID]]]:
        """Who of this process is here, and who has gone for good."""
        stays = self._local[account_id]
        present, gone = set(), set()
        for stay_key, stay in list(stays.items()):
            grace = _GRACE_SECONDS if stay_key[0] is CONNECTED else 0
            if stay.sockets > 0 or now - stay.left_at < grace:
                present.add(stay_key)
                if stay.sockets <= 0:
                    self._mark(account_id, grace - (now - stay.left_at))
            else:
                gone.add(stay_key)
                del stays[stay_key]
        return present, gone

    def _tell(
        self, account_id: UUID, before: dict[Place, set[UUID]], after: dict[Place, set[UUID]], *, told: bool
    ) -> None:
        known = self._known[account_id]
        for place in {*before, *after, *known}:
            was, now_there = before.get(place, set()), after.get(place, set())
            if was != now_there:
                self._on_change(account_id, place, was, now_there, told)
            elif known.get(place, set()) != now_there:  # another process told, and we did not hear
                self._on_change(account_id, place, known.get(place, set()), now_there, False)
        self._known[account_id] = {place: users for place, users in after.items() if users}

    def _member(self, place: Place, user_id: UUID) -> str:
        return f"{place or ''}|{user_id}|{self._node}"


def _parse(member: str) -> tuple[Place, UUID, str]:
    place, user_id, node = member.split("|")
    return UUID(place) if place else None, UUID(user_id), node


def _by_place(members: list[tuple[Place, UUID, str, float]]) -> dict[Place, set[UUID]]:
    places: dict[Place, set[UUID]] = defaultdict(set)
    for place, user_id, _, _ in members:
        places[place].add(user_id)
    return dict(places)
