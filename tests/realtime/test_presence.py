"""Who is here, over all processes, also those that died."""

from time import time
from uuid import UUID

import redis.asyncio as redis

from inbox.kernel.ids import new_id
from realtime.presence import CONNECTED, Place, Roster
from realtime.redis_link import RedisLink
from tests.realtime.conftest import eventually

Change = tuple[Place, set[UUID], set[UUID], bool]


class Told:
    def __init__(self) -> None:
        self.changes: list[Change] = []

    def __call__(self, _: UUID, place: Place, was: set[UUID], now: set[UUID], elsewhere: bool) -> None:
        self.changes.append((place, was, now, elsewhere))


async def test_one_process_tells_of_an_arrival_and_a_second_socket_is_no_news(redis_url: str) -> None:
    account_id, user_id, told = new_id(), new_id(), Told()
    link = RedisLink(redis_url)
    roster = Roster(link, "here", told)
    await roster.start()
    roster.enter(account_id, CONNECTED, user_id)
    roster.enter(account_id, CONNECTED, user_id)
    await eventually(lambda: bool(told.changes))
    roster.leave(account_id, CONNECTED, user_id)
    await roster.stop()
    await link.close()
    assert told.changes == [(CONNECTED, set(), {user_id}, True)]
    assert roster.users(account_id, CONNECTED) == {user_id}


async def test_people_of_a_process_that_died_are_told_gone_once(redis_url: str) -> None:
    account_id, gone, here = new_id(), new_id(), new_id()
    async with redis.Redis.from_url(redis_url) as client:
        await client.zadd(f"presence:{account_id}", {f"|{gone}|dead": time() - 1})
    link, told = RedisLink(redis_url), Told()
    rosters = [Roster(link, node, told) for node in ("one", "two")]
    for roster in rosters:
        await roster.start()
        roster.enter(account_id, CONNECTED, here)
    await eventually(lambda: bool(told.changes))
    for roster in rosters:
        await roster.stop()
    await link.close()
    told_elsewhere = [change for change in told.changes if change[3]]
    assert told_elsewhere == [(CONNECTED, {gone}, {here}, True)]


async def test_without_redis_each_process_knows_its_own(redis_url: str) -> None:
    account_id, user_id, told = new_id(), new_id(), Told()
    link = RedisLink("redis://127.0.0.1:1")
    roster = Roster(link, "here", told)
    await roster.start()
    place = new_id()
    roster.enter(account_id, place, user_id)
    await eventually(lambda: told.changes == [(place, set(), {user_id}, False)])
    roster.leave(account_id, place, user_id)
    await eventually(lambda: told.changes[1:] == [(place, {user_id}, set(), False)])
    await roster.stop()
    await link.close()
