"""Who drives which number: a lease row with a token that rises at every take-over.

Invariants
- A number has at most one live lease; the database's clock decides when it has expired. One that ends later than any lease
  can was written before that clock was set back: it is free too, or its dead holder would keep the number for hours.
- A holder begins nothing after its own deadline, which it counts from before the renewal was asked for, less a margin:
  it stops before anybody else can start.
- Whatever a holder writes names its token; after a take-over such a write matches no row.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg
import structlog

from inbox.outbox.metrics import LEASES, TAKEOVERS

log = structlog.get_logger(__name__)


class NumberKey(NamedTuple):
    account_id: UUID
    number_id: UUID


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """A number without its sender is taken over within `expiry_seconds` + one poll: under ten seconds (DESIGN 7)."""

    expiry_seconds: float = 8.0
    renew_seconds: float = 2.5
    margin_seconds: float = 1.0
    """Between our own deadline and the database's: clocks drift, event loops stall."""


@dataclass(slots=True)
class Lease:
    key: NumberKey
    token: int
    deadline: float
    """Monotonic; nothing new is begun after it."""
    lost: bool = False

    def holds(self) -> bool:
        return not self.lost and time.monotonic() < self.deadline


# `o` may be claimed. What was made or last claimed in the future was so before the database's clock was set back: its turn
# was reckoned on that clock, too, and is not waited for. Not so while a sender uploads its files (it carries a token).
DUE = """(o.state = 'queued' AND (
    o.not_before <= now() OR (o.lease_token IS NULL AND coalesce(o.claimed_at, o.created_at) > now())))"""

# A number wants a sender when something waits for it, or when its last sender died: it may have left messages half sent.
# What waits in an account that is not active does not count: it would be taken and given back for ever.
_WANTING_SQL = f"""
SELECT n.account_id, n.id AS number_id,
       (l.number_id IS NULL OR l.expires_at <= now() OR l.expires_at > now() + $1::interval) AS is_free
FROM phone_numbers n
LEFT JOIN number_leases l ON l.account_id = n.account_id AND l.number_id = n.id
WHERE (l.holder <> '' AND (l.expires_at <= now() OR l.expires_at > now() + $1::interval))
   OR (EXISTS (SELECT FROM outbox o
               WHERE o.account_id = n.account_id AND o.number_id = n.id AND {DUE})
       AND EXISTS (SELECT FROM accounts a WHERE a.account_id = n.account_id AND a.state = 'active'))
"""  # noqa: S608 - our own fragment

_TAKE_SQL = """
INSERT INTO number_leases AS l (account_id, number_id, holder, token, expires_at)
SELECT wanted.account_id, wanted.number_id, $3, 1, now() + $4::interval
FROM unnest($1::uuid[], $2::uuid[]) AS wanted (account_id, number_id)
ON CONFLICT (account_id, number_id) DO UPDATE
SET holder = excluded.holder, token = l.token + 1, expires_at = excluded.expires_at
WHERE l.expires_at <= now() OR l.expires_at > now() + $5::interval
RETURNING l.account_id, l.number_id, l.token
"""

_RENEW_SQL = """
UPDATE number_leases l SET expires_at = now() + $5::interval
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS held (account_id, number_id, token)
WHERE l.account_id = held.account_id AND l.number_id = held.number_id AND l.token = held.token AND l.holder = $4
RETURNING l.account_id, l.number_id
"""

_RELEASE_SQL = """
UPDATE number_leases SET holder = '', expires_at = now()
WHERE account_id = $1 AND number_id = $2 AND token = $3
"""


class LeaseBook:
    """The leases of this process."""

    def __init__(self, pool: asyncpg.Pool, holder: str, terms: LeaseTerms) -> None:
        self._pool = pool
        self._holder = holder
        self._terms = terms
        self._held: dict[NumberKey, Lease] = {}

    async def wanting(self) -> tuple[list[NumberKey], list[NumberKey]]:
        """The numbers with work: those that we drive, and those that nobody drives."""
        rows = await self._pool.fetch(_WANTING_SQL, self._longest)
        keys = [(NumberKey(row["account_id"], row["number_id"]), row["is_free"]) for row in rows]
        ours = [key for key, _ in keys if key in self._held]
        return ours, [key for key, is_free in keys if is_free and key not in self._held]

    async def take(self, wanted: Sequence[NumberKey]) -> list[Lease]:
        """The leases won; those that another process takes first are left out."""
        if not wanted:
            return []
        asked = time.monotonic()
        accounts, numbers = zip(*wanted, strict=True)
        rows = await self._pool.fetch(
            _TAKE_SQL, list(accounts), list(numbers), self._holder, self._seconds(self._terms.expiry_seconds),
            self._longest,
        )  # fmt: skip
        taken = []
        for row in rows:
            lease = Lease(NumberKey(row["account_id"], row["number_id"]), row["token"], self._deadline(asked))
            self._held[lease.key] = lease
            taken.append(lease)
            if lease.token > 1:
                TAKEOVERS.inc()
        LEASES.set(len(self._held))
        return taken

    async def renew(self) -> None:
        """Extends what is still ours. One that another process has taken is marked lost."""
        held = list(self._held.values())
        if not held:
            return
        asked = time.monotonic()
        rows = await self._pool.fetch(
            _RENEW_SQL,
            [lease.key.account_id for lease in held],
            [lease.key.number_id for lease in held],
            [lease.token for lease in held],
            self._holder,
            self._seconds(self._terms.expiry_seconds),
        )
        renewed = {NumberKey(*row) for row in rows}
        for lease in held:
            if lease.key in renewed:
                lease.deadline = self._deadline(asked)
            elif self._held.get(lease.key) is lease:
                lease.lost = True
                del self._held[lease.key]
                log.warning("number_lease_lost", number_id=str(lease.key.number_id), token=lease.token)
        LEASES.set(len(self._held))

    async def release(self, lease: Lease) -> None:
        """Gives the number free for anybody at once. Only when nothing of it is in flight any more."""
        if self._held.get(lease.key) is lease:
            del self._held[lease.key]
        LEASES.set(len(self._held))
        lease.lost = True
        await self._pool.execute(_RELEASE_SQL, lease.key.account_id, lease.key.number_id, lease.token)

    async def keep(self, stop: asyncio.Event) -> None:
        """Renews until `stop`. A database that does not answer costs deadlines, not the loop."""
        while not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), self._terms.renew_seconds)
            except TimeoutError:
                try:
                    async with asyncio.timeout(self._terms.expiry_seconds):
                        await self.renew()
                except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                    log.warning("lease_renewal_failed", error=type(error).__name__)

    @property
    def _longest(self) -> timedelta:
        """No lease has longer to go. Twice what it is given for: neighbours may have other terms during an upgrade."""
        return self._seconds(2 * self._terms.expiry_seconds)

    def _deadline(self, asked: float) -> float:
        return asked + self._terms.expiry_seconds - self._terms.margin_seconds

    @staticmethod
    def _seconds(seconds: float) -> timedelta:
        return timedelta(seconds=seconds)


def lease_arguments(lease: Lease) -> Sequence[UUID | int]:
    """$1 account, $2 number, $3 token of every statement that is fenced."""
    return (lease.key.account_id, lease.key.number_id, lease.token)
