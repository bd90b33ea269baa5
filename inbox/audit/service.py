"""The audit log for those who may read it: pages, proof, and files.

An account's people read their account's chain behind row-level security; the installation's chain (kernel/audit.INSTALLATION)
is read by prosa_system for super admins, whose right to it the caller has checked.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final
from uuid import UUID

from inbox.audit import repository
from inbox.audit.verification import verify_chain
from inbox.audit.views import (
    AuditAccount,
    AuditEntryView,
    AuditFilters,
    AuditFormat,
    AuditPage,
    AuditWho,
    Verification,
)
from inbox.exports.service import request_export
from inbox.exports.views import ExportKind, ExportView
from inbox.kernel.actor import Actor
from inbox.kernel.audit import ACCOUNT_IDS, INSTALLATION, AuditActor, AuditEntry, RecordedEntry
from inbox.kernel.database import Database
from inbox.kernel.permissions import Permission

__all__ = [
    "AuditPage",
    "list_audit",
    "list_installation_audit",
    "name_entries",
    "request_audit_export",
    "verify_account",
    "verify_installation",
]

# Above every seq: bigint's highest.
_NEWEST: Final = 2**63 - 1


async def list_audit(
    database: Database, actor: Actor, filters: AuditFilters, *, below: int | None, limit: int
) -> AuditPage:
    """Newest first. Raises Forbidden."""
    actor.require(Permission.AUDIT_VIEW)
    async with database.acting(actor) as work:
        entries = await repository.fetch_page(
            work.session, actor.account_id, filters, below=below or _NEWEST, limit=limit + 1
        )
    return await _page(database, actor.account_id, entries, limit)


async def list_installation_audit(
    database: Database, filters: AuditFilters, *, below: int | None, limit: int
) -> AuditPage:
    """The chain of what concerns no account. The caller has made sure that a super admin asks."""
    async with database.system() as work:
        entries = await repository.fetch_page(
            work.session, INSTALLATION, filters, below=below or _NEWEST, limit=limit + 1
        )
    return await _page(database, INSTALLATION, entries, limit)


async def verify_account(database: Database, actor: Actor) -> Verification:
    """Checks the account's chain; that it was checked, and with what result, is on record too. Raises Forbidden."""
    actor.require(Permission.AUDIT_VIEW)
    found = await verify_chain(partial(database.acting, actor), database.audit_key, actor.account_id)
    result = {
        "entries": found.entries,
        "is_whole": found.is_whole,
        "first_broken_seq": found.first_broken_seq,
    }
    async with database.acting(actor) as work:
        work.audit(AuditEntry("audit.verified", after=result))
    return found


async def verify_installation(database: Database) -> Verification:
    """The chain of what concerns no account. The caller has made sure that a super admin asks."""
    return await verify_chain(database.system, database.audit_key, INSTALLATION)


async def request_audit_export(
    database: Database, actor: Actor, filters: AuditFilters, format_: AuditFormat
) -> ExportView:
    """Raises Forbidden."""
    parameters = {"format": format_, "filters": filters.model_dump(mode="json", exclude_defaults=True)}
    async with database.acting(actor) as work:
        return await request_export(work, actor, kind=ExportKind.AUDIT, parameters=parameters)


async def _page(
    database: Database, account_id: UUID, entries: Sequence[RecordedEntry], limit: int
) -> AuditPage:
    shown = entries[:limit]
    items = await name_entries(database, account_id, shown)
    return AuditPage(items, shown[-1].seq if len(entries) > limit else None)


async def name_entries(
    database: Database, account_id: UUID, entries: Sequence[RecordedEntry]
) -> list[AuditEntryView]:
    """Entries with the names of today of what they name by id: a super admin who signed in as somebody, people who left.

    Read as prosa_system, for such people are not visible in the account; only names of what entries of this account name.
    """
    wanted: dict[str, set[UUID]] = {}
    for entry in entries:
        if entry.impersonator_id is not None:
            wanted.setdefault("user", set()).add(entry.impersonator_id)
        target = _target_uuid(entry)
        if target is not None:
            wanted.setdefault(entry.target_kind, set()).add(target)
    if account_id == INSTALLATION:  # a company's own record names no other
        for entry in entries:
            wanted.setdefault("account", set()).update(_account_ids(entry))
    names: dict[str, dict[UUID, str]] = {}
    if wanted:
        async with database.system() as work:
            for kind, ids in wanted.items():
                names[kind] = await repository.fetch_names(work.session, account_id, kind, ids)
    return [_view(account_id, entry, names) for entry in entries]


def _view(chain: UUID, entry: RecordedEntry, names: dict[str, dict[UUID, str]]) -> AuditEntryView:
    target = _target_uuid(entry)
    impersonator = entry.impersonator_id
    return AuditEntryView(
        seq=entry.seq,
        at=entry.at,
        who=AuditWho(
            kind=AuditActor(entry.actor_kind),
            id=entry.actor_id,
            name=entry.actor_name,
            impersonator_id=impersonator,
            impersonator_name=names["user"].get(impersonator, "") if impersonator is not None else "",
        ),
        action=entry.action,
        target_kind=entry.target_kind,
        target_id=entry.target_id,
        target_name=names[entry.target_kind].get(target, "") if target is not None else "",
        accounts=[
            AuditAccount(id=id_, name=names["account"].get(id_, ""))
            for id_ in (_account_ids(entry) if chain == INSTALLATION else ())
        ],
        before=entry.before,
        after=entry.after,
        ip=entry.ip,
        user_agent=entry.user_agent,
        request_id=entry.request_id,
    )


def _account_ids(entry: RecordedEntry) -> list[UUID]:
    """Which companies an entry of the installation's chain concerns: its target, or what it says (ACCOUNT_IDS)."""
    said = (entry.after or {}).get(ACCOUNT_IDS, [])
    found = [entry.target_id] if entry.target_kind == "account" else said
    return [id_ for id_ in map(_uuid, found) if id_ is not None]


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _target_uuid(entry: RecordedEntry) -> UUID | None:
    """None when a name is not looked up for it."""
    if entry.target_kind not in repository.NAMED_KINDS:
        return None
    return _uuid(entry.target_id)
