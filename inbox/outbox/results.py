"""Writes back how tries to send ended: many results in one transaction, each guarded by the lease's token.

Invariants
- A result whose outbox row no longer carries our token changes nothing, with one exception: an acceptance that comes
  late for a message left `unconfirmed` tells the truth and is stored.
- A status never goes back. Acceptance makes `sending` with a wamid; only webhooks make `sent` and more. Statuses that
  came before the acceptance wait in message_statuses and are applied with it.
- Locks in the order of ingest: wamids, tickets, messages, outbox, the account's counter.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from inbox.conversations.events import MessageError, MessageStatusChanged, message_updated
from inbox.conversations.repository import message_view
from inbox.ingest.early_statuses import apply_known_statuses, lock_wamids
from inbox.ingest.rows import VIEWS_BY_ID
from inbox.ingest.sql import BUMP_QUOTES
from inbox.kernel.audience import message_audience
from inbox.kernel.event_log import NewEvent
from inbox.outbox.journal import TICKET_KEYS, Connection, Written, append_events
from inbox.outbox.lease import Lease, lease_arguments
from inbox.outbox.outcomes import Accepted, Failed, Outcome, TryAgain, Unconfirmed, unconfirmed_error
from inbox.tickets.events import ticket_updated
from inbox.tickets.repository import TICKET_VIEW_SELECT, ticket_view

# Every statement gets the account with each id, as an array: written as a constant, the planner may read all rows of the
# account and compare, when its statistics are older than the table (EXPLAIN on Postgres 18, 2026-11: 270 ms instead of 2).
_EARLY_SQL = """
SELECT DISTINCT s.wamid FROM unnest($1::uuid[], $2::text[]) AS r (account_id, wamid)
JOIN message_statuses s ON s.account_id = r.account_id AND s.wamid = r.wamid
"""

_LOCK_TICKETS_SQL = """
SELECT t.id FROM unnest($1::uuid[], $2::uuid[]) AS r (account_id, id)
JOIN messages m ON m.account_id = r.account_id AND m.id = r.id
JOIN tickets t ON t.account_id = m.account_id AND t.id = m.ticket_id
ORDER BY t.id FOR NO KEY UPDATE OF t
"""

_LOCK_MESSAGES_SQL = """
SELECT m.id FROM unnest($1::uuid[], $2::uuid[]) AS r (account_id, id)
JOIN messages m ON m.account_id = r.account_id AND m.id = r.id
ORDER BY m.id FOR NO KEY UPDATE OF m
"""

_FINISH_SQL = """
DELETE FROM outbox o USING unnest($1::uuid[], $2::uuid[]) AS r (account_id, message_id)
WHERE o.account_id = r.account_id AND o.message_id = r.message_id AND o.number_id = $3 AND o.lease_token = $4
RETURNING o.message_id
"""

_TRY_AGAIN_SQL = """
UPDATE outbox o SET state = 'queued', lease_token = NULL, attempts = o.attempts + 1, not_before = now() + r.delay
FROM unnest($1::uuid[], $2::uuid[], $5::interval[]) AS r (account_id, message_id, delay)
WHERE o.account_id = r.account_id AND o.message_id = r.message_id AND o.number_id = $3 AND o.lease_token = $4
"""

# The wamid of another row (an echo that came first) is left to it: the unique index would refuse the whole batch.
_ACCEPT_SQL = """
UPDATE messages m
SET wamid = CASE WHEN EXISTS (SELECT FROM messages x WHERE x.account_id = r.account_id AND x.wamid = r.wamid)
                 THEN m.wamid ELSE r.wamid END,
    status = 'sending', error = NULL, status_at = $5, version = m.version + 1
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::boolean[]) AS r (account_id, message_id, wamid, owned)
WHERE m.account_id = r.account_id AND m.id = r.message_id
  AND (m.wamid IS NULL OR m.wamid = r.wamid) AND m.status IN ('queued', 'sending', 'unconfirmed')
  AND (r.owned OR m.status = 'unconfirmed'
                  AND NOT EXISTS (SELECT FROM outbox o WHERE o.account_id = m.account_id AND o.message_id = m.id))
RETURNING m.id, m.wamid
"""

# A message that a webhook has named meanwhile (it has a wamid) did go out.
_END_SQL = """
UPDATE messages m SET status = r.status, error = r.error::jsonb, status_at = $5, version = m.version + 1
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS r (account_id, message_id, status, error)
WHERE m.account_id = r.account_id AND m.id = r.message_id AND m.wamid IS NULL AND m.status IN ('queued', 'sending')
RETURNING m.id
"""

_CHANGED_SQL = """
SELECT m.id, m.conversation_id, m.ticket_id, m.status, m.status_at, m.error, m.version, t.assignee_id,
       t.preview->>'message_id' = m.id::text AS in_preview,
       EXISTS (SELECT FROM reactions x WHERE x.account_id = m.account_id AND x.target_wamid = m.wamid) AS is_reacted_to,
       EXISTS (SELECT FROM messages q WHERE q.account_id = m.account_id AND q.conversation_id = m.conversation_id
                 AND q.at >= m.at - interval '5 minutes' AND q.context->>'quoted_wamid' = m.wamid) AS is_quoted
FROM unnest($1::uuid[], $2::uuid[]) AS r (account_id, id)
JOIN messages m ON m.account_id = r.account_id AND m.id = r.id
LEFT JOIN tickets t ON t.account_id = m.account_id AND t.id = m.ticket_id
ORDER BY m.id
"""

_PREVIEW_SQL = """
UPDATE tickets t SET preview = jsonb_set(t.preview, '{status}', to_jsonb(r.status)), version = t.version + 1, updated_at = $4
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS r (account_id, ticket_id, status)
WHERE t.account_id = r.account_id AND t.id = r.ticket_id AND t.preview->>'status' IS DISTINCT FROM r.status
RETURNING t.id
"""

_ORPHANS_SQL = """
SELECT message_id FROM outbox
WHERE account_id = $1 AND number_id = $2 AND state = 'sending' AND lease_token < $3
"""

_ADOPT_SQL = """
UPDATE outbox o SET lease_token = $4 FROM unnest($1::uuid[], $2::uuid[]) AS r (account_id, message_id)
WHERE o.account_id = r.account_id AND o.message_id = r.message_id AND o.number_id = $3 AND o.lease_token < $4
"""

_RETURN_ORPHANED_TURNS_SQL = """
UPDATE outbox SET not_before = now(), lease_token = NULL
WHERE account_id = $1 AND number_id = $2 AND state = 'queued' AND lease_token < $3
"""


async def write_results(
    pool: asyncpg.Pool, lease: Lease, results: Sequence[Outcome], now: datetime
) -> Written:
    """One commit for all of `results`."""
    async with pool.acquire() as connection, connection.transaction():
        return await _write(connection, lease, results, now)


async def recover_orphans(pool: asyncpg.Pool, lease: Lease, now: datetime) -> tuple[int, Written]:
    """After a take-over: what the last holder left `sending` may have gone out, so it becomes unconfirmed; what it put
    off for uploads did not, so it is due at once. Answers how many are unconfirmed."""
    async with pool.acquire() as connection, connection.transaction():
        rows = await connection.fetch(_ORPHANS_SQL, *lease_arguments(lease))
        orphans = [row["message_id"] for row in rows]
        written = Written(lease.key.account_id)
        if orphans:
            await _lock(connection, lease, orphans, in_lists=orphans)
            await connection.execute(_ADOPT_SQL, *_keyed(lease, orphans), *_fence(lease))
            unconfirmed = [Unconfirmed(message_id) for message_id in orphans]
            written = await _write(connection, lease, unconfirmed, now)
        await connection.execute(_RETURN_ORPHANED_TURNS_SQL, *lease_arguments(lease))
    return len(orphans), written


async def _write(connection: Connection, lease: Lease, results: Sequence[Outcome], now: datetime) -> Written:
    account_id = lease.key.account_id
    accepted = [result for result in results if isinstance(result, Accepted)]
    ended = [result for result in results if isinstance(result, Failed | Unconfirmed)]
    again = [result for result in results if isinstance(result, TryAgain)]
    early = await _with_early_statuses(connection, lease, accepted)
    finished = [result.message_id for result in (*accepted, *ended)]
    if finished:
        shown = [*early, *(result.message_id for result in ended)]
        await _lock(connection, lease, finished, in_lists=shown)
    if again:
        ids = [result.message_id for result in again]
        delays = [result.delay for result in again]
        await connection.execute(_TRY_AGAIN_SQL, *_keyed(lease, ids), *_fence(lease), delays)
    owned = await _finish(connection, lease, finished)
    changed = await _accept(connection, lease, accepted, owned, now)
    changed += await _end(connection, lease, ended, owned, now)
    events = await _events(connection, lease, changed, now)
    return await append_events(connection, account_id, events, now)


def _keyed(lease: Lease, ids: Sequence[UUID]) -> tuple[list[UUID], list[UUID]]:
    """$1 and $2: the account with each id."""
    return [lease.key.account_id] * len(ids), list(ids)


def _fence(lease: Lease) -> tuple[UUID, int]:
    """$3 and $4: number and token."""
    return lease.key.number_id, lease.token


async def _with_early_statuses(
    connection: Connection, lease: Lease, accepted: Sequence[Accepted]
) -> list[UUID]:
    """Messages whose statuses came before their acceptance. Their wamids are locked: none can come unseen any more."""
    if not accepted:
        return []
    wamids = [result.wamid for result in accepted]
    await lock_wamids(connection, lease.key.account_id, wamids)
    rows = await connection.fetch(_EARLY_SQL, [lease.key.account_id] * len(wamids), wamids)
    early = {row["wamid"] for row in rows}
    return [result.message_id for result in accepted if result.wamid in early]


async def _lock(
    connection: Connection, lease: Lease, message_ids: Sequence[UUID], *, in_lists: Sequence[UUID]
) -> None:
    """`in_lists`: those whose new status a list row may have to show."""
    if in_lists:
        await connection.fetch(_LOCK_TICKETS_SQL, *_keyed(lease, in_lists))
    await connection.fetch(_LOCK_MESSAGES_SQL, *_keyed(lease, message_ids))


async def _finish(connection: Connection, lease: Lease, message_ids: Sequence[UUID]) -> set[UUID]:
    """Those that were ours to finish."""
    if not message_ids:
        return set()
    rows = await connection.fetch(_FINISH_SQL, *_keyed(lease, message_ids), *_fence(lease))
    return {row["message_id"] for row in rows}


async def _accept(
    connection: Connection, lease: Lease, accepted: Sequence[Accepted], owned: set[UUID], now: datetime
) -> list[UUID]:
    if not accepted:
        return []
    rows = await connection.fetch(
        _ACCEPT_SQL,
        *_keyed(lease, [result.message_id for result in accepted]),
        [result.wamid for result in accepted],
        [result.message_id in owned for result in accepted],
        now,
    )
    await apply_known_statuses(
        connection, lease.key.account_id, [row["wamid"] for row in rows if row["wamid"] is not None]
    )
    return [row["id"] for row in rows]


async def _end(
    connection: Connection,
    lease: Lease,
    ended: Sequence[Failed | Unconfirmed],
    owned: set[UUID],
    now: datetime,
) -> list[UUID]:
    ended = [result for result in ended if result.message_id in owned]
    if not ended:
        return []
    rows = await connection.fetch(
        _END_SQL,
        *_keyed(lease, [result.message_id for result in ended]),
        ["failed" if isinstance(result, Failed) else "unconfirmed" for result in ended],
        [_error_json(result) for result in ended],
        now,
    )
    return [row["id"] for row in rows]


def _error_json(result: Failed | Unconfirmed) -> str:
    error = result.error if isinstance(result, Failed) else unconfirmed_error()
    return error.model_dump_json()


async def _events(
    connection: Connection, lease: Lease, changed: Sequence[UUID], now: datetime
) -> list[NewEvent]:
    """The ticks of each message, and the list rows whose preview shows one that is past `sending`."""
    if not changed:
        return []
    rows = await connection.fetch(_CHANGED_SQL, *_keyed(lease, changed))
    # `queued` and `sending` look the same in a list: a row is told only of what a person would see.
    previews = [row for row in rows if row["in_preview"] and row["status"] != "sending"]
    tickets: Iterable[Any] = ()
    if previews:
        moved = await connection.fetch(
            _PREVIEW_SQL,
            *_keyed(lease, [row["ticket_id"] for row in previews]),
            [row["status"] for row in previews],
            now,
        )
        tickets = await connection.fetch(
            f"{TICKET_VIEW_SELECT} JOIN {TICKET_KEYS} ORDER BY t.id",
            *_keyed(lease, [row["id"] for row in moved]),
        )
    messages = await _message_events(connection, lease, rows)
    return [*messages, *(ticket_updated(ticket_view(row)) for row in tickets)]


async def _message_events(
    connection: Connection, lease: Lease, rows: Sequence[asyncpg.Record]
) -> list[NewEvent]:
    """Lean where only the ticks moved; whole where more shows than before: a reaction or a quote came before the wamid."""
    assignees = {row["id"]: row["assignee_id"] for row in rows if row["is_reacted_to"]}
    quoted = [row["id"] for row in rows if row["is_quoted"]]
    if quoted:
        quoting = await connection.fetch(BUMP_QUOTES, *_keyed(lease, quoted))
        assignees |= {row["id"]: row["assignee_id"] for row in quoting}
    events = [_status_changed(row) for row in rows if row["id"] not in assignees]
    if assignees:
        views = await connection.fetch(VIEWS_BY_ID, *_keyed(lease, list(assignees)))
        events += [message_updated(message_view(view), assignees[view["id"]]) for view in views]
    return events


def _status_changed(row: asyncpg.Record) -> NewEvent:
    error = row["error"]
    changed = MessageStatusChanged(
        message_id=row["id"],
        conversation_id=row["conversation_id"],
        status=row["status"],
        status_at=row["status_at"],
        error=MessageError.model_validate_json(error) if error else None,
        version=row["version"],
    )
    audience = message_audience(row["conversation_id"], row["assignee_id"])
    return NewEvent("message_status_changed", audience, changed.model_dump(mode="json"))
