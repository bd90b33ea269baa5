"""Tables of accounts: the tenant, its people, their departments and their browser sessions."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from inbox.kernel.columns import big_column, created_column, ip_column, small_column, text_column

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


class EventCounter(SQLModel, table=True):
    """Where the account's log stands; made with the account, raised by APPEND_EVENTS_SQL alone."""

    __tablename__ = "event_counters"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    seq: int = big_column(0)


class User(SQLModel, table=True):
    """A person; may belong to several accounts. prosa_app may not read `password_hash`: select columns, not the row."""

    __tablename__ = "users"

    id: UUID = Field(primary_key=True)
    email: str = text_column()
    name: str = text_column()
    password_hash: str = text_column()
    locale: str = text_column("pt-BR")
    created_at: datetime = created_column()
    disabled_at: datetime | None = None


class Membership(SQLModel, table=True):
    __tablename__ = "memberships"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    user_id: UUID = Field(primary_key=True, foreign_key="users.id", ondelete=_CASCADE)
    role: str = text_column()
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


class Session(SQLModel, table=True):
    """A signed-in browser. The refresh token rotates within it; only hashes are kept. Known to prosa_system only."""

    __tablename__ = "sessions"

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete=_CASCADE)
    current_account_id: UUID = Field(foreign_key="accounts.account_id", ondelete=_CASCADE)
    token_hash: bytes
    previous_token_hash: bytes | None = None
    rotated_at: datetime = created_column()
    created_at: datetime = created_column()
    expires_at: datetime
    revoked_at: datetime | None = None
    user_agent: str = text_column("")
    ip: str | None = ip_column()
