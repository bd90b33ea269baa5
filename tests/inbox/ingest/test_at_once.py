"""Without locks in one statement, or step by step under locks: the same rows, the same events, the same races won."""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson
import pytest

from inbox.ingest import flush, messages
from inbox.ingest.arrivals import Arrival
from inbox.ingest.connection import Connection
from inbox.ingest.draft import Draft, read_draft
from inbox.ingest.service import Ingest
from inbox.ingest.tally import Tally
from server.settings import Settings
from tests.conftest import RecordingPublisher, SeededAccount, seed_account
from tests.inbox.ingest.webhooks import Hook, hook_client, new_wamid, profile, text

NOW = datetime(2026, 9, 21, 15, 0, tzinfo=UTC)
PHONES = [f"5511988880{n:03}" for n in range(6)]
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_TABLES = (
    "contacts",
    "contact_identities",
    "conversations",
    "tickets",
    "ticket_segments",
    "ticket_events",
    "messages",
)


def posts() -> list[list[dict[str, Any]]]:
    """New people, known ones, several messages of one, a repetition, one out of order, one quoted before it came."""
    wamids = [f"{new_wamid()}x" for _ in range(14)]
    first = [text(f"m{n}", seconds=n, phone=PHONES[n], wamid=wamids[n]) for n in range(4)]
    more = [text(f"m{n}", seconds=10 + n, phone=PHONES[n % 6], wamid=wamids[n]) for n in range(4, 12)]
    late = text("late", seconds=1, phone=PHONES[5], wamid=wamids[12])
    quoting = text("quote", seconds=40, phone=PHONES[0], context={"id": wamids[13], "from": PHONES[0]})
    quoted = text("quoted", seconds=39, phone=PHONES[0], wamid=wamids[13])
    return [first, more, first[:2], [late, *more[:1]], [quoting], [quoted]]


async def story(hook: Hook, told: list[list[dict[str, Any]]]) -> str:
    """Everything that is stored, with ids named by their first appearance."""
    for number, said in enumerate(told):
        await hook.send(*said, contacts=[profile(f"Cliente {number // 2}", PHONES[n]) for n in range(6)])
    events = [(e["seq"], e["type"], e["audience"], e["payload"]) for e in await hook.events()]
    tables = [await hook.value(_all_of(table)) for table in _TABLES]
    names: dict[str, str] = {}
    plain = orjson.dumps(
        [events, [sorted(orjson.loads(rows or "[]"), key=_key) for rows in tables]], default=str
    )
    return _UUID.sub(lambda match: names.setdefault(match[0], f"id{len(names)}"), plain.decode())


def _all_of(table: str) -> str:
    return f"SELECT json_agg(to_jsonb(t) - 'created_at')::text FROM {table} t WHERE account_id = $1"


def _key(row: dict[str, Any]) -> str:
    """Rows in an order that no id decides."""
    return _UUID.sub("", orjson.dumps(row).decode()) + str(row.get("id", ""))


async def tell(settings: Settings, pool: asyncpg.Pool, told: list[list[dict[str, Any]]]) -> str:
    seed = await asyncio.to_thread(seed_account, settings)
    ingest = Ingest(
        settings.resolved_system_database_url, settings.vault, RecordingPublisher(), now=lambda: NOW
    )
    await ingest.start()
    try:
        async with hook_client(ingest) as client:
            told_here = await story(Hook(client, seed, pool), told)
    finally:
        await ingest.stop()
    return told_here.replace(str(seed.number.phone_number_id), "number")


async def test_both_ways_write_the_same(
    settings: Settings, owner_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = posts()
    at_once = await tell(settings, owner_pool, told)
    monkeypatch.setattr(flush, "write_at_once", _declined)
    assert await tell(settings, owner_pool, told) == at_once


async def _declined(*_: Any) -> bool:
    return False


MEANWHILE = {
    "the ticket changes": "UPDATE tickets SET unread_count = 0, version = version + 1 WHERE account_id = $1",
    "the ticket is closed": (
        "WITH segment AS (UPDATE ticket_segments SET ended_at = now() WHERE account_id = $1)"
        " UPDATE tickets SET state = 'closed', closed_at = now(), version = version + 1 WHERE account_id = $1"
    ),
    "a protocol number is taken": "UPDATE protocol_counters SET number = number + 1 WHERE account_id = $1",
    "a reaction comes first": (
        "INSERT INTO reactions (account_id, target_wamid, reactor, emoji, at) VALUES ($1, 'wamid.RACE', 'contact', '👍', now())"
    ),
    "somebody quotes it": (
        """UPDATE messages SET context = '{"quoted_wamid": "wamid.RACE"}' WHERE account_id = $1"""
    ),
}


@pytest.mark.parametrize("meanwhile", MEANWHILE)
async def test_what_changes_between_reading_and_writing_is_never_overwritten(
    meanwhile: str, hook: Hook, owner_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hook.send(text("before", seconds=20, phone=PHONES[0]))
    done = False

    async def read_then_lose(connection: Connection, arrivals: Sequence[Arrival], tally: Tally) -> Draft:
        nonlocal done
        draft = await read_draft(connection, arrivals, tally)
        if not done:
            done = True
            await owner_pool.execute(MEANWHILE[meanwhile], hook.seed.account_id)
        return draft

    monkeypatch.setattr(messages, "read_draft", read_then_lose)
    await hook.send(
        text("known", seconds=20, phone=PHONES[0], wamid="wamid.RACE"),
        text("new", seconds=30, phone=PHONES[1]),
    )
    assert len(await hook.messages()) == 3
    events = await hook.events()
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
    tickets = await hook.rows("SELECT unread_count, protocol FROM tickets WHERE account_id = $1 ORDER BY id")
    unread = {"the ticket changes": 1}.get(meanwhile, 2)
    assert tickets[0]["unread_count"] == unread
    assert len({t["protocol"] for t in tickets}) == 2
    if meanwhile == "a reaction comes first":
        view = next(e["payload"]["message"] for e in events if "wamid.RACE" in str(e) or _is_known(e))
        assert view["reactions"]
    if meanwhile == "somebody quotes it":
        assert events[-1]["type"] == "ticket_updated"
        assert any(e["type"] == "message_updated" for e in events)


def _is_known(event: dict[str, Any]) -> bool:
    created: bool = event["type"] == "message_created"
    return created and "'body': 'known'" in str(event["payload"])


async def test_several_processes_open_tickets_at_once_without_a_gap_in_their_numbers(
    settings: Settings, seed: SeededAccount, owner_pool: asyncpg.Pool
) -> None:
    ingests = [
        Ingest(settings.resolved_system_database_url, settings.vault, RecordingPublisher()) for _ in range(3)
    ]
    for ingest in ingests:
        await ingest.start()
    try:
        async with hook_client(ingests[0]) as a, hook_client(ingests[1]) as b, hook_client(ingests[2]) as c:
            hooks = [Hook(client, seed, owner_pool) for client in (a, b, c)]
            await asyncio.gather(*(hooks[n % 3].send(text(str(n), phone=f"55116{n:08}")) for n in range(90)))
            protocols = await hooks[0].rows("SELECT protocol FROM tickets WHERE account_id = $1")
    finally:
        for ingest in ingests:
            await ingest.stop()
    assert sorted(int(t["protocol"][8:]) for t in protocols) == list(range(1, 91))
