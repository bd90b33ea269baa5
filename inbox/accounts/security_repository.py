"""SQL of accounts' security policies; the edge's part (all accounts) runs as prosa_system."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession


async def fetch_security(session: AsyncSession, account_id: UUID) -> RowMapping | None:
    result = await session.execute(
        text("SELECT security, version, plan FROM accounts WHERE account_id = :account_id"),
        {"account_id": account_id},
    )
    return result.mappings().one_or_none()


async def fetch_role_ids(session: AsyncSession, account_id: UUID) -> set[str]:
    result = await session.execute(
        text("SELECT id FROM roles WHERE account_id = :account_id"), {"account_id": account_id}
    )
    return {str(role_id) for role_id in result.scalars()}


async def fetch_member_ids(session: AsyncSession, account_id: UUID) -> list[UUID]:
    result = await session.execute(
        text("SELECT user_id FROM memberships WHERE account_id = :account_id ORDER BY user_id"),
        {"account_id": account_id},
    )
    return [UUID(int=user_id.int) for user_id in result.scalars()]


async def fetch_all_origins(session: AsyncSession) -> frozenset[str]:
    """Every origin that any open account lists."""
    result = await session.execute(
        text(
            """SELECT DISTINCT jsonb_array_elements_text(security -> 'allowed_origins') FROM accounts
            WHERE state IN ('active', 'closing') AND jsonb_typeof(security -> 'allowed_origins') = 'array'"""
        )
    )
    return frozenset(result.scalars())
