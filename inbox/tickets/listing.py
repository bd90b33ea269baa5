"""The lists of the inbox: SQL that stays as fast at millions of tickets as at thousands.

Every page is read from the head of an ordered partial index (tickets_open_list, tickets_mine_list,
tickets_closed_list), one index scan per department, merged; the cursor is the last row's place, so nothing is counted or
skipped. `mine`, `queue`, `bot` and `all` show open tickets by their last message, `closed` by when they were closed. A
search looks at the conversations whose contact matches, and under `all` at closed tickets too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.tickets.events import TicketView
from inbox.tickets.repository import TICKET_VIEW_SELECT, ticket_view

TicketList = Literal["mine", "queue", "bot", "closed", "all"]


class TicketCounts(BaseModel):
    """Of open tickets that the asker may see. Closed ones are not counted: there are too many, and nobody asks."""

    model_config = ConfigDict(extra="forbid")

    mine: int
    mine_unread: int
    queue: int
    bot: int
    all: int


@dataclass(frozen=True, slots=True)
class TicketFilter:
    view: TicketList
    user_id: UUID
    department_ids: Sequence[UUID]
    """Those that the asker may see, narrowed to what they asked for."""
    narrowed: bool = False
    """They asked for one department: tickets of others do not show, though they be the asker's own."""
    unread: bool = False
    conversation_ids: Sequence[UUID] | None = None
    """The result of a search; None without one."""
    protocol: str | None = None
    """What was searched for, when it may be a protocol number."""


_STATES: dict[TicketList, str] = {
    "mine": "AND t.state <> 'bot'",
    "queue": "AND t.state IN ('queued', 'offered')",
    "bot": "AND t.state = 'bot'",
    "closed": "",
    "all": "",
}


async def list_ticket_views(
    session: AsyncSession,
    account_id: UUID,
    wanted: TicketFilter,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[TicketView]:
    parameters: dict[str, Any] = {
        "account_id": account_id,
        "user_id": wanted.user_id,
        "department_ids": list(wanted.department_ids),
        "limit": limit,
    }
    if before:
        parameters |= {"at": before[0], "id": before[1]}
    if wanted.conversation_ids is not None:
        parameters |= {"conversation_ids": list(wanted.conversation_ids), "protocol": wanted.protocol}
        page = _searched_page(wanted, bool(before))
    elif wanted.view == "mine":
        page = f"SELECT own.id, own.sort_at FROM ({_own_page(wanted, bool(before))}) own"
    else:
        page = _department_pages(wanted, bool(before))
        if wanted.view == "all" and not wanted.narrowed:
            page += f" UNION ({_own_page(wanted, bool(before))})"
    statement = f"""
        WITH page AS ({page} ORDER BY sort_at DESC, id DESC LIMIT :limit)
        {TICKET_VIEW_SELECT} JOIN page ON page.id = t.id
        WHERE t.account_id = :account_id ORDER BY page.sort_at DESC, t.id DESC"""
    result = await session.execute(text(statement), parameters)
    return [ticket_view(row) for row in result.mappings()]


def sort_time(view: TicketList, ticket: TicketView) -> datetime:
    """Where a ticket stands in a list: the first half of the cursor."""
    return ticket.closed_at if view == "closed" and ticket.closed_at else ticket.last_message_at


def _department_pages(wanted: TicketFilter, older: bool) -> str:
    column, open_ = (
        ("closed_at", "IS NOT NULL") if wanted.view == "closed" else ("last_message_at", "IS NULL")
    )
    return f"""
        SELECT own.id, own.sort_at FROM unnest(CAST(:department_ids AS uuid[])) AS department (id)
        CROSS JOIN LATERAL (
            SELECT t.id, t.{column} AS sort_at FROM tickets t
            WHERE t.account_id = :account_id AND t.department_id = department.id AND t.closed_at {open_}
              {_conditions(wanted, column, older)}
            ORDER BY t.{column} DESC, t.id DESC LIMIT :limit
        ) own"""


def _own_page(wanted: TicketFilter, older: bool) -> str:
    department = "AND t.department_id = ANY(:department_ids)" if wanted.narrowed else ""
    return f"""
        SELECT t.id, t.last_message_at AS sort_at FROM tickets t
        WHERE t.account_id = :account_id AND t.assignee_id = :user_id AND t.closed_at IS NULL {department}
          {_conditions(wanted, "last_message_at", older)}
        ORDER BY t.last_message_at DESC, t.id DESC LIMIT :limit"""


def _searched_page(wanted: TicketFilter, older: bool) -> str:
    column = "closed_at" if wanted.view == "closed" else "last_message_at"
    closed = {"closed": "AND t.closed_at IS NOT NULL", "all": ""}.get(wanted.view, "AND t.closed_at IS NULL")
    seen = "t.department_id = ANY(:department_ids)"
    if wanted.view == "mine":
        seen = "t.assignee_id = :user_id" + (f" AND {seen}" if wanted.narrowed else "")
    elif not wanted.narrowed:
        seen = f"({seen} OR t.assignee_id = :user_id)"
    rest = f"AND {seen} {closed} {_conditions(wanted, column, older)}"
    return f"""
        SELECT t.id, t.{column} AS sort_at FROM tickets t
        WHERE t.account_id = :account_id AND t.conversation_id = ANY(:conversation_ids) {rest}
        UNION
        SELECT t.id, t.{column} AS sort_at FROM tickets t
        WHERE t.account_id = :account_id AND t.protocol = :protocol {rest}"""


def _conditions(wanted: TicketFilter, column: str, older: bool) -> str:
    unread = "AND t.unread_count > 0" if wanted.unread else ""
    return f"{_STATES[wanted.view]} {unread} {f'AND (t.{column}, t.id) < (:at, :id)' if older else ''}"


async def count_open(
    session: AsyncSession, account_id: UUID, user_id: UUID, department_ids: Sequence[UUID]
) -> TicketCounts:
    """Reads the open tickets of the departments through the partial indexes; closed ones cost nothing."""
    result = await session.execute(
        text(
            """SELECT count(*) FILTER (WHERE t.assignee_id = :user_id AND t.state <> 'bot') AS mine,
                   count(*) FILTER (WHERE t.assignee_id = :user_id AND t.state <> 'bot' AND t.unread_count > 0)
                       AS mine_unread,
                   count(*) FILTER (WHERE t.state IN ('queued', 'offered')) AS queue,
                   count(*) FILTER (WHERE t.state = 'bot') AS bot,
                   count(*) AS "all"
            FROM tickets t WHERE t.account_id = :account_id AND t.closed_at IS NULL
              AND (t.department_id = ANY(:department_ids) OR t.assignee_id = :user_id)"""
        ),
        {"account_id": account_id, "user_id": user_id, "department_ids": list(department_ids)},
    )
    return TicketCounts(**result.mappings().one())
