"""/v1/api-keys: programs that may act in the account."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from inbox.api_keys import service
from inbox.api_keys.service import ApiKeyChange, NewApiKey
from inbox.api_keys.views import ApiKeyView, IssuedApiKey
from inbox.kernel.permissions import Permission
from server.api.dependencies import CurrentActor, CurrentDatabase

router = APIRouter(prefix="/v1/api-keys", tags=["api keys"])

KeyName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
# More than there are permissions, and more departments than any company has.
Scopes = Annotated[list[Permission], Field(min_length=1, max_length=100)]
Departments = Annotated[list[UUID], Field(max_length=200)]
# A week: long enough for every release calendar, short enough that two keys are an exception.
_LONGEST_OVERLAP_HOURS = 7 * 24


class CreateApiKeyBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: KeyName
    scopes: Scopes
    department_ids: Departments = Field(default_factory=list)
    """On whose tickets it works; with the scope departments.all on all of them."""
    expires_at: AwareDatetime | None = None


class ChangeApiKeyBody(BaseModel):
    """What is not given stays; `expires_at: null` takes the expiry away."""

    model_config = ConfigDict(extra="forbid")

    version: int
    name: KeyName | None = None
    scopes: Scopes | None = None
    department_ids: Departments | None = None
    expires_at: AwareDatetime | None = None


class RotateApiKeyBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    overlap_hours: int = Field(default=24, ge=0, le=_LONGEST_OVERLAP_HOURS)
    """For so long the old key is good too; 0 ends it at once."""


@router.get("")
async def list_api_keys(database: CurrentDatabase, actor: CurrentActor) -> list[ApiKeyView]:
    """Newest first, revoked and expired ones too."""
    return await service.list_api_keys(database, actor)


@router.post("", status_code=201)
async def create_api_key(
    body: CreateApiKeyBody, database: CurrentDatabase, actor: CurrentActor
) -> IssuedApiKey:
    """Answers the key this once. Its scopes are among the permissions of whoever makes it."""
    new = NewApiKey(
        name=body.name, scopes=frozenset(body.scopes), department_ids=frozenset(body.department_ids),
        expires_at=body.expires_at,
    )  # fmt: skip
    return await service.create_api_key(database, actor, new)


@router.patch("/{api_key_id}")
async def change_api_key(
    request: Request, api_key_id: UUID, body: ChangeApiKeyBody, database: CurrentDatabase, actor: CurrentActor
) -> ApiKeyView:
    given = body.model_fields_set
    expires_at: datetime | service.Unchanged | None = (
        body.expires_at if "expires_at" in given else service.UNCHANGED
    )
    change = ApiKeyChange(
        version=body.version,
        name=body.name,
        scopes=frozenset(body.scopes) if body.scopes is not None else None,
        department_ids=frozenset(body.department_ids) if body.department_ids is not None else None,
        expires_at=expires_at,
    )
    changed = await service.change_api_key(database, actor, api_key_id, change)
    request.app.state.announce_access_change(actor.account_id, api_key_id)
    return changed


@router.delete("/{api_key_id}", status_code=204)
async def revoke_api_key(
    request: Request, api_key_id: UUID, database: CurrentDatabase, actor: CurrentActor
) -> None:
    """It is refused from this moment on."""
    await service.revoke_api_key(database, actor, api_key_id)
    request.app.state.announce_access_change(actor.account_id, api_key_id)


@router.post("/{api_key_id}/rotate")
async def rotate_api_key(
    api_key_id: UUID, body: RotateApiKeyBody, database: CurrentDatabase, actor: CurrentActor
) -> IssuedApiKey:
    """Answers a new key this once; the old one is good for `overlap_hours` more."""
    return await service.rotate_api_key(database, actor, api_key_id, overlap_hours=body.overlap_hours)
