"""The set-based statements of ingest: whole batches as arrays, each row found by its key.

Rows are given in a fixed order (account, then id) so that two processes lock them in the same order. Conversations are
locked before tickets, tickets before messages, counters last; `inbox/conversations/service.py` keeps the same order.
"""

from inbox.accounts.repository import has_permission
from inbox.kernel.permissions import Permission

_TICKET_COLUMNS = """t.id, t.conversation_id, t.number_id, t.protocol, t.state, t.department_id, t.assignee_id, t.priority,
       t.unread_count, t.preview, t.last_message_at, t.waiting_since, t.queued_at, t.accepted_at, t.first_response_at,
       t.created_at, t.version"""

LOOK_UP = f"""
SELECT m.id AS message_id, m.kind AS message_kind, m.content->>'original_type' AS message_original_type,
       m.raw->>'awaiting' AS message_awaiting, b.contact_id AS by_bsuid, f.contact_id AS by_phone,
       c.id AS contact_id, c.name, c.profile_name, c.username, c.wa_id, c.bsuid,
       v.conversation, v.last_inbound_at, v.window_expires_at,
       t.*
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY
     AS p (account_id, number_id, wamid, bsuid, phone, ordinal)
LEFT JOIN messages m ON m.account_id = p.account_id AND m.wamid = p.wamid
LEFT JOIN contact_identities b ON b.account_id = p.account_id AND b.kind = 'bsuid' AND b.value = p.bsuid
LEFT JOIN contact_identities f ON f.account_id = p.account_id AND f.kind = 'phone' AND f.value = p.phone
LEFT JOIN LATERAL (
    SELECT * FROM contacts c WHERE c.account_id = p.account_id AND c.id = coalesce(b.contact_id, f.contact_id) LIMIT 1
) c ON true
LEFT JOIN LATERAL (
    SELECT v.id AS conversation, v.last_inbound_at, v.window_expires_at FROM conversations v
    WHERE v.account_id = p.account_id AND v.number_id = p.number_id AND v.contact_id = c.id LIMIT 1
) v ON true
LEFT JOIN LATERAL (
    SELECT {_TICKET_COLUMNS} FROM tickets t
    WHERE t.account_id = p.account_id AND t.conversation_id = v.conversation AND t.closed_at IS NULL LIMIT 1
) t ON true
ORDER BY p.ordinal
"""  # noqa: S608 - column names
"""$1 accounts, $2 numbers, $3 wamids, $4 BSUIDs, $5 canonical phones: one answer a row, in their order.

LATERAL with LIMIT keeps both halves of a key together: left to itself, the planner finds the row by its id alone and
checks the account afterwards (twice the index searches; Postgres 18, 2026-11).
"""

LOCK_CONVERSATIONS = f"""
WITH conversation AS MATERIALIZED (
    SELECT v.account_id, v.id, v.window_expires_at
    FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id)
    JOIN conversations v ON v.account_id = p.account_id AND v.id = p.id
    ORDER BY v.account_id, v.id FOR NO KEY UPDATE OF v
)
SELECT conversation.id AS conversation, conversation.window_expires_at, {_TICKET_COLUMNS}
FROM conversation
JOIN tickets t ON t.account_id = conversation.account_id AND t.conversation_id = conversation.id
    AND t.closed_at IS NULL
FOR NO KEY UPDATE OF t
"""  # noqa: S608 - column names
"""Their open tickets, locked too."""

WHO_CHANGED = """
SELECT i.contact_id FROM contact_identities i
WHERE i.account_id = $1 AND (i.kind, i.value) IN (('bsuid', $3::text), ('phone', $4::text))
  AND NOT EXISTS (SELECT FROM messages m WHERE m.account_id = $1 AND m.wamid = $2)
ORDER BY i.kind LIMIT 1
"""
"""The contact under an old id, BSUID first; nobody when this change was applied before."""

RELEASE_PHONE = """
DELETE FROM contact_identities WHERE account_id = $1 AND kind = 'phone' AND value = $2 AND contact_id = $3
"""

ADD_IDENTITY = """
INSERT INTO contact_identities (account_id, kind, value, contact_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id, kind, value) DO UPDATE SET value = excluded.value RETURNING contact_id
"""
"""Answers whose it is."""

LAST_CLOSED_TICKETS = f"""
SELECT p.conversation_id AS conversation, n.default_department_id, n.reopen_within_hours, a.time_zone,
       coalesce(o.number, 0) AS protocols_taken, t.*, d.archived_at IS NOT NULL AS department_archived,
       m.availability = 'online' AND u.disabled_at IS NULL AS assignee_online,
       {has_permission(Permission.INBOX)} AND ({has_permission(Permission.DEPARTMENTS_ALL)} OR EXISTS (
           SELECT FROM membership_departments md
           WHERE md.account_id = m.account_id AND md.user_id = m.user_id AND md.department_id = t.department_id
       )) AS assignee_answers
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS p (account_id, conversation_id, number_id)
JOIN accounts a ON a.account_id = p.account_id
JOIN phone_numbers n ON n.account_id = p.account_id AND n.id = p.number_id
LEFT JOIN protocol_counters o ON o.account_id = p.account_id AND o.day = ($4 AT TIME ZONE a.time_zone)::date
LEFT JOIN LATERAL (
    SELECT {_TICKET_COLUMNS}, t.closed_at FROM tickets t
    WHERE t.account_id = p.account_id AND t.conversation_id = p.conversation_id
    ORDER BY t.created_at DESC, t.id DESC LIMIT 1
) t ON true
LEFT JOIN departments d ON d.account_id = p.account_id AND d.id = t.department_id
LEFT JOIN memberships m ON m.account_id = p.account_id AND m.user_id = t.assignee_id
LEFT JOIN users u ON u.id = t.assignee_id
"""  # noqa: S608 - column names
"""What decides on the ticket of a conversation that has no open one. $4: now.

`assignee_answers`: who had it last is still of its department, or has all of them, and works in the inbox.
"""

REOPEN_TICKET = """
WITH department AS MATERIALIZED (
    SELECT id FROM departments WHERE account_id = $1 AND id = $10 AND archived_at IS NULL FOR KEY SHARE
), ticket AS (
    UPDATE tickets SET state = $4, assignee_id = $5, queued_at = $6, accepted_at = $7, closed_at = NULL,
                       closed_by = NULL, close_reason = NULL, department_id = $10
    WHERE account_id = $1 AND id = $2 AND version = $3 AND closed_at IS NOT NULL AND EXISTS (SELECT FROM department)
    RETURNING account_id, id, department_id, assignee_id
), segment AS (
    INSERT INTO ticket_segments (account_id, id, ticket_id, department_id, assignee_id, started_at)
    SELECT account_id, $8, id, department_id, assignee_id, $9 FROM ticket
)
SELECT count(*) FROM ticket
"""
"""Archiving its department waits for this, or this has lost the race against it."""

NEXT_PROTOCOLS = """
INSERT INTO protocol_counters AS p (account_id, day, number)
SELECT * FROM unnest($1::uuid[], $2::date[], $3::bigint[])
ON CONFLICT (account_id, day) DO UPDATE SET number = p.number + excluded.number
RETURNING account_id, day, number
"""
"""Takes numbers of the accounts' days; answers the last taken of each. Gapless: a rollback gives them back."""

RECOUNT_WAITING = """
UPDATE tickets t SET waiting_since = (
    SELECT min(m.at) FROM messages m
    WHERE m.account_id = t.account_id AND m.conversation_id = t.conversation_id AND m.ticket_id = t.id
      AND m.direction = 'in' AND m.kind NOT IN ('system', 'request_welcome')
      AND m.at > coalesce((
          SELECT max(o.at) FROM messages o
          WHERE o.account_id = t.account_id AND o.conversation_id = t.conversation_id AND o.ticket_id = t.id
            AND o.direction = 'out' AND o.kind <> 'reaction'), '-infinity'))
FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id)
WHERE t.account_id = p.account_id AND t.id = p.id
RETURNING t.id, t.waiting_since
"""
"""For tickets that heard of an older message after a newer one."""

LOCK_CONTACTS = """
SELECT c.id, c.name, c.profile_name, c.username, c.wa_id, c.bsuid
FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id)
JOIN contacts c ON c.account_id = p.account_id AND c.id = p.id
ORDER BY c.account_id, c.id FOR NO KEY UPDATE OF c
"""

BUMP_TICKETS_OF_CONTACTS = """
WITH locked AS (
    SELECT t.account_id, t.id FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, contact_id)
    JOIN conversations v ON v.account_id = p.account_id AND v.contact_id = p.contact_id
    JOIN tickets t ON t.account_id = v.account_id AND t.conversation_id = v.id
    WHERE t.id <> ALL($3::uuid[])
    ORDER BY t.account_id, t.id FOR NO KEY UPDATE OF t
)
UPDATE tickets t SET version = t.version + 1, updated_at = $4 FROM locked
WHERE t.account_id = locked.account_id AND t.id = locked.id
RETURNING t.account_id, t.id, t.closed_at
"""
"""All of theirs but $3, closed ones too: what shows the contact as it was is an older version from now on."""

CONTACT_REACH = """
SELECT v.account_id, v.contact_id, array_agg(DISTINCT v.id) AS conversation_ids,
       array_agg(DISTINCT t.department_id) FILTER (WHERE t.department_id IS NOT NULL) AS department_ids,
       array_agg(DISTINCT t.assignee_id) FILTER (WHERE t.assignee_id IS NOT NULL AND t.closed_at IS NULL) AS assignee_ids
FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, contact_id)
JOIN conversations v ON v.account_id = p.account_id AND v.contact_id = p.contact_id
LEFT JOIN tickets t ON t.account_id = v.account_id AND t.conversation_id = v.id
GROUP BY v.account_id, v.contact_id
"""
"""Where copies of these contacts are shown."""

REACTED = """
SELECT p.id FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS p (account_id, id, wamid)
WHERE EXISTS (SELECT FROM reactions r WHERE r.account_id = p.account_id AND r.target_wamid = p.wamid)
"""
"""Those of the messages (accounts, ids, wamids) whose reaction came before them."""

INSERT_MEDIA = """
INSERT INTO media (account_id, id, message_id, number_id, meta_media_id, meta_expires_at, mime_type, sha256, file_name,
                   state, created_at)
SELECT p.account_id, p.id, p.message_id, p.number_id, p.meta_media_id, p.meta_expires_at, p.mime_type, p.sha256,
       p.file_name, 'pending', $10
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[], $7::text[], $8::text[],
            $9::text[])
     AS p (account_id, id, message_id, number_id, meta_media_id, meta_expires_at, mime_type, sha256, file_name)
"""

FILL_MESSAGE = """
UPDATE messages SET conversation_id = $3, ticket_id = $4, direction = $5, author_kind = $6, context = $7, referral = $8,
                    status = $9, raw = $10, at = $11, version = version + 1,
                    kind = CASE WHEN edited_at IS NULL THEN $12 ELSE kind END,
                    content = CASE WHEN edited_at IS NULL THEN $13 ELSE content END
WHERE account_id = $1 AND id = $2
RETURNING kind, content::text AS content, edited_at, deleted_at
"""
"""The original arrives after its edit, its deletion or its placeholder."""

INSERT_PLACEHOLDER = """
INSERT INTO messages (account_id, id, conversation_id, direction, author_kind, wamid, kind, content, status, raw, at,
                      edited_at, deleted_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '{"awaiting": "original"}', $10, $11, $12, $13)
ON CONFLICT DO NOTHING RETURNING 1
"""

LOCK_TARGET = """
SELECT id, ticket_id, kind, content::text AS content, edited_at, deleted_at, version FROM messages
WHERE account_id = $1 AND wamid = $2 FOR NO KEY UPDATE
"""

KEEP_VERSION = """
INSERT INTO message_versions (account_id, message_id, version, kind, content, replaced_at)
SELECT $1, $2, coalesce((SELECT max(v.version) FROM message_versions v
                         WHERE v.account_id = $1 AND v.message_id = $2), 0) + 1, $3, $4::jsonb, $5
WHERE $6 OR NOT EXISTS (SELECT FROM message_versions v
                        WHERE v.account_id = $1 AND v.message_id = $2 AND v.kind = $3 AND v.content = $4::jsonb)
RETURNING version
"""
"""$6: keep it even when the same words were kept before."""

EDIT_MESSAGE = """
UPDATE messages SET kind = $3, content = $4, edited_at = $5, version = version + 1 WHERE account_id = $1 AND id = $2
"""

REVOKE_MESSAGE = """
UPDATE messages SET deleted_at = least(deleted_at, $3), version = version + 1 WHERE account_id = $1 AND id = $2
"""

UPSERT_REACTION = """
INSERT INTO reactions AS r (account_id, target_wamid, reactor, emoji, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (account_id, target_wamid, reactor) DO UPDATE SET emoji = excluded.emoji, at = excluded.at
WHERE (excluded.at, excluded.emoji) > (r.at, r.emoji)
RETURNING 1
"""

BUMP_TARGET = """
UPDATE messages SET version = version + 1 WHERE account_id = $1 AND wamid = $2 RETURNING id
"""

SHOW_IN_PREVIEW = """
UPDATE tickets SET preview = preview || $4::jsonb, version = version + 1, updated_at = $5
WHERE account_id = $1 AND id = $2 AND preview->>'message_id' = $3::text RETURNING id
"""

BUMP_QUOTES = """
UPDATE messages q SET version = q.version + 1
FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id)
JOIN messages m ON m.account_id = p.account_id AND m.id = p.id
WHERE q.account_id = m.account_id AND q.conversation_id = m.conversation_id AND q.context->>'quoted_wamid' = m.wamid
  AND q.at >= CASE WHEN m.raw->>'awaiting' IS NULL THEN m.at - interval '5 minutes' ELSE '-infinity' END
RETURNING q.account_id, q.id, q.conversation_id,
          (SELECT t.assignee_id FROM tickets t WHERE t.account_id = q.account_id AND t.id = q.ticket_id) AS assignee_id
"""
"""Who quotes the messages $1, $2. Nobody quotes what is not written yet, so only the end of the conversation is read; the
minutes are for clocks (ours and Meta's), and a held place does not know its original's time."""

INSERT_STATUSES = """
WITH new AS (
    INSERT INTO message_statuses (account_id, wamid, status, recipient, at, errors, pricing, callback, received_at)
    SELECT p.account_id, p.wamid, p.status, p.recipient, p.at, p.errors, p.pricing, p.callback, $9
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::jsonb[], $7::jsonb[], $8::text[])
         AS p (account_id, wamid, status, recipient, at, errors, pricing, callback)
    ON CONFLICT DO NOTHING
    RETURNING account_id, wamid, status, recipient
)
SELECT new.account_id, new.wamid, new.status, new.recipient, m.id IS NOT NULL AS is_known, t.id AS preview_ticket_id
FROM new
LEFT JOIN messages m ON m.account_id = new.account_id AND m.wamid = new.wamid
LEFT JOIN tickets t ON t.account_id = m.account_id AND t.id = m.ticket_id AND t.preview->>'message_id' = m.id::text
"""

STATUS_ORDER = ("queued", "sending", "unconfirmed", "sent", "failed", "delivered", "read", "played")
"""The order in which a status may replace another; `failed` stands between, because only a proof of delivery undoes it."""

ADVANCE_STATUSES = """
WITH advanced AS (
    UPDATE messages m SET status = p.status, status_at = p.at, error = p.error, version = m.version + 1
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::jsonb[])
         AS p (account_id, wamid, status, at, error)
    WHERE m.account_id = p.account_id AND m.wamid = p.wamid AND m.direction = 'out'
      AND array_position($6::text[], p.status) > array_position($6::text[], m.status)
    RETURNING m.account_id, m.id, m.wamid, m.conversation_id, m.ticket_id, m.status, m.status_at, m.error::text AS error,
              m.version
)
SELECT a.*, t.assignee_id, t.preview->>'message_id' = a.id::text AS is_preview
FROM advanced a LEFT JOIN tickets t ON t.account_id = a.account_id AND t.id = a.ticket_id
"""
"""$6: STATUS_ORDER."""

LOCK_WAMIDS = "SELECT pg_advisory_xact_lock($1, bucket) FROM unnest($2::integer[]) AS bucket"

CALLBACK_TICKETS = """
SELECT m.id, t.id AS ticket_id
FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id)
JOIN messages m ON m.account_id = p.account_id AND m.id = p.id
LEFT JOIN tickets t ON t.account_id = m.account_id AND t.id = m.ticket_id AND t.preview->>'message_id' = m.id::text
"""

CONFIRM_BY_CALLBACK = """
WITH named AS (
    SELECT m.account_id, m.id FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id)
    JOIN messages m ON m.account_id = p.account_id AND m.id = p.id
    ORDER BY m.account_id, m.id FOR NO KEY UPDATE OF m
), confirmed AS (
    UPDATE messages m SET wamid = p.wamid, version = m.version + CASE WHEN r.is_reacted_to THEN 1 ELSE 0 END
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS p (account_id, id, wamid, status)
    JOIN named n ON n.account_id = p.account_id AND n.id = p.id
    CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT FROM reactions r WHERE r.account_id = p.account_id AND r.target_wamid = p.wamid)) AS r (is_reacted_to)
    WHERE m.account_id = p.account_id AND m.id = p.id AND m.direction = 'out' AND m.wamid IS NULL
      AND (m.status IN ('unconfirmed', 'sending') OR m.status = 'queued' AND p.status <> 'failed')
      AND (p.status IN ('delivered', 'read', 'played') OR NOT EXISTS (
          SELECT FROM message_statuses s WHERE s.account_id = p.account_id AND s.wamid = p.wamid
            AND s.status = 'failed' AND s.received_at < $5))
    RETURNING m.account_id, m.id, m.wamid, m.conversation_id, m.ticket_id, r.is_reacted_to
), handed_over AS (
    DELETE FROM outbox o USING confirmed c WHERE o.account_id = c.account_id AND o.message_id = c.id
)
SELECT c.account_id, c.id, c.wamid, c.conversation_id, c.is_reacted_to,
       (SELECT t.assignee_id FROM tickets t WHERE t.account_id = c.account_id AND t.id = c.ticket_id) AS assignee_id
FROM confirmed c
"""
"""A status names a message of ours whose send response never came; one that waited to be sent again must not be.

A wamid that is known to have failed is an earlier try, unless delivery is proven. $5: now.
"""

KNOWN_STATUSES = """
SELECT wamid, status, at, errors::text AS errors FROM message_statuses
WHERE account_id = $1 AND wamid = ANY($2::text[])
"""

LOCK_TICKETS = """
SELECT t.account_id, t.id
FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id) JOIN tickets t ON t.account_id = p.account_id AND t.id = p.id
ORDER BY t.account_id, t.id FOR NO KEY UPDATE OF t
"""

MOVE_PREVIEW_TICKS = """
UPDATE tickets t SET preview = jsonb_set(t.preview, '{status}', to_jsonb(p.status)), version = t.version + 1, updated_at = $5
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS p (account_id, id, message_id, status)
WHERE t.account_id = p.account_id AND t.id = p.id AND t.preview->>'message_id' = p.message_id
RETURNING t.account_id, t.id
"""

INSERT_UPDATES = """
INSERT INTO number_updates (account_id, id, dedupe_hash, waba_id, phone_number_id, field, value, at, received_at)
SELECT p.*, $9 FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::jsonb[],
                           $8::timestamptz[]) AS p
ON CONFLICT DO NOTHING RETURNING account_id
"""

INSERT_PARKED = """
INSERT INTO dead_webhooks (account_id, id, app_id, reason, detail, item, body, body_hash, received_at)
SELECT p.*, $9 FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::jsonb[], $7::bytea[],
                           $8::bytea[]) AS p
ON CONFLICT DO NOTHING RETURNING account_id, reason
"""

TOUCH_NUMBERS = """
UPDATE phone_numbers n SET last_webhook_at = $3::timestamptz
FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id)
WHERE n.account_id = p.account_id AND n.id = p.id AND (n.last_webhook_at IS NULL OR n.last_webhook_at < $3::timestamptz - $4::interval)
"""
