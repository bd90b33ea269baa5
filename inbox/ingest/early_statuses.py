"""Statuses and their messages may come in any order; this is where they meet.

A status for an unknown wamid is stored and waits. Whoever gives a message its wamid (the outbox, from the response of
the send; ingest, from the callback data of a status) applies what waits. Neither sees what the other has not committed
yet, so both take the wamid's lock first: who comes second sees everything. Lock order: wamids, conversations, tickets,
messages, outbox, the account's counter.
"""

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from inbox.ingest import sql
from inbox.ingest.connection import Connection
from inbox.ingest.sql import STATUS_ORDER
from inbox.kernel.rows import Row
from inbox.whatsapp.graph_errors import can_retry, meaning_key, reasons
from inbox.whatsapp.payloads import JsonObject, MetaError

# Names our advisory locks among others' ("wami" in ASCII).
_LOCK_CLASS = 0x77616D69
# Few enough never to fill Postgres's lock table (6,400 slots by default), many enough that unrelated sends rarely meet.
_LOCK_BUCKETS = 1024
_RANKS = {status: rank for rank, status in enumerate(STATUS_ORDER)}


class Tick(NamedTuple):
    """A status that a message may advance to."""

    wamid: str
    status: str
    at: datetime | None
    error: JsonObject | None


async def lock_wamids(connection: Connection, account_id: UUID, wamids: Sequence[str]) -> None:
    """Until this transaction ends, nobody else gives these wamids to messages or statuses."""
    await lock_wamid_keys(connection, [(account_id, wamid) for wamid in wamids])


async def lock_wamid_keys(connection: Connection, keys: Iterable[tuple[UUID, str]]) -> None:
    """The same across accounts."""
    buckets = {zlib.crc32(account_id.bytes + wamid.encode()) % _LOCK_BUCKETS for account_id, wamid in keys}
    if buckets:
        await connection.execute(sql.LOCK_WAMIDS, _LOCK_CLASS, sorted(buckets))


async def apply_known_statuses(
    connection: Connection, account_id: UUID, wamids: Sequence[str]
) -> Sequence[Row]:
    """Advances messages that have just got these wamids by the statuses that came before them.

    Call it after `lock_wamids` and after the wamids are written, in the same transaction. Answers a row for each message
    that advanced: id, wamid, conversation_id, ticket_id, status, status_at, error, version, assignee_id, is_preview.
    Events and previews are the caller's.
    """
    if not wamids:
        return []
    rows = await connection.fetch(sql.KNOWN_STATUSES, account_id, list(wamids))
    ticks = [
        Tick(row["wamid"], row["status"], row["at"], _stored_error(row["status"], row["errors"]))
        for row in rows
    ]
    return await advance_statuses(connection, [(account_id, tick) for tick in ticks])


async def advance_statuses(connection: Connection, ticks: Iterable[tuple[UUID, Tick]]) -> Sequence[Row]:
    """Moves messages to the furthest of these ticks, never back. Rows as in `apply_known_statuses`."""
    furthest: dict[tuple[UUID, str], Tick] = {}
    for account_id, tick in ticks:
        if tick.status not in _RANKS:
            continue
        key = (account_id, tick.wamid)
        other = furthest.get(key)
        if other is None or rank(tick.status) > rank(other.status):
            furthest[key] = tick
    if not furthest:
        return []
    ordered = sorted(furthest.items(), key=lambda item: item[0])
    rows: Sequence[Row] = await connection.fetch(
        sql.ADVANCE_STATUSES,
        [key[0] for key, _ in ordered],
        [key[1] for key, _ in ordered],
        [tick.status for _, tick in ordered],
        [tick.at for _, tick in ordered],
        [orjson.dumps(tick.error).decode() if tick.error else None for _, tick in ordered],
        STATUS_ORDER,
    )
    return rows


def rank(status: str) -> int:
    """How far a status is; -1 for what says nothing that a tick could show."""
    return _RANKS.get(status, -1)


def build_error(status: str, errors: Sequence[MetaError]) -> JsonObject | None:
    """The MessageError of a failed status."""
    if status != "failed":
        return None
    first = errors[0] if errors else MetaError(None, "", "")
    return {
        "code": first.code,
        "title": first.title,
        "details": first.details,
        "reason_key": meaning_key(first.code),
        "reason": reasons(first.code),
        "can_retry": can_retry(first.code),
    }


def _stored_error(status: str, errors: str | None) -> JsonObject | None:
    stored = [MetaError(e["code"], e["title"], e["details"]) for e in orjson.loads(errors)] if errors else []
    return build_error(status, stored)
