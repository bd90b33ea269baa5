"""What operators do over the socket: answered like REST, heard by those who may hear it."""

from typing import Any
from uuid import UUID, uuid4

import inbox.numbers.models  # noqa: F401  # tables that the rows below refer to
from inbox.kernel.ids import new_id
from realtime import protocol
from realtime.bus import ephemeral_channel
from realtime.commands import HANDLERS
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.inbox.rows import add_talk
from tests.realtime.conftest import Client, Live, eventually, running_gateway


def text(conversation_id: UUID, body: str = "Olá!") -> dict[str, Any]:
    return {
        "client_message_id": str(uuid4()),
        "conversation_id": str(conversation_id),
        "content": {"kind": "text", "body": body},
    }


def types(client: Client) -> list[str]:
    return [item["type"] for item in client.items]


def test_every_command_of_the_protocol_has_a_handler() -> None:
    assert HANDLERS.keys() == protocol.COMMANDS.keys()


async def test_a_message_is_acknowledged_and_heard_by_those_who_have_the_conversation_open(
    live: Live, seed: SeededAccount
) -> None:
    talk = await add_talk(live.database, seed, state="active", assignee_id=seed.ana.user_id)
    ana, sofia, bruno = [await live.connect(actor) for actor in (seed.ana, seed.supervisor, seed.bruno)]
    opened = await sofia.command("open_conversation", {"conversation_id": str(talk.conversation_id)})
    protocol.OpenedConversation.model_validate(opened)
    answer = await ana.command("send_message", text(talk.conversation_id))
    message = protocol.MessageResult.model_validate(answer).message
    for client in (ana, sofia):
        await client.until(lambda c=client: "message_created" in types(c) and "ticket_updated" in types(c))  # type: ignore[misc]
        created = next(item for item in client.items if item["type"] == "message_created")
        assert created["data"]["message"]["id"] == str(message.id)
        assert created["seq"] > opened["seq"]
    assert bruno.items == []


async def test_the_same_client_message_id_is_stored_once(live: Live, seed: SeededAccount) -> None:
    talk = await add_talk(live.database, seed, state="active", assignee_id=seed.ana.user_id)
    ana = await live.connect(seed.ana)
    payload = text(talk.conversation_id)
    first, second = [await ana.command("send_message", payload) for _ in range(2)]
    assert first["message"]["id"] == second["message"]["id"]


async def test_commands_of_one_socket_run_in_the_order_they_were_sent(
    live: Live, seed: SeededAccount
) -> None:
    talk = await add_talk(live.database, seed, state="active", assignee_id=seed.ana.user_id)
    ana = await live.connect(seed.ana)
    for n in range(10):
        await ana.socket.emit("send_message", text(talk.conversation_id, str(n)))
    await ana.until(lambda: types(ana).count("message_created") == 10)
    bodies = [i["data"]["message"]["content"]["body"] for i in ana.items if i["type"] == "message_created"]
    assert bodies == [str(n) for n in range(10)]


async def test_a_conversation_of_another_department_cannot_be_opened_or_written_into(
    live: Live, seed: SeededAccount
) -> None:
    talk = await add_talk(live.database, seed, department="suporte")
    ana = await live.connect(seed.ana, open_conversation_ids=[str(talk.conversation_id)])
    assert ana.last("ready")["open_conversation_ids"] == []
    for command, payload in (
        ("open_conversation", {"conversation_id": str(talk.conversation_id)}),
        ("mark_read", {"conversation_id": str(talk.conversation_id)}),
        ("send_message", text(talk.conversation_id)),
        ("accept_ticket", {"ticket_id": str(talk.ticket_id)}),
    ):
        answer = await ana.command(command, payload)
        assert (command, answer["code"], answer["status"]) == (command, "not_found", 404)


async def test_a_conversation_named_at_connect_is_open_and_its_exact_events_are_replayed(
    live: Live, seed: SeededAccount
) -> None:
    talk = await add_talk(live.database, seed, state="active", assignee_id=seed.ana.user_id)
    ana = await live.connect(seed.ana)
    await ana.command("send_message", text(talk.conversation_id))
    open_ids = [str(talk.conversation_id)]
    sofia = await live.connect(seed.supervisor, cursor=0, open_conversation_ids=open_ids)
    assert sofia.last("ready")["open_conversation_ids"] == open_ids
    assert types(sofia) == ["message_created", "ticket_updated"]


async def test_a_left_conversation_is_heard_no_more(live: Live, seed: SeededAccount) -> None:
    talk = await add_talk(live.database, seed, state="active", assignee_id=seed.ana.user_id)
    ana, sofia = await live.connect(seed.ana), await live.connect(seed.supervisor)
    named = {"conversation_id": str(talk.conversation_id)}
    await sofia.command("open_conversation", named)
    assert await sofia.command("leave_conversation", named) == {}
    await ana.command("send_message", text(talk.conversation_id))
    await sofia.until(lambda: "ticket_updated" in types(sofia))
    assert "message_created" not in types(sofia)


async def test_a_conversation_that_moves_out_of_sight_is_closed_on_the_socket(
    live: Live, seed: SeededAccount
) -> None:
    talk = await add_talk(live.database, seed, state="active", assignee_id=seed.ana.user_id)
    ana = await live.connect(seed.ana)
    await ana.command("open_conversation", {"conversation_id": str(talk.conversation_id)})
    sofia = await live.connect(seed.supervisor)
    answer = await sofia.command(
        "transfer_ticket",
        {"ticket_id": str(talk.ticket_id), "department_id": str(seed.departments["suporte"])},
    )
    protocol.TicketResult.model_validate(answer)
    await ana.until(lambda: "ticket_removed" in types(ana))
    await eventually(lambda: all(not s.opened for s in live.gateway._sockets.values()))
    before = len(ana.items)
    bruno = await live.connect(seed.bruno)
    await bruno.command("send_message", text(talk.conversation_id))
    await bruno.until(lambda: "message_created" in types(bruno))
    assert len(ana.items) == before


async def test_losing_an_accept_names_the_winner(live: Live, seed: SeededAccount) -> None:
    talk = await add_talk(live.database, seed)
    ana, sofia = await live.connect(seed.ana), await live.connect(seed.supervisor)
    won = await ana.command("accept_ticket", {"ticket_id": str(talk.ticket_id)})
    assert won["ticket"]["assignee_id"] == str(seed.ana.user_id)
    lost = await sofia.command("accept_ticket", {"ticket_id": str(talk.ticket_id)})
    assert (lost["code"], lost["assignee_name"]) == ("already_accepted", "Ana")


async def test_tickets_are_closed_reopened_and_returned(live: Live, seed: SeededAccount) -> None:
    talk = await add_talk(live.database, seed, state="active", assignee_id=seed.ana.user_id)
    ana, ticket = await live.connect(seed.ana), {"ticket_id": str(talk.ticket_id)}
    states = [
        (await ana.command(command, ticket))["ticket"]["state"]
        for command in ("close_ticket", "reopen_ticket", "return_ticket_to_queue")
    ]
    assert states == ["closed", "active", "queued"]


async def test_reading_clears_the_unread_count(live: Live, seed: SeededAccount) -> None:
    talk = await add_talk(live.database, seed, state="active", assignee_id=seed.ana.user_id)
    ana = await live.connect(seed.ana)
    assert await ana.command("mark_read", {"conversation_id": str(talk.conversation_id)}) == {}
    await ana.until(lambda: bool(ana.items) and ana.items[-1]["data"]["ticket"]["unread_count"] == 0)


async def test_availability_is_heard_by_everybody(live: Live, seed: SeededAccount) -> None:
    ana, bruno = await live.connect(seed.ana), await live.connect(seed.bruno)
    answer = await ana.command("set_availability", {"availability": "paused", "pause_reason": "almoço"})
    assert protocol.MemberResult.model_validate(answer).member.availability == "paused"
    await bruno.until(lambda: types(bruno) == ["member_updated"])


async def test_an_unknown_message_is_a_problem_not_a_crash(live: Live, seed: SeededAccount) -> None:
    ana = await live.connect(seed.ana)
    answer = await ana.command("retry_message", {"message_id": str(new_id())})
    assert protocol.Problem.model_validate(answer).code == "not_found"


async def test_typing_and_viewing_are_seen_on_other_processes(
    settings: Settings, redis_url: str, seed: SeededAccount
) -> None:
    async with (
        running_gateway(settings, redis_url) as here,
        running_gateway(settings, redis_url) as there,
    ):
        talk = await add_talk(here.database, seed, state="active", assignee_id=seed.ana.user_id)
        named = {"conversation_id": str(talk.conversation_id)}
        ana, sofia = await here.connect(seed.ana), await there.connect(seed.supervisor)
        channel = ephemeral_channel(seed.account_id)
        for live in (here, there):
            await eventually(lambda g=live.gateway: g._bus.is_live(channel))  # type: ignore[misc]
        assert (await ana.command("typing", {**named, "typing": True}))["code"] == "conflict"
        await sofia.command("open_conversation", named)
        await ana.command("open_conversation", named)
        both = sorted([str(seed.ana.user_id), str(seed.supervisor.user_id)])
        await sofia.until(lambda: (sofia.last("viewing") or {}).get("user_ids") == both)
        await ana.until(lambda: (ana.last("viewing") or {}).get("user_ids") == both)
        assert await ana.command("typing", {**named, "typing": True}) == {}
        await sofia.until(lambda: sofia.last("typing") is not None)
        assert sofia.last("typing") == {**named, "user_id": str(seed.ana.user_id), "typing": True}
        assert ana.last("typing") is None
        await sofia.close()
        await ana.until(lambda: ana.last("viewing")["user_ids"] == [str(seed.ana.user_id)])
