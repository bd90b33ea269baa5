"""A month of the demo company: who wrote, who answered, what waits. Rows only; `writing.py` stores them.

Everything that the product would have written is written, with the same invariants: windows, waiting times, previews,
segments, ticket events, protocol numbers without gap, statuses that only advance.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from inbox.tickets.repository import format_protocol, protocol_day
from server.demo import TIME_ZONE
from server.demo.customers import Customer, Customers
from server.demo.dialogues import DIALOGUES, PRODUCTS, WAITING, Dialogue, Line
from server.demo.recording import Episode, Operator, Recorder, Rows, Stage, Talk, id_at

# Of them, how many are by somebody who had written before.
_RETURNING_SHARE = 0.25
_TRANSFERRED_SHARE = 0.08
_WINDOW = timedelta(hours=24)
_WEEKDAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")

# How long ago the customer's newest message of each of an operator's open tickets came: fresh, hours old, a window about to
# close, and one that is closed.
_ACTIVE_AGES = (
    timedelta(minutes=1),
    timedelta(minutes=3),
    timedelta(minutes=8),
    timedelta(minutes=19),
    timedelta(minutes=47),
    timedelta(hours=2, minutes=10),
    timedelta(hours=5),
    timedelta(hours=20, minutes=40),
    timedelta(hours=23, minutes=25),
    timedelta(hours=31),
)


@dataclass(frozen=True, slots=True)
class Size:
    past_conversations: int
    past_days: int
    active_per_operator: int
    waiting: int


FULL: Final = Size(past_conversations=300, past_days=30, active_per_operator=10, waiting=len(WAITING))
SMALL: Final = Size(past_conversations=14, past_days=14, active_per_operator=2, waiting=3)
"""A company that has just begun."""


def build_history(stage: Stage, now: datetime, seed: int = 1, size: Size = FULL) -> Rows:
    """All rows, relative to `now`. A stage without files hears only what is told without any."""
    return _Builder(stage, now, seed, size).build()


class _Builder:
    def __init__(self, stage: Stage, now: datetime, seed: int, size: Size) -> None:
        self._stage = stage
        self._size = size
        self._dialogues = [dialogue for dialogue in DIALOGUES if stage.files or not _needs_files(dialogue)]
        self._waiting = [dialogue for dialogue in WAITING if stage.files or not _needs_files(dialogue)]
        self._now = now
        self._luck = random.Random(seed)  # noqa: S311 - the same demo every time, no secret
        self._customers = Customers(self._luck)
        self._zone = ZoneInfo(TIME_ZONE)
        self._talks: list[Talk] = []
        self._record = Recorder(stage, now, self._luck)
        self._rows = self._record.rows

    def build(self) -> Rows:
        for start in self._past_starts():
            dialogue = self._luck.choice(self._dialogues)
            self._play(self._past_talk(start), dialogue, dialogue.lines, "closed", start=start)
        for operator in self._stage.operators:
            for age in _ACTIVE_AGES[: self._size.active_per_operator]:
                self._play_active(operator, age)
        for index, dialogue in enumerate(self._waiting[: self._size.waiting]):
            end = self._now - timedelta(minutes=2 * index + 1, seconds=self._luck.randrange(50))
            self._play(self._new_talk(end), dialogue, dialogue.lines, "queued", end=end)
        self._finish()
        return self._rows

    # ── who and when ────────────────────────────────────────────────────────────────────────────────────────────────

    def _past_starts(self) -> Iterator[datetime]:
        """Business hours of the last weeks, oldest first; the last ones end before the open ones begin."""
        starts: list[datetime] = []
        while len(starts) < self._size.past_conversations:
            day = self._now.astimezone(self._zone) - timedelta(
                days=self._luck.uniform(2, self._size.past_days)
            )
            if day.weekday() == 6 or (day.weekday() == 5 and self._luck.random() < 0.6):
                continue
            start = day.replace(
                hour=self._luck.choice((9, 9, 10, 10, 11, 12, 13, 14, 14, 15, 16, 17)),
                minute=self._luck.randrange(60),
                second=self._luck.randrange(60),
            )
            starts.append(start)
        return iter(sorted(starts))

    def _past_talk(self, start: datetime) -> Talk:
        quiet = [
            talk
            for talk in self._talks
            if talk.last_message_at is not None and talk.last_message_at < start - timedelta(days=2)
        ]
        if quiet and self._luck.random() < _RETURNING_SHARE:
            return self._luck.choice(quiet)
        return self._new_talk(start)

    def _new_talk(self, at: datetime) -> Talk:
        customer = self._customers.next()
        stage = self._stage
        contact_id = id_at(at, self._luck)
        talk = Talk(id_at(at, self._luck), customer, at)
        self._talks.append(talk)
        self._rows["contacts"].append(
            {
                "account_id": stage.account_id,
                "id": contact_id,
                "profile_name": customer.name,
                "username": customer.username,
                "wa_id": customer.wa_id,
                "bsuid": customer.bsuid,
                "created_at": at,
                "updated_at": at,
            }
        )
        for kind, value in (("bsuid", customer.bsuid), ("phone", customer.canonical_phone)):
            if value is not None:
                self._rows["contact_identities"].append(
                    {"account_id": stage.account_id, "kind": kind, "value": value, "contact_id": contact_id}
                )
        self._rows["conversations"].append(
            {
                "account_id": stage.account_id,
                "id": talk.id,
                "number_id": stage.number_id,
                "contact_id": contact_id,
                "created_at": at,
            }
        )
        return talk

    def _play_active(self, operator: Operator, age: timedelta) -> None:
        fitting = [
            (dialogue, ends)
            for dialogue in self._dialogues
            if dialogue.department in operator.departments and (ends := _ends_with_customer(dialogue))
        ]
        dialogue, ends = self._luck.choice(fitting)
        lines = dialogue.lines[: self._luck.choice(ends)]
        end = self._now - age - timedelta(seconds=self._luck.randrange(40))
        talk = self._new_talk(end - timedelta(minutes=50))
        # What is old was answered; of the fresh ones some wait.
        answered = age > timedelta(hours=2) or self._luck.random() < 0.3
        self._play(talk, dialogue, lines, "active", end=end, operator=operator, answered=answered)

    # ── one episode ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _play(
        self,
        talk: Talk,
        dialogue: Dialogue,
        lines: Sequence[Line],
        ending: Literal["closed", "active", "queued"],
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        operator: Operator | None = None,
        answered: bool = False,
    ) -> None:
        offsets = self._offsets(lines)
        if start is None:
            assert end is not None
            start = end - offsets[-1]
        if ending != "queued" and operator is None:
            operator = self._luck.choice(
                [o for o in self._stage.operators if dialogue.department in o.departments]
            )
        words = self._words(talk.customer, operator, start)
        episode = Episode(self._ticket(talk, dialogue, start))
        for line, offset in zip(lines, offsets, strict=True):
            self._record.say(talk, episode, line, start + offset, operator, words, dialogue)
        last_at = start + offsets[-1]
        if answered and operator is not None:
            last_at = min(self._now, last_at + timedelta(seconds=self._luck.randrange(40, 100)))
            line = Line("operator", "text", "Certo, {cliente}! Já verifico e te retorno por aqui. 😊")
            self._record.say(talk, episode, line, last_at, operator, words, dialogue)
        self._settle(episode, dialogue, ending, last_at, operator)

    def _offsets(self, lines: Sequence[Line]) -> list[timedelta]:
        """When each line is said, from the first on: people type at once what belongs together."""
        seconds, offsets = 0.0, []
        has_operator_spoken = False
        for index, line in enumerate(lines):
            if index:
                if line.side == lines[index - 1].side:
                    seconds += self._luck.uniform(4, 35)
                elif line.side == "operator":
                    seconds += (
                        self._luck.uniform(15, 110) if has_operator_spoken else self._luck.uniform(50, 700)
                    )
                else:
                    seconds += self._luck.uniform(15, 240)
            has_operator_spoken = has_operator_spoken or line.side == "operator"
            offsets.append(timedelta(seconds=seconds))
        return offsets

    def _words(self, customer: Customer, operator: Operator | None, at: datetime) -> dict[str, str]:
        price = self._luck.choice((389, 649, 899, 1249, 1890, 2890, 3490, 4290))
        return {
            "cliente": customer.name.split()[0],
            "atendente": operator.first_name if operator else "",
            "pedido": f"CP-{48000 + self._luck.randrange(2000)}",
            "valor": f"R$ {price:,}".replace(",", "."),
            "parcela": f"R$ {price / 10:.2f}".replace(".", ","),
            "produto": self._luck.choice(PRODUCTS),
            "bairro": customer.district,
            "cep": customer.postcode,
            "dia": _WEEKDAYS[(at.astimezone(self._zone).weekday() + self._luck.choice((1, 2, 3))) % 6],
            "hora": f"{self._luck.choice((13, 14, 15, 16))}h",
        }

    def _ticket(self, talk: Talk, dialogue: Dialogue, start: datetime) -> dict[str, Any]:
        stage = self._stage
        contact_id = next(
            v["contact_id"] for v in reversed(self._rows["conversations"]) if v["id"] == talk.id
        )
        ticket: dict[str, Any] = {
            "account_id": stage.account_id,
            "id": id_at(start, self._luck),
            "conversation_id": talk.id,
            "number_id": stage.number_id,
            "contact_id": contact_id,
            "protocol": "",
            "state": "queued",
            "department_id": stage.department_ids[dialogue.department],
            "assignee_id": None,
            "unread_count": 0,
            "preview": {},
            "last_message_at": start,
            "waiting_since": None,
            "queued_at": start,
            "accepted_at": None,
            "first_response_at": None,
            "closed_at": None,
            "closed_by": None,
            "close_reason": None,
            "version": 1,
            "created_at": start,
            "updated_at": start,
        }
        self._rows["tickets"].append(ticket)
        self._record.event(ticket, "opened", None, start, {"by": "customer"})
        return ticket

    def _settle(
        self, episode: Episode, dialogue: Dialogue, ending: str, last_at: datetime, operator: Operator | None
    ) -> None:
        """Accepted, perhaps transferred, perhaps closed: the ticket's fields, segments and events."""
        ticket = episode.ticket
        if operator is None:
            self._record.segment(ticket, ticket["created_at"], None, None)
            return
        first = ticket["first_response_at"] or last_at
        accepted_at = ticket["created_at"] + (first - ticket["created_at"]) * self._luck.uniform(0.5, 0.9)
        ticket |= {"state": "active", "assignee_id": operator.user_id, "accepted_at": accepted_at}
        ticket["version"] += 1
        closed_at = None
        if ending == "closed":
            closed_at = min(last_at + timedelta(seconds=self._luck.randrange(40, 600)), self._now)
        self._segments_of(ticket, dialogue, operator, accepted_at, closed_at)
        if closed_at is not None:
            ticket |= {
                "state": "closed",
                "closed_at": closed_at,
                "closed_by": "agent",
                "close_reason": dialogue.reason,
                "waiting_since": None,
                "unread_count": 0,
                "updated_at": closed_at,
            }
            ticket["version"] += 1
            self._record.event(ticket, "closed", operator.user_id, closed_at, {"reason": dialogue.reason})

    def _segments_of(
        self,
        ticket: dict[str, Any],
        dialogue: Dialogue,
        operator: Operator,
        accepted_at: datetime,
        closed_at: datetime | None,
    ) -> None:
        stage = self._stage
        colleagues = [o for o in stage.operators if dialogue.department not in o.departments]
        if colleagues and self._luck.random() < _TRANSFERRED_SHARE:
            # Somebody of the other department took it first and passed it on.
            colleague = self._luck.choice(colleagues)
            elsewhere = stage.department_ids[sorted(colleague.departments)[0]]
            taken_at = ticket["created_at"] + (accepted_at - ticket["created_at"]) / 2
            self._record.segment(ticket, ticket["created_at"], taken_at, None, elsewhere)
            self._record.segment(ticket, taken_at, accepted_at, colleague.user_id, elsewhere)
            self._record.event(
                ticket, "accepted", colleague.user_id, taken_at, {"assignee_id": str(colleague.user_id)}
            )
            data = {
                "from_department_id": str(elsewhere),
                "from_assignee_id": str(colleague.user_id),
                "department_id": str(ticket["department_id"]),
                "assignee_id": str(operator.user_id),
                "note": "Cliente pediu outro setor",
            }
            self._record.event(ticket, "transferred", colleague.user_id, accepted_at, data)
        else:
            self._record.segment(ticket, ticket["created_at"], accepted_at, None)
            data = {"assignee_id": str(operator.user_id)}
            self._record.event(ticket, "accepted", operator.user_id, accepted_at, data)
        self._record.segment(ticket, accepted_at, closed_at, operator.user_id)

    def _finish(self) -> None:
        """What only the end knows: windows, and protocol numbers in the order of opening."""
        for row, talk in zip(self._rows["conversations"], self._talks, strict=True):
            row |= {
                "last_inbound_at": talk.last_inbound_at,
                "last_inbound_wamid": talk.last_inbound_wamid,
                "window_expires_at": talk.last_inbound_at + _WINDOW if talk.last_inbound_at else None,
                "last_message_at": talk.last_message_at,
            }
        numbers: Counter[Any] = Counter()
        for ticket in sorted(self._rows["tickets"], key=lambda ticket: ticket["created_at"]):
            day = protocol_day(ticket["created_at"], TIME_ZONE)
            numbers[day] += 1
            ticket["protocol"] = format_protocol(ticket["created_at"], TIME_ZONE, numbers[day])
        self._rows["protocol_counters"] = [
            {"account_id": self._stage.account_id, "day": day, "number": number}
            for day, number in numbers.items()
        ]


def _needs_files(dialogue: Dialogue) -> bool:
    return any(line.file for line in dialogue.lines)


def _ends_with_customer(dialogue: Dialogue) -> list[int]:
    """Where a talk may be cut so that the customer spoke last, after an answer."""
    return [
        index + 1
        for index, line in enumerate(dialogue.lines)
        if line.side == "customer"
        and line.kind != "reaction"
        and any(
            earlier.side == "operator" and earlier.kind != "reaction" for earlier in dialogue.lines[:index]
        )
    ]
