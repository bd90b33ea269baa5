"""SQL of mails. Inserting is anybody's who acts; everything else is prosa_system's."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    id: UUID
    recipient: str
    template: str
    locale: str
    data_sealed: bytes
    attempts: int
    """This one included."""


@dataclass(frozen=True, slots=True)
class MailHealth:
    waiting: int
    failed: int
    """Given up within the time that mails are kept."""
    oldest_waiting_at: datetime | None
    last_error: str | None


async def insert_mail(
    session: AsyncSession, *, mail_id: UUID, recipient: str, template: str, locale: str, data_sealed: bytes, at: datetime
) -> None:  # fmt: skip
    await session.execute(
        text(
            """INSERT INTO mails (id, recipient, template, locale, data_sealed, created_at, due_at)
            VALUES (:id, :recipient, :template, :locale, :data_sealed, :at, :at)"""
        ),
        {"id": mail_id, "recipient": recipient, "template": template, "locale": locale,
         "data_sealed": data_sealed, "at": at},
    )  # fmt: skip


async def claim_mail(
    session: AsyncSession, mail_id: UUID, at: datetime, claim_life: timedelta
) -> ClaimedMail | None:
    """None when it is sent, given up, not due yet, or being sent by somebody alive."""
    result = await session.execute(
        text(
            """UPDATE mails SET state = 'sending', claimed_at = :at, attempts = attempts + 1
            WHERE id = :id AND data_sealed IS NOT NULL
              AND ((state = 'queued' AND due_at <= :at) OR (state = 'sending' AND claimed_at < :dead_since))
            RETURNING id, recipient, template, locale, data_sealed, attempts"""
        ),
        {"id": mail_id, "at": at, "dead_since": at - claim_life},
    )
    row = result.one_or_none()
    return ClaimedMail(UUID(int=row.id.int), *row[1:]) if row is not None else None


async def mark_sent(session: AsyncSession, mail_id: UUID, at: datetime) -> None:
    await session.execute(
        text(
            """UPDATE mails SET state = 'sent', sent_at = :at, claimed_at = NULL, error = NULL, data_sealed = NULL
            WHERE id = :id AND state = 'sending'"""
        ),
        {"id": mail_id, "at": at},
    )


async def mark_retried(session: AsyncSession, mail_id: UUID, error: str, due_at: datetime) -> None:
    await session.execute(
        text(
            """UPDATE mails SET state = 'queued', due_at = :due_at, claimed_at = NULL, error = :error
            WHERE id = :id AND state = 'sending'"""
        ),
        {"id": mail_id, "error": error, "due_at": due_at},
    )


async def mark_failed(session: AsyncSession, mail_id: UUID, error: str) -> None:
    await session.execute(
        text(
            """UPDATE mails SET state = 'failed', claimed_at = NULL, error = :error, data_sealed = NULL
            WHERE id = :id AND state = 'sending'"""
        ),
        {"id": mail_id, "error": error},
    )


async def fetch_forgotten(
    session: AsyncSession, at: datetime, *, grace: timedelta, claim_life: timedelta, limit: int
) -> list[UUID]:
    """Mails that nobody is about to send: queued without a mail server, or left by a worker that died."""
    result = await session.execute(
        text(
            """SELECT id FROM mails WHERE (state = 'queued' AND due_at < :overdue_since)
                                    OR (state = 'sending' AND claimed_at < :dead_since)
            ORDER BY due_at LIMIT :limit"""
        ),
        {"overdue_since": at - grace, "dead_since": at - claim_life, "limit": limit},
    )
    return [UUID(int=found.int) for found in result.scalars()]


async def count_waiting(session: AsyncSession) -> int:
    result = await session.execute(text("SELECT count(*) FROM mails WHERE state IN ('queued', 'sending')"))
    count: int = result.scalar_one()
    return count


async def delete_finished(session: AsyncSession, before: datetime) -> int:
    result = await session.execute(
        text(
            """WITH gone AS (DELETE FROM mails WHERE state IN ('sent', 'failed') AND created_at < :before RETURNING 1)
            SELECT count(*) FROM gone"""
        ),
        {"before": before},
    )
    count: int = result.scalar_one()
    return count


async def fetch_health(session: AsyncSession) -> MailHealth:
    result = await session.execute(
        text(
            """SELECT count(*) FILTER (WHERE state IN ('queued', 'sending')), count(*) FILTER (WHERE state = 'failed'),
                   min(created_at) FILTER (WHERE state IN ('queued', 'sending')),
                   (array_agg(error ORDER BY created_at DESC) FILTER (WHERE error IS NOT NULL))[1]
            FROM mails"""
        )
    )
    return MailHealth(*result.one())
