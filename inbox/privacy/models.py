"""Tables of the privacy desk: consents, erasures, how far retention has come, and the keys that seal content."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field, SQLModel

import inbox.contacts.models  # noqa: F401 - the tables that foreign keys name
from inbox.kernel.columns import created_column, json_column, text_array_column, text_column

_CASCADE: Final = "CASCADE"


class Consent(SQLModel, table=True):
    """One entry of the ledger; the newest per contact and purpose holds, none is changed."""

    __tablename__ = "consents"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "contact_id"], ["contacts.account_id", "contacts.id"], ondelete=_CASCADE
        ),
    )

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    id: UUID = Field(primary_key=True)
    contact_id: UUID
    purpose: str = text_column()
    granted: bool
    legal_basis: str = text_column()
    source: str = text_column()
    evidence: str = text_column("")
    recorded_by: UUID | None = None
    at: datetime
    recorded_at: datetime = created_column()


class Erasure(SQLModel, table=True):
    """What was erased of whom. Without personal data once it is done: the subject is keyed hashes."""

    __tablename__ = "erasures"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    id: UUID = Field(primary_key=True)
    contact_id: UUID
    subject_hashes: list[str] = text_array_column()
    names_sealed: bytes | None = None
    """While it runs: under which names the subject is still searched; gone when it is done."""
    reason: str = text_column()
    requested_by: UUID | None = None
    """None: retention."""
    requested_at: datetime = created_column()
    state: str = text_column("pending")
    done_at: datetime | None = None
    removed: dict[str, Any] = json_column(dict)
    certificate: dict[str, Any] | None = json_column(None)


class RetentionMark(SQLModel, table=True):
    """How far retention has come with one kind of data of one account."""

    __tablename__ = "retention_marks"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    kind: str = text_column(primary_key=True)
    closed_until: datetime | None = None
    last_id: UUID | None = None
    updated_at: datetime = created_column()


class StoredContentKey(SQLModel, table=True):
    """A data key of an account, wrapped (kernel/content_seal); at most one of an account is not retired."""

    __tablename__ = "content_keys"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete=_CASCADE)
    id: UUID = Field(primary_key=True)
    key_sealed: bytes
    created_at: datetime = created_column()
    retired_at: datetime | None = None
    """Seals nothing new since then; opens what it has sealed."""
    progress: dict[str, Any] = json_column(dict)
    caught_up_at: datetime | None = None
