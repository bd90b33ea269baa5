"""Who wrote, and in which conversation: contacts found or made, conversations moved on.

Identity (cloud-api, section 2.10): the BSUID decides, then the canonical phone (Brazil's ninth digit always present). A
key that nobody has yet is added to the contact that the other key names. When both name different contacts, the BSUID
wins; merging people is left to people.

Nothing is written here: `columns` says what the one writing statement has to (inbox/ingest/writing.py).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from inbox.ingest import metrics, sql
from inbox.ingest.arrivals import Arrival
from inbox.ingest.connection import Connection
from inbox.ingest.tickets import Ticket
from inbox.kernel.ids import new_id
from inbox.kernel.rows import Row

log = structlog.get_logger(__name__)

CUSTOMER_SERVICE_WINDOW = timedelta(hours=24)
"""Cloud API, customer service windows: 24 hours from the customer's last message, by Meta's time."""


class Contact:
    __slots__ = (
        "as_read",
        "bsuid",
        "changed",
        "id",
        "is_new",
        "looks_new",
        "name",
        "profile_name",
        "username",
        "wa_id",
    )

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
        # What lists and headers show of somebody known is not what it was.
        self.looks_new = False
        self.as_read = (name, profile_name, username, wa_id, bsuid)

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
        self.looks_new = not self.is_new and _shown(*self.as_read) != _shown(
            self.name, profile_name, username, wa_id, bsuid
        )


def _shown(
    name: str, profile_name: str, username: str | None, wa_id: str | None, bsuid: str | None
) -> object:
    """The user id stands for a name only where there is none."""
    return profile_name, username, wa_id, None if name or profile_name or username or wa_id else bsuid


class Conversation:
    __slots__ = (
        "account_id", "arrivals", "contact", "heard_until", "id", "id_text", "is_new", "last_inbound_at", "last_inbound_wamid",
        "last_message_at", "newest_at", "number_id", "ticket", "widened", "window_expires_at",
    )  # fmt: skip

    def __init__(self, account_id: UUID, number_id: UUID, contact: Contact, row: Row | None) -> None:
        self.account_id = account_id
        self.number_id = number_id
        self.contact = contact
        self.is_new = row is None
        self.id: UUID = row["conversation"] if row is not None else new_id()
        self.id_text = str(self.id)
        self.window_expires_at: datetime | None = row["window_expires_at"] if row is not None else None
        # The newest that the customer said before this batch: older news must not overwrite their profile.
        self.newest_at: datetime | None = row["last_inbound_at"] if row is not None else None
        # A message from before this may be quoted already.
        self.heard_until = self.newest_at
        self.last_inbound_at: datetime | None = None
        self.last_inbound_wamid: str | None = None
        self.last_message_at: datetime | None = None
        self.ticket: Ticket | None = Ticket(row) if row is not None and row["id"] is not None else None
        self.arrivals: list[Arrival] = []
        self.widened = False

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
                self.widened = True


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
            known = row if row["conversation"] is not None and row["contact_id"] == contact.id else None
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

    @property
    def known(self) -> list["Conversation"]:
        """Those that were there before, in the order of locks."""
        return sorted(
            (c for c in self.conversations.values() if not c.is_new), key=lambda c: (c.account_id, c.id)
        )

    async def lock(self, connection: Connection) -> None:
        """Nobody else changes these conversations and their open tickets until this transaction ends."""
        known = self.known
        if not known:
            return
        rows = await connection.fetch(
            sql.LOCK_CONVERSATIONS, [c.account_id for c in known], [c.id for c in known]
        )
        by_id = {c.id: c for c in known}
        for conversation in known:
            conversation.ticket = None
        for row in rows:
            conversation = by_id[row["conversation"]]
            conversation.window_expires_at = row["window_expires_at"]
            conversation.ticket = Ticket(row)

    @property
    def known_people(self) -> list[tuple[UUID, Contact]]:
        """(account, contact) of those who were there before, in the order of locks."""
        found = [(account_id, c) for (account_id, _), c in self._contacts.items() if not c.is_new]
        return sorted(found, key=lambda pair: (pair[0], pair[1].id))

    def renamed(self) -> list[tuple[UUID, Contact]]:
        """Of the known people, those who look different."""
        return [pair for pair in self.known_people if pair[1].looks_new]

    def widen_windows(self) -> None:
        for conversation in self.conversations.values():
            conversation.widen_window()

    @property
    def has_news(self) -> bool:
        """Whether somebody or something here is new or looks different."""
        return (
            bool(self._new_identities)
            or any(c.is_new for c in self.conversations.values())
            or any(c.changed or c.is_new for c in self._contacts.values())
        )

    def columns(self) -> dict[str, Any]:
        known = self.known
        return {
            "conversation_accounts": [c.account_id for c in known],
            "conversation_ids": [c.id for c in known],
            "conversation_last_inbound_ats": [c.last_inbound_at for c in known],
            "conversation_last_inbound_wamids": [c.last_inbound_wamid for c in known],
            "conversation_last_message_ats": [c.last_message_at for c in known],
            "conversation_expected": len(known),
            "service_window": CUSTOMER_SERVICE_WINDOW,
        }

    def news_columns(self) -> dict[str, Any]:
        contacts = [(account_id, c) for (account_id, _), c in self._contacts.items()]
        profiles = sorted(
            ((account_id, c) for account_id, c in contacts if c.changed and not c.is_new),
            key=lambda pair: (pair[0], pair[1].id),
        )
        identities = sorted(self._new_identities.items())
        begun = sorted(
            (c for c in self.conversations.values() if c.is_new),
            key=lambda c: (c.account_id, c.number_id, c.contact.id),
        )
        return {
            **_people_columns("contact", [pair for pair in contacts if pair[1].is_new]),
            **_people_columns("profile", profiles),
            "identity_accounts": [key[0] for key, _ in identities],
            "identity_kinds": [key[1] for key, _ in identities],
            "identity_values": [key[2] for key, _ in identities],
            "identity_contacts": [contact_id for _, contact_id in identities],
            "identity_expected": len(identities),
            "begun_accounts": [c.account_id for c in begun],
            "begun_ids": [c.id for c in begun],
            "begun_numbers": [c.number_id for c in begun],
            "begun_contacts": [c.contact.id for c in begun],
            "begun_last_inbound_ats": [c.last_inbound_at for c in begun],
            "begun_last_inbound_wamids": [c.last_inbound_wamid for c in begun],
            "begun_last_message_ats": [c.last_message_at for c in begun],
            "begun_expected": len(begun),
        }


def _people_columns(step: str, contacts: Sequence[tuple[UUID, Contact]]) -> dict[str, Any]:
    return {
        f"{step}_accounts": [account_id for account_id, _ in contacts],
        f"{step}_ids": [c.id for _, c in contacts],
        f"{step}_profile_names": [c.profile_name for _, c in contacts],
        f"{step}_usernames": [c.username for _, c in contacts],
        f"{step}_wa_ids": [c.wa_id for _, c in contacts],
        f"{step}_bsuids": [c.bsuid for _, c in contacts],
        f"{step}_expected": len(contacts),
    }
