"""The lists of the inbox: SQL that stays as fast at millions of tickets as at thousands.

Every page is read from the head of an ordered partial index (tickets_open_by_state, tickets_mine_list,
tickets_closed_list), one index scan per department and state, merged; the cursor is the last row's place, so nothing is
skipped over, and counting stops at what a badge can show. `mine`, `queue`, `bot` and `all` show open tickets by their last
message, `closed` by when they were closed. A search looks at the conversations whose contact matches, and under `all` at
closed tickets too; `newest_matches` finds frequent names without asking for all who bear them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.contacts.search import CONTACT_MATCHES, NAME_MATCHES
from inbox.tickets.events import TicketView
from inbox.tickets.repository import TICKET_VIEW_SELECT, ticket_view

TicketList = Literal["mine", "queue", "bot", "closed", "all"]

COUNTS_STOP_AT: Final = 1_000
"""A tab shows at most "999+"."""

# How many of the newest tickets are compared with a name before the index of all contacts is asked: about 5 ms.
_LOOKED_AT = 2_500
_LEAST_OF_A_LIST = 40


class TicketCounts(BaseModel):
    """Of open tickets that the asker may see; 1000 means 1000 or more. Closed ones are not counted: there are too many, and
    nobody asks."""

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


_STATES: Final[dict[TicketList, tuple[str, ...]]] = {
    "queue": ("queued", "offered"),
    "bot": ("bot",),
    "all": ("bot", "queued", "offered", "active", "on_hold", "waiting_customer", "wrap_up"),
}
"""Of the lists of open tickets by department."""


async def list_ticket_views(
    session: AsyncSession,
    account_id: UUID,
    wanted: TicketFilter,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[TicketView]:
    parameters = _parameters(account_id, wanted, before, limit)
    if wanted.conversation_ids is not None:
        parameters |= {"conversation_ids": list(wanted.conversation_ids), "protocol": wanted.protocol}
        page = _searched_page(wanted, bool(before))
    else:
        page = " UNION ".join(
            f"SELECT part.id, part.sort_at FROM ({part}) part" for part in _parts(wanted, bool(before))
        )
    statement = f"""
        WITH page AS ({page} ORDER BY sort_at DESC, id DESC LIMIT :limit)
        {TICKET_VIEW_SELECT} JOIN page ON page.id = t.id
        WHERE t.account_id = :account_id ORDER BY page.sort_at DESC, t.id DESC"""
    result = await session.execute(text(statement), parameters)
    return [ticket_view(row) for row in result.mappings()]


def sort_time(view: TicketList, ticket: TicketView) -> datetime:
    """Where a ticket stands in a list: the first half of the cursor."""
    return ticket.closed_at if view == "closed" and ticket.closed_at else ticket.last_message_at


@dataclass(frozen=True, slots=True)
class NewestMatches:
    items: list[TicketView]
    is_whole: bool
    """Nothing that belongs on this page can be missing."""


async def newest_matches(
    session: AsyncSession,
    account_id: UUID,
    wanted: TicketFilter,
    patterns: Sequence[str],
    before: tuple[datetime, UUID] | None,
    limit: int,
    *,
    names_only: bool,
) -> NewestMatches:
    """Compares the newest tickets of the list, in its own order, with LIKE patterns that all must match.

    A name that many bear fills a page from a few hundred of them, where an index of names would have to gather
    everybody of that name first (a million contacts, "Maria": 1.2 s; Postgres 18, 2026-11). Every list has an edge down to
    which it was looked at; below the highest edge something may be missing, so only what is above it is taken.
    """
    parts = _parts(wanted, bool(before), order_column=True)
    if wanted.view == "all":
        parts.append(_closed_part(wanted, order_column=True))
    branches = len(wanted.department_ids) * (len(_STATES.get(wanted.view, ())) + 1) + 1
    looked_at = max(_LEAST_OF_A_LIST, _LOOKED_AT // branches)
    older = "AND (l.sort_at, l.id) < (:at, :id)" if before else ""
    unread = "AND l.unread_count > 0" if wanted.unread else ""
    looked = " UNION ALL ".join(f"SELECT * FROM ({part}) part" for part in parts)
    result = await session.execute(
        text(
            f"""WITH looked AS MATERIALIZED ({looked}),
            edge AS MATERIALIZED (SELECT max(order_at) AS at FROM looked WHERE place = :limit),
            found AS (
                SELECT DISTINCT l.id, l.sort_at FROM looked l
                JOIN contacts c ON c.account_id = :account_id AND c.id = l.contact_id
                WHERE {NAME_MATCHES if names_only else CONTACT_MATCHES} {older} {unread}
                  AND l.sort_at >= coalesce((SELECT at FROM edge), '-infinity')
                ORDER BY l.sort_at DESC, l.id DESC LIMIT :page)
            SELECT (SELECT at FROM edge) IS NULL AS is_all, found.id
            FROM (SELECT) one LEFT JOIN found ON true ORDER BY found.sort_at DESC, found.id DESC"""
        ),
        {**_parameters(account_id, wanted, before, looked_at), "patterns": list(patterns), "page": limit},
    )
    rows = result.all()
    ids = [row.id for row in rows if row.id is not None]
    items = await _fetch_views(session, account_id, ids) if ids else []
    return NewestMatches(items, rows[0].is_all or len(ids) == limit)


async def _fetch_views(session: AsyncSession, account_id: UUID, ids: Sequence[UUID]) -> list[TicketView]:
    result = await session.execute(
        text(
            f"""{TICKET_VIEW_SELECT} WHERE t.account_id = :account_id AND t.id = ANY(:ids)
            ORDER BY array_position(CAST(:ids AS uuid[]), t.id)"""
        ),
        {"account_id": account_id, "ids": list(ids)},
    )
    return [ticket_view(row) for row in result.mappings()]


def _parameters(
    account_id: UUID, wanted: TicketFilter, before: tuple[datetime, UUID] | None, limit: int
) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "account_id": account_id,
        "user_id": wanted.user_id,
        "department_ids": list(wanted.department_ids),
        "limit": limit,
    }
    if wanted.view in _STATES and wanted.conversation_ids is None:
        parameters["states"] = list(_STATES[wanted.view])
    return parameters | ({"at": before[0], "id": before[1]} if before else {})


def _parts(wanted: TicketFilter, older: bool, *, order_column: bool = False) -> list[str]:
    """The index scans that a list is merged from, each newest first and limited. With `order_column` they give what
    `newest_matches` needs, too."""
    if wanted.view == "mine":
        return [_own_part(wanted, older, order_column)]
    if wanted.view == "closed":
        return [_closed_part(wanted, older=older, order_column=order_column)]
    parts = [_open_part(wanted, older, order_column)]
    if wanted.view == "all" and not wanted.narrowed:
        parts.append(_own_part(wanted, older, order_column))
    return parts


def _open_part(wanted: TicketFilter, older: bool, order_column: bool) -> str:
    return f"""
        SELECT listed.* FROM unnest(CAST(:department_ids AS uuid[])) AS department (id)
        CROSS JOIN unnest(CAST(:states AS text[])) AS state (name)
        CROSS JOIN LATERAL (
            SELECT {_columns("last_message_at", order_column)} FROM tickets t
            WHERE t.account_id = :account_id AND t.department_id = department.id AND t.state = state.name
              AND t.closed_at IS NULL {_conditions(wanted, "last_message_at", older)}
            ORDER BY t.last_message_at DESC, t.id DESC LIMIT :limit
        ) listed"""


def _closed_part(wanted: TicketFilter, *, older: bool = False, order_column: bool = False) -> str:
    """Under `all` they are shown by their last message, which is never later than the closing."""
    shown = "closed_at" if wanted.view == "closed" else "last_message_at"
    return f"""
        SELECT listed.* FROM unnest(CAST(:department_ids AS uuid[])) AS department (id)
        CROSS JOIN LATERAL (
            SELECT {_columns("closed_at", order_column, shown)} FROM tickets t
            WHERE t.account_id = :account_id AND t.department_id = department.id
              AND t.closed_at IS NOT NULL {_conditions(wanted, "closed_at", older)}
            ORDER BY t.closed_at DESC, t.id DESC LIMIT :limit
        ) listed"""


def _own_part(wanted: TicketFilter, older: bool, order_column: bool) -> str:
    department = "AND t.department_id = ANY(:department_ids)" if wanted.narrowed else ""
    bot = "AND t.state <> 'bot'" if wanted.view == "mine" else ""
    return f"""
        SELECT {_columns("last_message_at", order_column)} FROM tickets t
        WHERE t.account_id = :account_id AND t.assignee_id = :user_id AND t.closed_at IS NULL {department} {bot}
          {_conditions(wanted, "last_message_at", older)}
        ORDER BY t.last_message_at DESC, t.id DESC LIMIT :limit"""


def _columns(order: str, order_column: bool, shown: str | None = None) -> str:
    """Only the index's own by default: then the heap is not visited."""
    columns = f"t.id, t.{shown or order} AS sort_at"
    if order_column:
        columns += f""", t.{order} AS order_at, t.contact_id, t.unread_count,
            row_number() OVER (ORDER BY t.{order} DESC, t.id DESC) AS place"""
    return columns


def _searched_page(wanted: TicketFilter, older: bool) -> str:
    column = "closed_at" if wanted.view == "closed" else "last_message_at"
    closed = {"closed": "AND t.closed_at IS NOT NULL", "all": ""}.get(wanted.view, "AND t.closed_at IS NULL")
    seen = "t.department_id = ANY(:department_ids)"
    if wanted.view == "mine":
        seen = "t.assignee_id = :user_id" + (f" AND {seen}" if wanted.narrowed else "")
    elif wanted.view == "all" and not wanted.narrowed:
        seen = f"({seen} OR t.assignee_id = :user_id)"
    states = {
        "mine": "AND t.state <> 'bot'",
        "queue": "AND t.state IN ('queued', 'offered')",
        "bot": "AND t.state = 'bot'",
    }
    rest = f"AND {seen} {closed} {states.get(wanted.view, '')} {_conditions(wanted, column, older)}"
    return f"""
        SELECT t.id, t.{column} AS sort_at FROM tickets t
        WHERE t.account_id = :account_id AND t.conversation_id = ANY(:conversation_ids) {rest}
        UNION
        SELECT t.id, t.{column} AS sort_at FROM tickets t
        WHERE t.account_id = :account_id AND t.protocol = :protocol {rest}"""


def _conditions(wanted: TicketFilter, column: str, older: bool) -> str:
    unread = "AND t.unread_count > 0" if wanted.unread else ""
    return f"{unread} {f'AND (t.{column}, t.id) < (:at, :id)' if older else ''}"


async def count_open(
    session: AsyncSession, account_id: UUID, user_id: UUID, department_ids: Sequence[UUID]
) -> TicketCounts:
    """Each count stops at COUNTS_STOP_AT: badges of an account with 20,000 open tickets cost 25 ms before (2026-11)."""
    counted = """SELECT count(*) FROM (
        SELECT FROM tickets t WHERE t.account_id = :account_id AND t.closed_at IS NULL
          AND t.department_id = ANY(:department_ids) {} LIMIT :stop) counted"""
    result = await session.execute(
        text(
            f"""WITH own AS MATERIALIZED (
                SELECT t.state, t.unread_count, t.department_id FROM tickets t
                WHERE t.account_id = :account_id AND t.assignee_id = :user_id AND t.closed_at IS NULL
                ORDER BY t.last_message_at DESC, t.id DESC LIMIT :stop)
            SELECT (SELECT count(*) FROM own WHERE state <> 'bot') AS mine,
                   (SELECT count(*) FROM own WHERE state <> 'bot' AND unread_count > 0) AS mine_unread,
                   ({counted.format("AND t.state = ANY(ARRAY['queued', 'offered'])")}) AS queue,
                   ({counted.format("AND t.state = 'bot'")}) AS bot,
                   least(:stop, ({counted.format("")})
                         + (SELECT count(*) FROM own WHERE department_id <> ALL(:department_ids))) AS "all\""""
        ),
        {
            "account_id": account_id,
            "user_id": user_id,
            "department_ids": list(department_ids),
            "stop": COUNTS_STOP_AT,
        },
    )
    return TicketCounts(**result.mappings().one())
