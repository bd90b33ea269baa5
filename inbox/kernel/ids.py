"""UUIDv7 ids, made in Python so that a row's id is known before it is written (RFC 9562, section 5.7)."""

import os
import time
from uuid import UUID

_RANDOM_BITS = 74
_last_millisecond = 0
_last_random = 0


def new_id() -> UUID:
    """A UUIDv7 that is greater than every one made earlier in this process.

    Within one millisecond the random part is incremented (RFC 9562, section 6.2, method 2), so ids made in a row sort in
    the order of their making; a clock that steps back does not break the order.
    """
    global _last_millisecond, _last_random
    millisecond = time.time_ns() // 1_000_000
    if millisecond > _last_millisecond:
        _last_millisecond = millisecond
        # The top bit stays 0 so that increments cannot overflow within a millisecond.
        _last_random = int.from_bytes(os.urandom(10)) >> (80 - _RANDOM_BITS + 1)
    else:
        _last_random += 1
    rand_a, rand_b = _last_random >> 62, _last_random & ((1 << 62) - 1)
    return UUID(int=(_last_millisecond << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | rand_b)


def new_id_after(earlier: UUID | None) -> UUID:
    """As `new_id`, and above `earlier`, which a process with a faster clock may have made."""
    made = new_id()
    return made if earlier is None or made > earlier else UUID(int=earlier.int + 1)
