"""SQL of managing members: locked reads, and what changes who may do what.

Locks: memberships before tickets, admins' rows in ascending order of user, so that whoever changes or removes people
waits for the others instead of for each other's locks.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.accounts.events import MemberView, TeamMemberView
from inbox.accounts.repository import MEMBER_COLUMNS, MEMBER_TABLES, member_view, role_permissions
from inbox.kernel.actor import Role
from inbox.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class LockedMember:
    user_id: UUID
    role: Role
    role_id: UUID | None
    permissions: frozenset[Permission]
    department_ids: frozenset[UUID]
    capacity: int
    version: int
    is_disabled: bool


async def lock_members(
    session: AsyncSession, account_id: UUID, user_id: UUID
) -> tuple[LockedMember | None, int]:
    """The person, and how many other admins can sign in; all of them stay as they are until this transaction ends.

    Of two admins who demote each other at once, the second waits here and then finds that the first is none any more.
    """
    values = {"account_id": account_id, "user_id": user_id}
    await session.execute(
        text(
            """SELECT user_id FROM memberships
            WHERE account_id = :account_id AND (user_id = :user_id OR role = 'admin') ORDER BY user_id FOR UPDATE"""
        ),
        values,
    )
    # Read after the lock is held, by a statement of its own: one that waits for a lock reads again only the row it
    # waited for, not who was disabled or what the role gave meanwhile.
    result = await session.execute(
        text(
            f"""SELECT {MEMBER_COLUMNS}, u.disabled_at FROM {MEMBER_TABLES}
            WHERE m.account_id = :account_id AND (m.user_id = :user_id OR m.role = 'admin')"""
        ),
        values,
    )
    found: LockedMember | None = None
    other_admins = 0
    for row in result.mappings():
        if row["id"] == user_id:
            found = LockedMember(
                user_id=user_id,
                role=Role(row["role"]),
                role_id=row["role_id"],
                permissions=role_permissions(row["role"], row["role_permissions"]),
                department_ids=frozenset(row["department_ids"]),
                capacity=row["capacity"],
                version=row["version"],
                is_disabled=row["disabled_at"] is not None,
            )
        elif row["role"] == Role.ADMIN.value and row["disabled_at"] is None:
            other_admins += 1
    return found, other_admins


async def update_member(
    session: AsyncSession, account_id: UUID, user_id: UUID, *, role: Role, role_id: UUID | None, capacity: int
) -> None:
    """The row is locked by the caller."""
    await session.execute(
        text(
            """UPDATE memberships SET role = :role, role_id = :role_id, capacity = :capacity, version = version + 1
            WHERE account_id = :account_id AND user_id = :user_id"""
        ),
        {
            "account_id": account_id,
            "user_id": user_id,
            "role": role.value,
            "role_id": role_id,
            "capacity": capacity,
        },
    )


async def replace_departments(
    session: AsyncSession, account_id: UUID, user_id: UUID, department_ids: Collection[UUID]
) -> None:
    values = {"account_id": account_id, "user_id": user_id, "department_ids": list(department_ids)}
    await session.execute(
        text(
            """DELETE FROM membership_departments WHERE account_id = :account_id AND user_id = :user_id
            AND department_id <> ALL(CAST(:department_ids AS uuid[]))"""
        ),
        values,
    )
    await session.execute(
        text(
            """INSERT INTO membership_departments (account_id, user_id, department_id)
            SELECT :account_id, :user_id, wanted.id FROM unnest(CAST(:department_ids AS uuid[])) AS wanted (id)
            ON CONFLICT DO NOTHING"""
        ),
        values,
    )


async def insert_membership(
    session: AsyncSession, account_id: UUID, user_id: UUID, *, role: Role, role_id: UUID | None, at: datetime
) -> bool:
    """False: they are a member already."""
    result = await session.execute(
        text(
            """INSERT INTO memberships (account_id, user_id, role, role_id, availability_since, created_at)
            VALUES (:account_id, :user_id, :role, :role_id, :at, :at) ON CONFLICT DO NOTHING RETURNING user_id"""
        ),
        {"account_id": account_id, "user_id": user_id, "role": role.value, "role_id": role_id, "at": at},
    )
    return result.one_or_none() is not None


async def delete_membership(session: AsyncSession, account_id: UUID, user_id: UUID) -> None:
    await session.execute(
        text("DELETE FROM memberships WHERE account_id = :account_id AND user_id = :user_id"),
        {"account_id": account_id, "user_id": user_id},
    )


async def fetch_unusable_departments(
    session: AsyncSession, account_id: UUID, department_ids: Collection[UUID]
) -> list[UUID]:
    """Those of the ids that are no department of the account, or an archived one."""
    result = await session.execute(
        text(
            """SELECT wanted.id FROM unnest(CAST(:department_ids AS uuid[])) AS wanted (id)
            WHERE NOT EXISTS (SELECT FROM departments d WHERE d.account_id = :account_id AND d.id = wanted.id
                              AND d.archived_at IS NULL)"""
        ),
        {"account_id": account_id, "department_ids": list(department_ids)},
    )
    return list(result.scalars())


async def fetch_members_of_role(session: AsyncSession, account_id: UUID, role_id: UUID) -> list[MemberView]:
    """Disabled ones too."""
    result = await session.execute(
        text(
            f"""SELECT {MEMBER_COLUMNS} FROM {MEMBER_TABLES}
            WHERE m.account_id = :account_id AND m.role_id = :role_id ORDER BY m.user_id"""
        ),
        {"account_id": account_id, "role_id": role_id},
    )
    return [member_view(row) for row in result.mappings()]


async def bump_members_of_role(session: AsyncSession, account_id: UUID, role_id: UUID) -> None:
    """What their role gives has changed: copies of them are older from now on. Locks them, in order."""
    await session.execute(
        text(
            """SELECT user_id FROM memberships WHERE account_id = :account_id AND role_id = :role_id
            ORDER BY user_id FOR UPDATE"""
        ),
        {"account_id": account_id, "role_id": role_id},
    )
    await session.execute(
        text(
            """UPDATE memberships SET version = version + 1
            WHERE account_id = :account_id AND role_id = :role_id"""
        ),
        {"account_id": account_id, "role_id": role_id},
    )


# ── as prosa_system ─────────────────────────────────────────────────────────────────────────────────────────────────


async def fetch_team(session: AsyncSession, account_id: UUID) -> list[TeamMemberView]:
    result = await session.execute(
        text(
            f"""SELECT {MEMBER_COLUMNS}, u.disabled_at, m.created_at AS joined_at,
                (SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = m.user_id
                   AND s.current_account_id = m.account_id AND s.impersonator_id IS NULL) AS last_seen_at,
                EXISTS (SELECT FROM totp_factors f WHERE f.user_id = m.user_id AND f.confirmed_at IS NOT NULL)
                  OR EXISTS (SELECT FROM passkeys k WHERE k.user_id = m.user_id) AS second_factor
            FROM {MEMBER_TABLES} WHERE m.account_id = :account_id ORDER BY u.name, u.id"""
        ),
        {"account_id": account_id},
    )
    return [
        TeamMemberView(
            member=member_view(row),
            state="disabled" if row["disabled_at"] is not None else "active",
            last_seen_at=row["last_seen_at"],
            second_factor=row["second_factor"],
            joined_at=row["joined_at"],
        )
        for row in result.mappings()
    ]


async def is_member_elsewhere(session: AsyncSession, account_id: UUID, user_id: UUID) -> bool:
    result = await session.execute(
        text(
            """SELECT EXISTS (SELECT FROM memberships WHERE user_id = :user_id AND account_id <> :account_id)
            OR EXISTS (SELECT FROM users WHERE id = :user_id AND is_super_admin)"""
        ),
        {"account_id": account_id, "user_id": user_id},
    )
    return bool(result.scalar_one())


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a mail goes to."""

    email: str
    name: str
    locale: str


async def fetch_addressee(session: AsyncSession, user_id: UUID) -> Addressee:
    result = await session.execute(
        text("SELECT email, name, locale FROM users WHERE id = :user_id"), {"user_id": user_id}
    )
    return Addressee(*result.one())
