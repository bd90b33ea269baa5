"""What cannot be stored in its place is kept whole: the part at fault, the raw body, and why.

The same part of the same body is parked once, however often Meta repeats the POST. Where an account's content is sealed, so
are both; then their hash is keyed, for a hash of what somebody wrote would let guesses be tried.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from inbox.ingest import sql
from inbox.ingest.arrivals import Parked
from inbox.ingest.connection import Connection
from inbox.ingest.facts import PARKED, REPEATED
from inbox.ingest.tally import Tally
from inbox.kernel.content_seal import KEYRING, ContentKey, sealed_text
from inbox.kernel.ids import new_id
from inbox.whatsapp.payloads import Json

_DETAIL_CHARACTERS = 500


async def write_parked(connection: Connection, parked: Sequence[Parked], now: datetime, tally: Tally) -> None:
    items = [_encode(piece.item) for piece in parked]
    keyed = {
        (piece.account_id, _hash(piece, item)): _row(piece, item)
        for piece, item in zip(parked, items, strict=True)
    }
    ordered = sorted(keyed.items(), key=lambda entry: entry[0])
    rows = await connection.fetch(
        sql.INSERT_PARKED,
        [key[0] for key, _ in ordered],
        [row.id for _, row in ordered],
        [row.piece.app_id for _, row in ordered],
        [row.piece.reason for _, row in ordered],
        [row.piece.detail[:_DETAIL_CHARACTERS] for _, row in ordered],
        [row.item for _, row in ordered],
        [row.body for _, row in ordered],
        [key[1] for key, _ in ordered],
        now,
    )
    for row in rows:
        tally.parked[row["reason"]] += 1
    tally.duplicates["parked"] += len(parked) - len(rows)
    for row in rows:
        tally.facts.add(row["account_id"], PARKED)
    tally.facts.add_missing(REPEATED, parked, (row["account_id"] for row in rows))


def _encode(item: Json) -> str | None:
    """None for what is no JSON that Postgres takes: the raw body is kept in any case."""
    if item is None:
        return None
    try:
        encoded = orjson.dumps(item).decode()
    except TypeError:
        return None
    return None if "\\u0000" in encoded else encoded


class _Row(NamedTuple):
    id: UUID
    piece: Parked
    item: str | None
    body: bytes


def _row(piece: Parked, item: str | None) -> _Row:
    id_, key = new_id(), KEYRING.sealing(piece.account_id)
    if key is None:
        return _Row(id_, piece, item, piece.body)
    return _Row(id_, piece, seal_item(key, id_, item), key.seal_body(piece.body, id_))


def seal_item(key: ContentKey, id_: UUID, item: str | None) -> str | None:
    """The part at fault, whatever JSON it is."""
    return None if item is None else orjson.dumps({"sealed": key.seal(item.encode(), "item", id_)}).decode()


def open_parked(id_: UUID, item: str | None, body: bytes) -> tuple[bytes, bytes | None]:
    """The part at fault (empty: none, or it does not open) and the body (None: it does not open)."""
    sealed = sealed_text(orjson.loads(item)) if item is not None else None
    part = (item or "").encode() if sealed is None else KEYRING.open(sealed, "item", id_) or b""
    return part, KEYRING.open_body(body, id_)


def _hash(piece: Parked, item: str | None) -> bytes:
    whole = b"".join((piece.reason.encode(), (item or "").encode(), piece.body))
    key = KEYRING.sealing(piece.account_id)
    return hashlib.sha256(whole).digest() if key is None else key.fingerprint(whole)
