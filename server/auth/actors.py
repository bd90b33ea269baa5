"""From a token's claims to the Actor: role, permissions and departments as they are now, not as they were when the token
was made.
"""

from inbox.identity.session_repository import SessionMember, fetch_session_member
from inbox.kernel.actor import Actor, Origin
from inbox.kernel.database import Database
from inbox.kernel.errors import Unauthenticated
from inbox.kernel.permissions import Permission
from server.auth.errors import AccountSuspended, SessionOver, TokenExpired
from server.auth.refusals import Refusals
from server.auth.tokens import Claims, Tokens


async def load_member(database: Database, claims: Claims) -> SessionMember:
    """Raises SessionOver when the session was revoked, the person disabled or removed from the account;
    AccountSuspended."""
    async with database.system() as work:
        member = await fetch_session_member(
            work.session, claims.account_id, claims.user_id, claims.session_id, work.now()
        )
    if member is None:
        raise SessionOver
    refuse_closed(member)
    return member


def refuse_closed(member: SessionMember) -> None:
    """Raises AccountSuspended. A super admin may look into a suspended account."""
    if not member.is_open and (member.impersonator_id is None or member.account_state == "closed"):
        raise AccountSuspended(state=member.account_state, reason=member.account_state_reason)


async def load_actor(database: Database, claims: Claims, origin: Origin | None = None) -> Actor:
    """Raises what `load_member` raises."""
    member = await load_member(database, claims)
    return actor_of(member, claims, origin)


def actor_of(member: SessionMember, claims: Claims, origin: Origin | None) -> Actor:
    return Actor(
        account_id=member.account_id,
        user_id=member.user_id,
        role=member.role,
        department_ids=frozenset(member.department_ids),
        session_id=claims.session_id,
        name=member.name,
        locale=member.locale,
        permissions=member.permissions,
        impersonator_id=member.impersonator_id,
        origin=origin,
        masks_phones=member.masks_phones and Permission.CONTACTS_PHONES not in member.permissions,
    )


class Claimed:
    """Whom tokens name; a token that is not ours goes on record."""

    def __init__(self, tokens: Tokens, refusals: Refusals) -> None:
        self._tokens = tokens
        self._refusals = refusals

    async def by_access_token(self, token: str, origin: Origin) -> Claims:
        """Raises Unauthenticated, TokenExpired."""
        try:
            return self._tokens.actor_from(token)
        except Unauthenticated as error:
            await self._record(error, origin)
            raise

    async def by_media_token(self, token: str, origin: Origin) -> Claims:
        """Raises Unauthenticated, TokenExpired."""
        try:
            return self._tokens.media_claims(token)
        except Unauthenticated as error:
            await self._record(error, origin)
            raise

    async def _record(self, error: Unauthenticated, origin: Origin) -> None:
        # The reason is the kind alone: what stood in the token is the stranger's.
        expired = isinstance(error, TokenExpired)
        await self._refusals.record_seldom(
            "token.refused", origin, reason="expired" if expired else "not_ours"
        )
