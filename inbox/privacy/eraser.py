"""Erases one person: a durable job, in steps that may each run again.

1. The names go: identities, the contact's row, the windows; what waits in the outbox is cancelled. From this commit on a
   message of the same person makes a new contact, and nothing can be sent to the old one.
2. Whoever had looked the contact up before that commit finishes: transactions of ingest and outbox that began earlier, and
   messages that were being sent. Only then can nothing of the person be written any more.
3. Tickets, messages, files, and whatever else names them, in portions; then the event log, rewritten to stubs.
4. Nothing must be left: counted. Then the certificate, the audit entry, and the screens.

Invariants
- The names that are still to be searched for are sealed on the ledger while the job runs, and nowhere else.
- Counts are added in the transaction that removed: a job that dies and resumes counts nothing twice.
- Files: first nobody may fetch them any more, then the bytes go, then the rows: a crash between leaves work, not bytes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson
import structlog

from inbox.contacts.events import ContactView, contact_updated
from inbox.conversations.events import message_updated
from inbox.conversations.repository import list_message_views
from inbox.exports.jobs import storage_key as export_key
from inbox.ingest.parking import open_parked
from inbox.kernel.audience import ADMINS, conversation_room, department_room, user_room
from inbox.kernel.audit import AuditEntry
from inbox.kernel.content_seal import KEYRING
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.encryption import Vault
from inbox.kernel.errors import Conflict
from inbox.kernel.event_log import NewEvent
from inbox.media.storage import MediaStore, storage_key
from inbox.privacy import leftover_repository as leftovers
from inbox.privacy import repository
from inbox.privacy import trace_repository as traces
from inbox.privacy.certificate import build_certificate
from inbox.privacy.errors import StillBeingSent
from inbox.privacy.log_rewriting import rewrite_log
from inbox.privacy.stubs import names_one, needles_of, prune
from inbox.privacy.subjects import Subject, subject_hashes
from inbox.privacy.trace_repository import Counts
from inbox.privacy.views import ContactErased
from inbox.tickets.events import ticket_updated
from inbox.tickets.repository import fetch_ticket_view
from inbox.whatsapp.document import MalformedBody, load_document

log = structlog.get_logger(__name__)

# A portion is one short transaction: nobody who writes meanwhile waits for it.
_MESSAGES: Final = 500
_PARKED: Final = 20
# What an open chat shows at most without scrolling back; older pages are fetched anew after contact_erased.
_SHOWN_MESSAGES: Final = 50
# The longest flush is cut off after 60 s (kernel/database, command_timeout), a send after 30 s.
_PATIENCE_SECONDS: Final = 75.0
_POLL_SECONDS: Final = 0.1


class NotWhollyErased(Conflict):
    """Something was written meanwhile after all; the next try takes it too."""

    code = "not_wholly_erased"
    retryable = True


class Eraser:
    """One per worker process."""

    def __init__(self, database: Database, store: MediaStore, vault: Vault) -> None:
        self._database = database
        self._store = store
        self._vault = vault

    async def erase(self, account_id: UUID, erasure_id: UUID) -> None:
        """Raises what a later try may heal. Done already: nothing happens."""
        started = await self._take_names(account_id, erasure_id)
        if started is None:
            return
        contact_id, subject = started
        await self._await_writers(account_id, contact_id)
        run = _Run(self._database, self._store, account_id, erasure_id, contact_id)
        await run.erase_talk()
        await run.erase_exports()
        await run.erase_notes(subject)
        since, ids = await run.log_scope()
        await rewrite_log(self._database, account_id, erasure_id, ids, since)
        await self._finish(account_id, erasure_id, contact_id)
        log.info("contact_erased", contact_id=str(contact_id), erasure_id=str(erasure_id))

    async def give_up(self, account_id: UUID, erasure_id: UUID) -> None:
        """The last try has failed; who asks again wakes it."""
        async with self._database.system(account_id) as work:
            await repository.fail_erasure(work.session, account_id, erasure_id)
            work.audit(AuditEntry("contact.erasure_failed", "erasure", erasure_id))

    # ── step 1 ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _take_names(self, account_id: UUID, erasure_id: UUID) -> tuple[UUID, Subject] | None:
        """The contact and the names to look for; None when it is done."""
        async with self._database.system(account_id) as work:
            session = work.session
            erasure = await repository.lock_erasure(session, account_id, erasure_id)
            if erasure is None or erasure.state == "done":
                return None
            contact_id = erasure.contact_id
            conversation_ids = await traces.lock_conversations(session, account_id, contact_id)
            contact = await repository.fetch_contact(session, account_id, contact_id, lock=True)
            assert contact is not None, "contacts are never deleted while an erasure names them"
            subject, hashes = contact.subject, set(erasure.subject_hashes)
            if erasure.names_sealed is not None:
                sealed = self._vault.decrypt(erasure.names_sealed, sealing_context(erasure_id))
                subject = subject.join(Subject.from_json(sealed))
            hashes.update(subject_hashes(self._database.audit_key, account_id, subject))
            await repository.begin_erasure(
                session,
                account_id,
                erasure_id,
                hashes=sorted(hashes),
                names_sealed=self._vault.encrypt(subject.to_json(), sealing_context(erasure_id)),
            )
            counts = await traces.take_names(session, account_id, contact_id, work.now())
            counts["outbox"] = await traces.cancel_outbox(session, account_id, conversation_ids)
            await repository.add_removed(session, account_id, erasure_id, _found(counts))
        return contact_id, subject

    # ── step 2 ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _await_writers(self, account_id: UUID, contact_id: UUID) -> None:
        """Raises StillBeingSent when they take too long: the job comes back."""
        async with self._database.system(account_id) as work:
            taken_at = await traces.now_in_database(work.session)

        async def nobody_writes() -> bool:
            async with self._database.system(account_id) as work:
                session = work.session
                conversation_ids = await traces.lock_conversations(session, account_id, contact_id)
                await traces.cancel_outbox(session, account_id, conversation_ids)
                sending = await traces.count_sending(session, account_id, conversation_ids)
                return sending + await traces.count_older_transactions(session, taken_at) == 0

        if not await _eventually(nobody_writes):
            raise StillBeingSent(contact_id=contact_id)

    # ── step 4 ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _finish(self, account_id: UUID, erasure_id: UUID, contact_id: UUID) -> None:
        async with self._database.system(account_id) as work:
            session, now = work.session, work.now()
            conversation_ids = await traces.lock_conversations(session, account_id, contact_id)
            await traces.take_names(session, account_id, contact_id, now)
            left = await traces.count_left(session, account_id, contact_id)
            if left:
                raise NotWhollyErased(contact_id=contact_id, left=left)
            erasure = await repository.fetch_erasure(session, account_id, erasure_id)
            row = await repository.lock_erasure(session, account_id, erasure_id)
            assert erasure is not None
            assert row is not None
            name, _, _ = await repository.fetch_account(session, account_id)
            certificate = build_certificate(
                erasure, account_id=account_id, account_name=name, hashes=row.subject_hashes, done_at=now,
                key=self._database.audit_key,
            )  # fmt: skip
            await repository.finish_erasure(
                session, account_id, erasure_id, certificate.model_dump(mode="json"), now
            )
            after = {
                "erasure_id": str(erasure_id),
                "removed": erasure.removed,
                "certificate_mac": certificate.mac,
            }
            work.audit(AuditEntry("contact.erased", "contact", contact_id, after=after))
            await _tell(work, account_id, contact_id, conversation_ids)


class _Run:
    """Step 3 of one erasure."""

    def __init__(
        self, database: Database, store: MediaStore, account_id: UUID, erasure_id: UUID, contact_id: UUID
    ) -> None:
        self._database = database
        self._store = store
        self._account_id = account_id
        self._erasure_id = erasure_id
        self._contact_id = contact_id

    async def _count(self, work: UnitOfWork, counts: Counts) -> None:
        await repository.add_removed(work.session, self._account_id, self._erasure_id, _found(counts))

    async def erase_talk(self) -> None:
        """Names that came in late, tickets, and all messages of all conversations."""
        async with self._database.system(self._account_id) as work:
            session, now = work.session, work.now()
            conversation_ids = await traces.lock_conversations(session, self._account_id, self._contact_id)
            counts = await traces.take_names(session, self._account_id, self._contact_id, now)
            closed = await traces.close_tickets(session, self._account_id, conversation_ids, now)
            counts["tickets_closed"] = len(closed)
            counts["tickets"] = await traces.blank_tickets(session, self._account_id, conversation_ids, now)
            await self._count(work, counts)
            for ticket_id in closed:
                view = await fetch_ticket_view(session, self._account_id, ticket_id)
                assert view is not None
                work.record(ticket_updated(view))
        for conversation_id in conversation_ids:
            after: tuple[datetime, UUID] | None = None
            while after := await self._erase_portion(conversation_id, after):
                pass

    async def _erase_portion(
        self, conversation_id: UUID, after: tuple[datetime, UUID] | None
    ) -> tuple[datetime, UUID] | None:
        """Where the next portion begins; None at the end."""
        async with self._database.system(self._account_id) as work:
            messages = await traces.fetch_messages(
                work.session, self._account_id, conversation_id, after, _MESSAGES
            )
            ids = [id_ for id_, _, _ in messages]
            files = await traces.close_files(work.session, self._account_id, ids) if ids else []
        for file in files:
            key = file.storage_key or storage_key(self._account_id, file.id, file.created_at)
            await self._store.delete(key)
        if not messages:
            return None
        async with self._database.system(self._account_id) as work:
            forgotten = await traces.forget_files(work.session, self._account_id, [file.id for file in files])
            named = [(id_, wamid) for id_, wamid, _ in messages]
            counts = await traces.blank_messages(
                work.session, self._account_id, named, work.now(), anonymous=True
            )
            await self._count(work, {**counts, "files": forgotten})
        id_, _, at = messages[-1]
        return at, id_

    async def erase_exports(self) -> None:
        async with self._database.system(self._account_id) as work:
            exports = await leftovers.close_exports(work.session, self._account_id, self._contact_id)
            await self._count(work, {"exports": len(exports)})
        for export_id, key in exports:
            await self._store.delete(key or export_key(self._account_id, export_id))
        async with self._database.system(self._account_id) as work:
            ids = [export_id for export_id, _ in exports]
            await leftovers.forget_export_files(work.session, self._account_id, ids)

    async def erase_notes(self, subject: Subject) -> None:
        """Evidence of consents, and what Meta told of the person that found no better place."""
        needles = needles_of(subject)
        async with self._database.system(self._account_id) as work:
            counts = {
                "consents": await leftovers.blank_consents(work.session, self._account_id, self._contact_id)
            }
            if needles:
                counts["number_updates"] = await leftovers.remove_number_updates(
                    work.session, self._account_id, needles
                )
            await self._count(work, counts)
        after = UUID(int=0)
        while needles:
            async with self._database.system(self._account_id) as work:
                await KEYRING.load(work.session, [self._account_id])
                parked = await leftovers.fetch_parked(work.session, self._account_id, needles, after, _PARKED)
                erased = [await self._erase_parked(work, webhook, needles) for webhook in parked]
                await self._count(work, {"webhooks": sum(erased)})
            if not parked:
                return
            after = parked[-1].id

    async def _erase_parked(
        self, work: UnitOfWork, webhook: leftovers.ParkedWebhook, needles: list[bytes]
    ) -> bool:
        """The person's parts go; what else the body tells stays for its replay. Whether it named the person."""
        item, body = open_parked(webhook.id, webhook.item, webhook.body)
        if body is not None and not names_one(body, needles) and not names_one(item, needles):
            return False
        # What does not open may name the person, and nobody can ever replay it.
        kept = None if body is None or names_one(item, needles) else _pruned(body, needles)
        if kept is None:
            await leftovers.remove_parked(work.session, self._account_id, webhook.id)
        else:
            stored = KEYRING.seal_body_like(webhook.body, kept, webhook.id)
            await leftovers.replace_parked_body(work.session, self._account_id, webhook.id, stored)
        return True

    async def log_scope(self) -> tuple[datetime, list[UUID]]:
        """From when on the log may tell of the contact, and by which ids."""
        async with self._database.system(self._account_id) as work:
            contact = await repository.fetch_contact(work.session, self._account_id, self._contact_id)
            assert contact is not None
            ids = await traces.lock_conversations(work.session, self._account_id, self._contact_id)
        return contact.created_at, [self._contact_id, *ids]


async def _tell(work: UnitOfWork, account_id: UUID, contact_id: UUID, conversation_ids: list[UUID]) -> None:
    """Open chats show it at once; everybody else drops what they had."""
    session = work.session
    department_ids, user_ids = await traces.fetch_rooms(session, account_id, conversation_ids)
    for conversation_id in conversation_ids:
        for message in await list_message_views(session, account_id, conversation_id, None, _SHOWN_MESSAGES):
            work.record(message_updated(message, None))
    nobody = ContactView(id=contact_id, name="", profile_name="", username=None, phone=None, wa_id=None)
    work.record(
        contact_updated(
            nobody, department_ids=department_ids, assignee_ids=user_ids, conversation_ids=conversation_ids
        )
    )
    erased = ContactErased(contact_id=contact_id, conversation_ids=conversation_ids)
    audience = [
        ADMINS,
        *map(department_room, department_ids),
        *map(user_room, user_ids),
        *map(conversation_room, conversation_ids),
    ]
    work.record(NewEvent("contact_erased", audience, erased.model_dump(mode="json")))


def _pruned(parked: bytes, needles: list[bytes]) -> bytes | None:
    """The body without the person; None when it cannot be had without them."""
    try:
        document = load_document(parked)
    except MalformedBody:
        return None
    body = orjson.dumps(prune(document, needles))
    return None if names_one(body, needles) else body


async def _eventually(is_so: Callable[[], Awaitable[bool]]) -> bool:
    """Within our patience."""
    end = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
    while not await is_so():
        if asyncio.get_running_loop().time() > end:
            return False
        await asyncio.sleep(_POLL_SECONDS)
    return True


def _found(counts: Counts) -> Counts:
    return {name: count for name, count in counts.items() if count}


def sealing_context(erasure_id: UUID) -> str:
    """What the sealed names are bound to."""
    return f"erasures.names:{erasure_id}"
