"""API keys as the outside sees them: never the key itself, but once."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.kernel.permissions import Permission

ApiKeyState = Literal["active", "expired", "revoked"]


class ApiKeyView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    prefix: str
    """How the key begins: `prosa_` and eight characters."""
    state: ApiKeyState
    scopes: list[Permission]
    department_ids: list[UUID]
    created_by: UUID
    created_by_name: str
    created_at: datetime
    expires_at: datetime | None
    rotated_at: datetime | None
    previous_expires_at: datetime | None
    """Until then the key before the last rotation is good too."""
    last_used_at: datetime | None
    """To the minute."""
    last_used_ip: str | None
    revoked_at: datetime | None
    version: int


class IssuedApiKey(BaseModel):
    model_config = ConfigDict(extra="forbid")

    api_key: ApiKeyView
    key: str
    """Shown this once; only its hash is kept."""
