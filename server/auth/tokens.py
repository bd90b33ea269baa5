"""Signed tokens: short-lived, kept nowhere, and never the last word: the session behind one is looked up on every use.

Two audiences that do not open each other's doors: "prosa" for REST and the socket, "media" for the cookie with which a
browser fetches pictures (an <img> cannot send a header).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from inbox.kernel.clock import Clock, utc_now
from inbox.kernel.errors import Unauthenticated
from server.auth.errors import TokenExpired
from server.settings import Settings

ACCESS_AUDIENCE = "prosa"
MEDIA_AUDIENCE = "media"

_ALGORITHM = "HS256"
_ISSUER = "prosa"
# Renewed with every access token; longer than one, so that a page of pictures never waits for a refresh.
_MEDIA_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Claims:
    user_id: UUID
    account_id: UUID
    session_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class IssuedToken:
    token: str
    expires_in: int
    """Seconds."""


class Tokens:
    def __init__(self, settings: Settings, *, now: Clock = utc_now) -> None:
        self._key = settings.secret_key.get_secret_value()
        self._access_life = timedelta(minutes=settings.access_token_minutes)
        self._now = now

    def issue(self, *, user_id: UUID, account_id: UUID, session_id: UUID) -> IssuedToken:
        return self._issue(ACCESS_AUDIENCE, self._access_life, user_id, account_id, session_id)

    def issue_media(self, *, user_id: UUID, account_id: UUID, session_id: UUID) -> IssuedToken:
        return self._issue(MEDIA_AUDIENCE, _MEDIA_LIFE, user_id, account_id, session_id)

    def actor_from(self, token: str) -> Claims:
        """Whom an access token names. Raises Unauthenticated, TokenExpired. Ask `load_actor` whether it still holds."""
        return self._claims(token, ACCESS_AUDIENCE)

    def media_claims(self, token: str) -> Claims:
        """Whom a media token names. Raises Unauthenticated, TokenExpired."""
        return self._claims(token, MEDIA_AUDIENCE)

    def _issue(
        self, audience: str, life: timedelta, user_id: UUID, account_id: UUID, session_id: UUID
    ) -> IssuedToken:
        now = self._now()
        payload = {
            "sub": str(user_id),
            "acc": str(account_id),
            "sid": str(session_id),
            "iss": _ISSUER,
            "aud": audience,
            "iat": int(now.timestamp()),
            "exp": int((now + life).timestamp()),
        }
        return IssuedToken(jwt.encode(payload, self._key, algorithm=_ALGORITHM), int(life.total_seconds()))

    def _claims(self, token: str, audience: str) -> Claims:
        try:
            payload: dict[str, Any] = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=audience,
                issuer=_ISSUER,
                # Time is judged below, by a clock that tests can set.
                options={
                    "require": ["iss", "sub", "acc", "sid", "exp"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
            claims = Claims(
                user_id=UUID(payload["sub"]),
                account_id=UUID(payload["acc"]),
                session_id=UUID(payload["sid"]),
                expires_at=datetime.fromtimestamp(payload["exp"], tz=self._now().tzinfo),
            )
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError) as error:
            raise Unauthenticated("the token is not valid") from error
        if claims.expires_at <= self._now():
            raise TokenExpired
        return claims
