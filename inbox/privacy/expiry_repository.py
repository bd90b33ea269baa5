"""SQL of retention: what has outlived its days, found through indexes and in portions.

Tickets are walked in the order of their closing, each once: tickets_closed_list holds them per department. A mark says how
far a kind has come, so a night's work is that day's tickets, however many lie before. Contacts have no such order; they are
walked round and round by id, so many a run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.accounts.policies import PrivacyPolicy
from inbox.whatsapp.payloads import MEDIA_KINDS

BEGINNING: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Mark:
    closed_until: datetime | None = None
    last_id: UUID = BEGINNING


@dataclass(frozen=True, slots=True)
class ClosedTicket:
    id: UUID
    conversation_id: UUID
    last_message_at: datetime
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class ExpiredFile:
    media_id: UUID
    message_id: UUID
    storage_key: str | None
    created_at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class QuietContact:
    """A contact, and since when nothing was said."""

    id: UUID
    quiet_since: datetime
    has_open_ticket: bool
    filled: list[str]
    """The fields that hold something, `username` and `profile_name` among them."""


async def fetch_policies(session: AsyncSession) -> list[tuple[UUID, PrivacyPolicy]]:
    """Of every account that has settled something (prosa_system)."""
    result = await session.execute(
        text("SELECT account_id, privacy FROM accounts WHERE privacy <> '{}' ORDER BY account_id")
    )
    return [(UUID(int=row[0].int), PrivacyPolicy.model_validate(row[1])) for row in result]


# ── how far it has come ─────────────────────────────────────────────────────────────────────────────────────────────


async def fetch_mark(session: AsyncSession, account_id: UUID, kind: str) -> Mark:
    result = await session.execute(
        text(
            "SELECT closed_until, last_id FROM retention_marks WHERE account_id = :account_id AND kind = :kind"
        ),
        {"account_id": account_id, "kind": kind},
    )
    row = result.one_or_none()
    return Mark(row[0], row[1] or BEGINNING) if row is not None else Mark()


async def move_mark(session: AsyncSession, account_id: UUID, kind: str, mark: Mark, at: datetime) -> None:
    await session.execute(
        text(
            """INSERT INTO retention_marks (account_id, kind, closed_until, last_id, updated_at)
            VALUES (:account_id, :kind, :closed_until, :last_id, :at)
            ON CONFLICT (account_id, kind) DO UPDATE SET closed_until = excluded.closed_until,
                last_id = excluded.last_id, updated_at = excluded.updated_at"""
        ),
        {"account_id": account_id, "kind": kind, "closed_until": mark.closed_until, "last_id": mark.last_id, "at": at},
    )  # fmt: skip


# ── tickets and what was said in them ───────────────────────────────────────────────────────────────────────────────

CLOSED_TICKETS: Final = """
SELECT t.id, t.conversation_id, t.last_message_at, t.closed_at
FROM (SELECT id FROM departments WHERE account_id = :account_id) d
CROSS JOIN LATERAL (
    SELECT t.id, t.conversation_id, t.last_message_at, t.closed_at FROM tickets t
    WHERE t.account_id = :account_id AND t.department_id = d.id AND t.closed_at IS NOT NULL
      AND (t.closed_at, t.id) > (:after, :after_id) AND t.closed_at <= :cutoff
    ORDER BY t.closed_at, t.id LIMIT :limit
) t
ORDER BY t.closed_at, t.id LIMIT :limit
"""

# 1970: before every ticket, and a time that every driver can write (-infinity is not).
_FIRST_DAY: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


async def fetch_closed_tickets(
    session: AsyncSession, account_id: UUID, mark: Mark, cutoff: datetime, limit: int
) -> list[ClosedTicket]:
    """Those closed after the mark and up to the cutoff, oldest closing first."""
    result = await session.execute(
        text(CLOSED_TICKETS),
        {"account_id": account_id, "after": mark.closed_until or _FIRST_DAY, "after_id": mark.last_id,
         "cutoff": cutoff, "limit": limit},
    )  # fmt: skip
    return [ClosedTicket(*row) for row in result]


# Said within the ticket or before it; a message that a newer, open ticket counts as its own stays.
_OF_TICKET: Final = """
m.account_id = :account_id AND m.conversation_id = :conversation_id AND m.at <= :until
AND NOT EXISTS (SELECT FROM tickets o WHERE o.account_id = m.account_id AND o.id = m.ticket_id AND o.closed_at IS NULL)
"""

EXPIRED_MESSAGES: Final = f"""
SELECT m.id, m.wamid FROM messages m WHERE {_OF_TICKET} AND m.kind <> 'erased' ORDER BY m.at, m.id LIMIT :limit
"""

EXPIRED_FILES: Final = f"""
SELECT f.id, m.id, f.storage_key, f.created_at, coalesce(f.size, 0) FROM messages m
JOIN media f ON f.account_id = m.account_id AND f.message_id = m.id
WHERE {_OF_TICKET} AND m.kind = ANY(:kinds) AND (f.storage_key IS NOT NULL OR f.meta_media_id IS NOT NULL)
ORDER BY m.at, m.id LIMIT :limit
"""


async def fetch_expired_messages(
    session: AsyncSession, account_id: UUID, ticket: ClosedTicket, limit: int
) -> list[tuple[UUID, str | None]]:
    """Ids and wamids."""
    result = await session.execute(
        text(EXPIRED_MESSAGES),
        {"account_id": account_id, "conversation_id": ticket.conversation_id, "until": ticket.last_message_at,
         "limit": limit},
    )  # fmt: skip
    return [(row[0], row[1]) for row in result]


async def fetch_expired_files(
    session: AsyncSession, account_id: UUID, ticket: ClosedTicket, limit: int
) -> list[ExpiredFile]:
    result = await session.execute(
        text(EXPIRED_FILES),
        {"account_id": account_id, "conversation_id": ticket.conversation_id, "until": ticket.last_message_at,
         "kinds": sorted(MEDIA_KINDS), "limit": limit},
    )  # fmt: skip
    return [ExpiredFile(*row) for row in result]


async def close_files(session: AsyncSession, account_id: UUID, media_ids: Sequence[UUID], error: str) -> None:
    """Nobody fetches them any more; their bytes may go."""
    await session.execute(
        text(
            """UPDATE media SET state = 'failed', error = CAST(CAST(:error AS text) AS jsonb), meta_media_id = NULL
            WHERE account_id = :account_id AND id = ANY(:ids)"""
        ),
        {"account_id": account_id, "ids": list(media_ids), "error": error},
    )


async def forget_files(
    session: AsyncSession, account_id: UUID, files: Sequence[ExpiredFile], message_error: str
) -> None:
    """Their bytes are gone. Received messages say why they show none."""
    await session.execute(
        text(
            """UPDATE media SET storage_key = NULL, sha256 = NULL, file_name = NULL
            WHERE account_id = :account_id AND id = ANY(:ids)"""
        ),
        {"account_id": account_id, "ids": [file.media_id for file in files]},
    )
    await session.execute(
        text(
            """UPDATE messages SET error = CAST(CAST(:error AS text) AS jsonb), version = version + 1
            WHERE account_id = :account_id AND id = ANY(:ids) AND direction = 'in'"""
        ),
        {"account_id": account_id, "ids": [file.message_id for file in files], "error": message_error},
    )


async def blank_preview(session: AsyncSession, account_id: UUID, ticket_id: UUID, preview: str) -> None:
    await session.execute(
        text(
            """UPDATE tickets SET preview = CAST(CAST(:preview AS text) AS jsonb), version = version + 1, updated_at = now()
            WHERE account_id = :account_id AND id = :id AND closed_at IS NOT NULL"""
        ),
        {"account_id": account_id, "id": ticket_id, "preview": preview},
    )


# ── contacts ────────────────────────────────────────────────────────────────────────────────────────────────────────

QUIET_CONTACTS: Final = """
SELECT c.id, coalesce(v.last_message_at, c.created_at), coalesce(v.has_open, false),
       ARRAY(SELECT jsonb_object_keys(c.fields))
       || CASE WHEN c.username IS NULL THEN ARRAY[]::text[] ELSE ARRAY['username'] END
       || CASE WHEN c.profile_name = '' THEN ARRAY[]::text[] ELSE ARRAY['profile_name'] END
FROM contacts c
LEFT JOIN LATERAL (
    SELECT max(v.last_message_at) AS last_message_at,
           bool_or(EXISTS (SELECT FROM tickets t WHERE t.account_id = v.account_id AND t.conversation_id = v.id
                           AND t.closed_at IS NULL)) AS has_open
    FROM conversations v WHERE v.account_id = c.account_id AND v.contact_id = c.id
) v ON true
WHERE c.account_id = :account_id AND c.id > :after AND c.erased_at IS NULL
ORDER BY c.id LIMIT :limit
"""


async def fetch_contacts_after(
    session: AsyncSession, account_id: UUID, after: UUID, limit: int
) -> list[QuietContact]:
    """The next ones by id, which is the order in which they first wrote (UUIDv7)."""
    result = await session.execute(
        text(QUIET_CONTACTS), {"account_id": account_id, "after": after, "limit": limit}
    )
    return [QuietContact(*row) for row in result]


async def empty_fields(
    session: AsyncSession, account_id: UUID, contact_id: UUID, fields: Sequence[str], at: datetime
) -> None:
    await session.execute(
        text(
            """UPDATE contacts SET fields = fields - CAST(:fields AS text[]),
                   username = CASE WHEN 'username' = ANY(:fields) THEN NULL ELSE username END,
                   profile_name = CASE WHEN 'profile_name' = ANY(:fields) THEN '' ELSE profile_name END,
                   version = version + 1, updated_at = :at
            WHERE account_id = :account_id AND id = :id"""
        ),
        {"account_id": account_id, "id": contact_id, "fields": list(fields), "at": at},
    )


# ── what nobody will ask for again ──────────────────────────────────────────────────────────────────────────────────


async def forget_orphans(session: AsyncSession, since: datetime, until: datetime) -> dict[str, int]:
    """Statuses and reactions of that age whose message is not there: erased, or never ours (prosa_system)."""
    statuses = await session.execute(
        text(
            """DELETE FROM message_statuses s WHERE s.received_at >= :since AND s.received_at < :until
              AND s.wamid NOT LIKE 'erased:%'
              AND NOT EXISTS (SELECT FROM messages m WHERE m.account_id = s.account_id AND m.wamid = s.wamid)
            RETURNING 1"""
        ),
        {"since": since, "until": until},
    )
    reactions = await session.execute(
        text(
            """DELETE FROM reactions r WHERE r.at >= :since AND r.at < :until
              AND NOT EXISTS (SELECT FROM messages m WHERE m.account_id = r.account_id AND m.wamid = r.target_wamid)
            RETURNING 1"""
        ),
        {"since": since, "until": until},
    )
    return {"statuses": len(statuses.all()), "reactions": len(reactions.all())}


# ── counting beforehand ─────────────────────────────────────────────────────────────────────────────────────────────

_COUNTED: Final = f"""
WITH closed AS ({CLOSED_TICKETS}), reach AS (
    SELECT conversation_id, max(last_message_at) AS until FROM closed GROUP BY conversation_id
)
"""

_COUNT_MESSAGES: Final = f"""{_COUNTED}
SELECT (SELECT count(*) FROM closed), count(m.id) FROM reach
JOIN messages m ON m.account_id = :account_id AND m.conversation_id = reach.conversation_id AND m.at <= reach.until
    AND m.kind <> 'erased'
"""

_COUNT_FILES: Final = f"""{_COUNTED}
SELECT (SELECT count(*) FROM closed), count(f.id), coalesce(sum(f.size), 0) FROM reach
JOIN messages m ON m.account_id = :account_id AND m.conversation_id = reach.conversation_id AND m.at <= reach.until
    AND m.kind = ANY(:kinds)
JOIN media f ON f.account_id = m.account_id AND f.message_id = m.id AND f.storage_key IS NOT NULL
"""


async def count_messages(
    session: AsyncSession, account_id: UUID, mark: Mark, cutoff: datetime, limit: int
) -> tuple[int, int]:
    """Tickets (at most `limit`) and their messages."""
    result = await session.execute(text(_COUNT_MESSAGES), _reach(account_id, mark, cutoff, limit))
    tickets, messages = result.one()
    return tickets, messages


async def count_files(
    session: AsyncSession, account_id: UUID, mark: Mark, cutoff: datetime, limit: int
) -> tuple[int, int, int]:
    """Tickets (at most `limit`), their files, and the bytes of these."""
    values = {**_reach(account_id, mark, cutoff, limit), "kinds": sorted(MEDIA_KINDS)}
    tickets, files, size = (await session.execute(text(_COUNT_FILES), values)).one()
    return tickets, files, int(size)


def _reach(account_id: UUID, mark: Mark, cutoff: datetime, limit: int) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "after": mark.closed_until or _FIRST_DAY,
        "after_id": mark.last_id,
        "cutoff": cutoff,
        "limit": limit,
    }
