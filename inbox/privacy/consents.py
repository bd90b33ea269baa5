"""The ledger of consents: append-only; the newest entry of a purpose holds (LGPD, articles 7 and 8)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from inbox.kernel.actor import Actor
from inbox.kernel.audit import AuditEntry
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Forbidden, Invalid
from inbox.kernel.ids import new_id
from inbox.kernel.permissions import Permission
from inbox.privacy import repository
from inbox.privacy.access import access_contact
from inbox.privacy.errors import AlreadyErased
from inbox.privacy.models import Consent
from inbox.privacy.views import ConsentSource, ConsentView, ContactConsents, LegalBasis

SERVICE: Final = "service"
"""Answering whoever wrote to us: their own request, which needs no consent (LGPD, article 7, V) until they object."""


@dataclass(frozen=True, slots=True)
class NewConsent:
    purpose: str
    granted: bool
    legal_basis: LegalBasis
    source: ConsentSource
    evidence: str = ""
    at: datetime | None = None


async def list_consents(database: Database, actor: Actor, contact_id: UUID) -> ContactConsents:
    """Raises NotFound."""
    async with database.acting(actor) as work:
        await access_contact(work, actor, contact_id)
        history = await repository.fetch_consents(work.session, actor.account_id, contact_id)
    current: dict[str, ConsentView] = {}
    for entry in history:
        current.setdefault(entry.purpose, entry)
    return ContactConsents(current=[current[purpose] for purpose in sorted(current)], history=history)


async def record_consent(
    database: Database, actor: Actor, contact_id: UUID, entry: NewConsent
) -> ConsentView:
    """By those who run the desk or may edit the contact. Raises NotFound, Forbidden, AlreadyErased, Invalid."""
    async with database.acting(actor) as work:
        contact = await access_contact(work, actor, contact_id)
        if not actor.may(Permission.PRIVACY_MANAGE) and not actor.may(Permission.CONTACTS_EDIT):
            raise Forbidden(needs=Permission.CONTACTS_EDIT.value)
        if contact.erased_at is not None:
            raise AlreadyErased(contact_id=contact_id)
        now = work.now()
        if entry.at is not None and entry.at > now:
            raise Invalid("a consent cannot lie in the future", field="at")
        consent_id = new_id()
        work.session.add(
            Consent(
                account_id=actor.account_id,
                id=consent_id,
                contact_id=contact_id,
                purpose=entry.purpose,
                granted=entry.granted,
                legal_basis=entry.legal_basis,
                source=entry.source,
                evidence=entry.evidence.strip(),
                recorded_by=actor.user_id,
                at=entry.at or now,
                recorded_at=now,
            )
        )
        await work.session.flush()
        after = {
            "purpose": entry.purpose,
            "granted": entry.granted,
            "legal_basis": entry.legal_basis,
            "source": entry.source,
        }
        work.audit(AuditEntry("consent.recorded", "contact", contact_id, after=after))
        history = await repository.fetch_consents(work.session, actor.account_id, contact_id)
        return next(view for view in history if view.id == consent_id)


async def may_contact(work: UnitOfWork, account_id: UUID, contact_id: UUID, purpose: str) -> bool:
    """Whether the contact may be written to for this purpose.

    What the ledger says last decides; where it says nothing only `service` is allowed. Never for an erased contact.
    """
    is_there, granted = await repository.fetch_consent_state(work.session, account_id, contact_id, purpose)
    return is_there and (granted if granted is not None else purpose == SERVICE)
