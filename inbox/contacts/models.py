"""Tables of contacts: the customer, and the ids under which WhatsApp knows them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field, SQLModel

import inbox.accounts.models  # noqa: F401 - the tables that foreign keys name
from inbox.kernel.columns import created_column, json_column, text_array_column, text_column


class Contact(SQLModel, table=True):
    __tablename__ = "contacts"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete="CASCADE")
    id: UUID = Field(primary_key=True)
    name: str = text_column("")
    profile_name: str = text_column("")
    username: str | None = text_column(None)
    wa_id: str | None = text_column(None)
    bsuid: str | None = text_column(None)
    fields: dict[str, Any] = json_column(dict)
    tags: list[str] = text_array_column()
    version: int = 1
    created_at: datetime = created_column()
    updated_at: datetime = created_column()
    erased_at: datetime | None = None
    """Everything that named the customer is gone (inbox/privacy); the row holds together what is left."""


class ContactIdentity(SQLModel, table=True):
    """A BSUID or a canonical phone that names one contact."""

    __tablename__ = "contact_identities"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "contact_id"], ["contacts.account_id", "contacts.id"], ondelete="CASCADE"
        ),
    )

    account_id: UUID = Field(primary_key=True)
    kind: str = text_column(primary_key=True)
    value: str = text_column(primary_key=True)
    contact_id: UUID
    created_at: datetime = created_column()
