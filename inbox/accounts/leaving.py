"""Somebody leaves the inbox: by a role that has no part in it, out of the account, or disabled; and comes back."""

from uuid import UUID

from inbox.accounts.events import member_removed, member_updated
from inbox.accounts.repository import fetch_member, update_availability
from inbox.kernel.database import UnitOfWork
from inbox.tickets.handing_back import return_tickets_of


async def leave_inbox(
    work: UnitOfWork, account_id: UUID, user_id: UUID, *, by: UUID | None, reason: str
) -> int:
    """Gives back their open tickets, and nobody is sent to them any more; answers how many tickets.

    Their membership must be locked by the caller. Works in `acting()` and in `system()`. `by`: who did it; None, the
    system.
    """
    await update_availability(work.session, account_id, user_id, "offline", None, work.now())
    return await return_tickets_of(work, account_id, user_id, by=by, reason=reason)


async def step_out(work: UnitOfWork, account_id: UUID, user_id: UUID) -> None:
    """They were disabled: their tickets go back, and screens show them no more. The membership must be locked."""
    await leave_inbox(work, account_id, user_id, by=None, reason="member_disabled")
    work.record(member_removed(user_id), account_id)


async def step_in(work: UnitOfWork, account_id: UUID, user_id: UUID) -> None:
    """They were enabled again: screens show them."""
    member = await fetch_member(work.session, account_id, user_id)
    if member is not None:
        work.record(member_updated(member), account_id)
