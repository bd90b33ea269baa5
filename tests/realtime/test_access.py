"""What people may do changes under open sockets: who is who is read from the database, through real WebSockets."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from inbox.accounts.departments import create_department
from inbox.accounts.members import MemberChange, RoleChoice, change_member, end_sessions, remove_member
from inbox.accounts.roles import change_role, create_role
from inbox.contacts.service import rename_contact
from inbox.conversations.drafts import parse_draft
from inbox.conversations.service import get_conversation, queue_message
from inbox.kernel.actor import Actor, Origin, Role
from inbox.kernel.audience import department_room, user_room
from inbox.kernel.database import Database
from inbox.kernel.event_log import NewEvent
from inbox.kernel.ids import new_id
from inbox.kernel.permissions import Permission
from inbox.tickets.service import accept_ticket, transfer_ticket
from realtime.ephemeral import announce_access_change, announce_account_change
from realtime.protocol import EVENT_TYPES
from realtime.sockets import AuthenticatedActor
from server.auth.actors import load_actor
from server.auth.tokens import Tokens as AccessTokens
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.inbox.accounts.people import version_of
from tests.inbox.rows import add_talk, add_ticket
from tests.realtime import conftest
from tests.realtime.conftest import Client, Live, running_gateway


class SignedIn(conftest.Tokens):
    """Real tokens of real sessions."""

    def __init__(self, settings: Settings, database: Database) -> None:
        super().__init__()
        self._settings = settings
        self._database = database
        self._tokens = AccessTokens(settings)

    def issue(self, actor: Actor, *, name: str | None = None, lasts: timedelta = timedelta()) -> str:
        session_id = new_id()
        with psycopg.connect(self._settings.database_url) as connection:
            connection.execute(
                """INSERT INTO sessions (id, user_id, current_account_id, token_hash, expires_at)
                VALUES (%s, %s, %s, %s, %s)""",
                (
                    session_id, actor.user_id, actor.account_id, session_id.bytes,
                    datetime.now(UTC) + timedelta(days=1),
                ),
            )  # fmt: skip
        return self._tokens.issue(
            user_id=actor.user_id, account_id=actor.account_id, session_id=session_id
        ).token

    async def authenticate(self, token: str, origin: Origin) -> AuthenticatedActor:
        claims = self._tokens.actor_from(token)
        return AuthenticatedActor(await load_actor(self._database, claims, origin), claims.expires_at)


@pytest.fixture
async def live(
    settings: Settings, redis_url: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Live]:
    monkeypatch.setattr(conftest, "Tokens", lambda: SignedIn(settings, database))
    async with running_gateway(settings, redis_url) as running:
        yield running


async def change(live: Live, seed: SeededAccount, user_id: UUID, **values: Any) -> None:
    """As REST does it: the change, then the announcement."""
    version = await version_of(live.database, seed, user_id)
    await change_member(live.database, seed.admin, user_id, MemberChange(**values), version=version)
    announce_access_change(live.publisher, seed.account_id, user_id)


def heard(client: Client, type_: str) -> list[Any]:
    return [item["data"] for item in client.items if item["type"] == type_]


def signed_out(client: Client) -> bool:
    return not client.connected and client.last("signed_out") is not None


async def mark(live: Live, seed: SeededAccount, *actors: Actor) -> None:
    """Something that each of them hears, whatever they may do: what came before it has come."""
    await live.log(
        seed.account_id, NewEvent("member_note", [user_room(actor.user_id) for actor in actors], {})
    )


async def marked(client: Client) -> None:
    await client.until(lambda: bool(client.items) and client.items[-1]["type"] == "member_note")


# ── departments ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_who_leaves_a_department_stops_hearing_it_at_once(live: Live, seed: SeededAccount) -> None:
    talk = await add_talk(live.database, seed)
    ana = await live.connect(seed.ana, open_conversation_ids=[str(talk.conversation_id)])
    assert ana.last("ready")["open_conversation_ids"] == [str(talk.conversation_id)]
    suporte = seed.departments["suporte"]
    await change(live, seed, seed.ana.user_id, department_ids=frozenset({suporte}))
    await ana.until(lambda: ana.last("resync_required") == {"reason": "access_changed"})
    await queue_message(
        live.database, seed.supervisor, client_message_id=new_id(), conversation_id=talk.conversation_id,
        content=parse_draft({"kind": "text", "body": "segredo"}),
    )  # fmt: skip
    other = await add_talk(live.database, seed, department="suporte")
    await accept_ticket(live.database, seed.bruno, other.ticket_id)
    await mark(live, seed, seed.ana)
    await marked(ana)
    assert heard(ana, "message_created") == []
    assert [data["ticket"]["id"] for data in heard(ana, "ticket_updated")] == [str(other.ticket_id)]
    refused = await ana.command("open_conversation", {"conversation_id": str(talk.conversation_id)})
    assert refused["code"] == "not_found"


async def test_a_replay_tells_nothing_of_a_department_that_one_has_left(
    live: Live, seed: SeededAccount
) -> None:
    ana = await live.connect(seed.ana)
    cursor = ana.cursor
    await ana.close()
    talk = await add_talk(live.database, seed)
    await accept_ticket(live.database, seed.supervisor, talk.ticket_id)
    await change(live, seed, seed.ana.user_id, department_ids=frozenset({seed.departments["suporte"]}))
    again = await live.connect(seed.ana, cursor=cursor, open_conversation_ids=[str(talk.conversation_id)])
    assert again.last("ready")["resumed"] is True
    assert {item["type"] for item in again.items} == {"member_updated"}
    assert again.last("ready")["open_conversation_ids"] == []


async def test_a_ticket_that_is_transferred_away_takes_its_messages_along(
    live: Live, seed: SeededAccount
) -> None:
    talk = await add_talk(live.database, seed)
    ana = await live.connect(seed.ana, open_conversation_ids=[str(talk.conversation_id)])
    bruno = await live.connect(seed.bruno)
    await transfer_ticket(
        live.database, seed.supervisor, talk.ticket_id, department_id=seed.departments["suporte"]
    )
    await queue_message(
        live.database, seed.bruno, client_message_id=new_id(), conversation_id=talk.conversation_id,
        content=parse_draft({"kind": "text", "body": "de suporte"}),
    )  # fmt: skip
    await mark(live, seed, seed.ana, seed.bruno)
    await marked(ana)
    await marked(bruno)
    assert [item["type"] for item in ana.items] == ["ticket_removed", "member_note"]
    assert len(heard(bruno, "message_created")) == 1


async def test_of_an_open_conversation_every_ticket_is_told_of(live: Live, seed: SeededAccount) -> None:
    """Ana sees the conversation through her department's closed ticket; what becomes of suporte's is on her screen, too."""
    now = datetime.now(UTC)
    talk = await add_talk(live.database, seed, state="closed", closed_at=now)
    async with live.database.system(seed.account_id) as work:
        theirs = await add_ticket(
            work, seed, talk.conversation_id, talk.contact_id, department="suporte", at=now
        )
        theirs_id = theirs.id
    near = await live.connect(seed.ana, open_conversation_ids=[str(talk.conversation_id)])
    far = await live.connect(seed.ana)
    await accept_ticket(live.database, seed.bruno, theirs_id)
    await near.until(lambda: bool(heard(near, "ticket_updated")))
    await mark(live, seed, seed.ana)
    await marked(far)
    shown = (await get_conversation(live.database, seed.ana, talk.conversation_id)).current_ticket
    assert shown is not None
    assert heard(near, "ticket_updated")[-1]["ticket"] == shown.model_dump(mode="json")
    assert heard(far, "ticket_updated") == []


# ── roles ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_demoted_admin_hears_their_own_departments_only(live: Live, seed: SeededAccount) -> None:
    second = seed.supervisor
    await change(live, seed, second.user_id, role=RoleChoice(Role.ADMIN), department_ids=frozenset())
    client = await live.connect(second)
    suporte = department_room(seed.departments["suporte"])
    await live.log(seed.account_id, NewEvent("note", ["admins", suporte], {"n": 1}))
    await client.until(lambda: bool(heard(client, "note")))
    await change(live, seed, second.user_id, role=RoleChoice(Role.OPERATOR))
    await client.until(lambda: client.last("resync_required") is not None)
    await live.log(seed.account_id, NewEvent("note", ["admins", suporte], {"n": 2}))
    await mark(live, seed, second)
    await marked(client)
    assert heard(client, "note") == [{"n": 1}]


async def test_who_leaves_the_inbox_hears_nothing_of_it_any_more(live: Live, seed: SeededAccount) -> None:
    talk = await add_talk(live.database, seed, state="active", assignee_id=seed.ana.user_id)
    ana = await live.connect(seed.ana, open_conversation_ids=[str(talk.conversation_id)])
    cursor = ana.cursor
    await queue_message(
        live.database, seed.ana, client_message_id=new_id(), conversation_id=talk.conversation_id,
        content=parse_draft({"kind": "text", "body": "meu"}),
    )  # fmt: skip
    await ana.until(lambda: bool(heard(ana, "message_created")))
    await change(live, seed, seed.ana.user_id, role=RoleChoice(Role.CLIENT))
    await ana.until(lambda: ana.last("resync_required") is not None)
    await queue_message(
        live.database, seed.supervisor, client_message_id=new_id(), conversation_id=talk.conversation_id,
        content=parse_draft({"kind": "text", "body": "não é mais seu"}),
    )  # fmt: skip
    await mark(live, seed, seed.ana)
    await marked(ana)
    assert len(heard(ana, "message_created")) == 1
    for command, payload in (
        ("open_conversation", {"conversation_id": str(talk.conversation_id)}),
        ("accept_ticket", {"ticket_id": str(talk.ticket_id)}),
        ("set_availability", {"availability": "online"}),
    ):
        assert (await ana.command(command, payload))["code"] == "forbidden"
    await ana.close()
    # What was told to them while they had the ticket is not told again.
    again = await live.connect(seed.ana, cursor=cursor)
    assert again.items == []
    assert again.last("resync_required") == {"reason": "access_changed"}
    assert again.last("ready")["connected_user_ids"] == []


async def test_a_changed_custom_role_is_felt_by_all_its_members(live: Live, seed: SeededAccount) -> None:
    sees_all = frozenset({Permission.INBOX, Permission.DEPARTMENTS_ALL})
    role = await create_role(live.database, seed.admin, name="Triagem", permissions=sees_all)
    assert role.role_id is not None
    for person in (seed.ana, seed.bruno):
        await change(live, seed, person.user_id, role=RoleChoice(Role.CUSTOM, role.role_id))
    clients = [await live.connect(person) for person in (seed.ana, seed.bruno)]
    await live.log(seed.account_id, NewEvent("note", ["admins"], {"n": 1}))
    for client in clients:
        await client.until(lambda client=client: bool(heard(client, "note")))  # type: ignore[misc]
    await change_role(
        live.database, seed.admin, role.role_id, permissions=frozenset({Permission.INBOX}), version=1
    )
    for client in clients:
        await client.until(lambda client=client: client.last("resync_required") is not None)  # type: ignore[misc]
    await live.log(seed.account_id, NewEvent("note", ["admins"], {"n": 2}))
    await mark(live, seed, seed.ana, seed.bruno)
    for client in clients:
        await marked(client)
        assert heard(client, "note") == [{"n": 1}]


# ── leaving ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_removed_member_is_signed_out_on_every_socket(live: Live, seed: SeededAccount) -> None:
    clients = [await live.connect(seed.ana) for _ in range(2)]
    bruno = await live.connect(seed.bruno)
    await remove_member(live.database, seed.admin, seed.ana.user_id)
    for client in clients:
        await client.until(lambda client=client: signed_out(client))  # type: ignore[misc]
    await bruno.until(lambda: heard(bruno, "member_removed") == [{"member_id": str(seed.ana.user_id)}])
    assert bruno.connected


async def test_ended_sessions_end_their_sockets(live: Live, seed: SeededAccount) -> None:
    ana = await live.connect(seed.ana)
    await conftest.eventually(lambda: live.gateway._bus.is_live(f"ephemeral:{seed.account_id}"))
    await end_sessions(live.database, seed.admin, seed.ana.user_id)
    announce_access_change(live.publisher, seed.account_id, seed.ana.user_id)
    await ana.until(lambda: signed_out(ana))


async def test_a_suspended_accounts_sockets_are_signed_out(live: Live, seed: SeededAccount) -> None:
    clients = [await live.connect(person) for person in (seed.admin, seed.ana, seed.bruno)]
    await conftest.eventually(lambda: live.gateway._bus.is_live(f"ephemeral:{seed.account_id}"))
    async with live.database.system() as work:
        await work.session.execute(
            text("UPDATE accounts SET state = 'suspended' WHERE account_id = :id"), {"id": seed.account_id}
        )
    announce_account_change(live.publisher, seed.account_id)
    for client in clients:
        await client.until(lambda client=client: signed_out(client))  # type: ignore[misc]


async def test_a_new_department_appears_on_screens(live: Live, seed: SeededAccount) -> None:
    ana = await live.connect(seed.ana)
    made = await create_department(live.database, seed.admin, name="Cobrança", color="#123456")
    await ana.until(lambda: bool(heard(ana, "department_created")))
    assert heard(ana, "department_created") == [{"department": made.model_dump(mode="json")}]


# ── telephone numbers ───────────────────────────────────────────────────────────────────────────────────────────────


async def mask_phones(live: Live, seed: SeededAccount) -> None:
    async with live.database.system() as work:
        await work.session.execute(
            text("""UPDATE accounts SET privacy = '{"mask_phones": true}' WHERE account_id = :id"""),
            {"id": seed.account_id},
        )


async def test_numbers_are_masked_live_in_replay_and_in_answers(live: Live, seed: SeededAccount) -> None:
    await mask_phones(live, seed)
    talk = await add_talk(live.database, seed, name="", wa_id="5511987650001")
    ana, sofia = await live.connect(seed.ana), await live.connect(seed.supervisor)
    cursor = ana.cursor
    accepted = await ana.command("accept_ticket", {"ticket_id": str(talk.ticket_id)})
    assert accepted["ticket"]["contact"]["phone"] == "+55 11 9••••-••01"
    sent = await ana.command(
        "send_message",
        {
            "client_message_id": str(new_id()),
            "conversation_id": str(talk.conversation_id),
            "content": {"kind": "text", "body": "Olá"},
        },
    )
    assert sent["message"]["content"]["body"] == "Olá"
    await rename_contact(live.database, seed.supervisor, talk.contact_id, name="5511987650001")
    await mark(live, seed, seed.ana, seed.supervisor)
    await marked(ana)
    await marked(sofia)
    again = await live.connect(seed.ana, cursor=cursor)
    for client in (ana, again):
        assert heard(client, "ticket_updated")
        assert heard(client, "contact_updated")
        assert "98765" not in str(client.heard)
    assert {data["contact"]["wa_id"] for data in heard(sofia, "contact_updated")} == {"5511987650001"}
    assert [item["seq"] for item in sofia.items] == sofia.seqs


async def test_who_may_see_numbers_no_more_is_told_to_fetch_anew(live: Live, seed: SeededAccount) -> None:
    talk = await add_talk(live.database, seed, wa_id="5511987650002")
    ana = await live.connect(seed.ana)
    await accept_ticket(live.database, seed.ana, talk.ticket_id)
    await ana.until(lambda: "5511987650002" in str(ana.items))
    await conftest.eventually(lambda: live.gateway._bus.is_live(f"ephemeral:{seed.account_id}"))
    await mask_phones(live, seed)
    announce_account_change(live.publisher, seed.account_id)
    await ana.until(lambda: ana.last("resync_required") == {"reason": "access_changed"})
    before = len(ana.items)
    await rename_contact(live.database, seed.ana, talk.contact_id, name="Maria")
    await ana.until(lambda: len(ana.items) >= before + 2)
    assert "5511987650002" not in str(ana.items[before:])


def test_every_event_that_carries_a_customer_is_masked() -> None:
    from realtime.masking import MASKED_TYPES

    carrying = {
        type_
        for type_, model in EVENT_TYPES.items()
        if {"ContactView", "MessageView"} & set(model.model_json_schema().get("$defs", {}))
    }
    assert carrying == set(MASKED_TYPES)
