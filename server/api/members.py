"""/v1/members: the people of the account; /v1/team: the same for those who manage people."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from inbox.accounts import members, service
from inbox.accounts.events import MemberView, TeamMemberView
from inbox.accounts.members import MemberChange, RoleChoice
from inbox.kernel.actor import Role
from server.api.dependencies import CurrentActor, CurrentContext, CurrentDatabase

router = APIRouter(prefix="/v1", tags=["people"])

# More than anybody has departments; a list that long is a mistake.
Departments = Annotated[list[UUID], Field(max_length=500)]


# Of a role or a department: what a list shows in one line. The pattern says in the description what stripping does.
ShortName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"\S")
]


class RoleChoiceBody(BaseModel):
    """A built-in role, or `custom` with the id of one of the account's own."""

    model_config = ConfigDict(extra="forbid")

    role: Role
    role_id: UUID | None = None

    @model_validator(mode="after")
    def _names_one_role(self) -> "RoleChoiceBody":
        if (self.role is Role.CUSTOM) != (self.role_id is not None):
            raise ValueError("role_id goes with the role 'custom', and only with it")
        return self

    def choice(self) -> RoleChoice:
        return RoleChoice(self.role, self.role_id)


class ChangeMemberBody(BaseModel):
    """What is left out stays as it is; `role` and `role_id` go together."""

    model_config = ConfigDict(extra="forbid")

    version: int
    """As the change was begun with: 409 when somebody was quicker."""
    role: Role | None = None
    role_id: UUID | None = None
    department_ids: Departments | None = None
    capacity: int | None = Field(default=None, ge=0, le=1000)

    @model_validator(mode="after")
    def _names_one_role(self) -> "ChangeMemberBody":
        if (self.role is Role.CUSTOM) != (self.role_id is not None):
            raise ValueError("role_id goes with the role 'custom', and only with it")
        return self


@router.get("/members")
async def list_members(database: CurrentDatabase, actor: CurrentActor) -> list[MemberView]:
    """Everybody who can be signed in; `member_updated` and `member_removed` keep the list true."""
    return await service.list_members(database, actor)


@router.get("/team")
async def list_team(database: CurrentDatabase, actor: CurrentActor) -> list[TeamMemberView]:
    """For those who manage people: also who is disabled, when they were here last, whether they have a second factor."""
    return await members.list_team(database, actor)


@router.patch("/members/{member_id}")
async def change_member(
    member_id: UUID, body: ChangeMemberBody, database: CurrentDatabase, actor: CurrentActor, request: Request
) -> MemberView:
    change = MemberChange(
        role=RoleChoice(body.role, body.role_id) if body.role is not None else None,
        department_ids=frozenset(body.department_ids) if body.department_ids is not None else None,
        capacity=body.capacity,
    )
    member = await members.change_member(database, actor, member_id, change, version=body.version)
    request.app.state.announce_access_change(actor.account_id, member_id)
    return member


@router.delete("/members/{member_id}", status_code=204)
async def remove_member(
    member_id: UUID, database: CurrentDatabase, actor: CurrentActor, request: Request
) -> None:
    """Their open tickets go back to the queues; they are signed out of this account at once."""
    await members.remove_member(database, actor, member_id)
    request.app.state.announce_access_change(actor.account_id, member_id)


@router.post("/members/{member_id}/end-sessions", status_code=204)
async def end_member_sessions(
    member_id: UUID, database: CurrentDatabase, actor: CurrentActor, request: Request
) -> None:
    """Signs them out everywhere in this account."""
    await members.end_sessions(database, actor, member_id)
    request.app.state.announce_access_change(actor.account_id, member_id)


@router.post("/members/{member_id}/reset-second-factor", status_code=204)
async def reset_member_second_factor(
    member_id: UUID, context: CurrentContext, actor: CurrentActor, request: Request
) -> None:
    """For somebody who lost their device: their codes and passkeys are gone, their sessions end, a mail tells them."""
    await members.reset_second_factor(context.database, actor, context.mailer, member_id)
    request.app.state.announce_access_change(actor.account_id, member_id)
