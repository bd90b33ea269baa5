"""Custom roles: made of what their maker has, taking effect at once, kept while somebody has them."""

from uuid import UUID, uuid4

import pytest

from inbox.accounts.errors import BeyondOwnPermissions, NameTaken, PlanLimit, RoleInUse
from inbox.accounts.members import MemberChange, RoleChoice, change_member
from inbox.accounts.plans import STANDARD
from inbox.accounts.roles import (
    PERMISSION_GROUPS,
    change_role,
    create_role,
    delete_role,
    list_permissions,
    list_roles,
)
from inbox.kernel.actor import Role
from inbox.kernel.database import Database
from inbox.kernel.errors import Conflict, Forbidden, NotFound
from inbox.kernel.permissions import ALL_PERMISSIONS, Permission
from inbox.tickets.service import get_ticket
from server.settings import Settings
from tests.conftest import RecordingPublisher, SeededAccount, seed_account
from tests.inbox.accounts.people import add_person, audited, version_of, with_permissions
from tests.inbox.rows import add_talk

_TRIAGE = frozenset({Permission.INBOX, Permission.DEPARTMENTS_ALL})


async def give(database: Database, seed: SeededAccount, user_id: UUID, role_id: UUID | None) -> None:
    await change_member(
        database, seed.admin, user_id, MemberChange(role=RoleChoice(Role.CUSTOM, role_id)),
        version=await version_of(database, seed, user_id),
    )  # fmt: skip


async def test_every_permission_stands_in_a_group_of_the_form(seed: SeededAccount) -> None:
    assert set(PERMISSION_GROUPS) == ALL_PERMISSIONS
    assert {view.name for view in list_permissions(seed.admin)} == ALL_PERMISSIONS
    with pytest.raises(Forbidden):
        list_permissions(seed.ana)


async def test_a_role_is_made_listed_and_given(database: Database, seed: SeededAccount) -> None:
    role = await create_role(database, seed.admin, name=" Triagem ", permissions=_TRIAGE)
    await give(database, seed, seed.ana.user_id, role.role_id)
    *built_in, own = await list_roles(database, seed.admin)
    assert [(r.role, r.member_count) for r in built_in] == [
        ("admin", 1), ("supervisor", 1), ("operator", 1), ("client", 0),
    ]  # fmt: skip
    assert (own.name, own.member_count, own.permissions) == ("Triagem", 1, sorted(_TRIAGE))
    assert [e[0] for e in await audited(database, seed.account_id)] == ["role.created", "member.role_changed"]


async def test_names_are_unique_whatever_their_case(database: Database, seed: SeededAccount) -> None:
    first = await create_role(database, seed.admin, name="Triagem", permissions=_TRIAGE)
    second = await create_role(database, seed.admin, name="Outra", permissions=_TRIAGE)
    with pytest.raises(NameTaken):
        await create_role(database, seed.admin, name="TRIAGEM", permissions=_TRIAGE)
    assert second.role_id is not None
    with pytest.raises(NameTaken):
        await change_role(database, seed.admin, second.role_id, name="triagem", version=1)
    assert first.role_id is not None
    renamed, _ = await change_role(database, seed.admin, first.role_id, name="TRIAGEM", version=1)
    assert renamed.name == "TRIAGEM"


async def test_nobody_makes_or_touches_a_role_with_more_than_they_have(
    database: Database, seed: SeededAccount
) -> None:
    maker = with_permissions(
        await add_person(database, seed, "Paula"), Permission.ROLES_MANAGE, Permission.INBOX
    )
    with pytest.raises(BeyondOwnPermissions):
        await create_role(database, maker, name="Mais", permissions=_TRIAGE)
    mine = await create_role(database, maker, name="Minha", permissions=frozenset({Permission.INBOX}))
    strong = await create_role(database, seed.admin, name="Forte", permissions=_TRIAGE)
    assert mine.role_id is not None
    assert strong.role_id is not None
    with pytest.raises(BeyondOwnPermissions):
        await change_role(database, maker, mine.role_id, permissions=_TRIAGE, version=1)
    for permissions in (frozenset({Permission.INBOX}), None):
        with pytest.raises(BeyondOwnPermissions):
            await change_role(database, maker, strong.role_id, name="x", permissions=permissions, version=1)
    with pytest.raises(BeyondOwnPermissions):
        await delete_role(database, maker, strong.role_id)
    with pytest.raises(Forbidden):
        await create_role(database, seed.supervisor, name="Nova", permissions=frozenset())
    assert [r.may_assign for r in await list_roles(database, maker) if r.role_id] == [False, True]


async def test_a_change_reaches_everybody_who_has_the_role(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    role = await create_role(database, seed.admin, name="Triagem", permissions=_TRIAGE)
    assert role.role_id is not None
    for person in (seed.ana, seed.bruno):
        await give(database, seed, person.user_id, role.role_id)
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    publisher.published.clear()
    changed, user_ids = await change_role(
        database, seed.admin, role.role_id, permissions=frozenset({Permission.REPORTS_VIEW}), version=1
    )
    assert set(user_ids) == {seed.ana.user_id, seed.bruno.user_id}
    assert changed.version == 2
    told = [event for _, event in publisher.published]
    assert sorted(event.type for event in told) == ["member_updated", "member_updated", "ticket_updated"]
    assert all(
        event.data["member"]["permissions"] == ["reports.view"]
        for event in told
        if event.type == "member_updated"
    )
    assert (await get_ticket(database, seed.admin, talk.ticket_id)).assignee_id is None
    with pytest.raises(Conflict):
        await change_role(database, seed.admin, role.role_id, name="spät", version=1)


async def test_a_role_in_use_stays(database: Database, seed: SeededAccount) -> None:
    role = await create_role(database, seed.admin, name="Triagem", permissions=_TRIAGE)
    assert role.role_id is not None
    await give(database, seed, seed.ana.user_id, role.role_id)
    with pytest.raises(RoleInUse) as refusal:
        await delete_role(database, seed.admin, role.role_id)
    assert refusal.value.extra["members"] == 1
    version = await version_of(database, seed, seed.ana.user_id)
    back = MemberChange(role=RoleChoice(Role.OPERATOR))
    await change_member(database, seed.admin, seed.ana.user_id, back, version=version)
    await delete_role(database, seed.admin, role.role_id)
    with pytest.raises(NotFound):
        await delete_role(database, seed.admin, role.role_id)


async def test_another_companys_roles_are_not_there(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    other = seed_account(settings)
    foreign = await create_role(database, other.admin, name="Deles", permissions=_TRIAGE)
    assert foreign.role_id is not None
    for role_id in (foreign.role_id, uuid4()):
        with pytest.raises(NotFound):
            await change_role(database, seed.admin, role_id, name="x", version=1)
        with pytest.raises(NotFound):
            await delete_role(database, seed.admin, role_id)
    assert len(await list_roles(database, seed.admin)) == 4


async def test_a_plan_has_room_for_so_many_roles(database: Database, seed: SeededAccount) -> None:
    for n in range(STANDARD.roles):
        await create_role(database, seed.admin, name=f"Papel {n}", permissions=frozenset())
    with pytest.raises(PlanLimit) as refusal:
        await create_role(database, seed.admin, name="Mais um", permissions=frozenset())
    assert refusal.value.extra == {"limit": STANDARD.roles, "of": "roles"}
