"""Takes the next messages of a number: by priority, then by age, at most one in flight per conversation.

Invariants
- Only the holder of the number's lease claims: the statement locks the lease row, so that a take-over waits for it and
  then sees what was claimed.
- Nothing is claimed of an account that is suspended or closing: what waits goes out when it is active again.
- A message waits while an earlier one of its conversation (same or higher priority) is queued or in flight, also when
  that one waits for its next try: order is kept across chunks and retries.
- When a message is due is decided by the database's clock alone, and a clock set back keeps nothing waiting.
- `sending` is written before anything leaves. What has to be uploaded first stays `queued` under our token, its turn
  put off: if this process dies meanwhile, it provably was not sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import structlog

from inbox.conversations.sealed_words import open_content
from inbox.kernel.content_seal import KEYRING, sealed_text
from inbox.outbox.lease import DUE, Lease, lease_arguments
from inbox.whatsapp.outgoing import OutgoingMessage, media_ids, parse_outgoing
from inbox.whatsapp.sendable import InvalidOutgoing

log = structlog.get_logger(__name__)

# Longer than the slowest upload (600 s in whatsapp/client): until then nobody else claims the message.
UPLOAD_TURN = timedelta(minutes=11)
# An id that dies on its way to Meta is no use.
_META_ID_MARGIN = timedelta(minutes=10)

_CLAIM_SQL = f"""
WITH lease AS MATERIALIZED (
    SELECT 1 FROM number_leases
    WHERE account_id = $1 AND number_id = $2 AND token = $3
      AND EXISTS (SELECT FROM accounts a WHERE a.account_id = $1 AND a.state = 'active')
    FOR SHARE
), candidate AS MATERIALIZED (
    SELECT o.account_id, o.message_id
    FROM outbox o
    WHERE EXISTS (SELECT FROM lease)
      AND o.account_id = $1 AND o.number_id = $2 AND {DUE}
      AND NOT EXISTS (
          SELECT FROM outbox e
          WHERE e.account_id = o.account_id AND e.conversation_id = o.conversation_id
            AND (e.state = 'sending' OR (e.priority, e.message_id) < (o.priority, o.message_id))
      )
    ORDER BY o.priority, o.message_id
    LIMIT $4
    FOR UPDATE OF o SKIP LOCKED
), claimed AS (
    UPDATE outbox o SET state = 'sending', lease_token = $3, claimed_at = now()
    FROM candidate c WHERE o.account_id = c.account_id AND o.message_id = c.message_id
    RETURNING o.account_id, o.message_id, o.conversation_id, o.priority, o.attempts,
        greatest(now() - o.not_before, '0') AS waited
)
SELECT c.*, m.kind, m.content, m.context->>'quoted_wamid' AS quoted_wamid, t.id AS contact_id, t.wa_id, t.bsuid
FROM claimed c
JOIN messages m ON m.account_id = c.account_id AND m.id = c.message_id
JOIN conversations v ON v.account_id = c.account_id AND v.id = c.conversation_id
JOIN contacts t ON t.account_id = v.account_id AND t.id = v.contact_id
ORDER BY c.priority, c.message_id
"""  # noqa: S608 - our own fragment

_MEDIA_SQL = """
SELECT id, mime_type, file_name, CASE WHEN number_id = $3 AND meta_expires_at > $4 THEN meta_media_id END AS meta_media_id
FROM media WHERE account_id = $1 AND id = ANY($2::uuid[])
"""

_PUT_OFF_SQL = """
UPDATE outbox SET state = 'queued', not_before = now() + $5::interval
WHERE account_id = $1 AND number_id = $2 AND lease_token = $3 AND message_id = ANY($4::uuid[])
"""

# How the next turn comes early: uploads are done, or their sender died.
_RETURN_TURN_SQL = """
UPDATE outbox SET not_before = now(), lease_token = NULL
WHERE account_id = $1 AND number_id = $2 AND lease_token = $3 AND state = 'queued' AND message_id = $4
"""


@dataclass(frozen=True, slots=True)
class ClaimedMedia:
    id: UUID
    mime_type: str
    file_name: str | None
    meta_media_id: str | None
    """Valid for this number and for a while; None: to be uploaded first."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to send (or to upload files for)."""

    message_id: UUID
    conversation_id: UUID
    contact_id: UUID
    wa_id: str | None
    bsuid: str | None
    attempt: int
    """Of this try, from 1."""
    waited_seconds: float
    message: OutgoingMessage | None
    """None: the stored content cannot be sent at all; `invalid` tells why."""
    invalid: str = ""
    quoted_wamid: str | None = None
    media: Mapping[UUID, ClaimedMedia] = field(default_factory=dict)

    @property
    def to_upload(self) -> list[UUID]:
        return [media.id for media in self.media.values() if media.meta_media_id is None]


async def claim_messages(pool: asyncpg.Pool, lease: Lease, *, most: int, now: datetime) -> list[Claimed]:
    """At most `most` messages; those with `to_upload` are put off until `return_turn`. Empty without the lease."""
    async with pool.acquire() as connection, connection.transaction():
        rows = await connection.fetch(_CLAIM_SQL, *lease_arguments(lease), most)
        if not rows:
            return []
        contents = [orjson.loads(row["content"]) for row in rows]
        sealed = [text for content in contents if (text := sealed_text(content)) is not None]
        if sealed:
            lacks = not all(map(KEYRING.knows, sealed))
            await KEYRING.load(
                connection, [lease.key.account_id], **({"fresh_seconds": 0.0} if lacks else {})
            )
        parsed = [_parse_stored(row, content) for row, content in zip(rows, contents, strict=True)]
        wanted = {media_id for message, _ in parsed if message for media_id in media_ids(message)}
        media = await _load_media(connection, lease, wanted, now) if wanted else {}
        claimed = [
            _claimed(row, message, invalid, media)
            for row, (message, invalid) in zip(rows, parsed, strict=True)
        ]
        put_off = [item.message_id for item in claimed if item.to_upload]
        if put_off:
            await connection.execute(_PUT_OFF_SQL, *lease_arguments(lease), put_off, UPLOAD_TURN)
    return claimed


async def return_turn(pool: asyncpg.Pool, lease: Lease, message_id: UUID) -> None:
    """The files of a message that was put off are at Meta: it may be claimed again."""
    await pool.execute(_RETURN_TURN_SQL, *lease_arguments(lease), message_id)


def _parse_stored(row: asyncpg.Record, stored: dict[str, Any]) -> tuple[OutgoingMessage | None, str]:
    content = open_content(row["message_id"], stored)
    if content is None:
        return None, "the content of the message cannot be opened"
    try:
        return parse_outgoing({"kind": row["kind"], **content}), ""
    except InvalidOutgoing as error:
        log.error(
            "outgoing_content_unsendable", message_id=str(row["message_id"]), problem=error.as_problem()
        )
        return None, error.detail


async def _load_media(
    connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]",
    lease: Lease,
    wanted: set[UUID],
    now: datetime,
) -> dict[UUID, ClaimedMedia]:
    rows: Sequence[Any] = await connection.fetch(
        _MEDIA_SQL, lease.key.account_id, list(wanted), lease.key.number_id, now + _META_ID_MARGIN
    )
    return {
        row["id"]: ClaimedMedia(row["id"], row["mime_type"], row["file_name"], row["meta_media_id"])
        for row in rows
    }


def _claimed(
    row: asyncpg.Record,
    message: OutgoingMessage | None,
    invalid: str,
    media: Mapping[UUID, ClaimedMedia],
) -> Claimed:
    own = media_ids(message) if message else []
    if any(media_id not in media for media_id in own):
        message, invalid, own = None, "the file of the message is gone", []
    return Claimed(
        message_id=row["message_id"],
        conversation_id=row["conversation_id"],
        contact_id=row["contact_id"],
        wa_id=row["wa_id"],
        bsuid=row["bsuid"],
        attempt=row["attempts"] + 1,
        waited_seconds=row["waited"].total_seconds(),
        message=message,
        invalid=invalid,
        quoted_wamid=row["quoted_wamid"],
        media={media_id: media[media_id] for media_id in own},
    )
