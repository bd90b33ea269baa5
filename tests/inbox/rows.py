"""Rows that tests begin with: a customer who wrote, with a ticket in a given state."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from inbox.contacts.models import Contact, ContactIdentity
from inbox.conversations.models import Conversation, Message
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.ids import new_id
from inbox.tickets.models import Ticket, TicketSegment
from tests.conftest import SeededAccount

_counter = iter(range(1, 1_000_000))


@dataclass(frozen=True)
class Talk:
    """A conversation with one ticket and the customer's first message."""

    conversation_id: UUID
    contact_id: UUID
    ticket_id: UUID
    message_id: UUID
    wamid: str


async def add_talk(
    database: Database,
    seed: SeededAccount,
    *,
    department: str = "vendas",
    state: str = "queued",
    assignee_id: UUID | None = None,
    name: str = "Maria Souza",
    at: datetime | None = None,
    window_expires_at: datetime | None = None,
    unread_count: int = 1,
    closed_at: datetime | None = None,
    wa_id: str | None = None,
) -> Talk:
    at = at or datetime.now(UTC)
    n = next(_counter)
    wa_id = wa_id or f"55119{n:08}"
    talk = Talk(new_id(), new_id(), new_id(), new_id(), f"wamid.{new_id().hex}")
    async with database.system(seed.account_id) as work:
        add = work.session.add
        add(
            Contact(
                account_id=seed.account_id,
                id=talk.contact_id,
                profile_name=name,
                wa_id=wa_id,
                created_at=at,
                updated_at=at,
            )
        )
        await work.session.flush()
        add(
            ContactIdentity(
                account_id=seed.account_id,
                kind="phone",
                value=wa_id,
                contact_id=talk.contact_id,
                created_at=at,
            )
        )
        add(
            Conversation(
                account_id=seed.account_id,
                id=talk.conversation_id,
                number_id=seed.number.id,
                contact_id=talk.contact_id,
                last_inbound_at=at,
                last_inbound_wamid=talk.wamid,
                window_expires_at=window_expires_at or at + timedelta(hours=24),
                last_message_at=at,
                created_at=at,
            )
        )
        await work.session.flush()
        await add_ticket(
            work,
            seed,
            talk.conversation_id,
            talk.contact_id,
            ticket_id=talk.ticket_id,
            department=department,
            state=state,
            assignee_id=assignee_id,
            at=at,
            unread_count=unread_count,
            closed_at=closed_at,
        )
        add(
            inbound(
                seed, talk.conversation_id, talk.ticket_id, "Oi, tudo bem?", at, talk.message_id, talk.wamid
            )
        )
    return talk


async def add_ticket(
    work: UnitOfWork,
    seed: SeededAccount,
    conversation_id: UUID,
    contact_id: UUID,
    *,
    ticket_id: UUID | None = None,
    department: str = "vendas",
    state: str = "queued",
    assignee_id: UUID | None = None,
    at: datetime,
    unread_count: int = 0,
    closed_at: datetime | None = None,
) -> Ticket:
    ticket = Ticket(
        account_id=seed.account_id,
        id=ticket_id or new_id(),
        conversation_id=conversation_id,
        number_id=seed.number.id,
        contact_id=contact_id,
        protocol=f"{at:%Y%m%d}{next(_counter):06}",
        state=state,
        department_id=seed.departments[department],
        assignee_id=assignee_id,
        unread_count=unread_count,
        last_message_at=at,
        waiting_since=None if closed_at else at,
        queued_at=at,
        accepted_at=at if assignee_id else None,
        closed_at=closed_at,
        closed_by="agent" if closed_at else None,
        created_at=at,
        updated_at=at,
    )
    work.session.add(ticket)
    await work.session.flush()
    work.session.add(
        TicketSegment(
            account_id=seed.account_id,
            id=new_id(),
            ticket_id=ticket.id,
            department_id=ticket.department_id,
            assignee_id=assignee_id,
            started_at=at,
            ended_at=closed_at,
        )
    )
    await work.session.flush()
    return ticket


def inbound(
    seed: SeededAccount,
    conversation_id: UUID,
    ticket_id: UUID | None,
    body: str,
    at: datetime,
    message_id: UUID | None = None,
    wamid: str | None = None,
    **values: Any,
) -> Message:
    return Message(
        account_id=seed.account_id,
        id=message_id or new_id(),
        conversation_id=conversation_id,
        ticket_id=ticket_id,
        direction="in",
        author_kind="contact",
        wamid=wamid or f"wamid.{new_id().hex}",
        kind="text",
        content={"body": body},
        status="received",
        at=at,
        created_at=at,
        **values,
    )
