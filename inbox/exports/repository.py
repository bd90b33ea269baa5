"""SQL of exports."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.exports.views import ExportKind, ExportOrder, ExportView
from inbox.kernel.rows import Row

_SELECT = """
SELECT e.id, e.kind, e.subject_id, e.state, e.file_name, e.mime_type, e.size, e.error, e.requested_by, e.created_at,
       e.ready_at, e.expires_at, e.storage_key,
       coalesce((SELECT u.name FROM users u WHERE u.id = e.requested_by),
                (SELECT k.name FROM api_keys k WHERE k.account_id = e.account_id AND k.id = e.requested_by), '')
       AS requested_by_name
FROM exports e WHERE e.account_id = :account_id
"""


def export_view(row: Row) -> ExportView:
    return ExportView(
        id=row["id"],
        kind=ExportKind(row["kind"]),
        subject_id=row["subject_id"],
        state=row["state"],
        file_name=row["file_name"],
        mime_type=row["mime_type"],
        size=row["size"],
        error=row["error"],
        requested_by=row["requested_by"],
        requested_by_name=row["requested_by_name"],
        created_at=row["created_at"],
        ready_at=row["ready_at"],
        expires_at=row["expires_at"],
    )


async def insert_export(
    session: AsyncSession, *, account_id: UUID, export_id: UUID, kind: ExportKind, subject_id: UUID | None,
    parameters: dict[str, Any], requested_by: UUID, at: datetime,
) -> None:  # fmt: skip
    await session.execute(
        text(
            """INSERT INTO exports (account_id, id, kind, subject_id, parameters, requested_by, created_at)
            VALUES (:account_id, :id, :kind, :subject_id, CAST(CAST(:parameters AS text) AS jsonb), :requested_by, :at)"""
        ),
        {"account_id": account_id, "id": export_id, "kind": kind.value, "subject_id": subject_id,
         "parameters": orjson.dumps(parameters, default=str).decode(), "requested_by": requested_by, "at": at},
    )  # fmt: skip


async def fetch_exports(
    session: AsyncSession, account_id: UUID, kinds: list[str], limit: int
) -> list[ExportView]:
    result = await session.execute(
        text(f"{_SELECT} AND e.kind = ANY(:kinds) ORDER BY e.created_at DESC, e.id DESC LIMIT :limit"),
        {"account_id": account_id, "kinds": kinds, "limit": limit},
    )
    return [export_view(row) for row in result.mappings()]


async def fetch_export(
    session: AsyncSession, account_id: UUID, export_id: UUID
) -> tuple[ExportView, str | None] | None:
    """With the key of its file."""
    result = await session.execute(
        text(f"{_SELECT} AND e.id = :id"), {"account_id": account_id, "id": export_id}
    )
    row = result.mappings().one_or_none()
    return (export_view(row), row["storage_key"]) if row is not None else None


# ── the job's (prosa_system) ────────────────────────────────────────────────────────────────────────────────────────


async def fetch_order(session: AsyncSession, account_id: UUID, export_id: UUID) -> ExportOrder | None:
    """None when it is no longer pending."""
    result = await session.execute(
        text(
            """SELECT e.kind, e.subject_id, e.parameters, e.requested_by, coalesce(u.locale, a.locale) AS locale, a.time_zone
            FROM exports e JOIN accounts a ON a.account_id = e.account_id LEFT JOIN users u ON u.id = e.requested_by
            WHERE e.account_id = :account_id AND e.id = :id AND e.state = 'pending'"""
        ),
        {"account_id": account_id, "id": export_id},
    )
    row = result.mappings().one_or_none()
    if row is None:
        return None
    return ExportOrder(
        account_id=account_id,
        id=export_id,
        kind=ExportKind(row["kind"]),
        subject_id=UUID(int=row["subject_id"].int) if row["subject_id"] else None,
        parameters=row["parameters"],
        requested_by=UUID(int=row["requested_by"].int),
        locale=row["locale"],
        time_zone=row["time_zone"],
    )


async def mark_ready(
    session: AsyncSession, account_id: UUID, export_id: UUID, *, storage_key: str, file_name: str, mime_type: str,
    size: int, at: datetime, expires_at: datetime,
) -> bool:  # fmt: skip
    result = await session.execute(
        text(
            """UPDATE exports SET state = 'ready', storage_key = :storage_key, file_name = :file_name,
                   mime_type = :mime_type, size = :size, ready_at = :at, expires_at = :expires_at, error = NULL
            WHERE account_id = :account_id AND id = :id AND state = 'pending' RETURNING id"""
        ),
        {"account_id": account_id, "id": export_id, "storage_key": storage_key, "file_name": file_name,
         "mime_type": mime_type, "size": size, "at": at, "expires_at": expires_at},
    )  # fmt: skip
    return result.one_or_none() is not None


async def mark_failed(
    session: AsyncSession, account_id: UUID, export_id: UUID, *, error: str, final: bool
) -> bool:
    """Whether it is failed now; a try that another will follow leaves it pending, with the reason."""
    result = await session.execute(
        text(
            """UPDATE exports SET error = :error, state = CASE WHEN :final THEN 'failed' ELSE state END
            WHERE account_id = :account_id AND id = :id AND state = 'pending' RETURNING state"""
        ),
        {"account_id": account_id, "id": export_id, "error": error, "final": final},
    )
    return result.scalar_one_or_none() == "failed"


async def expire_exports(
    session: AsyncSession, at: datetime, limit: int
) -> list[tuple[UUID, UUID, str, str | None]]:
    """Account, id, kind and file of those whose time is over; they are expired from now on."""
    result = await session.execute(
        text(
            """UPDATE exports e SET state = 'expired' FROM (
                SELECT account_id, id FROM exports WHERE state = 'ready' AND expires_at <= :at
                ORDER BY expires_at LIMIT :limit FOR UPDATE SKIP LOCKED) old
            WHERE e.account_id = old.account_id AND e.id = old.id
            RETURNING e.account_id, e.id, e.kind, e.storage_key"""
        ),
        {"at": at, "limit": limit},
    )
    return [
        (UUID(int=row.account_id.int), UUID(int=row.id.int), row.kind, row.storage_key)
        for row in result.all()
    ]


async def fetch_leftovers(session: AsyncSession, limit: int) -> list[tuple[UUID, UUID, str]]:
    """Expired exports whose file may still be there."""
    result = await session.execute(
        text(
            """SELECT account_id, id, storage_key FROM exports
            WHERE state = 'expired' AND storage_key IS NOT NULL LIMIT :limit"""
        ),
        {"limit": limit},
    )
    return [(UUID(int=row.account_id.int), UUID(int=row.id.int), row.storage_key) for row in result.all()]


async def forget_file(session: AsyncSession, account_id: UUID, export_id: UUID) -> None:
    await session.execute(
        text("UPDATE exports SET storage_key = NULL WHERE account_id = :account_id AND id = :id"),
        {"account_id": account_id, "id": export_id},
    )


async def fetch_requester(
    session: AsyncSession, account_id: UUID, user_id: UUID
) -> tuple[str, str, str, str, str | None, str] | None:
    """E-mail, name, locale of who asked, and the account's name, colour and time zone; None of keys and people who left."""
    result = await session.execute(
        text(
            """SELECT u.email, u.name, u.locale, a.name, a.brand_color, a.time_zone FROM users u
            JOIN memberships m ON m.user_id = u.id AND m.account_id = :account_id
            JOIN accounts a ON a.account_id = m.account_id WHERE u.id = :user_id AND u.disabled_at IS NULL"""
        ),
        {"account_id": account_id, "user_id": user_id},
    )
    row = result.one_or_none()
    return (row[0], row[1], row[2], row[3], row[4], row[5]) if row is not None else None
