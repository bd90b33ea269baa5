"""Customers whose name, username or number has changed: every row that shows them hears of it, those of closed tickets too.

Locks in the order of the house: these people before conversations and tickets, as whoever renames them by hand does. The
tickets that the batch writes itself are told by it; the others are bumped here, after them.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from inbox.ingest import sql
from inbox.ingest.connection import Connection
from inbox.ingest.conversations import Contact
from inbox.ingest.errors import LostRace
from inbox.ingest.journal import Journal
from inbox.ingest.statuses import add_tickets
from inbox.ingest.tickets import contact_view
from inbox.kernel.audience import ADMINS, conversation_room, department_room, user_room
from inbox.kernel.rows import Row

People = Sequence[tuple[UUID, Contact]]
"""(account, contact), ascending."""


async def lock_people(connection: Connection, people: People) -> None:
    """Everybody whom the batch will show: a name given by hand in between would be told with the old one. Raises LostRace
    when one of them is no longer as it was read."""
    if not people:
        return
    rows = await connection.fetch(sql.LOCK_CONTACTS, [p[0] for p in people], [p[1].id for p in people])
    found = {
        row["id"]: (row["name"], row["profile_name"], row["username"], row["wa_id"], row["bsuid"])
        for row in rows
    }
    if any(found.get(contact.id) != contact.as_read for _, contact in people):
        raise LostRace


async def tell_of_renames(
    connection: Connection, people: People, written: Collection[UUID], now: datetime, journal: Journal
) -> None:
    """`written`: tickets whose versions this batch has moved on."""
    if not people:
        return
    keys = [account_id for account_id, _ in people], [contact.id for _, contact in people]
    bumped = await connection.fetch(sql.BUMP_TICKETS_OF_CONTACTS, *keys, list(written), now)
    await add_tickets(
        connection, [(row["account_id"], row["id"]) for row in bumped if row["closed_at"] is None], journal
    )
    reaches = {row["contact_id"]: row for row in await connection.fetch(sql.CONTACT_REACH, *keys)}
    for account_id, contact in people:
        audience = " ".join(_audience(reaches[contact.id]))
        journal.add(account_id, "contact_updated", audience, {"contact": contact_view(contact)})


def _audience(reach: Row) -> Iterable[str]:
    yield ADMINS
    yield from map(department_room, sorted(reach["department_ids"] or ()))
    yield from map(user_room, sorted(reach["assignee_ids"] or ()))
    yield from map(conversation_room, sorted(reach["conversation_ids"]))
