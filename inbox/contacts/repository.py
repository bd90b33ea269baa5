"""SQL of contacts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.contacts.events import ContactView
from inbox.kernel.rows import Row
from inbox.whatsapp.phone import format_phone

CONTACT_VIEW_COLUMNS = """c.id AS contact_id, c.name AS contact_name, c.profile_name AS contact_profile_name,
       c.username AS contact_username, c.wa_id AS contact_wa_id, c.bsuid AS contact_bsuid"""
"""What `contact_view` reads, of a `contacts c`."""


def contact_view(row: Row) -> ContactView:
    wa_id = row["contact_wa_id"]
    phone = format_phone(wa_id) if wa_id else None
    names = (
        row["contact_name"],
        row["contact_profile_name"],
        row["contact_username"],
        phone,
        row["contact_bsuid"],
    )
    return ContactView(
        id=row["contact_id"],
        name=next((name for name in names if name), ""),
        profile_name=row["contact_profile_name"],
        username=row["contact_username"],
        phone=phone,
        wa_id=wa_id,
    )


async def fetch_contact(session: AsyncSession, account_id: UUID, contact_id: UUID) -> ContactView | None:
    statement = text(
        f"SELECT {CONTACT_VIEW_COLUMNS} FROM contacts c WHERE c.account_id = :account_id AND c.id = :contact_id"
    )
    result = await session.execute(statement, {"account_id": account_id, "contact_id": contact_id})
    row = result.mappings().one_or_none()
    return contact_view(row) if row is not None else None


async def is_visible(
    session: AsyncSession,
    account_id: UUID,
    contact_id: UUID,
    *,
    user_id: UUID,
    department_ids: Sequence[UUID],
    sees_all: bool,
) -> bool:
    """Somebody sees a contact through any ticket that they see."""
    result = await session.execute(
        text(
            """SELECT EXISTS (SELECT FROM contacts c WHERE c.account_id = :account_id AND c.id = :contact_id AND (
                :sees_all OR EXISTS (
                    SELECT FROM conversations v
                    JOIN tickets t ON t.account_id = v.account_id AND t.conversation_id = v.id
                    WHERE v.account_id = c.account_id AND v.contact_id = c.id
                      AND (t.department_id = ANY(:department_ids) OR t.assignee_id = :user_id))))"""
        ),
        {
            "account_id": account_id,
            "contact_id": contact_id,
            "user_id": user_id,
            "department_ids": list(department_ids),
            "sees_all": sees_all,
        },
    )
    return bool(result.scalar_one())


@dataclass(frozen=True, slots=True)
class ContactReach:
    """Where copies of a contact are shown."""

    department_ids: frozenset[UUID]
    assignee_ids: frozenset[UUID]
    """Of open tickets."""
    conversation_ids: frozenset[UUID]


async def fetch_reach(session: AsyncSession, account_id: UUID, contact_id: UUID) -> ContactReach:
    """Departments are few, though tickets may be many."""
    result = await session.execute(
        text(
            """SELECT array_agg(DISTINCT t.department_id) FILTER (WHERE t.department_id IS NOT NULL),
                   array_agg(DISTINCT t.assignee_id) FILTER (WHERE t.assignee_id IS NOT NULL AND t.closed_at IS NULL),
                   array_agg(DISTINCT v.id)
            FROM conversations v LEFT JOIN tickets t ON t.account_id = v.account_id AND t.conversation_id = v.id
            WHERE v.account_id = :account_id AND v.contact_id = :contact_id"""
        ),
        {"account_id": account_id, "contact_id": contact_id},
    )
    return ContactReach(*(frozenset(found or ()) for found in result.one()))


async def set_name(
    session: AsyncSession, account_id: UUID, contact_id: UUID, name: str, at: datetime
) -> None:
    await session.execute(
        text(
            """UPDATE contacts SET name = :name, version = version + 1, updated_at = :at
            WHERE account_id = :account_id AND id = :contact_id"""
        ),
        {"account_id": account_id, "contact_id": contact_id, "name": name, "at": at},
    )
