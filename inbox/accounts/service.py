"""An account's people: who is there, who is available, and setting an account up."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from inbox.accounts import repository
from inbox.accounts.events import Availability, MemberView, member_updated
from inbox.accounts.models import Account, Department, EventCounter, Membership, MembershipDepartment
from inbox.identity.models import User
from inbox.kernel.actor import Actor, Role
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Conflict, Forbidden, NotFound
from inbox.kernel.ids import new_id
from inbox.kernel.permissions import Permission


async def list_members(database: Database, actor: Actor) -> list[MemberView]:
    """Colleagues, for those who work with them. Raises Forbidden."""
    if not (actor.may(Permission.INBOX) or actor.may(Permission.PEOPLE_MANAGE)):
        raise Forbidden(needs=Permission.INBOX.value)
    async with database.acting(actor) as work:
        return await repository.fetch_members(work.session, actor.account_id)


async def set_availability(
    database: Database, actor: Actor, *, availability: Availability, pause_reason: str | None = None
) -> MemberView:
    """Everybody hears of it. A reason belongs to a pause only. Raises Forbidden for who answers nobody."""
    actor.require(Permission.INBOX)
    reason = pause_reason if availability == "paused" else None
    async with database.acting(actor) as work:
        changed = await repository.update_availability(
            work.session, actor.account_id, actor.user_id, availability, reason, work.now()
        )
        member = await repository.fetch_member(work.session, actor.account_id, actor.user_id)
        if member is None:
            raise NotFound(user_id=actor.user_id)
        if changed:
            work.record(member_updated(member))
        return member


# ── setting up: by `prosa create-admin`, the demo and imports; within a unit of work of prosa_system ────────────────


async def create_account(
    work: UnitOfWork,
    *,
    name: str,
    slug: str,
    departments: Iterable[tuple[str, str]],
    locale: str = "pt-BR",
    time_zone: str = "America/Sao_Paulo",
    brand_color: str | None = None,
) -> tuple[UUID, list[UUID]]:
    """A tenant with its departments (name, colour), in their order. Raises Conflict when the slug is taken."""
    account_id = new_id()
    work.session.add(
        Account(
            account_id=account_id,
            name=name,
            slug=slug,
            locale=locale,
            time_zone=time_zone,
            brand_color=brand_color,
            created_at=work.now(),
        )
    )
    await _flush(work, "an account with this slug exists")
    work.session.add(EventCounter(account_id=account_id))
    department_ids = []
    for position, (department, color) in enumerate(departments):
        department_ids.append(new_id())
        work.session.add(
            Department(
                account_id=account_id,
                id=department_ids[-1],
                name=department,
                color=color,
                position=position,
                created_at=work.now(),
            )
        )
    await _flush(work, "two departments with one name")
    return account_id, department_ids


async def add_member(
    work: UnitOfWork,
    *,
    account_id: UUID,
    email: str,
    name: str,
    password_hash: str,
    role: Role,
    role_id: UUID | None = None,
    department_ids: Iterable[UUID] = (),
    capacity: int = 5,
    availability: Availability = "offline",
    locale: str = "pt-BR",
) -> UUID:
    """A new person with a membership. Raises Conflict when the e-mail address is taken."""
    user_id, now = new_id(), work.now()
    work.session.add(
        User(id=user_id, email=email, name=name, password_hash=password_hash, locale=locale, created_at=now)
    )
    await _flush(work, "somebody with this e-mail address exists")
    work.session.add(
        Membership(
            account_id=account_id,
            user_id=user_id,
            role=role.value,
            role_id=role_id,
            capacity=capacity,
            availability=availability,
            availability_since=now,
            created_at=now,
        )
    )
    await work.session.flush()
    for department_id in department_ids:
        work.session.add(
            MembershipDepartment(account_id=account_id, user_id=user_id, department_id=department_id)
        )
    await work.session.flush()
    return user_id


async def _flush(work: UnitOfWork, conflict: str) -> None:
    try:
        await work.session.flush()
    except IntegrityError as error:
        raise Conflict(conflict) from error
