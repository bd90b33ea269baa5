"""The ticks of what we sent: each status stored once, messages only advanced, the list row's ticks moved with them.

Matched by wamid, never by a phone number (cloud-api, section 2.4). A status whose message is unknown may name it in its
callback data: then the send response was lost, and the message is confirmed by it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from inbox.ingest import sql
from inbox.ingest.arrivals import Status
from inbox.ingest.connection import Connection
from inbox.ingest.early_statuses import (
    Tick,
    advance_statuses,
    apply_known_statuses,
    build_error,
    lock_wamid_keys,
    rank,
)
from inbox.ingest.facts import REPEATED, STORED
from inbox.ingest.journal import Journal
from inbox.ingest.quotes import tell_of_quotes
from inbox.ingest.rows import read_views
from inbox.ingest.tally import Tally
from inbox.kernel.audience import message_audience
from inbox.kernel.rows import Row
from inbox.tickets.events import ticket_updated
from inbox.tickets.repository import TICKET_VIEW_SELECT, ticket_view

StatusKey = tuple[UUID, str, str, str]

_TICKET_VIEWS = f"{TICKET_VIEW_SELECT} JOIN unnest($1::uuid[], $2::uuid[]) AS p (account_id, id) ON t.account_id = p.account_id AND t.id = p.id"


async def write_statuses(
    connection: Connection, statuses: Sequence[Status], now: datetime, journal: Journal, tally: Tally
) -> None:
    unique = {_key(status): status for status in reversed(statuses)}
    new = await _insert(connection, unique, now)
    tally.stored["status"] += len(new)
    tally.duplicates["status"] += len(statuses) - len(new)
    for row in new:
        tally.facts.add(row["account_id"], STORED)
    tally.facts.add_missing(REPEATED, statuses, (row["account_id"] for row in new))
    if not new:
        return
    tickets = {
        (row["account_id"], row["preview_ticket_id"]) for row in new if row["preview_ticket_id"] is not None
    }
    early = [unique[_row_key(row)] for row in new if not row["is_known"]]
    if early:
        await lock_wamid_keys(connection, [(s.account_id, s.update.wamid) for s in early])
    named = _named_by_callback(early)
    if named:
        tickets |= await _tickets_of(connection, list(named))
    await lock_tickets(connection, tickets)
    confirmed = await _confirm(connection, named, now) if named else []
    changed = await _apply_earlier(connection, confirmed)
    changed += await advance_statuses(connection, [_tick(unique[_row_key(row)], now) for row in new])
    whole = {row["id"] for row in confirmed if row["is_reacted_to"]}
    _add_changes(journal, [row for row in changed if row["id"] not in whole])
    await _tell_whole(connection, [row for row in confirmed if row["is_reacted_to"]], journal)
    await tell_of_quotes(connection, [(row["account_id"], row["id"]) for row in confirmed], journal)
    await _move_previews(connection, changed, now, journal)


def _key(status: Status) -> StatusKey:
    update = status.update
    return status.account_id, update.wamid, update.status, update.recipient.key()


def _row_key(row: Row) -> StatusKey:
    return row["account_id"], row["wamid"], row["status"], row["recipient"]


def _tick(status: Status, now: datetime) -> tuple[UUID, Tick]:
    update = status.update
    error = build_error(update.status, update.errors) if update.status == "failed" else None
    return status.account_id, Tick(update.wamid, update.status, update.at or now, error)


async def _insert(connection: Connection, unique: dict[StatusKey, Status], now: datetime) -> Sequence[Row]:
    ordered = sorted(
        unique.items(), key=lambda item: item[0]
    )  # two processes must insert the same keys in the same order
    updates = [status.update for _, status in ordered]
    rows: list[Any] = await connection.fetch(
        sql.INSERT_STATUSES,
        [key[0] for key, _ in ordered],
        [key[1] for key, _ in ordered],
        [key[2] for key, _ in ordered],
        [key[3] for key, _ in ordered],
        [u.at for u in updates],
        [orjson.dumps([e._asdict() for e in u.errors]).decode() if u.errors else None for u in updates],
        [orjson.dumps(u.pricing).decode() if u.pricing is not None else None for u in updates],
        [u.callback_data for u in updates],
        now,
    )
    return rows


# ── messages whose send response was lost ───────────────────────────────────────────────────────────────────────────


def _named_by_callback(statuses: Sequence[Status]) -> dict[tuple[UUID, UUID], Status]:
    """(account, message) → the furthest status that names it."""
    named: dict[tuple[UUID, UUID], Status] = {}
    for status in statuses:
        message_id = _message_id(status.update.callback_data)
        if message_id is None:
            continue
        key = (status.account_id, message_id)
        if key not in named or rank(status.update.status) > rank(named[key].update.status):
            named[key] = status
    return named


def _message_id(callback_data: str | None) -> UUID | None:
    """The outbox writes the message's id; other senders of the same account write whatever they like."""
    if callback_data is None or len(callback_data) != 36:  # a UUID's length in its usual spelling
        return None
    try:
        return UUID(callback_data)
    except ValueError:
        return None


async def _tickets_of(connection: Connection, keys: Sequence[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    rows = await connection.fetch(sql.CALLBACK_TICKETS, [key[0] for key in keys], [key[1] for key in keys])
    accounts = {message_id: account_id for account_id, message_id in keys}
    return {(accounts[row["id"]], row["ticket_id"]) for row in rows if row["ticket_id"] is not None}


async def _confirm(
    connection: Connection, named: dict[tuple[UUID, UUID], Status], now: datetime
) -> Sequence[Row]:
    ordered = sorted(named.items(), key=lambda item: item[0])
    rows: list[Any] = await connection.fetch(
        sql.CONFIRM_BY_CALLBACK,
        [key[0] for key, _ in ordered],
        [key[1] for key, _ in ordered],
        [status.update.wamid for _, status in ordered],
        [status.update.status for _, status in ordered],
        now,
    )
    return rows


async def _apply_earlier(connection: Connection, confirmed: Sequence[Row]) -> list[Row]:
    """What statuses said before their wamid had a message."""
    wamids: dict[UUID, list[str]] = {}
    for row in confirmed:
        wamids.setdefault(row["account_id"], []).append(row["wamid"])
    changed: list[Row] = []
    for account_id in sorted(wamids):
        changed += await apply_known_statuses(connection, account_id, wamids[account_id])
    return changed


# ── telling ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _add_changes(journal: Journal, changed: Sequence[Row]) -> None:
    for row in changed:
        room = f"conversation:{row['conversation_id']}"
        assignee_id = row["assignee_id"]
        journal.add(
            row["account_id"],
            "message_status_changed",
            room if assignee_id is None else f"{room} user:{assignee_id}",
            {
                "message_id": str(row["id"]),
                "conversation_id": str(row["conversation_id"]),
                "status": row["status"],
                "status_at": row["status_at"],
                "error": orjson.loads(row["error"]) if row["error"] else None,
                "version": row["version"],
            },
        )


async def _tell_whole(connection: Connection, confirmed: Sequence[Row], journal: Journal) -> None:
    """A reaction that came before the wamid shows from now on."""
    if not confirmed:
        return
    views = await read_views(connection, [(row["account_id"], row["id"]) for row in confirmed])
    for row in confirmed:
        audience = message_audience(row["conversation_id"], row["assignee_id"])
        journal.add(row["account_id"], "message_updated", " ".join(audience), {"message": views[row["id"]]})


async def lock_tickets(connection: Connection, tickets: set[tuple[UUID, UUID]]) -> None:
    """Tickets before messages: the order of everybody who locks both."""
    if tickets:
        ordered = sorted(tickets)
        await connection.execute(sql.LOCK_TICKETS, [t[0] for t in ordered], [t[1] for t in ordered])


async def _move_previews(
    connection: Connection, changed: Sequence[Row], now: datetime, journal: Journal
) -> None:
    shown = [row for row in changed if row["is_preview"]]
    if not shown:
        return
    moved = await connection.fetch(
        sql.MOVE_PREVIEW_TICKS,
        [row["account_id"] for row in shown],
        [row["ticket_id"] for row in shown],
        [str(row["id"]) for row in shown],
        [row["status"] for row in shown],
        now,
    )
    await add_tickets(connection, [(row["account_id"], row["id"]) for row in moved], journal)


async def add_tickets(connection: Connection, keys: Sequence[tuple[UUID, UUID]], journal: Journal) -> None:
    """A ticket_updated for each, as they stand now."""
    if not keys:
        return
    accounts = {ticket_id: account_id for account_id, ticket_id in keys}
    rows = await connection.fetch(_TICKET_VIEWS, [key[0] for key in keys], [key[1] for key in keys])
    for row in rows:
        journal.add_ticket_event(accounts[row["id"]], row["id"], ticket_updated(ticket_view(row)))
