"""Managing people: what they may do, their sessions, their leaving.

Invariants
- A change is one transaction with its audit entry and its events; who is removed, or leaves the inbox by a role, gives
  their open tickets back to the queues in it.
- Only somebody who has all the permissions of a person may change them; nobody becomes more than the one who makes them.
- `member_updated` and `member_removed` make every process look again who the sockets of that person are.
"""

from dataclasses import dataclass
from uuid import UUID

from inbox.accounts import member_repository as sql
from inbox.accounts.authority import access_member
from inbox.accounts.errors import BelongsElsewhere, UnknownDepartments
from inbox.accounts.events import MemberView, TeamMemberView, member_removed, member_updated
from inbox.accounts.invitation_repository import fetch_account_face
from inbox.accounts.leaving import leave_inbox
from inbox.accounts.member_repository import LockedMember
from inbox.accounts.repository import fetch_member
from inbox.accounts.roles import permissions_to_give
from inbox.identity.errors import refuse_impersonated
from inbox.identity.second_factor import remove_second_factors
from inbox.identity.session_repository import revoke_account_sessions, revoke_user_sessions
from inbox.kernel.actor import Actor, Role
from inbox.kernel.audit import AuditEntry, doer_of
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Conflict, Forbidden, NotFound
from inbox.kernel.permissions import Permission
from inbox.mail.service import MailData, Mailer, MailTemplate

_KIND = "member"


@dataclass(frozen=True, slots=True)
class RoleChoice:
    role: Role
    role_id: UUID | None = None
    """With Role.CUSTOM only."""


@dataclass(frozen=True, slots=True)
class MemberChange:
    """None: stays as it is."""

    role: RoleChoice | None = None
    department_ids: frozenset[UUID] | None = None
    capacity: int | None = None


async def list_team(database: Database, actor: Actor) -> list[TeamMemberView]:
    """Everybody, the disabled too, with what those who manage people need. Raises Forbidden."""
    actor.require(Permission.PEOPLE_MANAGE)
    async with database.system(actor.account_id) as work:
        return await sql.fetch_team(work.session, actor.account_id)


async def change_member(
    database: Database, actor: Actor, user_id: UUID, change: MemberChange, *, version: int
) -> MemberView:
    """Raises Forbidden, NotFound, Conflict, BeyondOwnPermissions, LastAdmin, UnknownRole, UnknownDepartments."""
    actor.require(Permission.PEOPLE_MANAGE)
    async with database.acting(actor) as work:
        if await fetch_member(work.session, actor.account_id, user_id, with_disabled=True) is None:
            raise NotFound(member_id=user_id)
        permissions = None
        if change.role is not None:
            # Before the member: roles are locked before people, everywhere.
            permissions = await permissions_to_give(work, actor, change.role.role, change.role.role_id)
        loses_admin = change.role is not None and change.role.role is not Role.ADMIN
        member = await access_member(work, actor, user_id, loses_admin=loses_admin)
        if member.version != version:
            raise Conflict(member_id=user_id, version=member.version)
        if change.department_ids is not None:
            await check_departments(work, actor.account_id, change.department_ids - member.department_ids)
            await sql.replace_departments(work.session, actor.account_id, user_id, change.department_ids)
        role = change.role or RoleChoice(member.role, member.role_id)
        capacity = member.capacity if change.capacity is None else change.capacity
        await sql.update_member(
            work.session, actor.account_id, user_id, role=role.role, role_id=role.role_id, capacity=capacity
        )
        if permissions is not None and Permission.INBOX in member.permissions - permissions:
            await leave_inbox(work, actor.account_id, user_id, by=actor.user_id, reason="role_changed")
        _audit_change(work, member, change)
        view = await fetch_member(work.session, actor.account_id, user_id, with_disabled=True)
        assert view is not None
        work.record(member_updated(view))
        return view


async def remove_member(database: Database, actor: Actor, user_id: UUID) -> None:
    """Out of this account; the person and their other accounts stay. Raises as `change_member` does.

    As prosa_system, for their sessions in the account end in the same transaction.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    async with database.system(actor.account_id) as work:
        member = await access_member(work, actor, user_id, loses_admin=True)
        tickets = await leave_inbox(
            work, actor.account_id, user_id, by=actor.user_id, reason="member_removed"
        )
        await sql.delete_membership(work.session, actor.account_id, user_id)
        await revoke_account_sessions(work.session, actor.account_id, work.now(), "removed", user_id=user_id)
        work.record(member_removed(user_id))
        before = _role_fields(member.role, member.role_id) | _department_fields(member.department_ids)
        work.audit(
            AuditEntry("member.removed", _KIND, user_id, before, {"returned_tickets": tickets}),
            doer=doer_of(actor),
        )


async def end_sessions(database: Database, actor: Actor, user_id: UUID) -> None:
    """Signs the person out of this account, everywhere. Raises Forbidden, NotFound, BeyondOwnPermissions."""
    actor.require(Permission.PEOPLE_MANAGE)
    async with database.system(actor.account_id) as work:
        await access_member(work, actor, user_id)
        ended = await revoke_account_sessions(
            work.session, actor.account_id, work.now(), "ended_by_admin", user_id=user_id
        )
        work.audit(
            AuditEntry("member.sessions_ended", _KIND, user_id, after={"sessions": len(ended)}),
            doer=doer_of(actor),
        )


async def reset_second_factor(database: Database, actor: Actor, mailer: Mailer, user_id: UUID) -> None:
    """Takes the person's factors away, ends all their sessions and writes to them, for somebody who lost their device.

    Raises Forbidden (also for oneself: one's own takes one's password), NotFound, BeyondOwnPermissions,
    BelongsElsewhere, NotWhileImpersonating.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    refuse_impersonated(actor)
    if user_id == actor.user_id:
        raise Forbidden("change your own second factor in your own settings")
    async with database.system(actor.account_id) as work:
        await access_member(work, actor, user_id)
        if await sql.is_member_elsewhere(work.session, actor.account_id, user_id):
            raise BelongsElsewhere(member_id=user_id)
        await remove_second_factors(work, user_id)
        await revoke_user_sessions(work.session, user_id, work.now(), "second_factor_reset")
        addressee = await sql.fetch_addressee(work.session, user_id)
        account = await fetch_account_face(work.session, actor.account_id)
        await mailer.queue_mail(
            work,
            recipient=addressee.email,
            template=MailTemplate.SECOND_FACTOR_RESET,
            locale=addressee.locale,
            data=MailData(
                recipient_name=addressee.name,
                actor_name=actor.name,
                account_name=account.name,
                brand_color=account.brand_color,
                time_zone=account.time_zone,
                at=work.now(),
            ),
        )
        work.audit(AuditEntry("member.second_factor_reset", _KIND, user_id), doer=doer_of(actor))


async def check_departments(work: UnitOfWork, account_id: UUID, department_ids: frozenset[UUID]) -> None:
    """Raises UnknownDepartments for what is none of the account's, or is archived."""
    unusable = await sql.fetch_unusable_departments(work.session, account_id, department_ids)
    if unusable:
        raise UnknownDepartments(department_ids=[str(found) for found in unusable])


def _audit_change(work: UnitOfWork, member: LockedMember, change: MemberChange) -> None:
    """One entry a kind of change: they are looked for apart."""
    if change.role is not None and change.role != RoleChoice(member.role, member.role_id):
        before = _role_fields(member.role, member.role_id)
        after = _role_fields(change.role.role, change.role.role_id)
        work.audit(AuditEntry("member.role_changed", _KIND, member.user_id, before, after))
    if change.department_ids is not None and change.department_ids != member.department_ids:
        before, after = _department_fields(member.department_ids), _department_fields(change.department_ids)
        work.audit(AuditEntry("member.departments_changed", _KIND, member.user_id, before, after))
    if change.capacity is not None and change.capacity != member.capacity:
        work.audit(
            AuditEntry(
                "member.capacity_changed", _KIND, member.user_id,
                {"capacity": member.capacity}, {"capacity": change.capacity},
            )
        )  # fmt: skip


def _role_fields(role: Role, role_id: UUID | None) -> dict[str, object]:
    return {"role": role.value, "role_id": str(role_id) if role_id is not None else None}


def _department_fields(department_ids: frozenset[UUID]) -> dict[str, object]:
    return {"department_ids": sorted(map(str, department_ids))}
