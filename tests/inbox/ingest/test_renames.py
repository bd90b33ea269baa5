"""A customer's new name, as their webhooks tell it, reaches every row that shows them; who keeps their name costs nothing."""

from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from inbox.ingest import messages
from inbox.ingest.arrivals import Arrival
from inbox.ingest.connection import Connection
from inbox.ingest.draft import Draft, read_draft
from inbox.ingest.tally import Tally
from realtime.protocol import EVENT_TYPES
from tests.inbox.ingest.test_identity import close
from tests.inbox.ingest.webhooks import Hook, profile, text


async def told(hook: Hook, type_: str) -> list[dict[str, Any]]:
    found = [event for event in await hook.events() if event["type"] == type_]
    for event in found:
        EVENT_TYPES[type_].model_validate(event["payload"])
    return found


async def versions(hook: Hook) -> list[int]:
    rows = await hook.rows("SELECT version FROM tickets WHERE account_id = $1 ORDER BY created_at, id")
    return [row["version"] for row in rows]


async def test_a_new_profile_name_reaches_closed_rows_and_the_departments_that_have_them(hook: Hook) -> None:
    suporte = hook.seed.departments["suporte"]
    await hook.send(text(), contacts=[profile("Ana")])
    await close(hook, state="merged")
    await hook.pool.execute(
        "UPDATE tickets SET department_id = $2 WHERE account_id = $1", hook.seed.account_id, suporte
    )
    await hook.send(text(seconds=200), contacts=[profile("Ana")])
    before = await versions(hook)
    assert await told(hook, "contact_updated") == []

    await hook.send(text(seconds=210), contacts=[profile("Ana Souza")])
    (event,) = await told(hook, "contact_updated")
    assert event["payload"]["contact"]["name"] == "Ana Souza"
    conversation = await hook.value("SELECT id FROM conversations WHERE account_id = $1")
    assert set(event["audience"]) == {
        "admins", f"department:{suporte}", f"department:{hook.seed.departments['vendas']}", f"conversation:{conversation}",
    }  # fmt: skip
    assert await versions(hook) == [version + 1 for version in before]
    assert (await hook.row("SELECT version FROM contacts WHERE account_id = $1"))["version"] == 2
    assert (await told(hook, "ticket_updated"))[-1]["payload"]["ticket"]["contact"]["name"] == "Ana Souza"


async def test_the_open_row_on_another_number_is_told_too(hook: Hook) -> None:
    from tests.inbox.ingest.webhooks import change, document, escaped

    await hook.pool.execute(
        "INSERT INTO phone_numbers SELECT account_id, gen_random_uuid(), app_id, 'Dois', phone_number_id || '8', waba_id, display_phone_number,"
        " access_token_sealed, default_department_id FROM phone_numbers WHERE account_id = $1", hook.seed.account_id,
    )  # fmt: skip
    numbers = (hook.seed.number.phone_number_id, hook.seed.number.phone_number_id + "8")
    body = document(*(change(n, messages=[text()], contacts=[profile("Ana")]) for n in numbers))
    assert (await hook.post(escaped(body))).status_code == 200
    seq = len(await hook.events())
    await hook.send(text(seconds=10), contacts=[profile("Ana Souza")])
    rows = {
        e["payload"]["ticket"]["id"]: e for e in (await hook.events())[seq:] if e["type"] == "ticket_updated"
    }
    assert len(rows) == 2
    for row in rows.values():
        ticket = row["payload"]["ticket"]
        assert ticket["contact"]["name"] == "Ana Souza"
        stored = "SELECT version FROM tickets WHERE account_id = $1 AND id = $2"
        assert ticket["version"] == await hook.value(stored, ticket["id"])


async def test_the_name_that_operators_gave_stays_and_the_profile_beside_it_is_told(hook: Hook) -> None:
    await hook.send(text(), contacts=[profile("Ana")])
    await hook.pool.execute(
        "UPDATE contacts SET name = 'Maria (matriz)' WHERE account_id = $1", hook.seed.account_id
    )
    await hook.send(text(seconds=10), contacts=[profile("Aninha")])
    (event,) = await told(hook, "contact_updated")
    contact = event["payload"]["contact"]
    assert (contact["name"], contact["profile_name"]) == ("Maria (matriz)", "Aninha")


async def test_who_is_renamed_by_hand_meanwhile_is_read_again(
    hook: Hook, owner_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hook.send(text(), contacts=[profile("Ana")])
    reads = 0

    async def read_then_rename(connection: Connection, arrivals: Sequence[Arrival], tally: Tally) -> Draft:
        nonlocal reads
        reads += 1
        draft = await read_draft(connection, arrivals, tally)
        if reads == 2:  # the first only finds that it is nothing for one statement
            await owner_pool.execute(
                "UPDATE contacts SET name = 'Maria' WHERE account_id = $1", hook.seed.account_id
            )
        return draft

    monkeypatch.setattr(messages, "read_draft", read_then_rename)
    await hook.send(text(seconds=10), contacts=[profile("Aninha")])
    (event,) = await told(hook, "contact_updated")
    contact = event["payload"]["contact"]
    assert (contact["name"], contact["profile_name"]) == ("Maria", "Aninha")


async def test_a_name_given_by_hand_between_reading_and_locking_is_told(
    hook: Hook, owner_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their profile stays; the batch needs steps because it quotes. Also for a customer whose ticket is opened anew."""
    first = text()
    await hook.send(first, contacts=[profile("Ana")])
    names = iter(["Maria", "Marta"])
    reads = 0

    async def read_then_rename(connection: Connection, arrivals: Sequence[Arrival], tally: Tally) -> Draft:
        nonlocal reads
        reads += 1
        draft = await read_draft(connection, arrivals, tally)
        if reads == 1:
            await owner_pool.execute(
                "UPDATE contacts SET name = $2 WHERE account_id = $1", hook.seed.account_id, next(names)
            )
        return draft

    monkeypatch.setattr(messages, "read_draft", read_then_rename)
    for seconds, name in ((10, "Maria"), (200, "Marta")):
        reads = 0
        quoting = {**text(seconds=seconds), "context": {"id": first["id"], "from": "551130000001"}}
        await hook.send(quoting, contacts=[profile("Ana")])
        shown = (await told(hook, "ticket_updated"))[-1]["payload"]["ticket"]["contact"]
        assert (shown["name"], shown["profile_name"]) == (name, "Ana")
        assert reads == 2  # the first was in vain
        await close(hook, state="merged")


class Counted:
    """A connection that notes what it is asked."""

    def __init__(self, connection: Any, statements: list[str]) -> None:
        self._connection = connection
        self._statements = statements

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._connection, name)
        if name not in ("fetch", "fetchrow", "fetchval", "execute"):
            return found

        async def noted(statement: str, *arguments: Any) -> Any:
            self._statements.append(statement)
            return await found(statement, *arguments)

        return noted


async def test_who_keeps_their_name_costs_two_statements(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading and writing; a user id learnt beside a known number shows nowhere and costs no more."""
    await hook.send(text(), contacts=[profile("Ana")])
    statements: list[str] = []
    at_once = messages.write_at_once

    async def counted(connection: Connection, *arguments: Any) -> bool:
        return await at_once(Counted(connection, statements), *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("inbox.ingest.flush.write_at_once", counted)
    await hook.send(text(seconds=10), contacts=[profile("Ana")])
    assert len(statements) == 2
    await hook.send(text(seconds=20, bsuid="BR.9"), contacts=[profile("Ana", bsuid="BR.9")])
    assert len(statements) == 4
    assert (await hook.row("SELECT bsuid FROM contacts WHERE account_id = $1"))["bsuid"] == "BR.9"
    assert await told(hook, "contact_updated") == []
