"""A conversation that leaves somebody's sight is silent on their screen from that event on, not some moments later."""

import asyncio
from uuid import UUID

from sqlalchemy import text

from inbox.kernel.audience import EVERYONE, conversation_room, department_room
from inbox.kernel.event_log import NewEvent
from tests.conftest import SeededAccount
from tests.inbox.rows import add_talk
from tests.realtime.conftest import Live

_MOVE = text("UPDATE tickets SET department_id = :department_id WHERE account_id = :account_id AND id = :id")


def _removed(conversation_id: UUID, ticket_id: UUID, department_id: UUID) -> NewEvent:
    data = {"ticket_id": str(ticket_id), "conversation_id": str(conversation_id), "version": 2}
    return NewEvent("ticket_removed", [department_room(department_id)], data)


def _message(conversation_id: UUID, n: int) -> NewEvent:
    return NewEvent("message_created", [conversation_room(conversation_id)], {"n": n})


async def test_messages_behind_a_removal_are_not_heard(live: Live, seed: SeededAccount) -> None:
    talk = await add_talk(live.database, seed, department="vendas")
    ana = await live.connect(seed.ana, open_conversation_ids=[str(talk.conversation_id)])
    async with live.database.system(seed.account_id) as work:
        await work.session.execute(
            _MOVE,
            {
                "account_id": seed.account_id,
                "id": talk.ticket_id,
                "department_id": seed.departments["suporte"],
            },
        )
        work.record(_message(talk.conversation_id, 1))
        work.record(_removed(talk.conversation_id, talk.ticket_id, seed.departments["vendas"]))
        work.record(_message(talk.conversation_id, 2))
        work.record(NewEvent("member_note", [EVERYONE], {}))
    await live.log(seed.account_id, _message(talk.conversation_id, 3), NewEvent("end", [EVERYONE], {}))
    await ana.until(lambda: bool(ana.items) and ana.items[-1]["type"] == "end")
    assert ana.seqs == [1, 2, 4, 6]


async def test_a_conversation_that_is_still_seen_through_another_ticket_goes_on(
    live: Live, seed: SeededAccount
) -> None:
    talk = await add_talk(live.database, seed, department="vendas")
    ana = await live.connect(seed.ana, open_conversation_ids=[str(talk.conversation_id)])
    await live.log(
        seed.account_id,
        _removed(talk.conversation_id, talk.ticket_id, seed.departments["vendas"]),
        _message(talk.conversation_id, 1),
        _removed(talk.conversation_id, talk.ticket_id, seed.departments["vendas"]),
        _message(talk.conversation_id, 2),
    )
    await ana.until(lambda: len(ana.items) == 4)
    await live.log(seed.account_id, _message(talk.conversation_id, 3))
    await ana.until(lambda: len(ana.items) == 5)
    assert ana.seqs == [1, 2, 3, 4, 5]


async def test_what_a_socket_comes_back_with_is_open_only_if_it_may_be_seen(
    live: Live, seed: SeededAccount
) -> None:
    own = await add_talk(live.database, seed, department="vendas")
    foreign = await add_talk(live.database, seed, department="suporte")
    wanted = [str(own.conversation_id), str(foreign.conversation_id)]
    ana = await live.connect(seed.ana, open_conversation_ids=wanted)
    assert ana.last("ready")["open_conversation_ids"] == wanted[:1]
    await live.log(
        seed.account_id,
        _message(foreign.conversation_id, 1),
        _message(own.conversation_id, 2),
    )
    await ana.until(lambda: bool(ana.items))
    assert ana.seqs == [2]


async def test_coming_back_with_an_open_conversation_under_traffic_brings_everything_once(
    live: Live, seed: SeededAccount
) -> None:
    talk = await add_talk(live.database, seed, department="vendas")
    opened = [str(talk.conversation_id)]
    first = await live.connect(seed.ana, open_conversation_ids=opened)
    stop = asyncio.Event()

    async def talk_on() -> int:
        n = 0
        while not stop.is_set():
            n += 1
            await live.log(seed.account_id, _message(talk.conversation_id, n))
        return n

    talking = asyncio.create_task(talk_on())
    heard: list[int] = []
    client = first
    for _ in range(20):
        await client.until(lambda: len(client.items) > 3)  # noqa: B023
        await client.close()
        heard += client.seqs
        client = await live.connect(seed.ana, cursor=client.cursor, open_conversation_ids=opened)
    stop.set()
    last = await talking
    await client.until(lambda: client.cursor >= last)
    assert heard + client.seqs == list(range(1, last + 1))
