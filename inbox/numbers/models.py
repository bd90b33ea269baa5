"""Tables of WhatsApp numbers: the app at Meta, the number, what Meta says about it, and who sends for it."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field, SQLModel

import inbox.accounts.models  # noqa: F401 - the tables that foreign keys name
from inbox.kernel.columns import big_column, created_column, json_column, small_column, text_column

_CASCADE: Final = "CASCADE"


class WhatsAppApp(SQLModel, table=True):
    """An app at Meta. Secrets are sealed; the context of each is named in inbox/numbers/secrets.py."""

    __tablename__ = "whatsapp_apps"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    id: UUID = Field(primary_key=True)
    name: str = text_column()
    hook_key: str = text_column()
    app_secret_sealed: bytes
    previous_app_secret_sealed: bytes | None = None
    verify_token_sealed: bytes
    graph_url: str | None = text_column(None)
    created_at: datetime = created_column()


class PhoneNumber(SQLModel, table=True):
    __tablename__ = "phone_numbers"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "app_id"], ["whatsapp_apps.account_id", "whatsapp_apps.id"]),
        ForeignKeyConstraint(
            ["account_id", "default_department_id"], ["departments.account_id", "departments.id"]
        ),
    )

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    id: UUID = Field(primary_key=True)
    app_id: UUID
    name: str = text_column()
    phone_number_id: str = text_column()
    waba_id: str = text_column()
    display_phone_number: str = text_column()
    access_token_sealed: bytes
    default_department_id: UUID
    messages_per_second: int = small_column(80)
    reopen_within_hours: int = small_column(24)
    send_read_receipts: bool = True
    last_webhook_at: datetime | None = None
    version: int = 1
    created_at: datetime = created_column()


class NumberUpdate(SQLModel, table=True):
    """An account-level webhook, raw, once."""

    __tablename__ = "number_updates"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    id: UUID = Field(primary_key=True)
    dedupe_hash: bytes
    waba_id: str = text_column()
    phone_number_id: str | None = text_column(None)
    field: str = text_column()
    value: Any = json_column()
    at: datetime | None = None
    received_at: datetime = created_column()


class NumberLease(SQLModel, table=True):
    """Who sends for the number; `token` rises with every take-over and fences the late."""

    __tablename__ = "number_leases"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "number_id"], ["phone_numbers.account_id", "phone_numbers.id"], ondelete=_CASCADE
        ),
    )

    account_id: UUID = Field(primary_key=True)
    number_id: UUID = Field(primary_key=True)
    holder: str = text_column()
    token: int = big_column(1)
    expires_at: datetime
