"""SQL of accounts, people and departments. `users.password_hash` and `sessions` are read by prosa_system only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.accounts.events import Availability, DepartmentView, MemberView
from inbox.kernel.actor import Role
from inbox.kernel.rows import Row

_MEMBER_SELECT = """
SELECT u.id, u.name, u.email, m.role, m.availability, m.pause_reason, m.availability_since, m.version,
       coalesce((SELECT array_agg(d.department_id ORDER BY d.department_id) FROM membership_departments d
                 WHERE d.account_id = m.account_id AND d.user_id = m.user_id), '{}') AS department_ids
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.account_id = :account_id AND u.disabled_at IS NULL
"""


def member_view(row: Row) -> MemberView:
    return MemberView(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        role=Role(row["role"]),
        department_ids=list(row["department_ids"]),
        availability=row["availability"],
        pause_reason=row["pause_reason"],
        availability_since=row["availability_since"],
        version=row["version"],
    )


async def fetch_members(session: AsyncSession, account_id: UUID) -> list[MemberView]:
    result = await session.execute(
        text(f"{_MEMBER_SELECT} ORDER BY u.name, u.id"), {"account_id": account_id}
    )
    return [member_view(row) for row in result.mappings()]


async def fetch_member(session: AsyncSession, account_id: UUID, user_id: UUID) -> MemberView | None:
    result = await session.execute(
        text(f"{_MEMBER_SELECT} AND m.user_id = :user_id"), {"account_id": account_id, "user_id": user_id}
    )
    row = result.mappings().one_or_none()
    return member_view(row) if row is not None else None


async def fetch_departments(session: AsyncSession, account_id: UUID) -> list[DepartmentView]:
    result = await session.execute(
        text(
            """SELECT id, name, color, position FROM departments
            WHERE account_id = :account_id ORDER BY position, name"""
        ),
        {"account_id": account_id},
    )
    return [DepartmentView(**row) for row in result.mappings()]


async def is_member_of_department(
    session: AsyncSession, account_id: UUID, department_id: UUID, user_id: UUID | None
) -> bool:
    """Whether the department exists and, with `user_id`, whether that person answers for it (admins do everywhere)."""
    result = await session.execute(
        text(
            """SELECT EXISTS (
                SELECT FROM departments d WHERE d.account_id = :account_id AND d.id = :department_id
                AND (CAST(:user_id AS uuid) IS NULL OR EXISTS (
                    SELECT FROM memberships m JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL
                    WHERE m.account_id = d.account_id AND m.user_id = :user_id
                      AND (m.role = 'admin' OR EXISTS (
                        SELECT FROM membership_departments md
                        WHERE md.account_id = d.account_id AND md.user_id = m.user_id AND md.department_id = d.id)))))"""
        ),
        {"account_id": account_id, "department_id": department_id, "user_id": user_id},
    )
    return bool(result.scalar_one())


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


# ── signing in (prosa_system) ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Credentials:
    user_id: UUID
    password_hash: str
    account_id: UUID | None
    """The account of their oldest membership; None when they have none left."""


@dataclass(frozen=True, slots=True)
class SessionMember:
    """Somebody within one account, as a session shows them."""

    user_id: UUID
    name: str
    email: str
    locale: str
    account_id: UUID
    account_name: str
    account_locale: str
    time_zone: str
    brand_color: str | None
    role: Role
    department_ids: tuple[UUID, ...]


async def fetch_credentials(session: AsyncSession, email: str) -> Credentials | None:
    result = await session.execute(
        text(
            """SELECT u.id, u.password_hash,
                   (SELECT m.account_id FROM memberships m WHERE m.user_id = u.id
                    ORDER BY m.created_at, m.account_id LIMIT 1)
            FROM users u WHERE lower(u.email) = lower(:email) AND u.disabled_at IS NULL"""
        ),
        {"email": email},
    )
    row = result.one_or_none()
    if row is None:
        return None
    user_id, password_hash, account_id = row
    # Plain ids: asyncpg's own class of UUID is refused by orjson.
    return Credentials(
        UUID(int=user_id.int), password_hash, UUID(int=account_id.int) if account_id is not None else None
    )


async def set_password_hash(session: AsyncSession, user_id: UUID, password_hash: str) -> None:
    await session.execute(
        text("UPDATE users SET password_hash = :password_hash WHERE id = :user_id"),
        {"user_id": user_id, "password_hash": password_hash},
    )


async def fetch_session_member(
    session: AsyncSession, account_id: UUID, user_id: UUID, session_id: UUID, at: datetime
) -> SessionMember | None:
    """None when the person is disabled, has left the account, or the session is revoked or over."""
    result = await session.execute(
        text(
            """SELECT u.name, u.email, u.locale, a.name AS account_name,
                   a.locale AS account_locale, a.time_zone, a.brand_color, m.role,
                   coalesce((SELECT array_agg(d.department_id ORDER BY d.department_id) FROM membership_departments d
                             WHERE d.account_id = m.account_id AND d.user_id = m.user_id), '{}') AS department_ids
            FROM memberships m JOIN users u ON u.id = m.user_id JOIN accounts a ON a.account_id = m.account_id
            JOIN sessions s ON s.id = :session_id AND s.user_id = u.id
            WHERE m.account_id = :account_id AND m.user_id = :user_id AND u.disabled_at IS NULL
              AND s.revoked_at IS NULL AND s.expires_at > :at"""
        ),
        {"account_id": account_id, "user_id": user_id, "session_id": session_id, "at": at},
    )
    row = result.mappings().one_or_none()
    if row is None:
        return None
    return SessionMember(
        user_id=user_id,
        name=row["name"],
        email=row["email"],
        locale=row["locale"],
        account_id=account_id,
        account_name=row["account_name"],
        account_locale=row["account_locale"],
        time_zone=row["time_zone"],
        brand_color=row["brand_color"],
        role=Role(row["role"]),
        # asyncpg gives a subclass of UUID that orjson refuses; an Actor travels far.
        department_ids=tuple(UUID(int=found.int) for found in row["department_ids"]),
    )


@dataclass(frozen=True, slots=True)
class RefreshSession:
    id: UUID
    user_id: UUID
    account_id: UUID
    is_previous: bool
    """The token given is the one before the current one."""
    rotated_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


async def insert_session(
    session: AsyncSession,
    *,
    session_id: UUID,
    user_id: UUID,
    account_id: UUID,
    token_hash: bytes,
    expires_at: datetime,
    user_agent: str,
    ip: str | None,
) -> None:
    await session.execute(
        text(
            """INSERT INTO sessions (id, user_id, current_account_id, token_hash, expires_at, user_agent, ip)
            VALUES (:id, :user_id, :account_id, :token_hash, :expires_at, :user_agent, CAST(CAST(:ip AS text) AS inet))"""
        ),
        {
            "id": session_id,
            "user_id": user_id,
            "account_id": account_id,
            "token_hash": token_hash,
            "expires_at": expires_at,
            "user_agent": user_agent,
            "ip": ip,
        },
    )


async def lock_session_by_token(session: AsyncSession, token_hash: bytes) -> RefreshSession | None:
    """The session of a refresh token, current or previous, locked: of two racing tabs one rotates first."""
    result = await session.execute(
        text(
            """SELECT id, user_id, current_account_id, token_hash <> :token_hash, rotated_at, expires_at, revoked_at
            FROM sessions WHERE token_hash = :token_hash OR previous_token_hash = :token_hash FOR UPDATE"""
        ),
        {"token_hash": token_hash},
    )
    row = result.one_or_none()
    if row is None:
        return None
    id_, user_id, account_id, *rest = row
    # Plain ids: asyncpg's own class of UUID is refused by orjson.
    return RefreshSession(UUID(int=id_.int), UUID(int=user_id.int), UUID(int=account_id.int), *rest)


async def rotate_session(
    session: AsyncSession, session_id: UUID, token_hash: bytes, at: datetime, expires_at: datetime
) -> None:
    await session.execute(
        text(
            """UPDATE sessions SET previous_token_hash = token_hash, token_hash = :token_hash, rotated_at = :at,
                   expires_at = :expires_at WHERE id = :id"""
        ),
        {"id": session_id, "token_hash": token_hash, "at": at, "expires_at": expires_at},
    )


async def revoke_session(session: AsyncSession, session_id: UUID, at: datetime) -> None:
    await session.execute(
        text("UPDATE sessions SET revoked_at = coalesce(revoked_at, :at) WHERE id = :id"),
        {"id": session_id, "at": at},
    )


# ── setting up (prosa_system) ───────────────────────────────────────────────────────────────────────────────────────


async def fetch_account_id(session: AsyncSession, slug: str) -> UUID | None:
    result = await session.execute(text("SELECT account_id FROM accounts WHERE slug = :slug"), {"slug": slug})
    account_id: UUID | None = result.scalar_one_or_none()
    return account_id


async def fetch_user_id(session: AsyncSession, email: str) -> UUID | None:
    result = await session.execute(
        text("SELECT id FROM users WHERE lower(email) = lower(:email)"), {"email": email}
    )
    user_id: UUID | None = result.scalar_one_or_none()
    return user_id
