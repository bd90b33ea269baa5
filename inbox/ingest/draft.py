"""What one batch of messages comes to: read from the database, thought through in memory, not yet written.

The rules are the same whether rows are locked or not; who writes the draft (`inbox/ingest/messages.py`) sees to it that
what was read still holds.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from inbox.ingest.arrivals import Arrival
from inbox.ingest.connection import Connection
from inbox.ingest.conversations import Conversation, Directory, look_up
from inbox.ingest.facts import REPEATED
from inbox.ingest.journal import Journal
from inbox.ingest.rows import NewMessage
from inbox.ingest.tally import Tally
from inbox.ingest.tickets import Openings, Ticket, changed_columns, step_columns
from inbox.kernel.audience import conversation_room
from inbox.kernel.rows import Row


class Draft:
    def __init__(self) -> None:
        self.directory = Directory()
        self.messages: list[NewMessage] = []
        self.effects: list[tuple[Arrival, Conversation]] = []
        self._changed: list[tuple[UUID, Ticket]] = []

    @property
    def conversations(self) -> list[Conversation]:
        return list(self.directory.conversations.values())

    @property
    def tickets(self) -> list[tuple[UUID, Ticket]]:
        """(account, ticket) of every conversation that has an open one."""
        return [(c.account_id, c.ticket) for c in self.conversations if c.ticket is not None]

    def without_ticket(self) -> list[Conversation]:
        """Those whose customer has said something that belongs into a ticket."""
        wanting = {
            m.conversation.id: m.conversation
            for m in self.messages
            if m.conversation.ticket is None and not m.arrival.silent and not m.arrival.outgoing
        }
        return list(wanting.values())

    def late(self) -> list[NewMessage]:
        """Messages that may be quoted already: something newer of their conversation was here before them."""
        return [m for m in self.messages if m.stored_id is not None or _came_late(m)]

    def settle(self, openings: Openings) -> None:
        """Gives every message its ticket and every ticket its messages. Once, when all tickets are known."""
        for message in self.messages:
            message.settle()
        for conversation in self.conversations:
            # The window is part of a ticket's view: a reaction that widens it is told too.
            if conversation.ticket is not None and conversation.last_inbound_at is not None:
                conversation.ticket.is_dirty = True
        self.directory.widen_windows()
        opened = {ticket.id for _, ticket in openings.tickets()}
        self._changed = sorted(
            ((account_id, t) for account_id, t in self.tickets if t.is_dirty and t.id not in opened),
            key=lambda pair: (pair[0], pair[1].id),
        )
        for _, ticket in self._changed:
            ticket.version += 1

    def written_ticket_ids(self, openings: Openings) -> list[UUID]:
        """Whose versions `settle` has moved on, and the new ones."""
        return [ticket.id for _, ticket in (*self._changed, *openings.tickets())]

    def has_news(self, openings: Openings) -> bool:
        """Whether people, conversations or tickets are new, or what happened to them has to be told step by step."""
        return bool(openings) or self.directory.has_news or any(t.steps for _, t in self.tickets)

    def columns(self) -> dict[str, Any]:
        """What every batch writes, for the statements of inbox/ingest/writing.py."""
        return {
            **self.directory.columns(),
            **changed_columns(self._changed),
            **_message_columns([m for m in self.messages if m.stored_id is None]),
            **_late_columns([m for m in self.messages if _came_late(m)]),
        }

    def news_columns(self, openings: Openings) -> dict[str, Any]:
        """What only those write that have news."""
        return {
            **self.directory.news_columns(),
            **openings.columns(),
            **step_columns(self.tickets),
        }

    def add_ticket_views(self, journal: Journal) -> None:
        for conversation in self.conversations:
            ticket = conversation.ticket
            if ticket is not None:
                view = ticket.view(conversation.contact, conversation.window_expires_at)
                if ticket.left:
                    gone = {
                        "ticket_id": str(ticket.id),
                        "conversation_id": conversation.id_text,
                        "version": ticket.version,
                    }
                    journal.add(conversation.account_id, "ticket_removed", " ".join(ticket.left), gone)
                journal.add_ticket(conversation.account_id, ticket.id, ticket.audience, view)
            elif conversation.widened and not conversation.is_new:
                # No list row tells of it: a reaction widens the window of a conversation whose tickets are all closed.
                window = {
                    "conversation_id": conversation.id_text,
                    "window_expires_at": conversation.window_expires_at,
                    "last_inbound_at": conversation.last_inbound_at,
                }
                room = conversation_room(conversation.id)
                journal.add(conversation.account_id, "conversation_updated", room, window)


async def read_draft(connection: Connection, arrivals: Sequence[Arrival], tally: Tally) -> Draft:
    """New messages and effects, each with its conversation; what is stored already is counted and left out."""
    unique = _unique(arrivals)
    draft = Draft()
    rows = await look_up(connection, unique)
    for arrival, row in zip(unique, rows, strict=True):
        if not arrival.is_bubble:
            draft.effects.append((arrival, draft.directory.place(arrival, row)))
        elif row["message_id"] is None or _awaits(row, arrival):
            conversation = draft.directory.place(arrival, row)
            draft.messages.append(NewMessage(arrival, conversation, row["message_id"]))
        else:
            tally.facts.add(arrival.account_id, REPEATED)
    if len(unique) < len(arrivals):
        tally.facts.add_missing(REPEATED, arrivals, (arrival.account_id for arrival in unique))
    tally.duplicates["message"] += len(arrivals) - len(draft.messages) - len(draft.effects)
    return draft


def _unique(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The same wamid twice in one batch is one message; the real file wins over its placeholder."""
    unique: dict[tuple[UUID, str], Arrival] = {}
    for arrival in arrivals:
        key = (arrival.account_id, arrival.message.wamid)
        first = unique.setdefault(key, arrival)
        if first is not arrival and _is_media_placeholder(first.message.kind, first.message.content):
            unique[key] = arrival
    return list(unique.values())


def _awaits(row: Row, arrival: Arrival) -> bool:
    """The stored row only holds the place of this message: an edit or deletion came first, or a history sync did."""
    if row["message_awaiting"] is not None:
        return True
    content = {"original_type": row["message_original_type"]}
    return _is_media_placeholder(row["message_kind"], content) and arrival.message.kind != "unsupported"


def _is_media_placeholder(kind: str, content: dict[str, Any]) -> bool:
    return kind == "unsupported" and content.get("original_type") == "media_placeholder"


def _came_late(message: NewMessage) -> bool:
    heard_until = message.conversation.heard_until
    return heard_until is not None and message.arrival.at <= heard_until


def _message_columns(messages: Sequence[NewMessage]) -> dict[str, Any]:
    return {
        "message_accounts": [m.account_id for m in messages],
        "message_ids": [m.id for m in messages],
        "message_conversations": [m.conversation.id for m in messages],
        "message_tickets": [m.ticket_id for m in messages],
        "message_directions": [m.direction for m in messages],
        "message_author_kinds": [m.author_kind for m in messages],
        "message_wamids": [m.arrival.message.wamid for m in messages],
        "message_kinds": [m.kind for m in messages],
        "message_contents": [m.content_json for m in messages],
        "message_contexts": [m.context_json for m in messages],
        "message_referrals": [m.referral_json for m in messages],
        "message_statuses": [m.status for m in messages],
        "message_raws": [m.raw_json for m in messages],
        "message_ats": [m.arrival.at for m in messages],
        "message_received_ats": [m.arrival.received_at for m in messages],
        "message_expected": len(messages),
    }


def _late_columns(messages: Sequence[NewMessage]) -> dict[str, Any]:
    return {
        "late_accounts": [m.account_id for m in messages],
        "late_conversations": [m.conversation.id for m in messages],
        "late_wamids": [m.arrival.message.wamid for m in messages],
        "late_ats": [m.arrival.at for m in messages],
    }
