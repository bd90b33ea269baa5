"""SQL of erasing one person, outside conversations: consents, exports, what Meta told, and the event log (prosa_system)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.kernel.content_seal import SEALED_BODY_PREFIX
from inbox.privacy.trace_repository import run


async def blank_consents(session: AsyncSession, account_id: UUID, contact_id: UUID) -> int:
    """That and when something was allowed or refused stays, for an internal id; what was said does not."""
    return await run(
        session,
        """UPDATE consents SET evidence = ''
        WHERE account_id = :account_id AND contact_id = :contact_id AND evidence <> ''""",
        account_id=account_id,
        contact_id=contact_id,
    )


async def close_exports(
    session: AsyncSession, account_id: UUID, contact_id: UUID
) -> list[tuple[UUID, str | None]]:
    """The contact's exports: over, whatever they were. Ids and files."""
    result = await session.execute(
        text(
            """UPDATE exports SET state = CASE WHEN state = 'pending' THEN 'failed' ELSE 'expired' END,
                   error = CASE WHEN state = 'pending' THEN 'contact_erased' ELSE error END, file_name = ''
            WHERE account_id = :account_id AND kind = 'contact' AND subject_id = :contact_id
              AND (state IN ('pending', 'ready') OR storage_key IS NOT NULL)
            RETURNING id, storage_key"""
        ),
        {"account_id": account_id, "contact_id": contact_id},
    )
    return [(row[0], row[1]) for row in result]


async def forget_export_files(session: AsyncSession, account_id: UUID, export_ids: Sequence[UUID]) -> None:
    await run(
        session,
        "UPDATE exports SET storage_key = NULL WHERE account_id = :account_id AND id = ANY(:ids)",
        account_id=account_id,
        ids=list(export_ids),
    )


@dataclass(frozen=True, slots=True)
class ParkedWebhook:
    id: UUID
    item: str | None
    body: bytes


async def fetch_parked(
    session: AsyncSession, account_id: UUID, needles: Sequence[bytes], after: UUID, limit: int
) -> list[ParkedWebhook]:
    """Parked webhooks that name one of the needles (as they stand in JSON), by id; and all that are sealed, for the
    database cannot look into them: whoever opens them looks."""
    result = await session.execute(
        text(
            """SELECT id, item::text, body FROM dead_webhooks
            WHERE account_id = :account_id AND id > :after AND (
                substring(body FROM 1 FOR length(CAST(:sealed AS bytea))) = CAST(:sealed AS bytea) OR EXISTS (
                SELECT FROM unnest(CAST(:needles AS bytea[])) AS n (needle)
                WHERE position(n.needle IN body) > 0 OR position(n.needle IN convert_to(item::text, 'UTF8')) > 0))
            ORDER BY id LIMIT :limit"""
        ),
        {
            "account_id": account_id,
            "needles": list(needles),
            "after": after,
            "limit": limit,
            "sealed": SEALED_BODY_PREFIX,
        },
    )
    return [ParkedWebhook(UUID(int=row[0].int), *row[1:]) for row in result]


async def remove_parked(session: AsyncSession, account_id: UUID, id_: UUID) -> None:
    await run(
        session, "DELETE FROM dead_webhooks WHERE account_id = :account_id AND id = :id", account_id=account_id, id=id_
    )  # fmt: skip


async def replace_parked_body(session: AsyncSession, account_id: UUID, id_: UUID, body: bytes) -> None:
    await run(
        session,
        "UPDATE dead_webhooks SET body = :body WHERE account_id = :account_id AND id = :id",
        account_id=account_id,
        id=id_,
        body=body,
    )


async def remove_number_updates(session: AsyncSession, account_id: UUID, needles: Sequence[bytes]) -> int:
    """Meta's notices that name the person (preferences, changes of ids)."""
    return await run(
        session,
        """DELETE FROM number_updates WHERE account_id = :account_id AND EXISTS (
            SELECT FROM unnest(CAST(:needles AS bytea[])) AS n (needle)
            WHERE position(n.needle IN convert_to(value::text, 'UTF8')) > 0)""",
        account_id=account_id,
        needles=list(needles),
    )


# ── the event log ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class TracedEvent:
    seq: int
    at: datetime
    type: str
    payload: dict[str, Any]


async def fetch_log_end(session: AsyncSession, account_id: UUID) -> int:
    result = await session.execute(
        text("SELECT seq FROM event_counters WHERE account_id = :account_id"), {"account_id": account_id}
    )
    return int(result.scalar_one())


async def fetch_log_start(session: AsyncSession, account_id: UUID, since: datetime) -> int | None:
    """The first seq that the log still has; days before `since` are not looked at."""
    result = await session.execute(
        text("SELECT min(seq) FROM events WHERE account_id = :account_id AND at >= :since"),
        {"account_id": account_id, "since": since},
    )
    first: int | None = result.scalar_one_or_none()
    return first


async def fetch_events(
    session: AsyncSession, account_id: UUID, ids: Sequence[UUID], first: int, last: int, since: datetime
) -> list[TracedEvent]:
    """Those of a stretch of the log whose payload names one of the ids.

    The log has no index on what is in it (every message would pay for it), so a stretch is read through its primary key
    and each payload looked at: 20,000 events in about 0.1 s (Postgres 18, 2026-11).
    """
    result = await session.execute(
        text(
            """SELECT seq, at, type, payload FROM events
            WHERE account_id = :account_id AND seq BETWEEN :first AND :last AND at >= :since
              AND payload::text LIKE ANY(:patterns) ORDER BY seq"""
        ),
        {"account_id": account_id, "first": first, "last": last, "since": since,
         "patterns": [f"%{id_}%" for id_ in ids]},
    )  # fmt: skip
    return [TracedEvent(*row) for row in result]


async def replace_events(session: AsyncSession, account_id: UUID, events: Sequence[TracedEvent]) -> None:
    await run(
        session,
        """UPDATE events e SET payload = CAST(p.payload AS jsonb)
        FROM unnest(CAST(:seqs AS bigint[]), CAST(:times AS timestamptz[]), CAST(:payloads AS text[])) AS p (seq, at, payload)
        WHERE e.account_id = :account_id AND e.seq = p.seq AND e.at = p.at""",
        account_id=account_id,
        seqs=[event.seq for event in events],
        times=[event.at for event in events],
        payloads=[orjson.dumps(event.payload).decode() for event in events],
    )
