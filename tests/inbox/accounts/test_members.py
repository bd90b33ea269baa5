"""Managing people: role, departments, capacity, leaving; who may, and what an account may not lose."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from inbox.accounts.authority import keep_an_admin
from inbox.accounts.errors import (
    BelongsElsewhere,
    BeyondOwnPermissions,
    LastAdmin,
    UnknownDepartments,
    UnknownRole,
)
from inbox.accounts.leaving import step_in, step_out
from inbox.accounts.members import (
    MemberChange,
    RoleChoice,
    change_member,
    end_sessions,
    list_team,
    remove_member,
    reset_second_factor,
)
from inbox.accounts.service import list_members
from inbox.identity.session_repository import insert_session
from inbox.kernel.actor import Actor, Role
from inbox.kernel.database import Database
from inbox.kernel.errors import Conflict, Forbidden, NotFound
from inbox.kernel.ids import new_id
from inbox.kernel.permissions import Permission
from inbox.mail.service import Mailer
from inbox.tickets.service import accept_ticket, get_ticket, transfer_ticket
from server.settings import Settings
from tests.conftest import RecordingPublisher, SeededAccount, seed_account
from tests.inbox.accounts.people import add_person, audited, load, mailed, version_of, with_permissions
from tests.inbox.rows import add_talk


async def change(database: Database, seed: SeededAccount, actor: Actor, user_id: UUID, **values: Any) -> Any:
    version = await version_of(database, seed, user_id)
    return await change_member(database, actor, user_id, MemberChange(**values), version=version)


async def test_a_change_is_told_to_everybody_and_on_record(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    publisher.published.clear()
    suporte = seed.departments["suporte"]
    member = await change(
        database, seed, seed.admin, seed.ana.user_id,
        role=RoleChoice(Role.SUPERVISOR), department_ids=frozenset({suporte}), capacity=9,
    )  # fmt: skip
    assert (member.role, member.department_ids, member.capacity) == (Role.SUPERVISOR, [suporte], 9)
    assert Permission.TICKETS_SUPERVISE in member.permissions
    (event,) = [event for _, event in publisher.published]
    assert (event.type, event.data) == ("member_updated", {"member": member.model_dump(mode="json")})
    actions = [
        (action, target, after) for action, target, _, after in await audited(database, seed.account_id)
    ]
    ana = str(seed.ana.user_id)
    assert actions == [
        ("member.role_changed", ana, {"role": "supervisor", "role_id": None}),
        ("member.departments_changed", ana, {"department_ids": [str(suporte)]}),
        ("member.capacity_changed", ana, {"capacity": 9}),
    ]


async def test_who_was_slower_reads_again(database: Database, seed: SeededAccount) -> None:
    version = await version_of(database, seed, seed.ana.user_id)
    await change_member(database, seed.admin, seed.ana.user_id, MemberChange(capacity=3), version=version)
    with pytest.raises(Conflict):
        await change_member(database, seed.admin, seed.ana.user_id, MemberChange(capacity=4), version=version)


async def test_only_who_manages_people_may(database: Database, seed: SeededAccount) -> None:
    for actor in (seed.supervisor, seed.ana):
        with pytest.raises(Forbidden):
            await change(database, seed, actor, seed.bruno.user_id, capacity=1)
        with pytest.raises(Forbidden):
            await remove_member(database, actor, seed.bruno.user_id)
        with pytest.raises(Forbidden):
            await list_team(database, actor)


async def test_another_companys_people_are_not_there(
    database: Database, seed: SeededAccount, settings: Settings, vault: Any
) -> None:
    other = seed_account(settings).ana.user_id
    for user_id in (other, uuid4()):
        with pytest.raises(NotFound):
            await change_member(database, seed.admin, user_id, MemberChange(capacity=1), version=1)
        with pytest.raises(NotFound):
            await remove_member(database, seed.admin, user_id)
        with pytest.raises(NotFound):
            await end_sessions(database, seed.admin, user_id)
        with pytest.raises(NotFound):
            await reset_second_factor(database, seed.admin, Mailer(vault), user_id)
    async with database.system() as work:
        assert (await work.session.execute(
            text("SELECT capacity FROM memberships WHERE user_id = :id"), {"id": other}
        )).scalar_one() == 5  # fmt: skip


async def test_departments_and_roles_must_be_the_accounts_own(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    foreign = seed_account(settings).departments["vendas"]
    with pytest.raises(UnknownDepartments):
        await change(database, seed, seed.admin, seed.ana.user_id, department_ids=frozenset({foreign}))
    with pytest.raises(UnknownRole):
        await change(database, seed, seed.admin, seed.ana.user_id, role=RoleChoice(Role.CUSTOM, uuid4()))


# ── nobody becomes more than who makes them ─────────────────────────────────────────────────────────────────────────


async def test_nobody_gives_what_they_lack(database: Database, seed: SeededAccount) -> None:
    manager = with_permissions(
        await add_person(database, seed, "Paula"), Permission.PEOPLE_MANAGE, Permission.INBOX,
        Permission.CONTACTS_EDIT, Permission.CONTACTS_REVEAL,
    )  # fmt: skip
    with pytest.raises(BeyondOwnPermissions) as refusal:
        await change(database, seed, manager, seed.ana.user_id, role=RoleChoice(Role.SUPERVISOR))
    assert "tickets.supervise" in refusal.value.extra["missing"]
    with pytest.raises(BeyondOwnPermissions):
        await change(database, seed, manager, manager.user_id, role=RoleChoice(Role.ADMIN))
    changed = await change(database, seed, manager, seed.ana.user_id, capacity=7)
    assert changed.capacity == 7


async def test_nobody_touches_somebody_with_more_permissions(
    database: Database, seed: SeededAccount, vault: Any
) -> None:
    manager = with_permissions(await add_person(database, seed, "Paula"), Permission.PEOPLE_MANAGE)
    with pytest.raises(BeyondOwnPermissions):
        await change(database, seed, manager, seed.admin.user_id, capacity=1)
    with pytest.raises(BeyondOwnPermissions):
        await remove_member(database, manager, seed.supervisor.user_id)
    with pytest.raises(BeyondOwnPermissions):
        await end_sessions(database, manager, seed.admin.user_id)
    with pytest.raises(BeyondOwnPermissions):
        await reset_second_factor(database, manager, Mailer(vault), seed.admin.user_id)


# ── the last admin ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_last_admin_stays(database: Database, seed: SeededAccount) -> None:
    admin = seed.admin.user_id
    with pytest.raises(LastAdmin):
        await change(database, seed, seed.admin, admin, role=RoleChoice(Role.OPERATOR))
    with pytest.raises(LastAdmin):
        await remove_member(database, seed.admin, admin)
    async with database.system() as work:
        with pytest.raises(LastAdmin):
            await keep_an_admin(work, seed.account_id, admin)
    await change(database, seed, seed.admin, admin, capacity=2)


async def test_an_admin_who_is_disabled_does_not_count(database: Database, seed: SeededAccount) -> None:
    second = await add_person(database, seed, "Zilda", role=Role.ADMIN)
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE users SET disabled_at = now() WHERE id = :id"), {"id": second.user_id}
        )
    with pytest.raises(LastAdmin):
        await remove_member(database, seed.admin, seed.admin.user_id)
    await remove_member(database, seed.admin, second.user_id)


@pytest.mark.parametrize("removing", [False, True])
async def test_two_admins_who_demote_each_other_at_once_leave_exactly_one(
    database: Database, seed: SeededAccount, removing: bool
) -> None:
    second = await add_person(database, seed, "Zilda", role=Role.ADMIN)

    async def attack(actor: Actor, victim: Actor) -> None:
        if removing:
            await remove_member(database, actor, victim.user_id)
        else:
            await change(database, seed, actor, victim.user_id, role=RoleChoice(Role.OPERATOR))

    for _ in range(5):
        outcomes = await asyncio.gather(
            attack(seed.admin, second), attack(second, seed.admin), return_exceptions=True
        )
        assert sum(outcome is None for outcome in outcomes) == 1, outcomes
        assert sum(isinstance(outcome, LastAdmin) for outcome in outcomes) == 1, outcomes
        async with database.system() as work:
            admins = (
                await work.session.execute(
                    text("SELECT count(*) FROM memberships WHERE account_id = :id AND role = 'admin'"),
                    {"id": seed.account_id},
                )
            ).scalar_one()
            assert admins == 1
            await work.session.execute(
                text(
                    """INSERT INTO memberships (account_id, user_id, role)
                    SELECT :account_id, id, 'admin' FROM users WHERE id = ANY(:ids)
                    ON CONFLICT (account_id, user_id) DO UPDATE SET role = 'admin'"""
                ),
                {"account_id": seed.account_id, "ids": [seed.admin.user_id, second.user_id]},
            )


# ── leaving ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_removed_members_open_tickets_go_back_to_their_queues(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    mine = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    elsewhere = await add_talk(
        database, seed, department="suporte", state="on_hold", assignee_id=seed.ana.user_id
    )
    others = await add_talk(
        database, seed, department="suporte", state="active", assignee_id=seed.bruno.user_id
    )
    publisher.published.clear()
    await remove_member(database, seed.admin, seed.ana.user_id)
    for talk in (mine, elsewhere):
        ticket = await get_ticket(database, seed.admin, talk.ticket_id)
        assert (ticket.state, ticket.assignee_id, ticket.accepted_at) == ("queued", None, None)
    assert (await get_ticket(database, seed.admin, others.ticket_id)).assignee_id == seed.bruno.user_id
    types = [event.type for _, event in publisher.published]
    assert sorted(types) == ["member_removed", "ticket_updated", "ticket_updated"]
    async with database.system() as work:
        steps = await work.session.execute(
            text("SELECT type, actor_id, data FROM ticket_events WHERE ticket_id = :id"),
            {"id": mine.ticket_id},
        )
        (step,) = steps.all()
        assert (step.type, step.actor_id) == ("returned_to_queue", seed.admin.user_id)
        assert step.data == {"from_assignee_id": str(seed.ana.user_id), "reason": "member_removed"}
        segments = await work.session.execute(
            text("SELECT assignee_id FROM ticket_segments WHERE ticket_id = :id AND ended_at IS NULL"),
            {"id": mine.ticket_id},
        )
        assert segments.scalars().all() == [None]
    assert seed.ana.user_id not in [m.id for m in await list_members(database, seed.admin)]
    (entry,) = [e for e in await audited(database, seed.account_id) if e[0] == "member.removed"]
    assert entry[3] == {"returned_tickets": 2}


async def test_a_removed_members_sessions_end_in_this_account_only(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    other = seed_account(settings)
    ids = []
    async with database.system() as work:
        await work.session.execute(
            text("INSERT INTO memberships (account_id, user_id, role) VALUES (:id, :user, 'operator')"),
            {"id": other.account_id, "user": seed.ana.user_id},
        )
        for account_id in (seed.account_id, other.account_id):
            ids.append(new_id())
            await insert_session(
                work.session, session_id=ids[-1], user_id=seed.ana.user_id, account_id=account_id,
                token_hash=ids[-1].bytes, expires_at=work.now().replace(year=2100), user_agent="", ip=None,
            )  # fmt: skip
    await remove_member(database, seed.admin, seed.ana.user_id)
    async with database.system() as work:
        revoked = await work.session.execute(
            text("SELECT id FROM sessions WHERE revoked_at IS NOT NULL AND user_id = :id"),
            {"id": seed.ana.user_id},
        )
        assert revoked.scalars().all() == [ids[0]]


async def test_somebody_being_removed_takes_no_ticket_meanwhile(
    database: Database, seed: SeededAccount
) -> None:
    for _ in range(8):
        person = await add_person(database, seed, "Rita", departments=["vendas"])
        talk = await add_talk(database, seed)
        await asyncio.gather(
            accept_ticket(database, person, talk.ticket_id),
            remove_member(database, seed.admin, person.user_id),
            return_exceptions=True,
        )
        ticket = await get_ticket(database, seed.admin, talk.ticket_id)
        assert ticket.assignee_id is None, "a ticket is stuck with somebody who has gone"


async def test_a_role_without_the_inbox_gives_the_tickets_back(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    member = await change(database, seed, seed.admin, seed.ana.user_id, role=RoleChoice(Role.CLIENT))
    ticket = await get_ticket(database, seed.admin, talk.ticket_id)
    assert (ticket.state, ticket.assignee_id) == ("queued", None)
    assert member.availability == "offline"


async def test_tickets_can_be_handed_to_who_answers_for_the_department_by_permission(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed)
    vendas = seed.departments["vendas"]
    client = await add_person(database, seed, "Clara", role=Role.CLIENT, departments=["vendas"])
    for stranger in (client.user_id, seed.bruno.user_id):
        with pytest.raises(Exception, match="not one of its people"):
            await transfer_ticket(
                database, seed.admin, talk.ticket_id, department_id=vendas, assignee_id=stranger
            )
    moved = await transfer_ticket(
        database, seed.admin, talk.ticket_id, department_id=vendas, assignee_id=seed.admin.user_id
    )
    assert moved.assignee_id == seed.admin.user_id


# ── sessions and second factor ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_second_factor_is_reset_with_a_mail_and_a_record(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    async with database.system() as work:
        await work.session.execute(
            text(
                """INSERT INTO totp_factors (user_id, secret_sealed, confirmed_at) VALUES (:id, '\\x00', now())"""
            ),
            {"id": seed.ana.user_id},
        )
    team = {m.member.id: m for m in await list_team(database, seed.admin)}
    assert team[seed.ana.user_id].second_factor
    assert not team[seed.bruno.user_id].second_factor
    await reset_second_factor(database, seed.admin, Mailer(settings.vault), seed.ana.user_id)
    team = {m.member.id: m for m in await list_team(database, seed.admin)}
    assert not team[seed.ana.user_id].second_factor
    mail = (await mailed(database, settings, "second_factor_reset"))[-1]
    assert mail["actor_name"] == "Alice"
    assert [e[0] for e in await audited(database, seed.account_id)] == ["member.second_factor_reset"]
    with pytest.raises(Forbidden):
        await reset_second_factor(database, seed.admin, Mailer(settings.vault), seed.admin.user_id)


async def test_one_company_does_not_weaken_anothers_sign_in(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    other = seed_account(settings)
    async with database.system() as work:
        await work.session.execute(
            text("INSERT INTO memberships (account_id, user_id, role) VALUES (:id, :user, 'operator')"),
            {"id": other.account_id, "user": seed.ana.user_id},
        )
    with pytest.raises(BelongsElsewhere):
        await reset_second_factor(database, seed.admin, Mailer(settings.vault), seed.ana.user_id)


async def test_who_is_disabled_leaves_the_screens_and_comes_back(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    talk = await add_talk(database, seed, state="active", assignee_id=seed.ana.user_id)
    publisher.published.clear()
    async with database.system() as work:
        await keep_an_admin(work, seed.account_id, seed.ana.user_id)
        await step_out(work, seed.account_id, seed.ana.user_id)
    assert (await get_ticket(database, seed.admin, talk.ticket_id)).assignee_id is None
    async with database.system() as work:
        await step_in(work, seed.account_id, seed.ana.user_id)
    types = [event.type for _, event in publisher.published]
    assert types == ["ticket_updated", "member_removed", "member_updated"]


async def test_the_team_shows_the_disabled_too(database: Database, seed: SeededAccount) -> None:
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE users SET disabled_at = now() WHERE id = :id"), {"id": seed.bruno.user_id}
        )
    team = {m.member.id: m.state for m in await list_team(database, seed.admin)}
    assert team[seed.bruno.user_id] == "disabled"
    assert seed.bruno.user_id not in [m.id for m in await list_members(database, seed.admin)]
    await load(database, seed, seed.bruno.user_id)
