"""Tickets change hands: exactly one wins, history and segments agree, the lists hear of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.kernel.errors import Forbidden, Invalid, NotFound
from inbox.tickets import service
from inbox.tickets.errors import AlreadyAccepted, TicketClosed, TicketOpen
from tests.conftest import RecordingPublisher, SeededAccount
from tests.inbox.rows import Talk, add_talk, add_ticket


async def history(database: Database, talk: Talk) -> tuple[list[str], list[tuple[Any, bool]]]:
    """(steps, segments as (assignee, is current)) of the ticket, in order."""
    async with database.system() as work:
        steps = await work.session.execute(
            text("SELECT type FROM ticket_events WHERE ticket_id = :id ORDER BY at, id"),
            {"id": talk.ticket_id},
        )
        segments = await work.session.execute(
            text(
                """SELECT assignee_id, ended_at IS NULL FROM ticket_segments WHERE ticket_id = :id
                ORDER BY started_at, id"""
            ),
            {"id": talk.ticket_id},
        )
        return list(steps.scalars()), [(row[0], row[1]) for row in segments]


async def test_accepting_assigns_the_ticket_and_writes_its_history(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    talk = await add_talk(database, seed)
    publisher.published.clear()
    ticket = await service.accept_ticket(database, seed.ana, talk.ticket_id)
    assert (ticket.state, ticket.assignee_id) == ("active", seed.ana.user_id)
    assert ticket.accepted_at is not None
    assert await history(database, talk) == (
        ["accepted"],
        [(None, False), (seed.ana.user_id, True)],
    )
    ((_, event),) = publisher.published
    assert event.type == "ticket_updated"
    assert event.data["ticket"] == ticket.model_dump(mode="json")
    assert set(event.audience) == {
        "admins",
        f"conversation:{talk.conversation_id}",
        f"department:{seed.departments['vendas']}",
        f"user:{seed.ana.user_id}",
    }


async def test_of_many_who_accept_at_once_exactly_one_wins_and_the_others_read_who(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed)
    rivals = [seed.ana, seed.supervisor, seed.admin, seed.ana, seed.supervisor, seed.admin]
    results = await asyncio.gather(
        *(service.accept_ticket(database, rival, talk.ticket_id) for rival in rivals), return_exceptions=True
    )
    winners = {result.assignee_id for result in results if not isinstance(result, BaseException)}
    losers = [result for result in results if isinstance(result, BaseException)]
    assert len(winners) == 1
    assert len(losers) == 4  # the winner asked twice, and both times has it
    winner = winners.pop()
    name = next(rival.name for rival in rivals if rival.user_id == winner)
    for error in losers:
        assert isinstance(error, AlreadyAccepted)
        problem = error.as_problem()
        assert (problem["code"], problem["assignee_id"], problem["assignee_name"]) == (
            "already_accepted",
            str(winner),
            name,
        )
    assert (await history(database, talk))[0] == ["accepted"]


async def test_a_message_that_arrives_meanwhile_does_not_make_an_accept_fail(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed)

    async def count_up() -> None:
        for _ in range(20):
            async with database.system() as work:
                await work.session.execute(
                    text(
                        "UPDATE tickets SET unread_count = unread_count + 1, version = version + 1 WHERE id = :id"
                    ),
                    {"id": talk.ticket_id},
                )

    _, ticket = await asyncio.gather(count_up(), service.accept_ticket(database, seed.ana, talk.ticket_id))
    assert ticket.assignee_id == seed.ana.user_id


@pytest.mark.parametrize("outsider", ["bruno"])
async def test_a_ticket_of_another_department_is_not_found(
    database: Database, seed: SeededAccount, outsider: str
) -> None:
    talk = await add_talk(database, seed, department="vendas")
    actor: Actor = getattr(seed, outsider)
    vendas = seed.departments["vendas"]
    for attempt in (
        service.get_ticket(database, actor, talk.ticket_id),
        service.accept_ticket(database, actor, talk.ticket_id),
        service.close_ticket(database, actor, talk.ticket_id),
        service.return_ticket_to_queue(database, actor, talk.ticket_id),
        service.reopen_ticket(database, actor, talk.ticket_id),
        service.transfer_ticket(database, actor, talk.ticket_id, department_id=vendas),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_a_transfer_tells_the_old_department_that_the_ticket_is_gone_before_the_new_one_hears(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    publisher.published.clear()
    suporte = seed.departments["suporte"]
    ticket = await service.transfer_ticket(
        database,
        seed.ana,
        talk.ticket_id,
        department_id=suporte,
        assignee_id=seed.bruno.user_id,
        note="Troca",
    )
    assert (ticket.state, ticket.department_id, ticket.assignee_id) == ("active", suporte, seed.bruno.user_id)
    removed, updated = (event for _, event in publisher.published)
    assert (removed.type, updated.type) == ("ticket_removed", "ticket_updated")
    assert set(removed.audience) == {
        f"department:{seed.departments['vendas']}",
        f"user:{seed.ana.user_id}",
    }
    assert removed.seq + 1 == updated.seq
    assert f"department:{suporte}" in updated.audience
    steps, segments = await history(database, talk)
    assert steps == ["transferred"]
    assert segments == [(seed.ana.user_id, False), (seed.bruno.user_id, True)]
    with pytest.raises(NotFound):
        await service.get_ticket(database, seed.ana, talk.ticket_id)


async def test_a_transfer_to_a_department_queues_the_ticket_there(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    ticket = await service.transfer_ticket(
        database, seed.ana, talk.ticket_id, department_id=seed.departments["suporte"]
    )
    assert (ticket.state, ticket.assignee_id, ticket.accepted_at) == ("queued", None, None)
    assert ticket.queued_at is not None
    assert (
        await service.accept_ticket(database, seed.bruno, talk.ticket_id)
    ).assignee_id == seed.bruno.user_id


async def test_a_transfer_to_somebody_who_is_not_of_the_department_is_refused(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    with pytest.raises(Invalid):
        await service.transfer_ticket(
            database,
            seed.ana,
            talk.ticket_id,
            department_id=seed.departments["vendas"],
            assignee_id=seed.bruno.user_id,
        )


async def test_an_operator_may_not_steer_a_colleagues_ticket_but_a_supervisor_may(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.supervisor.user_id)
    with pytest.raises(Forbidden):
        await service.close_ticket(database, seed.ana, talk.ticket_id)
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    ticket = await service.close_ticket(database, seed.supervisor, talk.ticket_id, reason="Resolvido")
    assert (ticket.state, ticket.closed_by, ticket.close_reason) == ("closed", "supervisor", "Resolvido")


async def test_whoever_was_never_answered_returns_to_the_old_place_in_the_queue(
    database: Database, seed: SeededAccount
) -> None:
    at = datetime.now(UTC) - timedelta(minutes=10)
    talk = await add_talk(database, seed, at=at)
    await service.accept_ticket(database, seed.ana, talk.ticket_id)
    ticket = await service.return_ticket_to_queue(database, seed.ana, talk.ticket_id)
    assert (ticket.state, ticket.assignee_id, ticket.queued_at) == ("queued", None, at)
    assert await service.return_ticket_to_queue(database, seed.ana, talk.ticket_id) == ticket


async def test_closing_ends_the_episode_and_closing_again_changes_nothing(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id, unread_count=3)
    ticket = await service.close_ticket(database, seed.ana, talk.ticket_id, reason="Venda")
    assert (ticket.closed_by, ticket.unread_count, ticket.waiting_since) == ("agent", 0, None)
    assert await service.close_ticket(database, seed.ana, talk.ticket_id, reason="Outra") == ticket
    assert await history(database, talk) == (["closed"], [(seed.ana.user_id, False)])
    with pytest.raises(TicketClosed):
        await service.accept_ticket(database, seed.ana, talk.ticket_id)


async def test_reopening_gives_the_ticket_to_who_reopens_it(database: Database, seed: SeededAccount) -> None:
    now = datetime.now(UTC)
    talk = await add_talk(database, seed, state="closed", closed_at=now, at=now - timedelta(hours=2))
    ticket = await service.reopen_ticket(database, seed.ana, talk.ticket_id)
    assert (ticket.state, ticket.assignee_id, ticket.closed_at) == ("active", seed.ana.user_id, None)
    assert (await history(database, talk))[0] == ["reopened"]


async def test_a_conversation_never_has_two_open_tickets(database: Database, seed: SeededAccount) -> None:
    now = datetime.now(UTC)
    talk = await add_talk(database, seed, state="closed", closed_at=now, at=now - timedelta(hours=2))
    async with database.system() as work:
        await add_ticket(work, seed, talk.conversation_id, talk.contact_id, at=now)
    with pytest.raises(TicketOpen):
        await service.reopen_ticket(database, seed.ana, talk.ticket_id)


async def test_a_ticket_of_another_account_is_not_found(
    database: Database, seed: SeededAccount, settings: Any
) -> None:
    from tests.conftest import seed_account

    other = seed_account(settings)
    talk = await add_talk(database, other)
    with pytest.raises(NotFound):
        await service.accept_ticket(database, seed.admin, talk.ticket_id)
