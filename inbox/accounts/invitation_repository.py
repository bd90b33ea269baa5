"""SQL of invitations. Making and accepting them is prosa_system's: they reach users, who are of no account yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.accounts.events import InvitationView
from inbox.kernel.actor import Role
from inbox.kernel.rows import Row

_VIEW = """
SELECT i.id, i.email, i.name, i.role, i.role_id, r.name AS role_name, i.department_ids, i.invited_by, i.created_at,
       i.expires_at
FROM invitations i LEFT JOIN roles r ON r.account_id = i.account_id AND r.id = i.role_id
WHERE i.account_id = :account_id AND i.accepted_at IS NULL AND i.revoked_at IS NULL
"""


def _view(row: Row, now: datetime) -> InvitationView:
    return InvitationView(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        role_id=row["role_id"],
        role_name=row["role_name"] or "",
        department_ids=list(row["department_ids"]),
        invited_by=row["invited_by"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        state="pending" if row["expires_at"] > now else "expired",
    )


async def fetch_open(session: AsyncSession, account_id: UUID, now: datetime) -> list[InvitationView]:
    result = await session.execute(
        text(f"{_VIEW} ORDER BY i.created_at DESC, i.id DESC"), {"account_id": account_id}
    )
    return [_view(row, now) for row in result.mappings()]


async def lock_open(
    session: AsyncSession, account_id: UUID, invitation_id: UUID, now: datetime
) -> InvitationView | None:
    result = await session.execute(
        text(f"{_VIEW} AND i.id = :id FOR UPDATE OF i"), {"account_id": account_id, "id": invitation_id}
    )
    row = result.mappings().one_or_none()
    return _view(row, now) if row is not None else None


async def is_member(session: AsyncSession, account_id: UUID, email: str) -> bool:
    result = await session.execute(
        text(
            """SELECT EXISTS (SELECT FROM users u JOIN memberships m ON m.user_id = u.id
            WHERE m.account_id = :account_id AND lower(u.email) = lower(:email))"""
        ),
        {"account_id": account_id, "email": email},
    )
    return bool(result.scalar_one())


async def revoke_of_address(session: AsyncSession, account_id: UUID, email: str, at: datetime) -> list[UUID]:
    """What an address was invited with before: a newer invitation takes its place."""
    result = await session.execute(
        text(
            """UPDATE invitations SET revoked_at = :at WHERE account_id = :account_id AND lower(email) = lower(:email)
            AND accepted_at IS NULL AND revoked_at IS NULL RETURNING id"""
        ),
        {"account_id": account_id, "email": email, "at": at},
    )
    return list(result.scalars())


async def insert_invitation(
    session: AsyncSession,
    *,
    account_id: UUID,
    invitation_id: UUID,
    email: str,
    name: str,
    role: Role,
    role_id: UUID | None,
    department_ids: Collection[UUID],
    token_hash: bytes,
    invited_by: UUID,
    at: datetime,
    expires_at: datetime,
) -> bool:
    """False: somebody else has just invited this address."""
    result = await session.execute(
        text(
            """INSERT INTO invitations (account_id, id, email, name, role, role_id, department_ids, token_hash, invited_by,
                                     created_at, expires_at)
            VALUES (:account_id, :id, :email, :name, :role, :role_id, :department_ids, :token_hash, :invited_by,
                    :at, :expires_at)
            ON CONFLICT (account_id, lower(email)) WHERE accepted_at IS NULL AND revoked_at IS NULL DO NOTHING
            RETURNING id"""
        ),
        {
            "account_id": account_id,
            "id": invitation_id,
            "email": email,
            "name": name,
            "role": role.value,
            "role_id": role_id,
            "department_ids": sorted(department_ids),
            "token_hash": token_hash,
            "invited_by": invited_by,
            "at": at,
            "expires_at": expires_at,
        },
    )
    return result.one_or_none() is not None


async def replace_token(
    session: AsyncSession, account_id: UUID, invitation_id: UUID, token_hash: bytes, expires_at: datetime
) -> None:
    await session.execute(
        text(
            """UPDATE invitations SET token_hash = :token_hash, expires_at = :expires_at
            WHERE account_id = :account_id AND id = :id"""
        ),
        {
            "account_id": account_id,
            "id": invitation_id,
            "token_hash": token_hash,
            "expires_at": expires_at,
        },
    )


async def revoke_invitation(
    session: AsyncSession, account_id: UUID, invitation_id: UUID, at: datetime
) -> None:
    await session.execute(
        text("UPDATE invitations SET revoked_at = :at WHERE account_id = :account_id AND id = :id"),
        {"account_id": account_id, "id": invitation_id, "at": at},
    )


# ── by token ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """One that can be accepted now: open, not expired, of an account that people may come into."""

    account_id: UUID
    id: UUID
    email: str
    name: str
    role: Role
    role_id: UUID | None
    role_name: str
    department_ids: frozenset[UUID]
    expires_at: datetime
    account_name: str
    brand_color: str | None
    locale: str
    invited_by_name: str
    user_id: UUID | None
    """Who the address belongs to already."""


_LINKED = """
SELECT i.account_id, i.id, i.email, i.name, i.role, i.role_id, coalesce(r.name, '') AS role_name, i.department_ids,
       i.expires_at, a.name AS account_name, a.brand_color, a.locale, coalesce(u.name, '') AS invited_by_name,
       own.id AS user_id
FROM invitations i JOIN accounts a ON a.account_id = i.account_id
LEFT JOIN roles r ON r.account_id = i.account_id AND r.id = i.role_id
LEFT JOIN users u ON u.id = i.invited_by
LEFT JOIN users own ON lower(own.email) = lower(i.email)
WHERE i.token_hash = :token_hash AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > :now
  AND a.state = 'active'
"""


async def fetch_by_token(
    session: AsyncSession, token_hash: bytes, now: datetime, *, lock: bool = False
) -> OpenInvitation | None:
    """With `lock`, of two who accept at once the second finds it accepted."""
    statement = _LINKED + ("FOR UPDATE OF i" if lock else "")
    result = await session.execute(text(statement), {"token_hash": token_hash, "now": now})
    row = result.mappings().one_or_none()
    if row is None:
        return None
    # Plain ids: asyncpg's own class of UUID is refused by orjson, and these travel into sign-in.
    own = row["user_id"]
    return OpenInvitation(
        account_id=UUID(int=row["account_id"].int),
        id=UUID(int=row["id"].int),
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        role_id=row["role_id"],
        role_name=row["role_name"],
        department_ids=frozenset(row["department_ids"]),
        expires_at=row["expires_at"],
        account_name=row["account_name"],
        brand_color=row["brand_color"],
        locale=row["locale"],
        invited_by_name=row["invited_by_name"],
        user_id=UUID(int=own.int) if own is not None else None,
    )


async def mark_accepted(session: AsyncSession, account_id: UUID, invitation_id: UUID, at: datetime) -> None:
    await session.execute(
        text("UPDATE invitations SET accepted_at = :at WHERE account_id = :account_id AND id = :id"),
        {"account_id": account_id, "id": invitation_id, "at": at},
    )


async def insert_user(
    session: AsyncSession,
    user_id: UUID,
    *,
    email: str,
    name: str,
    password_hash: str,
    locale: str,
    at: datetime,
) -> bool:
    """False: the address belongs to somebody."""
    result = await session.execute(
        text(
            """INSERT INTO users (id, email, name, password_hash, locale, created_at)
            VALUES (:id, :email, :name, :password_hash, :locale, :at)
            ON CONFLICT (lower(email)) DO NOTHING RETURNING id"""
        ),
        {
            "id": user_id,
            "email": email,
            "name": name,
            "password_hash": password_hash,
            "locale": locale,
            "at": at,
        },
    )
    return result.one_or_none() is not None


async def fetch_email(session: AsyncSession, user_id: UUID) -> tuple[str, str] | None:
    """E-mail address and name of somebody who can sign in."""
    result = await session.execute(
        text("SELECT email, name FROM users WHERE id = :user_id AND disabled_at IS NULL"),
        {"user_id": user_id},
    )
    row = result.one_or_none()
    return (row.email, row.name) if row is not None else None


@dataclass(frozen=True, slots=True)
class AccountFace:
    """How an account shows itself in a mail."""

    name: str
    brand_color: str | None
    locale: str
    time_zone: str


async def fetch_account_face(session: AsyncSession, account_id: UUID) -> AccountFace:
    result = await session.execute(
        text("SELECT name, brand_color, locale, time_zone FROM accounts WHERE account_id = :account_id"),
        {"account_id": account_id},
    )
    return AccountFace(*result.one())
