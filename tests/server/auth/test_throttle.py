"""Failed sign-ins are counted, with Redis for everybody and without it at least here, and each costs more than the last."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from server.auth.errors import TooManyAttempts
from server.auth.throttle import LONGEST_LOCK_SECONDS, SignInThrottle

_NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
async def throttle(redis_url: str) -> AsyncIterator[SignInThrottle]:
    throttle = SignInThrottle(redis_url)
    yield throttle
    await throttle.close()


async def wait_of(throttle: SignInThrottle, who: str, place: str) -> int:
    """Seconds until another attempt; 0: this one was admitted."""
    try:
        await throttle.admit(who, place)
    except TooManyAttempts as error:
        return int(error.extra["retry_after_seconds"])
    return 0


async def fail(throttle: SignInThrottle, who: str, place: str, times: int) -> None:
    for _ in range(times):
        await throttle.admit(who, place)
        await throttle.count_failure(who, place)


async def test_processes_count_together(redis_url: str) -> None:
    one, other = SignInThrottle(redis_url), SignInThrottle(redis_url)
    email = f"{uuid4().hex}@example.com"
    await fail(one, email, "10.0.0.1", 5)
    assert 55 <= await wait_of(other, email.upper(), "10.0.0.1") <= 60
    assert await wait_of(other, email, "10.0.0.2") == 0
    await one.close()
    await other.close()


async def test_every_further_failure_doubles_the_wait_up_to_an_hour(
    throttle: SignInThrottle, redis_url: str
) -> None:
    email = f"{uuid4().hex}@example.com"
    waits = []
    for _ in range(13):
        waits.append((await throttle.admit(email, "10.0.0.1")).locks_for_seconds)
        # The lock runs out; the count stays.
        for key in await throttle._redis.keys("prosa:limits:locked:*"):
            await throttle._redis.delete(key)
    assert waits == [0, 0, 0, 0, 60, 120, 240, 480, 960, 1920, *[LONGEST_LOCK_SECONDS] * 3]


async def test_what_was_right_is_forgotten(throttle: SignInThrottle) -> None:
    email = f"{uuid4().hex}@example.com"
    for _ in range(20):
        await throttle.admit(email, "10.0.0.1")
        await throttle.forget(email, "10.0.0.1")
    await fail(throttle, email, "10.0.0.1", 4)
    assert await wait_of(throttle, email, "10.0.0.1") == 0


async def test_of_many_at_once_five_are_admitted(throttle: SignInThrottle) -> None:
    email = f"{uuid4().hex}@example.com"
    waits = await asyncio.gather(*(wait_of(throttle, email, "10.0.0.1") for _ in range(30)))
    assert waits.count(0) == 5


async def test_somebody_who_tries_many_addresses_is_stopped_too(throttle: SignInThrottle) -> None:
    place = uuid4().hex
    for n in range(25):
        await fail(throttle, f"{n}@example.com", place, 4)
    assert await wait_of(throttle, "new@example.com", place) > 0


@pytest.mark.parametrize("failures", [4, 5])
async def test_without_redis_each_process_counts_for_itself(failures: int) -> None:
    throttle = SignInThrottle(_NOWHERE)
    await fail(throttle, "a@example.com", "10.0.0.1", failures)
    assert (await wait_of(throttle, "a@example.com", "10.0.0.1") > 0) == (failures == 5)
    await throttle.forget("a@example.com", "10.0.0.1")
    assert await wait_of(throttle, "a@example.com", "10.0.0.1") == 0
    await throttle.close()


async def test_the_first_of_a_minute_is_told_apart_with_redis_and_without(redis_url: str) -> None:
    for url in (redis_url, _NOWHERE):
        throttle = SignInThrottle(url)
        place = uuid4().hex
        answers = [await throttle.is_first("token.refused", place, seconds=60) for _ in range(3)]
        assert answers == [True, False, False]
        assert await throttle.is_first("sign_in.refused", place, seconds=60)
        assert await throttle.is_first("token.refused", uuid4().hex, seconds=60)
        await throttle.close()


async def test_mails_to_one_person_and_from_one_place_are_few(throttle: SignInThrottle) -> None:
    email = f"{uuid4().hex}@example.com"
    answers = [await throttle.may_mail(email, f"10.0.1.{n}") for n in range(5)]
    assert answers == [True, True, True, False, False]
    place = uuid4().hex
    answers = [await throttle.may_mail(f"{uuid4().hex}@example.com", place) for _ in range(21)]
    assert answers == [True] * 20 + [False]
