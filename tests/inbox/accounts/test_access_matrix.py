"""Every built-in role × every family of what can be done: allowed, or Forbidden before anything is looked up."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest

from inbox.accounts import departments, invitations, members, roles
from inbox.accounts.departments import DepartmentChange
from inbox.accounts.invitations import NewInvitation
from inbox.accounts.members import MemberChange, RoleChoice
from inbox.accounts.service import list_members, set_availability
from inbox.contacts.service import rename_contact
from inbox.conversations import service as conversations
from inbox.conversations.drafts import parse_draft
from inbox.kernel.actor import Actor, ActorKind, Role
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.kernel.errors import Forbidden, ProsaError
from inbox.kernel.ids import new_id
from inbox.kernel.permissions import BUILT_IN_ROLES, Permission
from inbox.mail.service import Mailer
from inbox.media.service import fetch_again, open_media, store_upload
from inbox.media.storage import MediaStore
from inbox.numbers import service as numbers
from inbox.tickets import lists
from inbox.tickets import service as tickets
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.inbox.accounts.people import with_permissions
from tests.inbox.rows import Talk, add_talk


@dataclass(frozen=True)
class World:
    database: Database
    seed: SeededAccount
    talk: Talk
    """Of somebody else, in vendas."""
    vault: Vault
    store: MediaStore


Do = Callable[[World, Actor], Awaitable[object]]

_INBOX: dict[str, Do] = {
    "list tickets": lambda w, a: lists.list_tickets(w.database, a, view="queue"),
    "count tickets": lambda w, a: lists.count_tickets(w.database, a),
    "see a ticket": lambda w, a: tickets.get_ticket(w.database, a, w.talk.ticket_id),
    "see a conversation": lambda w, a: conversations.get_conversation(w.database, a, w.talk.conversation_id),
    "see messages": lambda w, a: conversations.list_messages(w.database, a, w.talk.conversation_id),
    "mark read": lambda w, a: conversations.mark_read(w.database, a, w.talk.conversation_id),
    "show typing": lambda w, a: conversations.show_typing(w.database, a, w.talk.conversation_id, True),
    "upload a file": lambda w, a: store_upload(w.database, a, w.store, chunks=_bytes(), file_name="a.txt"),
    "open a file": lambda w, a: open_media(w.database, a, w.store, uuid4()),
    "fetch a file again": lambda w, a: fetch_again(w.database, a, uuid4()),
    "list members": lambda w, a: list_members(w.database, a),
    "list numbers": lambda w, a: numbers.list_numbers(w.database, a),
    "be available": lambda w, a: set_availability(w.database, a, availability="online"),
    "rename a contact": lambda w, a: rename_contact(w.database, a, w.talk.contact_id, name="Nova"),
}
_SUPERVISE: dict[str, Do] = {
    "write into another's ticket": lambda w, a: conversations.queue_message(
        w.database, a, client_message_id=new_id(), conversation_id=w.talk.conversation_id,
        content=parse_draft({"kind": "text", "body": "Oi"}),
    ),
    "transfer another's ticket": lambda w, a: tickets.transfer_ticket(
        w.database, a, w.talk.ticket_id, department_id=w.seed.departments["vendas"]
    ),
    "return another's ticket": lambda w, a: tickets.return_ticket_to_queue(w.database, a, w.talk.ticket_id),
    "close another's ticket": lambda w, a: tickets.close_ticket(w.database, a, w.talk.ticket_id),
}  # fmt: skip
_NUMBERS: dict[str, Do] = {
    "connect a number": lambda w, a: numbers.connect_number(
        w.database, a, w.vault, name="x", phone_number_id=str(uuid4().int)[:15], waba_id="1", display_phone_number="1",
        app_secret="s", access_token="t", default_department_id=w.seed.departments["vendas"],
    ),
    "see a number's news": lambda w, a: numbers.list_number_updates(w.database, a, w.seed.number.id),
}  # fmt: skip
_PEOPLE: dict[str, Do] = {
    "see the team": lambda w, a: members.list_team(w.database, a),
    "change a member": lambda w, a: members.change_member(
        w.database, a, w.seed.bruno.user_id, MemberChange(capacity=1), version=99
    ),
    "remove a member": lambda w, a: members.remove_member(w.database, a, uuid4()),
    "end sessions": lambda w, a: members.end_sessions(w.database, a, w.seed.bruno.user_id),
    "reset a second factor": lambda w, a: members.reset_second_factor(
        w.database, a, Mailer(w.vault), w.seed.bruno.user_id
    ),
    "list invitations": lambda w, a: invitations.list_invitations(w.database, a),
    "invite": lambda w, a: invitations.invite(
        w.database, a, Mailer(w.vault),
        NewInvitation(f"{uuid4().hex}@example.com", "", RoleChoice(Role.OPERATOR), frozenset()), public_url="https://x",
    ),
    "revoke an invitation": lambda w, a: invitations.revoke_invitation(w.database, a, uuid4()),
    "resend an invitation": lambda w, a: invitations.resend_invitation(
        w.database, a, Mailer(w.vault), uuid4(), public_url="https://x"
    ),
}  # fmt: skip
_ROLES: dict[str, Do] = {
    "create a role": lambda w, a: roles.create_role(w.database, a, name=uuid4().hex, permissions=frozenset()),
    "change a role": lambda w, a: roles.change_role(w.database, a, uuid4(), name="x", version=1),
    "delete a role": lambda w, a: roles.delete_role(w.database, a, uuid4()),
    "list roles": lambda w, a: roles.list_roles(w.database, a),
}
_DEPARTMENTS: dict[str, Do] = {
    "create a department": lambda w, a: departments.create_department(
        w.database, a, name=uuid4().hex, color="#000000"
    ),
    "change a department": lambda w, a: departments.change_department(
        w.database, a, uuid4(), DepartmentChange(), version=1
    ),
    "archive a department": lambda w, a: departments.archive_department(w.database, a, uuid4()),
}

_FAMILIES: list[tuple[Permission, dict[str, Do]]] = [
    (Permission.INBOX, _INBOX),
    (Permission.TICKETS_SUPERVISE, _SUPERVISE),
    (Permission.NUMBERS_MANAGE, _NUMBERS),
    (Permission.PEOPLE_MANAGE, _PEOPLE),
    (Permission.ROLES_MANAGE, _ROLES),
    (Permission.DEPARTMENTS_MANAGE, _DEPARTMENTS),
]
_CASES = [
    pytest.param(permission, do, id=name) for permission, family in _FAMILIES for name, do in family.items()
]


async def _bytes() -> AsyncIterator[bytes]:
    yield b"words"


@pytest.fixture
async def world(database: Database, seed: SeededAccount, vault: Vault, settings: Settings) -> World:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.admin.user_id)
    return World(database, seed, talk, vault, MediaStore(settings.resolved_media_url))


async def is_forbidden(do: Do, world: World, actor: Actor) -> bool:
    try:
        await do(world, actor)
    except Forbidden:
        return True
    except ProsaError as error:
        # Whose ticket it is, is told to those who may see it; all else here means: allowed, and nothing there.
        return error.code == "already_accepted"
    return False


@pytest.mark.parametrize("role", list(BUILT_IN_ROLES))
@pytest.mark.parametrize(("permission", "do"), _CASES)
async def test_a_role_may_what_its_permissions_say(
    world: World, permission: Permission, do: Do, role: str
) -> None:
    departments_ = frozenset(world.seed.departments.values())
    person = world.seed.supervisor if role != "admin" else world.seed.admin
    actor = Actor(world.seed.account_id, person.user_id, Role(role), departments_, name="Somebody")
    if do is _SUPERVISE["write into another's ticket"] and role == "admin":
        return  # it is the admin's own
    assert await is_forbidden(do, world, actor) == (permission not in BUILT_IN_ROLES[role])


@pytest.mark.parametrize(("permission", "do"), _CASES)
async def test_a_custom_role_with_the_one_permission_may_and_without_it_may_not(
    world: World, permission: Permission, do: Do
) -> None:
    """Not by the role's name: by the permission, and for tickets the inbox they are in."""
    everything = frozenset(Permission)
    person = Actor(
        world.seed.account_id, world.seed.supervisor.user_id, Role.CUSTOM,
        frozenset(world.seed.departments.values()), name="Somebody", permissions=everything,
    )  # fmt: skip
    # Those who give roles and run numbers see them as well.
    if do not in (_ROLES["list roles"], _INBOX["list members"], _INBOX["list numbers"]):
        assert await is_forbidden(do, world, with_permissions(person, *(everything - {permission})))
    assert not await is_forbidden(do, world, person)


async def test_a_program_takes_no_tickets_and_writes_beside_who_has_them(
    world: World, database: Database, seed: SeededAccount
) -> None:
    key = Actor(
        seed.account_id, new_id(), Role.CUSTOM, frozenset(seed.departments.values()), name="Loja",
        permissions=frozenset({Permission.INBOX}), kind=ActorKind.API_KEY,
    )  # fmt: skip
    waiting = await add_talk(database, seed)
    with pytest.raises(Forbidden):
        await tickets.accept_ticket(database, key, waiting.ticket_id)
    for talk in (waiting, world.talk):
        before = await tickets.get_ticket(database, key, talk.ticket_id)
        message = await conversations.queue_message(
            database, key, client_message_id=new_id(), conversation_id=talk.conversation_id,
            content=parse_draft({"kind": "text", "body": "Seu pedido saiu"}),
        )  # fmt: skip
        assert (message.author_kind, message.author_id) == ("api", key.user_id)
        after = await tickets.get_ticket(database, key, talk.ticket_id)
        assert (after.state, after.assignee_id) == (before.state, before.assignee_id)
        assert (after.waiting_since, after.first_response_at) == (before.waiting_since, None)
        assert after.preview.text == "Seu pedido saiu"
    await tickets.close_ticket(database, seed.admin, waiting.ticket_id)
    with pytest.raises(Forbidden):
        await tickets.reopen_ticket(database, key, waiting.ticket_id)
    message = await conversations.queue_message(
        database, key, client_message_id=new_id(), conversation_id=waiting.conversation_id,
        content=parse_draft({"kind": "text", "body": "Obrigado"}),
    )  # fmt: skip
    assert message.ticket_id is None
    assert (await tickets.get_ticket(database, key, waiting.ticket_id)).state == "closed"
