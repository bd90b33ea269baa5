"""Every socket command of the protocol, tried with the ids of another company and of another department."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from inbox.kernel.ids import new_id
from realtime.protocol import COMMANDS
from tests.isolation.conftest import OTHER_DEPARTMENT, THEIRS, Someone, id_in
from tests.isolation.requests import IdOf, Operation, RequestBuilder
from tests.isolation.rows import Table, World, fingerprint
from tests.trips.live_app import LiveSocket, Prosa

# Judged by what this socket has opened, before any row is looked at: the answer is the same for every id.
NEVER_LOOKED_UP = {"leave_conversation", "typing", "seen"}
# No ids of rows.
NOT_TRIED = {"refresh_token", "set_availability"}


def _payload(name: str, id_of: IdOf) -> dict[str, Any]:
    schema = COMMANDS[name][0].model_json_schema()
    operation = Operation(name, "COMMAND", name, (), (), schema, None, is_public=False)
    built = RequestBuilder(schema, {"client_message_id": str(new_id())}).build(operation, id_of)
    payload: dict[str, Any] = built.json
    return payload


def _told(answer: Any, ids: list[UUID | None]) -> str:
    text = str(answer)
    for found in ids:
        text = text.replace(str(found), "…")
    return text


@pytest.mark.parametrize(("who", "marker"), [("admin", THEIRS), ("ana", THEIRS), ("ana", OTHER_DEPARTMENT)])
async def test_commands_with_foreign_ids_are_answered_as_if_there_were_nothing(
    who: str,
    marker: str,
    prosa: Prosa,
    people: dict[str, Someone],
    theirs: World,
    other_department: World,
    owner: psycopg.Connection[Any],
    catalogue: dict[str, Table],
) -> None:
    world = theirs if marker == THEIRS else other_department
    account_id = world["accounts"]["account_id"]
    live = await LiveSocket(prosa.url, token=people[who].token).connect()
    before = fingerprint(owner, catalogue, account_id)
    wrong = []
    try:
        for name in COMMANDS.keys() - NOT_TRIED:
            asked: list[UUID | None] = []
            randoms: list[UUID | None] = []

            def of_world(field: str, asked: list[UUID | None] = asked) -> UUID | None:
                asked.append(id_in(world, field))
                return asked[-1]

            def never_was(field: str, randoms: list[UUID | None] = randoms) -> UUID | None:
                randoms.append(None if id_in(world, field) is None else new_id())
                return randoms[-1]

            answer = await live.command(name, **_payload(name, of_world))
            nobodys = await live.command(name, **_payload(name, never_was))
            if marker in str(answer):
                wrong.append(f"{name} tells {answer}")
            if _told(answer, asked) != _told(nobodys, randoms):
                wrong.append(f"{name}: {answer} differs from {nobodys}")
            if name not in NEVER_LOOKED_UP and answer.get("status") != 404:
                wrong.append(f"{name}: {answer}")
    finally:
        await live.close()
    after = fingerprint(owner, catalogue, account_id)
    wrong += [f"{name} has changed" for name in before if before[name] != after[name]]
    assert not wrong, "\n".join(wrong)


async def test_a_socket_cannot_come_in_with_foreign_conversations_open(
    prosa: Prosa, people: dict[str, Someone], theirs: World, other_department: World
) -> None:
    """At join and at replay: what may not be seen is not open, and nothing of it is told."""
    foreign = [str(world["conversations"]["id"]) for world in (theirs, other_department)]
    live = await LiveSocket(
        prosa.url, token=people["ana"].token, cursor=0, open_conversation_ids=foreign
    ).connect()
    try:
        assert live.ready is not None
        assert live.ready["open_conversation_ids"] == []
        assert THEIRS not in str(live.items)
        assert OTHER_DEPARTMENT not in str(live.items)
    finally:
        await live.close()
