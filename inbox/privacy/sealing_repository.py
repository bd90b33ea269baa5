"""SQL of sealing what an account has stored: its keys, and every place where words lie, in portions by primary key.

Portions are locked as they are read, in the order of their keys: what somebody writes meanwhile is theirs, and comes to us
in a later portion or is sealed already. `version` stays: what is shown does not change.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.kernel.rows import Row


@dataclass(frozen=True, slots=True)
class KeyRow:
    id: UUID
    created_at: datetime
    progress: dict[str, Any]
    caught_up_at: datetime | None


async def insert_key(session: AsyncSession, account_id: UUID, key_id: UUID, wrapped: bytes) -> bool:
    """By the database's clock, which decides when it seals. False: the account has a current key, and keeps it."""
    result = await session.execute(
        text(
            """INSERT INTO content_keys (account_id, id, key_sealed) VALUES (:account_id, :id, :wrapped)
            ON CONFLICT (account_id) WHERE retired_at IS NULL DO NOTHING RETURNING 1"""
        ),
        {"account_id": account_id, "id": key_id, "wrapped": wrapped},
    )
    return result.one_or_none() is not None


async def retire_key(session: AsyncSession, account_id: UUID, at: datetime) -> None:
    await session.execute(
        text(
            """UPDATE content_keys SET retired_at = :at
            WHERE account_id = :account_id AND retired_at IS NULL"""
        ),
        {"account_id": account_id, "at": at},
    )


async def fetch_key(session: AsyncSession, account_id: UUID, *, lock: bool = False) -> KeyRow | None:
    """The current one."""
    result = await session.execute(
        text(
            f"""SELECT id, created_at, progress, caught_up_at FROM content_keys
            WHERE account_id = :account_id AND retired_at IS NULL {"FOR UPDATE" if lock else ""}"""
        ),
        {"account_id": account_id},
    )
    row = result.one_or_none()
    return KeyRow(*row) if row is not None else None


async def has_keys(session: AsyncSession, account_id: UUID) -> bool:
    result = await session.execute(
        text("SELECT EXISTS (SELECT FROM content_keys WHERE account_id = :account_id)"),
        {"account_id": account_id},
    )
    return bool(result.scalar_one())


async def store_progress(
    session: AsyncSession, account_id: UUID, key_id: UUID, progress: dict[str, Any], done_at: datetime | None
) -> None:
    await session.execute(
        text(
            """UPDATE content_keys SET progress = CAST(CAST(:progress AS text) AS jsonb), caught_up_at = :done_at
            WHERE account_id = :account_id AND id = :id"""
        ),
        {"account_id": account_id, "id": key_id, "progress": orjson.dumps(progress).decode(), "done_at": done_at},
    )  # fmt: skip


# ── where words lie ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Place:
    """A table with words. `key`: its columns and their types, account_id apart; `words`: what is replaced."""

    table: str
    key: tuple[tuple[str, str], ...]
    words: tuple[tuple[str, str], ...]
    reads: tuple[str, ...] = ()
    where: str = ""


PLACES: Final = (
    Place(
        "messages", (("id", "uuid"),), (("content", "jsonb"), ("referral", "jsonb"), ("raw", "jsonb")), ("kind",)
    ),
    Place("message_versions", (("message_id", "uuid"), ("version", "integer")), (("content", "jsonb"),)),
    Place("reactions", (("target_wamid", "text"), ("reactor", "text")), (("emoji", "text"),)),
    Place("tickets", (("id", "uuid"),), (("preview", "jsonb"),)),
    Place(
        "dead_webhooks", (("id", "uuid"),), (("item", "jsonb"), ("body", "bytea"), ("body_hash", "bytea")),
    ),
    # Last: views of rows that were not sealed yet went into it until the places before were done.
    Place("events", (("seq", "bigint"), ("at", "timestamptz")), (("payload", "jsonb"),), ("type",)),
)  # fmt: skip


async def fetch_portion(
    session: AsyncSession, place: Place, account_id: UUID, after: Sequence[str] | None, most: int
) -> list[Row]:
    """The next rows by key, locked. jsonb comes as text. `after`: the last key of the portion before, as texts."""
    keys = ", ".join(name for name, _ in place.key)
    shown = ", ".join(f"{name}::text" if type_ == "jsonb" else name for name, type_ in place.words)
    beyond = ", ".join(f"CAST(:{name} AS {type_})" for name, type_ in place.key)
    values = {
        name: _typed(type_, value) for (name, type_), value in zip(place.key, after or (), strict=bool(after))
    }
    result = await session.execute(
        text(
            # The names are constants of this module.
            f"SELECT {', '.join([keys, shown, *place.reads])} FROM {place.table} WHERE account_id = :account_id "
            f"{f'AND ({keys}) > ({beyond})' if after else ''} ORDER BY {keys} LIMIT :most FOR NO KEY UPDATE"
        ),
        {"account_id": account_id, "most": most, **values},
    )
    return list(result.mappings())


async def replace_words(
    session: AsyncSession, place: Place, account_id: UUID, rows: Sequence[dict[str, Any]]
) -> None:
    """`rows`: keys and words; jsonb as text."""
    if not rows:
        return
    columns = (*place.key, *place.words)
    sent = {name: "text" if type_ == "jsonb" else type_ for name, type_ in columns}
    sets = ", ".join(
        f"{name} = CAST(p.{name} AS jsonb)" if type_ == "jsonb" else f"{name} = p.{name}"
        for name, type_ in place.words
    )
    arrays = ", ".join(f"CAST(:{name} AS {type_}[])" for name, type_ in sent.items())
    same = " AND ".join(f"t.{name} = p.{name}" for name, _ in place.key)
    await session.execute(
        text(
            f"UPDATE {place.table} t SET {sets} FROM unnest({arrays}) AS p ({', '.join(sent)}) "
            f"WHERE t.account_id = :account_id AND {same}"
        ),
        {"account_id": account_id, **{name: [row[name] for row in rows] for name in sent}},
    )


async def fetch_wamids(session: AsyncSession, account_id: UUID, message_ids: Sequence[str]) -> dict[str, str]:
    result = await session.execute(
        text(
            """SELECT id::text, wamid FROM messages
            WHERE account_id = :account_id AND id = ANY(CAST(:ids AS uuid[])) AND wamid IS NOT NULL"""
        ),
        {"account_id": account_id, "ids": [UUID(id_) for id_ in message_ids]},
    )
    return {row[0]: row[1] for row in result}


def _typed(type_: str, value: str) -> Any:
    parsers: dict[str, Callable[[str], Any]] = {
        "uuid": UUID,
        "integer": int,
        "bigint": int,
        "timestamptz": datetime.fromisoformat,
    }
    return parsers.get(type_, str)(value)
