"""SQL of browser sessions, and of who a session's person is within an account. All of it as prosa_system."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.accounts.policies import SecurityPolicy
from inbox.identity.repository import plain_id
from inbox.kernel.actor import Origin, Role
from inbox.kernel.permissions import BUILT_IN_ROLES, Permission, known_permissions


@dataclass(frozen=True, slots=True)
class SessionMember:
    """Somebody within one account, as a session shows them."""

    user_id: UUID
    name: str
    email: str
    locale: str
    is_super_admin: bool
    account_id: UUID
    account_name: str
    account_locale: str
    time_zone: str
    brand_color: str | None
    logo_key: str | None
    account_state: str
    account_state_reason: str | None
    security: SecurityPolicy
    masks_phones: bool
    """The account masks telephone numbers, whoever looks."""
    role: Role
    role_id: UUID | None
    role_name: str | None
    """Of a custom role."""
    permissions: frozenset[Permission]
    department_ids: tuple[UUID, ...]
    second_factor_at: datetime | None
    """When a second factor was proven in this session."""
    impersonator_id: UUID | None
    impersonator_name: str | None
    impersonation_reason: str | None

    @property
    def is_open(self) -> bool:
        """A closing account still lets its people in: they may take their data, or change their mind."""
        return self.account_state in ("active", "closing")

    @property
    def demands_second_factor(self) -> bool:
        own = self.role.value if self.role_id is None else str(self.role_id)
        return own in self.security.second_factor_roles


_MEMBER_SQL = """
SELECT u.name, u.email, u.locale, u.is_super_admin, a.name AS account_name, a.locale AS account_locale, a.time_zone,
       a.brand_color, a.logo_key, a.state AS account_state, a.state_reason AS account_state_reason, a.security,
       coalesce(CAST(a.privacy -> 'mask_phones' AS boolean), false) AS masks_phones,
       m.role, m.role_id, r.name AS role_name, r.permissions,
       coalesce((SELECT array_agg(d.department_id ORDER BY d.department_id) FROM membership_departments d
                 WHERE d.account_id = m.account_id AND d.user_id = m.user_id), '{}') AS department_ids,
       s.second_factor_at, s.impersonator_id, i.name AS impersonator_name, s.impersonation_reason
FROM memberships m JOIN users u ON u.id = m.user_id JOIN accounts a ON a.account_id = m.account_id
JOIN sessions s ON s.id = :session_id AND s.user_id = u.id
LEFT JOIN roles r ON r.account_id = m.account_id AND r.id = m.role_id
LEFT JOIN users i ON i.id = s.impersonator_id
WHERE m.account_id = :account_id AND m.user_id = :user_id AND u.disabled_at IS NULL
  AND s.revoked_at IS NULL AND s.expires_at > :at
  AND (s.impersonator_id IS NULL OR (i.disabled_at IS NULL AND i.is_super_admin AND s.current_account_id = m.account_id))
"""


async def fetch_session_member(
    session: AsyncSession, account_id: UUID, user_id: UUID, session_id: UUID, at: datetime
) -> SessionMember | None:
    """None when the person is disabled, has left the account, or the session is revoked or over. A session of a super
    admin as somebody else holds while they are one, and in that account only."""
    result = await session.execute(
        text(_MEMBER_SQL),
        {"account_id": account_id, "user_id": user_id, "session_id": session_id, "at": at},
    )
    row = result.mappings().one_or_none()
    if row is None:
        return None
    values: dict[str, Any] = dict(row)
    custom = values["permissions"]
    for name in ("role_id", "impersonator_id"):
        values[name] = plain_id(values[name]) if values[name] is not None else None
    values["role"] = role = Role(values["role"])
    values["permissions"] = (
        BUILT_IN_ROLES.get(role) if role is not Role.CUSTOM else known_permissions(custom or [])
    )
    values["department_ids"] = tuple(plain_id(found) for found in values["department_ids"])
    values["security"] = SecurityPolicy.model_validate(values["security"])
    return SessionMember(user_id=user_id, account_id=account_id, **values)


@dataclass(frozen=True, slots=True)
class StoredSession:
    id: UUID
    user_id: UUID
    account_id: UUID
    token_hash: bytes
    previous_token_hash: bytes | None
    rotated_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    impersonator_id: UUID | None


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
    device_hash: bytes | None = None,
    second_factor_at: datetime | None = None,
    impersonator_id: UUID | None = None,
    impersonation_reason: str | None = None,
) -> None:
    await session.execute(
        text(
            """INSERT INTO sessions (id, user_id, current_account_id, token_hash, expires_at, user_agent, ip, last_ip,
                   device_hash, second_factor_at, impersonator_id, impersonation_reason)
            VALUES (:id, :user_id, :account_id, :token_hash, :expires_at, :user_agent, CAST(CAST(:ip AS text) AS inet),
                CAST(CAST(:ip AS text) AS inet), :device_hash, :second_factor_at, :impersonator_id,
                :impersonation_reason)"""
        ),
        {
            "id": session_id,
            "user_id": user_id,
            "account_id": account_id,
            "token_hash": token_hash,
            "expires_at": expires_at,
            "user_agent": user_agent,
            "ip": ip,
            "device_hash": device_hash,
            "second_factor_at": second_factor_at,
            "impersonator_id": impersonator_id,
            "impersonation_reason": impersonation_reason,
        },
    )


async def is_known_device(session: AsyncSession, user_id: UUID, device_hash: bytes | None) -> bool:
    """Whether this person has signed in with this browser before, or never at all (the first one is nobody's surprise)."""
    result = await session.execute(
        text(
            """SELECT count(*) = 0 OR coalesce(bool_or(device_hash = CAST(:device_hash AS bytea)), false)
            FROM sessions WHERE user_id = :user_id AND impersonator_id IS NULL"""
        ),
        {"user_id": user_id, "device_hash": device_hash},
    )
    return bool(result.scalar_one())


async def lock_session(session: AsyncSession, session_id: UUID) -> StoredSession | None:
    """Of two racing tabs one rotates first."""
    result = await session.execute(
        text(
            """SELECT id, user_id, current_account_id AS account_id, token_hash, previous_token_hash, rotated_at, expires_at, revoked_at,
                   impersonator_id
            FROM sessions WHERE id = :id FOR UPDATE"""
        ),
        {"id": session_id},
    )
    row = result.mappings().one_or_none()
    if row is None:
        return None
    values: dict[str, Any] = dict(row)
    for name in ("id", "user_id", "account_id", "impersonator_id"):
        values[name] = plain_id(values[name]) if values[name] is not None else None
    return StoredSession(**values)


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


async def touch_session(session: AsyncSession, session_id: UUID, at: datetime, origin: Origin) -> None:
    await session.execute(
        text(
            """UPDATE sessions SET last_seen_at = :at, last_ip = coalesce(CAST(CAST(:ip AS text) AS inet), last_ip)
            WHERE id = :id"""
        ),
        {"id": session_id, "at": at, "ip": origin.ip},
    )


async def enter_account_in_session(
    session: AsyncSession, session_id: UUID, account_id: UUID, second_factor_at: datetime | None
) -> None:
    """The account that the session goes on in. `second_factor_at` None leaves what was proven before."""
    await session.execute(
        text(
            """UPDATE sessions SET current_account_id = :account_id,
                   second_factor_at = coalesce(CAST(:at AS timestamptz), second_factor_at) WHERE id = :id"""
        ),
        {"id": session_id, "account_id": account_id, "at": second_factor_at},
    )


@dataclass(frozen=True, slots=True)
class EndedSession:
    """Whose sockets must hear of it, and where they are."""

    id: UUID
    user_id: UUID
    account_id: UUID


async def revoke_session(
    session: AsyncSession, session_id: UUID, at: datetime, reason: str
) -> EndedSession | None:
    """None when it was over before."""
    ended = await _revoke(session, "id = :session_id", {"session_id": session_id}, at, reason)
    return ended[0] if ended else None


async def revoke_user_sessions(
    session: AsyncSession, user_id: UUID, at: datetime, reason: str, *, keep: UUID | None = None
) -> list[EndedSession]:
    """All that the person has, and those in which they are somebody else; `keep` goes on."""
    where = "(user_id = :user_id AND impersonator_id IS NULL OR impersonator_id = :user_id)"
    values: dict[str, Any] = {"user_id": user_id}
    if keep is not None:
        where, values["keep"] = f"{where} AND id <> :keep", keep
    return await _revoke(session, where, values, at, reason)


async def revoke_account_sessions(
    session: AsyncSession, account_id: UUID, at: datetime, reason: str, *, user_id: UUID | None = None
) -> list[EndedSession]:
    """Those that are in the account now, of everybody or of one person."""
    where = "current_account_id = :account_id AND (CAST(:user_id AS uuid) IS NULL OR user_id = :user_id)"
    return await _revoke(session, where, {"account_id": account_id, "user_id": user_id}, at, reason)


async def _revoke(
    session: AsyncSession, where: str, values: dict[str, Any], at: datetime, reason: str
) -> list[EndedSession]:
    result = await session.execute(
        text(
            f"""UPDATE sessions SET revoked_at = :at, revoked_reason = :reason
            WHERE {where} AND revoked_at IS NULL RETURNING id, user_id, current_account_id"""
        ),
        {**values, "at": at, "reason": reason},
    )
    return [EndedSession(*map(plain_id, row)) for row in result]


@dataclass(frozen=True, slots=True)
class ListedSession:
    id: UUID
    user_agent: str
    ip: str | None
    created_at: datetime
    last_seen_at: datetime


async def fetch_sessions(session: AsyncSession, user_id: UUID, at: datetime) -> list[ListedSession]:
    """Those that are open, the one used last first. A super admin's as this person are the super admin's."""
    result = await session.execute(
        text(
            """SELECT id, user_agent, host(coalesce(last_ip, ip)), created_at, last_seen_at FROM sessions
            WHERE user_id = :user_id AND impersonator_id IS NULL AND revoked_at IS NULL AND expires_at > :at
            ORDER BY last_seen_at DESC, id DESC"""
        ),
        {"user_id": user_id, "at": at},
    )
    return [ListedSession(plain_id(row[0]), *row[1:]) for row in result]


async def delete_ended_sessions(session: AsyncSession, before: datetime) -> int:
    """Sessions that were over before that time."""
    result = await session.execute(
        text("DELETE FROM sessions WHERE expires_at < :before OR revoked_at < :before RETURNING id"),
        {"before": before},
    )
    return len(result.all())
