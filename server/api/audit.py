"""/v1/audit: what was done in the account, proof that the record is whole, and the record as a file."""

import base64
import binascii
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from inbox.audit import service
from inbox.audit.views import AuditEntryView, AuditFilters, AuditFormat, Verification
from inbox.exports.views import ExportView
from inbox.kernel.errors import Invalid
from server.api.cursors import CursorText, PageLimit
from server.api.dependencies import CurrentActor, CurrentDatabase

router = APIRouter(prefix="/v1/audit", tags=["audit"])


class AuditPageView(BaseModel):
    """Newest first."""

    model_config = ConfigDict(extra="forbid")

    items: list[AuditEntryView]
    next_cursor: str | None


class AuditExportBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: AuditFormat
    filters: AuditFilters = Field(default_factory=AuditFilters)


@router.get("")
async def list_audit(
    database: CurrentDatabase,
    actor: CurrentActor,
    actor_id: UUID | None = None,
    action: Annotated[str, Query(max_length=100)] = "",
    target_kind: Annotated[str, Query(max_length=100)] = "",
    target_id: Annotated[str, Query(max_length=200)] = "",
    since: datetime | None = None,
    until: datetime | None = None,
    q: Annotated[str, Query(max_length=100)] = "",
    cursor: CursorText = None,
    limit: PageLimit = 50,
) -> AuditPageView:
    """`action`: one, or a noun with a dot at its end for all of it (`member.`). `q` searches names, targets, addresses
    and what was changed."""
    filters = AuditFilters(
        actor_id=actor_id, action=action, target_kind=target_kind, target_id=target_id, since=since, until=until, q=q
    )  # fmt: skip
    page = await service.list_audit(database, actor, filters, below=read_seq_cursor(cursor), limit=limit)
    return audit_page_view(page)


@router.post("/verify")
async def verify_audit(database: CurrentDatabase, actor: CurrentActor) -> Verification:
    """Checks the whole chain of the account; takes a second for some ten thousand entries."""
    return await service.verify_account(database, actor)


@router.post("/export", status_code=202)
async def export_audit(body: AuditExportBody, database: CurrentDatabase, actor: CurrentActor) -> ExportView:
    """The file is made by the worker; see /v1/exports."""
    return await service.request_audit_export(database, actor, body.filters, body.format)


def audit_page_view(page: service.AuditPage) -> AuditPageView:
    return AuditPageView(items=page.items, next_cursor=write_seq_cursor(page.next_before))


def write_seq_cursor(below: int | None) -> str | None:
    if below is None:
        return None
    return base64.urlsafe_b64encode(f"seq {below}".encode()).decode().rstrip("=")


def read_seq_cursor(cursor: str | None) -> int | None:
    """Raises Invalid for what `write_seq_cursor` did not write."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        word, _, seq = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").partition(" ")
        below = int(seq)
    except (ValueError, binascii.Error) as error:
        raise Invalid("not a cursor of this list") from error
    if word != "seq" or not 0 < below < 2**63:
        raise Invalid("not a cursor of this list")
    return below
