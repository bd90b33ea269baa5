"""Counts and decides: the library `limits` over Redis, for all processes together; without Redis each counts for itself.

Invariants
- Never fails closed: a Redis that is away makes limits looser (each process has its own), never requests impossible.
- A Redis that hangs costs one time-out and is then left alone for a while, not one time-out a request.
- Nobody gets more than their quota. A process takes requests from Redis by the hundredth part of a quota and hands them out
  itself for some seconds (a round trip costs 0.2–0.4 ms of CPU, 2026-11; without it a request is counted in microseconds);
  what it does not hand out is lost to the caller, a few per cent at worst.
"""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final
from weakref import WeakValueDictionary

import structlog
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from prometheus_client import Counter
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from inbox.kernel.errors import ProsaError

log = structlog.get_logger(__name__)

REFUSED = Counter("prosa_rate_limited_total", "Requests refused because a limit was reached", ["quota"])

_KEY_PREFIX: Final = "prosa:rates"
# A round trip is well under a millisecond; a request that waits longer for being counted is worse than one uncounted.
_REDIS_TIMEOUT_SECONDS: Final = 0.5
_AWAY_SECONDS: Final = 5.0
# With N processes a caller loses at most N · (60 / 10) / 100 of a quota a minute to leases that ran out: a quarter at four.
_LEASES_PER_QUOTA: Final = 100
_LEASE_SECONDS: Final = 10.0
# Who is refused and goes on asking is refused from memory.
_REFUSAL_SECONDS: Final = 1.0
_MOST_LEASES: Final = 20_000
_WINDOW_SECONDS: Final = 60


class RateLimited(ProsaError):
    code = "rate_limited"
    status = 429
    title = "Too many requests"
    retryable = True


@dataclass(frozen=True, slots=True)
class Quota:
    """So many requests in any window. The sliding counter keeps two numbers a key, however large the limit is."""

    name: str
    """As in the headers: address, user, key, number."""
    limit: int
    window_seconds: int = _WINDOW_SECONDS


@dataclass(frozen=True, slots=True)
class Standing:
    """How a quota stands after a request."""

    quota: Quota
    allowed: bool
    remaining: int
    reset_seconds: int
    """When more will be free."""


@dataclass(slots=True)
class _Lease:
    """Requests that this process may hand out, and how the quota stood when it took them."""

    left: int
    standing: Standing
    until: float


class Limiter:
    """One per process; its owner closes it."""

    def __init__(
        self, redis_url: str, *, factor: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._factor = factor
        self._clock = clock
        self._away_until = 0.0
        self._leases: dict[tuple[Quota, str], _Lease] = {}
        self._turns: WeakValueDictionary[tuple[Quota, str], asyncio.Lock] = WeakValueDictionary()
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._connections = ConnectionPool.from_url(
            redis_url,
            socket_timeout=_REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=_REDIS_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._shared = SlidingWindowCounterRateLimiter(
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

    async def hit(self, quota: Quota, key: str, *, cost: int = 1) -> Standing:
        """Counts one request of `key`, or one that counts for several."""
        if self._factor != 1.0:
            quota = replace(quota, limit=max(1, round(quota.limit * self._factor)))
        if cost != 1:
            return await self._take(quota, key, cost)
        lease = self._usable(quota, key)
        if lease is None:
            # One at a time: an office of 200 that comes back at the same moment would take 200 hundredths of its quota.
            async with self._turns.setdefault((quota, key), asyncio.Lock()):
                lease = self._usable(quota, key) or await self._take_lease(quota, key)
        # Nothing is awaited since it was found usable.
        if not lease.standing.allowed:
            return lease.standing
        lease.left -= 1
        return replace(lease.standing, remaining=lease.standing.remaining + lease.left)

    def _usable(self, quota: Quota, key: str) -> _Lease | None:
        lease = self._leases.get((quota, key))
        if lease is None or self._clock() >= lease.until or (lease.left == 0 and lease.standing.allowed):
            return None
        return lease

    async def _take_lease(self, quota: Quota, key: str) -> _Lease:
        portion = max(1, quota.limit // _LEASES_PER_QUOTA)
        standing = await self._take(quota, key, portion)
        if not standing.allowed and portion > 1:
            portion, standing = 1, await self._take(quota, key, 1)
        return self._remember(quota, key, portion, standing)

    def _remember(self, quota: Quota, key: str, portion: int, standing: Standing) -> _Lease:
        if len(self._leases) >= _MOST_LEASES:
            self._leases.clear()
        life = _LEASE_SECONDS if standing.allowed else min(_REFUSAL_SECONDS, standing.reset_seconds)
        lease = _Lease(portion if standing.allowed else 0, standing, self._clock() + life)
        self._leases[quota, key] = lease
        return lease

    async def _take(self, quota: Quota, key: str, cost: int) -> Standing:
        if self._clock() >= self._away_until:
            try:
                return await _hit(self._shared, quota, key, cost)
            except StorageError as error:
                self._away_until = self._clock() + _AWAY_SECONDS
                log.warning("rate_limits_without_redis", error=type(error.__cause__ or error).__name__)
        return await _hit(self._here, quota, key, cost)

    async def require(self, quota: Quota, key: str, *, cost: int = 1) -> Standing:
        """`hit`. Raises RateLimited when the quota is used up."""
        standing = await self.hit(quota, key, cost=cost)
        if not standing.allowed:
            REFUSED.labels(quota.name).inc()
            raise RateLimited(retry_after_seconds=standing.reset_seconds, quota=quota.name)
        return standing


async def _hit(limiter: SlidingWindowCounterRateLimiter, quota: Quota, key: str, cost: int) -> Standing:
    item: RateLimitItem = RateLimitItemPerSecond(quota.limit, quota.window_seconds, quota.name)
    allowed = await limiter.hit(item, key, cost=cost)
    reset_at, remaining = await limiter.get_window_stats(item, key)
    return Standing(quota, allowed, remaining, max(1, math.ceil(reset_at - time.time())))


def rate_limit_headers(standings: list[Standing]) -> list[tuple[bytes, bytes]]:
    """RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4): lists of structured items."""
    policy = ", ".join(f'"{s.quota.name}";q={s.quota.limit};w={s.quota.window_seconds}' for s in standings)
    now = ", ".join(f'"{s.quota.name}";r={s.remaining};t={s.reset_seconds}' for s in standings)
    return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", now.encode())]
