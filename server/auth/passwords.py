"""Passwords: argon2id, in a thread, few at once."""

from functools import cached_property

import anyio
import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# One hash takes 64 MiB and about 50 ms of a core (RFC 9106, second recommended option, argon2-cffi's default): two at a
# time keep a burst of sign-ins from eating the memory and the processor of everybody else.
_AT_ONCE = 2


class Passwords:
    """Hashes and checks. One per process, so that `_AT_ONCE` holds."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()

    async def hash(self, password: str) -> str:
        return await anyio.to_thread.run_sync(self._hasher.hash, password, limiter=self._limiter)

    async def verify(self, stored: str | None, password: str) -> bool:
        """With `stored` None it works as long as for a wrong password and says no: nobody learns who exists."""
        known = stored is not None
        matches = await anyio.to_thread.run_sync(
            self._matches, stored if stored is not None else self._decoy, password, limiter=self._limiter
        )
        return known and matches

    def needs_rehash(self, stored: str) -> bool:
        """Whether `stored` was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _limiter(self) -> anyio.CapacityLimiter:
        return anyio.CapacityLimiter(_AT_ONCE)

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash("nobody has this password")
