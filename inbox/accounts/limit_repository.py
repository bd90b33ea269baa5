"""SQL of what a plan limits: how many of a thing an account has."""

from typing import Final, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

Limited = Literal["members", "departments", "roles", "api_keys", "numbers"]

_COUNTS: Final[dict[Limited, str]] = {
    # An open invitation is a seat that was promised.
    "members": """SELECT (SELECT count(*) FROM memberships WHERE account_id = :account_id)
                  + (SELECT count(*) FROM invitations WHERE account_id = :account_id AND accepted_at IS NULL
                     AND revoked_at IS NULL AND expires_at > now())""",
    "departments": "SELECT count(*) FROM departments WHERE account_id = :account_id AND archived_at IS NULL",
    "roles": "SELECT count(*) FROM roles WHERE account_id = :account_id",
    "api_keys": """SELECT count(*) FROM api_keys WHERE account_id = :account_id AND revoked_at IS NULL
                   AND (expires_at IS NULL OR expires_at > now())""",
    "numbers": "SELECT count(*) FROM phone_numbers WHERE account_id = :account_id",
}


async def lock_plan(session: AsyncSession, account_id: UUID) -> str:
    """The plan's name. Of two who add the last one at once, the second counts after the first has committed."""
    result = await session.execute(
        text("SELECT plan FROM accounts WHERE account_id = :account_id FOR NO KEY UPDATE"),
        {"account_id": account_id},
    )
    return str(result.scalar_one())


async def count_limited(session: AsyncSession, account_id: UUID, of: Limited) -> int:
    result = await session.execute(text(_COUNTS[of]), {"account_id": account_id})
    return int(result.scalar_one())
