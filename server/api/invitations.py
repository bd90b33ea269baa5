"""/v1/invitations: asking people in. Opening and accepting one is part of signing in (/v1/auth/invitations)."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from inbox.accounts import invitations
from inbox.accounts.events import InvitationView
from inbox.accounts.invitations import NewInvitation
from server.api.dependencies import CurrentActor, CurrentContext, CurrentDatabase
from server.api.members import Departments, RoleChoiceBody

router = APIRouter(prefix="/v1/invitations", tags=["people"])


class InviteBody(RoleChoiceBody):
    # One @ with something on both sides: whether it exists is what the mail finds out.
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=320)
    name: str = Field(default="", max_length=120)
    department_ids: Departments = Field(default_factory=list)


@router.get("")
async def list_invitations(database: CurrentDatabase, actor: CurrentActor) -> list[InvitationView]:
    """Those that nobody has accepted or taken back, newest first; expired ones can be sent again."""
    return await invitations.list_invitations(database, actor)


@router.post("", status_code=201)
async def invite(body: InviteBody, context: CurrentContext, actor: CurrentActor) -> InvitationView:
    """Sends a link that is good for 7 days, once. A newer invitation of an address replaces the older."""
    wanted = NewInvitation(
        email=body.email,
        name=body.name,
        role=body.choice(),
        department_ids=frozenset(body.department_ids),
    )
    return await invitations.invite(
        context.database, actor, context.mailer, wanted, public_url=context.settings.base_url
    )


@router.post("/{invitation_id}/resend")
async def resend_invitation(
    invitation_id: UUID, context: CurrentContext, actor: CurrentActor
) -> InvitationView:
    """A new link for another 7 days; the one sent before ends."""
    return await invitations.resend_invitation(
        context.database, actor, context.mailer, invitation_id, public_url=context.settings.base_url
    )


@router.delete("/{invitation_id}", status_code=204)
async def revoke_invitation(invitation_id: UUID, database: CurrentDatabase, actor: CurrentActor) -> None:
    await invitations.revoke_invitation(database, actor, invitation_id)
