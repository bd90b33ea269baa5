"""Browser sessions: sign in, refresh, sign out.

Invariants
- The refresh token is random, kept as a hash, and replaced at every use.
- The token just replaced is taken for 30 s more, without a new one: two tabs that wake together both go on, and the
  browser keeps the newer cookie. Used later it was stolen, from us or from the thief: the session ends for both.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from inbox.accounts import repository
from inbox.accounts.repository import RefreshSession, SessionMember
from inbox.kernel.database import Database
from inbox.kernel.ids import new_id
from server.auth.errors import SessionOver, WrongCredentials
from server.auth.passwords import Passwords
from server.auth.throttle import SignInThrottle
from server.auth.tokens import IssuedToken, Tokens
from server.settings import Settings

log = structlog.get_logger(__name__)

_REFRESH_TOKEN_BYTES = 32
_RACE = timedelta(seconds=30)
# Browsers' are up to some hundred characters; what is longer is no browser's.
_USER_AGENT_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class SignedIn:
    access: IssuedToken
    media: IssuedToken
    refresh_token: str | None
    """None: the browser has the newer one already."""
    member: SessionMember


class Sessions:
    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        settings: Settings,
        *,
        passwords: Passwords,
        throttle: SignInThrottle,
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._passwords = passwords
        self._throttle = throttle
        self._life = timedelta(days=settings.session_days)

    async def sign_in(self, email: str, password: str, *, ip: str | None, user_agent: str) -> SignedIn:
        """Raises WrongCredentials, TooManyAttempts."""
        place = ip or "unknown"
        await self._throttle.check(email, place)
        async with self._database.system() as work:
            found = await repository.fetch_credentials(work.session, email.strip())
        matches = await self._passwords.verify(found.password_hash if found else None, password)
        if found is None or not matches or found.account_id is None:
            await self._throttle.count_failure(email, place)
            log.info("sign_in_refused", user_id=found.user_id if found else None)
            raise WrongCredentials
        rehashed = await self._rehashed(found.password_hash, password)
        session_id, refresh_token = new_id(), _new_refresh_token()
        async with self._database.system() as work:
            if rehashed is not None:
                await repository.set_password_hash(work.session, found.user_id, rehashed)
            await repository.insert_session(
                work.session,
                session_id=session_id,
                user_id=found.user_id,
                account_id=found.account_id,
                token_hash=_hash(refresh_token),
                expires_at=work.now() + self._life,
                user_agent=user_agent[:_USER_AGENT_CHARACTERS],
                ip=ip,
            )
            member = await repository.fetch_session_member(
                work.session, found.account_id, found.user_id, session_id, work.now()
            )
        assert member is not None
        log.info("signed_in", user_id=found.user_id, session_id=session_id)
        return self._signed_in(member, session_id, refresh_token)

    async def refresh(self, refresh_token: str) -> SignedIn:
        """Raises SessionOver."""
        replacement: str | None = None
        async with self._database.system() as work:
            now = work.now()
            found = await repository.lock_session_by_token(work.session, _hash(refresh_token))
            if found is None or found.revoked_at is not None or found.expires_at <= now:
                raise SessionOver
            is_stolen = found.is_previous and now - found.rotated_at > _RACE
            if is_stolen:
                await repository.revoke_session(work.session, found.id, now)
            elif not found.is_previous:
                replacement = _new_refresh_token()
                await repository.rotate_session(
                    work.session, found.id, _hash(replacement), now, now + self._life
                )
            member = await repository.fetch_session_member(
                work.session, found.account_id, found.user_id, found.id, now
            )
        if is_stolen:
            log.warning("refresh_token_reused", session_id=found.id, user_id=found.user_id)
        if member is None:
            raise SessionOver
        return self._signed_in(member, found.id, replacement)

    async def sign_out(self, refresh_token: str | None) -> RefreshSession | None:
        """Ends the session; idempotent. Answers which, so that its sockets can be told."""
        if refresh_token is None:
            return None
        async with self._database.system() as work:
            found = await repository.lock_session_by_token(work.session, _hash(refresh_token))
            if found is not None:
                await repository.revoke_session(work.session, found.id, work.now())
        return found

    async def _rehashed(self, stored: str, password: str) -> str | None:
        return await self._passwords.hash(password) if self._passwords.needs_rehash(stored) else None

    def _signed_in(self, member: SessionMember, session_id: UUID, refresh_token: str | None) -> SignedIn:
        return SignedIn(
            access=self._tokens.issue(
                user_id=member.user_id, account_id=member.account_id, session_id=session_id
            ),
            media=self._tokens.issue_media(
                user_id=member.user_id, account_id=member.account_id, session_id=session_id
            ),
            refresh_token=refresh_token,
            member=member,
        )


def _new_refresh_token() -> str:
    return secrets.token_urlsafe(_REFRESH_TOKEN_BYTES)


def _hash(refresh_token: str) -> bytes:
    # Plain SHA-256 is enough for 256 random bits: there is nothing to guess.
    return hashlib.sha256(refresh_token.encode()).digest()
