"""SQL of challenges. As prosa_system."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.identity.repository import plain_id


@dataclass(frozen=True, slots=True)
class StoredChallenge:
    token_hash: bytes
    user_id: UUID | None
    data: dict[str, Any]
    attempts: int
    expires_at: datetime


async def insert_challenge(
    session: AsyncSession,
    *,
    token_hash: bytes,
    kind: str,
    user_id: UUID | None,
    data: dict[str, Any],
    expires_at: datetime,
) -> None:
    await session.execute(
        text(
            """INSERT INTO auth_challenges (token_hash, kind, user_id, data, expires_at)
            VALUES (:token_hash, :kind, :user_id, CAST(:data AS jsonb), :expires_at)"""
        ),
        {
            "token_hash": token_hash,
            "kind": kind,
            "user_id": user_id,
            "data": orjson.dumps(data).decode(),
            "expires_at": expires_at,
        },
    )


_OPEN = (
    "token_hash = :token_hash AND kind = :kind AND used_at IS NULL AND expires_at > :at AND attempts < :most"
)


async def count_attempt(
    session: AsyncSession, token_hash: bytes, kind: str, at: datetime, most: int
) -> StoredChallenge | None:
    """Takes one of the attempts and keeps the row locked: attempts at once are counted one by one."""
    result = await session.execute(
        text(
            f"""UPDATE auth_challenges SET attempts = attempts + 1 WHERE {_OPEN}
            RETURNING token_hash, user_id, data, attempts, expires_at"""
        ),
        {"token_hash": token_hash, "kind": kind, "at": at, "most": most},
    )
    return _challenge(result.mappings().one_or_none())


async def fetch_challenge(
    session: AsyncSession, token_hash: bytes, kind: str, at: datetime, most: int
) -> StoredChallenge | None:
    result = await session.execute(
        text(f"SELECT token_hash, user_id, data, attempts, expires_at FROM auth_challenges WHERE {_OPEN}"),
        {"token_hash": token_hash, "kind": kind, "at": at, "most": most},
    )
    return _challenge(result.mappings().one_or_none())


async def use_challenge(session: AsyncSession, token_hash: bytes, at: datetime) -> bool:
    """False for the second of two."""
    result = await session.execute(
        text(
            "UPDATE auth_challenges SET used_at = :at WHERE token_hash = :token_hash AND used_at IS NULL RETURNING 1"
        ),
        {"token_hash": token_hash, "at": at},
    )
    return result.one_or_none() is not None


async def void_challenges(session: AsyncSession, user_id: UUID, kind: str, at: datetime) -> None:
    await session.execute(
        text(
            "UPDATE auth_challenges SET used_at = :at WHERE user_id = :user_id AND kind = :kind AND used_at IS NULL"
        ),
        {"user_id": user_id, "kind": kind, "at": at},
    )


async def add_challenge_data(session: AsyncSession, token_hash: bytes, data: dict[str, Any]) -> None:
    await session.execute(
        text("UPDATE auth_challenges SET data = data || CAST(:data AS jsonb) WHERE token_hash = :token_hash"),
        {"token_hash": token_hash, "data": orjson.dumps(data).decode()},
    )


async def delete_old_challenges(session: AsyncSession, before: datetime) -> int:
    result = await session.execute(
        text("DELETE FROM auth_challenges WHERE expires_at < :before RETURNING 1"), {"before": before}
    )
    return len(result.all())


def _challenge(row: Any) -> StoredChallenge | None:
    if row is None:
        return None
    values = dict(row)
    if values["user_id"] is not None:
        values["user_id"] = plain_id(values["user_id"])
    return StoredChallenge(**values)
