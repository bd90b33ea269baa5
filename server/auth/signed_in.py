"""What signing in and refreshing answer, before a transport renders it."""

from dataclasses import dataclass

from inbox.identity import repository as people
from inbox.identity import second_factor
from inbox.identity.repository import Belonging
from inbox.identity.session_repository import SessionMember
from inbox.kernel.database import UnitOfWork
from server.auth.tokens import IssuedToken


@dataclass(frozen=True, slots=True)
class SessionDetails:
    """What a session's own page shows beside the member."""

    member: SessionMember
    belongings: list[Belonging]
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    access: IssuedToken
    media: IssuedToken
    refresh_token: str | None
    """None: the browser has the newer one already."""
    details: SessionDetails
    device: str | None = None
    """For the browser to keep, so that it is known the next time."""

    @property
    def member(self) -> SessionMember:
        return self.details.member


async def fetch_details(work: UnitOfWork, member: SessionMember) -> SessionDetails:
    # Whoever impersonates sees that one account of the person's, and no others.
    belongings = await people.fetch_belongings(work.session, member.user_id)
    if member.impersonator_id is not None:
        belongings = [found for found in belongings if found.account_id == member.account_id]
    methods = await second_factor.methods_of(work, member.user_id)
    return SessionDetails(member, belongings, has_second_factor=bool(methods))
