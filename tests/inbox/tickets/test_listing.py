"""Lists: who sees what, pages that neither repeat nor skip, counts, search."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.tickets import lists, service
from inbox.tickets.listing import TicketList
from tests.conftest import SeededAccount
from tests.inbox.rows import add_talk


async def listed(database: Database, actor: Actor, view: TicketList, **filters: object) -> list[UUID]:
    page = await lists.list_tickets(database, actor, view=view, **filters)  # type: ignore[arg-type]  # by keyword
    return [ticket.id for ticket in page.items]


async def test_each_list_shows_its_tickets_newest_first(database: Database, seed: SeededAccount) -> None:
    now = datetime.now(UTC)

    def ago(minutes: int) -> datetime:
        return now - timedelta(minutes=minutes)

    mine = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id, at=ago(5))
    read = await add_talk(
        database, seed, state="waiting_customer", assignee_id=seed.ana.user_id, at=ago(9), unread_count=0
    )
    queued = await add_talk(database, seed, at=ago(3))
    older = await add_talk(database, seed, at=ago(7))
    bot = await add_talk(database, seed, state="bot", at=ago(1))
    closed = await add_talk(database, seed, state="closed", closed_at=ago(2), at=ago(60))
    elsewhere = await add_talk(database, seed, department="suporte", at=ago(4))
    handed = await add_talk(
        database, seed, department="suporte", state="active", assignee_id=seed.ana.user_id, at=ago(6)
    )
    assert await listed(database, seed.ana, "mine") == [mine.ticket_id, handed.ticket_id, read.ticket_id]
    assert await listed(database, seed.ana, "queue") == [queued.ticket_id, older.ticket_id]
    assert await listed(database, seed.ana, "bot") == [bot.ticket_id]
    assert await listed(database, seed.ana, "closed") == [closed.ticket_id]
    assert await listed(database, seed.ana, "all") == [
        talk.ticket_id for talk in (bot, queued, mine, handed, older, read)
    ]
    assert await listed(database, seed.ana, "all", unread=True) == [
        talk.ticket_id for talk in (bot, queued, mine, handed, older)
    ]
    vendas, suporte = seed.departments["vendas"], seed.departments["suporte"]
    assert await listed(database, seed.ana, "mine", department_id=vendas) == [mine.ticket_id, read.ticket_id]
    assert await listed(database, seed.ana, "queue", department_id=suporte) == []
    assert await listed(database, seed.admin, "queue") == [
        queued.ticket_id,
        elsewhere.ticket_id,
        older.ticket_id,
    ]
    counts = await lists.count_tickets(database, seed.ana)
    assert counts.model_dump() == {"mine": 3, "mine_unread": 2, "queue": 2, "bot": 1, "all": 6}


@pytest.mark.parametrize("view", ["queue", "all", "mine", "closed"])
async def test_pages_neither_repeat_nor_skip_while_tickets_arrive(
    database: Database, seed: SeededAccount, view: TicketList
) -> None:
    now = datetime.now(UTC)
    expected = []
    for index in range(23):
        at = now - timedelta(minutes=10, seconds=index // 3)  # several at the same moment
        talk = await add_talk(
            database,
            seed,
            department="suporte" if index % 2 else "vendas",
            state={"mine": "active", "closed": "closed"}.get(view, "queued"),
            assignee_id=seed.supervisor.user_id if view == "mine" else None,
            closed_at=at if view == "closed" else None,
            at=at,
        )
        expected.append((at, talk.ticket_id))
    expected.sort(reverse=True)
    seen: list[UUID] = []
    cursor = None
    while True:
        page = await lists.list_tickets(database, seed.supervisor, view=view, cursor=cursor, limit=5)
        seen += [ticket.id for ticket in page.items]
        await add_talk(database, seed, at=now)  # on top, where it moves nothing below
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [ticket_id for _, ticket_id in expected]


async def test_search_finds_by_name_phone_and_protocol_within_what_one_may_see(
    database: Database, seed: SeededAccount
) -> None:
    now = datetime.now(UTC)
    joana = await add_talk(database, seed, name="Joana Prado", wa_id="5521987654321", at=now)
    closed = await add_talk(
        database, seed, name="Joana Lima", state="closed", closed_at=now, at=now - timedelta(hours=1)
    )
    hidden = await add_talk(database, seed, name="Joana Dias", department="suporte")
    await add_talk(database, seed, name="100% Maria_")
    accented = await add_talk(database, seed, name="Conceição Araújo")
    assert await listed(database, seed.ana, "queue", q="joana") == [joana.ticket_id]
    assert await listed(database, seed.ana, "all", q="conceicao") == [accented.ticket_id]
    assert await listed(database, seed.ana, "all", q="JOANA") == [joana.ticket_id, closed.ticket_id]
    assert await listed(database, seed.ana, "closed", q="joana") == [closed.ticket_id]
    assert await listed(database, seed.ana, "all", q="(21) 98765-4321") == [joana.ticket_id]
    assert hidden.ticket_id in await listed(database, seed.admin, "all", q="joana")
    assert len(await listed(database, seed.ana, "all", q="0%")) == 1
    assert await listed(database, seed.ana, "all", q="%") == await listed(database, seed.ana, "all", q="0% m")
    protocol = (await service.get_ticket(database, seed.ana, closed.ticket_id)).protocol
    assert await listed(database, seed.ana, "all", q=protocol) == [closed.ticket_id]
    assert await listed(database, seed.ana, "all", q="ninguém") == []
