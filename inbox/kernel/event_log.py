"""The numbered log of facts: one row per change that somebody may need to hear of, in the same transaction as the change.

Invariants
- `seq` is per account and dense: 1, 2, 3, … It is given by updating the account's counter row as the last thing before
  COMMIT; that row lock is held until COMMIT, so the order of seq is the order of commits.
- Whoever locks several accounts does so in ascending account order.
- After COMMIT the events are handed to an `EventPublisher`. That hand-over may be lost; readers come back by cursor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


@dataclass(slots=True)
class NewEvent:
    """An event that is not yet numbered. `data` is JSON-able as orjson understands it."""

    type: str
    audience: list[str]
    data: dict[str, Any]


@dataclass(slots=True)
class LoggedEvent:
    seq: int
    type: str
    audience: list[str]
    data: Any
    at: datetime


class EventPublisher(Protocol):
    async def publish(self, account_id: UUID, events: Sequence[LoggedEvent]) -> None:
        """Hints that these events are committed. May be lost; must not raise for an unreachable Redis."""

    async def nudge(self, topic: str) -> None:
        """Wakes whoever waits for work on `topic` (a hint: they poll too). Same promise as `publish`."""


APPEND_EVENTS_SQL = """
WITH counter AS (
    UPDATE event_counters SET seq = seq + cardinality($2::text[]) WHERE account_id = $1 RETURNING seq
)
INSERT INTO events (account_id, seq, type, audience, payload, at)
SELECT $1, counter.seq - cardinality($2::text[]) + new.ordinal, new.type,
       string_to_array(new.audience, ' '), new.payload, $5
FROM counter, unnest($2::text[], $3::text[], $4::jsonb[]) WITH ORDINALITY AS new (type, audience, payload, ordinal)
RETURNING seq
"""
"""$1 account, $2 types, $3 audiences (room names joined by one space: rooms hold none), $4 payloads, $5 at.

The one statement that numbers events; run it last before COMMIT.
"""
