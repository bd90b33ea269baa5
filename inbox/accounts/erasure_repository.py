"""SQL of erasing an account, as prosa_system. Table and column names come from the catalogue, never from outside."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.accounts.tenant_tables import TenantTable


async def fetch_closing_over(session: AsyncSession, at: datetime) -> list[UUID]:
    result = await session.execute(
        text("SELECT account_id FROM accounts WHERE state = 'closing' AND erase_after <= :at ORDER BY 1"),
        {"at": at},
    )
    return [UUID(int=found.int) for found in result.scalars()]


async def fetch_half_erased(session: AsyncSession, closed_before: datetime) -> list[UUID]:
    """Closed long ago, and not erased: their job was lost, or failed for good."""
    result = await session.execute(
        text(
            """SELECT account_id FROM accounts WHERE state = 'closed' AND erased_at IS NULL
              AND state_since < :closed_before ORDER BY 1"""
        ),
        {"closed_before": closed_before},
    )
    return [UUID(int=found.int) for found in result.scalars()]


async def close_for_ever(session: AsyncSession, account_id: UUID, at: datetime) -> bool:
    """Compare-and-set: False when the closing was taken back, or somebody has done this already. Webhooks end with it."""
    result = await session.execute(
        text(
            """UPDATE accounts SET state = 'closed', state_since = :at, version = version + 1
            WHERE account_id = :account_id AND state = 'closing' AND erase_after <= :at RETURNING account_id"""
        ),
        {"account_id": account_id, "at": at},
    )
    if result.one_or_none() is None:
        return False
    await session.execute(
        text("UPDATE whatsapp_apps SET hook_key = 'closed-' || id WHERE account_id = :account_id"),
        {"account_id": account_id},
    )
    return True


async def is_being_erased(session: AsyncSession, account_id: UUID) -> bool:
    result = await session.execute(
        text("SELECT state = 'closed' AND erased_at IS NULL FROM accounts WHERE account_id = :account_id"),
        {"account_id": account_id},
    )
    return bool(result.scalar_one_or_none())


async def delete_people(session: AsyncSession, account_id: UUID) -> int:
    """Those who belong to no other account, with their sessions, factors and mails; everybody else's sessions here."""
    values = {"account_id": account_id}
    await session.execute(
        text(
            """DELETE FROM mails WHERE lower(recipient) IN (
                SELECT lower(u.email) FROM users u JOIN memberships m ON m.user_id = u.id AND m.account_id = :account_id
                WHERE NOT u.is_super_admin AND NOT EXISTS (
                    SELECT FROM memberships o WHERE o.user_id = u.id AND o.account_id <> :account_id)
                UNION SELECT lower(i.email) FROM invitations i WHERE i.account_id = :account_id)"""
        ),
        values,
    )
    result = await session.execute(
        text(
            """WITH gone AS (
                DELETE FROM users u USING memberships m WHERE m.user_id = u.id AND m.account_id = :account_id
                  AND NOT u.is_super_admin AND NOT EXISTS (
                    SELECT FROM memberships o WHERE o.user_id = u.id AND o.account_id <> :account_id)
                RETURNING 1)
            SELECT count(*) FROM gone"""
        ),
        values,
    )
    count: int = result.scalar_one()
    await session.execute(text("DELETE FROM sessions WHERE current_account_id = :account_id"), values)
    return count


async def delete_rows(session: AsyncSession, table: TenantTable, account_id: UUID, most: int) -> int:
    """At most `most` rows of the account; answers how many. By primary key: partitions have no common row address."""
    key = ", ".join(f'"{column}"' for column in table.key)
    result = await session.execute(
        text(
            f"""WITH gone AS (
                DELETE FROM "{table.name}" WHERE ({key}) IN (
                    SELECT {key} FROM "{table.name}" WHERE account_id = :account_id LIMIT :most)
                RETURNING 1)
            SELECT count(*) FROM gone"""
        ),
        {"account_id": account_id, "most": most},
    )
    count: int = result.scalar_one()
    return count


async def leave_tombstone(session: AsyncSession, account_id: UUID, at: datetime) -> None:
    """What says that there was an account: when it came and went, and nothing of whom."""
    await session.execute(
        text(
            """UPDATE accounts SET name = '', slug = 'erased-' || account_id, brand_color = NULL, logo_key = NULL,
                business_hours = '{}', security = '{}', privacy = '{}', state_reason = NULL, erased_at = :at,
                version = version + 1
            WHERE account_id = :account_id"""
        ),
        {"account_id": account_id, "at": at},
    )
