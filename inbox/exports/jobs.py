"""Makes exports: the maker of the kind writes a local file, the file goes to the media store, who asked hears of it.

Invariants
- A try that dies leaves the export pending; the next one writes the same key again, so nothing is left over.
- A file goes when its time is over: the row says so first, the bytes follow, and a store that does not answer is asked
  again the next time.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import procrastinate
import structlog

from inbox.exports import repository
from inbox.exports.service import EXPORT_QUEUE, MAKE_TASK
from inbox.exports.views import ExportKind, ExportMaker, ExportOrder, MadeExport
from inbox.kernel.audit import AuditEntry
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import ProsaError
from inbox.kernel.job_worker import Backoff, GiveUp
from inbox.mail.service import MailData, Mailer, MailTemplate
from inbox.media.files import temporary_folder
from inbox.media.storage import MediaStore

log = structlog.get_logger(__name__)

# Long enough to come back from a weekend; a copy of personal data should not lie about longer.
FILE_LIFE: Final = timedelta(days=7)
# 10 s, 20 s, … 10 min: a quarter of an hour, in which a database or store comes back.
_RETRY: Final = Backoff(first_seconds=10, longest_seconds=600, attempts=6)
_EXPIRY_BATCH: Final = 200
_UNEXPECTED: Final = "internal_error"


class ExportWorker:
    """One per worker process. `page_url`: where people find their exports."""

    def __init__(
        self, database: Database, store: MediaStore, mailer: Mailer, makers: Mapping[ExportKind, ExportMaker],
        *, page_url: str,
    ) -> None:  # fmt: skip
        self._database = database
        self._store = store
        self._mailer = mailer
        self._makers = makers
        self._page_url = page_url

    async def make(self, account_id: UUID, export_id: UUID, attempt: int) -> None:
        """One try, `attempt` counted from 1. Raises what a later try may heal, GiveUp when none can."""
        async with self._database.system(account_id) as work:
            order = await repository.fetch_order(work.session, account_id, export_id)
        if order is None:
            return
        maker = self._makers.get(order.kind)
        if maker is None:
            await self._fail(order, "export_kind_unknown", final=True)
            raise GiveUp(f"nobody makes exports of kind {order.kind}")
        is_last = attempt >= _RETRY.attempts
        try:
            async with temporary_folder() as folder:
                await self._make(order, maker, folder / "export")
        except ProsaError as error:
            final = is_last or not error.retryable
            await self._fail(order, error.code, final=final)
            if final:
                raise GiveUp from error
            raise
        except Exception:  # a maker's fault must not leave somebody waiting for ever
            log.exception("export_maker_failed", export_id=str(export_id), kind=order.kind)
            await self._fail(order, _UNEXPECTED, final=is_last)
            raise

    async def _make(self, order: ExportOrder, maker: ExportMaker, file: Path) -> None:
        made = await maker.make(order, file)
        key = storage_key(order.account_id, order.id)
        size = (await asyncio.to_thread(file.stat)).st_size
        await self._store.put(key, file, made.mime_type)
        async with self._database.system(order.account_id) as work:
            now = work.now()
            expires_at = now + FILE_LIFE
            ready = await repository.mark_ready(
                work.session, order.account_id, order.id, storage_key=key, file_name=made.file_name,
                mime_type=made.mime_type, size=size, at=now, expires_at=expires_at,
            )  # fmt: skip
            found = await repository.fetch_export(work.session, order.account_id, order.id)
            if ready:
                work.audit(
                    AuditEntry("export.made", "export", order.id, after={"kind": order.kind, "size": size})
                )
                await self._queue_mail(work, order, made)
        if found is None or found[0].state != "ready":
            # Its subject was erased while the file was made: the file must not outlive them.
            await self._store.delete(key)
        if not ready:
            return
        log.info("export_made", export_id=str(order.id), kind=order.kind, size=size)

    async def _queue_mail(self, work: UnitOfWork, order: ExportOrder, made: MadeExport) -> None:
        asked = await repository.fetch_requester(work.session, order.account_id, order.requested_by)
        if asked is None:
            return
        email, name, locale, account_name, brand_color, time_zone = asked
        await self._mailer.queue_mail(
            work,
            recipient=email,
            template=MailTemplate.EXPORT_READY,
            locale=locale,
            data=MailData(
                recipient_name=name,
                account_name=account_name,
                brand_color=brand_color,
                link=self._page_url,
                expires_at=work.now() + FILE_LIFE,
                file_name=made.file_name,
                time_zone=time_zone,
            ),
        )

    async def _fail(self, order: ExportOrder, code: str, *, final: bool) -> None:
        log.warning("export_not_made", export_id=str(order.id), kind=order.kind, error=code, final=final)
        async with self._database.system(order.account_id) as work:
            failed = await repository.mark_failed(
                work.session, order.account_id, order.id, error=code, final=final
            )
            if failed:
                work.audit(AuditEntry("export.failed", "export", order.id, after={"error": code}))

    async def expire(self) -> int:
        """Ends exports whose time is over and removes their files; answers how many ended."""
        ended = 0
        while True:
            async with self._database.system() as work:
                over = await repository.expire_exports(work.session, work.now(), _EXPIRY_BATCH)
                for account_id, export_id, kind, _ in over:
                    work.audit(
                        AuditEntry("export.expired", "export", export_id, after={"kind": kind}), account_id
                    )
            ended += len(over)
            await self._remove_files()
            if len(over) < _EXPIRY_BATCH:
                return ended

    async def _remove_files(self) -> None:
        async with self._database.system() as work:
            leftovers = await repository.fetch_leftovers(work.session, _EXPIRY_BATCH)
        for account_id, export_id, key in leftovers:
            await self._store.delete(key)
            async with self._database.system() as work:
                await repository.forget_file(work.session, account_id, export_id)


def storage_key(account_id: UUID, export_id: UUID) -> str:
    """Under the account, as all its files: erasing the account by its prefix takes exports too."""
    return f"{account_id}/exports/{export_id}"


def export_jobs(exports: ExportWorker) -> procrastinate.Blueprint:
    """Tasks `exports.make` {account_id, export_id} and, hourly, `exports.expire`."""
    blueprint = procrastinate.Blueprint()

    @blueprint.task(name=MAKE_TASK, queue=EXPORT_QUEUE, retry=_RETRY, pass_context=True)
    async def make(context: procrastinate.JobContext, account_id: str, export_id: str) -> None:
        await exports.make(UUID(account_id), UUID(export_id), context.job.attempts + 1)

    @blueprint.periodic(cron="11 * * * *")
    @blueprint.task(name="exports.expire", queue="maintenance", retry=Backoff(60, 1800, 5))
    async def expire(timestamp: int) -> None:
        del timestamp
        await exports.expire()

    return blueprint
