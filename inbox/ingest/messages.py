"""The messages of one batch: looked up, placed, written, told.

Four statements for any number of messages whose customers have an open ticket: look up, move conversations on and lock
tickets, write tickets and messages, number the events. People, conversations and tickets that are new cost a few more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from inbox.ingest import sql
from inbox.ingest.arrivals import Arrival
from inbox.ingest.connection import Connection
from inbox.ingest.conversations import Conversation, Directory, look_up
from inbox.ingest.effects import apply_effects
from inbox.ingest.errors import LostRace
from inbox.ingest.journal import Journal
from inbox.ingest.quotes import tell_of_quotes
from inbox.ingest.rekey import rekey
from inbox.ingest.rows import NewMessage, add_message_views
from inbox.ingest.tally import Tally
from inbox.ingest.tickets import Ticket, find_tickets, insert_tickets, write_steps
from inbox.kernel.jobs import NewJob, defer_many_in
from inbox.kernel.rows import Row
from inbox.whatsapp.payloads import IdentityChange

# Inbound media ids (Cloud API, media, read 2026-11).
_META_MEDIA_LIFE = timedelta(days=7)
_MEDIA_QUEUE = "media"
_MEDIA_TASK = "media.fetch"


async def write_arrivals(
    connection: Connection, arrivals: Sequence[Arrival], now: datetime, journal: Journal, tally: Tally
) -> None:
    """Raises LostRace when another transaction got ahead."""
    if any(type(arrival.effect) is IdentityChange for arrival in arrivals):
        await rekey(connection, arrivals)
    directory = Directory()
    messages, effects = await _place(connection, arrivals, directory, tally)
    await directory.write_new(connection, now)
    await directory.advance(connection)
    await directory.write_changed(connection, now)
    conversations = list(directory.conversations.values())
    await _find_tickets(connection, conversations, messages, now)
    await _write(connection, conversations, messages, now, journal)
    late = [(m.account_id, m.id) for m in messages if m.stored_id is not None or _came_late(m)]
    await tell_of_quotes(connection, late, journal)
    for conversation in conversations:
        ticket = conversation.ticket
        if ticket is not None:
            view = ticket.view(conversation.contact, conversation.window_expires_at)
            journal.add_ticket(conversation.account_id, ticket.id, ticket.audience, view)
    if effects:
        await apply_effects(connection, effects, now, journal)
    tally.stored["message"] += len(messages) + len(effects)


def _came_late(message: NewMessage) -> bool:
    heard_until = message.conversation.heard_until
    return heard_until is not None and message.arrival.at <= heard_until


async def _place(
    connection: Connection, arrivals: Sequence[Arrival], directory: Directory, tally: Tally
) -> tuple[list[NewMessage], list[tuple[Arrival, Conversation]]]:
    """New messages and effects, each with its conversation; what is stored already is counted and left out."""
    unique = _unique(arrivals)
    messages: list[NewMessage] = []
    effects: list[tuple[Arrival, Conversation]] = []
    rows = await look_up(connection, unique)
    for arrival, row in zip(unique, rows, strict=True):
        if not arrival.is_bubble:
            effects.append((arrival, directory.place(arrival, row)))
        elif row["message_id"] is None or _awaits(row, arrival):
            messages.append(NewMessage(arrival, directory.place(arrival, row), row["message_id"]))
    tally.duplicates["message"] += len(arrivals) - len(messages) - len(effects)
    return messages, effects


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


async def _find_tickets(
    connection: Connection,
    conversations: Sequence[Conversation],
    messages: Sequence[NewMessage],
    now: datetime,
) -> None:
    """Gives every message its ticket and every ticket its messages."""
    wanting = {
        m.conversation.id: m.conversation
        for m in messages
        if m.conversation.ticket is None and not m.arrival.silent and not m.arrival.outgoing
    }
    new = await find_tickets(connection, list(wanting.values()), now) if wanting else []
    for message in messages:
        if message.stored_id is not None:
            await _fill(connection, message)
        message.settle()
    for conversation in conversations:
        # The window is part of a ticket's view: a reaction that widens it is told too.
        if conversation.ticket is not None and conversation.last_inbound_at is not None:
            conversation.ticket.is_dirty = True
    await insert_tickets(connection, new, now)
    for conversation, _ in new:
        assert conversation.ticket is not None
        conversation.ticket.is_dirty = False


async def _fill(connection: Connection, message: NewMessage) -> None:
    row = await connection.fetchrow(
        sql.FILL_MESSAGE,
        message.account_id,
        message.id,
        message.conversation.id,
        message.conversation.ticket.id if message.conversation.ticket is not None else None,
        message.direction,
        message.author_kind,
        message.context_json,
        message.referral_json,
        message.status,
        message.raw_json,
        message.arrival.at,
        message.kind,
        message.content_json,
    )
    if row is None:
        raise LostRace
    if row["edited_at"] is not None:
        await connection.execute(
            sql.KEEP_VERSION,
            message.account_id,
            message.id,
            message.kind,
            message.content_json,
            row["edited_at"],
            True,
        )
    message.shown_as(row["kind"], orjson.loads(row["content"]), is_deleted=row["deleted_at"] is not None)


async def _write(
    connection: Connection,
    conversations: Sequence[Conversation],
    messages: Sequence[NewMessage],
    now: datetime,
    journal: Journal,
) -> None:
    dirty = [(c, c.ticket) for c in conversations if c.ticket is not None and c.ticket.is_dirty]
    dirty.sort(key=lambda pair: (pair[0].account_id, pair[1].id))
    for _, ticket in dirty:
        ticket.version += 1
    fresh = [m for m in messages if m.stored_id is None]
    reacted: set[UUID] = set()
    if dirty or fresh:
        row = await connection.fetchrow(
            sql.WRITE_MESSAGES, *_ticket_columns(dirty), now, *_message_columns(fresh)
        )
        assert row is not None
        if row["inserted"] != len(fresh):
            raise LostRace
        reacted = set(row["reacted"] or ())
    await _write_media(connection, [m for m in messages if m.media is not None], now)
    tickets = [(c.account_id, c.ticket) for c in conversations if c.ticket is not None]
    await write_steps(connection, tickets, now)
    await _recount_waiting(connection, [pair for pair in tickets if pair[1].disordered])
    await add_message_views(connection, messages, reacted, journal)


def _ticket_columns(tickets: Sequence[tuple[Conversation, Ticket]]) -> tuple[list[Any], ...]:
    return (
        [c.account_id for c, _ in tickets],
        [t.id for _, t in tickets],
        [t.state for _, t in tickets],
        [t.unread_count for _, t in tickets],
        [t.preview for _, t in tickets],
        [t.last_message_at for _, t in tickets],
        [t.waiting_since for _, t in tickets],
        [t.first_response_at for _, t in tickets],
        [t.version for _, t in tickets],
    )


def _message_columns(messages: Sequence[NewMessage]) -> tuple[list[Any], ...]:
    return (
        [m.account_id for m in messages],
        [m.id for m in messages],
        [m.conversation.id for m in messages],
        [m.ticket_id for m in messages],
        [m.direction for m in messages],
        [m.author_kind for m in messages],
        [m.arrival.message.wamid for m in messages],
        [m.kind for m in messages],
        [m.content_json for m in messages],
        [m.context_json for m in messages],
        [m.referral_json for m in messages],
        [m.status for m in messages],
        [m.raw_json for m in messages],
        [m.arrival.at for m in messages],
    )


async def _write_media(connection: Connection, messages: Sequence[NewMessage], now: datetime) -> None:
    """The files as rows that wait, and the jobs that fetch them: both stand or fall with the messages."""
    if not messages:
        return
    rows = [(m, m.media) for m in messages if m.media is not None]
    await connection.execute(
        sql.INSERT_MEDIA,
        [m.account_id for m, _ in rows],
        [media.id for _, media in rows],
        [m.id for m, _ in rows],
        [m.arrival.number_id for m, _ in rows],
        [media.meta_id for _, media in rows],
        [m.arrival.at + _META_MEDIA_LIFE for m, _ in rows],
        [media.mime_type for _, media in rows],
        [media.sha256 for _, media in rows],
        [media.file_name for _, media in rows],
        now,
    )
    await defer_many_in(
        connection,
        [
            NewJob(
                _MEDIA_TASK, {"account_id": str(m.account_id), "media_id": str(media.id)}, queue=_MEDIA_QUEUE
            )
            for m, media in rows
        ],
    )


async def _recount_waiting(connection: Connection, tickets: Sequence[tuple[UUID, Ticket]]) -> None:
    if not tickets:
        return
    rows = await connection.fetch(
        sql.RECOUNT_WAITING, [account_id for account_id, _ in tickets], [t.id for _, t in tickets]
    )
    by_id = {t.id: t for _, t in tickets}
    for row in rows:
        by_id[row["id"]].waiting_since = row["waiting_since"]
