"""The events of one transaction: encoded once, numbered last, handed to the publisher after COMMIT.

The dicts have the shape of the views (`inbox/*/events.py`); a test holds them against those models, so that the hot path
need not build models. The same bytes go into the log and to the publisher.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from inbox.ingest import writing
from inbox.ingest.connection import Connection
from inbox.ingest.facts import ANNOUNCED, Facts
from inbox.kernel.event_log import LoggedEvent, NewEvent
from inbox.kernel.rows import Row

_NEWS_OF_A_MESSAGE = "message_created"


class Journal:
    def __init__(self) -> None:
        self._entries: dict[UUID, list[tuple[str, str, bytes]]] = {}
        self._tickets: dict[tuple[UUID, UUID], tuple[str, bytes]] = {}
        self._numbered: dict[UUID, int] = {}
        self._at: datetime | None = None

    def add(self, account_id: UUID, type_: str, audience: str, data: dict[str, Any]) -> None:
        """`audience`: room names joined by one space."""
        entry = (type_, audience, orjson.dumps(data, option=orjson.OPT_UTC_Z))
        entries = self._entries.get(account_id)
        if entries is None:
            self._entries[account_id] = [entry]
        else:
            entries.append(entry)

    def add_ticket(self, account_id: UUID, ticket_id: UUID, audience: str, view: dict[str, Any]) -> None:
        """The ticket as it leaves this transaction: told once, after its messages, however often it changed."""
        payload = orjson.dumps({"ticket": view}, option=orjson.OPT_UTC_Z)
        self._tickets[account_id, ticket_id] = (audience, payload)

    def add_event(self, account_id: UUID, event: NewEvent) -> None:
        self.add(account_id, event.type, " ".join(event.audience), event.data)

    def add_ticket_event(self, account_id: UUID, ticket_id: UUID, event: NewEvent) -> None:
        self.add_ticket(account_id, ticket_id, " ".join(event.audience), event.data["ticket"])

    def columns(self, at: datetime, facts: Facts) -> dict[str, Any]:
        """For the statement that numbers and stores everything. Every account of `facts` is in it, with events or without."""
        for (account_id, _), (audience, payload) in self._tickets.items():
            self._entries.setdefault(account_id, []).append(("ticket_updated", audience, payload))
        self._tickets.clear()
        self._at = at
        for account_id, entries in self._entries.items():
            announced = sum(entry[0] == _NEWS_OF_A_MESSAGE for entry in entries)
            if announced:
                facts.add(account_id, ANNOUNCED, announced)
        counted = facts.columns()
        accounts = sorted({*self._entries, *counted["fact_accounts"]})
        flat = [
            (account_id, ordinal, *entry)
            for account_id in accounts
            for ordinal, entry in enumerate(self._entries.get(account_id, ()), start=1)
        ]
        return {
            **counted,
            "event_counters": accounts,
            "event_counts": [len(self._entries.get(account_id, ())) for account_id in accounts],
            "event_accounts": [row[0] for row in flat],
            "event_ordinals": [row[1] for row in flat],
            "event_types": [row[2] for row in flat],
            "event_audiences": [row[3] for row in flat],
            "event_payloads": [row[4].decode() for row in flat],
        }

    def take_numbers(self, rows: Iterable[Row]) -> None:
        """What that statement answered."""
        self._numbered = {row["account_id"]: row["before"] for row in rows}

    async def append(self, connection: Connection, now: datetime, facts: Facts) -> None:
        """Numbers and stores everything by itself: the last statement before COMMIT, or its own."""
        columns = self.columns(now, facts)
        if columns["event_counters"]:
            statement = writing.APPEND_EVENTS
            arguments = statement.arguments({**columns, "now": now})
            self.take_numbers(await connection.fetch(statement.text, *arguments))

    def logged(self) -> Iterator[tuple[UUID, list[LoggedEvent]]]:
        """What was numbered, by account. The data is encoded JSON (`orjson.Fragment`)."""
        for account_id, before in self._numbered.items():
            if account_id not in self._entries:
                continue  # only counted
            assert self._at is not None
            yield (
                account_id,
                [
                    LoggedEvent(
                        before + ordinal, type_, audience.split(" "), orjson.Fragment(payload), self._at
                    )
                    for ordinal, (type_, audience, payload) in enumerate(self._entries[account_id], start=1)
                ],
            )
