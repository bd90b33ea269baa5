"""`prosa work`: sends messages for every number that has some, fetches media, runs durable jobs.

Any number of these processes may run; numbers and jobs are shared out by the database. The process ends with an error
when one of its parts ends by itself, so that whoever supervises it starts it anew; a database or Redis that is away for a
while is waited for.
"""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import asyncpg
import httpx
import procrastinate
import structlog
from sqlalchemy.exc import SQLAlchemyError

from inbox.accounts.account_export import AccountExportMaker
from inbox.accounts.account_jobs import account_jobs
from inbox.audit.export import AuditExportMaker
from inbox.exports.jobs import ExportWorker, export_jobs
from inbox.exports.views import ExportKind, ExportMaker
from inbox.identity.jobs import identity_jobs
from inbox.installation.jobs import installation_jobs
from inbox.kernel.content_seal import KEYRING
from inbox.kernel.database import Database
from inbox.kernel.errors import Unavailable
from inbox.kernel.ids import new_id
from inbox.kernel.job_worker import build_job_app, maintenance_jobs, renew_event_partitions, run_jobs
from inbox.mail.jobs import MailSender, mail_jobs
from inbox.mail.service import Mailer
from inbox.media.fetch import MediaFetcher, media_jobs
from inbox.media.storage import MediaStore
from inbox.media.uploads import MetaUploads
from inbox.outbox.claim import Claimed
from inbox.outbox.dispatcher import Dispatcher
from inbox.outbox.jobs import receipt_jobs
from inbox.outbox.lease import Lease
from inbox.outbox.pool import open_outbox_pool
from inbox.outbox.targets import NumberTarget, Targets
from inbox.privacy.contact_archive import ContactExportMaker
from inbox.privacy.eraser import Eraser
from inbox.privacy.jobs import privacy_jobs
from inbox.privacy.retention import Retention
from inbox.privacy.sealing import Sealer
from inbox.proof.jobs import proof_jobs
from inbox.proof.observer import REPORT_SECONDS, Observer
from inbox.whatsapp.client import GraphClient, GraphTarget
from inbox.whatsapp.http import SANDBOX_HOSTS, build_http_client
from realtime.bus import Bus, RedisPublisher
from realtime.ephemeral import announce_account_change
from server.settings import Settings
from server.system_log import SystemLogWriter

log = structlog.get_logger(__name__)

_NUDGE_TOPIC = "outbox"
_CONNECT_ATTEMPTS = 30
_CONNECT_PAUSE_SECONDS = 1.0


@dataclass
class Worker:
    """The parts of one worker process. `wake` is set by nudges."""

    settings: Settings
    database: Database
    pool: asyncpg.Pool
    http: httpx.AsyncClient
    bus: Bus
    observer: Observer
    dispatcher: Dispatcher
    jobs: procrastinate.App
    wake: asyncio.Event

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`: begins nothing new, finishes what runs, gives numbers and jobs back."""
        await self.bus.start()
        nudges = asyncio.create_task(
            self.bus.subscribe_nudges(_NUDGE_TOPIC, self.wake.set), name="work nudges"
        )
        parts = [
            asyncio.create_task(self.dispatcher.run(stop), name="work outbox"),
            asyncio.create_task(run_jobs(self.jobs, stop), name="work jobs"),
            asyncio.create_task(self._renew_partitions(), name="work partitions"),
        ]
        reports = asyncio.create_task(self._report(stop), name="work proof")
        log.info("worker_started")
        try:
            await _until_stopped(stop, [*parts[:2], nudges])
        finally:
            stop.set()
            await asyncio.gather(*parts, return_exceptions=True)
            nudges.cancel()
            await asyncio.gather(nudges, reports, return_exceptions=True)
            await self.bus.stop()
            log.info("worker_stopped")

    async def _report(self, stop: asyncio.Event) -> None:
        """What this process has handed to Redis; the last time when everything else has ended."""
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), REPORT_SECONDS)
            await self.observer.report(self.pool)

    async def _renew_partitions(self) -> None:
        """A machine that sleeps at night misses the daily job; partitions are made seven days ahead, so once is enough."""
        try:
            await renew_event_partitions(self.database, keep_days=self.settings.event_retention_days)
        except (SQLAlchemyError, OSError) as error:
            log.warning("event_partitions_not_renewed", error=type(error).__name__)


async def run_worker(settings: Settings, stop: asyncio.Event | None = None) -> None:
    """Runs until SIGTERM, SIGINT or `stop`. Raises when a part fails for good or the database is never there."""
    stop = stop or asyncio.Event()
    with _stopped_by_signals(stop):
        async with open_worker(settings) as worker, SystemLogWriter(worker.database, "work").running():
            await worker.run(stop)


@contextlib.asynccontextmanager
async def open_worker(settings: Settings) -> AsyncIterator[Worker]:
    """Connects and builds; closes everything in reverse."""
    async with contextlib.AsyncExitStack() as stack:
        observer = Observer()
        publisher = RedisPublisher(settings.redis_url, observer)
        stack.push_async_callback(publisher.close)
        database = Database(
            settings.resolved_app_database_url,
            settings.resolved_system_database_url,
            audit_key=settings.audit_key,
            publisher=publisher,
        )
        stack.push_async_callback(database.close)
        pool = await _connect(settings.resolved_system_database_url)
        stack.push_async_callback(pool.close)
        http = build_http_client(inside_hosts=[*SANDBOX_HOSTS, *settings.inside_hosts])
        stack.push_async_callback(http.aclose)
        yield _build_worker(settings, database, pool, http, publisher, observer)
        await publisher.drained()
        await observer.report(pool)


def _build_worker(
    settings: Settings,
    database: Database,
    pool: asyncpg.Pool,
    http: httpx.AsyncClient,
    publisher: RedisPublisher,
    observer: Observer,
) -> Worker:
    KEYRING.use(settings.vault)
    client = GraphClient(http)
    hosts = [host.strip() for host in settings.media_hosts.split(",") if host.strip()]
    targets = Targets(pool, settings.vault, media_hosts=hosts)
    store = MediaStore(settings.resolved_media_url)
    uploads = MetaUploads(database, store, client)
    wake = asyncio.Event()

    async def graph_target(account_id: UUID, number_id: UUID) -> GraphTarget:
        return (await targets.target(account_id, number_id)).graph

    async def upload_files(lease: Lease, target: NumberTarget, item: Claimed) -> None:
        for media_id in item.to_upload:
            await uploads.upload(lease.key.account_id, lease.key.number_id, target.graph, media_id)

    dispatcher = Dispatcher(
        pool,
        # Unique per start: a process that comes back under its old pid is another holder.
        holder=f"{socket.gethostname()}:{os.getpid()}:{new_id()}",
        client=client,
        targets=targets,
        uploader=upload_files,
        publisher=publisher,
        wake=wake,
    )
    jobs = build_job_app(
        settings.resolved_system_database_url,
        [
            maintenance_jobs(database, keep_days=settings.event_retention_days),
            media_jobs(MediaFetcher(database, store, client, graph_target), database, store),
            receipt_jobs(targets, client),
            mail_jobs(MailSender(database, settings.vault, settings.mail_server, settings.mail_from)),
            export_jobs(_export_worker(settings, database, store)),
            privacy_jobs(
                Eraser(database, store, settings.vault), Retention(database, store), Sealer(database)
            ),
            account_jobs(database, store, partial(announce_account_change, publisher)),
            installation_jobs(database),
            identity_jobs(database),
            proof_jobs(database),
        ],
    )
    return Worker(settings, database, pool, http, Bus(settings.redis_url), observer, dispatcher, jobs, wake)


def _export_worker(settings: Settings, database: Database, store: MediaStore) -> ExportWorker:
    makers: dict[ExportKind, ExportMaker] = {
        ExportKind.AUDIT: AuditExportMaker(database),
        ExportKind.CONTACT: ContactExportMaker(database, store),
        ExportKind.ACCOUNT: AccountExportMaker(database, store),
    }
    return ExportWorker(
        database, store, Mailer(settings.vault), makers, page_url=f"{settings.base_url}/settings/exports"
    )


async def _connect(url: str) -> asyncpg.Pool:
    """The database may still be starting."""
    for attempt in range(1, _CONNECT_ATTEMPTS + 1):
        try:
            return await open_outbox_pool(url)
        except (OSError, asyncpg.PostgresError) as error:
            if attempt == _CONNECT_ATTEMPTS:
                raise Unavailable("the database cannot be reached") from error
            log.warning("database_not_ready", attempt=attempt, error=type(error).__name__)
            await asyncio.sleep(_CONNECT_PAUSE_SECONDS)
    raise AssertionError("unreachable")


async def _until_stopped(stop: asyncio.Event, parts: list["asyncio.Task[None]"]) -> None:
    """Returns when `stop` is set; raises what a part raised, or that it ended without being told."""
    waiting = asyncio.create_task(stop.wait(), name="work stop")
    done, _ = await asyncio.wait({waiting, *parts}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if stop.is_set():
        return
    for part in done:
        if part is not waiting:
            await part
            raise RuntimeError(f"{part.get_name()} ended by itself")


@contextlib.contextmanager
def _stopped_by_signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)
    for number in signals:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
