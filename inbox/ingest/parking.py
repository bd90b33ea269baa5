"""What cannot be stored in its place is kept whole: the part at fault, the raw body, and why.

The same part of the same body is parked once, however often Meta repeats the POST.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import orjson

from inbox.ingest import sql
from inbox.ingest.arrivals import Parked
from inbox.ingest.connection import Connection
from inbox.ingest.tally import Tally
from inbox.kernel.ids import new_id
from inbox.whatsapp.payloads import Json

_DETAIL_CHARACTERS = 500


async def write_parked(connection: Connection, parked: Sequence[Parked], now: datetime, tally: Tally) -> None:
    items = [_encode(piece.item) for piece in parked]
    keyed = {
        (piece.account_id, _hash(piece, item)): (piece, item)
        for piece, item in zip(parked, items, strict=True)
    }
    ordered = sorted(keyed.items(), key=lambda entry: entry[0])
    rows = await connection.fetch(
        sql.INSERT_PARKED,
        [key[0] for key, _ in ordered],
        [new_id() for _ in ordered],
        [piece.app_id for _, (piece, _) in ordered],
        [piece.reason for _, (piece, _) in ordered],
        [piece.detail[:_DETAIL_CHARACTERS] for _, (piece, _) in ordered],
        [item for _, (_, item) in ordered],
        [piece.body for _, (piece, _) in ordered],
        [key[1] for key, _ in ordered],
        now,
    )
    for row in rows:
        tally.parked[row["reason"]] += 1
    tally.duplicates["parked"] += len(parked) - len(rows)


def _encode(item: Json) -> str | None:
    """None for what is no JSON that Postgres takes: the raw body is kept in any case."""
    if item is None:
        return None
    try:
        encoded = orjson.dumps(item).decode()
    except TypeError:
        return None
    return None if "\\u0000" in encoded else encoded


def _hash(piece: Parked, item: str | None) -> bytes:
    digest = hashlib.sha256(piece.reason.encode())
    digest.update((item or "").encode())
    digest.update(piece.body)
    return digest.digest()
