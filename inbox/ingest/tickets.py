"""The ticket rules of messages that arrive (FIELD, section 2), and the rows behind them.

- A customer's message belongs to the open ticket; without one the last ticket reopens within the number's
  `reopen_within_hours` (same agent if online, else the queue), else a new one opens in the number's default department.
- The preview is the newest message by Meta's time; an older one that comes late counts as unread and changes no more.
- A ticket is changed only under its row lock, taken after its conversation's.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from inbox.conversations.preview import preview_text
from inbox.conversations.sealed_words import seal_preview
from inbox.ingest import sql
from inbox.ingest.connection import Connection
from inbox.ingest.errors import LostRace
from inbox.kernel.audience import department_room, ticket_audience, user_room
from inbox.kernel.content_seal import ContentKey
from inbox.kernel.ids import new_id
from inbox.kernel.rows import Row
from inbox.tickets.repository import format_protocol, protocol_day
from inbox.whatsapp.phone import format_phone

if TYPE_CHECKING:
    from inbox.ingest.conversations import Contact, Conversation

_WOKEN_BY_CUSTOMER = frozenset({"on_hold", "waiting_customer"})
# What a customer's message can bring back; merged and discarded tickets live on elsewhere or not at all.
_REOPENABLE = frozenset({"closed", "abandoned", "expired"})
# Formatting costs about 60 µs a number; a process meets the same customers all day (2 strings of 70 bytes each).
_PHONE_CACHE_SIZE = 65_536

_format_phone = lru_cache(maxsize=_PHONE_CACHE_SIZE)(format_phone.__wrapped__)


class Ticket:
    """An open ticket, as it was read under its lock and as it will be written."""

    __slots__ = (
        "accepted_at", "assignee_id", "conversation_id", "created_at", "department_id", "disordered", "first_response_at",
        "id", "is_dirty", "last_message_at", "left", "number_id", "preview", "priority", "protocol", "queued_at", "state", "steps",
        "unread_count", "version", "waiting_since",
    )  # fmt: skip

    def __init__(self, row: Row) -> None:
        self.id: UUID = row["id"]
        self.conversation_id: UUID = row["conversation_id"]
        self.number_id: UUID = row["number_id"]
        self.protocol: str = row["protocol"]
        self.state: str = row["state"]
        self.department_id: UUID = row["department_id"]
        self.assignee_id: UUID | None = row["assignee_id"]
        self.priority: int = row["priority"]
        self.unread_count: int = row["unread_count"]
        self.preview: str = row["preview"]
        self.last_message_at: datetime = row["last_message_at"]
        self.waiting_since: datetime | None = row["waiting_since"]
        self.queued_at: datetime | None = row["queued_at"]
        self.accepted_at: datetime | None = row["accepted_at"]
        self.first_response_at: datetime | None = row["first_response_at"]
        self.created_at: datetime = row["created_at"]
        self.version: int = row["version"]
        self.steps: list[tuple[str, dict[str, Any]]] = []
        self.is_dirty = False
        self.disordered = False
        # Rooms that have the ticket in their lists and are not told of it any more.
        self.left: list[str] = []

    def take_inbound(self, at: datetime, message_id: str, preview: str) -> None:
        self.is_dirty = True
        self.unread_count += 1
        if self.state in _WOKEN_BY_CUSTOMER:
            self.steps.append(("resumed", {"from_state": self.state}))
            self.state = "active"
        if self._is_newest(at, message_id):
            self._show(at, preview)
            if self.waiting_since is None:
                self.waiting_since = at
        else:
            self.disordered = True

    def take_outbound(self, at: datetime, message_id: str, preview: str) -> None:
        """Somebody answered from the phone."""
        self.is_dirty = True
        if self.first_response_at is None or at < self.first_response_at:
            self.first_response_at = at
        if self._is_newest(at, message_id):
            self._show(at, preview)
            self.waiting_since = None
        else:
            self.disordered = True

    def _is_newest(self, at: datetime, message_id: str) -> bool:
        # Meta's times are whole seconds, ours are not: within one second the order of arrival decides, which the ids
        # tell (UUIDv7) even when two flushes cross.
        newest = self.last_message_at.replace(microsecond=0)
        return at > newest or (
            at == newest and message_id >= (orjson.loads(self.preview).get("message_id") or "")
        )

    def _show(self, at: datetime, preview: str) -> None:
        self.preview = preview
        self.last_message_at = max(self.last_message_at, at)

    @property
    def audience(self) -> str:
        return " ".join(ticket_audience(self.conversation_id, self.department_id, self.assignee_id))

    def view(self, contact: "Contact", window_expires_at: datetime | None) -> dict[str, Any]:
        """A TicketView."""
        assignee_id = self.assignee_id
        return {
            "id": str(self.id),
            "conversation_id": str(self.conversation_id),
            "number_id": str(self.number_id),
            "protocol": self.protocol,
            "state": self.state,
            "department_id": str(self.department_id),
            "assignee_id": str(assignee_id) if assignee_id is not None else None,
            "priority": self.priority,
            "unread_count": self.unread_count,
            "preview": orjson.Fragment(self.preview),
            "contact": contact_view(contact),
            "last_message_at": self.last_message_at,
            "waiting_since": self.waiting_since,
            "window_expires_at": window_expires_at,
            "queued_at": self.queued_at,
            "accepted_at": self.accepted_at,
            "first_response_at": self.first_response_at,
            "closed_at": None,
            "closed_by": None,
            "close_reason": None,
            "created_at": self.created_at,
            "version": self.version,
        }


def contact_view(contact: "Contact") -> dict[str, Any]:
    """A ContactView."""
    wa_id = contact.wa_id
    phone = _format_phone(wa_id) if wa_id else None
    return {
        "id": str(contact.id),
        "name": contact.name or contact.profile_name or contact.username or phone or contact.bsuid or "",
        "profile_name": contact.profile_name,
        "username": contact.username,
        "phone": phone,
        "wa_id": wa_id,
        "phone_masked": False,
    }


def build_preview(
    message_id: str,
    direction: str,
    kind: str,
    content: Mapping[str, Any],
    status: str,
    key: ContentKey | None = None,
) -> str:
    """A TicketPreview as JSON; `content` is plain, `key` seals its words."""
    preview = {
        "message_id": message_id,
        "direction": direction,
        "kind": kind,
        "text": seal_preview(key, message_id, preview_text(kind, content)),
        "status": status,
    }
    return orjson.dumps(preview).decode()


# ── tickets that are not open yet ───────────────────────────────────────────────────────────────────────────────────


class LastTicket:
    """A conversation without an open ticket, and what decides on the one that it gets."""

    __slots__ = ("conversation", "may_reopen", "row")

    def __init__(self, conversation: "Conversation", row: Row) -> None:
        if row["id"] is not None and row["closed_at"] is None:
            raise LostRace  # opened by somebody since the open ones were read
        self.conversation = conversation
        self.row = row
        self.may_reopen = _may_reopen(
            row, min(a.at for a in conversation.arrivals if not a.silent and not a.outgoing)
        )


async def read_last_tickets(
    connection: Connection, conversations: Sequence["Conversation"], now: datetime
) -> list[LastTicket]:
    if not conversations:
        return []
    ordered = sorted(conversations, key=lambda c: (c.account_id, c.id))
    rows = await connection.fetch(
        sql.LAST_CLOSED_TICKETS,
        [c.account_id for c in ordered],
        [c.id for c in ordered],
        [c.number_id for c in ordered],
        now,
    )
    by_conversation = {c.id: c for c in ordered}
    return [LastTicket(by_conversation[row["conversation"]], row) for row in rows]


def _may_reopen(row: Row, at: datetime) -> bool:
    hours = row["reopen_within_hours"]
    return bool(
        row["id"] is not None
        and hours > 0
        and row["state"] in _REOPENABLE
        and at <= row["closed_at"] + timedelta(hours=hours)
    )


async def reopen_ticket(connection: Connection, last: LastTicket, now: datetime) -> None:
    conversation, row = last.conversation, last.row
    ticket = Ticket(row)
    if row["assignee_online"] and row["assignee_answers"] and not row["department_archived"]:
        ticket.state = "active"
    else:
        _return_to_queue(ticket, row, now)
    ticket.waiting_since = None
    ticket.is_dirty = True
    agent = str(ticket.assignee_id) if ticket.assignee_id is not None else None
    ticket.steps.append(("reopened", {"by": "customer", "assignee_id": agent}))
    reopened = await connection.fetchval(
        sql.REOPEN_TICKET,
        conversation.account_id,
        ticket.id,
        ticket.version,
        ticket.state,
        ticket.assignee_id,
        ticket.queued_at,
        ticket.accepted_at,
        new_id(),
        now,
        ticket.department_id,
    )
    if not reopened:
        raise LostRace
    conversation.ticket = ticket


def _return_to_queue(ticket: Ticket, row: Row, now: datetime) -> None:
    """Of its department, or of the number's default when that one is archived."""
    if ticket.assignee_id is not None and not row["assignee_answers"]:
        ticket.left.append(user_room(ticket.assignee_id))
    if row["department_archived"]:
        ticket.left.append(department_room(ticket.department_id))
        if ticket.assignee_id is not None and row["assignee_answers"]:
            ticket.left.append(user_room(ticket.assignee_id))
        ticket.department_id = row["default_department_id"]
    ticket.state, ticket.assignee_id, ticket.accepted_at, ticket.queued_at = "queued", None, None, now


class Openings:
    """The tickets that a batch opens, in the order of their protocol numbers."""

    def __init__(self, wanted: Sequence[LastTicket], now: datetime) -> None:
        self._wanted = wanted
        self._now = now
        self._days: dict[tuple[UUID, Any], list[LastTicket]] = {}
        for last in wanted:
            last.conversation.ticket = _new_ticket(last.conversation, last.row, now)
            day = protocol_day(now, last.row["time_zone"])
            self._days.setdefault((last.conversation.account_id, day), []).append(last)
        self._expected = 0

    def __bool__(self) -> bool:
        return bool(self._wanted)

    def tickets(self) -> list[tuple[UUID, Ticket]]:
        return [(o.conversation.account_id, _ticket_of(o)) for o in self._wanted]

    def expect_numbers(self) -> None:
        """Numbers them after those that were taken when they were read; whoever writes them must confirm it."""
        for opened in self._days.values():
            taken: int = opened[0].row["protocols_taken"]
            self._expected += taken + len(opened)
            self._number(opened, taken)

    async def take_numbers(self, connection: Connection) -> None:
        keys = sorted(self._days)
        if not keys:
            return
        rows = await connection.fetch(
            sql.NEXT_PROTOCOLS, [k[0] for k in keys], [k[1] for k in keys], [len(self._days[k]) for k in keys]
        )
        for row in rows:
            opened = self._days[row["account_id"], row["day"]]
            self._number(opened, row["number"] - len(opened))

    def _number(self, opened: Sequence[LastTicket], taken: int) -> None:
        for number, last in enumerate(opened, start=taken + 1):
            _ticket_of(last).protocol = format_protocol(self._now, last.row["time_zone"], number)

    def columns(self) -> dict[str, Any]:
        keys = sorted(self._days)
        opened = [(o.conversation, _ticket_of(o)) for o in self._wanted]
        return {
            "protocol_accounts": [key[0] for key in keys],
            "protocol_days": [key[1] for key in keys],
            "protocol_counts": [len(self._days[key]) for key in keys],
            "protocol_expected": self._expected,
            "opened_accounts": [c.account_id for c, _ in opened],
            "opened_ids": [t.id for _, t in opened],
            "opened_conversations": [c.id for c, _ in opened],
            "opened_numbers": [c.number_id for c, _ in opened],
            "opened_contacts": [c.contact.id for c, _ in opened],
            "opened_protocols": [t.protocol for _, t in opened],
            "opened_departments": [t.department_id for _, t in opened],
            "opened_unread_counts": [t.unread_count for _, t in opened],
            "opened_previews": [t.preview for _, t in opened],
            "opened_last_message_ats": [t.last_message_at for _, t in opened],
            "opened_waiting_sinces": [t.waiting_since for _, t in opened],
            "opened_first_response_ats": [t.first_response_at for _, t in opened],
            "opened_segments": [new_id() for _ in opened],
            "opened_expected": len(opened),
            "segment_expected": len(opened),
        }


def _ticket_of(last: LastTicket) -> Ticket:
    assert last.conversation.ticket is not None
    return last.conversation.ticket


def _new_ticket(conversation: "Conversation", row: Row, now: datetime) -> Ticket:
    ticket = Ticket(
        {
            "id": new_id(),
            "conversation_id": conversation.id,
            "number_id": conversation.number_id,
            "protocol": "",
            "state": "queued",
            "department_id": row["default_department_id"],
            "assignee_id": None,
            "priority": 0,
            "unread_count": 0,
            "preview": "{}",
            "last_message_at": min(a.at for a in conversation.arrivals if not a.silent),
            "waiting_since": None,
            "queued_at": now,
            "accepted_at": None,
            "first_response_at": None,
            "created_at": now,
            "version": 1,
        }
    )
    ticket.steps.append(("opened", {"by": "customer"}))
    return ticket


def changed_columns(tickets: Sequence[tuple[UUID, Ticket]]) -> dict[str, Any]:
    """Open tickets (account, ticket) as they are now; their versions are one above those that were read."""
    return {
        "ticket_accounts": [account_id for account_id, _ in tickets],
        "ticket_ids": [t.id for _, t in tickets],
        "ticket_states": [t.state for _, t in tickets],
        "ticket_unread_counts": [t.unread_count for _, t in tickets],
        "ticket_previews": [t.preview for _, t in tickets],
        "ticket_last_message_ats": [t.last_message_at for _, t in tickets],
        "ticket_waiting_sinces": [t.waiting_since for _, t in tickets],
        "ticket_first_response_ats": [t.first_response_at for _, t in tickets],
        "ticket_versions": [t.version for _, t in tickets],
        "ticket_expected": len(tickets),
    }


def step_columns(tickets: Sequence[tuple[UUID, Ticket]]) -> dict[str, Any]:
    """The ticket_events of what happened to them here."""
    steps = [(account_id, t.id, *step) for account_id, t in tickets for step in t.steps]
    return {
        "step_accounts": [s[0] for s in steps],
        "step_ids": [new_id() for _ in steps],
        "step_tickets": [s[1] for s in steps],
        "step_types": [s[2] for s in steps],
        "step_data": [orjson.dumps(s[3]).decode() for s in steps],
        "step_expected": len(steps),
    }
