"""Departments: made, renamed, ordered, archived and brought back.

An archived department takes no tickets, people or numbers any more; its closed tickets keep its name, and those who saw
them go on seeing them. Archiving is decided under the department's row lock, which everybody who puts something into it
waits for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from inbox.accounts import department_repository as sql
from inbox.accounts.authority import check_room
from inbox.accounts.errors import DepartmentInUse, NameTaken, OrderChanged
from inbox.accounts.events import DepartmentView, department_created, department_updated
from inbox.accounts.repository import fetch_departments
from inbox.kernel.actor import Actor
from inbox.kernel.audit import AuditEntry
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Conflict, NotFound
from inbox.kernel.ids import new_id
from inbox.kernel.permissions import Permission

_KIND = "department"


@dataclass(frozen=True, slots=True)
class DepartmentChange:
    """None: stays as it is."""

    name: str | None = None
    color: str | None = None
    position: int | None = None
    archived: bool | None = None


async def list_departments(database: Database, actor: Actor) -> list[DepartmentView]:
    """All of the account: tickets can be transferred to any of them, and closed ones name archived ones."""
    async with database.acting(actor) as work:
        return await fetch_departments(work.session, actor.account_id)


async def create_department(
    database: Database, actor: Actor, *, name: str, color: str, position: int | None = None
) -> DepartmentView:
    """Raises Forbidden, NameTaken, PlanLimit."""
    actor.require(Permission.DEPARTMENTS_MANAGE)
    async with database.acting(actor) as work:
        await check_room(work, actor.account_id, "departments")
        department = await sql.insert_department(
            work.session, actor.account_id, new_id(),
            name=name.strip(), color=color, position=position, at=work.now(),
        )  # fmt: skip
        if department is None:
            raise NameTaken(name=name.strip())
        work.record(department_created(department))
        after = {"name": department.name, "color": department.color, "position": department.position}
        work.audit(AuditEntry("department.created", _KIND, department.id, after=after))
        return department


async def change_department(
    database: Database, actor: Actor, department_id: UUID, change: DepartmentChange, *, version: int
) -> DepartmentView:
    """Raises Forbidden, NotFound, Conflict, NameTaken, DepartmentInUse, PlanLimit."""
    actor.require(Permission.DEPARTMENTS_MANAGE)
    async with database.acting(actor) as work:
        department = await _lock(work, actor, department_id)
        if department.version != version:
            raise Conflict(department_id=department_id, version=department.version)
        changed = department.model_copy(
            update={
                "name": change.name.strip() if change.name is not None else department.name,
                "color": change.color if change.color is not None else department.color,
                "position": change.position if change.position is not None else department.position,
            }
        )
        if change.archived is True and department.archived_at is None:
            await _check_free(work, actor, department_id)
            changed.archived_at = work.now()
        elif change.archived is False and department.archived_at is not None:
            await check_room(work, actor.account_id, "departments")
            changed.archived_at = None
        return await _write(work, actor, department, changed)


async def archive_department(database: Database, actor: Actor, department_id: UUID) -> None:
    """Idempotent. Raises Forbidden, NotFound, DepartmentInUse."""
    actor.require(Permission.DEPARTMENTS_MANAGE)
    async with database.acting(actor) as work:
        department = await _lock(work, actor, department_id)
        if department.archived_at is not None:
            return
        await _check_free(work, actor, department_id)
        await _write(work, actor, department, department.model_copy(update={"archived_at": work.now()}))


async def order_departments(
    database: Database, actor: Actor, department_ids: Sequence[UUID]
) -> list[DepartmentView]:
    """All that are not archived, in the order in which they shall stand; answers all departments.

    Raises Forbidden, OrderChanged when these are not the departments that there are.
    """
    actor.require(Permission.DEPARTMENTS_MANAGE)
    async with database.acting(actor) as work:
        before = {d.id: d for d in await sql.lock_departments(work.session, actor.account_id)}
        shown = [id_ for id_, department in before.items() if department.archived_at is None]
        if sorted(department_ids) != sorted(shown):
            raise OrderChanged
        moved = [
            before[id_].model_copy(update={"position": place, "version": before[id_].version + 1})
            for place, id_ in enumerate(department_ids)
            if before[id_].position != place
        ]
        for department in moved:
            await sql.update_department(work.session, actor.account_id, department)
            work.record(department_updated(department))
        if moved:
            order = {"order": [before[id_].name for id_ in department_ids]}
            previous = {"order": [before[id_].name for id_ in shown]}
            work.audit(AuditEntry("departments.ordered", "account", actor.account_id, previous, order))
        return await fetch_departments(work.session, actor.account_id)


async def _lock(work: UnitOfWork, actor: Actor, department_id: UUID) -> DepartmentView:
    department = await sql.lock_department(work.session, actor.account_id, department_id)
    if department is None:
        raise NotFound(department_id=department_id)
    return department


async def _check_free(work: UnitOfWork, actor: Actor, department_id: UUID) -> None:
    use = await sql.fetch_use(work.session, actor.account_id, department_id)
    if not use.is_free:
        raise DepartmentInUse(
            department_id=department_id, open_tickets=use.open_tickets, numbers=use.numbers,
            invitations=use.invitations,
        )  # fmt: skip


async def _write(
    work: UnitOfWork, actor: Actor, before: DepartmentView, after: DepartmentView
) -> DepartmentView:
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    changed = [name for name in new if new[name] != old[name]]
    if not changed:
        return before
    after.version = before.version + 1
    try:
        async with work.session.begin_nested():
            await sql.update_department(work.session, actor.account_id, after)
    except IntegrityError as error:
        raise NameTaken(name=after.name) from error
    work.record(department_updated(after))
    action = "changed"
    if "archived_at" in changed:
        action = "archived" if after.archived_at is not None else "restored"
    work.audit(
        AuditEntry(
            f"department.{action}",
            _KIND,
            before.id,
            {n: old[n] for n in changed},
            {n: new[n] for n in changed},
        )
    )
    return after
