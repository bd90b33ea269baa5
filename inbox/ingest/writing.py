"""Everything that messages change, as one statement: one round trip, and with no transaction around it its own COMMIT.

What was read before may have changed since, so every step says how many rows it must touch and the statement fails as a
whole (SQLSTATE 40001, a lost race) when one touches fewer: a ticket whose version moved on, a wamid, an identity or a
conversation that somebody else wrote first, a protocol number that is taken. So it may be sent without any lock, and
under locks it only confirms them.

Each step looks at the count of the step before it and so comes after it. That makes the order of locks the one of the
whole house: people, conversations, tickets, protocol numbers, messages, event counters last.
"""

from collections.abc import Iterable

from inbox.ingest.statement import Statement

_STEPS = {
    "contact": """
INSERT INTO contacts (account_id, id, profile_name, username, wa_id, bsuid, created_at, updated_at)
SELECT p.account_id, p.id, p.profile_name, p.username, p.wa_id, p.bsuid, :now::timestamptz, :now::timestamptz
FROM unnest(:contact_accounts::uuid[], :contact_ids::uuid[], :contact_profile_names::text[], :contact_usernames::text[],
            :contact_wa_ids::text[], :contact_bsuids::text[])
     AS p (account_id, id, profile_name, username, wa_id, bsuid)
WHERE {after} RETURNING 1""",
    "identity": """
INSERT INTO contact_identities (account_id, kind, value, contact_id)
SELECT * FROM unnest(:identity_accounts::uuid[], :identity_kinds::text[], :identity_values::text[], :identity_contacts::uuid[])
WHERE {after} ON CONFLICT DO NOTHING RETURNING 1""",
    "profile": """
UPDATE contacts c SET profile_name = p.profile_name, username = p.username, wa_id = p.wa_id, bsuid = p.bsuid,
                      version = c.version + 1, updated_at = :now::timestamptz
FROM unnest(:profile_accounts::uuid[], :profile_ids::uuid[], :profile_profile_names::text[], :profile_usernames::text[],
            :profile_wa_ids::text[], :profile_bsuids::text[])
     AS p (account_id, id, profile_name, username, wa_id, bsuid)
WHERE c.account_id = p.account_id AND c.id = p.id AND {after} RETURNING 1""",
    "begun": """
INSERT INTO conversations (account_id, id, number_id, contact_id, last_inbound_at, last_inbound_wamid,
                           window_expires_at, last_message_at, created_at)
SELECT p.account_id, p.id, p.number_id, p.contact_id, p.last_inbound_at, p.last_inbound_wamid,
       p.last_inbound_at + :service_window::interval, p.last_message_at, :now::timestamptz
FROM unnest(:begun_accounts::uuid[], :begun_ids::uuid[], :begun_numbers::uuid[], :begun_contacts::uuid[],
            :begun_last_inbound_ats::timestamptz[], :begun_last_inbound_wamids::text[], :begun_last_message_ats::timestamptz[])
     AS p (account_id, id, number_id, contact_id, last_inbound_at, last_inbound_wamid, last_message_at)
WHERE {after} ON CONFLICT DO NOTHING RETURNING 1""",
    "conversation": """
UPDATE conversations v
SET last_inbound_wamid = CASE WHEN p.last_inbound_at >= coalesce(v.last_inbound_at, '-infinity')
                              THEN p.last_inbound_wamid ELSE v.last_inbound_wamid END,
    last_inbound_at = greatest(v.last_inbound_at, p.last_inbound_at),
    window_expires_at = greatest(v.window_expires_at, p.last_inbound_at + :service_window::interval),
    last_message_at = greatest(v.last_message_at, p.last_message_at)
FROM unnest(:conversation_accounts::uuid[], :conversation_ids::uuid[], :conversation_last_inbound_ats::timestamptz[],
            :conversation_last_inbound_wamids::text[], :conversation_last_message_ats::timestamptz[])
     AS p (account_id, id, last_inbound_at, last_inbound_wamid, last_message_at)
WHERE v.account_id = p.account_id AND v.id = p.id AND {after} RETURNING 1""",
    "ticket": """
UPDATE tickets t SET state = p.state, unread_count = p.unread_count, preview = p.preview,
                     last_message_at = p.last_message_at, waiting_since = p.waiting_since,
                     first_response_at = p.first_response_at, version = p.version, updated_at = :now::timestamptz
FROM unnest(:ticket_accounts::uuid[], :ticket_ids::uuid[], :ticket_states::text[], :ticket_unread_counts::integer[],
            :ticket_previews::jsonb[], :ticket_last_message_ats::timestamptz[], :ticket_waiting_sinces::timestamptz[],
            :ticket_first_response_ats::timestamptz[], :ticket_versions::integer[])
     AS p (account_id, id, state, unread_count, preview, last_message_at, waiting_since, first_response_at, version)
WHERE t.account_id = p.account_id AND t.id = p.id AND t.version = p.version - 1 AND t.closed_at IS NULL AND {after}
RETURNING 1""",
    "protocol": """
INSERT INTO protocol_counters AS c (account_id, day, number)
SELECT * FROM unnest(:protocol_accounts::uuid[], :protocol_days::date[], :protocol_counts::bigint[])
WHERE {after} ON CONFLICT (account_id, day) DO UPDATE SET number = c.number + excluded.number RETURNING c.number""",
    "opened": """
INSERT INTO tickets (account_id, id, conversation_id, number_id, contact_id, protocol, state, department_id,
                     unread_count, preview, last_message_at, waiting_since, first_response_at, queued_at,
                     created_at, updated_at)
SELECT p.account_id, p.id, p.conversation_id, p.number_id, p.contact_id, p.protocol, 'queued', p.department_id,
       p.unread_count, p.preview, p.last_message_at, p.waiting_since, p.first_response_at, :now::timestamptz,
       :now::timestamptz, :now::timestamptz
FROM unnest(:opened_accounts::uuid[], :opened_ids::uuid[], :opened_conversations::uuid[], :opened_numbers::uuid[],
            :opened_contacts::uuid[], :opened_protocols::text[], :opened_departments::uuid[], :opened_unread_counts::integer[],
            :opened_previews::jsonb[], :opened_last_message_ats::timestamptz[], :opened_waiting_sinces::timestamptz[],
            :opened_first_response_ats::timestamptz[])
     AS p (account_id, id, conversation_id, number_id, contact_id, protocol, department_id, unread_count,
           preview, last_message_at, waiting_since, first_response_at)
WHERE {after} ON CONFLICT (account_id, conversation_id) WHERE closed_at IS NULL DO NOTHING RETURNING 1""",
    "segment": """
INSERT INTO ticket_segments (account_id, id, ticket_id, department_id, started_at)
SELECT p.account_id, p.id, p.ticket_id, p.department_id, :now::timestamptz
FROM unnest(:opened_accounts::uuid[], :opened_segments::uuid[], :opened_ids::uuid[], :opened_departments::uuid[])
     AS p (account_id, id, ticket_id, department_id)
WHERE {after} RETURNING 1""",
    "step": """
INSERT INTO ticket_events (account_id, id, ticket_id, type, data, at)
SELECT p.account_id, p.id, p.ticket_id, p.type, p.data, :now::timestamptz
FROM unnest(:step_accounts::uuid[], :step_ids::uuid[], :step_tickets::uuid[], :step_types::text[], :step_data::jsonb[])
     AS p (account_id, id, ticket_id, type, data)
WHERE {after} RETURNING 1""",
    "message": """
INSERT INTO messages (account_id, id, conversation_id, ticket_id, direction, author_kind, wamid, kind, content,
                      context, referral, status, raw, at, received_at, created_at)
SELECT p.account_id, p.id, p.conversation_id, p.ticket_id, p.direction, p.author_kind, p.wamid, p.kind, p.content,
       p.context, p.referral, p.status, p.raw, p.at, p.received_at, :now::timestamptz
FROM unnest(:message_accounts::uuid[], :message_ids::uuid[], :message_conversations::uuid[], :message_tickets::uuid[],
            :message_directions::text[], :message_author_kinds::text[], :message_wamids::text[], :message_kinds::text[],
            :message_contents::jsonb[], :message_contexts::jsonb[], :message_referrals::jsonb[], :message_statuses::text[],
            :message_raws::jsonb[], :message_ats::timestamptz[], :message_received_ats::timestamptz[])
     AS p (account_id, id, conversation_id, ticket_id, direction, author_kind, wamid, kind, content,
           context, referral, status, raw, at, received_at)
WHERE {after} ON CONFLICT (account_id, wamid) WHERE wamid IS NOT NULL DO NOTHING RETURNING account_id, wamid""",
}

# Protocol numbers only rise: as soon as one of them is not the expected, neither is their sum.
_FOUND = {"protocol": "sum(number)::bigint"}

_NUMBERED = """
counter AS (
    UPDATE event_counters c SET seq = c.seq + p.count
    FROM (SELECT c.account_id FROM event_counters c WHERE c.account_id = ANY(:event_counters::uuid[]) AND {after}
          ORDER BY c.account_id FOR NO KEY UPDATE) locked
    JOIN unnest(:event_counters::uuid[], :event_counts::bigint[]) AS p (account_id, count) ON p.account_id = locked.account_id
    WHERE c.account_id = locked.account_id
    RETURNING c.account_id, c.seq - p.count AS before
), event AS (
    INSERT INTO events (account_id, seq, type, audience, payload, at)
    SELECT counter.account_id, counter.before + e.ordinal, e.type, string_to_array(e.audience, ' '), e.payload, :now::timestamptz
    FROM unnest(:event_accounts::uuid[], :event_ordinals::bigint[], :event_types::text[], :event_audiences::text[],
                :event_payloads::jsonb[])
         AS e (account_id, ordinal, type, audience, payload)
    JOIN counter ON counter.account_id = e.account_id
), fact AS (
    INSERT INTO proof_facts AS f (account_id, minute, received, stored, repeated, parked, messages, announced)
    SELECT counter.account_id, date_trunc('minute', :now::timestamptz, 'UTC'), p.received, p.stored, p.repeated, p.parked,
           p.messages, p.announced
    FROM counter JOIN unnest(:fact_accounts::uuid[], :fact_received::bigint[], :fact_stored::bigint[],
                             :fact_repeated::bigint[], :fact_parked::bigint[], :fact_messages::bigint[],
                             :fact_announced::bigint[])
         AS p (account_id, received, stored, repeated, parked, messages, announced) ON p.account_id = counter.account_id
    ON CONFLICT (account_id, minute) DO UPDATE SET
        received = f.received + excluded.received, stored = f.stored + excluded.stored,
        repeated = f.repeated + excluded.repeated, parked = f.parked + excluded.parked,
        messages = f.messages + excluded.messages, announced = f.announced + excluded.announced
)
SELECT account_id, before FROM counter"""
"""Counts after the counters: whoever waits for an account's row of facts waits for its counter first (no deadlocks)."""

# The views of the messages are made already: a reaction that came first would be missing in them, and a message that
# quotes one of them (it can only if something newer was here before) would have to be told again.
_UNTOUCHED = """(SELECT prosa_expect(count(*), 0) FROM message m
    JOIN reactions r ON r.account_id = m.account_id AND r.target_wamid = m.wamid)
AND (SELECT prosa_expect(count(*), 0)
    FROM unnest(:late_accounts::uuid[], :late_conversations::uuid[], :late_wamids::text[], :late_ats::timestamptz[])
         AS p (account_id, conversation_id, wamid, at)
    JOIN messages q ON q.account_id = p.account_id AND q.conversation_id = p.conversation_id
        AND q.at >= p.at - interval '5 minutes' AND q.context->>'quoted_wamid' = p.wamid)"""


def _gate(step: str) -> str:
    return f"(SELECT prosa_expect({_FOUND.get(step, 'count(*)')}, :{step}_expected) FROM {step})"  # noqa: S608 - our own names


def _chain(steps: Iterable[str]) -> tuple[str, str]:
    """The steps one after the other, and the gate behind the last."""
    parts, after = [], "true"
    for step in steps:
        parts.append(f"{step} AS ({_STEPS[step].format(after=after)}\n)")
        after = _gate(step)
    return "WITH " + ", ".join(parts), after


def _write(*steps: str) -> Statement:
    chain, after = _chain(steps)
    return Statement(f"{chain}, {_NUMBERED.format(after=f'{after} AND {_UNTOUCHED}')}")


WRITE_KNOWN = _write("conversation", "ticket", "message")
"""Messages of customers whose tickets are open, and the events."""

WRITE = _write(*_STEPS)
"""Messages with whoever and whatever is new about them, and the events."""

_ROWS, _ROWS_GATE = _chain(step for step in _STEPS if step != "protocol")
WRITE_ROWS = Statement(f"{_ROWS} SELECT {_ROWS_GATE}")
"""The same without protocol numbers (taken before) and without events (numbered later), for a transaction that does more."""

APPEND_EVENTS = Statement(f"WITH {_NUMBERED.format(after='true')}")
"""APPEND_EVENTS_SQL of the kernel for many accounts at once, their counters locked in ascending order."""
