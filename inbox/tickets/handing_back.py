"""Tickets that go back to the queue of their department: one by choice, or all of somebody who leaves the inbox."""

from uuid import UUID

from inbox.kernel.database import UnitOfWork
from inbox.tickets import repository
from inbox.tickets.events import ticket_updated
from inbox.tickets.models import Ticket


async def hand_back(work: UnitOfWork, ticket: Ticket, data: dict[str, object], *, by: UUID | None) -> None:
    """The ticket is open and locked. Whoever was never answered keeps the place in the queue (FIELD, section 2: back to
    the head)."""
    now = work.now()
    left_assignee = ticket.assignee_id
    unanswered = ticket.first_response_at is None and ticket.queued_at is not None
    await repository.advance_ticket(
        work.session,
        ticket,
        now,
        state="queued",
        assignee_id=None,
        accepted_at=None,
        queued_at=ticket.queued_at if unanswered else now,
    )
    await repository.switch_segment(work.session, ticket, now)
    step = {"from_assignee_id": str(left_assignee) if left_assignee else None, **data}
    repository.add_ticket_event(work.session, ticket, "returned_to_queue", by, now, step)


async def return_tickets_of(
    work: UnitOfWork, account_id: UUID, user_id: UUID, *, by: UUID | None, reason: str
) -> int:
    """Gives back every open ticket of this person, with its events; answers how many.

    Their membership must be locked by the caller, so that they take no new one meanwhile. Works in `acting()` and in
    `system()`. `by`: who did it; None, the system. `reason`: member_removed, role_changed, member_disabled.
    """
    tickets = await repository.lock_open_tickets_of(work.session, account_id, user_id)
    for ticket in tickets:
        await hand_back(work, ticket, {"reason": reason}, by=by)
        view = await repository.fetch_ticket_view(work.session, account_id, ticket.id)
        assert view is not None
        work.record(ticket_updated(view), account_id)
    return len(tickets)
