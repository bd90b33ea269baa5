"""SQL of custom roles."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.kernel.permissions import Permission, known_permissions


@dataclass(frozen=True, slots=True)
class CustomRole:
    id: UUID
    name: str
    permissions: frozenset[Permission]
    version: int


async def fetch_roles(session: AsyncSession, account_id: UUID) -> list[CustomRole]:
    result = await session.execute(
        text(
            """SELECT id, name, permissions, version FROM roles WHERE account_id = :account_id
            ORDER BY lower(name), id"""
        ),
        {"account_id": account_id},
    )
    return [CustomRole(row.id, row.name, known_permissions(row.permissions), row.version) for row in result]


async def count_members_by_role(
    session: AsyncSession, account_id: UUID
) -> dict[tuple[str, UUID | None], int]:
    result = await session.execute(
        text(
            """SELECT role, role_id, count(*) FROM memberships WHERE account_id = :account_id
            GROUP BY role, role_id"""
        ),
        {"account_id": account_id},
    )
    return {(role, role_id): count for role, role_id, count in result}


async def lock_role(session: AsyncSession, account_id: UUID, role_id: UUID) -> CustomRole | None:
    """As it is until this transaction ends: neither changed, given nor deleted meanwhile."""
    result = await session.execute(
        text(
            """SELECT id, name, permissions, version FROM roles
            WHERE account_id = :account_id AND id = :role_id FOR UPDATE"""
        ),
        {"account_id": account_id, "role_id": role_id},
    )
    row = result.one_or_none()
    if row is None:
        return None
    return CustomRole(row.id, row.name, known_permissions(row.permissions), row.version)


async def hold_role(session: AsyncSession, account_id: UUID, role_id: UUID) -> CustomRole | None:
    """For who gives it: it is not changed or deleted until this transaction ends."""
    result = await session.execute(
        text(
            """SELECT id, name, permissions, version FROM roles
            WHERE account_id = :account_id AND id = :role_id FOR SHARE"""
        ),
        {"account_id": account_id, "role_id": role_id},
    )
    row = result.one_or_none()
    if row is None:
        return None
    return CustomRole(row.id, row.name, known_permissions(row.permissions), row.version)


async def insert_role(
    session: AsyncSession,
    account_id: UUID,
    role_id: UUID,
    name: str,
    permissions: Collection[Permission],
    at: datetime,
) -> bool:
    """False: another one has this name, whatever its case."""
    result = await session.execute(
        text(
            """INSERT INTO roles (account_id, id, name, permissions, created_at)
            VALUES (:account_id, :id, :name, :permissions, :at)
            ON CONFLICT (account_id, lower(name)) DO NOTHING RETURNING id"""
        ),
        {
            "account_id": account_id,
            "id": role_id,
            "name": name,
            "permissions": sorted(p.value for p in permissions),
            "at": at,
        },
    )
    return result.one_or_none() is not None


async def update_role(
    session: AsyncSession, account_id: UUID, role_id: UUID, name: str, permissions: Collection[Permission]
) -> None:
    """The row is locked by the caller. Raises IntegrityError when another one has this name."""
    await session.execute(
        text(
            """UPDATE roles SET name = :name, permissions = :permissions, version = version + 1
            WHERE account_id = :account_id AND id = :role_id"""
        ),
        {
            "account_id": account_id,
            "role_id": role_id,
            "name": name,
            "permissions": sorted(p.value for p in permissions),
        },
    )


async def count_users_of_role(session: AsyncSession, account_id: UUID, role_id: UUID) -> tuple[int, int]:
    """Members, and open invitations that give it."""
    result = await session.execute(
        text(
            """SELECT (SELECT count(*) FROM memberships WHERE account_id = :account_id AND role_id = :role_id),
                      (SELECT count(*) FROM invitations WHERE account_id = :account_id AND role_id = :role_id
                         AND accepted_at IS NULL AND revoked_at IS NULL)"""
        ),
        {"account_id": account_id, "role_id": role_id},
    )
    members, invitations = result.one()
    return members, invitations


async def delete_role(session: AsyncSession, account_id: UUID, role_id: UUID) -> None:
    """With the invitations that are over and still name it: what they gave is in the audit log."""
    values = {"account_id": account_id, "role_id": role_id}
    await session.execute(
        text(
            """DELETE FROM invitations WHERE account_id = :account_id AND role_id = :role_id
            AND (accepted_at IS NOT NULL OR revoked_at IS NOT NULL)"""
        ),
        values,
    )
    await session.execute(text("DELETE FROM roles WHERE account_id = :account_id AND id = :role_id"), values)
