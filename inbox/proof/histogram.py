"""Durations in buckets that grow by a fourth of a doubling: additive, small, and at most 9 % off.

Bucket b holds durations from 2^(b/4) ms up to 2^((b+1)/4) ms; bucket 0 also what is shorter.
"""

import math
from collections.abc import Mapping
from typing import Final

STEPS: Final = 4
"""Buckets per doubling: half a step is 9 %, finer than anybody reads a p99."""
LAST_BUCKET: Final = 80
"""2^20 ms, 17 minutes; what took longer stands there."""


def bucket_of(milliseconds: float) -> int:
    if milliseconds <= 1:
        return 0
    return min(LAST_BUCKET, int(math.log2(milliseconds) * STEPS))


def milliseconds_of(bucket: int) -> float:
    """The middle of the bucket."""
    return float(2 ** ((bucket + 0.5) / STEPS)) if bucket else 1.0


def percentile(counts: Mapping[int, int], share: float) -> float | None:
    """The duration in ms that `share` (0 to 1) of all stay below; None without any."""
    total = sum(counts.values())
    if not total:
        return None
    wanted = math.ceil(total * share)
    reached = 0
    for bucket in sorted(counts):
        reached += counts[bucket]
        if reached >= wanted:
            return milliseconds_of(bucket)
    return milliseconds_of(max(counts))
