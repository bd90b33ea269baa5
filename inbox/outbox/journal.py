"""The events of one transaction of the outbox: numbered last before COMMIT, published after it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg
import orjson
from asyncpg.pool import PoolConnectionProxy

from inbox.kernel.event_log import APPEND_EVENTS_SQL, EventPublisher, LoggedEvent, NewEvent

TICKET_KEYS = (
    "unnest($1::uuid[], $2::uuid[]) AS r (account_id, id) ON t.account_id = r.account_id AND t.id = r.id"
)
"""Joined to TICKET_VIEW_SELECT: $1 accounts, $2 tickets."""

Connection = asyncpg.Connection | PoolConnectionProxy


@dataclass(frozen=True, slots=True)
class Written:
    """What a commit logged."""

    account_id: UUID
    events: list[LoggedEvent] = field(default_factory=list)


async def append_events(
    connection: Connection, account_id: UUID, events: Sequence[NewEvent], now: datetime
) -> Written:
    """The last statement before COMMIT: it holds the account's counter."""
    if not events:
        return Written(account_id)
    rows = await connection.fetch(
        APPEND_EVENTS_SQL,
        account_id,
        [event.type for event in events],
        [" ".join(event.audience) for event in events],
        [orjson.dumps(event.data).decode() for event in events],
        now,
    )
    first = min(row["seq"] for row in rows)
    logged = [
        LoggedEvent(first + index, event.type, event.audience, event.data, now)
        for index, event in enumerate(events)
    ]
    return Written(account_id, logged)


async def publish_written(publisher: EventPublisher, written: Written) -> None:
    if written.events:
        await publisher.publish(written.account_id, written.events)
