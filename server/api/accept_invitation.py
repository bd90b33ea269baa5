"""/v1/auth/invitations/{token}: what an invitation leads to, and accepting it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from inbox.accounts import invitations
from inbox.accounts.errors import InvitationOver, SignInToAccept
from inbox.accounts.events import InvitationPreview
from inbox.accounts.invitations import AcceptedInvitation, NewUser
from inbox.identity.errors import refuse_impersonated
from inbox.kernel.actor import Actor, Origin
from inbox.kernel.errors import Invalid
from server.api.auth import PasswordText, SignInOutcome, answer_outcome
from server.api.cookies import device_of
from server.api.dependencies import (
    ApiContext,
    CurrentContext,
    CurrentGate,
    CurrentOrigin,
    OptionalUser,
    claims_of,
)
from server.auth.errors import SecondFactorRequired
from server.auth.gate import Gate
from server.auth.sign_in import EnrolmentWanted, Outcome, SecondFactorWanted

router = APIRouter(prefix="/v1/auth/invitations", tags=["sign-in"])

InvitationToken = Annotated[str, Path(min_length=20, max_length=200)]


class AcceptInvitationBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    """Of somebody new; by default the one that the invitation gives."""
    password: PasswordText | None = None
    """A new person's, or the one that somebody has who is registered and not signed in."""
    locale: Annotated[str, Field(pattern=r"^(pt-BR|en)$")] = "pt-BR"


@router.get("/{token}")
async def preview_invitation(
    token: InvitationToken, context: CurrentContext, gate: CurrentGate, origin: CurrentOrigin
) -> InvitationPreview:
    try:
        return await invitations.preview_invitation(context.database, token)
    except InvitationOver:
        await gate.refusals.record_seldom("invitation.refused", origin, reason="invitation_over")
        raise


@router.post("/{token}/accept")
async def accept_invitation(
    token: InvitationToken,
    body: AcceptInvitationBody,
    request: Request,
    response: Response,
    context: CurrentContext,
    gate: CurrentGate,
    origin: CurrentOrigin,
    user: OptionalUser,
) -> SignInOutcome:
    """Whoever is signed in accepts as themselves; somebody registered who is not, with their password; somebody new with a
    name and a password. Then they are signed in to the account, as with POST /v1/auth/sign-in."""
    try:
        preview = await invitations.preview_invitation(context.database, token)
        if user is not None:
            refuse_impersonated(user)
            accepted = await invitations.accept_invitation(
                context.database, token, user=user.user_id, origin=origin
            )
            outcome = await _switch(gate, user, accepted, origin)
        else:
            accepted = await _accept_signed_out(context, token, preview, body, gate, origin)
            outcome = await gate.sign_in.enter(
                accepted.user_id, accepted.account_id, origin, device=device_of(request)
            )
    except InvitationOver:
        await gate.refusals.record_seldom("invitation.refused", origin, reason="invitation_over")
        raise
    return answer_outcome(outcome, response, context.settings)


async def _switch(gate: Gate, user: Actor, accepted: AcceptedInvitation, origin: Origin) -> Outcome:
    """The session they have goes on in the new account."""
    try:
        return await gate.sessions.switch_account(claims_of(user), accepted.account_id, origin)
    except SecondFactorRequired as error:
        wanted = error.extra
        if wanted["outcome"] == "second_factor":
            return SecondFactorWanted(wanted["challenge"], wanted["methods"], wanted["expires_in"])
        return EnrolmentWanted(wanted["challenge"], wanted["expires_in"])


async def _accept_signed_out(
    context: ApiContext, token: str, preview: InvitationPreview, body: AcceptInvitationBody, gate: Gate, origin: Origin
) -> AcceptedInvitation:  # fmt: skip
    if body.password is None:
        if preview.is_registered:
            raise SignInToAccept
        raise Invalid("a new person chooses a password")
    user: NewUser | UUID
    if preview.is_registered:
        user = (await gate.sign_in.check_password(preview.email, body.password, origin))[0].id
    else:
        name = (body.name or preview.name).strip()
        if not name:
            raise Invalid("a new person has a name")
        gate.credentials.check_rules(body.password, email=preview.email, name=name)
        user = NewUser(name, await gate.passwords.hash(body.password), body.locale)
    return await invitations.accept_invitation(context.database, token, user=user, origin=origin)
