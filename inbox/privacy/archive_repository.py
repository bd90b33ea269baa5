"""SQL of a contact's copy: everything that is kept about one person, messages in portions (prosa_system)."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.conversations.sealed_words import (
    RAW,
    REFERRAL,
    UNREADABLE_KIND,
    open_content,
    open_emoji,
)
from inbox.kernel.content_seal import KEYRING
from inbox.privacy.archive_views import (
    ArchivedConversation,
    ArchivedFile,
    ArchivedMessage,
    ArchivedStep,
    ArchivedTicket,
)

_TICKETS: Final = """
SELECT t.id, t.conversation_id, t.protocol, t.state, d.name AS department, coalesce(u.name, '') AS assignee, t.created_at,
       t.accepted_at, t.first_response_at, t.closed_at, t.closed_by, t.close_reason,
       coalesce((SELECT jsonb_agg(jsonb_build_object('type', e.type, 'by', coalesce(a.name, ''), 'at', e.at, 'data', e.data)
                                  ORDER BY e.at, e.id)
                 FROM ticket_events e LEFT JOIN users a ON a.id = e.actor_id
                 WHERE e.account_id = t.account_id AND e.ticket_id = t.id), '[]') AS steps
FROM conversations v
JOIN tickets t ON t.account_id = v.account_id AND t.conversation_id = v.id
JOIN departments d ON d.account_id = t.account_id AND d.id = t.department_id
LEFT JOIN users u ON u.id = t.assignee_id
WHERE v.account_id = :account_id AND v.contact_id = :contact_id ORDER BY t.created_at, t.id
"""

_CONVERSATIONS: Final = """
SELECT v.id, n.name AS number_name, n.display_phone_number, v.created_at, v.last_message_at
FROM conversations v JOIN phone_numbers n ON n.account_id = v.account_id AND n.id = v.number_id
WHERE v.account_id = :account_id AND v.contact_id = :contact_id ORDER BY v.created_at, v.id
"""

_MESSAGES: Final = """
SELECT m.id, m.wamid, m.at, m.direction, m.author_kind, coalesce(u.name, k.name, '') AS author, m.kind, m.content,
       m.context, m.referral, m.raw, m.status, m.error, m.edited_at, m.deleted_at, m.ticket_id,
       f.files, coalesce(r.reactions, '[]') AS reactions, coalesce(s.statuses, '[]') AS statuses,
       coalesce(o.versions, '[]') AS versions
FROM messages m
LEFT JOIN users u ON m.author_kind = 'user' AND u.id = m.author_id
LEFT JOIN api_keys k ON m.author_kind = 'api' AND k.account_id = m.account_id AND k.id = m.author_id
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('id', f.id, 'mime_type', f.mime_type, 'file_name', f.file_name, 'size', f.size,
                                        'sha256', f.sha256, 'storage_key', f.storage_key) ORDER BY f.id) AS files
    FROM media f WHERE f.account_id = m.account_id AND f.message_id = m.id
) f ON true
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('by', coalesce((SELECT w.name FROM users w WHERE w.id::text = r.reactor), r.reactor),
                                        'emoji', r.emoji, 'at', r.at) ORDER BY r.at, r.reactor) AS reactions
    FROM reactions r WHERE r.account_id = m.account_id AND r.target_wamid = m.wamid AND r.emoji <> ''
) r ON true
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('status', s.status, 'at', s.at) ORDER BY s.at, s.status) AS statuses
    FROM message_statuses s WHERE s.account_id = m.account_id AND s.wamid = m.wamid
) s ON true
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('kind', o.kind, 'content', o.content, 'replaced_at', o.replaced_at)
                     ORDER BY o.version) AS versions
    FROM message_versions o WHERE o.account_id = m.account_id AND o.message_id = m.id
) o ON true
WHERE m.account_id = :account_id AND m.conversation_id = :conversation_id {after}
ORDER BY m.at, m.id LIMIT :limit
"""


async def fetch_tickets(session: AsyncSession, account_id: UUID, contact_id: UUID) -> list[ArchivedTicket]:
    """Oldest first, with what happened to each."""
    result = await session.execute(text(_TICKETS), {"account_id": account_id, "contact_id": contact_id})
    return [
        ArchivedTicket(**{**row, "steps": [ArchivedStep.model_validate(step) for step in row["steps"]]})
        for row in result.mappings()
    ]


async def fetch_conversations(
    session: AsyncSession, account_id: UUID, contact_id: UUID
) -> list[ArchivedConversation]:
    """Without their messages."""
    result = await session.execute(text(_CONVERSATIONS), {"account_id": account_id, "contact_id": contact_id})
    return [ArchivedConversation(**row, messages=[]) for row in result.mappings()]


async def fetch_messages(
    session: AsyncSession, account_id: UUID, conversation_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[ArchivedMessage, list[dict[str, Any]]]]:  # fmt: skip
    """The next messages, oldest first, their files apart: whoever packs them says where they are (`id`, `storage_key`)."""
    values: dict[str, Any] = {"at": after[0], "after_id": after[1]} if after else {}
    statement = _MESSAGES.format(after="AND (m.at, m.id) > (:at, :after_id)" if after else "")
    result = await session.execute(
        text(statement),
        {"account_id": account_id, "conversation_id": conversation_id, "limit": limit, **values},
    )
    await KEYRING.load(session, [account_id])
    return [
        (ArchivedMessage.model_validate({**_opened(row), "files": []}), row["files"] or [])
        for row in result.mappings()
    ]


def _opened(row: RowMapping) -> dict[str, Any]:
    """In plain words: the copy is the person's own. What does not open says so."""
    id_ = row["id"]
    content = open_content(id_, row["content"])
    unreadable: dict[str, Any] = {"kind": UNREADABLE_KIND, "content": {}}
    versions = [{**v, "content": open_content(id_, v["content"])} for v in row["versions"]]
    reactions = [{**r, "emoji": open_emoji(row["wamid"], r["emoji"])} for r in row["reactions"]]
    return {
        **row,
        **(unreadable if content is None else {"content": content}),
        "referral": row["referral"] and KEYRING.open_object(row["referral"], REFERRAL, id_),
        "raw": row["raw"] and KEYRING.open_object(row["raw"], RAW, id_),
        "versions": [{**v, **unreadable} if v["content"] is None else v for v in versions],
        "reactions": [r for r in reactions if r["emoji"]],
    }


def archived_file(row: dict[str, Any], path: str | None) -> ArchivedFile:
    return ArchivedFile(
        path=path, mime_type=row["mime_type"], file_name=row["file_name"], size=row["size"], sha256=row["sha256"]
    )  # fmt: skip
