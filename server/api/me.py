"""/v1/me: who is signed in, and their availability."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from inbox.accounts.events import MemberView
from inbox.accounts.repository import SessionMember
from inbox.accounts.service import set_availability
from inbox.kernel.actor import Role
from realtime.protocol import SetAvailability
from server.api.dependencies import CurrentActor, CurrentClaims, CurrentDatabase
from server.auth.actors import load_member

router = APIRouter(prefix="/v1/me", tags=["me"])


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


class SessionView(BaseModel):
    """Who is signed in, to which account, and what they may see."""

    model_config = ConfigDict(extra="forbid")

    user: SessionUser
    account: SessionAccount
    role: Role
    department_ids: list[UUID]


def session_view(member: SessionMember) -> SessionView:
    return SessionView(
        user=SessionUser(id=member.user_id, name=member.name, email=member.email, locale=member.locale),
        account=SessionAccount(
            id=member.account_id,
            name=member.account_name,
            locale=member.account_locale,
            time_zone=member.time_zone,
            brand_color=member.brand_color,
        ),
        role=member.role,
        department_ids=list(member.department_ids),
    )


@router.get("")
async def get_me(database: CurrentDatabase, claims: CurrentClaims) -> SessionView:
    return session_view(await load_member(database, claims))


@router.put("/availability")
async def put_availability(
    body: SetAvailability, database: CurrentDatabase, actor: CurrentActor
) -> MemberView:
    return await set_availability(
        database, actor, availability=body.availability, pause_reason=body.pause_reason
    )
