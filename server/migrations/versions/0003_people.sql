-- Accounts' life, people and roles, second factor, API keys, audit, mail, privacy.
-- Tenant tables have account_id first and are protected at the end; what belongs to a person or to the installation has
-- no account_id and is prosa_system's alone.

-- ── accounts ────────────────────────────────────────────────────────────────────────────────────────────────────────

ALTER TABLE accounts
    ADD COLUMN state             text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'closing', 'closed')),
    ADD COLUMN state_reason      text,             -- why it is suspended or closing; shown to its admins
    ADD COLUMN state_since       timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN closing_by        text CHECK (closing_by IN ('account', 'installation')),  -- who may take the closing back
    ADD COLUMN erase_after       timestamptz,      -- of a closing account
    ADD COLUMN erased_at         timestamptz,      -- of a closed one: what is left is this row and the audit chain
    ADD COLUMN plan              text NOT NULL DEFAULT 'standard',
    ADD COLUMN logo_key          text,             -- in the media store
    ADD COLUMN business_hours    jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN security          jsonb NOT NULL DEFAULT '{}',   -- accounts/policies.SecurityPolicy
    ADD COLUMN privacy           jsonb NOT NULL DEFAULT '{}',   -- accounts/policies.PrivacyPolicy
    ADD COLUMN version           integer NOT NULL DEFAULT 1;

-- prosa_app may read its own account's row and change it; lifecycle columns are prosa_system's.
REVOKE INSERT, UPDATE, DELETE ON accounts FROM prosa_app;
GRANT UPDATE (name, locale, time_zone, brand_color, logo_key, business_hours, security, privacy, version) ON accounts TO prosa_app;

-- How super admins find accounts and people among many thousands.
CREATE INDEX accounts_search ON accounts USING gin (prosa_fold(name || ' ' || slug) gin_trgm_ops);
CREATE INDEX users_search ON users USING gin (prosa_fold(name || ' ' || email) gin_trgm_ops);

-- Messages counted per day (of the account's time zone), so that no page counts millions; by a job that goes through each
-- message once, in the order of ids (accounts/usage).
CREATE TABLE usage_days (
    account_id    uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    day           date NOT NULL,
    messages_in   bigint NOT NULL DEFAULT 0,
    messages_out  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, day)
);

CREATE TABLE usage_marks (
    account_id     uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    counted_to     uuid NOT NULL,                 -- the last message that is in usage_days
    storage_bytes  bigint NOT NULL DEFAULT 0,
    storage_at     timestamptz                    -- when the bytes were summed up
);

-- ── people and roles ────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE roles (
    account_id   uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id           uuid NOT NULL,
    name         text NOT NULL,
    permissions  text[] NOT NULL,                  -- kernel/permissions.Permission
    version      integer NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX roles_name ON roles (account_id, lower(name));

ALTER TABLE memberships DROP CONSTRAINT memberships_role_check;
ALTER TABLE memberships
    ADD COLUMN role_id uuid,                       -- of a custom role
    ADD FOREIGN KEY (account_id, role_id) REFERENCES roles,
    ADD CONSTRAINT memberships_role_check CHECK (role IN ('admin', 'supervisor', 'operator', 'client', 'custom')),
    ADD CONSTRAINT memberships_custom_role CHECK ((role = 'custom') = (role_id IS NOT NULL));

ALTER TABLE departments ADD COLUMN archived_at timestamptz, ADD COLUMN version integer NOT NULL DEFAULT 1;

CREATE TABLE invitations (
    account_id      uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id              uuid NOT NULL,
    email           text NOT NULL,
    name            text NOT NULL DEFAULT '',
    role            text NOT NULL CHECK (role IN ('admin', 'supervisor', 'operator', 'client', 'custom')),
    role_id         uuid,
    department_ids  uuid[] NOT NULL DEFAULT '{}',
    token_hash      bytea NOT NULL UNIQUE,
    invited_by      uuid NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz NOT NULL,
    accepted_at     timestamptz,
    revoked_at      timestamptz,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, role_id) REFERENCES roles,
    CHECK ((role = 'custom') = (role_id IS NOT NULL))
);
-- One invitation is open per address and account; a newer one takes its place.
CREATE UNIQUE INDEX invitations_open ON invitations (account_id, lower(email)) WHERE accepted_at IS NULL AND revoked_at IS NULL;

-- ── signing in (prosa_system only) ──────────────────────────────────────────────────────────────────────────────────

ALTER TABLE users
    ADD COLUMN is_super_admin       boolean NOT NULL DEFAULT false,
    ADD COLUMN password_changed_at  timestamptz NOT NULL DEFAULT now();

ALTER TABLE sessions
    ADD COLUMN last_seen_at         timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN last_ip              inet,
    ADD COLUMN device_hash          bytea,         -- of the browser's own cookie: a new one is told to the person
    ADD COLUMN second_factor_at     timestamptz,   -- when it was proven in this session
    ADD COLUMN revoked_reason       text,          -- signed_out, everywhere, reused, password_changed, removed, disabled, …
    ADD COLUMN impersonator_id      uuid REFERENCES users ON DELETE CASCADE,
    ADD COLUMN impersonation_reason text,
    ADD CHECK ((impersonator_id IS NULL) = (impersonation_reason IS NULL));

CREATE TABLE totp_factors (
    user_id         uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    secret_sealed   bytea NOT NULL,
    last_step       bigint NOT NULL DEFAULT 0,     -- RFC 6238, section 5.2: a code is good once
    created_at      timestamptz NOT NULL DEFAULT now(),
    confirmed_at    timestamptz                    -- NULL: being set up
);

CREATE TABLE recovery_codes (
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    code_hash   bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    used_at     timestamptz,
    PRIMARY KEY (user_id, code_hash)
);

CREATE TABLE passkeys (
    id             uuid PRIMARY KEY,
    user_id        uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    credential_id  bytea NOT NULL UNIQUE,
    public_key     bytea NOT NULL,
    sign_count     bigint NOT NULL DEFAULT 0,
    transports     text[] NOT NULL DEFAULT '{}',
    name           text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    last_used_at   timestamptz
);
CREATE INDEX passkeys_user ON passkeys (user_id);

-- A step of a ceremony that spans two requests: a sign-in that waits for its second factor, a passkey's challenge. Used once.
CREATE TABLE auth_challenges (
    token_hash  bytea PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('second_factor', 'enrolment', 'passkey_sign_in', 'passkey_register', 'password_reset')),
    user_id     uuid REFERENCES users ON DELETE CASCADE,
    data        jsonb NOT NULL DEFAULT '{}',
    attempts    smallint NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);
CREATE INDEX auth_challenges_expiry ON auth_challenges (expires_at);

-- ── API keys ────────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE api_keys (
    account_id            uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id                    uuid NOT NULL,
    name                  text NOT NULL,
    prefix                text NOT NULL,           -- what people recognise it by; not secret
    key_hash              bytea NOT NULL UNIQUE,
    previous_key_hash     bytea UNIQUE,            -- good until previous_expires_at, so that a rotation is no outage
    previous_expires_at   timestamptz,
    scopes                text[] NOT NULL,
    department_ids        uuid[] NOT NULL DEFAULT '{}',
    created_by            uuid NOT NULL,
    created_at            timestamptz NOT NULL DEFAULT now(),
    expires_at            timestamptz,
    rotated_at            timestamptz,
    last_used_at          timestamptz,
    last_used_ip          inet,
    revoked_at            timestamptz,
    version               integer NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, id)
);

-- What a program sends through REST has the key as its author.
ALTER TABLE messages DROP CONSTRAINT messages_author_kind_check;
ALTER TABLE messages ADD CONSTRAINT messages_author_kind_check
    CHECK (author_kind IN ('contact', 'user', 'bot', 'system', 'phone', 'api')) NOT VALID;

-- ── audit ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- One chain per account; what concerns no account is in the chain of the nil UUID. Entries are authenticated with a key
-- that the database does not have, each over the one before it (kernel/audit).
CREATE TABLE audit_chains (
    account_id  uuid PRIMARY KEY,
    seq         bigint NOT NULL DEFAULT 0,
    mac         bytea NOT NULL DEFAULT ''
);

CREATE TABLE audit_log (
    account_id       uuid NOT NULL,
    seq              bigint NOT NULL,
    at               timestamptz NOT NULL,
    actor_kind       text NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'system', 'anonymous')),
    actor_id         uuid,
    actor_name       text NOT NULL DEFAULT '',
    impersonator_id  uuid,
    action           text NOT NULL,                -- noun.verb: member.role_changed
    target_kind      text NOT NULL DEFAULT '',
    target_id        text NOT NULL DEFAULT '',
    before           jsonb,
    after            jsonb,
    ip               inet,
    user_agent       text NOT NULL DEFAULT '',
    request_id       text,
    mac              bytea NOT NULL,
    PRIMARY KEY (account_id, seq)
);
CREATE INDEX audit_log_at ON audit_log (account_id, at DESC);
CREATE INDEX audit_log_target ON audit_log (account_id, target_kind, target_id, seq DESC);
CREATE INDEX audit_log_actor ON audit_log (account_id, actor_id, seq DESC);

CREATE FUNCTION prosa_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION prosa_refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION prosa_refuse_change();

-- ── mail and the installation (prosa_system only) ───────────────────────────────────────────────────────────────────

CREATE TABLE mails (
    id           uuid PRIMARY KEY,
    recipient    text NOT NULL,
    template     text NOT NULL,
    locale       text NOT NULL,
    data_sealed  bytea,                            -- holds links with tokens; emptied once sent or given up
    state        text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'sent', 'failed')),
    attempts     smallint NOT NULL DEFAULT 0,
    error        text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    due_at       timestamptz NOT NULL DEFAULT now(),   -- not tried before
    claimed_at   timestamptz,                      -- by the worker that is sending it
    sent_at      timestamptz
);
CREATE INDEX mails_unsent ON mails (due_at) WHERE state IN ('queued', 'sending');

CREATE TABLE installation_settings (
    name        text PRIMARY KEY,
    value       jsonb NOT NULL,
    updated_by  uuid,
    updated_at  timestamptz NOT NULL DEFAULT now()
);

-- Warnings and errors of all processes, for the super admin's log viewer; never message text, numbers or tokens.
CREATE TABLE system_log (
    id       uuid PRIMARY KEY,
    at       timestamptz NOT NULL,
    level    text NOT NULL,
    event    text NOT NULL,
    process  text NOT NULL,
    fields   jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX system_log_at ON system_log (at DESC);

-- ── privacy (LGPD) ──────────────────────────────────────────────────────────────────────────────────────────────────

-- A ledger: the newest entry per purpose holds, none is changed.
CREATE TABLE consents (
    account_id   uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id           uuid NOT NULL,
    contact_id   uuid NOT NULL,
    purpose      text NOT NULL,                    -- service, marketing, …
    granted      boolean NOT NULL,
    legal_basis  text NOT NULL,                    -- LGPD, article 7: consent, contract, legal_obligation, legitimate_interest, …
    source       text NOT NULL,                    -- whatsapp, form, import, operator, …
    evidence     text NOT NULL DEFAULT '',
    recorded_by  uuid,
    at           timestamptz NOT NULL,             -- when it was said
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, contact_id) REFERENCES contacts ON DELETE CASCADE
);
CREATE INDEX consents_contact ON consents (account_id, contact_id, purpose, at DESC);

-- Files made on request: a contact's data, the audit log, a closing account. Removed when they expire.
CREATE TABLE exports (
    account_id    uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id            uuid NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('contact', 'audit', 'account')),
    subject_id    uuid,
    parameters    jsonb NOT NULL DEFAULT '{}',
    state         text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'ready', 'failed', 'expired')),
    storage_key   text,
    file_name     text NOT NULL DEFAULT '',
    mime_type     text NOT NULL DEFAULT 'application/octet-stream',
    size          bigint,
    error         text,
    requested_by  uuid NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    ready_at      timestamptz,
    expires_at    timestamptz,
    PRIMARY KEY (account_id, id)
);

-- What was erased, for whom, and the certificate. Holds no personal data once it is done: the subject is keyed hashes.
CREATE TABLE erasures (
    account_id      uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id              uuid NOT NULL,
    contact_id      uuid NOT NULL,
    subject_hashes  text[] NOT NULL,               -- hex, one per phone and BSUID: privacy/subjects.py
    names_sealed    bytea,                         -- while it runs: what is still searched for
    reason          text NOT NULL,
    requested_by    uuid,                          -- NULL: retention
    requested_at    timestamptz NOT NULL DEFAULT now(),
    state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'failed')),
    done_at         timestamptz,
    removed         jsonb NOT NULL DEFAULT '{}',   -- counts by kind
    certificate     jsonb,
    PRIMARY KEY (account_id, id),
    CHECK ((state = 'done') = (certificate IS NOT NULL AND names_sealed IS NULL))
);
CREATE UNIQUE INDEX erasures_contact ON erasures (account_id, contact_id);

-- How far retention has come with one kind of data: tickets closed until then, or contacts up to this id.
CREATE TABLE retention_marks (
    account_id    uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind          text NOT NULL,
    closed_until  timestamptz,
    last_id       uuid,
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, kind)
);

-- A status or reaction whose message is gone (erased) still carries an id that holds a phone number: found by age.
CREATE INDEX message_statuses_received ON message_statuses USING brin (received_at);
CREATE INDEX reactions_at ON reactions USING brin (at);

ALTER TABLE contacts ADD COLUMN erased_at timestamptz;

-- ── roles of the database ───────────────────────────────────────────────────────────────────────────────────────────

SELECT prosa_protect_tenant_tables();

-- Append-only for everybody: the policies and grants of the function above are narrowed.
REVOKE UPDATE, DELETE ON audit_log FROM prosa_app, prosa_system;
REVOKE DELETE ON audit_chains FROM prosa_app, prosa_system;
REVOKE UPDATE, DELETE ON consents FROM prosa_app;
REVOKE UPDATE, DELETE ON erasures FROM prosa_app;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['totp_factors', 'recovery_codes', 'passkeys', 'auth_challenges', 'mails',
                                'installation_settings', 'system_log'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY system ON %I TO prosa_system USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO prosa_system', name);
    END LOOP;
END $$;
GRANT SELECT (is_super_admin) ON users TO prosa_app;
-- Whoever acts in an account may queue a mail in the same transaction, and never read one.
CREATE POLICY queued ON mails FOR INSERT TO prosa_app WITH CHECK (state = 'queued' AND attempts = 0);
GRANT INSERT (id, recipient, template, locale, data_sealed, created_at, due_at) ON mails TO prosa_app;
