"""What people do with tickets.

Invariants (FIELD, section 2): at most one open ticket per conversation; every transition is a compare-and-set on
(id, version, state), a row of ticket_events, a switch of segments and a log event, in one transaction; of two who accept
at once exactly one wins, and the other reads who did.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from inbox.accounts.repository import hold_membership, is_member_of_department
from inbox.contacts.masking import mask_ticket
from inbox.conversations.repository import ConversationRow
from inbox.kernel.actor import Actor, ActorKind
from inbox.kernel.audience import department_room, user_room
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Forbidden, Invalid, NotFound
from inbox.kernel.ids import new_id
from inbox.kernel.permissions import Permission
from inbox.numbers.repository import fetch_routing
from inbox.tickets import repository
from inbox.tickets.errors import AlreadyAccepted, TicketClosed, TicketOpen
from inbox.tickets.events import ClosedBy, TicketView, ticket_removed, ticket_updated
from inbox.tickets.handing_back import hand_back
from inbox.tickets.models import Ticket

# States in which nobody answers yet: whoever accepts or writes first gets the ticket.
_UNASSIGNED = frozenset({"bot", "queued", "offered"})
# Ends that a person can undo; a merged or discarded ticket lives on elsewhere or not at all.
_REOPENABLE = frozenset({"closed", "abandoned", "expired"})


async def get_ticket(database: Database, actor: Actor, ticket_id: UUID) -> TicketView:
    actor.require(Permission.INBOX)
    async with database.acting(actor) as work:
        view = await repository.fetch_ticket_view(work.session, actor.account_id, ticket_id)
        if view is None or not _may_see(actor, view):
            raise NotFound(ticket_id=ticket_id)
        return mask_ticket(actor, view)


async def accept_ticket(database: Database, actor: Actor, ticket_id: UUID) -> TicketView:
    """Takes a ticket from the queue or the bot. Raises AlreadyAccepted when somebody else has it, TicketClosed."""
    async with database.acting(actor) as work:
        await _hold_taker(work, actor)
        ticket = await access_ticket(work, actor, ticket_id)
        if ticket.closed_at is not None:
            raise TicketClosed(ticket_id=ticket_id)
        if ticket.assignee_id not in (None, actor.user_id):
            raise await _already_accepted(work, ticket)
        if ticket.state in _UNASSIGNED:
            await _assign(work, actor, ticket, "accepted")
        return await _record_update(work, actor, ticket)


async def transfer_ticket(
    database: Database,
    actor: Actor,
    ticket_id: UUID,
    *,
    department_id: UUID,
    assignee_id: UUID | None = None,
    note: str | None = None,
) -> TicketView:
    """To a department's queue, or to one of its people. Raises Invalid for a department or person that is not there."""
    actor.require(Permission.INBOX)
    async with database.acting(actor) as work:
        # Before the ticket: people are locked before tickets, everywhere.
        takes_it = await is_member_of_department(work.session, actor.account_id, department_id, assignee_id)
        ticket = await access_ticket(work, actor, ticket_id)
        _check_may_steer(actor, ticket)
        if not takes_it:
            raise Invalid("no such department, or not one of its people", department_id=department_id)
        left_department, left_assignee = ticket.department_id, ticket.assignee_id
        now = work.now()
        await repository.advance_ticket(
            work.session,
            ticket,
            now,
            department_id=department_id,
            assignee_id=assignee_id,
            state="queued" if assignee_id is None else "active",
            queued_at=now if assignee_id is None else ticket.queued_at,
            accepted_at=None if assignee_id is None else now,
        )
        data = {
            "from_department_id": str(left_department),
            "from_assignee_id": _text(left_assignee),
            "department_id": str(department_id),
            "assignee_id": _text(assignee_id),
            "note": note,
        }
        await _log_step(work, actor, ticket, "transferred", data)
        return await _record_update(work, actor, ticket, left=(left_department, left_assignee))


async def return_ticket_to_queue(database: Database, actor: Actor, ticket_id: UUID) -> TicketView:
    """Gives a ticket back to its department. Idempotent."""
    async with database.acting(actor) as work:
        ticket = await access_ticket(work, actor, ticket_id)
        _check_may_steer(actor, ticket)
        if ticket.state == "queued" and ticket.assignee_id is None:
            return mask_ticket(actor, await _view(work, ticket))
        left = (ticket.department_id, ticket.assignee_id)
        await hand_back(work, ticket, {}, by=actor.user_id)
        return await _record_update(work, actor, ticket, left=left)


async def close_ticket(
    database: Database, actor: Actor, ticket_id: UUID, *, reason: str | None = None
) -> TicketView:
    """Ends the episode. Idempotent: a ticket that is closed stays as it was closed."""
    async with database.acting(actor) as work:
        ticket = await access_ticket(work, actor, ticket_id)
        if ticket.closed_at is not None:
            return mask_ticket(actor, await _view(work, ticket))
        _check_may_steer(actor, ticket)
        now = work.now()
        await repository.advance_ticket(
            work.session,
            ticket,
            now,
            state="closed",
            closed_at=now,
            closed_by=_closer(actor, ticket),
            close_reason=reason,
            waiting_since=None,
            unread_count=0,
        )
        await _log_step(work, actor, ticket, "closed", {"reason": reason})
        return await _record_update(work, actor, ticket)


async def reopen_ticket(database: Database, actor: Actor, ticket_id: UUID) -> TicketView:
    """Goes on with a closed ticket, for whoever reopens it. Raises TicketOpen when the conversation has a newer one."""
    async with database.acting(actor) as work:
        await _hold_taker(work, actor)
        ticket = await access_ticket(work, actor, ticket_id)
        if ticket.closed_at is not None:
            await _reopen(work, actor, ticket)
        elif ticket.assignee_id != actor.user_id:
            raise TicketOpen(ticket_id=ticket_id)
        return await _record_update(work, actor, ticket)


# ── within another unit of work ─────────────────────────────────────────────────────────────────────────────────────


async def access_ticket(work: UnitOfWork, actor: Actor, ticket_id: UUID) -> Ticket:
    """The ticket, locked until the transaction ends. Raises NotFound also for one that the actor may not see, Forbidden
    for who does not work in the inbox."""
    actor.require(Permission.INBOX)
    ticket = await repository.lock_ticket(work.session, actor.account_id, ticket_id)
    if ticket is None or not _may_see(actor, ticket):
        raise NotFound(ticket_id=ticket_id)
    return ticket


async def claim_ticket_to_write(
    work: UnitOfWork, actor: Actor, conversation: ConversationRow
) -> Ticket | None:
    """The ticket that the actor's next message belongs to.

    Their own goes on; one that waits becomes theirs; who supervises writes into anybody's; without an open one the last
    is reopened if it is young enough, else a new one begins. A program takes no tickets: it writes into the open one as
    it is, and without one into none. The conversation must be locked. Raises AlreadyAccepted, Forbidden for a ticket
    that waits in a department of others.
    """
    if actor.kind is ActorKind.API_KEY:
        return await _open_ticket_of(work, actor, conversation.id)
    await _hold_taker(work, actor)
    ticket = await repository.lock_current_ticket(work.session, actor.account_id, conversation.id)
    if ticket is not None and ticket.closed_at is None:
        return await _claim_open(work, actor, ticket)
    now = work.now()
    routing = await fetch_routing(work.session, actor.account_id, conversation.number_id)
    if (
        ticket is not None
        and ticket.closed_at is not None
        and ticket.state in _REOPENABLE
        and now - ticket.closed_at <= timedelta(hours=routing.reopen_within_hours)
        and actor.may_see_department(ticket.department_id)
    ):
        await _reopen(work, actor, ticket)
        return ticket
    wanted = (
        [routing.default_department_id]
        if ticket is None
        else [ticket.department_id, routing.default_department_id]
    )
    return await _open_new(work, actor, conversation, wanted)


async def _open_ticket_of(work: UnitOfWork, actor: Actor, conversation_id: UUID) -> Ticket | None:
    ticket = await check_may_write(work, actor, conversation_id)
    if ticket is None or ticket.closed_at is not None:
        return None
    if not actor.may_see_department(ticket.department_id):
        raise Forbidden("this ticket is in another department", ticket_id=ticket.id)
    return ticket


async def check_may_write(work: UnitOfWork, actor: Actor, conversation_id: UUID) -> Ticket | None:
    """The conversation's current ticket, unchanged. Raises AlreadyAccepted when it is somebody else's."""
    ticket = await repository.lock_current_ticket(work.session, actor.account_id, conversation_id)
    if ticket is not None and ticket.closed_at is None:
        await _check_not_of_others(work, actor, ticket)
    return ticket


async def _claim_open(work: UnitOfWork, actor: Actor, ticket: Ticket) -> Ticket:
    await _check_not_of_others(work, actor, ticket)
    if ticket.assignee_id is None:
        if not actor.may_see_department(ticket.department_id):
            raise Forbidden("this ticket waits in another department", ticket_id=ticket.id)
        await _assign(work, actor, ticket, "accepted")
    elif ticket.assignee_id == actor.user_id and ticket.state in _UNASSIGNED:
        await _assign(work, actor, ticket, "accepted")
    return ticket


async def _check_not_of_others(work: UnitOfWork, actor: Actor, ticket: Ticket) -> None:
    if ticket.assignee_id in (None, actor.user_id) or actor.may(Permission.TICKETS_SUPERVISE):
        return
    # A program answers beside whoever has the ticket, as the confirmations of an order do.
    if actor.kind is not ActorKind.API_KEY:
        raise await _already_accepted(work, ticket)


async def _open_new(
    work: UnitOfWork, actor: Actor, conversation: ConversationRow, wanted_departments: list[UUID]
) -> Ticket:
    own = sorted(actor.department_ids)
    visible = [d for d in wanted_departments if actor.may_see_department(d)]
    now = work.now()
    ticket = Ticket(
        account_id=actor.account_id,
        id=new_id(),
        conversation_id=conversation.id,
        number_id=conversation.number_id,
        contact_id=conversation.contact_id,
        protocol=await repository.take_protocol(work.session, actor.account_id, now),
        state="active",
        department_id=(visible or own or wanted_departments)[0],
        assignee_id=actor.user_id,
        last_message_at=now,
        accepted_at=now,
        created_at=now,
        updated_at=now,
    )
    await repository.insert_ticket(work.session, ticket)
    await _log_step(work, actor, ticket, "opened", {"by": "agent"})
    return ticket


async def _assign(work: UnitOfWork, actor: Actor, ticket: Ticket, step: str) -> None:
    now = work.now()
    await repository.advance_ticket(
        work.session, ticket, now, state="active", assignee_id=actor.user_id, accepted_at=now
    )
    await _log_step(work, actor, ticket, step, {"assignee_id": str(actor.user_id)})


async def _reopen(work: UnitOfWork, actor: Actor, ticket: Ticket) -> None:
    if ticket.state not in _REOPENABLE:
        raise TicketClosed("a merged or discarded ticket cannot be reopened", ticket_id=ticket.id)
    now = work.now()
    try:
        async with work.session.begin_nested():
            await repository.advance_ticket(
                work.session,
                ticket,
                now,
                state="active",
                assignee_id=actor.user_id,
                accepted_at=now,
                closed_at=None,
                closed_by=None,
                close_reason=None,
            )
    except IntegrityError as error:
        raise TicketOpen(conversation_id=ticket.conversation_id) from error
    await _log_step(work, actor, ticket, "reopened", {"assignee_id": str(actor.user_id)})


async def _log_step(
    work: UnitOfWork, actor: Actor, ticket: Ticket, step: str, data: Mapping[str, object]
) -> None:
    at = work.now()
    await repository.switch_segment(work.session, ticket, at)
    repository.add_ticket_event(work.session, ticket, step, actor.user_id, at, dict(data))


async def _record_update(
    work: UnitOfWork, actor: Actor, ticket: Ticket, *, left: tuple[UUID, UUID | None] | None = None
) -> TicketView:
    """Logs the new state; that it is gone comes first, to those who may have lost sight of it: the department that it left,
    and whoever had it, for their ticket may stand in a department that is not theirs any more."""
    view = await _view(work, ticket)
    if left is not None and left != (view.department_id, view.assignee_id):
        department_id, assignee_id = left
        audience = [department_room(department_id)] if department_id != view.department_id else []
        if assignee_id is not None:
            audience.append(user_room(assignee_id))
        if audience:
            work.record(ticket_removed(view, audience))
    work.record(ticket_updated(view))
    return mask_ticket(actor, view)


async def _view(work: UnitOfWork, ticket: Ticket) -> TicketView:
    view = await repository.fetch_ticket_view(work.session, ticket.account_id, ticket.id)
    assert view is not None
    return view


async def _already_accepted(work: UnitOfWork, ticket: Ticket) -> AlreadyAccepted:
    assert ticket.assignee_id is not None
    name = await repository.fetch_user_name(work.session, ticket.assignee_id)
    return AlreadyAccepted(ticket_id=ticket.id, assignee_id=ticket.assignee_id, assignee_name=name)


def _check_may_steer(actor: Actor, ticket: Ticket) -> None:
    """Who has a ticket decides on it, and so does who supervises; one that nobody has is anybody's of the department."""
    if ticket.closed_at is not None:
        raise TicketClosed(ticket_id=ticket.id)
    if ticket.assignee_id not in (None, actor.user_id) and not actor.may(Permission.TICKETS_SUPERVISE):
        raise Forbidden("this ticket is somebody else's", ticket_id=ticket.id)


def _closer(actor: Actor, ticket: Ticket) -> ClosedBy:
    """As what the actor closes: reports tell apart who ended their own work and who ended another's."""
    if actor.kind is ActorKind.API_KEY:
        return "system"
    return "agent" if ticket.assignee_id in (None, actor.user_id) else "supervisor"


async def _hold_taker(work: UnitOfWork, actor: Actor) -> None:
    """Only people take tickets; whoever is being removed meanwhile takes none. First thing in a transaction."""
    actor.require(Permission.INBOX)
    if actor.kind is ActorKind.API_KEY:
        raise Forbidden("a program takes no tickets")
    if not await hold_membership(work.session, actor.account_id, actor.user_id):
        raise Forbidden("no longer in this account")


def _may_see(actor: Actor, ticket: Ticket | TicketView) -> bool:
    return actor.may_see_department(ticket.department_id) or ticket.assignee_id == actor.user_id


def _text(value: UUID | datetime | None) -> str | None:
    return str(value) if value is not None else None
