"""Rows of an installation that has been used for three years, as text for COPY. Pure: the same plan and chunk give the same rows.

- Accounts differ in size: one has most (`ACCOUNT_SHARES`).
- A conversation has a length of its own (log-normal: most are short, some go on for years), falls into episodes, and each
  episode is a ticket. Three in a hundred conversations have an open ticket, so open ones grow with the rest.
- Keys of conversations ascend with time, those of messages nearly: as they do in production.
- Left out, because no list or page reads it: the log (kept for days only) and Meta's single statuses.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

import orjson

from tests.bench.names import AREA_CODES, FIRST_NAMES, PHRASES, SURNAMES

ACCOUNT_SHARES: Final = (0.70, 0.15, 0.10, 0.04, 0.01)
CHUNK_CONVERSATIONS: Final = 1_000
"""One transaction and about 10 MB of text."""
OPEN_SHARE: Final = 0.03
_RETURNING_SHARE = 0.3
_LENGTH_SIGMA = 1.1
_MESSAGES_PER_TICKET = 12
_DAY_MS: Final = 86_400_000
_SPAN_DAYS: Final = 3 * 365

COLUMNS: Final[Mapping[str, str]] = {
    "contacts": "account_id, id, name, profile_name, wa_id, bsuid, created_at",
    "contact_identities": "account_id, kind, value, contact_id",
    "conversations": "account_id, id, number_id, contact_id, last_inbound_at, last_inbound_wamid, window_expires_at,"
    " last_message_at, created_at",
    "tickets": "account_id, id, conversation_id, number_id, contact_id, protocol, state, department_id, assignee_id,"
    " unread_count, preview, last_message_at, waiting_since, queued_at, accepted_at, first_response_at, closed_at, closed_by,"
    " created_at, updated_at",
    "ticket_segments": "account_id, id, ticket_id, department_id, assignee_id, started_at, ended_at",
    "ticket_events": "account_id, id, ticket_id, type, actor_id, at",
    "messages": "account_id, id, conversation_id, ticket_id, direction, author_kind, author_id, wamid, client_message_id,"
    " kind, content, context, status, at, status_at, created_at",
    "media": "account_id, id, message_id, number_id, mime_type, file_name, size, width, height, duration_ms, state,"
    " storage_key, created_at",
    "reactions": "account_id, target_wamid, reactor, emoji, at",
}
"""What is copied, in an order that foreign keys allow."""


@dataclass(frozen=True)
class AccountPlan:
    """One account, its people and what it gets."""

    account_id: UUID
    conversations: int
    messages: int
    departments: Sequence[UUID]
    number_ids: Sequence[UUID]
    operators: Mapping[UUID, Sequence[UUID]]
    """By department."""


@dataclass(frozen=True)
class Chunk:
    account: int
    first: int
    """Of the account's conversations."""
    count: int
    messages: int


def share_out(total: int) -> list[int]:
    """`total` by ACCOUNT_SHARES, whole, none without any."""
    parts = [max(1, round(total * share)) for share in ACCOUNT_SHARES]
    parts[0] += total - sum(parts)
    return parts


def chunks_of(accounts: Sequence[AccountPlan]) -> Iterator[Chunk]:
    for index, account in enumerate(accounts):
        done = 0
        for first in range(0, account.conversations, CHUNK_CONVERSATIONS):
            count = min(CHUNK_CONVERSATIONS, account.conversations - first)
            until = account.messages * (first + count) // account.conversations
            yield Chunk(index, first, count, until - done)
            done = until


@dataclass
class _Episode:
    at_ms: list[int]
    is_open: bool


@dataclass
class _Conversation:
    id: str
    contact_id: str
    number_id: str
    began_ms: int
    tickets_before: int
    last_inbound_ms: int = 0
    last_inbound_wamid: str = ""
    last_ms: int = 0


@dataclass
class ChunkWriter:
    """Makes the rows of one chunk; `rows` holds a line a row, by table."""

    account: AccountPlan
    chunk: Chunk
    now: datetime
    rows: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._random = random.Random(f"{self.chunk.account}/{self.chunk.first}")
        self._now_ms = int(self.now.timestamp() * 1000)
        self._clock = _clock_of(self.now)
        self._account_id = self.account.account_id.hex
        self._departments = [department.hex for department in self.account.departments]
        self._operators = {
            department.hex: [person.hex for person in people]
            for department, people in self.account.operators.items()
        }

    def write(self) -> Mapping[str, Sequence[str]]:
        for offset, length in enumerate(self._lengths()):
            self._write_conversation(self.chunk.first + offset, length)
        return self.rows

    def _lengths(self) -> list[int]:
        """Messages of each conversation: log-normal, at least one, together exactly the chunk's."""
        count, total = self.chunk.count, self.chunk.messages
        weights = [self._random.lognormvariate(0, _LENGTH_SIGMA) for _ in range(count)]
        spare = max(0, total - count)
        scale = spare / sum(weights)
        lengths = [1 + int(weight * scale) for weight in weights]
        lengths[weights.index(max(weights))] += max(0, total - sum(lengths))
        return lengths

    def _write_conversation(self, index: int, length: int) -> None:
        draw = self._random.random
        began = (
            self._now_ms - int(_SPAN_DAYS * _DAY_MS * (1 - index / self.account.conversations)) - 3_600_000
        )
        numbers = self.account.number_ids
        conversation = _Conversation(
            self._uuid7(began), self._uuid7(began), numbers[index % len(numbers)].hex, began, index * 100
        )
        self._write_contact(index, conversation)
        for place, episode in enumerate(self._episodes(began, length, is_open=draw() < OPEN_SHARE)):
            self._write_ticket(conversation, episode, place)
        at, inbound = self._clock, conversation.last_inbound_ms
        self.rows["conversations"].append(
            f"{self._account_id}\t{conversation.id}\t{conversation.number_id}\t{conversation.contact_id}\t{at(inbound)}\t"
            f"{conversation.last_inbound_wamid}\t{at(inbound + _DAY_MS)}\t{at(conversation.last_ms)}\t{at(began)}\n"
        )

    def _write_contact(self, index: int, conversation: _Conversation) -> None:
        draw, contact_id, account_id = self._random.random, conversation.contact_id, self._account_id
        # Squaring prefers the front of the lists.
        first = FIRST_NAMES[int(draw() ** 2 * len(FIRST_NAMES))]
        last = SURNAMES[int(draw() ** 2 * len(SURNAMES))]
        full = (
            f"{first} {SURNAMES[int(draw() * len(SURNAMES))]} {last}" if draw() < 0.5 else f"{first} {last}"
        )
        area = AREA_CODES[int(draw() * len(AREA_CODES))]
        # 7919 is prime to 4·10⁷: every index has a number of its own.
        subscriber = 60_000_000 + index * 7919 % 40_000_000
        canonical = f"55{area}9{subscriber}"
        # Meta writes numbers of area codes over 30 without the ninth digit, as they were registered.
        wa_id = canonical if area < "30" else f"55{area}{subscriber}"
        bsuid = f"BR.{self.chunk.account + 1:02}{index:018}"
        name, profile = (full, first) if draw() < 0.2 else ("", full)
        began = self._clock(conversation.began_ms)
        self.rows["contacts"].append(
            f"{account_id}\t{contact_id}\t{name}\t{profile}\t{wa_id}\t{bsuid}\t{began}\n"
        )
        self.rows["contact_identities"] += (
            f"{account_id}\tphone\t{canonical}\t{contact_id}\n",
            f"{account_id}\tbsuid\t{bsuid}\t{contact_id}\n",
        )

    def _episodes(self, began: int, length: int, *, is_open: bool) -> Iterator[_Episode]:
        """Times of the messages, episode by episode; the last one is the open ticket's."""
        chosen, now = self._random, self._now_ms
        count = 1 + int(chosen.random() * 2 * length / _MESSAGES_PER_TICKET)
        count = min(count, length, 99)
        if is_open:
            last = max(began, now - int(chosen.expovariate(1 / (2 * _DAY_MS))) - 600_000)
        elif chosen.random() < _RETURNING_SHARE:
            last = began + int(chosen.random() * (now - began))
        else:
            last = min(now - _DAY_MS, began + int(chosen.expovariate(1 / (10 * _DAY_MS))))
        starts = sorted(began + int(chosen.random() * max(1, last - began)) for _ in range(count - 1))
        starts.append(max(began, last))
        for place, start in enumerate(starts):
            size = length // count + (place < length % count)
            at, times = start, []
            for _ in range(size):
                times.append(min(at, now))
                at += 5_000 + int(chosen.random() * 180_000)
            yield _Episode(times, is_open and place == count - 1)

    def _write_ticket(self, conversation: _Conversation, episode: _Episode, place: int) -> None:
        chosen, account_id, at = self._random, self._account_id, self._clock
        first, last = episode.at_ms[0], episode.at_ms[-1]
        ticket_id = self._uuid7(first)
        department = self._departments[int(chosen.random() ** 1.5 * len(self._departments))]
        people = self._operators[department]
        assignee = people[int(chosen.random() * len(people))]
        state, closed = "closed", at(min(last + 600_000, self._now_ms))
        if episode.is_open:
            state, closed = chosen.choices(("active", "queued", "bot"), (5, 4, 1))[0], r"\N"
        waits = state in ("queued", "bot")
        owner = r"\N" if waits else assignee
        preview = self._write_messages(conversation, ticket_id, episode.at_ms, assignee, unanswered=waits)
        accepted = r"\N" if waits else at(first + 60_000)
        waiting_since, unread = (at(first), 1 + len(episode.at_ms) % 4) if waits else (r"\N", 0)
        closed_by = (
            r"\N"
            if episode.is_open
            else ("agent", "agent", "customer", "inactivity")[int(chosen.random() * 4)]
        )
        protocol = f"{at(first)[:10].replace('-', '')}{conversation.tickets_before + place:09}"
        self.rows["tickets"].append(
            f"{account_id}\t{ticket_id}\t{conversation.id}\t{conversation.number_id}\t{conversation.contact_id}\t{protocol}\t"
            f"{state}\t{department}\t{owner}\t{unread}\t{preview}\t{at(last)}\t{waiting_since}\t{at(first)}\t{accepted}\t"
            f"{accepted}\t{closed}\t{closed_by}\t{at(first)}\t{at(last)}\n"
        )
        self.rows["ticket_segments"].append(
            f"{account_id}\t{self._uuid7(first)}\t{ticket_id}\t{department}\t{owner}\t{at(first)}\t{closed}\n"
        )
        self.rows["ticket_events"].append(
            f"{account_id}\t{self._uuid7(first)}\t{ticket_id}\topened\t\\N\t{at(first)}\n"
        )
        if not episode.is_open:
            self.rows["ticket_events"].append(
                f"{account_id}\t{self._uuid7(last)}\t{ticket_id}\tclosed\t{assignee}\t{closed}\n"
            )

    def _write_messages(
        self,
        conversation: _Conversation,
        ticket_id: str,
        times: Sequence[int],
        assignee: str,
        *,
        unanswered: bool,
    ) -> str:
        """The newest message as the ticket's preview."""
        draw, bits, account_id, at = (
            self._random.random,
            self._random.getrandbits,
            self._account_id,
            self._clock,
        )
        append, quoted = self.rows["messages"].append, ""
        for place, ms in enumerate(times):
            inbound = unanswered or place == 0 or draw() < 0.5
            message_id, wamid = self._uuid7(ms), f"wamid.HBgM{bits(128):032X}"
            kind, content, text = self._content(message_id, ms, conversation.number_id)
            context = f'{{"quoted_wamid": "{quoted}"}}' if quoted and draw() < 0.04 else r"\N"
            when = at(ms)
            if inbound:
                side, status = "in\tcontact\t\\N\t" + wamid + "\t\\N", "received"
                conversation.last_inbound_ms, conversation.last_inbound_wamid = ms, wamid
            else:
                side = f"out\tuser\t{assignee}\t{wamid}\t{bits(128):032x}"
                status = "read" if draw() < 0.8 else "delivered" if draw() < 0.9 else "sent"
            append(
                f"{account_id}\t{message_id}\t{conversation.id}\t{ticket_id}\t{side}\t{kind}\t{content}\t{context}\t{status}\t"
                f"{when}\t{when}\t{when}\n"
            )
            if draw() < 0.01:
                self.rows["reactions"].append(f"{account_id}\t{wamid}\tcontact\t👍\t{when}\n")
            quoted = wamid
        conversation.last_ms = max(conversation.last_ms, times[-1])
        shown = {"message_id": str(UUID(message_id)), "direction": "in" if inbound else "out", "kind": kind, "text": text,
                 "status": status}  # fmt: skip
        return orjson.dumps(shown).decode()

    def _content(self, message_id: str, ms: int, number_id: str) -> tuple[str, str, str]:
        """Kind, content as JSON, words. None of the words needs escaping, neither for JSON nor for COPY."""
        chance = self._random.random()
        if chance < 0.84:
            text = f"{PHRASES[int(self._random.random() * len(PHRASES))]} {ms % 10_000}"
            return "text", f'{{"body": "{text}"}}', text
        kind, mime, shape = next(found for limit, found in _FILES if chance < limit)
        self.rows["media"].append(
            f"{self._account_id}\t{self._uuid7(ms)}\t{message_id}\t{number_id}\t{mime}\t\\N\t{20_000 + ms % 300_000}\t{shape}\t"
            f"stored\tbench/{message_id}\t{self._clock(ms)}\n"
        )
        return kind, f'{{"media": {{"meta_id": "{ms}", "mime_type": "{mime}"}}}}', ""

    def _uuid7(self, ms: int) -> str:
        return f"{ms:012x}7{self._random.getrandbits(12):03x}8{self._random.getrandbits(60):015x}"


_FILES: Final = (
    (0.93, ("image", "image/jpeg", "1200\t1600\t\\N")),
    (0.98, ("audio", "audio/ogg", "\\N\t\\N\t8200")),
    (1.01, ("document", "application/pdf", "\\N\t\\N\t\\N")),
)
"""Kind, type, and width, height and duration in COPY's spelling, by the upper end of their chance."""


@lru_cache(maxsize=1)
def _clock_of(now: datetime) -> Callable[[int], str]:
    """Milliseconds → the text of a timestamptz, several times faster than strftime."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    last = (now - epoch).days + 30
    days = {day: f"{epoch + timedelta(days=day):%Y-%m-%d} " for day in range(last - _SPAN_DAYS - 60, last)}
    times = [f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(86_400)]

    def text(ms: int) -> str:
        day, rest = divmod(ms, _DAY_MS)
        return f"{days[day]}{times[rest // 1000]}.{rest % 1000:03}+00"

    return text
