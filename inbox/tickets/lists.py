"""What people look for among tickets: the lists of the inbox, page by page, and what a search finds in them."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.accounts.repository import fetch_departments
from inbox.contacts.masking import mask_ticket
from inbox.contacts.search import is_too_short, search_conversations, search_patterns
from inbox.kernel.actor import Actor
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.permissions import Permission
from inbox.tickets.events import TicketView
from inbox.tickets.listing import (
    TicketCounts,
    TicketFilter,
    TicketList,
    count_open,
    list_ticket_views,
    newest_matches,
    sort_time,
)


class TicketPage(BaseModel):
    model_config = ConfigDict(extra="forbid")

    items: list[TicketView]
    next_cursor: tuple[datetime, UUID] | None
    """Where the next page begins; None at the end."""
    counts: TicketCounts


async def list_tickets(
    database: Database,
    actor: Actor,
    *,
    view: TicketList,
    department_id: UUID | None = None,
    unread: bool = False,
    q: str | None = None,
    cursor: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> TicketPage:
    """A page of a list, newest first, with the counts of all lists. `q`: name, phone or protocol number.

    Who sees telephone numbers masked finds by the whole number only: by parts of it they could be guessed digit by digit.
    """
    actor.require(Permission.INBOX)
    query = (q or "").strip()
    async with database.acting(actor) as work:
        seen = await _departments_of(work, actor)
        wanted = TicketFilter(
            view=view,
            user_id=actor.user_id,
            department_ids=[d for d in seen if department_id in (None, d)],
            narrowed=department_id is not None,
            unread=unread,
        )
        counts = await count_open(work.session, actor.account_id, actor.user_id, seen)
        if not query:
            items = await list_ticket_views(work.session, actor.account_id, wanted, cursor, limit + 1)
    if query:
        items = await _search(database, actor, wanted, query, cursor, limit + 1)
    more = len(items) > limit
    items = items[:limit]
    return TicketPage(
        items=[mask_ticket(actor, item) for item in items],
        next_cursor=(sort_time(view, items[-1]), items[-1].id) if more else None,
        counts=counts,
    )


async def _search(
    database: Database,
    actor: Actor,
    wanted: TicketFilter,
    query: str,
    cursor: tuple[datetime, UUID] | None,
    limit: int,
) -> list[TicketView]:
    """Whoever the index of contacts knows whole is found by it. Of names that more people bear than it gathers, and of what is too
    short for it, the newest tickets are compared first."""
    masked = actor.masks_phones
    async with database.system() as search:
        found = await search_conversations(search.session, actor.account_id, query, by_whole_phone=masked)
    conversation_ids = set(found.conversation_ids)
    if not found.is_whole:
        async with database.acting(actor) as work:
            newest = await newest_matches(
                work.session,
                actor.account_id,
                wanted,
                search_patterns(query),
                cursor,
                limit,
                names_only=masked,
            )
        if newest.is_whole or is_too_short(query):
            return newest.items
        conversation_ids.update(ticket.conversation_id for ticket in newest.items)
    wanted = replace(wanted, conversation_ids=sorted(conversation_ids), protocol=query)
    async with database.acting(actor) as work:
        return await list_ticket_views(work.session, actor.account_id, wanted, cursor, limit)


async def count_tickets(database: Database, actor: Actor) -> TicketCounts:
    actor.require(Permission.INBOX)
    async with database.acting(actor) as work:
        return await count_open(
            work.session, actor.account_id, actor.user_id, await _departments_of(work, actor)
        )


async def _departments_of(work: UnitOfWork, actor: Actor) -> list[UUID]:
    if not actor.sees_all_departments:
        return sorted(actor.department_ids)
    return [department.id for department in await fetch_departments(work.session, actor.account_id)]
