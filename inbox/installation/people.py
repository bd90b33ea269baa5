"""All people of the installation, for the super admin; and super admins themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.accounts.account_events import AccountState
from inbox.accounts.authority import keep_an_admin
from inbox.accounts.errors import LastAdmin
from inbox.accounts.leaving import step_in, step_out
from inbox.accounts.lifecycle import HOME_SLUG
from inbox.accounts.repository import fetch_account_id
from inbox.accounts.service import add_member, create_account
from inbox.identity.session_repository import revoke_user_sessions
from inbox.installation import repository
from inbox.installation.super_admin import SuperAdmin
from inbox.kernel.actor import Role
from inbox.kernel.audit import ACCOUNT_IDS, INSTALLATION, AuditEntry
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Conflict, NotFound

# The home account holds no conversations, but every account has a department.
_HOME_DEPARTMENT: Final = ("Administração", "#5b7083")
_HOME_NAME: Final = "Prosa"

Place = tuple[datetime, UUID]


class PersonAccount(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    state: AccountState
    role: Role


class PersonView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    email: str
    locale: str
    created_at: datetime
    disabled_at: datetime | None
    is_super_admin: bool
    second_factor: bool
    last_seen_at: datetime | None
    accounts: list[PersonAccount]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    items: list[PersonView]
    next_place: Place | None


class LastSuperAdmin(Conflict):
    code = "last_super_admin"
    title = "This is the last super admin"


class OneSelf(Conflict):
    code = "one_self"
    title = "Nobody disables themself"


async def list_people(
    database: Database,
    _admin: SuperAdmin,
    *,
    q: str,
    account_id: UUID | None,
    before: Place | None,
    limit: int,
) -> PeoplePage:
    """Newest first. `q` finds by name and e-mail address; `account_id`: those of one account."""
    async with database.system() as work:
        rows = await repository.fetch_people(
            work.session, q=q.strip(), account_id=account_id, before=before, limit=limit + 1
        )
    items = [PersonView(**row) for row in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    return PeoplePage(items, (last.created_at, last.id) if last is not None else None)


async def disable_person(
    database: Database, admin: SuperAdmin, user_id: UUID, reason: str
) -> tuple[PersonView, list[UUID]]:
    """Nobody of this person's sessions goes on, in any account; answers their accounts, whose sockets must look again.

    Raises NotFound, OneSelf, LastSuperAdmin, LastAdmin (`account_id`: of which account).
    """
    if user_id == admin.user_id:
        raise OneSelf
    async with database.system() as work:
        await repository.lock_super_admins(work.session)
        person = await _access(work, user_id)
        if person.is_super_admin and not await repository.count_super_admins(work.session, except_id=user_id):
            raise LastSuperAdmin
        account_ids = await repository.fetch_account_ids_of(work.session, user_id)
        for account_id in account_ids:
            await _refuse_last_admin(work, account_id, user_id)
        if await repository.set_disabled(work.session, user_id, work.now()):
            await revoke_user_sessions(work.session, user_id, work.now(), "disabled")
            for account_id in account_ids:
                await step_out(work, account_id, user_id)
            _audit(work, admin, "person.disabled", user_id, account_ids, reason)
        return await _access(work, user_id), account_ids


async def enable_person(database: Database, admin: SuperAdmin, user_id: UUID) -> PersonView:
    """They sign in anew. Raises NotFound."""
    async with database.system() as work:
        await _access(work, user_id)
        if await repository.set_disabled(work.session, user_id, None):
            account_ids = await repository.fetch_account_ids_of(work.session, user_id)
            for account_id in account_ids:
                await step_in(work, account_id, user_id)
            _audit(work, admin, "person.enabled", user_id, account_ids)
        return await _access(work, user_id)


async def add_super_admin(work: UnitOfWork, *, name: str, email: str, password_hash: str) -> UUID:
    """At home in the home account, which is made for the first. Raises Conflict when the address is taken.

    For the command line and the demo: over REST nobody becomes super admin.
    """
    home_id = await fetch_account_id(work.session, HOME_SLUG)
    if home_id is None:
        home_id, _ = await create_account(
            work, name=_HOME_NAME, slug=HOME_SLUG, departments=[_HOME_DEPARTMENT]
        )
    user_id = await add_member(
        work, account_id=home_id, email=email, name=name, password_hash=password_hash, role=Role.ADMIN
    )
    await repository.make_super_admin(work.session, user_id)
    work.audit(AuditEntry("super_admin.created", "user", user_id, after={"name": name}), INSTALLATION)
    return user_id


async def _access(work: UnitOfWork, user_id: UUID) -> PersonView:
    row = await repository.fetch_person(work.session, user_id)
    if row is None:
        raise NotFound(user_id=user_id)
    return PersonView(**row)


async def _refuse_last_admin(work: UnitOfWork, account_id: UUID, user_id: UUID) -> None:
    try:
        await keep_an_admin(work, account_id, user_id)
    except LastAdmin as error:
        raise LastAdmin(account_id=account_id, member_id=user_id) from error


def _audit(
    work: UnitOfWork, admin: SuperAdmin, action: str, user_id: UUID, account_ids: list[UUID], reason: str = ""
) -> None:
    """In the installation's chain, and in that of every account that the person belongs to."""
    why = {"reason": reason} if reason else {}
    for account_id in account_ids:
        work.audit(AuditEntry(action, "user", user_id, after=why or None), account_id, doer=admin.doer)
    concerned = {ACCOUNT_IDS: [str(account_id) for account_id in account_ids]}
    work.audit(AuditEntry(action, "user", user_id, after={**why, **concerned}), INSTALLATION, doer=admin.doer)
