"""Who is signed in, as REST shows it."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.accounts.account_events import logo_url
from inbox.kernel.actor import Role
from inbox.kernel.permissions import Permission
from server.auth.signed_in import SessionDetails, SignedIn

AccountStateName = Literal["active", "suspended", "closing", "closed"]


class SessionUser(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    email: str
    locale: str


class SessionAccount(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    locale: str
    time_zone: str
    brand_color: str | None
    logo_url: str | None
    state: AccountStateName


class OwnAccount(BaseModel):
    """An account that the person belongs to, and may switch to when it is active or closing."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    role: Role
    state: AccountStateName


class Impersonator(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    reason: str


class SessionView(BaseModel):
    """Who is signed in, to which account, and what they may do."""

    model_config = ConfigDict(extra="forbid")

    user: SessionUser
    account: SessionAccount
    role: Role
    role_name: str | None
    """Of a custom role."""
    permissions: list[Permission]
    department_ids: list[UUID]
    is_super_admin: bool
    impersonated_by: Impersonator | None
    accounts: list[OwnAccount]
    second_factor: bool
    """Whether the person has one set up."""


class SignedInView(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme, not a secret
    expires_in: int
    """Seconds until the access token expires; refresh it a little earlier."""
    session: SessionView


def session_view(details: SessionDetails) -> SessionView:
    member = details.member
    impersonated_by = None
    if member.impersonator_id is not None:
        impersonated_by = Impersonator(
            id=member.impersonator_id,
            name=member.impersonator_name or "",
            reason=member.impersonation_reason or "",
        )
    return SessionView(
        user=SessionUser(id=member.user_id, name=member.name, email=member.email, locale=member.locale),
        account=SessionAccount(
            id=member.account_id,
            name=member.account_name,
            locale=member.account_locale,
            time_zone=member.time_zone,
            brand_color=member.brand_color,
            logo_url=logo_url(member.logo_key),
            state=member.account_state,
        ),
        role=member.role,
        role_name=member.role_name,
        permissions=sorted(member.permissions),
        department_ids=list(member.department_ids),
        is_super_admin=member.is_super_admin,
        impersonated_by=impersonated_by,
        accounts=[
            OwnAccount(id=found.account_id, name=found.name, role=found.role, state=found.state)
            for found in details.belongings
        ],
        second_factor=details.has_second_factor,
    )


def signed_in_view(signed_in: SignedIn) -> SignedInView:
    return SignedInView(
        access_token=signed_in.access.token,
        expires_in=signed_in.access.expires_in,
        session=session_view(signed_in.details),
    )
