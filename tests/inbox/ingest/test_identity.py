"""Who is who: BSUID first, then the canonical phone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from inbox.ingest import messages
from inbox.ingest.connection import Connection
from inbox.ingest.tickets import LastTicket, reopen_ticket
from realtime.protocol import EVENT_TYPES
from tests.inbox.ingest.webhooks import T0, Hook, at, profile, text


async def contacts(hook: Hook) -> list[dict[str, object]]:
    return await hook.rows("SELECT * FROM contacts WHERE account_id = $1 ORDER BY id")


async def test_the_ninth_digit_names_the_same_person(hook: Hook) -> None:
    await hook.send(text(phone="551199990001"))
    await hook.send(text(phone="5511999990001", seconds=2))
    (contact,) = await contacts(hook)
    assert contact["wa_id"] == "5511999990001"
    assert await hook.value("SELECT value FROM contact_identities WHERE account_id = $1") == "5511999990001"


async def test_a_bsuid_is_learnt_and_then_suffices(hook: Hook) -> None:
    await hook.send(text(phone="5511999990001"))
    await hook.send(text(phone="5511999990001", bsuid="BR.77", seconds=1))
    await hook.send(text(phone=None, bsuid="BR.77", seconds=2))
    (contact,) = await contacts(hook)
    assert (contact["bsuid"], contact["wa_id"]) == ("BR.77", "5511999990001")
    assert len(await hook.messages()) == 3


async def test_a_bsuid_in_the_place_of_a_phone_is_no_phone(hook: Hook) -> None:
    await hook.send(text(phone="BR.10987654321098765432"))
    (contact,) = await contacts(hook)
    assert (contact["wa_id"], contact["bsuid"]) == (None, "BR.10987654321098765432")


async def test_when_both_are_known_and_differ_the_bsuid_wins(hook: Hook) -> None:
    await hook.send(text("a", phone="5511999990001", bsuid="BR.1"))
    await hook.send(text("b", phone="5511999990002", seconds=1))
    await hook.send(text("c", phone="5511999990002", bsuid="BR.1", seconds=2))
    rows = await hook.rows(
        "SELECT v.contact_id, i.value FROM messages m JOIN conversations v ON v.id = m.conversation_id JOIN contact_identities i ON i.contact_id = v.contact_id AND i.kind = 'bsuid' WHERE m.account_id = $1"
    )
    assert len(rows) == 2
    assert len(await contacts(hook)) == 2


async def test_a_newer_profile_name_wins_over_an_older_one_that_comes_late(hook: Hook) -> None:
    await hook.send(text(seconds=10), contacts=[profile("Ana")])
    await hook.send(text(seconds=20), contacts=[profile("Ana Souza")])
    await hook.send(text(seconds=15), contacts=[profile("Aninha")])
    (contact,) = await contacts(hook)
    assert (contact["profile_name"], contact["version"]) == ("Ana Souza", 2)


async def test_the_same_person_on_two_numbers_has_two_conversations(hook: Hook) -> None:
    await hook.pool.execute(
        "INSERT INTO phone_numbers SELECT account_id, gen_random_uuid(), app_id, 'Dois', phone_number_id || '8', waba_id, display_phone_number,"
        " access_token_sealed, default_department_id FROM phone_numbers WHERE account_id = $1", hook.seed.account_id,
    )  # fmt: skip
    from tests.inbox.ingest.webhooks import change, document, escaped

    numbers = (hook.seed.number.phone_number_id, hook.seed.number.phone_number_id + "8")
    body = escaped(document(*(change(number, messages=[text()]) for number in numbers)))
    assert (await hook.post(body)).status_code == 200
    assert len(await contacts(hook)) == 1
    assert await hook.value("SELECT count(*) FROM conversations WHERE account_id = $1") == 2


# ── tickets that come back ──────────────────────────────────────────────────────────────────────────────────────────


_ROLE = """
WITH role AS (INSERT INTO roles (account_id, id, name, permissions)
              VALUES ($1, gen_random_uuid(), 'Própria', '{permissions}') RETURNING id)
UPDATE memberships m SET role = 'custom', role_id = role.id FROM role WHERE m.account_id = $1"""


async def close(hook: Hook, *, assignee: bool = True, state: str = "closed") -> None:
    await hook.pool.execute(
        "UPDATE tickets SET state = $2, closed_at = $3, closed_by = 'agent', assignee_id = $4, unread_count = 0, waiting_since = NULL, version = version + 1 WHERE account_id = $1",
        hook.seed.account_id, state, at(100), hook.seed.ana.user_id if assignee else None,
    )  # fmt: skip
    await hook.pool.execute(
        "UPDATE ticket_segments SET ended_at = $2 WHERE account_id = $1", hook.seed.account_id, at(100)
    )


@pytest.mark.parametrize(("online", "state"), [(True, "active"), (False, "queued")])
async def test_a_message_soon_after_closing_reopens_the_ticket(hook: Hook, online: bool, state: str) -> None:
    await hook.send(text())
    await close(hook)
    if not online:
        await hook.pool.execute(
            "UPDATE memberships SET availability = 'paused' WHERE account_id = $1", hook.seed.account_id
        )
    await hook.send(text("voltei", seconds=100 + 3600))
    ticket = await hook.row("SELECT * FROM tickets WHERE account_id = $1")
    assert (ticket["state"], ticket["closed_at"], ticket["unread_count"]) == (state, None, 1)
    assert ticket["assignee_id"] == (hook.seed.ana.user_id if online else None)
    assert ticket["waiting_since"] == at(100 + 3600)
    steps = await hook.rows("SELECT type FROM ticket_events WHERE account_id = $1 ORDER BY id")
    assert [s["type"] for s in steps] == ["opened", "reopened"]
    segments = await hook.rows("SELECT ended_at FROM ticket_segments WHERE account_id = $1 ORDER BY id")
    assert [s["ended_at"] is None for s in segments] == [False, True]


LEAVING = {
    "left the department": "DELETE FROM membership_departments WHERE account_id = $1 AND user_id = $2",
    "left the account": "DELETE FROM memberships WHERE account_id = $1 AND user_id = $2",
    "works in the inbox no more": "UPDATE memberships SET role = 'client' WHERE account_id = $1 AND user_id = $2",
    "has a role without the inbox": f"{_ROLE.format(permissions='{departments.all}')} AND m.user_id = $2",
}


@pytest.mark.parametrize("why", LEAVING)
async def test_a_ticket_does_not_come_back_to_somebody_who_answers_for_it_no_more(
    hook: Hook, why: str
) -> None:
    await hook.send(text())
    await close(hook)
    await hook.pool.execute(LEAVING[why], hook.seed.account_id, hook.seed.ana.user_id)
    await hook.send(text("voltei", seconds=200))
    ticket = await hook.row("SELECT * FROM tickets WHERE account_id = $1")
    assert (ticket["state"], ticket["assignee_id"]) == ("queued", None)
    assert ticket["department_id"] == hook.seed.departments["vendas"]
    *_, removed, updated = [e for e in await hook.events() if e["type"].startswith("ticket_")]
    assert (removed["type"], removed["audience"]) == ("ticket_removed", [f"user:{hook.seed.ana.user_id}"])
    assert removed["payload"]["version"] == updated["payload"]["ticket"]["version"] == ticket["version"]
    for event in (removed, updated):
        EVENT_TYPES[event["type"]].model_validate(event["payload"])


@pytest.mark.parametrize("how", ["admin", "custom"])
async def test_who_has_all_departments_gets_their_ticket_back(hook: Hook, how: str) -> None:
    await hook.send(text())
    await close(hook)
    ana = hook.seed.account_id, hook.seed.ana.user_id
    await hook.pool.execute(LEAVING["left the department"], *ana)
    role = "UPDATE memberships m SET role = 'admin' WHERE m.account_id = $1"
    if how == "custom":
        role = _ROLE.format(permissions="{inbox,departments.all}")
    await hook.pool.execute(f"{role} AND m.user_id = $2", *ana)
    await hook.send(text("voltei", seconds=200))
    ticket = await hook.row("SELECT * FROM tickets WHERE account_id = $1")
    assert (ticket["state"], ticket["assignee_id"]) == ("active", hook.seed.ana.user_id)


async def test_a_ticket_of_an_archived_department_comes_back_in_the_numbers_queue(hook: Hook) -> None:
    suporte, vendas = (hook.seed.departments[name] for name in ("suporte", "vendas"))
    await hook.send(text())
    await close(hook)
    await hook.pool.execute(
        "UPDATE tickets SET department_id = $2 WHERE account_id = $1", hook.seed.account_id, suporte
    )
    await hook.pool.execute("UPDATE departments SET archived_at = now() WHERE id = $1", suporte)
    await hook.send(text("voltei", seconds=200))
    ticket = await hook.row("SELECT * FROM tickets WHERE account_id = $1")
    assert (ticket["state"], ticket["assignee_id"], ticket["department_id"]) == ("queued", None, vendas)
    segments = await hook.rows("SELECT department_id FROM ticket_segments WHERE account_id = $1 ORDER BY id")
    assert [s["department_id"] for s in segments] == [vendas, vendas]
    *_, removed, updated = [e for e in await hook.events() if e["type"].startswith("ticket_")]
    assert f"department:{suporte}" in removed["audience"]
    assert f"department:{vendas}" in updated["audience"]


async def test_a_ticket_does_not_reopen_in_a_department_that_is_archived_meanwhile(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    suporte = hook.seed.departments["suporte"]
    await hook.send(text())
    await close(hook)
    await hook.pool.execute(
        "UPDATE tickets SET department_id = $2 WHERE account_id = $1", hook.seed.account_id, suporte
    )

    async def archive_then_reopen(connection: Connection, last: LastTicket, now: datetime) -> None:
        await hook.pool.execute("UPDATE departments SET archived_at = now() WHERE id = $1", suporte)
        await reopen_ticket(connection, last, now)

    monkeypatch.setattr(messages, "reopen_ticket", archive_then_reopen)
    await hook.send(text("voltei", seconds=200))
    ticket = await hook.row("SELECT * FROM tickets WHERE account_id = $1")
    assert (ticket["closed_at"], ticket["department_id"]) == (None, hook.seed.departments["vendas"])


@pytest.mark.parametrize("why", ["late", "merged", "never"])
async def test_otherwise_a_new_ticket_opens(hook: Hook, why: str) -> None:
    await hook.send(text())
    await close(hook, state="merged" if why == "merged" else "closed")
    if why == "never":
        await hook.pool.execute(
            "UPDATE phone_numbers SET reopen_within_hours = 0 WHERE account_id = $1", hook.seed.account_id
        )
    await hook.send(text("de novo", seconds=100 + (25 * 3600 if why == "late" else 60)))
    tickets = await hook.rows("SELECT * FROM tickets WHERE account_id = $1 ORDER BY created_at")
    assert [t["closed_at"] is None for t in tickets] == [False, True]
    numbers = [t["protocol"] for t in tickets]
    today = datetime.now(UTC).astimezone(ZoneInfo("America/Sao_Paulo")).strftime("%Y%m%d")
    assert numbers == [f"{today}000001", f"{today}000002"]


async def test_a_repeated_old_message_reopens_nothing(hook: Hook) -> None:
    one = text()
    await hook.send(one)
    await close(hook)
    before = len(await hook.events())
    await hook.send(one)
    assert (await hook.row("SELECT state FROM tickets WHERE account_id = $1"))["state"] == "closed"
    assert len(await hook.events()) == before


async def test_protocol_numbers_are_gapless_within_a_batch(hook: Hook) -> None:
    await hook.send(*[text(phone=f"55119888{n:05}") for n in range(30)])
    rows = await hook.rows("SELECT protocol FROM tickets WHERE account_id = $1 ORDER BY protocol")
    assert [int(r["protocol"][8:]) for r in rows] == list(range(1, 31))


def test_the_moment_of_these_tests_is_what_it_says() -> None:
    assert at(0) == datetime(2026, 9, 21, tzinfo=UTC) + timedelta(seconds=T0 - 1_789_948_800)
