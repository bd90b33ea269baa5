"""One POST, sorted by what has to be done with its parts.

Invariants: every part of a parsed webhook ends in exactly one list, so nothing is lost on the way; a part whose number
does not belong to the account of the signing app is parked, never stored under another account.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from inbox.whatsapp.payloads import (
    AccountUpdate,
    EchoMessage,
    Edit,
    IdentityChange,
    InboundMessage,
    Json,
    ParsedWebhook,
    Reaction,
    Revoke,
    Sender,
    StatusUpdate,
)
from inbox.whatsapp.phone import canonical_phone

UNKNOWN_NUMBER = "unknown_number"
UNPARSED = "unparsed"
POISON = "poison"

# Said by WhatsApp, or nothing at all: they stand in the conversation and call nobody.
_SILENT_KINDS = frozenset({"system", "request_welcome"})


Subject = tuple[UUID, str]
"""Whom or what a part of a webhook is about: a customer's id or phone number, or a message of ours."""


class Arrival:
    """A message of one customer, in either direction, on its way into a conversation."""

    __slots__ = (
        "account_id",
        "at",
        "bsuid",
        "effect",
        "message",
        "number_id",
        "outgoing",
        "person",
        "phone",
        "received_at",
        "silent",
    )

    def __init__(
        self, account_id: UUID, number_id: UUID, message: InboundMessage | EchoMessage, now: datetime
    ) -> None:
        self.account_id = account_id
        self.number_id = number_id
        self.message = message
        self.outgoing = type(message) is EchoMessage
        person: Sender = message.recipient if isinstance(message, EchoMessage) else message.sender
        effect = message.effect
        if type(effect) is IdentityChange:
            # The person as they are from now on; `rekey` has seen to it that these ids name them.
            person = person._replace(
                wa_id=effect.new_wa_id or person.wa_id, bsuid=effect.new_bsuid or person.bsuid
            )
        self.person = person
        self.bsuid: str | None = person.bsuid
        self.phone: str | None = canonical_or_none(person.wa_id)
        self.at: datetime = message.at or now
        self.received_at = now
        self.effect: Reaction | Edit | Revoke | IdentityChange | None = effect
        self.silent = message.historic or message.standby or message.kind in _SILENT_KINDS

    @property
    def is_bubble(self) -> bool:
        """A row of its own; edits, revokes and reactions only change another one."""
        return self.effect is None or type(self.effect) is IdentityChange

    @property
    def opens_window(self) -> bool:
        return isinstance(self.message, InboundMessage) and self.message.counts_for_window


@dataclass(slots=True)
class Status:
    account_id: UUID
    number_id: UUID
    update: StatusUpdate


@dataclass(slots=True)
class Update:
    account_id: UUID
    update: AccountUpdate


@dataclass(slots=True)
class Parked:
    """A part, or a whole body, that waits in dead_webhooks for `prosa replay`."""

    account_id: UUID
    app_id: UUID
    reason: str
    detail: str
    item: Json
    """The part at fault; None: the whole body."""
    body: bytes


class Batch:
    """What one transaction writes."""

    __slots__ = ("arrivals", "parked", "size", "statuses", "updates")

    def __init__(
        self,
        arrivals: list[Arrival] | None = None,
        statuses: list[Status] | None = None,
        updates: list[Update] | None = None,
        parked: list[Parked] | None = None,
    ) -> None:
        self.arrivals = arrivals or []
        self.statuses = statuses or []
        self.updates = updates or []
        self.parked = parked or []
        self.size = len(self.arrivals) + len(self.statuses) + len(self.updates) + len(self.parked)

    @classmethod
    def join(cls, batches: Iterable["Batch"]) -> "Batch":
        joined = cls()
        for batch in batches:
            joined.arrivals += batch.arrivals
            joined.statuses += batch.statuses
            joined.updates += batch.updates
            joined.parked += batch.parked
            joined.size += batch.size
        return joined

    @property
    def subjects(self) -> set[Subject]:
        subjects = {(status.account_id, status.update.wamid) for status in self.statuses}
        for arrival in self.arrivals:
            if arrival.bsuid is not None:
                subjects.add((arrival.account_id, arrival.bsuid))
            if arrival.phone is not None:
                subjects.add((arrival.account_id, arrival.phone))
        return subjects

    @property
    def is_messages_only(self) -> bool:
        return len(self.arrivals) == self.size

    def numbers(self) -> set[tuple[UUID, UUID]]:
        """(account, number) of those that said something."""
        numbers = {(arrival.account_id, arrival.number_id) for arrival in self.arrivals}
        numbers.update((status.account_id, status.number_id) for status in self.statuses)
        return numbers

    def pieces(self) -> Iterable[tuple["Batch", Json]]:
        """Each part alone, with its raw form: for finding the one that breaks the rest."""
        for arrival in self.arrivals:
            yield Batch(arrivals=[arrival]), arrival.message.raw
        for status in self.statuses:
            yield Batch(statuses=[status]), status.update.raw
        for update in self.updates:
            yield Batch(updates=[update]), update.update.value
        for parked in self.parked:
            yield Batch(parked=[parked]), parked.item


@dataclass(slots=True)
class Delivery:
    """One POST that waits for its commit."""

    account_id: UUID
    app_id: UUID
    body: bytes
    batch: Batch
    done: "asyncio.Future[None]"


def sort_webhook(
    parsed: ParsedWebhook,
    body: bytes,
    *,
    account_id: UUID,
    app_id: UUID,
    numbers: Mapping[str, UUID],
    now: datetime,
) -> Batch:
    """`numbers`: Meta's phone_number_id → our id, of this account only."""
    arrivals: list[Arrival] = []
    statuses: list[Status] = []
    parked: list[Parked] = []
    strangers: dict[str, None] = {}
    said: tuple[Sequence[InboundMessage | EchoMessage], ...] = (parsed.messages, parsed.echoes)
    for messages in said:
        for message in messages:
            number_id = numbers.get(message.phone_number_id)
            if number_id is None:
                strangers[message.phone_number_id] = None
            elif message.group_id is not None:
                # A group's message shown in the participant's own conversation would be answered in the wrong place.
                parked.append(Parked(account_id, app_id, UNPARSED, "message of a group", message.raw, body))
            else:
                arrivals.append(Arrival(account_id, number_id, message, now))
    for status in parsed.statuses:
        number_id = numbers.get(status.phone_number_id)
        if number_id is None:
            strangers[status.phone_number_id] = None
        else:
            statuses.append(Status(account_id, number_id, status))
    parked.extend(
        Parked(account_id, app_id, UNPARSED, piece.reason, piece.raw, body) for piece in parsed.unparsed
    )
    if strangers:
        # One row for the whole body: a replay takes what is new in it and knows the rest again.
        detail = ", ".join(number or "(none)" for number in strangers)
        parked.append(Parked(account_id, app_id, UNKNOWN_NUMBER, detail, None, body))
    updates = [Update(account_id, update) for update in parsed.account_updates]
    return Batch(arrivals, statuses, updates, parked)


def has_strangers(batch: Batch) -> bool:
    """Whether a fresher list of numbers might know more."""
    return any(piece.reason == UNKNOWN_NUMBER for piece in batch.parked)


def canonical_or_none(wa_id: str | None) -> str | None:
    if wa_id is None:
        return None
    try:
        return canonical_phone(wa_id)
    except ValueError:
        return None
