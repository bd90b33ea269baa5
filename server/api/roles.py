"""/v1/roles and /v1/permissions: what people may do, built in and of the account's own making."""

from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from inbox.accounts import roles
from inbox.accounts.events import PermissionView, RoleView
from inbox.kernel.permissions import Permission
from server.api.dependencies import CurrentActor, CurrentDatabase
from server.api.members import ShortName

router = APIRouter(prefix="/v1", tags=["people"])


class CreateRoleBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: ShortName
    permissions: list[Permission] = Field(max_length=100)


class ChangeRoleBody(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    version: int
    name: ShortName | None = None
    permissions: list[Permission] | None = Field(default=None, max_length=100)


@router.get("/permissions")
async def list_permissions(actor: CurrentActor) -> list[PermissionView]:
    """Everything that a role or an API key can be made of, grouped for people."""
    return roles.list_permissions(actor)


@router.get("/roles")
async def list_roles(database: CurrentDatabase, actor: CurrentActor) -> list[RoleView]:
    """The built-in ones first."""
    return await roles.list_roles(database, actor)


@router.post("/roles", status_code=201)
async def create_role(body: CreateRoleBody, database: CurrentDatabase, actor: CurrentActor) -> RoleView:
    return await roles.create_role(database, actor, name=body.name, permissions=frozenset(body.permissions))


@router.patch("/roles/{role_id}")
async def change_role(
    role_id: UUID, body: ChangeRoleBody, database: CurrentDatabase, actor: CurrentActor, request: Request
) -> RoleView:
    """Takes effect at once for everybody who has it."""
    role, user_ids = await roles.change_role(
        database,
        actor,
        role_id,
        name=body.name,
        permissions=frozenset(body.permissions) if body.permissions is not None else None,
        version=body.version,
    )
    for user_id in user_ids:
        request.app.state.announce_access_change(actor.account_id, user_id)
    return role


@router.delete("/roles/{role_id}", status_code=204)
async def delete_role(role_id: UUID, database: CurrentDatabase, actor: CurrentActor) -> None:
    """Refused while somebody has it or is invited with it."""
    await roles.delete_role(database, actor, role_id)
