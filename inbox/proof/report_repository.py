"""SQL of the reports: a process writes what it has seen. Plain asyncpg as prosa_system, all within one transaction."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from inbox.proof import metrics
from inbox.proof.histogram import bucket_of

if TYPE_CHECKING:
    from inbox.proof.observer import Observed, Painting, Trip

Connection = asyncpg.Connection | PoolConnectionProxy

_OBSERVATIONS_SQL = """
INSERT INTO proof_observations (account_id, minute, process_id, published, dropped, passed, relayed, found, pushed,
                                acknowledged, ended)
SELECT p.account_id, p.minute, $1, p.published, p.dropped, p.passed, p.relayed, p.found, p.pushed, p.acknowledged, p.ended
FROM unnest($2::uuid[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
            $9::bigint[], $10::bigint[], $11::bigint[])
     AS p (account_id, minute, published, dropped, passed, relayed, found, pushed, acknowledged, ended)
ON CONFLICT (account_id, process_id, minute) DO UPDATE SET
    published = excluded.published, dropped = excluded.dropped, passed = excluded.passed, relayed = excluded.relayed,
    found = excluded.found, pushed = excluded.pushed, acknowledged = excluded.acknowledged, ended = excluded.ended
"""

_HEARTBEATS_SQL = """
INSERT INTO proof_processes (account_id, process_id, seen_at) SELECT account_id, $1, $3 FROM unnest($2::uuid[]) AS account_id
ON CONFLICT (account_id, process_id) DO UPDATE SET seen_at = excluded.seen_at
"""

# The first process that pushed it wins; the others' pushes of the same message are no first ones.
_TRIPS_SQL = """
INSERT INTO message_trips (account_id, message_id, received_at, stored_at, pushed_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[])
ON CONFLICT DO NOTHING RETURNING account_id, received_at, stored_at, pushed_at
"""

_PAINTINGS_SQL = """
UPDATE message_trips t SET painted_at = greatest(p.painted_at, t.pushed_at)
FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS p (account_id, message_id, painted_at)
WHERE t.account_id = p.account_id AND t.message_id = p.message_id AND t.painted_at IS NULL
RETURNING t.account_id, t.received_at, t.stored_at, t.pushed_at, t.painted_at
"""

_HOURS_SQL = """
INSERT INTO trip_hours AS h (account_id, hour, leg, bucket, count)
SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::smallint[], $5::bigint[])
ON CONFLICT (account_id, hour, leg, bucket) DO UPDATE SET count = h.count + excluded.count
"""


async def write_observations(
    connection: Connection, process_id: UUID, rows: "Sequence[tuple[UUID, datetime, Observed]]"
) -> None:
    """`rows` in ascending order, with numbers since the minute began."""
    columns = list(zip(*(astuple(row) for _, _, row in rows), strict=True))
    await connection.execute(
        _OBSERVATIONS_SQL, process_id, [row[0] for row in rows], [row[1] for row in rows], *map(list, columns)
    )


async def write_heartbeats(
    connection: Connection, process_id: UUID, account_ids: Sequence[UUID], now: datetime
) -> None:
    await connection.execute(_HEARTBEATS_SQL, process_id, list(account_ids), now)


async def write_trips(
    connection: Connection, trips: "Sequence[Trip]", paintings: "Sequence[Painting]"
) -> None:
    """Each message's first push and first painting, once, with their histograms in the same commit."""
    durations: Counter[tuple[UUID, datetime, str, int]] = Counter()

    def count(account_id: UUID, leg: str, since: datetime, until: datetime) -> None:
        # The clocks of two servers may differ by a little; nothing arrives before it left.
        seconds = max(0.0, (until - since).total_seconds())
        hour = until.replace(minute=0, second=0, microsecond=0)
        durations[account_id, hour, leg, bucket_of(seconds * 1000)] += 1
        metrics.TRIP_SECONDS.labels(leg).observe(seconds)

    # In the order of their keys: two processes that tell of the same messages must not wait for each other.
    ordered = sorted({(t.account_id, t.message_id): t for t in reversed(trips)}.items())
    if ordered:
        for row in await connection.fetch(
            _TRIPS_SQL,
            [key[0] for key, _ in ordered],
            [key[1] for key, _ in ordered],
            [t.received_at for _, t in ordered],
            [t.stored_at for _, t in ordered],
            [t.pushed_at for _, t in ordered],
        ):
            if row["received_at"] is not None:
                count(row["account_id"], "store", row["received_at"], row["stored_at"])
            count(row["account_id"], "push", row["stored_at"], row["pushed_at"])
    painted = sorted({(p.account_id, p.message_id): p.painted_at for p in reversed(paintings)}.items())
    if painted:
        for row in await connection.fetch(
            _PAINTINGS_SQL, [k[0] for k, _ in painted], [k[1] for k, _ in painted], [at for _, at in painted]
        ):
            count(row["account_id"], "paint", row["pushed_at"], row["painted_at"])
            count(row["account_id"], "whole", row["received_at"] or row["stored_at"], row["painted_at"])
    if durations:
        entries = sorted(durations.items())
        await connection.execute(
            _HOURS_SQL,
            [key[0] for key, _ in entries],
            [key[1] for key, _ in entries],
            [key[2] for key, _ in entries],
            [key[3] for key, _ in entries],
            [number for _, number in entries],
        )
