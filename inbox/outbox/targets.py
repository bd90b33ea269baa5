"""Numbers as senders need them: Graph's id, the opened token, the throughput. Read often, so kept for half a minute.

A token lives in memory only; `forget` drops it at once when Meta refuses it, so that a new one is seen by the next send.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg

from inbox.kernel.encryption import Vault
from inbox.kernel.errors import NotFound
from inbox.whatsapp.client import GRAPH_BASE_URL, MEDIA_HOSTS, GraphTarget

# A changed throughput or token is in force within this time, and a busy number costs two reads a minute.
_FRESH_SECONDS = 30.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_TARGET_SQL = """
SELECT n.phone_number_id, n.access_token_sealed, n.messages_per_second, n.send_read_receipts, a.graph_url
FROM phone_numbers n JOIN whatsapp_apps a ON a.account_id = n.account_id AND a.id = n.app_id
WHERE n.account_id = $1 AND n.id = $2
"""


@dataclass(frozen=True, slots=True)
class NumberTarget:
    graph: GraphTarget
    messages_per_second: int
    send_read_receipts: bool


class Targets:
    """Looks numbers up in the database. One per process."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        vault: Vault,
        *,
        media_hosts: Sequence[str] = MEDIA_HOSTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._media_hosts = tuple(media_hosts)
        self._clock = clock
        self._known: dict[UUID, tuple[float, NumberTarget]] = {}
        self._lock = asyncio.Lock()

    async def target(self, account_id: UUID, number_id: UUID) -> NumberTarget:
        """Raises NotFound for a number that is gone, CannotDecrypt when its token does not open."""
        known = self._fresh(number_id)
        if known is not None:
            return known
        async with self._lock:  # many sends find it stale at once; one of them reads
            known = self._fresh(number_id)
            if known is None:
                known = await self._read(account_id, number_id)
                self._known[number_id] = (self._clock() + _FRESH_SECONDS, known)
        return known

    def forget(self, number_id: UUID) -> None:
        self._known.pop(number_id, None)

    def _fresh(self, number_id: UUID) -> NumberTarget | None:
        stale_at, target = self._known.get(number_id, (float("-inf"), None))
        return target if self._clock() < stale_at else None

    async def _read(self, account_id: UUID, number_id: UUID) -> NumberTarget:
        row = await self._pool.fetchrow(_TARGET_SQL, account_id, number_id)
        if row is None:
            raise NotFound(number_id=number_id)
        token = self._vault.decrypt(row["access_token_sealed"], f"phone_numbers.access_token:{number_id}")
        base_url = row["graph_url"]
        graph = GraphTarget(
            phone_number_id=row["phone_number_id"],
            token=token.decode(),
            base_url=base_url or GRAPH_BASE_URL,
            media_hosts=_sandbox_origins(base_url) if base_url else self._media_hosts,
        )
        return NumberTarget(graph, row["messages_per_second"], row["send_read_receipts"])


def _sandbox_origins(base_url: str) -> tuple[str, ...]:
    """Where a sandbox keeps files: its own origin, under either name of this machine."""
    parts = urlsplit(base_url)
    hosts = ["127.0.0.1", "localhost"] if parts.hostname in _LOOPBACK else [parts.hostname or ""]
    port = f":{parts.port}" if parts.port else ""
    return tuple(f"{parts.scheme}://{host}{port}" for host in hosts)
