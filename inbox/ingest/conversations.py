"""Who wrote, and in which conversation: contacts found or made, conversations moved on.

Identity (cloud-api, section 2.10): the BSUID decides, then the canonical phone (Brazil's ninth digit always present). A
key that nobody has yet is added to the contact that the other key names. When both name different contacts, the BSUID
wins; merging people is left to people.

A lost race never shows here: an insert that another process was quicker with raises LostRace, and the whole transaction
reads again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from inbox.ingest import metrics, sql
from inbox.ingest.arrivals import Arrival
from inbox.ingest.connection import Connection
from inbox.ingest.errors import LostRace
from inbox.ingest.tickets import Ticket
from inbox.kernel.ids import new_id
from inbox.kernel.rows import Row

log = structlog.get_logger(__name__)

CUSTOMER_SERVICE_WINDOW = timedelta(hours=24)
"""Cloud API, customer service windows: 24 hours from the customer's last message, by Meta's time."""


class Contact:
    __slots__ = ("bsuid", "changed", "id", "is_new", "name", "profile_name", "username", "wa_id")

    def __init__(
        self,
        id_: UUID,
        name: str,
        profile_name: str,
        username: str | None,
        wa_id: str | None,
        bsuid: str | None,
        *,
        is_new: bool = False,
    ) -> None:
        self.id = id_
        self.name = name
        self.profile_name = profile_name
        self.username = username
        self.wa_id = wa_id
        self.bsuid = bsuid
        self.is_new = is_new
        self.changed = False

    def learn(self, arrival: Arrival) -> None:
        """Takes over what a newer webhook shows of the person; what it leaves out stays."""
        person = arrival.person
        profile_name, username = person.profile_name or self.profile_name, person.username or self.username
        wa_id, bsuid = person.wa_id or self.wa_id, person.bsuid or self.bsuid
        if (profile_name, username, wa_id, bsuid) == (
            self.profile_name,
            self.username,
            self.wa_id,
            self.bsuid,
        ):
            return
        self.profile_name, self.username, self.wa_id, self.bsuid = profile_name, username, wa_id, bsuid
        self.changed = True


class Conversation:
    __slots__ = (
        "account_id", "arrivals", "contact", "heard_until", "id", "id_text", "is_new", "last_inbound_at", "last_inbound_wamid",
        "last_message_at", "newest_at", "number_id", "ticket", "window_expires_at",
    )  # fmt: skip

    def __init__(self, account_id: UUID, number_id: UUID, contact: Contact, row: Row | None) -> None:
        self.account_id = account_id
        self.number_id = number_id
        self.contact = contact
        self.is_new = row is None
        self.id: UUID = row["conversation_id"] if row is not None else new_id()
        self.id_text = str(self.id)
        self.window_expires_at: datetime | None = row["window_expires_at"] if row is not None else None
        # The newest that the customer said before this batch: older news must not overwrite their profile.
        self.newest_at: datetime | None = row["last_inbound_at"] if row is not None else None
        # A message from before this may be quoted already.
        self.heard_until = self.newest_at
        self.last_inbound_at: datetime | None = None
        self.last_inbound_wamid: str | None = None
        self.last_message_at: datetime | None = None
        self.ticket: Ticket | None = None
        self.arrivals: list[Arrival] = []

    def take(self, arrival: Arrival) -> None:
        at = arrival.at
        self.arrivals.append(arrival)
        if arrival.opens_window and (self.last_inbound_at is None or at >= self.last_inbound_at):
            self.last_inbound_at, self.last_inbound_wamid = at, arrival.message.wamid
        if arrival.is_bubble and (self.last_message_at is None or at > self.last_message_at):
            self.last_message_at = at
        if arrival.outgoing or arrival.message.historic:
            return
        if self.newest_at is None or at >= self.newest_at:
            self.newest_at = at
            self.contact.learn(arrival)

    def widen_window(self) -> None:
        if self.last_inbound_at is not None:
            expires_at = self.last_inbound_at + CUSTOMER_SERVICE_WINDOW
            if self.window_expires_at is None or expires_at > self.window_expires_at:
                self.window_expires_at = expires_at


async def look_up(connection: Connection, arrivals: Sequence[Arrival]) -> Sequence[Row]:
    """Message, contact and conversation of each arrival, as far as they exist."""
    rows: list[Any] = await connection.fetch(
        sql.LOOK_UP,
        [a.account_id for a in arrivals],
        [a.number_id for a in arrivals],
        [a.message.wamid for a in arrivals],
        [a.bsuid for a in arrivals],
        [a.phone for a in arrivals],
    )
    return rows


class Directory:
    """The people and conversations of one batch."""

    def __init__(self) -> None:
        self.conversations: dict[tuple[UUID, UUID, UUID], Conversation] = {}
        self._contacts: dict[tuple[UUID, UUID], Contact] = {}
        self._by_identity: dict[tuple[UUID, str, str], Contact] = {}
        self._new_identities: dict[tuple[UUID, str, str], UUID] = {}

    def place(self, arrival: Arrival, row: Row) -> Conversation:
        contact = self._contact_of(arrival, row)
        key = (arrival.account_id, arrival.number_id, contact.id)
        conversation = self.conversations.get(key)
        if conversation is None:
            known = row if row["conversation_id"] is not None and row["contact_id"] == contact.id else None
            conversation = Conversation(arrival.account_id, arrival.number_id, contact, known)
            self.conversations[key] = conversation
        conversation.take(arrival)
        return conversation

    def _contact_of(self, arrival: Arrival, row: Row) -> Contact:
        account_id, bsuid, phone = arrival.account_id, arrival.bsuid, arrival.phone
        by_bsuid = self._known(account_id, "bsuid", bsuid, row["by_bsuid"], row)
        by_phone = self._known(account_id, "phone", phone, row["by_phone"], row)
        contact = by_bsuid or by_phone
        if contact is None:
            person = arrival.person
            contact = Contact(
                new_id(), "", person.profile_name or "", person.username, person.wa_id, bsuid, is_new=True
            )
            self._contacts[account_id, contact.id] = contact
        elif by_bsuid is not None and by_phone is not None and by_bsuid is not by_phone:
            metrics.IDENTITY_CONFLICTS.inc()
            log.warning(
                "identity_conflict",
                account_id=account_id,
                contact_id=by_bsuid.id,
                phone_contact_id=by_phone.id,
            )
        if bsuid is not None and by_bsuid is None:
            self._claim(account_id, "bsuid", bsuid, contact)
        if phone is not None and by_phone is None:
            self._claim(account_id, "phone", phone, contact)
        return contact

    def _known(
        self, account_id: UUID, kind: str, value: str | None, contact_id: UUID | None, row: Row
    ) -> Contact | None:
        if value is None:
            return None
        contact = self._by_identity.get((account_id, kind, value))
        if contact is not None or contact_id is None:
            return contact
        contact = self._contacts.get((account_id, contact_id))
        if contact is None:
            if row["contact_id"] == contact_id:
                contact = Contact(
                    contact_id, row["name"], row["profile_name"], row["username"], row["wa_id"], row["bsuid"]
                )
            else:
                # The loser of a conflict: only its id matters.
                return Contact(contact_id, "", "", None, None, None)
            self._contacts[account_id, contact_id] = contact
        self._by_identity[account_id, kind, value] = contact
        return contact

    def _claim(self, account_id: UUID, kind: str, value: str, contact: Contact) -> None:
        self._by_identity[account_id, kind, value] = contact
        self._new_identities[account_id, kind, value] = contact.id

    async def write_new(self, connection: Connection, now: datetime) -> None:
        """New people and new conversations. Raises LostRace when another process made one of them first."""
        if self._new_identities:
            await self._write_people(connection, now)
        new = sorted(
            (c for c in self.conversations.values() if c.is_new),
            key=lambda c: (c.account_id, c.number_id, c.contact.id),
        )
        if not new:
            return
        rows = await connection.fetch(
            sql.INSERT_CONVERSATIONS,
            [c.account_id for c in new],
            [c.id for c in new],
            [c.number_id for c in new],
            [c.contact.id for c in new],
            [c.last_inbound_at for c in new],
            [c.last_inbound_wamid for c in new],
            [c.last_message_at for c in new],
            CUSTOMER_SERVICE_WINDOW,
            now,
        )
        if len(rows) != len(new):
            raise LostRace
        for conversation in new:
            conversation.widen_window()

    async def _write_people(self, connection: Connection, now: datetime) -> None:
        new = [(account_id, c) for (account_id, _), c in self._contacts.items() if c.is_new]
        if new:
            await connection.execute(sql.INSERT_CONTACTS, *_columns(new), now)
        claimed = sorted(self._new_identities.items())
        rows = await connection.fetch(
            sql.INSERT_IDENTITIES,
            [key[0] for key, _ in claimed],
            [key[1] for key, _ in claimed],
            [key[2] for key, _ in claimed],
            [contact_id for _, contact_id in claimed],
        )
        if len(rows) != len(claimed):
            raise LostRace

    async def write_changed(self, connection: Connection, now: datetime) -> None:
        """Profiles that a newer webhook shows differently."""
        changed = [
            (account_id, c) for (account_id, _), c in self._contacts.items() if c.changed and not c.is_new
        ]
        if changed:
            changed.sort(key=lambda pair: (pair[0], pair[1].id))
            await connection.execute(sql.UPDATE_CONTACTS, *_columns(changed), now)

    async def advance(self, connection: Connection) -> None:
        """Moves known conversations on (windows never go back) and locks their open tickets."""
        known = sorted(
            (c for c in self.conversations.values() if not c.is_new), key=lambda c: (c.account_id, c.id)
        )
        if not known:
            return
        rows = await connection.fetch(
            sql.ADVANCE_CONVERSATIONS,
            [c.account_id for c in known],
            [c.id for c in known],
            [c.last_inbound_at for c in known],
            [c.last_inbound_wamid for c in known],
            [c.last_message_at for c in known],
            CUSTOMER_SERVICE_WINDOW,
        )
        by_id = {c.id: c for c in known}
        for conversation in known:
            conversation.widen_window()
        for row in rows:
            conversation = by_id[row["conversation_id"]]
            conversation.window_expires_at = row["window_expires_at"]
            conversation.ticket = Ticket(row)


def _columns(contacts: Sequence[tuple[UUID, Contact]]) -> tuple[list[Any], ...]:
    return (
        [account_id for account_id, _ in contacts],
        [c.id for _, c in contacts],
        [c.profile_name for _, c in contacts],
        [c.username for _, c in contacts],
        [c.wa_id for _, c in contacts],
        [c.bsuid for _, c in contacts],
    )
