"""Tables of the audit log. Written by inbox/kernel/audit alone, and never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from inbox.kernel.columns import big_column, ip_column, json_column, text_column


class AuditChain(SQLModel, table=True):
    """The head of an account's chain; the nil UUID's is the installation's."""

    __tablename__ = "audit_chains"

    account_id: UUID = Field(primary_key=True)
    seq: int = big_column(0)
    mac: bytes = b""


class AuditLogEntry(SQLModel, table=True):
    __tablename__ = "audit_log"

    account_id: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    at: datetime
    actor_kind: str = text_column()
    actor_id: UUID | None = None
    actor_name: str = text_column("")
    impersonator_id: UUID | None = None
    action: str = text_column()
    target_kind: str = text_column("")
    target_id: str = text_column("")
    before: dict[str, Any] | None = json_column(None)
    after: dict[str, Any] | None = json_column(None)
    ip: str | None = ip_column()
    user_agent: str = text_column("")
    request_id: str | None = text_column(None)
    mac: bytes
