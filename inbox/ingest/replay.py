"""Parked webhooks, once more: after a number was connected, a bug was mended, or Prosa learned a new kind.

A replay runs the raw body again as if Meta had sent it now; what is stored already is found again and left alone. A row
is marked only when nothing of its body would be parked for the same reason again.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import structlog

from inbox.ingest.arrivals import POISON, sort_webhook
from inbox.ingest.errors import BrokenBatch
from inbox.ingest.store import Store
from inbox.kernel.clock import Clock, utc_now
from inbox.kernel.content_seal import KEYRING
from inbox.kernel.event_log import EventPublisher
from inbox.whatsapp.document import MalformedBody, load_document
from inbox.whatsapp.parse import parse_webhook

log = structlog.get_logger(__name__)

# Bodies are up to 3 MB each.
_PAGE = 8

_NEXT_PARKED = """
SELECT account_id, id, app_id, reason, body, received_at FROM dead_webhooks
WHERE replayed_at IS NULL AND ($1::uuid IS NULL OR id = $1) AND ($2::timestamptz IS NULL OR received_at >= $2)
  AND ($3::text IS NULL OR reason = $3) AND (received_at, id) > ($4::timestamptz, $5::uuid)
ORDER BY received_at, id LIMIT $6
"""
_MARK = "UPDATE dead_webhooks SET replayed_at = $3 WHERE account_id = $1 AND id = $2"
_NUMBERS = "SELECT phone_number_id, id FROM phone_numbers WHERE account_id = $1"
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class ReplayReport:
    """What a replay did; every row that was looked at is in one of the two."""

    replayed: int = 0
    still_parked: int = 0


async def replay(
    pool: asyncpg.Pool,
    publisher: EventPublisher | None = None,
    *,
    id_: UUID | None = None,
    since: datetime | None = None,
    reason: str | None = None,
    now: Clock = utc_now,
) -> ReplayReport:
    """Replays what waits in dead_webhooks, oldest first. `pool` as prosa_system. Raises StorageUnavailable."""
    report = ReplayReport()
    store = Store(pool, publisher, now)
    after: tuple[datetime, UUID] = (_BEGINNING, UUID(int=0))
    while rows := await pool.fetch(_NEXT_PARKED, id_, since, reason, *after, _PAGE):
        for row in rows:
            after = row["received_at"], row["id"]
            if await _replay_row(pool, store, row, now):
                await pool.execute(_MARK, row["account_id"], row["id"], now())
                report.replayed += 1
            else:
                report.still_parked += 1
    return report


async def _replay_row(pool: asyncpg.Pool, store: Store, row: asyncpg.Record, now: Clock) -> bool:
    """Whether the body went through."""
    await KEYRING.load(pool, [row["account_id"]])
    body = KEYRING.open_body(row["body"], row["id"])
    if body is None:
        return False
    try:
        parsed = parse_webhook(load_document(body))
    except MalformedBody:
        return False
    numbers = await pool.fetch(_NUMBERS, row["account_id"])
    batch = sort_webhook(
        parsed,
        body,
        account_id=row["account_id"],
        app_id=row["app_id"],
        numbers={number["phone_number_id"]: number["id"] for number in numbers},
        now=now(),
    )
    parked_again = any(piece.reason == row["reason"] for piece in batch.parked)
    try:
        await store.commit(batch)
    except BrokenBatch as error:
        log.warning("replay_broken", dead_webhook_id=str(row["id"]), cause=error.cause)
        broken = await store.commit_in_pieces(batch)
        return not parked_again and not (broken and row["reason"] == POISON)
    return not parked_again
