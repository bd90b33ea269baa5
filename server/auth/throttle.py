"""Failed sign-ins are counted, and too many make the next one wait. Redis counts for all processes; without it each
process counts for itself.

Counted per address and place together (somebody who guesses does not lock out the person), per place alone (somebody who
tries many addresses), and loosely per address alone (somebody who guesses from many places).
"""

import hashlib
import time

import structlog
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool

from server.auth.errors import TooManyAttempts

log = structlog.get_logger(__name__)

# OWASP Authentication Cheat Sheet (read 2026-11): throttle per account and per address, never lock for good.
_PAIR_PER_MINUTE = RateLimitItemPerMinute(5, 1, "sign-in-pair")
_PAIR_PER_HOUR = RateLimitItemPerHour(20, 1, "sign-in-pair")
_PLACE_PER_HOUR = RateLimitItemPerHour(100, 1, "sign-in-place")
_EMAIL_PER_HOUR = RateLimitItemPerHour(100, 1, "sign-in-email")

_KEY_PREFIX = "prosa:limits"
# A sign-in that waits for a Redis that hangs is worse than one that is counted here.
_REDIS_TIMEOUT_SECONDS = 1.0


class SignInThrottle:
    """One per process."""

    def __init__(self, redis_url: str) -> None:
        self._here = MovingWindowRateLimiter(MemoryStorage())
        self._connections = ConnectionPool.from_url(
            redis_url, socket_timeout=_REDIS_TIMEOUT_SECONDS, socket_connect_timeout=_REDIS_TIMEOUT_SECONDS
        )
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

    async def check(self, email: str, place: str) -> None:
        """Raises TooManyAttempts."""
        try:
            await self._check(self._shared, email, place)
        except StorageError:
            log.warning("sign_in_throttle_without_redis")
            await self._check(self._here, email, place)

    async def count_failure(self, email: str, place: str) -> None:
        for item, *keys in _items(email, place):
            try:
                await self._shared.hit(item, *keys)
            except StorageError:
                await self._here.hit(item, *keys)

    async def _check(self, limiter: MovingWindowRateLimiter, email: str, place: str) -> None:
        for item, *keys in _items(email, place):
            if not await limiter.test(item, *keys):
                reset_at = (await limiter.get_window_stats(item, *keys)).reset_time
                raise TooManyAttempts(retry_after_seconds=max(1, round(reset_at - time.time())))


def _items(email: str, place: str) -> list[tuple[RateLimitItem, *tuple[str, ...]]]:
    # Hashed: an address is no business of Redis.
    who = hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]
    return [
        (_PAIR_PER_MINUTE, who, place),
        (_PAIR_PER_HOUR, who, place),
        (_PLACE_PER_HOUR, place),
        (_EMAIL_PER_HOUR, who),
    ]
