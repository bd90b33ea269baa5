"""An export as the outside sees it, and as its maker gets it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict

ExportState = Literal["pending", "ready", "failed", "expired"]


class ExportKind(StrEnum):
    CONTACT = "contact"
    AUDIT = "audit"
    ACCOUNT = "account"


class ExportView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    kind: ExportKind
    subject_id: UUID | None
    """The contact whose data it is; null of the whole account's."""
    state: ExportState
    file_name: str
    """Empty until it is ready."""
    mime_type: str
    size: int | None
    error: str | None
    """The code of the problem that it failed with."""
    requested_by: UUID
    requested_by_name: str
    created_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    """When the file goes."""


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What a maker is asked for."""

    account_id: UUID
    id: UUID
    kind: ExportKind
    subject_id: UUID | None
    parameters: dict[str, Any]
    requested_by: UUID
    locale: str
    """Of who asked: files that people read are written in it."""
    time_zone: str


@dataclass(frozen=True, slots=True)
class MadeExport:
    file_name: str
    mime_type: str


class ExportMaker(Protocol):
    """Makes the file of one kind of export. May run again for the same order; the last file counts."""

    async def make(self, order: ExportOrder, target: Path) -> MadeExport:
        """Writes the file to `target`, piece by piece. Raises ProsaError; one that is not `retryable` is final."""
        ...
