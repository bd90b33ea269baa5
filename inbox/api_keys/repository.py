"""SQL of API keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.api_keys.views import ApiKeyState, ApiKeyView
from inbox.kernel.permissions import known_permissions
from inbox.kernel.rows import Row

_SELECT = """
SELECT k.*, coalesce((SELECT u.name FROM users u WHERE u.id = k.created_by),
                     (SELECT o.name FROM api_keys o WHERE o.account_id = k.account_id AND o.id = k.created_by), '')
       AS created_by_name
FROM api_keys k WHERE k.account_id = :account_id
"""


def api_key_view(row: Row, at: datetime) -> ApiKeyView:
    return ApiKeyView(
        id=row["id"],
        name=row["name"],
        prefix=row["prefix"],
        state=_state(row, at),
        scopes=sorted(known_permissions(list(row["scopes"]))),
        department_ids=list(row["department_ids"]),
        created_by=row["created_by"],
        created_by_name=row["created_by_name"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        rotated_at=row["rotated_at"],
        previous_expires_at=row["previous_expires_at"],
        last_used_at=row["last_used_at"],
        last_used_ip=str(row["last_used_ip"]) if row["last_used_ip"] is not None else None,
        revoked_at=row["revoked_at"],
        version=row["version"],
    )


def _state(row: Row, at: datetime) -> ApiKeyState:
    if row["revoked_at"] is not None:
        return "revoked"
    return "expired" if row["expires_at"] is not None and row["expires_at"] <= at else "active"


async def fetch_api_keys(session: AsyncSession, account_id: UUID, at: datetime) -> list[ApiKeyView]:
    result = await session.execute(
        text(f"{_SELECT} ORDER BY k.created_at DESC, k.id DESC"), {"account_id": account_id}
    )
    return [api_key_view(row, at) for row in result.mappings()]


async def lock_api_key(
    session: AsyncSession, account_id: UUID, api_key_id: UUID, at: datetime
) -> ApiKeyView | None:
    result = await session.execute(
        text(f"{_SELECT} AND k.id = :id FOR UPDATE OF k"), {"account_id": account_id, "id": api_key_id}
    )
    row = result.mappings().one_or_none()
    return api_key_view(row, at) if row is not None else None


async def insert_api_key(
    session: AsyncSession, *, account_id: UUID, api_key_id: UUID, name: str, prefix: str, key_hash: bytes,
    scopes: Iterable[str], department_ids: Iterable[UUID], created_by: UUID, expires_at: datetime | None, at: datetime,
) -> None:  # fmt: skip
    await session.execute(
        text(
            """INSERT INTO api_keys (account_id, id, name, prefix, key_hash, scopes, department_ids, created_by, created_at,
                                     expires_at)
            VALUES (:account_id, :id, :name, :prefix, :key_hash, :scopes, :department_ids, :created_by, :at, :expires_at)"""
        ),
        {"account_id": account_id, "id": api_key_id, "name": name, "prefix": prefix, "key_hash": key_hash,
         "scopes": list(scopes), "department_ids": list(department_ids), "created_by": created_by, "at": at,
         "expires_at": expires_at},
    )  # fmt: skip


async def update_api_key(
    session: AsyncSession, account_id: UUID, api_key_id: UUID, *, name: str, scopes: Iterable[str],
    department_ids: Iterable[UUID], expires_at: datetime | None,
) -> None:  # fmt: skip
    await session.execute(
        text(
            """UPDATE api_keys SET name = :name, scopes = :scopes, department_ids = :department_ids,
                   expires_at = :expires_at, version = version + 1
            WHERE account_id = :account_id AND id = :id"""
        ),
        {"account_id": account_id, "id": api_key_id, "name": name, "scopes": list(scopes),
         "department_ids": list(department_ids), "expires_at": expires_at},
    )  # fmt: skip


async def set_revoked(session: AsyncSession, account_id: UUID, api_key_id: UUID, at: datetime) -> None:
    await session.execute(
        text(
            """UPDATE api_keys SET revoked_at = :at, previous_key_hash = NULL, previous_expires_at = NULL,
                   version = version + 1
            WHERE account_id = :account_id AND id = :id"""
        ),
        {"account_id": account_id, "id": api_key_id, "at": at},
    )


async def rotate_hash(
    session: AsyncSession, account_id: UUID, api_key_id: UUID, *, prefix: str, key_hash: bytes, at: datetime,
    previous_expires_at: datetime | None,
) -> None:  # fmt: skip
    """The key before the current one, if it was still good, ends here."""
    await session.execute(
        text(
            """UPDATE api_keys SET prefix = :prefix, key_hash = :key_hash, rotated_at = :at, version = version + 1,
                   previous_key_hash = CASE WHEN CAST(:previous_expires_at AS timestamptz) IS NULL THEN NULL ELSE key_hash END,
                   previous_expires_at = :previous_expires_at
            WHERE account_id = :account_id AND id = :id"""
        ),
        {"account_id": account_id, "id": api_key_id, "prefix": prefix, "key_hash": key_hash, "at": at,
         "previous_expires_at": previous_expires_at},
    )  # fmt: skip


async def fetch_known_departments(
    session: AsyncSession, account_id: UUID, department_ids: Iterable[UUID]
) -> set[UUID]:
    result = await session.execute(
        text("SELECT id FROM departments WHERE account_id = :account_id AND id = ANY(:ids)"),
        {"account_id": account_id, "ids": list(department_ids)},
    )
    return {UUID(int=found.int) for found in result.scalars()}


# ── using one (prosa_system) ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PresentedKey:
    """What a key that was sent names, good or not."""

    account_id: UUID
    id: UUID
    name: str
    scopes: list[str]
    department_ids: tuple[UUID, ...]
    expires_at: datetime | None
    revoked_at: datetime | None
    is_previous: bool
    previous_expires_at: datetime | None
    last_used_at: datetime | None
    account_state: str
    account_state_reason: str | None
    account_locale: str
    security: dict[str, Any]
    privacy: dict[str, Any]


_PRESENTED = """
SELECT k.account_id, k.id, k.name, k.scopes, k.department_ids, k.expires_at, k.revoked_at,
       k.key_hash IS DISTINCT FROM :key_hash AS is_previous, k.previous_expires_at, k.last_used_at,
       a.state, a.state_reason, a.locale, a.security, a.privacy
FROM api_keys k JOIN accounts a ON a.account_id = k.account_id
"""


async def fetch_presented_key(session: AsyncSession, key_hash: bytes) -> PresentedKey | None:
    result = await session.execute(
        text(f"{_PRESENTED} WHERE k.key_hash = :key_hash OR k.previous_key_hash = :key_hash"),
        {"key_hash": key_hash},
    )
    row = result.one_or_none()
    return _presented(row) if row is not None else None


async def fetch_key_in_use(session: AsyncSession, account_id: UUID, api_key_id: UUID) -> PresentedKey | None:
    """For a socket that was opened with it."""
    result = await session.execute(
        text(f"{_PRESENTED} WHERE k.account_id = :account_id AND k.id = :id").bindparams(key_hash=b""),
        {"account_id": account_id, "id": api_key_id},
    )
    row = result.one_or_none()
    return _presented(row) if row is not None else None


def _presented(row: Any) -> PresentedKey:
    account_id, id_, name, scopes, departments, *rest = row
    # Plain ids: asyncpg's own class of UUID is refused by orjson, and an Actor travels far.
    return PresentedKey(
        UUID(int=account_id.int), UUID(int=id_.int), name, list(scopes),
        tuple(UUID(int=department.int) for department in departments), *rest,
    )  # fmt: skip


async def touch_api_key(
    session: AsyncSession,
    account_id: UUID,
    api_key_id: UUID,
    ip: str | None,
    at: datetime,
    unless_since: datetime,
) -> None:
    """Notes the use; nothing when one since `unless_since` is noted."""
    await session.execute(
        text(
            """UPDATE api_keys SET last_used_at = :at, last_used_ip = CAST(CAST(:ip AS text) AS inet)
            WHERE account_id = :account_id AND id = :id AND (last_used_at IS NULL OR last_used_at < :unless_since)"""
        ),
        {"account_id": account_id, "id": api_key_id, "ip": ip, "at": at, "unless_since": unless_since},
    )
