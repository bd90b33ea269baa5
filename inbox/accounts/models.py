"""Tables of accounts: the tenant, its people and their departments."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKeyConstraint, Uuid
from sqlmodel import Field, SQLModel

import inbox.identity.models  # noqa: F401 - the tables that foreign keys name
from inbox.kernel.columns import (
    big_column,
    created_column,
    json_column,
    small_column,
    text_array_column,
    text_column,
)

_CASCADE: Final = "CASCADE"


class Account(SQLModel, table=True):
    __tablename__ = "accounts"

    account_id: UUID = Field(primary_key=True)
    name: str = text_column()
    slug: str = text_column()
    locale: str = text_column("pt-BR")
    time_zone: str = text_column("America/Sao_Paulo")
    brand_color: str | None = text_column(None)
    created_at: datetime = created_column()
    state: str = text_column("active")
    """accounts/lifecycle.AccountState."""
    state_reason: str | None = text_column(None)
    state_since: datetime = created_column()
    closing_by: str | None = text_column(None)
    erase_after: datetime | None = None
    erased_at: datetime | None = None
    plan: str = text_column("standard")
    logo_key: str | None = text_column(None)
    business_hours: dict[str, Any] = json_column(dict)
    security: dict[str, Any] = json_column(dict)
    privacy: dict[str, Any] = json_column(dict)
    version: int = 1


class UsageDay(SQLModel, table=True):
    """Messages and API requests of one day; accounts/usage."""

    __tablename__ = "usage_days"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    day: date = Field(primary_key=True)
    messages_in: int = big_column(0)
    messages_out: int = big_column(0)
    api_requests: int = big_column(0)


class UsageMark(SQLModel, table=True):
    """How far an account's usage is counted."""

    __tablename__ = "usage_marks"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    counted_to: UUID
    storage_bytes: int = big_column(0)
    storage_at: datetime | None = None


class EventCounter(SQLModel, table=True):
    """Where the account's log stands; made with the account, raised by APPEND_EVENTS_SQL alone."""

    __tablename__ = "event_counters"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    seq: int = big_column(0)


class CustomRole(SQLModel, table=True):
    """A role of the account's own making: a name for a list of permissions."""

    __tablename__ = "roles"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    id: UUID = Field(primary_key=True)
    name: str = text_column()
    permissions: list[str] = text_array_column()
    version: int = 1
    created_at: datetime = created_column()


class Membership(SQLModel, table=True):
    __tablename__ = "memberships"
    __table_args__ = (ForeignKeyConstraint(["account_id", "role_id"], ["roles.account_id", "roles.id"]),)

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    user_id: UUID = Field(primary_key=True, foreign_key="users.id", ondelete=_CASCADE)
    role: str = text_column()
    role_id: UUID | None = None
    capacity: int = small_column(5)
    availability: str = text_column("offline")
    pause_reason: str | None = text_column(None)
    availability_since: datetime = created_column()
    version: int = 1
    created_at: datetime = created_column()


class Department(SQLModel, table=True):
    __tablename__ = "departments"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    id: UUID = Field(primary_key=True)
    name: str = text_column()
    color: str = text_column("#5b7083")
    position: int = small_column(0)
    archived_at: datetime | None = None
    version: int = 1
    created_at: datetime = created_column()


class MembershipDepartment(SQLModel, table=True):
    __tablename__ = "membership_departments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "user_id"], ["memberships.account_id", "memberships.user_id"], ondelete=_CASCADE
        ),
        ForeignKeyConstraint(
            ["account_id", "department_id"], ["departments.account_id", "departments.id"], ondelete=_CASCADE
        ),
    )

    account_id: UUID = Field(primary_key=True)
    user_id: UUID = Field(primary_key=True)
    department_id: UUID = Field(primary_key=True)


class Invitation(SQLModel, table=True):
    """A link that lets one address in. Known by the hash of its token."""

    __tablename__ = "invitations"
    __table_args__ = (ForeignKeyConstraint(["account_id", "role_id"], ["roles.account_id", "roles.id"]),)

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    id: UUID = Field(primary_key=True)
    email: str = text_column()
    name: str = text_column("")
    role: str = text_column()
    role_id: UUID | None = None
    department_ids: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))
    token_hash: bytes
    invited_by: UUID
    created_at: datetime = created_column()
    expires_at: datetime
    accepted_at: datetime | None = None
    revoked_at: datetime | None = None
