"""SQL of files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inbox.media.models import Media


async def fetch_media(
    session: AsyncSession, account_id: UUID, media_id: UUID, *, lock: bool = False
) -> Media | None:
    statement = select(Media).where(col(Media.account_id) == account_id, col(Media.id) == media_id)
    if lock:
        statement = statement.with_for_update()
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()


async def insert_media(session: AsyncSession, media: Media) -> None:
    await session.execute(insert(Media).values(**media.model_dump()))


async def mark_stored(
    session: AsyncSession, account_id: UUID, media_id: UUID, facts: Mapping[str, Any]
) -> bool:
    """The file is here. False when it was already, or is not wanted any more (erased meanwhile)."""
    result = await session.execute(
        text(
            """UPDATE media SET state = 'stored', error = NULL, mime_type = :mime_type, sha256 = :sha256, size = :size,
                   width = :width, height = :height, duration_ms = :duration_ms, storage_key = :storage_key,
                   attempts = attempts + 1
            WHERE account_id = :account_id AND id = :media_id AND state <> 'stored' AND meta_media_id IS NOT NULL
            RETURNING id"""
        ),
        {**facts, "account_id": account_id, "media_id": media_id},
    )
    return result.one_or_none() is not None


async def is_wanted(session: AsyncSession, account_id: UUID, media_id: UUID) -> bool:
    """Whether the file still belongs to something: erasure and retention take Meta's id or the row away first."""
    result = await session.execute(
        text(
            """SELECT EXISTS (SELECT FROM media WHERE account_id = :account_id AND id = :media_id
                              AND (state = 'stored' OR meta_media_id IS NOT NULL))"""
        ),
        {"account_id": account_id, "media_id": media_id},
    )
    return bool(result.scalar_one())


async def mark_attempt(
    session: AsyncSession, account_id: UUID, media_id: UUID, *, state: str, error: Mapping[str, Any]
) -> str | None:
    """A try that did not bring the file; answers the state it had, None when it is stored already."""
    result = await session.execute(
        text(
            """WITH before AS (
                SELECT state FROM media WHERE account_id = :account_id AND id = :media_id FOR UPDATE
            )
            UPDATE media SET state = :state, error = CAST(:error AS jsonb), attempts = attempts + 1
            FROM before WHERE account_id = :account_id AND id = :media_id AND before.state <> 'stored'
            RETURNING before.state"""
        ),
        {
            "account_id": account_id,
            "media_id": media_id,
            "state": state,
            "error": orjson.dumps(dict(error)).decode(),
        },
    )
    previous: str | None = result.scalar_one_or_none()
    return previous


async def reset_failed(session: AsyncSession, account_id: UUID, media_id: UUID) -> bool:
    """Compare-and-set from failed to pending; False when it is not failed any more."""
    result = await session.execute(
        text(
            """UPDATE media SET state = 'pending', error = NULL, attempts = 0
            WHERE account_id = :account_id AND id = :media_id AND state = 'failed' AND meta_media_id IS NOT NULL
            RETURNING id"""
        ),
        {"account_id": account_id, "media_id": media_id},
    )
    return result.one_or_none() is not None


async def set_meta_id(
    session: AsyncSession,
    account_id: UUID,
    media_id: UUID,
    *,
    number_id: UUID,
    meta_media_id: str,
    expires_at: datetime,
) -> None:
    """The file is at Meta under this id, for this number."""
    await session.execute(
        text(
            """UPDATE media SET number_id = :number_id, meta_media_id = :meta_media_id, meta_expires_at = :expires_at
            WHERE account_id = :account_id AND id = :media_id"""
        ),
        {
            "account_id": account_id,
            "media_id": media_id,
            "number_id": number_id,
            "meta_media_id": meta_media_id,
            "expires_at": expires_at,
        },
    )


async def set_message_error(
    session: AsyncSession, account_id: UUID, message_id: UUID, error: Mapping[str, Any] | None
) -> None:
    """Shows (or clears) on an inbound message why its file is missing; its copies are older from now on."""
    await session.execute(
        text(
            """UPDATE messages SET error = CAST(:error AS jsonb), version = version + 1
            WHERE account_id = :account_id AND id = :message_id"""
        ),
        {
            "account_id": account_id,
            "message_id": message_id,
            "error": orjson.dumps(dict(error)).decode() if error is not None else None,
        },
    )


async def fetch_conversation_of(session: AsyncSession, account_id: UUID, message_id: UUID) -> UUID | None:
    result = await session.execute(
        text("SELECT conversation_id FROM messages WHERE account_id = :account_id AND id = :message_id"),
        {"account_id": account_id, "message_id": message_id},
    )
    conversation_id: UUID | None = result.scalar_one_or_none()
    return conversation_id


async def fetch_ticket_assignee(session: AsyncSession, account_id: UUID, message_id: UUID) -> UUID | None:
    """Whose ticket a message belongs to: they hear of its changes."""
    result = await session.execute(
        text(
            """SELECT t.assignee_id FROM messages m
            JOIN tickets t ON t.account_id = m.account_id AND t.id = m.ticket_id
            WHERE m.account_id = :account_id AND m.id = :message_id"""
        ),
        {"account_id": account_id, "message_id": message_id},
    )
    assignee_id: UUID | None = result.scalar_one_or_none()
    return assignee_id


async def delete_unsent_uploads(session: AsyncSession, before: datetime, limit: int) -> list[str]:
    """Forgets uploads that no message ever carried; answers their storage keys."""
    result = await session.execute(
        text(
            """DELETE FROM media WHERE (account_id, id) IN (
                SELECT account_id, id FROM media
                WHERE message_id IS NULL AND uploaded_by IS NOT NULL AND created_at < :before
                LIMIT :limit FOR UPDATE SKIP LOCKED
            ) RETURNING storage_key"""
        ),
        {"before": before, "limit": limit},
    )
    return [key for key in result.scalars() if key is not None]
