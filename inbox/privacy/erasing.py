"""Asking for an erasure and looking at what was erased. The work itself is a durable job: `eraser.py`."""

from datetime import datetime
from typing import Final
from uuid import UUID

from inbox.contacts.masking import mask_text
from inbox.kernel.actor import Actor
from inbox.kernel.audit import AuditEntry
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Invalid, NotFound
from inbox.kernel.ids import new_id
from inbox.kernel.jobs import defer_in
from inbox.kernel.permissions import Permission
from inbox.privacy import repository
from inbox.privacy.certificate import print_page
from inbox.privacy.errors import ErasureRunning, NameNotConfirmed, ReasonNamesSubject
from inbox.privacy.repository import ContactRow
from inbox.privacy.subjects import identity_hash, names_subject, subject_hashes
from inbox.privacy.views import ErasureCertificate, ErasureView
from inbox.whatsapp.phone import canonical_phone, format_phone

ERASE_TASK: Final = "privacy.erase"
PRIVACY_QUEUE: Final = "privacy"


async def request_erasure(
    database: Database, actor: Actor, contact_id: UUID, *, reason: str, confirm_name: str
) -> ErasureView:
    """Puts the erasure on record and queues it. Idempotent: a contact has one erasure, and asking again wakes it.

    Raises NotFound, Forbidden, NameNotConfirmed, ReasonNamesSubject.
    """
    async with database.acting(actor) as work:
        # Who may not erase learns nothing about whose id this is.
        actor.require(Permission.PRIVACY_MANAGE)
        contact = await repository.fetch_contact(work.session, actor.account_id, contact_id)
        if contact is None:
            raise NotFound(contact_id=contact_id)
        erasure = await repository.fetch_erasure_of(work.session, actor.account_id, contact_id)
        if erasure is None:
            if not _is_named(contact, confirm_name):
                raise NameNotConfirmed(contact_id=contact_id)
            names = (contact.name, contact.profile_name, contact.username)
            if names_subject(reason, names, contact.subject):
                raise ReasonNamesSubject
            await insert_erasure(
                work,
                actor.account_id,
                contact,
                reason=reason,
                requested_by=actor.user_id,
                key=database.audit_key,
            )
            erasure = await repository.fetch_erasure_of(work.session, actor.account_id, contact_id)
            assert erasure is not None
        elif erasure.state != "done":
            await queue_erasure(work, actor.account_id, erasure.id)
        return erasure


async def insert_erasure(
    work: UnitOfWork, account_id: UUID, contact: ContactRow, *, reason: str, requested_by: UUID | None, key: bytes
) -> None:  # fmt: skip
    """On the ledger, on record, and in the queue. Somebody else's at the same moment counts as this one."""
    erasure_id = new_id()
    inserted = await repository.insert_erasure(
        work.session, account_id=account_id, erasure_id=erasure_id, contact_id=contact.id,
        hashes=subject_hashes(key, account_id, contact.subject), reason=reason, requested_by=requested_by,
        at=work.now(),
    )  # fmt: skip
    if not inserted:
        return
    after = {"erasure_id": str(erasure_id), "reason": reason}
    work.audit(AuditEntry("contact.erasure_requested", "contact", contact.id, after=after), account_id)
    await queue_erasure(work, account_id, erasure_id)


async def queue_erasure(work: UnitOfWork, account_id: UUID, erasure_id: UUID) -> None:
    await defer_in(
        work.session,
        ERASE_TASK,
        {"account_id": account_id, "erasure_id": erasure_id},
        queue=PRIVACY_QUEUE,
        lock=f"erase:{erasure_id}",
        queueing_lock=f"erase:{erasure_id}",
    )


async def list_erasures(
    database: Database, actor: Actor, *, before: tuple[datetime, UUID] | None, limit: int
) -> tuple[list[ErasureView], tuple[datetime, UUID] | None]:
    """Newest first, and where the next page begins."""
    actor.require(Permission.PRIVACY_MANAGE)
    async with database.acting(actor) as work:
        items = await repository.fetch_erasure_page(work.session, actor.account_id, before, limit + 1)
    more = len(items) > limit
    items = items[:limit]
    return items, (items[-1].requested_at, items[-1].id) if more else None


async def find_erasures(database: Database, actor: Actor, identity: str) -> list[ErasureView]:
    """Of whoever has this phone number or BSUID. Raises Invalid for what is neither."""
    actor.require(Permission.PRIVACY_MANAGE)
    hash_ = identity_hash(database.audit_key, actor.account_id, identity)
    if hash_ is None:
        raise Invalid("neither a telephone number nor a BSUID", field="identity")
    async with database.acting(actor) as work:
        return await repository.fetch_erasures_by_hash(work.session, actor.account_id, hash_)


async def get_erasure(database: Database, actor: Actor, erasure_id: UUID) -> ErasureView:
    actor.require(Permission.PRIVACY_MANAGE)
    async with database.acting(actor) as work:
        erasure = await repository.fetch_erasure(work.session, actor.account_id, erasure_id)
    if erasure is None:
        raise NotFound(erasure_id=erasure_id)
    return erasure


async def get_certificate(database: Database, actor: Actor, erasure_id: UUID) -> ErasureCertificate:
    """Raises NotFound, ErasureRunning."""
    actor.require(Permission.PRIVACY_MANAGE)
    async with database.acting(actor) as work:
        found = await repository.fetch_certificate(work.session, actor.account_id, erasure_id)
    if found is None:
        raise NotFound(erasure_id=erasure_id)
    if found[0] is None:
        raise ErasureRunning(erasure_id=erasure_id)
    return ErasureCertificate.model_validate(found[0])


async def print_certificate(database: Database, actor: Actor, erasure_id: UUID) -> str:
    """A page to print, in the account's language. Raises NotFound, ErasureRunning."""
    certificate = await get_certificate(database, actor, erasure_id)
    async with database.acting(actor) as work:
        _, locale, time_zone = await repository.fetch_account(work.session, actor.account_id)
    return print_page(certificate, locale, time_zone)


def _is_named(contact: ContactRow, typed: str) -> bool:
    """Whether this is how the screens call the contact, masked or not, in any case and spacing."""
    phone = format_phone(contact.wa_id) if contact.wa_id else None
    names = [contact.name, contact.profile_name, contact.username, phone, contact.bsuid, str(contact.id)]
    shown = {_plain(name) for name in names if name}
    shown |= {_plain(mask_text(name)) for name in names if name}
    if _plain(typed) in shown:
        return True
    try:
        return contact.wa_id is not None and canonical_phone(typed) == canonical_phone(contact.wa_id)
    except ValueError:
        return False


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
