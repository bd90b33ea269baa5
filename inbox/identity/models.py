"""Tables of identity: people, their browser sessions, and how they prove who they are.

A person belongs to no account (memberships do), so none of these has an account_id; all but `users` are prosa_system's
alone.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlmodel import Field, SQLModel

from inbox.kernel.columns import (
    big_column,
    created_column,
    ip_column,
    json_column,
    small_column,
    text_array_column,
    text_column,
)

_CASCADE: Final = "CASCADE"


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
    is_super_admin: bool = False
    password_changed_at: datetime = created_column()


class Session(SQLModel, table=True):
    """A signed-in browser. The refresh token rotates within it; only hashes are kept."""

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
    last_seen_at: datetime = created_column()
    last_ip: str | None = ip_column()
    device_hash: bytes | None = None
    second_factor_at: datetime | None = None
    revoked_reason: str | None = text_column(None)
    impersonator_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete=_CASCADE)
    impersonation_reason: str | None = text_column(None)


class TotpFactor(SQLModel, table=True):
    """An authenticator app. The seed is sealed; `last_step` makes every code good once."""

    __tablename__ = "totp_factors"

    user_id: UUID = Field(primary_key=True, foreign_key="users.id", ondelete=_CASCADE)
    secret_sealed: bytes
    last_step: int = big_column(0)
    created_at: datetime = created_column()
    confirmed_at: datetime | None = None


class RecoveryCode(SQLModel, table=True):
    __tablename__ = "recovery_codes"

    user_id: UUID = Field(primary_key=True, foreign_key="users.id", ondelete=_CASCADE)
    code_hash: bytes = Field(primary_key=True)
    created_at: datetime = created_column()
    used_at: datetime | None = None


class Passkey(SQLModel, table=True):
    __tablename__ = "passkeys"

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete=_CASCADE)
    credential_id: bytes
    public_key: bytes
    sign_count: int = big_column(0)
    transports: list[str] = text_array_column()
    name: str = text_column()
    created_at: datetime = created_column()
    last_used_at: datetime | None = None


class AuthChallenge(SQLModel, table=True):
    """A step of a ceremony that spans two requests. Used once, and by few attempts."""

    __tablename__ = "auth_challenges"

    token_hash: bytes = Field(primary_key=True)
    kind: str = text_column()
    user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete=_CASCADE)
    data: dict[str, Any] = json_column(dict)
    attempts: int = small_column(0)
    created_at: datetime = created_column()
    expires_at: datetime
    used_at: datetime | None = None
