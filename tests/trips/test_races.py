"""Two who want the same thing at the same moment, at two serve processes: one wins, the other is told."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

import inbox.numbers.models  # noqa: F401  # tables that the rows below refer to
from inbox.kernel.actor import Actor, Role
from inbox.kernel.ids import new_id
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.inbox.rows import Talk, add_talk
from tests.realtime.conftest import Client, Live, running_gateway

# Races are lost and won by chance: each is run so often.
_ROUNDS = 8

Serves = tuple[Live, Live]


@pytest.fixture
async def serves(settings: Settings, redis_url: str) -> AsyncIterator[Serves]:
    """Two gateways on one database and one Redis, as two `prosa serve`."""
    async with running_gateway(settings, redis_url) as one, running_gateway(settings, redis_url) as other:
        yield one, other


def _draft(talk: Talk, client_message_id: UUID, body: str = "Oi!") -> dict[str, Any]:
    return {
        "client_message_id": str(client_message_id),
        "conversation_id": str(talk.conversation_id),
        "content": {"kind": "text", "body": body},
    }


async def _stored(live: Live, client_message_id: UUID) -> dict[str, int]:
    row = await live.pool.fetchrow(
        """SELECT (SELECT count(*) FROM messages WHERE client_message_id = $1) AS messages,
                  (SELECT count(*) FROM outbox o JOIN messages m ON m.id = o.message_id
                   WHERE m.client_message_id = $1) AS outbox,
                  (SELECT count(*) FROM events WHERE type = 'message_created'
                     AND payload->'message'->>'client_message_id' = $1::text) AS events""",
        client_message_id,
    )
    assert row is not None
    return dict(row)


async def test_of_two_operators_who_accept_one_ticket_one_wins_and_the_other_reads_who(
    serves: Serves, seed: SeededAccount
) -> None:
    ana, sofia = await serves[0].connect(seed.ana), await serves[1].connect(seed.supervisor)
    winners = set()
    for _ in range(_ROUNDS):
        talk = await add_talk(serves[0].database, seed)
        command = {"ticket_id": str(talk.ticket_id)}
        answers = await asyncio.gather(*(c.command("accept_ticket", command) for c in (ana, sofia)))
        won = [answer for answer in answers if "ticket" in answer]
        lost = [answer for answer in answers if "ticket" not in answer]
        assert len(won) == len(lost) == 1, answers
        winner: Actor = seed.ana if "ticket" in answers[0] else seed.supervisor
        winners.add(winner.user_id)
        assert won[0]["ticket"]["assignee_id"] == str(winner.user_id)
        problem = {key: lost[0][key] for key in ("code", "status", "assignee_id", "assignee_name")}
        assert problem == {
            "code": "already_accepted",
            "status": 409,
            "assignee_id": str(winner.user_id),
            "assignee_name": winner.name,
        }
        for client in (ana, sofia):
            await client.until(partial(_shows, client, won[0]))


def _shows(client: Client, won: dict[str, Any]) -> bool:
    """The screen of either has the winner's ticket."""
    return any(
        item["type"] == "ticket_updated"
        and item["data"]["ticket"]["id"] == won["ticket"]["id"]
        and item["data"]["ticket"]["assignee_id"] == won["ticket"]["assignee_id"]
        for item in client.items
    )


async def test_two_tabs_that_send_one_draft_send_it_once_and_both_get_the_same_message(
    serves: Serves, seed: SeededAccount
) -> None:
    tabs = [await serves[0].connect(seed.ana), await serves[1].connect(seed.ana)]
    for n in range(_ROUNDS):
        # A ticket that nobody has yet: the first message also takes it.
        taken = n % 2 == 0
        talk = await add_talk(
            serves[0].database,
            seed,
            state="active" if taken else "queued",
            assignee_id=seed.ana.user_id if taken else None,
        )
        draft = uuid4()
        answers = await asyncio.gather(*(tab.command("send_message", _draft(talk, draft)) for tab in tabs))
        assert answers[0]["message"]["id"] == answers[1]["message"]["id"]
        assert await _stored(serves[0], draft) == {"messages": 1, "outbox": 1, "events": 1}
        for tab in tabs:
            await tab.until(partial(_is_created_once, tab, draft))
    for tab in tabs:
        assert tab.seqs == sorted(set(tab.seqs))


def _is_created_once(client: Client, draft: UUID) -> bool:
    created = [item["data"]["message"] for item in client.items if item["type"] == "message_created"]
    return [message["client_message_id"] for message in created].count(str(draft)) == 1


async def test_two_people_who_use_one_draft_id_are_two_and_the_second_is_told(
    serves: Serves, seed: SeededAccount
) -> None:
    """Ids are made by browsers: another conversation's, or another person's, is no repetition."""
    ana, sofia = await serves[0].connect(seed.ana), await serves[1].connect(seed.supervisor)
    for _ in range(_ROUNDS):
        hers = await add_talk(serves[0].database, seed, state="active", assignee_id=seed.ana.user_id)
        theirs = await add_talk(serves[0].database, seed, state="active", assignee_id=seed.supervisor.user_id)
        draft = uuid4()
        answers = await asyncio.gather(
            ana.command("send_message", _draft(hers, draft)),
            sofia.command("send_message", _draft(theirs, draft)),
        )
        told = [answer for answer in answers if "message" not in answer]
        assert [(answer["code"], answer["status"]) for answer in told] == [("client_message_id_taken", 409)]
        assert await _stored(serves[0], draft) == {"messages": 1, "outbox": 1, "events": 1}


async def test_of_two_operators_who_answer_one_waiting_customer_one_takes_the_ticket(
    serves: Serves, seed: SeededAccount, settings: Settings
) -> None:
    """Answering is accepting: the slower one's words are not sent, and they read who was faster."""
    carla = _add_colleague(settings, seed)
    ana, second = await serves[0].connect(seed.ana), await serves[1].connect(carla)
    for _ in range(_ROUNDS):
        talk = await add_talk(serves[0].database, seed, department="vendas")
        drafts = [uuid4(), uuid4()]
        answers = await asyncio.gather(
            ana.command("send_message", _draft(talk, drafts[0])),
            second.command("send_message", _draft(talk, drafts[1])),
        )
        stored = [await _stored(serves[0], draft) for draft in drafts]
        for answer, one in zip(answers, stored, strict=True):
            sent = int("message" in answer)
            assert one == {"messages": sent, "outbox": sent, "events": sent}
        winner, loser = (seed.ana, 1) if "message" in answers[0] else (carla, 0)
        told = answers[loser]
        assert (told["code"], told["assignee_name"]) == ("already_accepted", winner.name), answers
        assignee = await serves[0].pool.fetchval(
            "SELECT assignee_id FROM tickets WHERE id = $1", talk.ticket_id
        )
        assert assignee == winner.user_id


def _add_colleague(settings: Settings, seed: SeededAccount) -> Actor:
    """A second operator of vendas."""
    carla = Actor(
        seed.account_id, new_id(), Role.OPERATOR, frozenset({seed.departments["vendas"]}), name="Carla"
    )
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(
            "INSERT INTO users (id, email, name, password_hash) VALUES (%s, %s, %s, 'unusable')",
            (carla.user_id, f"{carla.user_id}@example.com", carla.name),
        )
        connection.execute(
            "INSERT INTO memberships (account_id, user_id, role, availability) VALUES (%s, %s, %s, 'online')",
            (carla.account_id, carla.user_id, carla.role.value),
        )
        connection.execute(
            "INSERT INTO membership_departments VALUES (%s, %s, %s)",
            (carla.account_id, carla.user_id, seed.departments["vendas"]),
        )
    return carla


async def test_of_two_who_close_and_transfer_one_ticket_each_is_answered_and_the_row_is_whole(
    serves: Serves, seed: SeededAccount
) -> None:
    ana, sofia = await serves[0].connect(seed.ana), await serves[1].connect(seed.supervisor)
    for _ in range(_ROUNDS):
        talk = await add_talk(serves[0].database, seed, state="active", assignee_id=seed.ana.user_id)
        closed, moved = await asyncio.gather(
            ana.command("close_ticket", {"ticket_id": str(talk.ticket_id)}),
            sofia.command(
                "transfer_ticket",
                {"ticket_id": str(talk.ticket_id), "department_id": str(seed.departments["suporte"])},
            ),
        )
        for answer in (closed, moved):
            assert "ticket" in answer or answer["status"] in (404, 409), answer
        row = await serves[0].pool.fetchrow(
            "SELECT state, closed_at, department_id FROM tickets WHERE id = $1", talk.ticket_id
        )
        assert row is not None
        assert (row["state"] == "closed") == (row["closed_at"] is not None)
        if "ticket" in closed:
            assert row["state"] == "closed"
        if "ticket" in moved:
            assert row["department_id"] == seed.departments["suporte"]
