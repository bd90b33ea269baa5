"""Roles: the built-in ones, and those that an account makes of named permissions.

A change takes effect at once: members of the role are told of with `member_updated`, at which their sockets look again
who they are; who can no longer work in the inbox gives back what they had.
"""

from typing import Final, Literal
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from inbox.accounts import member_repository, role_repository
from inbox.accounts.authority import check_room, check_within_own
from inbox.accounts.errors import NameTaken, RoleInUse, UnknownRole
from inbox.accounts.events import PermissionView, RoleView, member_updated
from inbox.accounts.leaving import leave_inbox
from inbox.accounts.role_repository import CustomRole
from inbox.kernel.actor import Actor, Role
from inbox.kernel.audit import AuditEntry, doer_of
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Conflict, Forbidden, NotFound
from inbox.kernel.ids import new_id
from inbox.kernel.permissions import BUILT_IN_ROLES, Permission

Group = Literal["inbox", "contacts", "company", "security", "reports"]

PERMISSION_GROUPS: Final[dict[Permission, Group]] = {
    Permission.INBOX: "inbox",
    Permission.TICKETS_SUPERVISE: "inbox",
    Permission.DEPARTMENTS_ALL: "inbox",
    Permission.CONTACTS_EDIT: "contacts",
    Permission.CONTACTS_PHONES: "contacts",
    Permission.CONTACTS_REVEAL: "contacts",
    Permission.NUMBERS_MANAGE: "company",
    Permission.PEOPLE_MANAGE: "company",
    Permission.ROLES_MANAGE: "company",
    Permission.DEPARTMENTS_MANAGE: "company",
    Permission.ACCOUNT_MANAGE: "company",
    Permission.SECURITY_MANAGE: "security",
    Permission.API_KEYS_MANAGE: "security",
    Permission.AUDIT_VIEW: "security",
    Permission.PRIVACY_MANAGE: "security",
    Permission.REPORTS_VIEW: "reports",
}
"""As the form for a role shows them."""

_READERS: Final = (
    Permission.ROLES_MANAGE,
    Permission.PEOPLE_MANAGE,
    Permission.API_KEYS_MANAGE,
    Permission.SECURITY_MANAGE,
)
"""Those whose work has roles in it: they make them, give them, or name them in a policy."""


def list_permissions(actor: Actor) -> list[PermissionView]:
    _require_reader(actor)
    return [PermissionView(name=name, group=group) for name, group in PERMISSION_GROUPS.items()]


async def list_roles(database: Database, actor: Actor) -> list[RoleView]:
    """The built-in ones first, the most powerful of them ahead."""
    _require_reader(actor)
    async with database.acting(actor) as work:
        counts = await role_repository.count_members_by_role(work.session, actor.account_id)
        custom = await role_repository.fetch_roles(work.session, actor.account_id)
    built_in = [
        RoleView(
            role=Role(name),
            role_id=None,
            name="",
            permissions=sorted(permissions),
            member_count=counts.get((name, None), 0),
            may_assign=_may_give(actor, permissions),
            version=1,
        )
        for name, permissions in BUILT_IN_ROLES.items()
    ]
    return built_in + [_view(actor, role, counts.get((Role.CUSTOM, role.id), 0)) for role in custom]


async def create_role(
    database: Database, actor: Actor, *, name: str, permissions: frozenset[Permission]
) -> RoleView:
    """Raises Forbidden, BeyondOwnPermissions, NameTaken, PlanLimit."""
    actor.require(Permission.ROLES_MANAGE)
    check_within_own(actor, permissions)
    role_id, name = new_id(), name.strip()
    async with database.acting(actor) as work:
        await check_room(work, actor.account_id, "roles")
        if not await role_repository.insert_role(
            work.session, actor.account_id, role_id, name, permissions, work.now()
        ):
            raise NameTaken(name=name)
        work.audit(AuditEntry("role.created", "role", role_id, after=_fields(name, permissions)))
    return _view(actor, CustomRole(role_id, name, permissions, 1), 0)


async def change_role(
    database: Database,
    actor: Actor,
    role_id: UUID,
    *,
    name: str | None = None,
    permissions: frozenset[Permission] | None = None,
    version: int,
) -> tuple[RoleView, list[UUID]]:
    """The role, and who has it. Raises NotFound, Conflict, NameTaken, Forbidden, BeyondOwnPermissions.

    As prosa_system: the tickets of whoever leaves the inbox with it are given back in the same transaction.
    """
    actor.require(Permission.ROLES_MANAGE)
    async with database.system(actor.account_id) as work:
        role = await _lock(work, actor, role_id)
        if role.version != version:
            raise Conflict(role_id=role_id, version=role.version)
        check_within_own(actor, role.permissions | (permissions or frozenset()))
        changed = CustomRole(
            role_id,
            name.strip() if name is not None else role.name,
            permissions if permissions is not None else role.permissions,
            role.version + 1,
        )
        await _update(work, actor, changed)
        await member_repository.bump_members_of_role(work.session, actor.account_id, role_id)
        members = await member_repository.fetch_members_of_role(work.session, actor.account_id, role_id)
        if Permission.INBOX in role.permissions - changed.permissions:
            for member in members:
                await leave_inbox(work, actor.account_id, member.id, by=actor.user_id, reason="role_changed")
        for member in members:
            work.record(member_updated(member))
        before, after = _fields(role.name, role.permissions), _fields(changed.name, changed.permissions)
        work.audit(AuditEntry("role.changed", "role", role_id, before, after), doer=doer_of(actor))
    return _view(actor, changed, len(members)), [member.id for member in members]


async def delete_role(database: Database, actor: Actor, role_id: UUID) -> None:
    """Raises NotFound, Forbidden, BeyondOwnPermissions, RoleInUse."""
    actor.require(Permission.ROLES_MANAGE)
    async with database.acting(actor) as work:
        role = await _lock(work, actor, role_id)
        check_within_own(actor, role.permissions)
        members, invitations = await role_repository.count_users_of_role(
            work.session, actor.account_id, role_id
        )
        if members or invitations:
            raise RoleInUse(role_id=role_id, members=members, invitations=invitations)
        await role_repository.delete_role(work.session, actor.account_id, role_id)
        work.audit(AuditEntry("role.deleted", "role", role_id, before=_fields(role.name, role.permissions)))


async def permissions_to_give(
    work: UnitOfWork, actor: Actor, role: Role, role_id: UUID | None
) -> frozenset[Permission]:
    """What the role gives, checked to be the actor's to give. Raises UnknownRole, BeyondOwnPermissions."""
    permissions = await permissions_of(work, actor.account_id, role, role_id)
    check_within_own(actor, permissions)
    return permissions


async def permissions_of(
    work: UnitOfWork, account_id: UUID, role: Role, role_id: UUID | None
) -> frozenset[Permission]:
    """What a role gives; it stays so until the transaction ends. Raises UnknownRole."""
    if role_id is None:
        if role is Role.CUSTOM:
            raise UnknownRole
        return BUILT_IN_ROLES[role.value]
    found = await role_repository.hold_role(work.session, account_id, role_id)
    if found is None or role is not Role.CUSTOM:
        raise UnknownRole(role_id=role_id)
    return found.permissions


async def _lock(work: UnitOfWork, actor: Actor, role_id: UUID) -> CustomRole:
    role = await role_repository.lock_role(work.session, actor.account_id, role_id)
    if role is None:
        raise NotFound(role_id=role_id)
    return role


async def _update(work: UnitOfWork, actor: Actor, role: CustomRole) -> None:
    try:
        async with work.session.begin_nested():
            await role_repository.update_role(
                work.session, actor.account_id, role.id, role.name, role.permissions
            )
    except IntegrityError as error:
        raise NameTaken(name=role.name) from error


def _require_reader(actor: Actor) -> None:
    if not any(map(actor.may, _READERS)):
        raise Forbidden(needs=_READERS[0].value)


def _may_give(actor: Actor, permissions: frozenset[Permission]) -> bool:
    return all(map(actor.may, permissions))


def _view(actor: Actor, role: CustomRole, member_count: int) -> RoleView:
    return RoleView(
        role=Role.CUSTOM,
        role_id=role.id,
        name=role.name,
        permissions=sorted(role.permissions),
        member_count=member_count,
        may_assign=_may_give(actor, role.permissions),
        version=role.version,
    )


def _fields(name: str, permissions: frozenset[Permission]) -> dict[str, object]:
    return {"name": name, "permissions": sorted(p.value for p in permissions)}
