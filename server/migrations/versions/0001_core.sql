-- The core tables. Every tenant table has account_id first in its primary key (ready for distribution by account) and
-- row-level security; the policies are made at the end, for every table that has an account_id, so none can be forgotten.
-- Ids are UUIDv7 made by the application. Times are timestamptz, UTC.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- For searching as people type: without case and accents ("joao" finds "João"). Immutable because the dictionary is named.
CREATE FUNCTION prosa_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS
$$ SELECT lower(public.unaccent('public.unaccent', value)) $$;

-- ── accounts and people ─────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE accounts (
    account_id   uuid PRIMARY KEY,
    name         text NOT NULL,
    slug         text NOT NULL UNIQUE,
    locale       text NOT NULL DEFAULT 'pt-BR',
    time_zone    text NOT NULL DEFAULT 'America/Sao_Paulo',
    brand_color  text,
    created_at   timestamptz NOT NULL DEFAULT now()
);

-- The counter rows are hot: kept apart from accounts, with room on the page for in-place updates.
CREATE TABLE event_counters (
    account_id   uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    seq          bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);

CREATE TABLE protocol_counters (
    account_id   uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    day          date NOT NULL,
    number       bigint NOT NULL,
    PRIMARY KEY (account_id, day)
) WITH (fillfactor = 10);

CREATE TABLE users (
    id            uuid PRIMARY KEY,
    email         text NOT NULL,
    name          text NOT NULL,
    password_hash text NOT NULL,
    locale        text NOT NULL DEFAULT 'pt-BR',
    created_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at   timestamptz
);
CREATE UNIQUE INDEX users_email ON users (lower(email));

CREATE TABLE memberships (
    account_id          uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    user_id             uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    role                text NOT NULL CHECK (role IN ('admin', 'supervisor', 'operator')),
    capacity            smallint NOT NULL DEFAULT 5 CHECK (capacity >= 0),
    availability        text NOT NULL DEFAULT 'offline' CHECK (availability IN ('online', 'paused', 'offline')),
    pause_reason        text,
    availability_since  timestamptz NOT NULL DEFAULT now(),
    version             integer NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id);

CREATE TABLE departments (
    account_id  uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id          uuid NOT NULL,
    name        text NOT NULL,
    color       text NOT NULL DEFAULT '#5b7083',
    position    smallint NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX departments_name ON departments (account_id, lower(name));

CREATE TABLE membership_departments (
    account_id     uuid NOT NULL,
    user_id        uuid NOT NULL,
    department_id  uuid NOT NULL,
    PRIMARY KEY (account_id, user_id, department_id),
    FOREIGN KEY (account_id, user_id) REFERENCES memberships ON DELETE CASCADE,
    FOREIGN KEY (account_id, department_id) REFERENCES departments ON DELETE CASCADE
);

-- One row per browser session; the refresh token rotates within it. Only hashes are kept.
CREATE TABLE sessions (
    id                   uuid PRIMARY KEY,
    user_id              uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    current_account_id   uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    token_hash           bytea NOT NULL UNIQUE,
    previous_token_hash  bytea UNIQUE,
    rotated_at           timestamptz NOT NULL DEFAULT now(),
    created_at           timestamptz NOT NULL DEFAULT now(),
    expires_at           timestamptz NOT NULL,
    revoked_at           timestamptz,
    user_agent           text NOT NULL DEFAULT '',
    ip                   inet
);
CREATE INDEX sessions_user ON sessions (user_id);

-- ── numbers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- An app at Meta: the webhook path, the secret that signs and the token that verifies. Secrets are sealed (kernel/encryption).
CREATE TABLE whatsapp_apps (
    account_id                  uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id                          uuid NOT NULL,
    name                        text NOT NULL,
    hook_key                    text NOT NULL UNIQUE,
    app_secret_sealed           bytea NOT NULL,
    previous_app_secret_sealed  bytea,
    verify_token_sealed         bytea NOT NULL,
    graph_url                   text,              -- NULL: Meta's own; set only for a sandbox, never over REST
    created_at                  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id)
);

CREATE TABLE phone_numbers (
    account_id             uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id                     uuid NOT NULL,
    app_id                 uuid NOT NULL,
    name                   text NOT NULL,
    phone_number_id        text NOT NULL UNIQUE,   -- Meta's id; belongs to one account of the installation
    waba_id                text NOT NULL,
    display_phone_number   text NOT NULL,
    access_token_sealed    bytea NOT NULL,
    default_department_id  uuid NOT NULL,
    messages_per_second    smallint NOT NULL DEFAULT 80 CHECK (messages_per_second BETWEEN 1 AND 1000),
    reopen_within_hours    smallint NOT NULL DEFAULT 24 CHECK (reopen_within_hours >= 0),
    send_read_receipts     boolean NOT NULL DEFAULT true,
    last_webhook_at        timestamptz,
    version                integer NOT NULL DEFAULT 1,
    created_at             timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, app_id) REFERENCES whatsapp_apps,
    FOREIGN KEY (account_id, default_department_id) REFERENCES departments
);

-- Account-level webhooks (quality, restrictions, template state, …), raw, once each.
CREATE TABLE number_updates (
    account_id       uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id               uuid NOT NULL,
    dedupe_hash      bytea NOT NULL,
    waba_id          text NOT NULL,
    phone_number_id  text,
    field            text NOT NULL,
    value            jsonb NOT NULL,
    at               timestamptz,
    received_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, dedupe_hash)
);

-- One sender drives a number at a time; the token rises with every take-over and fences the late (DESIGN, section 7).
CREATE TABLE number_leases (
    account_id  uuid NOT NULL,
    number_id   uuid NOT NULL,
    holder      text NOT NULL,
    token       bigint NOT NULL DEFAULT 1,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (account_id, number_id),
    FOREIGN KEY (account_id, number_id) REFERENCES phone_numbers ON DELETE CASCADE
) WITH (fillfactor = 50);

-- ── contacts ────────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE contacts (
    account_id    uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id            uuid NOT NULL,
    name          text NOT NULL DEFAULT '',        -- given by operators; wins over profile_name
    profile_name  text NOT NULL DEFAULT '',        -- what the customer calls themself on WhatsApp
    username      text,
    wa_id         text,                            -- the latest, as Meta writes it: where to send
    bsuid         text,                            -- the latest
    fields        jsonb NOT NULL DEFAULT '{}',
    tags          text[] NOT NULL DEFAULT '{}',
    version       integer NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id)
) WITH (fillfactor = 85);
CREATE INDEX contacts_search ON contacts USING gin (prosa_fold(name || ' ' || profile_name || ' ' || coalesce(wa_id, '')) gin_trgm_ops);

-- Who is who: a BSUID (one per business portfolio) or a canonical phone (ninth digit always present) names one contact.
CREATE TABLE contact_identities (
    account_id  uuid NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('bsuid', 'phone')),
    value       text NOT NULL,
    contact_id  uuid NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, kind, value),
    FOREIGN KEY (account_id, contact_id) REFERENCES contacts ON DELETE CASCADE
);
CREATE INDEX contact_identities_contact ON contact_identities (account_id, contact_id);

-- ── conversations and tickets ───────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE conversations (
    account_id         uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id                 uuid NOT NULL,
    number_id          uuid NOT NULL,
    contact_id         uuid NOT NULL,
    last_inbound_at    timestamptz,                -- Meta's time of the newest message that opens the window
    last_inbound_wamid text,                       -- what mark-read names
    window_expires_at  timestamptz,                -- 24 h after last_inbound_at (Cloud API customer service window)
    last_message_at    timestamptz,
    created_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, number_id, contact_id),
    FOREIGN KEY (account_id, number_id) REFERENCES phone_numbers,
    FOREIGN KEY (account_id, contact_id) REFERENCES contacts
) WITH (fillfactor = 70);
CREATE INDEX conversations_contact ON conversations (account_id, contact_id);

CREATE TABLE tickets (
    account_id          uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id                  uuid NOT NULL,
    conversation_id     uuid NOT NULL,
    number_id           uuid NOT NULL,
    contact_id          uuid NOT NULL,
    protocol            text NOT NULL,             -- AAAAMMDD + gapless number of the day
    state               text NOT NULL CHECK (state IN ('bot', 'queued', 'offered', 'active', 'on_hold', 'waiting_customer',
                                                       'wrap_up', 'closed', 'abandoned', 'expired', 'merged', 'discarded')),
    department_id       uuid NOT NULL,
    assignee_id         uuid,
    priority            smallint NOT NULL DEFAULT 0,
    unread_count        integer NOT NULL DEFAULT 0,
    preview             jsonb NOT NULL DEFAULT '{}',
    last_message_at     timestamptz NOT NULL,
    waiting_since       timestamptz,               -- the customer's oldest message that nobody has answered
    queued_at           timestamptz,
    accepted_at         timestamptz,
    first_response_at   timestamptz,
    closed_at           timestamptz,
    closed_by           text CHECK (closed_by IN ('agent', 'customer', 'flow', 'inactivity', 'supervisor', 'system')),
    close_reason        text,
    version             integer NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, protocol),
    FOREIGN KEY (account_id, conversation_id) REFERENCES conversations,
    FOREIGN KEY (account_id, department_id) REFERENCES departments,
    CHECK ((state IN ('closed', 'abandoned', 'expired', 'merged', 'discarded')) = (closed_at IS NOT NULL))
) WITH (fillfactor = 70);
-- At most one open ticket per conversation, and so per (account, number, contact).
CREATE UNIQUE INDEX tickets_one_open ON tickets (account_id, conversation_id) WHERE closed_at IS NULL;
CREATE INDEX tickets_conversation ON tickets (account_id, conversation_id, created_at DESC);
CREATE INDEX tickets_open_list ON tickets (account_id, department_id, last_message_at DESC, id DESC) WHERE closed_at IS NULL;
CREATE INDEX tickets_mine_list ON tickets (account_id, assignee_id, last_message_at DESC, id DESC) WHERE closed_at IS NULL;
CREATE INDEX tickets_closed_list ON tickets (account_id, department_id, closed_at DESC, id DESC) WHERE closed_at IS NOT NULL;

-- A stretch of a ticket with one department and one assignee: a transfer ends one and begins the next.
CREATE TABLE ticket_segments (
    account_id     uuid NOT NULL,
    id             uuid NOT NULL,
    ticket_id      uuid NOT NULL,
    department_id  uuid NOT NULL,
    assignee_id    uuid,
    started_at     timestamptz NOT NULL,
    ended_at       timestamptz,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, ticket_id) REFERENCES tickets ON DELETE CASCADE
);
CREATE UNIQUE INDEX ticket_segments_current ON ticket_segments (account_id, ticket_id) WHERE ended_at IS NULL;

CREATE TABLE ticket_events (
    account_id  uuid NOT NULL,
    id          uuid NOT NULL,
    ticket_id   uuid NOT NULL,
    type        text NOT NULL,                     -- opened, accepted, transferred, returned_to_queue, closed, reopened, …
    actor_id    uuid,                              -- NULL: the system
    data        jsonb NOT NULL DEFAULT '{}',
    at          timestamptz NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, ticket_id) REFERENCES tickets ON DELETE CASCADE
);
CREATE INDEX ticket_events_ticket ON ticket_events (account_id, ticket_id, at);

-- ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE messages (
    account_id         uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id                 uuid NOT NULL,
    conversation_id    uuid NOT NULL,
    ticket_id          uuid,
    direction          text NOT NULL CHECK (direction IN ('in', 'out')),
    author_kind        text NOT NULL CHECK (author_kind IN ('contact', 'user', 'bot', 'system', 'phone')),
    author_id          uuid,
    wamid              text,
    client_message_id  uuid,
    kind               text NOT NULL,
    content            jsonb NOT NULL,
    context            jsonb,                      -- quoted message, forwarded, referred product
    referral           jsonb,                      -- the ad or post that brought the customer
    status             text NOT NULL CHECK (status IN ('received', 'queued', 'sending', 'unconfirmed', 'sent', 'delivered',
                                                       'read', 'played', 'failed')),
    error              jsonb,
    raw                jsonb,                      -- only of kinds that we do not know
    at                 timestamptz NOT NULL,       -- Meta's time of inbound messages, ours of outbound
    status_at          timestamptz,
    edited_at          timestamptz,
    deleted_at         timestamptz,
    version            integer NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, conversation_id) REFERENCES conversations
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX messages_wamid ON messages (account_id, wamid) WHERE wamid IS NOT NULL;
CREATE UNIQUE INDEX messages_client_message ON messages (account_id, client_message_id) WHERE client_message_id IS NOT NULL;
CREATE INDEX messages_conversation ON messages (account_id, conversation_id, at DESC, id DESC);

-- What an edit replaced. Edits and deletions never overwrite (cloud-api, section 2.3).
CREATE TABLE message_versions (
    account_id  uuid NOT NULL,
    message_id  uuid NOT NULL,
    version     integer NOT NULL,
    kind        text NOT NULL,
    content     jsonb NOT NULL,
    replaced_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, message_id, version),
    FOREIGN KEY (account_id, message_id) REFERENCES messages ON DELETE CASCADE
);

-- One reaction per person and message; kept by wamid, so a reaction may come before its message.
CREATE TABLE reactions (
    account_id    uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    target_wamid  text NOT NULL,
    reactor       text NOT NULL,                   -- 'contact' or the user's id
    emoji         text NOT NULL,                   -- '' once taken back
    at            timestamptz NOT NULL,
    PRIMARY KEY (account_id, target_wamid, reactor)
);

-- Every status that Meta sent, once; a status may come before its message and waits here.
CREATE TABLE message_statuses (
    account_id   uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    wamid        text NOT NULL,
    status       text NOT NULL,
    recipient    text NOT NULL DEFAULT '',
    at           timestamptz,
    errors       jsonb,
    pricing      jsonb,
    callback     text,
    received_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, wamid, status, recipient)
);

CREATE TABLE media (
    account_id     uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id             uuid NOT NULL,
    message_id     uuid,                           -- NULL: uploaded, not yet sent
    uploaded_by    uuid,
    number_id      uuid,                           -- where Meta's id is valid
    meta_media_id  text,
    meta_expires_at timestamptz,                   -- uploaded ids live 30 days, inbound ids 7 (cloud-api, section 4)
    mime_type      text NOT NULL,
    sha256         text,                           -- hex
    file_name      text,
    size           bigint,
    width          integer,
    height         integer,
    duration_ms    integer,
    state          text NOT NULL CHECK (state IN ('pending', 'stored', 'failed')),
    error          jsonb,
    storage_key    text,
    attempts       integer NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id)
);
CREATE INDEX media_message ON media (account_id, message_id);

-- ── outbox and ingest ───────────────────────────────────────────────────────────────────────────────────────────────

-- One row per message that still has to be handed to Meta; deleted when accepted, failed for good or left unconfirmed.
CREATE TABLE outbox (
    account_id       uuid NOT NULL,
    message_id       uuid NOT NULL,
    number_id        uuid NOT NULL,
    conversation_id  uuid NOT NULL,
    priority         smallint NOT NULL DEFAULT 0,  -- 0 operators and bots, 10 campaigns
    state            text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending')),
    attempts         smallint NOT NULL DEFAULT 0,
    not_before       timestamptz NOT NULL,
    lease_token      bigint,                       -- of the sender that claimed it
    claimed_at       timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, message_id),
    FOREIGN KEY (account_id, message_id) REFERENCES messages ON DELETE CASCADE
) WITH (fillfactor = 70);
CREATE INDEX outbox_ready ON outbox (account_id, number_id, priority, message_id) WHERE state = 'queued';
CREATE INDEX outbox_conversation ON outbox (account_id, conversation_id, message_id);

-- What could not be stored: kept whole, counted, replayable (prosa replay).
CREATE TABLE dead_webhooks (
    account_id   uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id           uuid NOT NULL,
    app_id       uuid NOT NULL,
    reason       text NOT NULL,                    -- unknown_number, poison, unparsed
    detail       text NOT NULL DEFAULT '',
    item         jsonb,                            -- the part at fault; NULL: the whole body
    body         bytea NOT NULL,
    body_hash    bytea NOT NULL,                   -- of reason, item and body: the same POST again is parked once
    received_at  timestamptz NOT NULL DEFAULT now(),
    replayed_at  timestamptz,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, body_hash)
);

-- ── the event log ───────────────────────────────────────────────────────────────────────────────────────────────────

-- Partitioned by day, so that old days are dropped, never deleted row by row. prosa_event_partitions() makes the days.
CREATE TABLE events (
    account_id  uuid NOT NULL,
    seq         bigint NOT NULL,
    type        text NOT NULL,
    audience    text[] NOT NULL,
    payload     jsonb NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (account_id, seq, at)
) PARTITION BY RANGE (at);
CREATE TABLE events_default PARTITION OF events DEFAULT;

-- Makes the partitions of today and the days ahead, drops those older than keep_days; answers how many days it dropped.
CREATE FUNCTION prosa_event_partitions(keep_days integer, days_ahead integer DEFAULT 7) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    first_day date := (now() AT TIME ZONE 'UTC')::date;
    name text;
    dropped integer := 0;
BEGIN
    FOR offset_days IN 0 .. days_ahead LOOP
        name := 'events_' || to_char(first_day + offset_days, 'YYYYMMDD');
        IF to_regclass(name) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF events FOR VALUES FROM (%L) TO (%L)', name,
                           (first_day + offset_days)::timestamp AT TIME ZONE 'UTC',
                           (first_day + offset_days + 1)::timestamp AT TIME ZONE 'UTC');
        END IF;
    END LOOP;
    FOR name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'events'::regclass AND c.relname ~ '^events_\d{8}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD') < first_day - keep_days
    LOOP
        EXECUTE format('DROP TABLE %I', name);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;
SELECT prosa_event_partitions(7);

-- ── the two roles and row-level security ────────────────────────────────────────────────────────────────────────────

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'prosa_app') THEN
        CREATE ROLE prosa_app LOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'prosa_system') THEN
        CREATE ROLE prosa_system LOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
END $$;

GRANT USAGE ON SCHEMA public TO prosa_app, prosa_system;

-- The account that the transaction acts for; NULL outside one, and NULL sees nothing. An earlier transaction on the
-- same connection leaves '' behind, hence nullif.
CREATE FUNCTION prosa_current_account() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('prosa.account_id', true), '')::uuid $$;

-- Called by every migration that makes tables: grants and policies for each table that has an account_id.
CREATE FUNCTION prosa_protect_tenant_tables() RETURNS void LANGUAGE plpgsql AS $$
DECLARE name text;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON %I TO prosa_app USING (account_id = (SELECT prosa_current_account()))
                        WITH CHECK (account_id = (SELECT prosa_current_account()))', name);
        EXECUTE format('CREATE POLICY system ON %I TO prosa_system USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO prosa_app, prosa_system', name);
    END LOOP;
END $$;
SELECT prosa_protect_tenant_tables();

-- Partitions are reached through their parent only, so they carry no grants and need no policies.

-- users and sessions belong to no account: prosa_system signs in; prosa_app sees who its colleagues are, never a hash.
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY colleagues ON users FOR SELECT TO prosa_app USING (EXISTS (
    SELECT FROM memberships m WHERE m.user_id = users.id AND m.account_id = (SELECT prosa_current_account())));
CREATE POLICY system ON users TO prosa_system USING (true) WITH CHECK (true);
GRANT SELECT (id, email, name, locale, created_at, disabled_at) ON users TO prosa_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON users TO prosa_system;

ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY system ON sessions TO prosa_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO prosa_system;

REVOKE ALL ON FUNCTION prosa_event_partitions(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prosa_event_partitions(integer, integer) TO prosa_system;

-- ── the planner's first impression ──────────────────────────────────────────────────────────────────────────────────

-- Without statistics the planner takes account_id for very selective, so every index that begins with it looks as good
-- as the right one, and a fresh installation reads whole accounts for single rows until autovacuum's first ANALYZE (a
-- look-up of 128 messages: 380 ms instead of 3; Postgres 18, 2026-11). Telling it at once what is plain (few accounts,
-- few kinds and states, ids that are unique) mends that; the first ANALYZE replaces it by the truth.
DO $$
DECLARE
    target record;
BEGIN
    IF to_regproc('pg_restore_attribute_stats') IS NULL THEN
        RETURN;  -- before Postgres 18
    END IF;
    FOR target IN
        SELECT c.relname::text AS table_name, a.attname::text AS column_name
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
          AND a.atttypid IN ('uuid'::regtype, 'text'::regtype)
          AND EXISTS (SELECT FROM pg_attribute k WHERE k.attrelid = c.oid AND k.attname = 'account_id')
    LOOP
        PERFORM pg_restore_attribute_stats(
            'schemaname', 'public', 'relname', target.table_name, 'attname', target.column_name, 'inherited', false,
            'null_frac', 0::real, 'avg_width', 16,
            'n_distinct', CASE WHEN target.column_name = 'account_id' THEN 2::real
                               WHEN target.column_name IN ('number_id', 'department_id', 'kind', 'direction', 'state', 'status')
                               THEN 4::real ELSE -1::real END);
    END LOOP;
END $$;
