"""/v1/tickets: the lists of the inbox, and what people do with a ticket."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from inbox.tickets import lists, service
from inbox.tickets.events import TicketView
from inbox.tickets.listing import TicketCounts, TicketList
from server.api.cursors import CursorText, PageLimit, read_cursor, write_cursor
from server.api.dependencies import CurrentActor, CurrentDatabase

router = APIRouter(prefix="/v1/tickets", tags=["tickets"])


class TicketListView(BaseModel):
    items: list[TicketView]
    next_cursor: str | None
    counts: TicketCounts


class TransferBody(BaseModel):
    """To a department's queue, or to a person of it."""

    model_config = ConfigDict(extra="forbid")

    department_id: UUID
    assignee_id: UUID | None = None
    note: str | None = Field(default=None, max_length=1000)


class CloseBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: str | None = Field(default=None, max_length=200)


@router.get("")
async def list_tickets(
    database: CurrentDatabase,
    actor: CurrentActor,
    view: TicketList = "mine",
    department_id: UUID | None = None,
    unread: bool = False,
    q: Annotated[str | None, Query(max_length=100)] = None,
    cursor: CursorText = None,
    limit: PageLimit = 50,
) -> TicketListView:
    """Newest first. `q` finds by name, phone or protocol number; under `all` it finds closed tickets too."""
    page = await lists.list_tickets(
        database,
        actor,
        view=view,
        department_id=department_id,
        unread=unread,
        q=q,
        cursor=read_cursor(cursor),
        limit=limit,
    )
    return TicketListView(items=page.items, next_cursor=write_cursor(page.next_cursor), counts=page.counts)


@router.get("/counts")
async def count_tickets(database: CurrentDatabase, actor: CurrentActor) -> TicketCounts:
    return await lists.count_tickets(database, actor)


@router.get("/{ticket_id}")
async def get_ticket(ticket_id: UUID, database: CurrentDatabase, actor: CurrentActor) -> TicketView:
    return await service.get_ticket(database, actor, ticket_id)


@router.post("/{ticket_id}/accept")
async def accept_ticket(ticket_id: UUID, database: CurrentDatabase, actor: CurrentActor) -> TicketView:
    return await service.accept_ticket(database, actor, ticket_id)


@router.post("/{ticket_id}/transfer")
async def transfer_ticket(
    ticket_id: UUID, body: TransferBody, database: CurrentDatabase, actor: CurrentActor
) -> TicketView:
    return await service.transfer_ticket(
        database,
        actor,
        ticket_id,
        department_id=body.department_id,
        assignee_id=body.assignee_id,
        note=body.note,
    )


@router.post("/{ticket_id}/return-to-queue")
async def return_ticket_to_queue(
    ticket_id: UUID, database: CurrentDatabase, actor: CurrentActor
) -> TicketView:
    return await service.return_ticket_to_queue(database, actor, ticket_id)


@router.post("/{ticket_id}/close")
async def close_ticket(
    ticket_id: UUID, body: CloseBody, database: CurrentDatabase, actor: CurrentActor
) -> TicketView:
    return await service.close_ticket(database, actor, ticket_id, reason=body.reason)


@router.post("/{ticket_id}/reopen")
async def reopen_ticket(ticket_id: UUID, database: CurrentDatabase, actor: CurrentActor) -> TicketView:
    return await service.reopen_ticket(database, actor, ticket_id)
