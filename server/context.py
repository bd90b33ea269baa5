"""What a process of Prosa is made of: built once from the settings, opened and closed with the process.

Transports get the whole context; the domain gets only the part that a function asks for.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

import inbox.tables  # noqa: F401 - the whole schema, before the first query
from inbox.kernel.content_seal import KEYRING
from inbox.kernel.database import Database, build_pool
from inbox.kernel.encryption import Vault
from inbox.mail.service import Mailer
from inbox.media.storage import MediaStore
from inbox.proof.observer import Observer
from realtime.bus import RedisPublisher
from server.auth.tokens import Tokens
from server.settings import Settings

# Ingest flushes on one connection and the relay reads on another; the rest is head room for replays.
_SYSTEM_POOL_SIZE = 6


@dataclass
class Context:
    settings: Settings
    database: Database
    vault: Vault
    mailer: Mailer
    publisher: RedisPublisher
    observer: Observer
    """What this process has seen of the accounts' events; reported by whoever runs it."""
    media_store: MediaStore
    tokens: Tokens
    pool: asyncpg.Pool
    """Plain connections as prosa_system, for the relay and replays. Usable while the context is open."""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Context"]:
        """Connects; closes what it opened, in reverse."""
        await self.pool
        try:
            yield self
        finally:
            await self.publisher.close()
            await self.pool.close()
            await self.database.close()


def build_context(settings: Settings) -> Context:
    """Only constructs; nothing is connected yet. Within a running event loop."""
    KEYRING.use(settings.vault)
    observer = Observer()
    publisher = RedisPublisher(settings.redis_url, observer)
    return Context(
        settings=settings,
        database=Database(
            settings.resolved_app_database_url,
            settings.resolved_system_database_url,
            audit_key=settings.audit_key,
            publisher=publisher,
        ),
        vault=settings.vault,
        mailer=Mailer(settings.vault),
        publisher=publisher,
        observer=observer,
        media_store=MediaStore(settings.resolved_media_url),
        tokens=Tokens(settings),
        pool=build_pool(settings.resolved_system_database_url, size=_SYSTEM_POOL_SIZE),
    )
