"""SQL of erasing one person: every place where a trace of a contact lies. All of it as prosa_system.

A test walks the catalogue and searches every text, json and bytea column after an erasure: whoever adds a column that
names customers hears of it there, and adds it here.

Locks: conversations, then tickets, then messages, as ingest and senders take them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CursorResult, text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.kernel.ids import new_id
from inbox.privacy.stubs import ERASED_PREVIEW, erased_wamid

Counts = dict[str, int]


async def run(session: AsyncSession, statement: str, **values: Any) -> int:
    """How many rows it changed."""
    result = await session.execute(text(statement), values)
    assert isinstance(result, CursorResult)
    return result.rowcount


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def lock_conversations(session: AsyncSession, account_id: UUID, contact_id: UUID) -> list[UUID]:
    """The contact's conversations, held until COMMIT: whoever writes into one has finished or waits."""
    result = await session.execute(
        text(
            """SELECT id FROM conversations WHERE account_id = :account_id AND contact_id = :contact_id
            ORDER BY id FOR UPDATE"""
        ),
        {"account_id": account_id, "contact_id": contact_id},
    )
    return [UUID(int=id_.int) for id_ in result.scalars()]


async def take_names(session: AsyncSession, account_id: UUID, contact_id: UUID, at: datetime) -> Counts:
    """From here on nobody finds the contact by a number or an id, and nothing can be sent to them."""
    identities = await run(
        session,
        "DELETE FROM contact_identities WHERE account_id = :account_id AND contact_id = :contact_id",
        account_id=account_id,
        contact_id=contact_id,
    )
    contacts = await run(
        session,
        """UPDATE contacts SET name = '', profile_name = '', username = NULL, wa_id = NULL, bsuid = NULL, fields = '{}',
               tags = '{}', erased_at = coalesce(erased_at, :at), updated_at = :at, version = version + 1
        WHERE account_id = :account_id AND id = :contact_id
          AND (erased_at IS NULL OR name <> '' OR profile_name <> '' OR username IS NOT NULL OR wa_id IS NOT NULL
               OR bsuid IS NOT NULL OR fields <> '{}' OR tags <> '{}')""",
        account_id=account_id,
        contact_id=contact_id,
        at=at,
    )
    conversations = await run(
        session,
        """UPDATE conversations SET last_inbound_wamid = NULL, window_expires_at = NULL
        WHERE account_id = :account_id AND contact_id = :contact_id
          AND (last_inbound_wamid IS NOT NULL OR window_expires_at IS NOT NULL)""",
        account_id=account_id,
        contact_id=contact_id,
    )
    return {"identities": identities, "contact_fields": contacts, "conversations": conversations}


async def now_in_database(session: AsyncSession) -> datetime:
    at: datetime = (await session.execute(text("SELECT clock_timestamp()"))).scalar_one()
    return at


async def count_older_transactions(session: AsyncSession, at: datetime) -> int:
    """Of our own role (ingest, outbox, jobs) in this database, begun before: they may still write what they read then."""
    result = await session.execute(
        text(
            """SELECT count(*) FROM pg_stat_activity
            WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid() AND xact_start < :at"""
        ),
        {"at": at},
    )
    return int(result.scalar_one())


# ── the queue ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def cancel_outbox(session: AsyncSession, account_id: UUID, conversation_ids: Sequence[UUID]) -> int:
    """Takes back what has not begun to leave."""
    return await run(
        session,
        """DELETE FROM outbox WHERE account_id = :account_id AND conversation_id = ANY(:ids) AND state = 'queued'""",
        account_id=account_id,
        ids=list(conversation_ids),
    )


async def count_sending(session: AsyncSession, account_id: UUID, conversation_ids: Sequence[UUID]) -> int:
    result = await session.execute(
        text("SELECT count(*) FROM outbox WHERE account_id = :account_id AND conversation_id = ANY(:ids)"),
        {"account_id": account_id, "ids": list(conversation_ids)},
    )
    return int(result.scalar_one())


# ── tickets ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def close_tickets(
    session: AsyncSession, account_id: UUID, conversation_ids: Sequence[UUID], at: datetime
) -> list[UUID]:
    """Ends those that are open; answers which."""
    result = await session.execute(
        text(
            """UPDATE tickets SET state = 'discarded', closed_at = :at, closed_by = 'system', close_reason = 'contact_erased',
                   waiting_since = NULL, unread_count = 0, version = version + 1, updated_at = :at
            WHERE account_id = :account_id AND conversation_id = ANY(:ids) AND closed_at IS NULL RETURNING id"""
        ),
        {"account_id": account_id, "ids": list(conversation_ids), "at": at},
    )
    closed = [UUID(int=id_.int) for id_ in result.scalars()]
    if closed:
        await session.execute(
            text(
                """UPDATE ticket_segments SET ended_at = :at
                WHERE account_id = :account_id AND ticket_id = ANY(:ids) AND ended_at IS NULL"""
            ),
            {"account_id": account_id, "ids": closed, "at": at},
        )
        await session.execute(
            text(
                """INSERT INTO ticket_events (account_id, id, ticket_id, type, data, at)
                VALUES (:account_id, :id, :ticket_id, 'closed', '{"reason": "contact_erased"}', :at)"""
            ),
            [{"account_id": account_id, "id": new_id(), "ticket_id": id_, "at": at} for id_ in closed],
        )
    return closed


async def blank_tickets(
    session: AsyncSession, account_id: UUID, conversation_ids: Sequence[UUID], at: datetime
) -> int:
    """Previews, and what people wrote: notes and reasons. Times, states and protocol numbers stay."""
    blanked = await run(
        session,
        """UPDATE tickets SET preview = CAST(CAST(:preview AS text) AS jsonb),
               close_reason = CASE WHEN close_reason = 'contact_erased' THEN close_reason END,
               version = version + 1, updated_at = :at
        WHERE account_id = :account_id AND conversation_id = ANY(:ids)
          AND (preview <> CAST(CAST(:preview AS text) AS jsonb) OR close_reason <> 'contact_erased')""",
        account_id=account_id,
        ids=list(conversation_ids),
        preview=ERASED_PREVIEW,
        at=at,
    )
    await run(
        session,
        """UPDATE ticket_events e SET data = (e.data - 'note') - 'reason'
        FROM tickets t WHERE t.account_id = :account_id AND t.conversation_id = ANY(:ids)
          AND e.account_id = t.account_id AND e.ticket_id = t.id
          AND (e.data ? 'note' OR e.data->>'reason' <> 'contact_erased')""",
        account_id=account_id,
        ids=list(conversation_ids),
    )
    return blanked


# ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class TracedFile:
    id: UUID
    storage_key: str | None
    created_at: datetime


async def fetch_messages(
    session: AsyncSession, account_id: UUID, conversation_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[UUID, str | None, datetime]]:  # fmt: skip
    """Id, wamid and time of the next messages that still say something, oldest first."""
    newer = "AND (at, id) > (:at, :id)" if after else ""
    values: dict[str, Any] = {"at": after[0], "id": after[1]} if after else {}
    result = await session.execute(
        text(
            f"""SELECT id, wamid, at FROM messages
            WHERE account_id = :account_id AND conversation_id = :conversation_id AND kind <> 'erased' {newer}
            ORDER BY at, id LIMIT :limit"""
        ),
        {"account_id": account_id, "conversation_id": conversation_id, "limit": limit, **values},
    )
    return [(UUID(int=row[0].int), row[1], row[2]) for row in result]


async def close_files(
    session: AsyncSession, account_id: UUID, message_ids: Sequence[UUID]
) -> list[TracedFile]:
    """The files of these messages: nobody fetches or sends them any more, so their bytes may go."""
    result = await session.execute(
        text(
            """UPDATE media SET state = 'failed', error = NULL, meta_media_id = NULL, file_name = NULL, sha256 = NULL
            WHERE account_id = :account_id AND message_id = ANY(:ids) RETURNING id, storage_key, created_at"""
        ),
        {"account_id": account_id, "ids": list(message_ids)},
    )
    return [TracedFile(*row) for row in result]


async def forget_files(session: AsyncSession, account_id: UUID, file_ids: Sequence[UUID]) -> int:
    return await run(
        session,
        "DELETE FROM media WHERE account_id = :account_id AND id = ANY(:ids)",
        account_id=account_id,
        ids=list(file_ids),
    )


BLANK_MESSAGES: Final = """
UPDATE messages m SET kind = 'erased', content = '{}', context = NULL, referral = NULL, raw = NULL, error = NULL,
       wamid = CASE WHEN :anonymous THEN p.erased_wamid ELSE m.wamid END,
       status = CASE WHEN m.status IN ('queued', 'sending', 'unconfirmed') THEN 'failed' ELSE m.status END,
       deleted_at = coalesce(m.deleted_at, :at), version = m.version + 1
FROM unnest(CAST(:ids AS uuid[]), CAST(:erased_wamids AS text[])) AS p (id, erased_wamid)
WHERE m.account_id = :account_id AND m.id = p.id AND m.kind <> 'erased'
"""


async def blank_messages(
    session: AsyncSession, account_id: UUID, messages: Sequence[tuple[UUID, str | None]], at: datetime, *, anonymous: bool
) -> Counts:  # fmt: skip
    """Leaves of messages (id, wamid) that they were there, when, and how they fared. `anonymous`: without Meta's id too,
    which holds the phone number; for retention it stays, so that late webhooks still find the message."""
    ids = [id_ for id_, _ in messages]
    named = [(id_, wamid) for id_, wamid in messages if wamid is not None]
    wamids = [wamid for _, wamid in named]
    counts: Counts = {}
    counts["message_versions"] = await run(
        session,
        "DELETE FROM message_versions WHERE account_id = :account_id AND message_id = ANY(:ids)",
        account_id=account_id,
        ids=ids,
    )
    counts["reactions"] = await run(
        session,
        "DELETE FROM reactions WHERE account_id = :account_id AND target_wamid = ANY(:wamids)",
        account_id=account_id,
        wamids=wamids,
    )
    if anonymous:
        counts |= await _blank_statuses(session, account_id, named)
    counts["messages"] = await run(
        session,
        BLANK_MESSAGES,
        account_id=account_id,
        ids=ids,
        erased_wamids=[erased_wamid(id_) for id_ in ids],
        at=at,
        anonymous=anonymous,
    )
    return counts


async def _blank_statuses(
    session: AsyncSession, account_id: UUID, named: Sequence[tuple[UUID, str]]
) -> Counts:
    """When a message was sent, delivered and read, and what it cost, stays; to whom does not."""
    wamids = [wamid for _, wamid in named]
    await run(
        session,
        """DELETE FROM message_statuses WHERE account_id = :account_id AND wamid = ANY(:wamids) AND recipient <> ''""",
        account_id=account_id,
        wamids=wamids,
    )
    statuses = await run(
        session,
        """UPDATE message_statuses s SET wamid = p.erased, errors = NULL, callback = NULL
        FROM unnest(CAST(:wamids AS text[]), CAST(:erased AS text[])) AS p (wamid, erased)
        WHERE s.account_id = :account_id AND s.wamid = p.wamid""",
        account_id=account_id,
        wamids=wamids,
        erased=[erased_wamid(id_) for id_, _ in named],
    )
    jobs = await run(
        session,
        """DELETE FROM procrastinate_jobs
        WHERE task_name LIKE 'whatsapp.%' AND status <> 'doing' AND args->>'wamid' = ANY(:wamids)""",
        wamids=wamids,
    )
    return {"statuses": statuses, "jobs": jobs}


async def count_left(session: AsyncSession, account_id: UUID, contact_id: UUID) -> int:
    """What would still tell of the person: messages, identities, open tickets, queued messages."""
    result = await session.execute(
        text(
            """WITH talk AS (
                SELECT id FROM conversations WHERE account_id = :account_id AND contact_id = :contact_id
            )
            SELECT (SELECT count(*) FROM messages m JOIN talk ON m.conversation_id = talk.id
                    WHERE m.account_id = :account_id AND m.kind <> 'erased')
                 + (SELECT count(*) FROM contact_identities
                    WHERE account_id = :account_id AND contact_id = :contact_id)
                 + (SELECT count(*) FROM tickets t JOIN talk ON t.conversation_id = talk.id
                    WHERE t.account_id = :account_id AND t.closed_at IS NULL)
                 + (SELECT count(*) FROM outbox o JOIN talk ON o.conversation_id = talk.id
                    WHERE o.account_id = :account_id)"""
        ),
        {"account_id": account_id, "contact_id": contact_id},
    )
    return int(result.scalar_one())


async def fetch_rooms(
    session: AsyncSession, account_id: UUID, conversation_ids: Sequence[UUID]
) -> tuple[list[UUID], list[UUID]]:
    """Departments and people that have had a ticket of these conversations."""
    result = await session.execute(
        text(
            """SELECT DISTINCT department_id, assignee_id FROM tickets
            WHERE account_id = :account_id AND conversation_id = ANY(:ids)"""
        ),
        {"account_id": account_id, "ids": list(conversation_ids)},
    )
    rows = result.all()
    return sorted({row[0] for row in rows}), sorted({row[1] for row in rows if row[1] is not None})
