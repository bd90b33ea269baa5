"""Files made on request: asked for in the transaction of whoever asks, made by the worker, gone after a week.

Invariants
- pending → ready → expired, or pending → failed; `jobs.py` alone moves them.
- Who may ask for a kind may list and download that kind, whoever asked; each download is on record.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from inbox.exports import repository
from inbox.exports.views import ExportKind, ExportView
from inbox.kernel.actor import Actor
from inbox.kernel.audit import AuditEntry
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Conflict, Forbidden, NotFound
from inbox.kernel.ids import new_id
from inbox.kernel.jobs import defer_in
from inbox.kernel.permissions import Permission
from inbox.media.storage import MediaStore, StoredFile

MAKE_TASK: Final = "exports.make"
EXPORT_QUEUE: Final = "exports"

EXPORT_PERMISSIONS: Final[dict[ExportKind, Permission]] = {
    ExportKind.CONTACT: Permission.PRIVACY_MANAGE,
    ExportKind.AUDIT: Permission.AUDIT_VIEW,
    ExportKind.ACCOUNT: Permission.ACCOUNT_MANAGE,
}

# Rows of a page that is looked at, not paged: files live a week.
_MOST_LISTED: Final = 200


class ExportNotReady(Conflict):
    """Extra member `state`."""

    code = "export_not_ready"
    title = "The file is not there: it is still being made, could not be made, or its time is over"


@dataclass(frozen=True, slots=True)
class OpenedExport:
    export: ExportView
    stored: StoredFile


async def request_export(
    work: UnitOfWork,
    actor: Actor,
    *,
    kind: ExportKind,
    subject_id: UUID | None = None,
    parameters: dict[str, Any] | None = None,
) -> ExportView:
    """Within the caller's transaction (`acting` or `system`). Raises Forbidden.

    `parameters` are the maker's own; JSON-able, and on record: no personal data.
    """
    actor.require(EXPORT_PERMISSIONS[kind])
    export_id = new_id()
    await repository.insert_export(
        work.session, account_id=actor.account_id, export_id=export_id, kind=kind, subject_id=subject_id,
        parameters=parameters or {}, requested_by=actor.user_id, at=work.now(),
    )  # fmt: skip
    await defer_in(
        work.session,
        MAKE_TASK,
        {"account_id": actor.account_id, "export_id": export_id},
        queue=EXPORT_QUEUE,
        # One at a time per account: they read a lot.
        lock=f"exports:{actor.account_id}",
    )
    details = {
        "kind": kind.value,
        "subject_id": str(subject_id) if subject_id else None,
        **(parameters or {}),
    }
    work.audit(AuditEntry("export.requested", "export", export_id, after=details), actor.account_id)
    found = await repository.fetch_export(work.session, actor.account_id, export_id)
    assert found is not None
    return found[0]


async def list_exports(database: Database, actor: Actor) -> list[ExportView]:
    """The newest, of the kinds that the actor may have. Raises Forbidden when that is none."""
    kinds = [kind.value for kind, permission in EXPORT_PERMISSIONS.items() if actor.may(permission)]
    if not kinds:
        raise Forbidden
    async with database.acting(actor) as work:
        return await repository.fetch_exports(work.session, actor.account_id, kinds, _MOST_LISTED)


async def get_export(database: Database, actor: Actor, export_id: UUID) -> ExportView:
    """Raises NotFound, also for a kind that the actor may not have."""
    async with database.acting(actor) as work:
        return (await _access_export(work, actor, export_id))[0]


async def open_export(database: Database, actor: Actor, store: MediaStore, export_id: UUID) -> OpenedExport:
    """The file, as a stream, on record. Raises NotFound, ExportNotReady."""
    async with database.acting(actor) as work:
        export, key = await _access_export(work, actor, export_id)
        now = work.now()
        is_over = export.expires_at is not None and export.expires_at <= now
        if export.state != "ready" or key is None or is_over:
            raise ExportNotReady(export_id=export_id, state="expired" if is_over else export.state)
        work.audit(AuditEntry("export.downloaded", "export", export_id, after={"kind": export.kind.value}))
    return OpenedExport(export, await store.open(key))


async def _access_export(work: UnitOfWork, actor: Actor, export_id: UUID) -> tuple[ExportView, str | None]:
    found = await repository.fetch_export(work.session, actor.account_id, export_id)
    if found is None or not actor.may(EXPORT_PERMISSIONS[found[0].kind]):
        raise NotFound(export_id=export_id)
    return found
