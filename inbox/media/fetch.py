"""Fetches files of inbound messages: look up → download → check → store → tell. A durable, idempotent job.

Invariants
- The message is never at stake: it is stored before this runs, and whatever fails here only leaves its file missing.
- A file counts as here only when its bytes have the digest that Meta announced and lie in the store.
- Tried with growing pauses while WhatsApp still has the file (7 days). After the first few minutes without success the
  file shows as failed, with the reason, while the tries go on; success heals it.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import procrastinate
import structlog
from prometheus_client import Counter

from inbox.conversations.events import MessageError
from inbox.kernel.database import Database
from inbox.kernel.errors import ProsaError
from inbox.kernel.job_worker import Backoff, GiveUp
from inbox.media import repository
from inbox.media.errors import MediaExpired
from inbox.media.events import record_message_updated
from inbox.media.files import TooManyBytes, receive, run_codec, temporary_folder
from inbox.media.inspection import Inspection, inspect_file
from inbox.media.models import Media
from inbox.media.service import FETCH_TASK, MEDIA_QUEUE
from inbox.media.storage import MediaStore, storage_key
from inbox.media.uploads import forget_unsent_uploads
from inbox.whatsapp.client import GraphClient, GraphTarget
from inbox.whatsapp.graph_errors import GraphError, GraphUnreachable, MediaTooLarge, MediaUrlExpired

log = structlog.get_logger(__name__)

FETCHES = Counter("prosa_media_fetches_total", "Files of inbound messages by how a try ended", ["outcome"])

# Inbound ids live 7 days (cloud-api, section 4); used when the webhook did not leave a date.
_META_ID_LIFE = timedelta(days=7)
# The largest document is 100 MB; Meta itself sends nothing bigger.
_MOST_BYTES = 105 * 1024 * 1024
# 3 s, 6 s, … 1 h: 12 tries in the first hour and a half, then hourly for a week.
RETRY = Backoff(first_seconds=3, longest_seconds=3600, attempts=185)
# After this many tries (about three minutes) people should see that something is wrong.
_SHOWN_AS_FAILED_AFTER = 6
# "Invalid parameter" and "wrong id": Meta no longer has it, or it belongs to another number. A few tries more, because
# new ids have been seen to be unknown for a moment.
_UNKNOWN_ID_CODES = frozenset({33, 100})
_UNKNOWN_ID_TRIES = 4

TargetOf = Callable[[UUID, UUID], Awaitable[GraphTarget]]
"""(account, number) → where and with which token to ask."""


class DigestMismatch(ProsaError):
    """The bytes are not those that Meta announced: cut or changed on the way."""

    code = "media_digest_mismatch"
    status = 502
    title = "The file did not arrive intact"
    retryable = True


class MediaFetcher:
    """One per process."""

    def __init__(
        self, database: Database, store: MediaStore, client: GraphClient, target_of: TargetOf
    ) -> None:
        self._database = database
        self._store = store
        self._client = client
        self._target_of = target_of

    async def fetch(self, account_id: UUID, media_id: UUID) -> None:
        """One try. Raises what a later try may heal, GiveUp when none can; the row and its message say which."""
        async with self._database.system(account_id) as work:
            media = await repository.fetch_media(work.session, account_id, media_id)
        if media is None or media.state == "stored" or media.meta_media_id is None or media.number_id is None:
            return
        try:
            await self._fetch(media)
        except (MediaExpired, MediaTooLarge) as error:
            await self._fail(media, error, final=True)
            raise GiveUp from error
        except GraphError as error:
            final = error.graph_code in _UNKNOWN_ID_CODES and media.attempts + 1 >= _UNKNOWN_ID_TRIES
            await self._fail(media, error, final=final)
            if final:
                raise GiveUp from error
            raise
        except ProsaError as error:
            await self._fail(media, error, final=False)
            raise
        FETCHES.labels("stored").inc()

    async def _fetch(self, media: Media) -> None:
        assert media.meta_media_id is not None
        assert media.number_id is not None
        if self._database.now() >= (media.meta_expires_at or media.created_at + _META_ID_LIFE):
            raise MediaExpired(media_id=media.id)
        target = await self._target_of(media.account_id, media.number_id)
        async with temporary_folder() as folder:
            file = folder / "download"
            size, digest = await self._download(target, media, file)
            inspection = await run_codec(
                lambda: inspect_file(file, declared=media.mime_type, file_name=media.file_name)
            )
            key = storage_key(media.account_id, media.id, media.created_at)
            await self._store.put(key, file, inspection.mime_type)
        await self._mark_stored(media, inspection, size=size, digest=digest, key=key)

    async def _download(self, target: GraphTarget, media: Media, file: Path) -> tuple[int, str]:
        """Size and digest of what came. An address that has just expired is looked up once more."""
        assert media.meta_media_id is not None
        for last_try in (False, True):
            info = await self._client.lookup_media(target, media.meta_media_id)
            try:
                async with self._client.download_media(target, info.url, max_bytes=_MOST_BYTES) as download:
                    received = await receive(download.chunks, file, most_bytes=_MOST_BYTES)
            except MediaUrlExpired:
                if last_try:
                    raise
                continue
            except TooManyBytes as error:
                raise MediaTooLarge(limit=_MOST_BYTES) from error
            expected = media.sha256 or info.sha256
            if expected is not None and received.sha256 != expected.lower():
                raise DigestMismatch(media_id=media.id)
            return received.size, received.sha256
        raise GraphUnreachable("the file's address expires at once")

    async def _mark_stored(
        self, media: Media, inspection: Inspection, *, size: int, digest: str, key: str
    ) -> None:
        facts: dict[str, Any] = {
            "mime_type": inspection.mime_type,
            "sha256": digest,
            "size": size,
            "width": inspection.width,
            "height": inspection.height,
            "duration_ms": inspection.duration_ms,
            "storage_key": key,
        }
        async with self._database.system(media.account_id) as work:
            stored = await repository.mark_stored(work.session, media.account_id, media.id, facts)
            wanted = stored or await repository.is_wanted(work.session, media.account_id, media.id)
            if stored and media.message_id is not None:
                await repository.set_message_error(work.session, media.account_id, media.message_id, None)
                await record_message_updated(work, media.account_id, media.message_id)
        if not wanted:
            # Erased while it was fetched: what was just put into the store must not outlive it.
            await self._store.delete(key)
        if not stored:
            return
        log.info("media_stored", media_id=str(media.id), size=size, mime_type=inspection.mime_type)

    async def _fail(self, media: Media, error: ProsaError, *, final: bool) -> None:
        """Keeps the reason; shows the file as failed once that is final or has lasted."""
        FETCHES.labels("failed" if final else "retried").inc()
        attempt = media.attempts + 1
        shown = final or attempt >= _SHOWN_AS_FAILED_AFTER
        state = "failed" if shown else "pending"
        log.warning(
            "media_not_fetched", media_id=str(media.id), attempt=attempt, final=final, error=error.code,
            graph_code=getattr(error, "graph_code", None),
        )  # fmt: skip
        async with self._database.system(media.account_id) as work:
            previous = await repository.mark_attempt(
                work.session,
                media.account_id,
                media.id,
                state=state,
                error={
                    "code": error.code,
                    "detail": error.detail,
                    "final": final,
                    "at": self._database.now(),
                },
            )
            if media.message_id is not None and shown and previous == "pending":
                reason = _message_error("media_expired" if final else "media_unavailable", error)
                await repository.set_message_error(
                    work.session, media.account_id, media.message_id, reason.model_dump()
                )
                await record_message_updated(work, media.account_id, media.message_id)


def media_jobs(fetcher: MediaFetcher, database: Database, store: MediaStore) -> procrastinate.Blueprint:
    """Tasks `media.fetch` {account_id, media_id} and, daily, `media.clean_up`."""
    blueprint = procrastinate.Blueprint()

    @blueprint.periodic(cron="23 4 * * *")
    @blueprint.task(name="media.clean_up", queue="maintenance", retry=Backoff(60, 3600, 5))
    async def clean_up(timestamp: int) -> None:
        del timestamp
        forgotten = await forget_unsent_uploads(database, store)
        log.info("unsent_uploads_forgotten", count=forgotten)

    @blueprint.task(name=FETCH_TASK, queue=MEDIA_QUEUE, retry=RETRY)
    async def fetch(account_id: str, media_id: str) -> None:
        await fetcher.fetch(UUID(account_id), UUID(media_id))

    return blueprint


def _message_error(reason_key: str, error: ProsaError) -> MessageError:
    reason = _REASONS[reason_key]
    return MessageError(
        code=error.graph_code if isinstance(error, GraphError) else None,
        title=reason["en"],
        details=error.detail,
        reason_key=reason_key,
        reason=reason,
        can_retry=True,
    )


_REASONS = {
    "media_unavailable": {
        "pt-BR": "Ainda não foi possível baixar o arquivo do WhatsApp. Continuamos tentando.",
        "en": "The file could not be fetched from WhatsApp yet. We keep trying.",
    },
    "media_expired": {
        "pt-BR": "O WhatsApp não tem mais este arquivo. Peça ao contato para enviar de novo.",
        "en": "WhatsApp no longer has this file. Ask the contact to send it again.",
    },
}
