"""Turns what is said and done in the demo into rows, as ingest, outbox and the services would have written them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from inbox.conversations.preview import preview_text
from inbox.whatsapp.graph_errors import reasons
from server.demo.customers import Customer
from server.demo.dialogues import Dialogue, Line
from server.demo.files import StoredDemoFile

# Cloud API: the recipient cannot get the message (not on WhatsApp, or an old version).
_UNDELIVERABLE = 131026

Rows = dict[str, list[dict[str, Any]]]
"""Table → rows, each with every column that it sets."""


@dataclass(frozen=True, slots=True)
class Operator:
    user_id: UUID
    first_name: str
    departments: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the talks happen."""

    account_id: UUID
    number_id: UUID
    department_ids: dict[str, UUID]
    operators: Sequence[Operator]
    files: dict[str, tuple[StoredDemoFile, ...]]


@dataclass(slots=True)
class Talk:
    """A conversation while it is built."""

    id: UUID
    customer: Customer
    created_at: datetime
    last_inbound_at: datetime | None = None
    last_inbound_wamid: str | None = None
    last_message_at: datetime | None = None


@dataclass(slots=True)
class Said:
    """A message that later lines may quote or react to."""

    wamid: str
    row: dict[str, Any]


@dataclass(slots=True)
class Episode:
    ticket: dict[str, Any]
    newest: dict[str, Said] = field(default_factory=dict)
    """By side."""


class Recorder:
    """Collects rows by table."""

    def __init__(self, stage: Stage, now: datetime, luck: random.Random) -> None:
        self.stage = stage
        self._now = now
        self._luck = luck
        self.rows: Rows = {
            table: []
            for table in (
                "contacts", "contact_identities", "conversations", "tickets", "ticket_segments", "ticket_events",
                "messages", "message_versions", "reactions", "message_statuses", "media", "protocol_counters",
            )
        }  # fmt: skip

    # ── one message ─────────────────────────────────────────────────────────────────────────────────────────────────

    def say(
        self,
        talk: Talk,
        episode: Episode,
        line: Line,
        at: datetime,
        operator: Operator | None,
        words: dict[str, str],
        dialogue: Dialogue,
    ) -> None:
        inbound = line.side == "customer"
        wamid = f"wamid.{id_at(at, self._luck).hex.upper()}"
        if inbound:
            talk.last_inbound_at, talk.last_inbound_wamid = at, wamid
        if line.kind == "reaction":
            self._react(talk, episode, line, at, operator, wamid)
            return
        other = episode.newest.get("operator" if inbound else "customer")
        row = self._message(talk, episode, line, at, operator, words, wamid)
        if line.quotes and other is not None:
            row["context"] = {"quoted_wamid": other.wamid}
        if dialogue.from_ad and not episode.newest:
            row["referral"] = _REFERRAL
        episode.newest[line.side] = Said(wamid, row)
        talk.last_message_at = at
        ticket = episode.ticket
        ticket["last_message_at"] = ticket["updated_at"] = at
        ticket["version"] += 1
        ticket["preview"] = {
            "message_id": str(row["id"]),
            "direction": row["direction"],
            "kind": row["kind"],
            "text": preview_text(row["kind"], {} if row["deleted_at"] else row["content"]),
            "status": row["status"],
        }
        if inbound:
            ticket["unread_count"] += 1
            ticket["waiting_since"] = ticket["waiting_since"] or at
        else:
            ticket["unread_count"], ticket["waiting_since"] = 0, None
            ticket["first_response_at"] = ticket["first_response_at"] or at

    def _message(
        self,
        talk: Talk,
        episode: Episode,
        line: Line,
        at: datetime,
        operator: Operator | None,
        words: dict[str, str],
        wamid: str,
    ) -> dict[str, Any]:
        inbound = line.side == "customer"
        row = self._empty_message(talk, episode, at, line.kind, wamid)
        row |= {
            "direction": "in" if inbound else "out",
            "author_kind": "contact" if inbound else "user",
            "author_id": None if inbound or operator is None else operator.user_id,
            "content": self._content(talk.customer, line, words),
        }
        if line.outcome == "edited":
            row |= {"edited_at": at + timedelta(seconds=50), "version": 2}
            self.rows["message_versions"].append(
                {
                    "account_id": row["account_id"], "message_id": row["id"], "version": 1, "kind": "text",
                    "content": {"body": line.extra["before"]}, "replaced_at": row["edited_at"],
                }
            )  # fmt: skip
        elif line.outcome == "deleted":
            row |= {"deleted_at": at + timedelta(seconds=90), "version": 2}
        if line.file:
            self._attach(row, line)
        if not inbound:
            self._deliver(row, failed=line.outcome == "failed")
        self.rows["messages"].append(row)
        return row

    def _empty_message(
        self, talk: Talk, episode: Episode, at: datetime, kind: str, wamid: str
    ) -> dict[str, Any]:
        return {
            "account_id": self.stage.account_id,
            "id": id_at(at, self._luck),
            "conversation_id": talk.id,
            "ticket_id": episode.ticket["id"],
            "direction": "in",
            "author_kind": "contact",
            "author_id": None,
            "wamid": wamid,
            "kind": kind,
            "content": {},
            "context": None,
            "referral": None,
            "status": "received",
            "error": None,
            "at": at,
            "status_at": None,
            "edited_at": None,
            "deleted_at": None,
            "version": 1,
            "created_at": at,
        }

    def _content(self, customer: Customer, line: Line, words: dict[str, str]) -> dict[str, Any]:
        text = line.text.format(**words)
        match line.kind:
            case "text":
                return {"body": text}
            case "location" if "home" in line.extra:
                return {"latitude": customer.latitude, "longitude": customer.longitude}
            case "order":
                return {**line.extra, "text": text}
            case "image" | "document":
                return {"caption": text} if text else {}
            case _:
                return dict(line.extra)

    def _attach(self, row: dict[str, Any], line: Line) -> None:
        file = self._luck.choice(self.stage.files[line.file])
        self.rows["media"].append(
            {
                "account_id": row["account_id"],
                "id": id_at(row["at"], self._luck),
                "message_id": row["id"],
                "uploaded_by": row["author_id"],
                "mime_type": file.mime_type,
                "sha256": file.sha256,
                "file_name": file.file_name,
                "size": file.size,
                "width": file.width,
                "height": file.height,
                "duration_ms": file.duration_ms,
                "state": "stored",
                "storage_key": file.storage_key,
                "created_at": row["at"],
            }
        )

    def _deliver(self, row: dict[str, Any], *, failed: bool) -> None:
        """The ticks, as far as time has brought them."""
        steps = [
            ("sent", 0.9),
            ("delivered", self._luck.uniform(1.5, 4)),
            ("read", self._luck.uniform(6, 70)),
        ]
        if failed:
            steps = [("sent", 0.9), ("failed", 3.0)]
        elif (share := self._luck.random()) < 0.10:
            steps = steps[: 1 if share < 0.03 else 2]
        for status, seconds in steps:
            at = row["at"] + timedelta(seconds=seconds)
            if at > self._now and status != "sent":
                break
            row |= {"status": status, "status_at": at, "version": row["version"] + 1}
            errors = None
            if status == "failed":
                row["error"] = _failure()
                errors = [{"code": _UNDELIVERABLE, "title": "Message undeliverable"}]
            self.rows["message_statuses"].append(
                {
                    "account_id": row["account_id"], "wamid": row["wamid"], "status": status, "at": at,
                    "errors": errors, "received_at": at,
                }
            )  # fmt: skip

    def _react(
        self, talk: Talk, episode: Episode, line: Line, at: datetime, operator: Operator | None, wamid: str
    ) -> None:
        inbound = line.side == "customer"
        target = episode.newest.get("operator" if inbound else "customer")
        if target is None:
            return
        reactor = "contact" if inbound or operator is None else str(operator.user_id)
        self.rows["reactions"].append(
            {
                "account_id": self.stage.account_id, "target_wamid": target.wamid, "reactor": reactor,
                "emoji": line.text, "at": at,
            }
        )  # fmt: skip
        target.row["version"] += 1
        if not inbound and operator is not None:
            row = self._empty_message(talk, episode, at, "reaction", wamid)
            row |= {
                "direction": "out",
                "author_kind": "user",
                "author_id": operator.user_id,
                "content": {"target_wamid": target.wamid, "emoji": line.text},
            }
            self._deliver(row, failed=False)
            self.rows["messages"].append(row)

    # ── history of tickets ──────────────────────────────────────────────────────────────────────────────────────────

    def segment(
        self,
        ticket: dict[str, Any],
        started_at: datetime,
        ended_at: datetime | None,
        assignee_id: UUID | None,
        department_id: UUID | None = None,
    ) -> None:
        self.rows["ticket_segments"].append(
            {
                "account_id": ticket["account_id"],
                "id": id_at(started_at, self._luck),
                "ticket_id": ticket["id"],
                "department_id": department_id or ticket["department_id"],
                "assignee_id": assignee_id,
                "started_at": started_at,
                "ended_at": ended_at,
            }
        )

    def event(
        self, ticket: dict[str, Any], type_: str, actor_id: UUID | None, at: datetime, data: dict[str, Any]
    ) -> None:
        self.rows["ticket_events"].append(
            {
                "account_id": ticket["account_id"],
                "id": id_at(at, self._luck),
                "ticket_id": ticket["id"],
                "type": type_,
                "actor_id": actor_id,
                "data": data,
                "at": at,
            }
        )


_REFERRAL = {
    "source_type": "ad",
    "source_id": "120210000000000042",
    "source_url": "https://fb.me/casaprosa",
    "headline": "Semana da Sala: até 30% off",
    "body": "Sofás, painéis e luminárias com montagem grátis. Fale com a gente!",
    "media_type": "image",
}


def _failure() -> dict[str, Any]:
    return {
        "code": _UNDELIVERABLE,
        "title": "Message undeliverable",
        "details": "Unable to deliver message.",
        "reason_key": "undeliverable",
        "reason": reasons(_UNDELIVERABLE),
        "can_retry": True,
    }


def id_at(at: datetime, luck: random.Random) -> UUID:
    """A UUIDv7 of that moment, so that ids sort as times do."""
    milliseconds = int(at.timestamp() * 1000)
    value = (
        (milliseconds << 80)
        | (0x7 << 76)
        | (luck.getrandbits(12) << 64)
        | (0b10 << 62)
        | luck.getrandbits(62)
    )
    return UUID(int=value)
