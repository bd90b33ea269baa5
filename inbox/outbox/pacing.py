"""How fast a number may send: a token bucket at its throughput, slowed by Meta's own signals.

Invariants
- The rate never exceeds the number's configured throughput and never falls under one message a second.
- 130429 (throughput exceeded) halves the rate at most once a second, because everything in flight fails together; each
  second without it adds a twentieth of the throughput back (additive increase, multiplicative decrease).
- A pause (maintenance, app or WABA call rate) stops the number as a whole; the later end wins.

The clock is monotonic seconds and injected. Source of the figures: cloud-api sections 3.5 and 3.6, read 2026-11.
"""

import time
from collections.abc import Callable

MonotonicClock = Callable[[], float]

# A tenth of a second's worth may leave at once: an idle number answers without delay, and Meta counts per second.
_BURST_SECONDS = 0.1
_DECREASE = 0.5
_INCREASE_PER_SECOND = 1 / 20
_DECREASE_AT_MOST_EVERY_SECONDS = 1.0
_LOWEST_PER_SECOND = 1.0


class Pacer:
    """One number's bucket. `ready()` says how many messages may leave now; `take()` spends that many."""

    def __init__(self, per_second: float, clock: MonotonicClock = time.monotonic) -> None:
        self._clock = clock
        self._limit = max(per_second, _LOWEST_PER_SECOND)
        self._rate = self._limit
        self._tokens = self._burst
        self._updated = clock()
        self._decreased = float("-inf")
        self._paused_until = float("-inf")

    @property
    def per_second(self) -> float:
        """The rate right now."""
        self._refill()
        return self._rate

    def change_limit(self, per_second: float) -> None:
        """The number's throughput was raised or lowered; a slowed rate stays slowed."""
        limit = max(per_second, _LOWEST_PER_SECOND)
        if limit == self._limit:
            return
        self._refill()
        self._rate = limit if self._rate == self._limit else min(self._rate, limit)
        self._limit = limit
        self._tokens = min(self._tokens, self._burst)

    def ready(self) -> int:
        self._refill()
        return 0 if self._updated < self._paused_until else int(self._tokens)

    def take(self, count: int) -> None:
        """Spends tokens of messages that are about to leave."""
        self._refill()
        self._tokens -= count

    def seconds_until_ready(self) -> float:
        """0 when a message may leave now."""
        self._refill()
        pause = max(0.0, self._paused_until - self._updated)
        return max(pause, (1.0 - self._tokens) / self._rate, 0.0)

    def slow_down(self) -> None:
        """Meta said 130429."""
        self._refill()
        if self._updated - self._decreased < _DECREASE_AT_MOST_EVERY_SECONDS:
            return
        self._decreased = self._updated
        self._rate = max(_LOWEST_PER_SECOND, self._rate * _DECREASE)
        self._tokens = min(self._tokens, 0.0)

    def pause(self, seconds: float) -> None:
        self._refill()
        self._paused_until = max(self._paused_until, self._updated + seconds)

    @property
    def _burst(self) -> float:
        return max(1.0, self._rate * _BURST_SECONDS)

    def _refill(self) -> None:
        now = self._clock()
        elapsed = max(0.0, now - self._updated)
        self._updated = now
        self._rate = min(self._limit, self._rate + elapsed * self._limit * _INCREASE_PER_SECOND)
        self._tokens = min(self._burst, self._tokens + elapsed * self._rate)
