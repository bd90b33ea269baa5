"""The privacy desk (LGPD): consents, one look at a masked number, a contact's copy, erasure, retention."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from inbox.accounts.policies import PrivacyPolicy, RetentionPolicy
from inbox.exports.views import ExportView
from inbox.privacy import service
from inbox.privacy.views import (
    ConsentSource,
    ConsentView,
    ContactConsents,
    ContentSealing,
    ErasureCertificate,
    ErasureView,
    LegalBasis,
    PrivacyPolicyView,
    RetentionPreview,
    RevealedPhone,
)
from realtime.ephemeral import announce_account_change
from server.api.cursors import CursorText, PageLimit, read_cursor, write_cursor
from server.api.dependencies import CurrentActor, CurrentContext, CurrentDatabase
from server.edge.security_headers import FILE_POLICY

router = APIRouter(tags=["privacy"])

# Older than any consent that a company could still show.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


class ConsentBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    purpose: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    """service, marketing, or one of the company's own."""
    granted: bool
    legal_basis: LegalBasis
    source: ConsentSource
    evidence: str = Field(default="", max_length=2000)
    at: AwareDatetime | None = Field(default=None, ge=_EARLIEST)
    """When the customer said so; by default now."""


class RevealBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    field: Literal["phone"]
    reason: str | None = Field(default=None, max_length=200)


class EraseBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=3, max_length=300)
    """Kept on the certificate: it must not name the person."""
    confirm_name: str = Field(max_length=200)
    """The contact's name as it is shown, typed again."""


class ErasureSearch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    identity: str = Field(min_length=3, max_length=140)
    """A telephone number, however it is written, or a BSUID. In the body, so that no log keeps it."""


class ErasurePage(BaseModel):
    model_config = ConfigDict(extra="forbid")

    items: list[ErasureView]
    next_cursor: str | None


class PrivacyPolicyBody(PrivacyPolicy):
    version: int = Field(ge=1, le=2**31 - 1)
    """Of the policy that this one takes the place of."""
    content_sealing: ContentSealing | None = None
    """As GET told it; it follows from encrypt_content and is not taken from here."""


# ── one contact ─────────────────────────────────────────────────────────────────────────────────────────────────────


@router.get("/v1/contacts/{contact_id}/consents")
async def list_consents(contact_id: UUID, database: CurrentDatabase, actor: CurrentActor) -> ContactConsents:
    """What holds now, and how it came to it."""
    return await service.list_consents(database, actor, contact_id)


@router.post("/v1/contacts/{contact_id}/consents", status_code=201)
async def record_consent(
    contact_id: UUID, body: ConsentBody, database: CurrentDatabase, actor: CurrentActor
) -> ConsentView:
    """Adds to the ledger; nothing in it is ever changed."""
    entry = service.NewConsent(**body.model_dump())
    return await service.record_consent(database, actor, contact_id, entry)


@router.post("/v1/contacts/{contact_id}/reveal")
async def reveal_contact_phone(
    contact_id: UUID, body: RevealBody, database: CurrentDatabase, actor: CurrentActor
) -> RevealedPhone:
    """One look at a masked number. Each is on record; so many an hour and person."""
    return await service.reveal_phone(database, actor, contact_id, reason=body.reason)


@router.post("/v1/contacts/{contact_id}/export", status_code=202)
async def export_contact(contact_id: UUID, database: CurrentDatabase, actor: CurrentActor) -> ExportView:
    """A zip with everything about the contact (LGPD, article 18): data.json, a page to read, the files."""
    return await service.request_contact_export(database, actor, contact_id)


@router.post("/v1/contacts/{contact_id}/erase", status_code=202)
async def erase_contact(
    contact_id: UUID, body: EraseBody, database: CurrentDatabase, actor: CurrentActor
) -> ErasureView:
    """Erases the person for good, in the background. Idempotent: again answers the erasure that there is."""
    return await service.request_erasure(
        database, actor, contact_id, reason=body.reason, confirm_name=body.confirm_name
    )


# ── the account ─────────────────────────────────────────────────────────────────────────────────────────────────────


@router.get("/v1/privacy/erasures")
async def list_erasures(
    database: CurrentDatabase, actor: CurrentActor, cursor: CursorText = None, limit: PageLimit = 50
) -> ErasurePage:
    items, next_place = await service.list_erasures(database, actor, before=read_cursor(cursor), limit=limit)
    return ErasurePage(items=items, next_cursor=write_cursor(next_place))


@router.post("/v1/privacy/erasures/search")
async def search_erasures(
    body: ErasureSearch, database: CurrentDatabase, actor: CurrentActor
) -> list[ErasureView]:
    """The erasures of whoever has this number or BSUID: the proof that they were erased."""
    return await service.find_erasures(database, actor, body.identity)


@router.get("/v1/privacy/erasures/{erasure_id}")
async def get_erasure(erasure_id: UUID, database: CurrentDatabase, actor: CurrentActor) -> ErasureView:
    return await service.get_erasure(database, actor, erasure_id)


@router.get(
    "/v1/privacy/erasures/{erasure_id}/certificate",
    response_model=ErasureCertificate,
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
async def get_erasure_certificate(
    erasure_id: UUID,
    database: CurrentDatabase,
    actor: CurrentActor,
    format: Literal["json", "html"] = "json",  # noqa: A002 - the parameter's name on the wire
) -> ErasureCertificate | HTMLResponse:
    """As data, or (`format=html`) as a page to keep and print, which stands alone."""
    if format == "html":
        page = await service.print_certificate(database, actor, erasure_id)
        name = f"certificate-{erasure_id}.html"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": FILE_POLICY,
        }
        return HTMLResponse(page, headers=headers)
    return await service.get_certificate(database, actor, erasure_id)


@router.get("/v1/privacy/policy")
async def get_privacy_policy(database: CurrentDatabase, actor: CurrentActor) -> PrivacyPolicyView:
    return await service.get_policy(database, actor)


@router.put("/v1/privacy/policy")
async def replace_privacy_policy(
    body: PrivacyPolicyBody, context: CurrentContext, actor: CurrentActor
) -> PrivacyPolicyView:
    """Masking is looked at again on every open socket at once; retention begins with its next run; messages are sealed, or
    stored plainly again, within a minute and a half."""
    policy = PrivacyPolicy(**body.model_dump(exclude={"version", "content_sealing"}))
    view, masking_changed = await service.replace_policy(
        context.database, actor, policy, version=body.version
    )
    if masking_changed:
        announce_account_change(context.publisher, actor.account_id)
    return view


Days = Annotated[int | None, Query(ge=7, le=3650)]


@router.get("/v1/privacy/retention/preview")
async def preview_retention(
    database: CurrentDatabase,
    actor: CurrentActor,
    media_days: Days = None,
    messages_days: Days = None,
    contacts_days: Annotated[int | None, Query(ge=30, le=3650)] = None,
) -> RetentionPreview:
    """What the stored rules would remove now; with parameters, what those rules would."""
    asked = any(days is not None for days in (media_days, messages_days, contacts_days))
    proposed = (
        RetentionPolicy(media_days=media_days, messages_days=messages_days, contacts_days=contacts_days)
        if asked
        else None
    )
    return await service.preview_retention(database, actor, proposed)
