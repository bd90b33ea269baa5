"""The audit log as the outside sees it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from inbox.kernel.audit import AuditActor


class AuditFilters(BaseModel):
    """All must hold; an empty one holds always."""

    model_config = ConfigDict(extra="forbid")

    actor_id: UUID | None = None
    """Who did it: a person, an API key, or the super admin who signed in as a person."""
    action: str = Field(default="", max_length=100)
    """One action (`member.role_changed`), or with a dot at its end all of a noun (`member.`)."""
    target_kind: str = Field(default="", max_length=100)
    target_id: str = Field(default="", max_length=200)
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""
    q: str = Field(default="", max_length=100)
    """Part of an action, a name, a target, an address, or of what was changed."""


class AuditWho(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: AuditActor
    id: UUID | None
    name: str
    """As it was when it happened."""
    impersonator_id: UUID | None
    impersonator_name: str
    """The super admin who had signed in as this person."""


class AuditAccount(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    """As it is called today; empty when it is gone."""


class AuditEntryView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seq: int
    at: datetime
    who: AuditWho
    action: str
    target_kind: str
    target_id: str
    target_name: str
    """As it is called today; empty when it has no name or is gone."""
    accounts: list[AuditAccount]
    """In the installation's record: the companies that it concerns. Empty in a company's own."""
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ip: str | None
    user_agent: str
    request_id: str | None


@dataclass(frozen=True, slots=True)
class AuditPage:
    items: list[AuditEntryView]
    next_before: int | None
    """The next page begins below this seq."""


class Fault(StrEnum):
    CHANGED = "changed"
    """The entry is not the one that was written here: changed, moved, or put in by somebody without the key."""
    MISSING = "missing"
    """Entries up to this one are gone."""
    CUT = "cut"
    """The last entries are gone: the head of the chain is further on."""
    HEAD = "head"
    """The head of the chain is not its last entry: the head was changed, or entries were added behind it."""
    ANCHOR = "anchor"
    """What was noted outside of the database is no longer so."""


class BrokenPlace(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seq: int
    fault: Fault


class Verification(BaseModel):
    """What checking a chain from its first entry to its head has found."""

    model_config = ConfigDict(extra="forbid")

    entries: int
    is_whole: bool
    first_broken_seq: int | None
    broken: list[BrokenPlace]
    """The first hundred."""
    head_seq: int
    head_mac: str
    """Noted elsewhere, it proves later that nothing was cut off (hex)."""


AuditFormat = Literal["csv", "jsonl"]
