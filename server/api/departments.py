"""GET /v1/departments: all of the account, since tickets can be transferred to any."""

from fastapi import APIRouter

from inbox.accounts import service
from inbox.accounts.events import DepartmentView
from server.api.dependencies import CurrentActor, CurrentDatabase

router = APIRouter(prefix="/v1/departments", tags=["people"])


@router.get("")
async def list_departments(database: CurrentDatabase, actor: CurrentActor) -> list[DepartmentView]:
    return await service.list_departments(database, actor)
