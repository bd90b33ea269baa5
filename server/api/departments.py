"""/v1/departments: all of the account, since tickets can be transferred to any."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from inbox.accounts import departments
from inbox.accounts.departments import DepartmentChange
from inbox.accounts.events import DepartmentView
from server.api.dependencies import CurrentActor, CurrentDatabase
from server.api.members import ShortName

router = APIRouter(prefix="/v1/departments", tags=["people"])

_COLOR = r"^#[0-9a-fA-F]{6}$"
# smallint; a person orders tens of them by hand.
_LAST_POSITION = 10_000


class CreateDepartmentBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: ShortName
    color: str = Field(default="#5b7083", pattern=_COLOR)
    position: int | None = Field(default=None, ge=0, le=_LAST_POSITION)
    """Null: after the last."""


class ChangeDepartmentBody(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    version: int
    name: ShortName | None = None
    color: str | None = Field(default=None, pattern=_COLOR)
    position: int | None = Field(default=None, ge=0, le=_LAST_POSITION)
    archived: bool | None = None
    """False brings an archived one back; true is what DELETE does."""


class DepartmentOrderBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    department_ids: list[UUID] = Field(min_length=1, max_length=_LAST_POSITION)
    """Each that is not archived, once, first to last."""


@router.get("")
async def list_departments(database: CurrentDatabase, actor: CurrentActor) -> list[DepartmentView]:
    """Archived ones too: closed tickets name them."""
    return await departments.list_departments(database, actor)


@router.post("", status_code=201)
async def create_department(
    body: CreateDepartmentBody, database: CurrentDatabase, actor: CurrentActor
) -> DepartmentView:
    return await departments.create_department(
        database, actor, name=body.name, color=body.color, position=body.position
    )


@router.put("/order")
async def order_departments(
    body: DepartmentOrderBody, database: CurrentDatabase, actor: CurrentActor
) -> list[DepartmentView]:
    """The whole order at once; 409 `order_changed` when these are not all departments that are not archived."""
    return await departments.order_departments(database, actor, body.department_ids)


@router.patch("/{department_id}")
async def change_department(
    department_id: UUID, body: ChangeDepartmentBody, database: CurrentDatabase, actor: CurrentActor
) -> DepartmentView:
    change = DepartmentChange(
        name=body.name, color=body.color, position=body.position, archived=body.archived
    )
    return await departments.change_department(database, actor, department_id, change, version=body.version)


@router.delete("/{department_id}", status_code=204)
async def archive_department(department_id: UUID, database: CurrentDatabase, actor: CurrentActor) -> None:
    """Refused while it has open tickets, is a number's default, or is what an open invitation gives."""
    await departments.archive_department(database, actor, department_id)
