"""Which account a webhook belongs to, and what proves it: apps with their secrets and the numbers of their accounts.

With them come the keys that seal the account's content, if it wants that (kernel/content_seal).

Kept per process for a short while. What changes meanwhile is noticed when it matters: a number that is unknown and a
signature that does not match ask the database again, at most every few seconds, so that strangers cannot make us ask
for each of their requests.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import structlog

from inbox.ingest.connection import Connection
from inbox.ingest.errors import StorageUnavailable
from inbox.kernel.content_seal import KEYRING, ContentKeyUnavailable
from inbox.kernel.encryption import Vault

log = structlog.get_logger(__name__)

# A secret that was taken away works this much longer; one that is new works at once.
_FRESH_SECONDS = 30.0
_RELOAD_EVERY_SECONDS = 2.0
# Wrong paths are remembered as long, and only so many of them: they cost nothing and reach no database.
_MOST_UNKNOWN = 1_000
_QUERY_TIMEOUT_SECONDS = 5.0

_LOAD_APP = """
SELECT account_id, id, app_secret_sealed, previous_app_secret_sealed, verify_token_sealed
FROM whatsapp_apps WHERE hook_key = $1
"""
_LOAD_NUMBERS = "SELECT phone_number_id, id FROM phone_numbers WHERE account_id = $1"


@dataclass(frozen=True, slots=True)
class App:
    """An app at Meta as a webhook needs it."""

    account_id: UUID
    id: UUID
    hook_key: str
    secrets: tuple[bytes, ...]
    """The current one and, during a rotation, the previous."""
    verify_token: str
    numbers: Mapping[str, UUID]
    """phone_number_id → our id: of the whole account, whichever of its apps signs."""
    loaded_at: float


class AppDirectory:
    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._pool: asyncpg.Pool | None = None
        self._apps: dict[str, App] = {}
        self._unknown: dict[str, float] = {}
        self._loading = asyncio.Lock()

    def use(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    def cached(self, hook_key: str) -> App | None:
        """Without waiting; None when it has to be looked up."""
        app = self._apps.get(hook_key)
        return app if app is not None and time.monotonic() - app.loaded_at < _FRESH_SECONDS else None

    async def find(self, hook_key: str) -> App | None:
        """None for an unknown path. Raises StorageUnavailable; an app that is known stays so while the database is away."""
        app = self.cached(hook_key)
        if app is not None or self._is_surely_unknown(hook_key):
            return app
        return await self._load(hook_key, _FRESH_SECONDS)

    async def refresh(self, app: App) -> App:
        """A fresher version, or the same one when it was loaded a moment ago or the database does not answer."""
        return await self._load(app.hook_key, _RELOAD_EVERY_SECONDS) or app

    def _is_surely_unknown(self, hook_key: str) -> bool:
        return time.monotonic() - self._unknown.get(hook_key, -1e9) < _RELOAD_EVERY_SECONDS

    async def _load(self, hook_key: str, fresh_seconds: float) -> App | None:
        async with self._loading:
            known = self._apps.get(hook_key)
            if known is not None and time.monotonic() - known.loaded_at < fresh_seconds:
                return known
            if known is None and self._is_surely_unknown(hook_key):
                return None
            try:
                app = await self._fetch(hook_key)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("app_directory_unavailable", error=type(error).__name__)
                if known is not None:
                    return known
                raise StorageUnavailable from error
            if app is None:
                self._apps.pop(hook_key, None)
                if len(self._unknown) >= _MOST_UNKNOWN:
                    self._unknown.clear()
                self._unknown[hook_key] = time.monotonic()
            else:
                self._apps[hook_key] = app
            return app

    async def _fetch(self, hook_key: str) -> App | None:
        if self._pool is None:
            raise StorageUnavailable("ingest is not started")
        async with self._pool.acquire(timeout=_QUERY_TIMEOUT_SECONDS) as connection:
            row = await connection.fetchrow(_LOAD_APP, hook_key)
            if row is None:
                return None
            numbers = await connection.fetch(_LOAD_NUMBERS, row["account_id"])
            await _learn_keys(connection, row["account_id"])
        app_id: UUID = row["id"]
        sealed = (row["app_secret_sealed"], row["previous_app_secret_sealed"])
        return App(
            account_id=row["account_id"],
            id=app_id,
            hook_key=hook_key,
            secrets=tuple(
                self._vault.decrypt(secret, f"whatsapp_apps.app_secret:{app_id}")
                for secret in sealed
                if secret is not None
            ),
            verify_token=self._vault.decrypt(
                row["verify_token_sealed"], f"whatsapp_apps.verify_token:{app_id}"
            ).decode(),
            numbers={number["phone_number_id"]: number["id"] for number in numbers},
            loaded_at=time.monotonic(),
        )


async def _learn_keys(connection: Connection, account_id: UUID) -> None:
    """Raises StorageUnavailable when the account's content must be sealed and cannot be: Meta's queue keeps it."""
    await KEYRING.load(connection, [account_id], fresh_seconds=0)
    try:
        KEYRING.sealing(account_id)
    except ContentKeyUnavailable as error:
        raise StorageUnavailable from error
