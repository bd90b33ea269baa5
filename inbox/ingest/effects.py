"""Reactions, edits and deletions: what changes a message that is somewhere else.

They may come before their target and still lead to the same end: a reaction waits under the target's wamid; an edit or a
deletion makes the target's row at once, marked as awaiting its original, and the original fills it when it comes. Words
are never erased: an edit keeps what it replaced in message_versions, a deletion only sets `deleted_at`.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import orjson

from inbox.conversations.preview import preview_text
from inbox.conversations.sealed_words import open_content, seal_content, seal_emoji, seal_preview
from inbox.ingest import sql
from inbox.ingest.arrivals import Arrival
from inbox.ingest.connection import Connection
from inbox.ingest.conversations import Conversation
from inbox.ingest.errors import LostRace
from inbox.ingest.journal import Journal
from inbox.ingest.quotes import tell_of_quotes
from inbox.ingest.rows import encode_content, read_views, split_media
from inbox.ingest.statuses import add_tickets
from inbox.kernel.audience import message_audience
from inbox.kernel.content_seal import KEYRING
from inbox.kernel.ids import new_id
from inbox.kernel.rows import Row
from inbox.whatsapp.payloads import Edit, JsonObject, Reaction, Revoke

_CUSTOMER = "contact"
# The business's own phone reacts as itself, apart from any user.
_PHONE = "phone"


async def apply_effects(
    connection: Connection, effects: Sequence[tuple[Arrival, Conversation]], now: datetime, journal: Journal
) -> None:
    """In the order of their making, after the batch's own messages are written."""
    changed: dict[UUID, Conversation] = {}
    reworded: dict[UUID, UUID] = {}
    tickets: set[tuple[UUID, UUID]] = set()
    for arrival, conversation in sorted(effects, key=lambda pair: (pair[0].at, pair[0].message.wamid)):
        effect = arrival.effect
        message_id: UUID | None = None
        if isinstance(effect, Reaction):
            message_id = await _react(connection, arrival, effect)
        elif isinstance(effect, Edit):
            message_id = await _edit(connection, arrival, conversation, effect, now, tickets)
        elif isinstance(effect, Revoke):
            message_id = await _revoke(connection, arrival, conversation, effect, now, tickets)
        if message_id is not None:
            changed[message_id] = conversation
            if not isinstance(effect, Reaction):
                reworded[message_id] = arrival.account_id
    await _tell(connection, changed, journal)
    await tell_of_quotes(connection, [(account_id, id_) for id_, account_id in reworded.items()], journal)
    await add_tickets(connection, sorted(tickets), journal)


async def _tell(connection: Connection, changed: dict[UUID, Conversation], journal: Journal) -> None:
    if not changed:
        return
    views = await read_views(connection, [(c.account_id, message_id) for message_id, c in changed.items()])
    for message_id, conversation in changed.items():
        view = views[message_id]
        assignee_id = conversation.ticket.assignee_id if conversation.ticket is not None else None
        audience = message_audience(UUID(view["conversation_id"]), assignee_id)
        journal.add(conversation.account_id, "message_updated", " ".join(audience), {"message": view})


async def _react(connection: Connection, arrival: Arrival, reaction: Reaction) -> UUID | None:
    """The newest of one person wins; within one second the order is Meta's secret, so any fixed rule will do."""
    reactor = _PHONE if arrival.outgoing else _CUSTOMER
    moved = await connection.fetchval(
        sql.UPSERT_REACTION,
        arrival.account_id,
        reaction.target_wamid,
        reactor,
        seal_emoji(KEYRING.sealing(arrival.account_id), reaction.target_wamid, reaction.emoji or ""),
        arrival.at,
    )
    if not moved:
        return None
    message_id: UUID | None = await connection.fetchval(
        sql.BUMP_TARGET, arrival.account_id, reaction.target_wamid
    )
    return message_id


async def _edit(
    connection: Connection,
    arrival: Arrival,
    conversation: Conversation,
    edit: Edit,
    now: datetime,
    tickets: set[tuple[UUID, UUID]],
) -> UUID | None:
    account_id = arrival.account_id
    content, _ = split_media(edit.kind, edit.content)
    content, _ = encode_content(content)
    key = KEYRING.sealing(account_id)
    target = await connection.fetchrow(sql.LOCK_TARGET, account_id, edit.target_wamid)
    if target is None:
        return await _hold_place(
            connection, arrival, conversation, edit.target_wamid, now, edit=(edit.kind, content)
        )
    message_id: UUID = target["id"]
    encoded = orjson.dumps(seal_content(key, message_id, content)).decode()
    edited_at: datetime | None = target["edited_at"]
    if edited_at is not None and arrival.at <= edited_at:
        if _says(target, edit.kind, content):
            return None
        # An older edit that comes late: history, not news.
        kept = await connection.fetchval(
            sql.KEEP_VERSION, account_id, message_id, edit.kind, encoded, edited_at, False
        )
        del kept
        return None
    await connection.execute(
        sql.KEEP_VERSION, account_id, message_id, target["kind"], target["content"], arrival.at, True
    )
    await connection.execute(sql.EDIT_MESSAGE, account_id, message_id, edit.kind, encoded, arrival.at)
    if target["deleted_at"] is None:
        words = seal_preview(key, message_id, preview_text(edit.kind, content))
        preview = {"kind": edit.kind, "text": words}
        await _show_in_preview(connection, account_id, target, preview, now, tickets)
    return message_id


async def _revoke(
    connection: Connection,
    arrival: Arrival,
    conversation: Conversation,
    revoke: Revoke,
    now: datetime,
    tickets: set[tuple[UUID, UUID]],
) -> UUID | None:
    account_id = arrival.account_id
    target = await connection.fetchrow(sql.LOCK_TARGET, account_id, revoke.target_wamid)
    if target is None:
        return await _hold_place(connection, arrival, conversation, revoke.target_wamid, now)
    if target["deleted_at"] is not None and target["deleted_at"] <= arrival.at:
        return None
    await connection.execute(sql.REVOKE_MESSAGE, account_id, target["id"], arrival.at)
    await _show_in_preview(connection, account_id, target, {"kind": "revoke", "text": ""}, now, tickets)
    message_id: UUID = target["id"]
    return message_id


async def _hold_place(
    connection: Connection,
    arrival: Arrival,
    conversation: Conversation,
    wamid: str,
    now: datetime,
    edit: tuple[str, JsonObject] | None = None,
) -> UUID:
    """The history shows it from now on; answers its id."""
    message_id = new_id()
    kind, content = edit or ("unsupported", {"original_type": "revoke"})
    key = KEYRING.sealing(arrival.account_id)
    inserted = await connection.fetchval(
        sql.INSERT_PLACEHOLDER,
        arrival.account_id,
        message_id,
        conversation.id,
        "out" if arrival.outgoing else "in",
        "phone" if arrival.outgoing else "contact",
        wamid,
        kind,
        orjson.dumps(seal_content(key, message_id, content)).decode(),
        "sent" if arrival.outgoing else "received",
        arrival.at,
        arrival.at if edit else None,
        None if edit else arrival.at,
        now,
    )
    if not inserted:
        raise LostRace
    return message_id


async def _show_in_preview(
    connection: Connection,
    account_id: UUID,
    target: Row,
    preview: JsonObject,
    now: datetime,
    tickets: set[tuple[UUID, UUID]],
) -> None:
    if target["ticket_id"] is None:
        return
    ticket_id = await connection.fetchval(
        sql.SHOW_IN_PREVIEW,
        account_id,
        target["ticket_id"],
        str(target["id"]),
        orjson.dumps(preview).decode(),
        now,
    )
    if ticket_id is not None:
        tickets.add((account_id, ticket_id))


def _says(target: Row, kind: str, content: JsonObject) -> bool:
    stored = open_content(target["id"], orjson.loads(target["content"]))
    return bool(target["kind"] == kind and stored == content)
