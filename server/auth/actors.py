"""From a token's claims to the Actor: role and departments as they are now, not as they were when the token was made."""

from inbox.accounts.repository import SessionMember, fetch_session_member
from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from server.auth.errors import SessionOver
from server.auth.tokens import Claims


async def load_member(database: Database, claims: Claims) -> SessionMember:
    """Raises SessionOver when the session was revoked, the person disabled or removed from the account."""
    async with database.system() as work:
        member = await fetch_session_member(
            work.session, claims.account_id, claims.user_id, claims.session_id, work.now()
        )
    if member is None:
        raise SessionOver
    return member


async def load_actor(database: Database, claims: Claims) -> Actor:
    """Raises SessionOver."""
    member = await load_member(database, claims)
    return Actor(
        account_id=member.account_id,
        user_id=member.user_id,
        role=member.role,
        department_ids=frozenset(member.department_ids),
        session_id=claims.session_id,
        name=member.name,
        locale=member.locale,
    )
