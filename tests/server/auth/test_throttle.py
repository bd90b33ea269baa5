"""Failed sign-ins are counted, with Redis for everybody and without it at least here."""

from uuid import uuid4

import pytest

from server.auth.errors import TooManyAttempts
from server.auth.throttle import SignInThrottle


async def is_stopped(throttle: SignInThrottle, email: str, place: str) -> bool:
    try:
        await throttle.check(email, place)
    except TooManyAttempts as error:
        return int(error.extra["retry_after_seconds"]) >= 1
    return False


async def fail(throttle: SignInThrottle, email: str, place: str, times: int) -> None:
    for _ in range(times):
        await throttle.count_failure(email, place)


async def test_processes_count_together(redis_url: str) -> None:
    one, other = SignInThrottle(redis_url), SignInThrottle(redis_url)
    email = f"{uuid4().hex}@example.com"
    await fail(one, email, "10.0.0.1", 5)
    assert await is_stopped(other, email.upper(), "10.0.0.1")
    assert not await is_stopped(other, email, "10.0.0.2")
    await one.close()
    await other.close()


async def test_somebody_who_tries_many_addresses_is_stopped_too(redis_url: str) -> None:
    throttle = SignInThrottle(redis_url)
    place = uuid4().hex
    for n in range(25):
        await fail(throttle, f"{n}@example.com", place, 4)
    assert await is_stopped(throttle, "new@example.com", place)
    await throttle.close()


@pytest.mark.parametrize("failures", [4, 5])
async def test_without_redis_each_process_counts_for_itself(failures: int) -> None:
    throttle = SignInThrottle("redis://127.0.0.1:1/0")
    await fail(throttle, "a@example.com", "10.0.0.1", failures)
    assert await is_stopped(throttle, "a@example.com", "10.0.0.1") == (failures == 5)
    await throttle.close()
