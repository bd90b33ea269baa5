"""GET /v1/members: the people of the account."""

from fastapi import APIRouter

from inbox.accounts import service
from inbox.accounts.events import MemberView
from server.api.dependencies import CurrentActor, CurrentDatabase

router = APIRouter(prefix="/v1/members", tags=["people"])


@router.get("")
async def list_members(database: CurrentDatabase, actor: CurrentActor) -> list[MemberView]:
    return await service.list_members(database, actor)
