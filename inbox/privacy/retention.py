"""Retention: what each account's rules take away, in portions, run after run; and what they would take, beforehand.

Invariants
- The clock of media and messages is the closing of their ticket: an open ticket keeps all of its conversation that it
  counts as its own. The clock of contacts and fields is the last message, or their making when nothing was ever said.
- A run is bounded; what is left is the next run's. Every portion is a transaction of its own, so a run that dies has done
  what it had done.
- A contact whose time is over is erased as on request, with a certificate; nothing is done in two ways.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import orjson
import structlog

from inbox.accounts.policies import PrivacyPolicy, RetentionPolicy
from inbox.conversations.events import MessageError
from inbox.kernel.actor import Actor
from inbox.kernel.audit import AuditEntry
from inbox.kernel.database import Database
from inbox.kernel.permissions import Permission
from inbox.media.storage import MediaStore, storage_key
from inbox.privacy import expiry_repository as expiry
from inbox.privacy import repository
from inbox.privacy.erasing import insert_erasure
from inbox.privacy.expiry_repository import BEGINNING, ClosedTicket, Mark, QuietContact
from inbox.privacy.stubs import ERASED_PREVIEW
from inbox.privacy.trace_repository import blank_messages
from inbox.privacy.views import RetentionPreview

log = structlog.get_logger(__name__)

MEDIA: Final = "media"
MESSAGES: Final = "messages"
CONTACTS: Final = "contacts"

# A portion is one short transaction (500 rows: about 30 ms), so that nobody who writes meanwhile waits for it.
_PORTION: Final = 500
_TICKETS: Final = 200
# Of one account in one run (they come hourly): 48 runs a day and kind keep up with half a million messages a day.
_MOST_MESSAGES: Final = 20_000
_MOST_FILES: Final = 5_000
_MOST_CONTACTS: Final = 20_000
_MOST_ERASURES: Final = 500
# A preview answers within a request; who has more to remove reads "more than".
_MOST_COUNTED_TICKETS: Final = 5_000
_MOST_COUNTED_CONTACTS: Final = 20_000
# Meta repeats a webhook for at most 7 days (cloud-api, section 1): by then every message has come that will.
_ORPHAN_AGE: Final = timedelta(days=8)
# Two days' worth each day: a worker that was away a day misses nothing.
_ORPHAN_SPAN: Final = timedelta(days=2)

REASON: Final = "retention"


@dataclass
class Removed:
    """What a run took away from one account."""

    files: int = 0
    messages: int = 0
    erasures: int = 0
    fields: dict[str, int] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        counted = {"files": self.files, "messages": self.messages, "contacts": self.erasures}
        counted |= {f"field.{name}": count for name, count in self.fields.items()}
        return {name: count for name, count in counted.items() if count}


class Retention:
    """One per worker process."""

    def __init__(self, database: Database, store: MediaStore) -> None:
        self._database = database
        self._store = store

    async def run(self) -> None:
        """Every account that has rules, one after the other."""
        async with self._database.system() as work:
            policies = await expiry.fetch_policies(work.session)
        for account_id, policy in policies:
            await self.run_account(account_id, policy)

    async def run_account(self, account_id: UUID, policy: PrivacyPolicy) -> Removed:
        rules, removed, now = policy.retention, Removed(), self._database.now()
        if rules.media_days is not None:
            await self._expire_files(account_id, now - timedelta(days=rules.media_days), removed)
        if rules.messages_days is not None:
            await self._expire_messages(account_id, now - timedelta(days=rules.messages_days), removed)
        if rules.contacts_days is not None or rules.contact_fields_days:
            await self._expire_contacts(account_id, rules, now, removed)
        counts = removed.counts()
        if counts:
            async with self._database.system(account_id) as work:
                work.audit(AuditEntry("privacy.retention_applied", "account", account_id, after=counts))
            log.info("retention_applied", account_id=str(account_id), **counts)
        return removed

    async def forget_orphans(self) -> dict[str, int]:
        """Statuses and reactions of messages that are not there: an erased message's may come days later, and their ids
        hold a phone number."""
        until = self._database.now() - _ORPHAN_AGE
        async with self._database.system() as work:
            return await expiry.forget_orphans(work.session, until - _ORPHAN_SPAN, until)

    # ── files and messages ──────────────────────────────────────────────────────────────────────────────────────────

    async def _expire_files(self, account_id: UUID, cutoff: datetime, removed: Removed) -> None:
        while removed.files < _MOST_FILES:
            tickets = await self._next_tickets(account_id, MEDIA, cutoff)
            for ticket in tickets:
                while count := await self._expire_portion_of_files(account_id, ticket):
                    removed.files += count
                await self._pass_ticket(account_id, MEDIA, ticket)
                if removed.files >= _MOST_FILES:
                    return
            if not tickets:
                return

    async def _expire_portion_of_files(self, account_id: UUID, ticket: ClosedTicket) -> int:
        async with self._database.system(account_id) as work:
            files = await expiry.fetch_expired_files(work.session, account_id, ticket, _PORTION)
            # First nobody may bring them back, then the bytes go, then what points at them.
            await expiry.close_files(work.session, account_id, [file.media_id for file in files], _FILE_ERROR)
        for file in files:
            await self._store.delete(
                file.storage_key or storage_key(account_id, file.media_id, file.created_at)
            )
        if files:
            async with self._database.system(account_id) as work:
                await expiry.forget_files(work.session, account_id, files, _MESSAGE_ERROR)
        return len(files)

    async def _expire_messages(self, account_id: UUID, cutoff: datetime, removed: Removed) -> None:
        while removed.messages < _MOST_MESSAGES:
            tickets = await self._next_tickets(account_id, MESSAGES, cutoff)
            for ticket in tickets:
                while await self._expire_portion_of_files(account_id, ticket):
                    pass
                while count := await self._expire_portion_of_messages(account_id, ticket):
                    removed.messages += count
                await self._pass_ticket(account_id, MESSAGES, ticket)
                if removed.messages >= _MOST_MESSAGES:
                    return
            if not tickets:
                return

    async def _expire_portion_of_messages(self, account_id: UUID, ticket: ClosedTicket) -> int:
        async with self._database.system(account_id) as work:
            rows = await expiry.fetch_expired_messages(work.session, account_id, ticket, _PORTION)
            if rows:
                await blank_messages(work.session, account_id, rows, work.now(), anonymous=False)
                await expiry.blank_preview(work.session, account_id, ticket.id, ERASED_PREVIEW)
        return len(rows)

    async def _next_tickets(self, account_id: UUID, kind: str, cutoff: datetime) -> list[ClosedTicket]:
        async with self._database.system(account_id) as work:
            mark = await expiry.fetch_mark(work.session, account_id, kind)
            return await expiry.fetch_closed_tickets(work.session, account_id, mark, cutoff, _TICKETS)

    async def _pass_ticket(self, account_id: UUID, kind: str, ticket: ClosedTicket) -> None:
        async with self._database.system(account_id) as work:
            await expiry.move_mark(
                work.session, account_id, kind, Mark(ticket.closed_at, ticket.id), work.now()
            )

    # ── contacts ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _expire_contacts(
        self, account_id: UUID, rules: RetentionPolicy, now: datetime, removed: Removed
    ) -> None:
        async with self._database.system(account_id) as work:
            after = (await expiry.fetch_mark(work.session, account_id, CONTACTS)).last_id
        looked_at = 0
        while looked_at < _MOST_CONTACTS and removed.erasures < _MOST_ERASURES:
            async with self._database.system(account_id) as work:
                contacts = await expiry.fetch_contacts_after(work.session, account_id, after, _PORTION)
                for contact in contacts:
                    if is_over(contact, rules.contacts_days, now):
                        row = await repository.fetch_contact(work.session, account_id, contact.id)
                        assert row is not None
                        key = self._database.audit_key
                        await insert_erasure(work, account_id, row, reason=REASON, requested_by=None, key=key)
                        removed.erasures += 1
                    elif fields := stale_fields(contact, rules.contact_fields_days, now):
                        await expiry.empty_fields(work.session, account_id, contact.id, fields, now)
                        for name in fields:
                            removed.fields[name] = removed.fields.get(name, 0) + 1
                looked_at += len(contacts)
                # At the end it begins anew with the next run.
                after = contacts[-1].id if len(contacts) == _PORTION else BEGINNING
                await expiry.move_mark(work.session, account_id, CONTACTS, Mark(None, after), now)
            if after == BEGINNING:
                return


def is_over(contact: QuietContact, days: int | None, now: datetime) -> bool:
    return (
        days is not None and not contact.has_open_ticket and contact.quiet_since <= now - timedelta(days=days)
    )


def stale_fields(contact: QuietContact, days_by_field: dict[str, int], now: datetime) -> list[str]:
    return [
        name
        for name in contact.filled
        if name in days_by_field and contact.quiet_since <= now - timedelta(days=days_by_field[name])
    ]


# ── beforehand ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def preview_retention(
    database: Database, actor: Actor, proposed: RetentionPolicy | None = None
) -> RetentionPreview:
    """What the rules would remove now: the account's, or those proposed."""
    actor.require(Permission.PRIVACY_MANAGE)
    async with database.acting(actor) as work:
        session, account_id, now = work.session, actor.account_id, work.now()
        policy, _ = await repository.fetch_policy(session, account_id)
        rules = proposed or policy.retention
        preview = RetentionPreview(
            as_of=now, files=0, file_bytes=0, messages=0, contacts=0, fields={}, is_capped=False
        )
        limit = _MOST_COUNTED_TICKETS
        if rules.media_days is not None:
            mark = await expiry.fetch_mark(session, account_id, MEDIA)
            cutoff = now - timedelta(days=rules.media_days)
            tickets, preview.files, preview.file_bytes = await expiry.count_files(
                session, account_id, mark, cutoff, limit
            )
            preview.is_capped |= tickets == limit
        if rules.messages_days is not None:
            mark = await expiry.fetch_mark(session, account_id, MESSAGES)
            cutoff = now - timedelta(days=rules.messages_days)
            tickets, preview.messages = await expiry.count_messages(session, account_id, mark, cutoff, limit)
            preview.is_capped |= tickets == limit
        if rules.contacts_days is not None or rules.contact_fields_days:
            contacts = await expiry.fetch_contacts_after(
                session, account_id, BEGINNING, _MOST_COUNTED_CONTACTS
            )
            preview.is_capped |= len(contacts) == _MOST_COUNTED_CONTACTS
            _count_contacts(contacts, rules, now, preview)
        return preview


def _count_contacts(
    contacts: list[QuietContact], rules: RetentionPolicy, now: datetime, preview: RetentionPreview
) -> None:
    for contact in contacts:
        if is_over(contact, rules.contacts_days, now):
            preview.contacts += 1
            continue
        for name in stale_fields(contact, rules.contact_fields_days, now):
            preview.fields[name] = preview.fields.get(name, 0) + 1


_FILE_ERROR: Final = orjson.dumps({"code": "removed_by_retention", "final": True}).decode()
_MESSAGE_ERROR: Final = MessageError(
    code=None,
    title="The file was removed by the retention rules",
    details="",
    reason_key="media_removed",
    reason={
        "pt-BR": "O arquivo foi eliminado pelas regras de retenção da empresa.",
        "en": "The file was removed by the company's retention rules.",
    },
    can_retry=False,
).model_dump_json()
