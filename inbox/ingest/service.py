"""The front door of ingest: a signed body goes in, and the call returns when it is committed.

One per serve process. `receive` raises StorageUnavailable or IngestFull (answer 503: Meta sends it again), MalformedBody
(400), and nothing else that a webhook could cause.
"""

import asyncio
from datetime import datetime

import asyncpg

from inbox.ingest.apps import App, AppDirectory
from inbox.ingest.arrivals import Batch, Delivery, has_strangers, sort_webhook
from inbox.ingest.batcher import FLUSHES, Batcher
from inbox.ingest.connection import open_ingest_pool
from inbox.ingest.errors import StorageUnavailable
from inbox.ingest.store import Store
from inbox.kernel.clock import Clock, utc_now
from inbox.kernel.encryption import Vault
from inbox.kernel.event_log import EventPublisher
from inbox.whatsapp.document import load_document
from inbox.whatsapp.parse import parse_webhook
from inbox.whatsapp.payloads import ParsedWebhook

# One for each flush; the last looks apps up meanwhile.
_POOL_SIZE = FLUSHES + 1


class Ingest:
    def __init__(
        self, system_url: str, vault: Vault, publisher: EventPublisher | None = None, *, now: Clock = utc_now
    ) -> None:
        self.apps = AppDirectory(vault)
        self._url = system_url
        self._publisher = publisher
        self._now = now
        self._pool: asyncpg.Pool | None = None
        self._batcher: Batcher | None = None

    async def start(self) -> None:
        """Connects on first use: a database that is away delays nothing but the answers."""
        self._pool = await open_ingest_pool(self._url, size=_POOL_SIZE)
        self.apps.use(self._pool)
        self._batcher = Batcher(Store(self._pool, self._publisher, self._now).store)
        self._batcher.start()

    async def stop(self) -> None:
        """Flushes what was taken in, then closes the connections."""
        if self._batcher is not None:
            await self._batcher.stop()
        if self._pool is not None:
            await self._pool.close()

    @property
    def is_full(self) -> bool:
        return self._batcher is None or self._batcher.is_full

    async def receive(self, app: App, body: bytes) -> None:
        """Returns when everything in `body`, whose signature is checked, is committed in its place or parked."""
        received_at = self._now()
        parsed = parse_webhook(load_document(body))
        batch = self._sort(parsed, body, app, received_at)
        if batch.parked and has_strangers(batch):
            fresher = await self.apps.refresh(app)
            if fresher is not app:
                batch = self._sort(parsed, body, fresher, received_at)
        if not batch.size:
            return
        if self._batcher is None:
            raise StorageUnavailable("ingest is not started")
        delivery = Delivery(app.account_id, app.id, body, batch, asyncio.get_running_loop().create_future())
        self._batcher.put(delivery)
        await delivery.done

    def _sort(self, parsed: ParsedWebhook, body: bytes, app: App, received_at: datetime) -> Batch:
        return sort_webhook(
            parsed, body, account_id=app.account_id, app_id=app.id, numbers=app.numbers, now=received_at
        )
