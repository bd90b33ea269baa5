"""The messages of one batch: read, thought through, written, told.

Two ways to write the same draft:
- at once: read without locks, then everything in one statement that fails if what was read no longer holds. Two round
  trips, no transaction left open between them.
- step by step, under locks: for what needs more than its own rows (edits, reactions, files, quotes, reopened tickets,
  messages out of order, customers with a new name), and for a batch that has lost a race.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import orjson

from inbox.ingest import sql
from inbox.ingest.arrivals import Arrival
from inbox.ingest.connection import Connection
from inbox.ingest.draft import Draft, read_draft
from inbox.ingest.effects import apply_effects
from inbox.ingest.errors import LostRace
from inbox.ingest.facts import MESSAGES, STORED
from inbox.ingest.journal import Journal
from inbox.ingest.quotes import tell_of_quotes
from inbox.ingest.rekey import rekey
from inbox.ingest.renames import lock_people, tell_of_renames
from inbox.ingest.rows import NewMessage, add_message_views
from inbox.ingest.tally import Tally
from inbox.ingest.tickets import Openings, Ticket, read_last_tickets, reopen_ticket
from inbox.ingest.writing import WRITE, WRITE_KNOWN, WRITE_ROWS
from inbox.kernel.jobs import NewJob, defer_many_in
from inbox.whatsapp.payloads import MEDIA_KINDS, IdentityChange

# Inbound media ids (Cloud API, media, read 2026-11).
_META_MEDIA_LIFE = timedelta(days=7)
_MEDIA_QUEUE = "media"
_MEDIA_TASK = "media.fetch"


async def write_at_once(
    connection: Connection,
    arrivals: Sequence[Arrival],
    now: datetime,
    journal: Journal,
    tally: Tally,
    opening: asyncio.Lock,
) -> bool:
    """Outside a transaction. False: nothing is written, the batch needs `write_arrivals`. Raises LostRace.

    `opening`: held while tickets are opened.
    """
    if not all(map(_is_simple, arrivals)):
        return False
    draft = await read_draft(connection, arrivals, tally)
    if any(message.stored_id is not None for message in draft.messages) or draft.directory.renamed():
        return False
    if not draft.messages:
        await journal.append(connection, now, tally.facts)
        return True
    wanting = draft.without_ticket()
    if not wanting:
        return await _write_at_once(connection, draft, Openings([], now), now, journal, tally)
    async with opening:
        last = await read_last_tickets(connection, wanting, now)
        if any(ticket.may_reopen for ticket in last):
            return False
        openings = Openings(last, now)
        openings.expect_numbers()
        return await _write_at_once(connection, draft, openings, now, journal, tally)


async def _write_at_once(
    connection: Connection, draft: Draft, openings: Openings, now: datetime, journal: Journal, tally: Tally
) -> bool:
    draft.settle(openings)
    # Without a ticket there is no version to tell that one was opened meanwhile.
    if any(c.ticket.disordered if c.ticket is not None else not c.is_new for c in draft.conversations):
        return False
    for message in draft.messages:
        message.tell(journal)
    draft.add_ticket_views(journal)
    tally.facts.add_each(STORED, draft.messages)
    tally.facts.add_each(MESSAGES, draft.messages)
    columns = {**draft.columns(), **journal.columns(now, tally.facts), "now": now}
    statement = WRITE_KNOWN
    if draft.has_news(openings):
        statement = WRITE
        columns.update(draft.news_columns(openings))
    journal.take_numbers(await connection.fetch(statement.text, *statement.arguments(columns)))
    tally.stored["message"] += len(draft.messages)
    return True


def _is_simple(arrival: Arrival) -> bool:
    """One row of its own, and a view that shows nothing else."""
    message = arrival.message
    return (
        arrival.effect is None
        and (message.context is None or message.context.wamid is None)
        and not (message.kind in MEDIA_KINDS and "media" in message.content)
    )


async def write_arrivals(
    connection: Connection, arrivals: Sequence[Arrival], now: datetime, journal: Journal, tally: Tally
) -> None:
    """Within a transaction that numbers the journal last. Raises LostRace when another transaction got ahead."""
    if any(type(arrival.effect) is IdentityChange for arrival in arrivals):
        await rekey(connection, arrivals)
    draft = await read_draft(connection, arrivals, tally)
    if not draft.conversations:
        return
    renamed = draft.directory.renamed()
    await lock_people(connection, draft.directory.known_people)
    await draft.directory.lock(connection)
    openings = await _find_tickets(connection, draft, now)
    messages = draft.messages
    for message in messages:
        if message.stored_id is not None:
            await _fill(connection, message)
    draft.settle(openings)
    columns = {**draft.columns(), **draft.news_columns(openings), "now": now}
    await connection.execute(WRITE_ROWS.text, *WRITE_ROWS.arguments(columns))
    await _write_media(connection, [m for m in messages if m.media is not None], now)
    await _recount_waiting(connection, [pair for pair in draft.tickets if pair[1].disordered])
    await add_message_views(connection, messages, await _reacted(connection, messages), journal)
    await tell_of_quotes(connection, [(m.account_id, m.id) for m in draft.late()], journal)
    draft.add_ticket_views(journal)
    await tell_of_renames(connection, renamed, draft.written_ticket_ids(openings), now, journal)
    if draft.effects:
        await apply_effects(connection, draft.effects, now, journal)
    tally.stored["message"] += len(messages) + len(draft.effects)
    tally.facts.add_each(STORED, messages)
    tally.facts.add_each(STORED, (arrival for arrival, _ in draft.effects))
    tally.facts.add_each(MESSAGES, messages)


async def _find_tickets(connection: Connection, draft: Draft, now: datetime) -> Openings:
    """An open ticket for everybody who needs one: the last one again, or a new one."""
    last = await read_last_tickets(connection, draft.without_ticket(), now)
    for ticket in last:
        if ticket.may_reopen:
            await reopen_ticket(connection, ticket, now)
    openings = Openings([ticket for ticket in last if not ticket.may_reopen], now)
    await openings.take_numbers(connection)
    return openings


async def _reacted(connection: Connection, messages: Sequence[NewMessage]) -> set[UUID]:
    """Those whose reaction came before them."""
    rows = await connection.fetch(
        sql.REACTED,
        [m.account_id for m in messages],
        [m.id for m in messages],
        [m.arrival.message.wamid for m in messages],
    )
    return {row["id"] for row in rows}


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
