"""The table of API keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid
from sqlmodel import Field, SQLModel

from inbox.kernel.columns import created_column, ip_column, text_array_column, text_column


class ApiKey(SQLModel, table=True):
    """Only hashes of keys are kept."""

    __tablename__ = "api_keys"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete="CASCADE")
    id: UUID = Field(primary_key=True)
    name: str = text_column()
    prefix: str = text_column()
    key_hash: bytes
    previous_key_hash: bytes | None = None
    previous_expires_at: datetime | None = None
    scopes: list[str] = text_array_column()
    department_ids: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))
    created_by: UUID
    created_at: datetime = created_column()
    expires_at: datetime | None = None
    rotated_at: datetime | None = None
    last_used_at: datetime | None = None
    last_used_ip: str | None = ip_column()
    revoked_at: datetime | None = None
    version: int = 1
