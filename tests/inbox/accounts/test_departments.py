"""Departments: what they are called, when they may be archived, who hears of it."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from inbox.accounts.departments import (
    DepartmentChange,
    archive_department,
    change_department,
    create_department,
    list_departments,
    order_departments,
)
from inbox.accounts.errors import DepartmentInUse, NameTaken, OrderChanged, UnknownDepartments
from inbox.accounts.members import MemberChange, change_member
from inbox.kernel.database import Database
from inbox.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from inbox.tickets.lists import list_tickets
from inbox.tickets.service import close_ticket, get_ticket, transfer_ticket
from server.settings import Settings
from tests.conftest import RecordingPublisher, SeededAccount, seed_account
from tests.inbox.accounts.people import audited, version_of
from tests.inbox.rows import add_talk


async def make(database: Database, seed: SeededAccount, name: str = "Cobrança", **values: Any) -> Any:
    return await create_department(database, seed.admin, name=name, color="#123456", **values)


async def test_a_new_department_stands_last_and_is_told_to_everybody(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    publisher.published.clear()
    made = await make(database, seed, " Cobrança ")
    assert (made.name, made.position, made.archived_at, made.version) == ("Cobrança", 2, None, 1)
    ((account_id, event),) = publisher.published
    assert (account_id, event.type, event.audience) == (seed.account_id, "department_created", ["account"])
    assert event.data == {"department": made.model_dump(mode="json")}
    assert [d.name for d in await list_departments(database, seed.ana)] == ["Vendas", "Suporte", "Cobrança"]
    assert (await audited(database, seed.account_id))[0][:2] == ("department.created", str(made.id))


async def test_names_are_unique_and_changes_compare_versions(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    made = await make(database, seed)
    with pytest.raises(NameTaken):
        await make(database, seed, "VENDAS")
    with pytest.raises(NameTaken):
        await change_department(database, seed.admin, made.id, DepartmentChange(name="suporte"), version=1)
    publisher.published.clear()
    changed = await change_department(
        database, seed.admin, made.id, DepartmentChange(name="Contas", position=0), version=1
    )
    assert (changed.name, changed.color, changed.position, changed.version) == ("Contas", "#123456", 0, 2)
    assert [event.type for _, event in publisher.published] == ["department_updated"]
    with pytest.raises(Conflict):
        await change_department(database, seed.admin, made.id, DepartmentChange(name="x"), version=1)
    (entry,) = [e for e in await audited(database, seed.account_id) if e[0] == "department.changed"]
    assert entry[2:] == ({"name": "Cobrança", "position": 2}, {"name": "Contas", "position": 0})


async def test_the_whole_order_is_set_at_once(
    database: Database, seed: SeededAccount, publisher: RecordingPublisher
) -> None:
    vendas, suporte = seed.departments["vendas"], seed.departments["suporte"]
    third, gone = await make(database, seed), await make(database, seed, "Antiga")
    await archive_department(database, seed.admin, gone.id)
    publisher.published.clear()
    ordered = await order_departments(database, seed.admin, [third.id, vendas, suporte])
    assert [d.name for d in ordered] == ["Cobrança", "Vendas", "Suporte", "Antiga"]
    assert [d.position for d in ordered[:3]] == [0, 1, 2]
    assert [event.type for _, event in publisher.published] == ["department_updated"] * 3
    publisher.published.clear()
    await order_departments(database, seed.admin, [third.id, suporte, vendas])
    assert len(publisher.published) == 2  # one stays where it is
    entries = [e for e in await audited(database, seed.account_id) if e[0] == "departments.ordered"]
    assert entries[-1][2:] == (
        {"order": ["Cobrança", "Vendas", "Suporte"]},
        {"order": ["Cobrança", "Suporte", "Vendas"]},
    )


async def test_an_order_names_every_department_once(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    vendas, suporte = seed.departments["vendas"], seed.departments["suporte"]
    foreign = seed_account(settings).departments["vendas"]
    for wrong in (
        [vendas],
        [vendas, vendas],
        [vendas, suporte, foreign],
        [vendas, suporte, uuid4()],
        [foreign, suporte],
    ):
        with pytest.raises(OrderChanged):
            await order_departments(database, seed.admin, wrong)
    with pytest.raises(Forbidden):
        await order_departments(database, seed.supervisor, [suporte, vendas])
    made = asyncio.gather(
        *(
            order_departments(database, seed.admin, order)
            for order in ([vendas, suporte], [suporte, vendas]) * 4
        )
    )
    await made  # at once they follow each other
    assert sorted(d.position for d in await list_departments(database, seed.admin)) == [0, 1]


async def test_only_who_manages_departments_may(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    vendas = seed.departments["vendas"]
    for actor in (seed.supervisor, seed.ana):
        with pytest.raises(Forbidden):
            await create_department(database, actor, name="x", color="#000000")
        with pytest.raises(Forbidden):
            await change_department(database, actor, vendas, DepartmentChange(name="x"), version=1)
        with pytest.raises(Forbidden):
            await archive_department(database, actor, vendas)
    foreign = seed_account(settings).departments["vendas"]
    for department_id in (foreign, uuid4()):
        with pytest.raises(NotFound):
            await archive_department(database, seed.admin, department_id)
        with pytest.raises(NotFound):
            await change_department(database, seed.admin, department_id, DepartmentChange(), version=1)


async def test_a_department_with_open_tickets_or_a_number_stays(
    database: Database, seed: SeededAccount
) -> None:
    talk = await add_talk(database, seed, department="suporte")
    with pytest.raises(DepartmentInUse) as refusal:
        await archive_department(database, seed.admin, seed.departments["suporte"])
    assert (refusal.value.extra["open_tickets"], refusal.value.extra["numbers"]) == (1, 0)
    await close_ticket(database, seed.admin, talk.ticket_id)
    with pytest.raises(DepartmentInUse) as refusal:
        await archive_department(database, seed.admin, seed.departments["vendas"])
    assert (refusal.value.extra["open_tickets"], refusal.value.extra["numbers"]) == (0, 1)
    await archive_department(database, seed.admin, seed.departments["suporte"])
    await archive_department(database, seed.admin, seed.departments["suporte"])


async def test_an_archived_department_takes_nothing_new_and_keeps_its_past(
    database: Database, seed: SeededAccount
) -> None:
    suporte = seed.departments["suporte"]
    closed = await add_talk(database, seed, department="suporte")
    await close_ticket(database, seed.bruno, closed.ticket_id)
    waiting = await add_talk(database, seed)
    await archive_department(database, seed.admin, suporte)
    with pytest.raises(Invalid):
        await transfer_ticket(database, seed.admin, waiting.ticket_id, department_id=suporte)
    ana = await version_of(database, seed, seed.ana.user_id)
    change = MemberChange(department_ids=seed.ana.department_ids | {suporte})
    with pytest.raises(UnknownDepartments):
        await change_member(database, seed.admin, seed.ana.user_id, change, version=ana)
    assert (await get_ticket(database, seed.bruno, closed.ticket_id)).department_id == suporte
    page = await list_tickets(database, seed.admin, view="closed")
    assert [item.id for item in page.items] == [closed.ticket_id]
    (archived,) = [d for d in await list_departments(database, seed.ana) if d.archived_at]
    restored = await change_department(
        database, seed.admin, suporte, DepartmentChange(archived=False), version=archived.version
    )
    assert restored.archived_at is None
    moved = await transfer_ticket(database, seed.admin, waiting.ticket_id, department_id=suporte)
    assert moved.department_id == suporte
    actions = [e[0] for e in await audited(database, seed.account_id)]
    assert actions == ["department.archived", "department.restored"]


async def test_a_ticket_never_ends_up_in_a_department_archived_meanwhile(
    database: Database, seed: SeededAccount
) -> None:
    for n in range(8):
        department = await make(database, seed, f"Setor {n}")
        talk = await add_talk(database, seed)
        moved, archived = await asyncio.gather(
            transfer_ticket(database, seed.admin, talk.ticket_id, department_id=department.id),
            archive_department(database, seed.admin, department.id),
            return_exceptions=True,
        )
        assert isinstance(moved, Invalid) != isinstance(archived, DepartmentInUse), (moved, archived)
