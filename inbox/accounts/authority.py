"""Who may change whom, and what an account may not lose or exceed: the rules that managing people shares.

Invariants
- Nobody gives, takes or changes permissions that they do not have themselves.
- An account keeps one admin who can sign in; the database decides, under the admins' row locks.
"""

from collections.abc import Collection
from uuid import UUID

from inbox.accounts.errors import BeyondOwnPermissions, LastAdmin, PlanLimit
from inbox.accounts.limit_repository import Limited, count_limited, lock_plan
from inbox.accounts.member_repository import LockedMember, lock_members
from inbox.accounts.plans import plan_of
from inbox.kernel.actor import Actor, Role
from inbox.kernel.database import UnitOfWork
from inbox.kernel.errors import NotFound
from inbox.kernel.permissions import Permission


def check_within_own(actor: Actor, permissions: Collection[Permission]) -> None:
    """Raises BeyondOwnPermissions."""
    missing = sorted(p.value for p in permissions if not actor.may(p))
    if missing:
        raise BeyondOwnPermissions(missing=missing)


async def access_member(
    work: UnitOfWork, actor: Actor, user_id: UUID, *, loses_admin: bool = False
) -> LockedMember:
    """Somebody whom the actor may change, locked until the transaction ends.

    `loses_admin`: the change takes from them what an admin is. Raises NotFound, BeyondOwnPermissions, LastAdmin.
    """
    member, other_admins = await lock_members(work.session, actor.account_id, user_id)
    if member is None:
        raise NotFound(member_id=user_id)
    check_within_own(actor, member.permissions)
    if loses_admin:
        check_not_last_admin(member, other_admins)
    return member


def check_not_last_admin(member: LockedMember, other_admins: int) -> None:
    if member.role is Role.ADMIN and not member.is_disabled and other_admins == 0:
        raise LastAdmin(member_id=member.user_id)


async def keep_an_admin(work: UnitOfWork, account_id: UUID, user_id: UUID) -> None:
    """For who disables people: raises LastAdmin when the account would be left without an admin who can sign in.

    Holds until the transaction ends; as prosa_system too.
    """
    member, other_admins = await lock_members(work.session, account_id, user_id)
    if member is not None:
        check_not_last_admin(member, other_admins)


async def check_room(work: UnitOfWork, account_id: UUID, of: Limited, adding: int = 1) -> None:
    """Raises PlanLimit."""
    plan = plan_of(await lock_plan(work.session, account_id))
    limit: int = getattr(plan, of)
    if await count_limited(work.session, account_id, of) + adding > limit:
        raise PlanLimit(limit=limit, of=of)
