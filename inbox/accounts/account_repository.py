"""SQL of the accounts' own rows: settings (prosa_app) and life (prosa_system: prosa_app may not change those columns)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inbox.accounts.models import Account

_ACCOUNT_SQL = text(
    """SELECT account_id, name, slug, locale, time_zone, brand_color, logo_key, business_hours, state, state_reason,
              state_since, closing_by, erase_after, plan, version, created_at
    FROM accounts WHERE account_id = :account_id"""
)


async def fetch_account(session: AsyncSession, account_id: UUID) -> RowMapping | None:
    return (await session.execute(_ACCOUNT_SQL, {"account_id": account_id})).mappings().one_or_none()


async def update_settings(
    session: AsyncSession, account_id: UUID, version: int, values: Mapping[str, Any]
) -> bool:
    """Compare-and-set: False when the row has another version by now."""
    result = await session.execute(
        update(Account)
        .where(col(Account.account_id) == account_id, col(Account.version) == version)
        .values(**values, version=version + 1)
        .returning(col(Account.version))
    )
    return result.one_or_none() is not None


async def replace_logo(session: AsyncSession, account_id: UUID, logo_key: str | None) -> str | None:
    """Answers the key of the logo that was there."""
    result = await session.execute(
        text(
            """WITH before AS (SELECT logo_key FROM accounts WHERE account_id = :account_id FOR NO KEY UPDATE)
            UPDATE accounts SET logo_key = :logo_key, version = version + 1
            FROM before WHERE account_id = :account_id RETURNING before.logo_key"""
        ),
        {"account_id": account_id, "logo_key": logo_key},
    )
    previous: str | None = result.scalar_one()
    return previous


# ── life (prosa_system) ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AdminAddress:
    """Where an account's administrator gets mail."""

    user_id: UUID
    name: str
    email: str
    locale: str


async def advance_state(
    session: AsyncSession,
    account_id: UUID,
    *,
    from_states: tuple[str, ...],
    to_state: str,
    at: datetime,
    reason: str | None = None,
    closing_by: str | None = None,
    needs_closing_by: str | None = None,
    refused_slug: str | None = None,
    erase_after: datetime | None = None,
) -> RowMapping | None:
    """Compare-and-set; None when the account is in none of `from_states`. Answers the state it was in and its name.

    `needs_closing_by`: only if the closing was asked for by them.
    """
    result = await session.execute(
        text(
            """WITH before AS (
                SELECT account_id, state, name, time_zone FROM accounts WHERE account_id = :account_id
                  AND state = ANY(:from_states)
                  AND (CAST(:needs_closing_by AS text) IS NULL OR closing_by = :needs_closing_by)
                  AND slug IS DISTINCT FROM CAST(:refused_slug AS text)
                FOR NO KEY UPDATE
            )
            UPDATE accounts a SET state = :to_state, state_reason = :reason, state_since = :at,
                closing_by = :closing_by, erase_after = :erase_after, version = a.version + 1
            FROM before WHERE a.account_id = before.account_id
            RETURNING before.state, before.name, before.time_zone"""
        ),
        {
            "account_id": account_id,
            "from_states": list(from_states),
            "to_state": to_state,
            "reason": reason,
            "at": at,
            "closing_by": closing_by,
            "needs_closing_by": needs_closing_by,
            "refused_slug": refused_slug,
            "erase_after": erase_after,
        },
    )
    return result.mappings().one_or_none()


async def fetch_admins(session: AsyncSession, account_id: UUID) -> list[AdminAddress]:
    result = await session.execute(
        text(
            """SELECT u.id, u.name, u.email, u.locale FROM memberships m JOIN users u ON u.id = m.user_id
            WHERE m.account_id = :account_id AND m.role = 'admin' AND u.disabled_at IS NULL ORDER BY u.id"""
        ),
        {"account_id": account_id},
    )
    return [AdminAddress(UUID(int=row.id.int), row.name, row.email, row.locale) for row in result]


async def fetch_password_hash(session: AsyncSession, user_id: UUID) -> str | None:
    result = await session.execute(
        text("SELECT password_hash FROM users WHERE id = :user_id AND disabled_at IS NULL"),
        {"user_id": user_id},
    )
    found: str | None = result.scalar_one_or_none()
    return found
