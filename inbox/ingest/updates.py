"""Account-level news (quality, restrictions, template states, …): kept raw, each once.

Meta gives them no id: two are the same when WABA, moment, field and canonical value are (cloud-api, section 1.5).
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import orjson

from inbox.ingest import sql
from inbox.ingest.arrivals import Update
from inbox.ingest.connection import Connection
from inbox.ingest.facts import REPEATED, STORED
from inbox.ingest.tally import Tally
from inbox.kernel.ids import new_id
from inbox.whatsapp.payloads import AccountUpdate


async def write_updates(
    connection: Connection, updates: Sequence[Update], now: datetime, tally: Tally
) -> None:
    keyed = sorted(
        {(u.account_id, _hash(u.update)): u.update for u in updates}.items(), key=lambda item: item[0]
    )
    rows = await connection.fetch(
        sql.INSERT_UPDATES,
        [key[0] for key, _ in keyed],
        [new_id() for _ in keyed],
        [key[1] for key, _ in keyed],
        [u.waba_id for _, u in keyed],
        [u.phone_number_id for _, u in keyed],
        [u.field for _, u in keyed],
        [orjson.dumps(u.value).decode() for _, u in keyed],
        [u.at for _, u in keyed],
        now,
    )
    tally.stored["update"] += len(rows)
    tally.duplicates["update"] += len(updates) - len(rows)
    for row in rows:
        tally.facts.add(row["account_id"], STORED)
    tally.facts.add_missing(REPEATED, updates, (row["account_id"] for row in rows))


def _hash(update: AccountUpdate) -> bytes:
    at = update.at.timestamp() if update.at is not None else None
    key = [update.waba_id, update.phone_number_id, at, update.field, update.value]
    return hashlib.sha256(orjson.dumps(key, option=orjson.OPT_SORT_KEYS)).digest()
