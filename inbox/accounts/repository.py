"""SQL of people and departments, as everybody of the account may read it; what managing them writes is beside it."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.accounts.events import Availability, DepartmentView, MemberView
from inbox.kernel.actor import Role
from inbox.kernel.permissions import BUILT_IN_ROLES, Permission, known_permissions
from inbox.kernel.rows import Row

MEMBER_COLUMNS: Final = """
u.id, u.name, u.email, m.role, m.role_id, r.name AS role_name, r.permissions AS role_permissions, m.capacity,
m.availability, m.pause_reason, m.availability_since, m.version,
coalesce((SELECT array_agg(d.department_id ORDER BY d.department_id) FROM membership_departments d
          WHERE d.account_id = m.account_id AND d.user_id = m.user_id), '{}') AS department_ids
"""
"""What `member_view` reads, of MEMBER_TABLES."""

MEMBER_TABLES: Final = """
memberships m JOIN users u ON u.id = m.user_id LEFT JOIN roles r ON r.account_id = m.account_id AND r.id = m.role_id
"""

_MEMBER_SELECT = f"SELECT {MEMBER_COLUMNS} FROM {MEMBER_TABLES} WHERE m.account_id = :account_id"
_ENABLED = "AND u.disabled_at IS NULL"


def role_permissions(role: str, custom: Collection[str] | None) -> frozenset[Permission]:
    """What a role gives: `custom` is `roles.permissions` of a custom one."""
    if role == Role.CUSTOM.value:
        return known_permissions(list(custom or ()))
    return BUILT_IN_ROLES[role]


def has_permission(permission: Permission) -> str:
    """SQL: whether the membership `m` has the permission, by its built-in role or its custom one. No parameters."""
    built_in = ", ".join(f"'{name}'" for name, granted in BUILT_IN_ROLES.items() if permission in granted)
    return f"""(m.role IN ({built_in}) OR EXISTS (
        SELECT FROM roles own WHERE own.account_id = m.account_id AND own.id = m.role_id
          AND '{permission.value}' = ANY(own.permissions)))"""


def member_view(row: Row) -> MemberView:
    return MemberView(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        role=Role(row["role"]),
        role_id=row["role_id"],
        role_name=row["role_name"] or "",
        permissions=sorted(role_permissions(row["role"], row["role_permissions"])),
        department_ids=list(row["department_ids"]),
        capacity=row["capacity"],
        availability=row["availability"],
        pause_reason=row["pause_reason"],
        availability_since=row["availability_since"],
        version=row["version"],
    )


async def fetch_members(session: AsyncSession, account_id: UUID) -> list[MemberView]:
    result = await session.execute(
        text(f"{_MEMBER_SELECT} {_ENABLED} ORDER BY u.name, u.id"), {"account_id": account_id}
    )
    return [member_view(row) for row in result.mappings()]


async def fetch_member(
    session: AsyncSession, account_id: UUID, user_id: UUID, *, with_disabled: bool = False
) -> MemberView | None:
    statement = f"{_MEMBER_SELECT} AND m.user_id = :user_id {'' if with_disabled else _ENABLED}"
    result = await session.execute(text(statement), {"account_id": account_id, "user_id": user_id})
    row = result.mappings().one_or_none()
    return member_view(row) if row is not None else None


async def hold_membership(session: AsyncSession, account_id: UUID, user_id: UUID) -> bool:
    """Whether this person is in the account; if so, they stay until this transaction ends (their removal waits)."""
    result = await session.execute(
        text(
            """SELECT user_id FROM memberships WHERE account_id = :account_id AND user_id = :user_id
            FOR KEY SHARE"""
        ),
        {"account_id": account_id, "user_id": user_id},
    )
    return result.one_or_none() is not None


async def fetch_departments(session: AsyncSession, account_id: UUID) -> list[DepartmentView]:
    """Archived ones too, last."""
    result = await session.execute(
        text(
            """SELECT id, name, color, position, archived_at, version FROM departments
            WHERE account_id = :account_id ORDER BY archived_at IS NOT NULL, position, name"""
        ),
        {"account_id": account_id},
    )
    return [DepartmentView(**row) for row in result.mappings()]


async def is_member_of_department(
    session: AsyncSession, account_id: UUID, department_id: UUID, user_id: UUID | None
) -> bool:
    """Whether the department takes tickets and, with `user_id`, whether that person answers for it: who works in the
    inbox and is of the department, or has all of them.

    What was found stays so until this transaction ends: archiving the department and removing the person wait.
    """
    department = await session.execute(
        text(
            """SELECT id FROM departments
            WHERE account_id = :account_id AND id = :department_id AND archived_at IS NULL FOR KEY SHARE"""
        ),
        {"account_id": account_id, "department_id": department_id},
    )
    if department.one_or_none() is None:
        return False
    if user_id is None:
        return True
    answers = await session.execute(
        text(
            f"""SELECT m.user_id FROM memberships m JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL
            WHERE m.account_id = :account_id AND m.user_id = :user_id AND {has_permission(Permission.INBOX)}
              AND ({has_permission(Permission.DEPARTMENTS_ALL)} OR EXISTS (
                SELECT FROM membership_departments md WHERE md.account_id = m.account_id
                  AND md.user_id = m.user_id AND md.department_id = :department_id))
            FOR KEY SHARE OF m"""
        ),
        {"account_id": account_id, "department_id": department_id, "user_id": user_id},
    )
    return answers.one_or_none() is not None


async def update_availability(
    session: AsyncSession,
    account_id: UUID,
    user_id: UUID,
    availability: Availability,
    pause_reason: str | None,
    at: datetime,
) -> bool:
    """False when it already is so: the time in the state goes on counting."""
    result = await session.execute(
        text(
            """UPDATE memberships SET availability = :availability, pause_reason = :pause_reason,
                   availability_since = :at, version = version + 1
            WHERE account_id = :account_id AND user_id = :user_id
              AND (availability, coalesce(pause_reason, '')) <> (:availability, coalesce(:pause_reason, ''))
            RETURNING user_id"""
        ),
        {
            "account_id": account_id,
            "user_id": user_id,
            "availability": availability,
            "pause_reason": pause_reason,
            "at": at,
        },
    )
    return result.one_or_none() is not None


# ── setting up (prosa_system) ───────────────────────────────────────────────────────────────────────────────────────


async def fetch_account_id(session: AsyncSession, slug: str) -> UUID | None:
    result = await session.execute(text("SELECT account_id FROM accounts WHERE slug = :slug"), {"slug": slug})
    account_id: UUID | None = result.scalar_one_or_none()
    return account_id
