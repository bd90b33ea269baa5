"""Brings files of outgoing messages to Meta: once per file and number; the id serves every message for 30 days."""

from datetime import timedelta
from uuid import UUID

import structlog

from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from inbox.media import repository
from inbox.media.errors import FileTooLarge
from inbox.media.limits import MOST_BYTES
from inbox.media.storage import MediaStore
from inbox.whatsapp.client import GraphClient, GraphTarget

log = structlog.get_logger(__name__)

# Uploaded ids live 30 days (cloud-api, section 4); a day less, for clocks and queues.
_META_ID_LIFE = timedelta(days=29)
_MB = 1024 * 1024
# Meta's upload takes a short list of types; any other text is plain text to it.
_PLAIN_TEXT = "text/plain"


# Whoever picks a file and closes the browser does not come back for it after a day.
_UNSENT_LIFE = timedelta(days=1)
_UNSENT_BATCH = 200


async def forget_unsent_uploads(database: Database, store: MediaStore) -> int:
    """Removes uploads that no message carried within a day; answers how many.

    The row goes first: a crash between leaves bytes that nothing points at, never a message without its file.
    """
    forgotten = 0
    while True:
        async with database.system() as work:
            keys = await repository.delete_unsent_uploads(
                work.session, database.now() - _UNSENT_LIFE, _UNSENT_BATCH
            )
        for key in keys:
            await store.delete(key)
        forgotten += len(keys)
        if len(keys) < _UNSENT_BATCH:
            return forgotten


class MetaUploads:
    """One per process."""

    def __init__(self, database: Database, store: MediaStore, client: GraphClient) -> None:
        self._database = database
        self._store = store
        self._client = client

    async def upload(self, account_id: UUID, number_id: UUID, target: GraphTarget, media_id: UUID) -> str:
        """Meta's id of the file for this number, an old one while it lives. Raises NotFound, UnusableFile, GraphError,
        GraphUnreachable."""
        now = self._database.now()
        async with self._database.system(account_id) as work:
            media = await repository.fetch_media(work.session, account_id, media_id)
        if media is None or media.state != "stored" or media.storage_key is None:
            raise NotFound(media_id=media_id)
        if (
            media.number_id == number_id
            and media.meta_media_id is not None
            and media.meta_expires_at is not None
            and media.meta_expires_at > now
        ):
            return media.meta_media_id
        stored = await self._store.open(media.storage_key)
        if stored.size > MOST_BYTES["document"]:
            raise FileTooLarge("too_large", limit_mb=MOST_BYTES["document"] // _MB)
        meta_media_id = await self._client.upload_media(
            target,
            stored.chunks,
            size=stored.size,
            mime_type=_PLAIN_TEXT if media.mime_type.startswith("text/") else media.mime_type,
            file_name=media.file_name or "file",
        )
        async with self._database.system(account_id) as work:
            await repository.set_meta_id(
                work.session,
                account_id,
                media_id,
                number_id=number_id,
                meta_media_id=meta_media_id,
                expires_at=now + _META_ID_LIFE,
            )
        log.info("media_uploaded", media_id=str(media_id), number_id=str(number_id), size=stored.size)
        return meta_media_id
