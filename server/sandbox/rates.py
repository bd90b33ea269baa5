"""Token buckets: throughput of a number, and the pair rate between a number and one user."""

from dataclasses import dataclass
from typing import Final

# 1 message per 6 s to one user, bursts of 45 that borrow from the future (Cloud API pair rate, read 2026-08).
PAIR_BURST: Final = 45.0
PAIR_REFILL_PER_SECOND: Final = 1 / 6


@dataclass(slots=True)
class TokenBucket:
    """Full at first; `take` never waits."""

    capacity: float
    refill_per_second: float
    level: float = -1.0
    updated_at: float = 0.0

    def __post_init__(self) -> None:
        if self.level < 0:
            self.level = self.capacity

    def take(self, now: float) -> bool:
        """Take one token if there is one."""
        if now > self.updated_at:
            self.level = min(self.capacity, self.level + (now - self.updated_at) * self.refill_per_second)
            self.updated_at = now
        if self.level < 1.0:
            return False
        self.level -= 1.0
        return True


def build_pair_bucket() -> TokenBucket:
    return TokenBucket(PAIR_BURST, PAIR_REFILL_PER_SECOND)
