"""Failed sign-ins are counted, and make the next one wait: longer each time, never for good. Redis counts for all
processes; without it each process counts for itself.

Counted per address and place together (somebody who guesses does not lock out the person): after 5 failures a minute's
wait, doubled by each further one up to an hour. Then per place alone (somebody who tries many addresses), and loosely per
address alone (somebody who guesses from many places).

Invariants
- An attempt is counted before it is judged and taken back when it was right, so that a hundred at once get no more guesses
  than a hundred in a row.
"""

import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final, cast

import structlog
from limits import RateLimitItem, RateLimitItemPerHour
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool, Redis
from redis.exceptions import RedisError

from server.auth.errors import TooManyAttempts

log = structlog.get_logger(__name__)

# OWASP Authentication Cheat Sheet (read 2026-11): throttle per account and per address, exponentially, never for good.
FREE_ATTEMPTS: Final = 5
FIRST_LOCK_SECONDS: Final = 60
LONGEST_LOCK_SECONDS: Final = 3600
# Whoever has stayed away for a day starts anew.
_FORGET_SECONDS: Final = 24 * 3600

_PLACE_PER_HOUR = RateLimitItemPerHour(100, 1, "sign-in-place")
_EMAIL_PER_HOUR = RateLimitItemPerHour(100, 1, "sign-in-email")
# Mails that a stranger can make us send to one person, and from one place.
_MAIL_PER_HOUR = RateLimitItemPerHour(3, 1, "sign-in-mail")
_MAIL_PLACE_PER_HOUR = RateLimitItemPerHour(20, 1, "sign-in-mail-place")

_KEY_PREFIX = "prosa:limits"
# A sign-in that waits for a Redis that hangs is worse than one that is counted here.
_REDIS_TIMEOUT_SECONDS = 1.0
# What a process remembers without Redis: some MB at most.
_MOST_REMEMBERED = 10_000

# Locked: (0, milliseconds left). Else: the attempt's number, and the lock it sets in case it fails.
_ADMIT_LUA = """
local left = redis.call('PTTL', KEYS[2])
if left > 0 then return {0, left} end
local number = redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[1])
local free, first, longest = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if number < free then return {number, 0} end
local lock = math.min(first * 2 ^ math.min(number - free, 20), longest) * 1000
redis.call('SET', KEYS[2], '1', 'PX', string.format('%d', lock))
return {number, lock}
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    number: int
    locks_for_seconds: int
    """How long the next one waits if this one fails."""


@dataclass(slots=True)
class _Remembered:
    number: int = 0
    locked_until: float = 0.0
    at: float = 0.0


class SignInThrottle:
    """One per process."""

    def __init__(self, redis_url: str) -> None:
        self._here = MovingWindowRateLimiter(MemoryStorage())
        self._remembered: OrderedDict[str, _Remembered] = OrderedDict()
        self._connections = ConnectionPool.from_url(
            redis_url, socket_timeout=_REDIS_TIMEOUT_SECONDS, socket_connect_timeout=_REDIS_TIMEOUT_SECONDS
        )
        self._redis = Redis(connection_pool=self._connections)
        self._shared = MovingWindowRateLimiter(
            RedisStorage(
                f"async+{redis_url}",
                wrap_exceptions=True,
                implementation="redispy",
                key_prefix=_KEY_PREFIX,
                connection_pool=self._connections,  # type: ignore[arg-type]  # documented, not in its types
            )
        )

    async def close(self) -> None:
        await self._connections.disconnect()

    async def admit(self, who: str, place: str) -> Attempt:
        """Counts one attempt; `forget` takes it back when it was right. Raises TooManyAttempts."""
        await self._check_hourly(who, place)
        key = _key(who, place)
        try:
            number, milliseconds = await self._admit_shared(key)
        except (RedisError, OSError):
            log.warning("sign_in_throttle_without_redis")
            number, milliseconds = self._admit_here(key)
        seconds = -(-milliseconds // 1000)
        if number == 0:
            raise TooManyAttempts(retry_after_seconds=max(1, seconds))
        return Attempt(number, seconds)

    async def forget(self, who: str, place: str) -> None:
        """It was right: nothing counts any more."""
        key = _key(who, place)
        self._remembered.pop(key, None)
        try:
            await self._redis.delete(*_redis_keys(key))
        except (RedisError, OSError):
            log.warning("sign_in_throttle_without_redis")

    async def count_failure(self, who: str, place: str) -> None:
        for item, *keys in _hourly(who, place):
            await self._hit(item, *keys)

    async def may_mail(self, email: str, place: str) -> bool:
        """Whether a mail that anybody can ask for may be sent once more; counts it."""
        # Both are counted, whatever the first says.
        answers = [
            await self._hit(_MAIL_PER_HOUR, _hashed(email)),
            await self._hit(_MAIL_PLACE_PER_HOUR, place),
        ]
        return all(answers)

    async def is_first(self, what: str, place: str, *, seconds: int) -> bool:
        """Whether this is the first of its kind from there within so many seconds."""
        key = f"{_KEY_PREFIX}:first:{what}:{_hashed(place)}"
        try:
            return bool(await self._redis.set(key, "1", nx=True, ex=seconds))
        except (RedisError, OSError):
            now = time.monotonic()
            known = self._remember(key)
            is_first = known.locked_until <= now
            if is_first:
                known.locked_until = now + seconds
            return is_first

    async def _admit_shared(self, key: str) -> tuple[int, int]:
        script: Any = self._redis.eval(
            _ADMIT_LUA,
            2,
            *_redis_keys(key),
            str(_FORGET_SECONDS),
            str(FREE_ATTEMPTS),
            str(FIRST_LOCK_SECONDS),
            str(LONGEST_LOCK_SECONDS),
        )
        number, milliseconds = cast(list[int], await script)
        return number, milliseconds

    def _admit_here(self, key: str) -> tuple[int, int]:
        now = time.monotonic()
        known = self._remember(key)
        if known.locked_until > now:
            return 0, int((known.locked_until - now) * 1000)
        known.number = known.number + 1 if now - known.at < _FORGET_SECONDS else 1
        known.at = now
        if known.number < FREE_ATTEMPTS:
            return known.number, 0
        doublings = min(known.number - FREE_ATTEMPTS, 20)
        lock = min(FIRST_LOCK_SECONDS * 2**doublings, LONGEST_LOCK_SECONDS)
        known.locked_until = now + lock
        return known.number, lock * 1000

    def _remember(self, key: str) -> _Remembered:
        known = self._remembered.pop(key, None) or _Remembered()
        self._remembered[key] = known
        while len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return known

    async def _check_hourly(self, who: str, place: str) -> None:
        try:
            await self._check(self._shared, who, place)
        except StorageError:
            await self._check(self._here, who, place)

    async def _check(self, limiter: MovingWindowRateLimiter, who: str, place: str) -> None:
        for item, *keys in _hourly(who, place):
            if not await limiter.test(item, *keys):
                reset_at = (await limiter.get_window_stats(item, *keys)).reset_time
                raise TooManyAttempts(retry_after_seconds=max(1, round(reset_at - time.time())))

    async def _hit(self, item: RateLimitItem, *keys: str) -> bool:
        try:
            return await self._shared.hit(item, *keys)
        except StorageError:
            return await self._here.hit(item, *keys)


def _hashed(value: str) -> str:
    # An address is no business of Redis.
    return hashlib.sha256(value.strip().lower().encode()).hexdigest()[:32]


def _key(who: str, place: str) -> str:
    return f"{_hashed(who)}:{place}"


def _redis_keys(key: str) -> tuple[str, str]:
    # Braces keep both on one node of a Redis Cluster.
    return f"{_KEY_PREFIX}:attempts:{{{key}}}", f"{_KEY_PREFIX}:locked:{{{key}}}"


def _hourly(who: str, place: str) -> list[tuple[RateLimitItem, *tuple[str, ...]]]:
    return [(_PLACE_PER_HOUR, place), (_EMAIL_PER_HOUR, _hashed(who))]
