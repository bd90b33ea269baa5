"""Turning the encryption of message content on and off, and sealing what was there before: a durable job.

Invariants
- One key of an account is current or none is; turning off retires it, turning on again makes another. Retired keys stay
  for what they have sealed.
- The job begins when every process seals with the new key, so nothing plain is written behind its back.
- A portion and how far it got are one transaction: it goes on where it ended, and doing one twice changes nothing.
"""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.conversations.sealed_words import (
    MESSAGE_EVENTS,
    PLAIN_RAW,
    RAW,
    REFERRAL,
    seal_content,
    seal_emoji,
    seal_event,
    seal_preview,
)
from inbox.ingest.parking import seal_item
from inbox.kernel.content_seal import (
    ACTIVATION,
    KEYRING,
    ContentKey,
    is_sealed_body,
    is_sealed_words,
    sealed_text,
)
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.jobs import defer_in
from inbox.kernel.rows import Row
from inbox.privacy import sealing_repository as repository
from inbox.privacy.sealing_repository import PLACES, Place
from inbox.privacy.views import ContentSealing

log = structlog.get_logger(__name__)

SEAL_TASK: Final = "privacy.seal_stored"
SEAL_QUEUE: Final = "maintenance"

# After ACTIVATION the slowest process relies on what it knew for 30 s more (ingest/apps); then a flush takes a moment.
_SETTLED: Final = timedelta(seconds=45)
# About 30 ms: whoever wants one of the rows hardly waits, and a crash costs little.
_PORTION: Final = 100
# Then the job makes room for others and comes again.
_TURN_SECONDS: Final = 20.0
_NEXT_TURN: Final = timedelta(seconds=1)

Sealed = dict[str, Any] | None


async def switch_sealing(work: UnitOfWork, account_id: UUID, *, on: bool) -> None:
    """As the account wants it. Nothing happens when it is so already. Raises ContentKeyUnavailable."""
    if not on:
        await repository.retire_key(work.session, account_id, work.now())
        return
    if await repository.fetch_key(work.session, account_id) is not None:
        return
    if await repository.insert_key(work.session, account_id, *KEYRING.new_key(account_id)):
        await _defer(work, account_id, ACTIVATION + _SETTLED)


async def describe_sealing(work: UnitOfWork, account_id: UUID) -> ContentSealing:
    key = await repository.fetch_key(work.session, account_id)
    if key is None:
        holds = await repository.has_keys(work.session, account_id)
        return ContentSealing(state="off", since=None, sealed_rows=0, holds_sealed=holds)
    starting = work.now() < key.created_at + ACTIVATION
    return ContentSealing(
        state="starting" if starting else "on" if key.caught_up_at is not None else "catching_up",
        since=key.created_at,
        sealed_rows=key.progress.get("sealed", 0),
        holds_sealed=True,
    )


class Sealer:
    """One per worker process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, account_id: UUID) -> None:
        """One turn; puts the next one when something is left."""
        until = time.monotonic() + _TURN_SECONDS
        while time.monotonic() < until:
            if await self.seal_portion(account_id):
                return
        async with self._database.system(account_id) as work:
            await _defer(work, account_id, _NEXT_TURN)

    async def seal_portion(self, account_id: UUID) -> bool:
        """Whether nothing is left to do: all is sealed, or encryption has been turned off."""
        async with self._database.system(account_id) as work:
            session = work.session
            row = await repository.fetch_key(session, account_id, lock=True)
            if row is None or row.caught_up_at is not None:
                return True
            await KEYRING.load(session, [account_id], fresh_seconds=0)
            key = KEYRING.sealing(account_id)
            if key is None:
                await _defer(work, account_id, _SETTLED)  # younger than ACTIVATION by the database's clock
                return True
            progress = row.progress or {"place": 0, "after": None, "sealed": 0}
            place = PLACES[progress["place"]]
            portion = await repository.fetch_portion(session, place, account_id, progress["after"], _PORTION)
            sealed = await _seal_rows(session, key, place, portion)
            await repository.replace_words(session, place, account_id, sealed)
            progress["sealed"] += len(sealed)
            if len(portion) == _PORTION:
                progress["after"] = [str(portion[-1][name]) for name, _ in place.key]
            else:
                progress |= {"place": progress["place"] + 1, "after": None}
            done = bool(progress["place"] == len(PLACES))
            await repository.store_progress(
                session, account_id, UUID(int=row.id.int), progress, work.now() if done else None
            )
        if done:
            log.info("stored_content_sealed", account_id=str(account_id), rows=progress["sealed"])
        return done


async def _defer(work: UnitOfWork, account_id: UUID, after: timedelta) -> None:
    await defer_in(
        work.session,
        SEAL_TASK,
        {"account_id": account_id},
        queue=SEAL_QUEUE,
        lock=f"{SEAL_TASK}:{account_id}",
        queueing_lock=f"{SEAL_TASK}:{account_id}",
        scheduled_at=work.now() + after,
    )


# ── one row of each place ───────────────────────────────────────────────────────────────────────────────────────────


async def _seal_rows(
    session: AsyncSession, key: ContentKey, place: Place, rows: Sequence[Row]
) -> list[dict[str, Any]]:
    """Those that held plain words, as they are written."""
    keys = [name for name, _ in place.key]
    if place.table == "events":
        found = await _seal_events(session, key, rows)
    else:
        found = [_SEAL[place.table](key, row) for row in rows]
    return [
        {**{name: row[name] for name in keys}, **words}
        for row, words in zip(rows, found, strict=True)
        if words is not None
    ]


def _seal_message(key: ContentKey, row: Row) -> Sealed:
    id_ = row["id"]
    content, referral, raw = (_json(row[name]) for name in ("content", "referral", "raw"))
    words = {
        "content": content if sealed_text(content) else seal_content(key, id_, content),
        "referral": referral
        if not referral or sealed_text(referral)
        else key.seal_object(referral, REFERRAL, id_),
        "raw": raw if not raw or sealed_text(raw) else key.seal_object(raw, RAW, id_, PLAIN_RAW),
    }
    if words == {"content": content, "referral": referral, "raw": raw}:
        return None
    return {name: _text(value) for name, value in words.items()}


def _seal_version(key: ContentKey, row: Row) -> Sealed:
    content = _json(row["content"])
    if sealed_text(content) or (sealed := seal_content(key, row["message_id"], content)) == content:
        return None
    return {"content": _text(sealed)}


def _seal_reaction(key: ContentKey, row: Row) -> Sealed:
    emoji = row["emoji"]
    if not emoji or is_sealed_words(emoji):
        return None
    return {"emoji": seal_emoji(key, row["target_wamid"], emoji)}


def _seal_ticket(key: ContentKey, row: Row) -> Sealed:
    preview = _json(row["preview"])
    words = preview.get("text", "")
    if not words or is_sealed_words(words):
        return None
    return {"preview": _text({**preview, "text": seal_preview(key, preview.get("message_id"), words)})}


def _seal_parked(key: ContentKey, row: Row) -> Sealed:
    body: bytes = row["body"]
    if is_sealed_body(body):
        return None
    id_ = row["id"]
    return {
        "item": seal_item(key, id_, row["item"]),
        "body": key.seal_body(body, id_),
        # With its own id: the same POST may have come again since, and was parked under the hash of its words alone.
        "body_hash": key.fingerprint(UUID(int=id_.int).bytes + body),
    }


_SEAL: Final[dict[str, Callable[[ContentKey, Row], Sealed]]] = {
    "messages": _seal_message,
    "message_versions": _seal_version,
    "reactions": _seal_reaction,
    "tickets": _seal_ticket,
    "dead_webhooks": _seal_parked,
}


async def _seal_events(session: AsyncSession, key: ContentKey, rows: Sequence[Row]) -> list[Sealed]:
    payloads = [_json(row["payload"]) for row in rows]
    reacted = [
        payload["message"]["id"]
        for row, payload in zip(rows, payloads, strict=True)
        if row["type"] in MESSAGE_EVENTS and payload["message"]["reactions"]
    ]
    wamids = await repository.fetch_wamids(session, key.account_id, reacted) if reacted else {}
    sealed = [
        seal_event(key, row["type"], payload, wamids) for row, payload in zip(rows, payloads, strict=True)
    ]
    return [
        {"payload": _text(after)} if after is not before else None
        for before, after in zip(payloads, sealed, strict=True)
    ]


def _json(value: str | None) -> Any:
    return None if value is None else orjson.loads(value)


def _text(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
