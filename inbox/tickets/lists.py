"""What people look for among tickets: the lists of the inbox, page by page, and what a search finds in them."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inbox.accounts.repository import fetch_departments
from inbox.contacts.masking import mask_ticket
from inbox.contacts.search import (
    FoundConversations,
    is_too_short,
    search_conversations,
    search_patterns,
)
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
    # Before the transaction that reads: it has another role, and one is not held while another is waited for.
    found = await _search(database, actor, query) if query else None
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
        if found is None:
            items = await list_ticket_views(work.session, actor.account_id, wanted, cursor, limit + 1)
        else:
            items = await _list_found(work, actor, wanted, query, found, cursor, limit + 1)
    more = len(items) > limit
    items = items[:limit]
    return TicketPage(
        items=[mask_ticket(actor, item) for item in items],
        next_cursor=(sort_time(view, items[-1]), items[-1].id) if more else None,
        counts=counts,
    )


async def _search(database: Database, actor: Actor, query: str) -> FoundConversations:
    async with database.system() as search:
        return await search_conversations(
            search.session, actor.account_id, query, by_whole_phone=actor.masks_phones
        )


async def _list_found(
    work: UnitOfWork,
    actor: Actor,
    wanted: TicketFilter,
    query: str,
    found: FoundConversations,
    cursor: tuple[datetime, UUID] | None,
    limit: int,
) -> list[TicketView]:
    """Of names that more people bear than the index gathers, and of what is too short for it, the newest tickets are compared
    first."""
    conversation_ids = set(found.conversation_ids)
    if not found.is_whole:
        newest = await newest_matches(
            work.session,
            actor.account_id,
            wanted,
            search_patterns(query),
            cursor,
            limit,
            names_only=actor.masks_phones,
        )
        if newest.is_whole or is_too_short(query):
            return newest.items
        conversation_ids.update(ticket.conversation_id for ticket in newest.items)
    wanted = replace(wanted, conversation_ids=sorted(conversation_ids), protocol=query)
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
