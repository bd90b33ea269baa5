"""What answers of Graph teach about recipients: their wa_id as WhatsApp spells it, and their BSUID.

A name that already belongs to another contact is left to whoever merges contacts. Everything that shows a number is told
when it changes. Losing any of this costs nothing: the next answer says it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from inbox.contacts.events import contact_updated
from inbox.contacts.repository import CONTACT_VIEW_COLUMNS, contact_view
from inbox.ingest.sql import BUMP_TICKETS_OF_CONTACTS, CONTACT_REACH
from inbox.kernel.event_log import NewEvent
from inbox.outbox.journal import TICKET_KEYS, Connection, Written, append_events
from inbox.tickets.events import ticket_updated
from inbox.tickets.repository import TICKET_VIEW_SELECT, ticket_view
from inbox.whatsapp.phone import canonical_phone

_LOCK_SQL = """
SELECT c.id, c.wa_id, c.bsuid FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id)
JOIN contacts c ON c.account_id = p.account_id AND c.id = p.id AND c.erased_at IS NULL
ORDER BY c.id FOR NO KEY UPDATE OF c
"""

_IDENTITIES_SQL = """
INSERT INTO contact_identities (account_id, kind, value, contact_id)
SELECT $1, p.kind, p.value, p.contact_id FROM unnest($2::text[], $3::text[], $4::uuid[]) AS p (kind, value, contact_id)
ORDER BY p.kind, p.value
ON CONFLICT (account_id, kind, value) DO UPDATE SET value = excluded.value
RETURNING kind, value, contact_id
"""

_UPDATE_SQL = """
UPDATE contacts c SET wa_id = p.wa_id, bsuid = p.bsuid, version = c.version + 1, updated_at = $5
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS p (account_id, id, wa_id, bsuid)
WHERE c.account_id = p.account_id AND c.id = p.id
"""

_VIEWS_SQL = f"""
SELECT {CONTACT_VIEW_COLUMNS} FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id)
JOIN contacts c ON c.account_id = p.account_id AND c.id = p.id ORDER BY c.id
"""  # noqa: S608 - column names


@dataclass(frozen=True, slots=True)
class Recipient:
    """How WhatsApp names a contact now."""

    contact_id: UUID
    wa_id: str | None
    bsuid: str | None

    def identities(self) -> list[tuple[str, str]]:
        """(kind, value) as contact_identities keeps them."""
        phone = _canonical(self.wa_id)
        named = (("phone", phone), ("bsuid", self.bsuid))
        return [(kind, value) for kind, value in named if value is not None]


async def learn_recipients(
    pool: asyncpg.Pool, account_id: UUID, recipients: Sequence[Recipient], now: datetime
) -> Written:
    """Stores the names in one transaction; answers the events that tell of them."""
    newest = {recipient.contact_id: recipient for recipient in recipients}
    async with pool.acquire() as connection, connection.transaction():
        rows = await connection.fetch(_LOCK_SQL, [account_id] * len(newest), list(newest))
        known = {row["id"]: row for row in rows}
        owners = await _claim_identities(connection, account_id, [newest[contact_id] for contact_id in known])
        changed: list[tuple[UUID, str | None, str | None]] = []
        respelled: list[UUID] = []
        for contact_id, row in known.items():
            wa_id, bsuid = row["wa_id"], row["bsuid"]
            for kind, value in newest[contact_id].identities():
                if owners[kind, value] != contact_id:
                    continue
                if kind == "phone":
                    wa_id = newest[contact_id].wa_id
                else:
                    bsuid = value
            if (wa_id, bsuid) != (row["wa_id"], row["bsuid"]):
                changed.append((contact_id, wa_id, bsuid))
            if wa_id != row["wa_id"]:
                respelled.append(contact_id)
        if not changed:
            return Written(account_id)
        ids, wa_ids, bsuids = zip(*changed, strict=True)
        await connection.execute(
            _UPDATE_SQL, [account_id] * len(ids), list(ids), list(wa_ids), list(bsuids), now
        )
        if not respelled:
            return Written(account_id)
        return await _tell(connection, account_id, respelled, now)


async def _claim_identities(
    connection: Connection, account_id: UUID, recipients: Sequence[Recipient]
) -> dict[tuple[str, str], UUID]:
    """Whose each name is; a new one goes to who bears it."""
    wanted: dict[tuple[str, str], UUID] = {}
    for recipient in recipients:
        for identity in recipient.identities():
            wanted.setdefault(identity, recipient.contact_id)
    rows = await connection.fetch(
        _IDENTITIES_SQL,
        account_id,
        [kind for kind, _ in wanted],
        [value for _, value in wanted],
        list(wanted.values()),
    )
    return {(row["kind"], row["value"]): row["contact_id"] for row in rows}


async def _tell(
    connection: Connection, account_id: UUID, contact_ids: Sequence[UUID], now: datetime
) -> Written:
    """Every row that shows them, those of closed tickets too."""
    keys = [account_id] * len(contact_ids), list(contact_ids)
    touched = await connection.fetch(BUMP_TICKETS_OF_CONTACTS, *keys, [], now)
    ids = [row["id"] for row in touched if row["closed_at"] is None]
    rows = await connection.fetch(
        f"{TICKET_VIEW_SELECT} JOIN {TICKET_KEYS} ORDER BY t.id", [account_id] * len(ids), ids
    )
    reaches = {row["contact_id"]: row for row in await connection.fetch(CONTACT_REACH, *keys)}
    events = [ticket_updated(ticket_view(row)) for row in rows]
    views = await connection.fetch(_VIEWS_SQL, *keys)
    events += [
        _contact_updated(row, reaches[row["contact_id"]]) for row in views if row["contact_id"] in reaches
    ]
    return await append_events(connection, account_id, events, now)


def _contact_updated(contact: asyncpg.Record, reach: asyncpg.Record) -> NewEvent:
    return contact_updated(
        contact_view(contact),
        department_ids=reach["department_ids"] or (),
        assignee_ids=reach["assignee_ids"] or (),
        conversation_ids=reach["conversation_ids"],
    )


def _canonical(wa_id: str | None) -> str | None:
    try:
        return canonical_phone(wa_id) if wa_id else None
    except ValueError:
        return None
