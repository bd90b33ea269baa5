"""SQL of managing departments."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.accounts.events import DepartmentView


@dataclass(frozen=True, slots=True)
class DepartmentUse:
    """What keeps a department from being archived."""

    open_tickets: int
    numbers: int
    invitations: int

    @property
    def is_free(self) -> bool:
        return not (self.open_tickets or self.numbers or self.invitations)


async def insert_department(
    session: AsyncSession,
    account_id: UUID,
    department_id: UUID,
    *,
    name: str,
    color: str,
    position: int | None,
    at: datetime,
) -> DepartmentView | None:
    """None: another one has this name, whatever its case. Without `position` it stands last."""
    result = await session.execute(
        text(
            """INSERT INTO departments (account_id, id, name, color, position, created_at)
            VALUES (:account_id, :id, :name, :color,
                    coalesce(CAST(:position AS smallint), (SELECT coalesce(max(d.position) + 1, 0) FROM departments d
                                         WHERE d.account_id = :account_id AND d.archived_at IS NULL)), :at)
            ON CONFLICT (account_id, lower(name)) DO NOTHING
            RETURNING id, name, color, position, archived_at, version"""
        ),
        {
            "account_id": account_id,
            "id": department_id,
            "name": name,
            "color": color,
            "position": position,
            "at": at,
        },
    )
    row = result.mappings().one_or_none()
    return DepartmentView(**row) if row is not None else None


async def lock_department(
    session: AsyncSession, account_id: UUID, department_id: UUID
) -> DepartmentView | None:
    """Whoever is about to put a ticket, a number or a person into it has done so, or waits until this ends."""
    result = await session.execute(
        text(
            """SELECT id, name, color, position, archived_at, version FROM departments
            WHERE account_id = :account_id AND id = :department_id FOR UPDATE"""
        ),
        {"account_id": account_id, "department_id": department_id},
    )
    row = result.mappings().one_or_none()
    return DepartmentView(**row) if row is not None else None


async def lock_departments(session: AsyncSession, account_id: UUID) -> list[DepartmentView]:
    """All of the account, archived ones too, as they stand. Locked in the order of their ids, as nothing else orders them."""
    result = await session.execute(
        text(
            """WITH locked AS MATERIALIZED (
                SELECT id, name, color, position, archived_at, version FROM departments
                WHERE account_id = :account_id ORDER BY id FOR UPDATE)
            SELECT * FROM locked ORDER BY position, name, id"""
        ),
        {"account_id": account_id},
    )
    return [DepartmentView(**row) for row in result.mappings()]


async def fetch_use(session: AsyncSession, account_id: UUID, department_id: UUID) -> DepartmentUse:
    result = await session.execute(
        text(
            """SELECT
                (SELECT count(*) FROM tickets WHERE account_id = :account_id AND department_id = :department_id
                   AND closed_at IS NULL),
                (SELECT count(*) FROM phone_numbers WHERE account_id = :account_id
                   AND default_department_id = :department_id),
                (SELECT count(*) FROM invitations WHERE account_id = :account_id AND accepted_at IS NULL
                   AND revoked_at IS NULL AND :department_id = ANY(department_ids))"""
        ),
        {"account_id": account_id, "department_id": department_id},
    )
    return DepartmentUse(*result.one())


async def update_department(session: AsyncSession, account_id: UUID, department: DepartmentView) -> None:
    """The row is locked by the caller. Raises IntegrityError when another one has this name."""
    await session.execute(
        text(
            """UPDATE departments SET name = :name, color = :color, position = :position,
                   archived_at = :archived_at, version = :version
            WHERE account_id = :account_id AND id = :id"""
        ),
        {"account_id": account_id, **department.model_dump()},
    )
