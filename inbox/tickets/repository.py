"""SQL of tickets. Transitions are compare-and-set on (id, version, state); the lists are in `listing.py`."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inbox.contacts.repository import CONTACT_VIEW_COLUMNS, contact_view
from inbox.kernel.errors import Conflict
from inbox.kernel.ids import new_id
from inbox.kernel.rows import Row
from inbox.tickets.events import TicketPreview, TicketView
from inbox.tickets.models import Ticket, TicketEvent, TicketSegment

TICKET_VIEW_SELECT = f"""
SELECT t.id, t.conversation_id, t.number_id, t.protocol, t.state, t.department_id, t.assignee_id, t.priority,
       t.unread_count, t.preview, t.last_message_at, t.waiting_since, t.queued_at, t.accepted_at, t.first_response_at,
       t.closed_at, t.closed_by, t.close_reason, t.created_at, t.version,
       CASE WHEN t.closed_at IS NULL THEN v.window_expires_at END AS window_expires_at,
       {CONTACT_VIEW_COLUMNS}
FROM tickets t
JOIN conversations v ON v.account_id = t.account_id AND v.id = t.conversation_id
JOIN contacts c ON c.account_id = t.account_id AND c.id = t.contact_id
"""
"""Everything a TicketView shows; no parameters. Append `WHERE t.account_id = … AND …`. `ticket_view` reads its rows."""

PROTOCOL_SEQUENCE_DIGITS: Final = 6
"""AAAAMMDD and then the day's number: a million tickets a day before the number grows longer."""

NEXT_PROTOCOL_SQL = """
INSERT INTO protocol_counters AS p (account_id, day, number) VALUES (:account_id, :day, :count)
ON CONFLICT (account_id, day) DO UPDATE SET number = p.number + excluded.number
RETURNING number
"""
"""Takes `count` numbers of the account's day and answers the last of them. Gapless: a rollback gives them back."""


def ticket_view(row: Row) -> TicketView:
    """A row of TICKET_VIEW_SELECT, read by asyncpg or SQLAlchemy (jsonb as text or as objects)."""
    preview = row["preview"]
    return TicketView(
        id=row["id"],
        conversation_id=row["conversation_id"],
        number_id=row["number_id"],
        protocol=row["protocol"],
        state=row["state"],
        department_id=row["department_id"],
        assignee_id=row["assignee_id"],
        priority=row["priority"],
        unread_count=row["unread_count"],
        preview=TicketPreview.model_validate(orjson.loads(preview) if isinstance(preview, str) else preview),
        contact=contact_view(row),
        last_message_at=row["last_message_at"],
        waiting_since=row["waiting_since"],
        window_expires_at=row["window_expires_at"],
        queued_at=row["queued_at"],
        accepted_at=row["accepted_at"],
        first_response_at=row["first_response_at"],
        closed_at=row["closed_at"],
        closed_by=row["closed_by"],
        close_reason=row["close_reason"],
        created_at=row["created_at"],
        version=row["version"],
    )


def format_protocol(at: datetime, time_zone: str, number: int) -> str:
    """AAAAMMDD of the account's own day, then the day's number."""
    return f"{protocol_day(at, time_zone):%Y%m%d}{number:0{PROTOCOL_SEQUENCE_DIGITS}d}"


def protocol_day(at: datetime, time_zone: str) -> Any:
    return at.astimezone(ZoneInfo(time_zone)).date()


async def take_protocol(session: AsyncSession, account_id: UUID, at: datetime) -> str:
    """The next protocol number of the account's day. Holds the day's counter until COMMIT: take it late."""
    zone = await session.execute(
        text("SELECT time_zone FROM accounts WHERE account_id = :account_id"), {"account_id": account_id}
    )
    time_zone = zone.scalar_one()
    parameters = {"account_id": account_id, "day": protocol_day(at, time_zone), "count": 1}
    number = (await session.execute(text(NEXT_PROTOCOL_SQL), parameters)).scalar_one()
    return format_protocol(at, time_zone, number)


async def fetch_ticket_view(session: AsyncSession, account_id: UUID, ticket_id: UUID) -> TicketView | None:
    statement = text(f"{TICKET_VIEW_SELECT} WHERE t.account_id = :account_id AND t.id = :ticket_id")
    result = await session.execute(statement, {"account_id": account_id, "ticket_id": ticket_id})
    row = result.mappings().one_or_none()
    return ticket_view(row) if row is not None else None


async def list_conversation_tickets(
    session: AsyncSession, account_id: UUID, conversation_id: UUID, limit: int
) -> list[TicketView]:
    """Latest first."""
    statement = text(
        f"""{TICKET_VIEW_SELECT} WHERE t.account_id = :account_id AND t.conversation_id = :conversation_id
        ORDER BY t.created_at DESC, t.id DESC LIMIT :limit"""
    )
    result = await session.execute(
        statement, {"account_id": account_id, "conversation_id": conversation_id, "limit": limit}
    )
    return [ticket_view(row) for row in result.mappings()]


# ── transitions ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def lock_ticket(session: AsyncSession, account_id: UUID, ticket_id: UUID) -> Ticket | None:
    """The newest state, held until this transaction ends.

    With the lock a compare-and-set is never lost to a message that merely counted up `unread_count` meanwhile; it is
    lost only to another transition, and then the loser reads what happened.
    """
    result = await session.execute(
        select(Ticket)
        .where(col(Ticket.account_id) == account_id, col(Ticket.id) == ticket_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return result.scalar_one_or_none()


async def lock_open_tickets_of(session: AsyncSession, account_id: UUID, user_id: UUID) -> list[Ticket]:
    """All open tickets that this person has, in the order in which everybody locks several."""
    result = await session.execute(
        select(Ticket)
        .where(
            col(Ticket.account_id) == account_id,
            col(Ticket.assignee_id) == user_id,
            col(Ticket.closed_at).is_(None),
        )
        .order_by(col(Ticket.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(result.scalars())


async def lock_current_ticket(
    session: AsyncSession, account_id: UUID, conversation_id: UUID
) -> Ticket | None:
    """The open ticket of a conversation, else the newest."""
    result = await session.execute(
        select(Ticket)
        .where(col(Ticket.account_id) == account_id, col(Ticket.conversation_id) == conversation_id)
        .order_by(
            col(Ticket.closed_at).is_(None).desc(), col(Ticket.created_at).desc(), col(Ticket.id).desc()
        )
        .limit(1)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return result.scalar_one_or_none()


async def advance_ticket(session: AsyncSession, ticket: Ticket, at: datetime, **changes: Any) -> None:
    """Compare-and-set on (id, version, state). Raises Conflict when the ticket has moved on."""
    result = await session.execute(
        update(Ticket)
        .where(
            col(Ticket.account_id) == ticket.account_id,
            col(Ticket.id) == ticket.id,
            col(Ticket.version) == ticket.version,
            col(Ticket.state) == ticket.state,
        )
        .values(**changes, version=ticket.version + 1, updated_at=at)
        .returning(col(Ticket.version))
        .execution_options(synchronize_session=False)
    )
    if result.one_or_none() is None:
        raise Conflict(ticket_id=ticket.id)
    await session.refresh(ticket)


async def insert_ticket(session: AsyncSession, ticket: Ticket) -> None:
    """Raises IntegrityError when the conversation already has an open one (tickets_one_open)."""
    session.add(ticket)
    await session.flush()


async def switch_segment(session: AsyncSession, ticket: Ticket, at: datetime) -> None:
    """Ends the stretch that runs and, while the ticket is open, begins one with its department and assignee."""
    await session.execute(
        update(TicketSegment)
        .where(
            col(TicketSegment.account_id) == ticket.account_id,
            col(TicketSegment.ticket_id) == ticket.id,
            col(TicketSegment.ended_at).is_(None),
        )
        .values(ended_at=at)
    )
    if ticket.closed_at is None:
        session.add(
            TicketSegment(
                account_id=ticket.account_id,
                id=new_id(),
                ticket_id=ticket.id,
                department_id=ticket.department_id,
                assignee_id=ticket.assignee_id,
                started_at=at,
            )
        )


def add_ticket_event(
    session: AsyncSession,
    ticket: Ticket,
    type_: str,
    actor_id: UUID | None,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    session.add(
        TicketEvent(
            account_id=ticket.account_id,
            id=new_id(),
            ticket_id=ticket.id,
            type=type_,
            actor_id=actor_id,
            data=data or {},
            at=at,
        )
    )


async def fetch_user_name(session: AsyncSession, user_id: UUID) -> str:
    result = await session.execute(text("SELECT name FROM users WHERE id = :user_id"), {"user_id": user_id})
    return str(result.scalar_one_or_none() or "")


async def set_preview_status(
    session: AsyncSession, account_id: UUID, ticket_id: UUID, message_id: UUID, status: str
) -> bool:
    """Moves the ticks of a list row when its preview is this message; False when it shows another."""
    result = await session.execute(
        text(
            """UPDATE tickets SET preview = jsonb_set(preview, '{status}', to_jsonb(CAST(:status AS text))),
                   version = version + 1, updated_at = now()
            WHERE account_id = :account_id AND id = :ticket_id AND preview->>'message_id' = :message_id
            RETURNING id"""
        ),
        {"account_id": account_id, "ticket_id": ticket_id, "message_id": str(message_id), "status": status},
    )
    return result.one_or_none() is not None


async def bump_tickets_of_contact(session: AsyncSession, account_id: UUID, contact_id: UUID) -> list[UUID]:
    """What list rows show of the contact changed: all copies of them are older from now on. Answers the open ones.

    Closed ones too: whoever writes one with the contact as it was before has lost the race and reads again.
    """
    result = await session.execute(
        text(
            """WITH locked AS (
                SELECT t.id FROM conversations v
                JOIN tickets t ON t.account_id = v.account_id AND t.conversation_id = v.id
                WHERE v.account_id = :account_id AND v.contact_id = :contact_id ORDER BY t.id FOR NO KEY UPDATE OF t)
            UPDATE tickets t SET version = version + 1, updated_at = now() FROM locked
            WHERE t.account_id = :account_id AND t.id = locked.id RETURNING t.id, t.closed_at"""
        ),
        {"account_id": account_id, "contact_id": contact_id},
    )
    return sorted(row.id for row in result if row.closed_at is None)


async def show_outgoing(
    session: AsyncSession, ticket: Ticket, preview: TicketPreview, at: datetime, *, read: bool, answers: bool
) -> None:
    """Something is on its way to the customer: the row shows it. With `answers` nobody waits any more; what a program
    sends leaves those who wait for a person waiting."""
    changes: dict[str, Any] = {
        "preview": preview.model_dump(mode="json"),
        "last_message_at": max(ticket.last_message_at, at),
    }
    if answers:
        changes |= {"waiting_since": None, "first_response_at": ticket.first_response_at or at}
    if read:
        changes["unread_count"] = 0
    await advance_ticket(session, ticket, at, **changes)


async def clear_unread(
    session: AsyncSession, account_id: UUID, conversation_id: UUID, assignee_id: UUID, at: datetime
) -> UUID | None:
    """The assignee's open ticket that had unread messages and has none now; None when there was nothing to clear."""
    result = await session.execute(
        text(
            """UPDATE tickets SET unread_count = 0, version = version + 1, updated_at = :at
            WHERE account_id = :account_id AND conversation_id = :conversation_id AND assignee_id = :assignee_id
              AND closed_at IS NULL AND unread_count > 0
            RETURNING id"""
        ),
        {"account_id": account_id, "conversation_id": conversation_id, "assignee_id": assignee_id, "at": at},
    )
    ticket_id: UUID | None = result.scalar_one_or_none()
    return ticket_id


async def is_assignee(session: AsyncSession, account_id: UUID, conversation_id: UUID, user_id: UUID) -> bool:
    """Whether the conversation's open ticket is this person's."""
    result = await session.execute(
        text(
            """SELECT EXISTS (SELECT FROM tickets WHERE account_id = :account_id AND closed_at IS NULL
                AND conversation_id = :conversation_id AND assignee_id = :user_id)"""
        ),
        {"account_id": account_id, "conversation_id": conversation_id, "user_id": user_id},
    )
    return bool(result.scalar_one())
