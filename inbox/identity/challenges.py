"""Steps of a ceremony that spans two requests: a sign-in that waits for its second factor, a passkey's challenge, a link
from a mail.

Invariants
- The token is random and given once; only its hash is kept.
- An attempt is counted before it is judged, and the row stays locked meanwhile: however many come at once, no more than
  MOST_ATTEMPTS are ever judged.
- Of two that use it, one wins.
"""

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from inbox.identity import challenge_repository as repository
from inbox.identity.challenge_repository import StoredChallenge
from inbox.identity.errors import ChallengeOver
from inbox.kernel.database import UnitOfWork


class ChallengeKind(StrEnum):
    SECOND_FACTOR = "second_factor"
    ENROLMENT = "enrolment"
    PASSKEY_SIGN_IN = "passkey_sign_in"
    PASSKEY_REGISTER = "passkey_register"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a kind, not a secret


LIVES: Final[dict[ChallengeKind, timedelta]] = {
    # Long enough to find the telephone.
    ChallengeKind.SECOND_FACTOR: timedelta(minutes=5),
    # Long enough to install an authenticator app.
    ChallengeKind.ENROLMENT: timedelta(minutes=20),
    # WebAuthn Level 3, section 15.1 (read 2026-11): 5 minutes where user verification is wanted.
    ChallengeKind.PASSKEY_SIGN_IN: timedelta(minutes=5),
    ChallengeKind.PASSKEY_REGISTER: timedelta(minutes=5),
    # OWASP Forgot Password Cheat Sheet (read 2026-11): short, and used once.
    ChallengeKind.PASSWORD_RESET: timedelta(minutes=30),
}

MOST_ATTEMPTS: Final = 5
"""Wrong codes that a challenge bears: 5 of 10^6, three of which are right at any time, are 1 in 67,000."""

# 256 bits: nothing to guess, so plain SHA-256 keeps it.
_TOKEN_BYTES: Final = 32


async def open_challenge(
    work: UnitOfWork, kind: ChallengeKind, user_id: UUID | None, data: dict[str, Any] | None = None
) -> str:
    """Answers the token."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    await repository.insert_challenge(
        work.session,
        token_hash=hash_token(token),
        kind=kind.value,
        user_id=user_id,
        data=data or {},
        expires_at=work.now() + LIVES[kind],
    )
    return token


async def access_challenge(work: UnitOfWork, kind: ChallengeKind, token: str) -> StoredChallenge:
    """Looks, without counting. Raises ChallengeOver."""
    found = await repository.fetch_challenge(
        work.session, hash_token(token), kind.value, work.now(), MOST_ATTEMPTS
    )
    if found is None:
        raise ChallengeOver
    return found


async def attempt_challenge(work: UnitOfWork, kind: ChallengeKind, token: str) -> StoredChallenge:
    """Counts one attempt: commit it, whatever comes of it. Raises ChallengeOver."""
    found = await repository.count_attempt(
        work.session, hash_token(token), kind.value, work.now(), MOST_ATTEMPTS
    )
    if found is None:
        raise ChallengeOver
    return found


async def use_challenge(work: UnitOfWork, challenge: StoredChallenge) -> None:
    """Raises ChallengeOver for the second of two."""
    if not await repository.use_challenge(work.session, challenge.token_hash, work.now()):
        raise ChallengeOver


def hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
