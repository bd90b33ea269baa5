"""SQL of conversations and messages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.conversations.events import (
    AuthorKind,
    MediaView,
    MessageContext,
    MessageError,
    MessageView,
    QuotedMessage,
    ReactionView,
)
from inbox.conversations.sealed_words import shown_emoji, shown_quote
from inbox.kernel.rows import Row

MESSAGE_VIEW_SELECT = """
SELECT m.id, m.conversation_id, m.ticket_id, m.direction, m.author_kind, m.author_id, m.wamid, m.client_message_id, m.kind,
       m.content, m.context, m.referral, m.status, m.error, m.at, m.status_at, m.edited_at, m.deleted_at, m.version,
       d.id AS media_id, d.state AS media_state, d.mime_type AS media_mime_type, d.file_name AS media_file_name,
       d.size AS media_size, d.width AS media_width, d.height AS media_height, d.duration_ms AS media_duration_ms,
       r.reactions,
       q.id AS quoted_id, q.direction AS quoted_direction, q.kind AS quoted_kind, q.content AS quoted_content,
       q.deleted_at AS quoted_deleted_at
FROM messages m
LEFT JOIN LATERAL (
    SELECT d.* FROM media d WHERE d.account_id = m.account_id AND d.message_id = m.id ORDER BY d.id LIMIT 1
) d ON true
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('reactor', r.reactor, 'emoji', r.emoji) ORDER BY r.at, r.reactor) AS reactions
    FROM reactions r WHERE r.account_id = m.account_id AND r.target_wamid = m.wamid AND r.emoji <> ''
) r ON true
LEFT JOIN LATERAL (SELECT m.context->>'quoted_wamid' AS quoted_wamid OFFSET 0) k ON true
LEFT JOIN messages q ON q.account_id = m.account_id AND q.wamid = k.quoted_wamid
    AND q.conversation_id = m.conversation_id
"""
"""Everything a MessageView shows; no parameters. Append `WHERE m.account_id = … AND …`. `message_view` reads its rows.

OFFSET 0 keeps `->>`, which is not leakproof, out of the join: with it there, row-level security forbids the index on wamid
and a page of 50 reads the whole conversation (Postgres 18, 20,000 messages: 203 ms instead of 0.6).
"""


def message_view(row: Row) -> MessageView:
    """A row of MESSAGE_VIEW_SELECT, read by asyncpg or SQLAlchemy (jsonb as text or as objects). What is sealed stays so:
    `sealed_words` opens it for whoever reads."""
    error = _json(row["error"])
    deleted = row["deleted_at"] is not None
    return MessageView(
        id=row["id"],
        conversation_id=row["conversation_id"],
        ticket_id=row["ticket_id"],
        direction=row["direction"],
        author_kind=row["author_kind"],
        author_id=row["author_id"],
        client_message_id=row["client_message_id"],
        kind=row["kind"],
        # What the customer took back is kept for those who must answer for it, and shown to nobody here.
        content={} if deleted else _json(row["content"]),
        media=None if deleted else _media_view(row),
        context=_context_view(row),
        referral=_json(row["referral"]),
        reactions=[
            ReactionView(reactor=r["reactor"], emoji=shown_emoji(r["emoji"], row["wamid"]))
            for r in _json(row["reactions"]) or ()
        ],
        status=row["status"],
        error=MessageError(**error) if error else None,
        at=row["at"],
        status_at=row["status_at"],
        edited_at=row["edited_at"],
        deleted_at=row["deleted_at"],
        version=row["version"],
    )


def _media_view(row: Row) -> MediaView | None:
    if row["media_id"] is None:
        return None
    return MediaView(
        id=row["media_id"],
        state=row["media_state"],
        mime_type=row["media_mime_type"],
        file_name=row["media_file_name"],
        size=row["media_size"],
        width=row["media_width"],
        height=row["media_height"],
        duration_ms=row["media_duration_ms"],
    )


def _context_view(row: Row) -> MessageContext | None:
    context = _json(row["context"])
    if not context:
        return None
    wamid = context.get("quoted_wamid")
    return MessageContext(
        quoted=_quoted_view(row, wamid) if wamid else None,
        forwarded=bool(context.get("forwarded")),
        frequently_forwarded=bool(context.get("frequently_forwarded")),
        referred_product=context.get("referred_product"),
    )


def _quoted_view(row: Row, wamid: str) -> QuotedMessage:
    kind = row["quoted_kind"]
    shown = kind is not None and row["quoted_deleted_at"] is None
    return QuotedMessage(
        message_id=row["quoted_id"],
        wamid=wamid,
        direction=row["quoted_direction"],
        kind=kind,
        preview=shown_quote(kind, _json(row["quoted_content"])) if shown else "",
    )


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, (str, bytes)) else value


# ── conversations ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation as rules need it."""

    id: UUID
    number_id: UUID
    contact_id: UUID
    last_inbound_at: datetime | None
    last_inbound_wamid: str | None
    window_expires_at: datetime | None
    is_erased: bool
    """The customer was erased: it is read, never written into."""


_CONVERSATION_SELECT = """
SELECT v.id, v.number_id, v.contact_id, v.last_inbound_at, v.last_inbound_wamid, v.window_expires_at,
       (SELECT c.erased_at IS NOT NULL FROM contacts c WHERE c.account_id = v.account_id AND c.id = v.contact_id)
FROM conversations v WHERE v.account_id = :account_id AND v.id = :conversation_id
"""

# Somebody sees a conversation through any of its tickets; an admin sees those without tickets too.
_VISIBLE = """
AND (:sees_all OR EXISTS (
    SELECT FROM tickets t WHERE t.account_id = v.account_id AND t.conversation_id = v.id
      AND (t.department_id = ANY(:department_ids) OR t.assignee_id = :user_id)))
"""


async def fetch_visible_conversation(
    session: AsyncSession,
    account_id: UUID,
    conversation_id: UUID,
    *,
    user_id: UUID,
    department_ids: Sequence[UUID],
    sees_all: bool,
    lock: bool = False,
) -> ConversationRow | None:
    """With `lock`, whoever else changes this conversation (ingest, another sender) waits until this transaction ends."""
    statement = _CONVERSATION_SELECT + _VISIBLE + ("FOR NO KEY UPDATE OF v" if lock else "")
    result = await session.execute(
        text(statement),
        {
            "account_id": account_id,
            "conversation_id": conversation_id,
            "user_id": user_id,
            "department_ids": list(department_ids),
            "sees_all": sees_all,
        },
    )
    row = result.one_or_none()
    return ConversationRow(*row) if row is not None else None


async def fetch_visible_ids(
    session: AsyncSession,
    account_id: UUID,
    conversation_ids: Collection[UUID],
    *,
    user_id: UUID,
    department_ids: Sequence[UUID],
    sees_all: bool,
) -> set[UUID]:
    """Those of the conversations that `fetch_visible_conversation` would find."""
    statement = (
        "SELECT v.id FROM conversations v WHERE v.account_id = :account_id AND v.id = ANY(:ids)" + _VISIBLE
    )
    result = await session.execute(
        text(statement),
        {
            "account_id": account_id,
            "ids": list(conversation_ids),
            "user_id": user_id,
            "department_ids": list(department_ids),
            "sees_all": sees_all,
        },
    )
    return set(result.scalars())


async def touch_conversation(
    session: AsyncSession, account_id: UUID, conversation_id: UUID, at: datetime
) -> None:
    await session.execute(
        text(
            """UPDATE conversations SET last_message_at = greatest(last_message_at, :at)
            WHERE account_id = :account_id AND id = :conversation_id"""
        ),
        {"account_id": account_id, "conversation_id": conversation_id, "at": at},
    )


# ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────────

_INSERT_MESSAGE = """
INSERT INTO messages (account_id, id, conversation_id, ticket_id, direction, author_kind, author_id, client_message_id,
                      kind, content, context, status, at, status_at)
VALUES (:account_id, :id, :conversation_id, :ticket_id, 'out', :author_kind, :author_id, :client_message_id,
        :kind, CAST(:content AS jsonb), CAST(:context AS jsonb), 'queued', :at, :at)
ON CONFLICT (account_id, client_message_id) WHERE client_message_id IS NOT NULL DO NOTHING
RETURNING id
"""

_INSERT_OUTBOX = """
INSERT INTO outbox (account_id, message_id, number_id, conversation_id, priority, not_before)
VALUES (:account_id, :message_id, :number_id, :conversation_id, 0, now())
"""


_LAST_WAITING = """
SELECT message_id FROM outbox WHERE account_id = :account_id AND conversation_id = :conversation_id
ORDER BY message_id DESC LIMIT 1
"""


async def last_waiting_id(session: AsyncSession, account_id: UUID, conversation_id: UUID) -> UUID | None:
    """The newest message of the conversation that has not left yet; it leaves before every higher id."""
    result = await session.execute(
        text(_LAST_WAITING), {"account_id": account_id, "conversation_id": conversation_id}
    )
    return result.scalar_one_or_none()


async def insert_queued_message(
    session: AsyncSession,
    *,
    account_id: UUID,
    message_id: UUID,
    conversation_id: UUID,
    ticket_id: UUID | None,
    author_kind: AuthorKind,
    author_id: UUID,
    client_message_id: UUID,
    kind: str,
    content: Mapping[str, Any],
    context: Mapping[str, Any] | None,
    at: datetime,
) -> bool:
    """False: this client_message_id is already stored, and nothing was written."""
    result = await session.execute(
        text(_INSERT_MESSAGE),
        {
            "account_id": account_id,
            "id": message_id,
            "conversation_id": conversation_id,
            "ticket_id": ticket_id,
            "author_kind": author_kind,
            "author_id": author_id,
            "client_message_id": client_message_id,
            "kind": kind,
            "content": orjson.dumps(content).decode(),
            "context": orjson.dumps(context).decode() if context else None,
            "at": at,
        },
    )
    return result.one_or_none() is not None


async def insert_outbox(
    session: AsyncSession,
    *,
    account_id: UUID,
    message_id: UUID,
    number_id: UUID,
    conversation_id: UUID,
) -> None:
    """Due at once, by the database's clock: it decides about every later try as well."""
    await session.execute(
        text(_INSERT_OUTBOX),
        {
            "account_id": account_id,
            "message_id": message_id,
            "number_id": number_id,
            "conversation_id": conversation_id,
        },
    )


async def fetch_message(session: AsyncSession, account_id: UUID, message_id: UUID) -> MessageView | None:
    return await _fetch_one(session, "m.id = :value", account_id, message_id)


async def fetch_message_by_client_id(
    session: AsyncSession, account_id: UUID, client_message_id: UUID
) -> MessageView | None:
    return await _fetch_one(session, "m.client_message_id = :value", account_id, client_message_id)


async def fetch_message_by_wamid(session: AsyncSession, account_id: UUID, wamid: str) -> MessageView | None:
    return await _fetch_one(session, "m.wamid = :value", account_id, wamid)


async def _fetch_one(
    session: AsyncSession, condition: str, account_id: UUID, value: UUID | str
) -> MessageView | None:
    statement = text(f"{MESSAGE_VIEW_SELECT} WHERE m.account_id = :account_id AND {condition}")
    row = (
        (await session.execute(statement, {"account_id": account_id, "value": value}))
        .mappings()
        .one_or_none()
    )
    return message_view(row) if row is not None else None


async def fetch_wamid(
    session: AsyncSession, account_id: UUID, conversation_id: UUID, message_id: UUID
) -> tuple[bool, str | None]:
    """Whether this conversation has the message, and its wamid as far as Meta has given one. Reactions do not count:
    nothing can refer to one."""
    result = await session.execute(
        text(
            """SELECT wamid FROM messages WHERE account_id = :account_id
              AND conversation_id = :conversation_id AND id = :message_id AND kind <> 'reaction'"""
        ),
        {"account_id": account_id, "conversation_id": conversation_id, "message_id": message_id},
    )
    row = result.one_or_none()
    return row is not None, row.wamid if row is not None else None


@dataclass(frozen=True, slots=True)
class Upload:
    mime_type: str
    file_name: str | None


async def attach_upload(
    session: AsyncSession, account_id: UUID, user_id: UUID, media_id: UUID, message_id: UUID
) -> Upload | None:
    """Gives an upload to the message that sends it, once; None unless it is this person's, stored and not yet sent."""
    result = await session.execute(
        text(
            """UPDATE media SET message_id = :message_id
            WHERE account_id = :account_id AND id = :media_id AND uploaded_by = :user_id
              AND message_id IS NULL AND state = 'stored'
            RETURNING mime_type, file_name"""
        ),
        {"account_id": account_id, "user_id": user_id, "media_id": media_id, "message_id": message_id},
    )
    row = result.one_or_none()
    return Upload(*row) if row is not None else None


async def list_message_views(
    session: AsyncSession,
    account_id: UUID,
    conversation_id: UUID,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[MessageView]:
    """Newest first. Reactions show on their target, so their own rows are left out."""
    older = "AND (m.at, m.id) < (:at, :id)" if before else ""
    parameters: dict[str, Any] = {
        "account_id": account_id,
        "conversation_id": conversation_id,
        "limit": limit,
    }
    if before:
        parameters |= {"at": before[0], "id": before[1]}
    statement = text(
        f"""{MESSAGE_VIEW_SELECT}
        WHERE m.account_id = :account_id AND m.conversation_id = :conversation_id AND m.kind <> 'reaction' {older}
        ORDER BY m.at DESC, m.id DESC LIMIT :limit"""
    )
    return [message_view(row) for row in (await session.execute(statement, parameters)).mappings()]


async def fetch_log_position(session: AsyncSession, account_id: UUID) -> int:
    """The seq of the newest event that this snapshot sees."""
    result = await session.execute(
        text("SELECT seq FROM event_counters WHERE account_id = :account_id"), {"account_id": account_id}
    )
    return int(result.scalar_one())


async def requeue_message(
    session: AsyncSession, account_id: UUID, message_id: UUID, statuses: Sequence[str], at: datetime
) -> bool:
    """Compare-and-set back to queued; False when the message is in none of `statuses` any more."""
    result = await session.execute(
        text(
            """UPDATE messages SET status = 'queued', error = NULL, wamid = NULL, status_at = :at, version = version + 1
            WHERE account_id = :account_id AND id = :message_id AND direction = 'out' AND status = ANY(:statuses)
            RETURNING id"""
        ),
        {"account_id": account_id, "message_id": message_id, "statuses": list(statuses), "at": at},
    )
    return result.one_or_none() is not None


async def upsert_reaction(
    session: AsyncSession, account_id: UUID, target_wamid: str, reactor: str, emoji: str, at: datetime
) -> None:
    await session.execute(
        text(
            """INSERT INTO reactions (account_id, target_wamid, reactor, emoji, at)
            VALUES (:account_id, :target_wamid, :reactor, :emoji, :at)
            ON CONFLICT (account_id, target_wamid, reactor) DO UPDATE SET emoji = excluded.emoji, at = excluded.at"""
        ),
        {
            "account_id": account_id,
            "target_wamid": target_wamid,
            "reactor": reactor,
            "emoji": emoji,
            "at": at,
        },
    )


async def bump_message(session: AsyncSession, account_id: UUID, wamid: str) -> None:
    """Something that shows on the message changed: its copies are older from now on."""
    await session.execute(
        text("UPDATE messages SET version = version + 1 WHERE account_id = :account_id AND wamid = :wamid"),
        {"account_id": account_id, "wamid": wamid},
    )
