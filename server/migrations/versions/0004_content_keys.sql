-- The keys that seal what customers and operators write, one current per account that wants it (docs/adr/0014). Wrapped by
-- the installation's keys, which are not in the database; destroyed with their account.
CREATE TABLE content_keys (
    account_id    uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id            uuid NOT NULL,
    key_sealed    bytea NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    retired_at    timestamptz,                     -- seals nothing new; still opens what it has sealed
    progress      jsonb NOT NULL DEFAULT '{}',     -- how far what was there before has been sealed (privacy/sealing.py)
    caught_up_at  timestamptz,                     -- nothing readable is left
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX content_keys_current ON content_keys (account_id) WHERE retired_at IS NULL;

SELECT prosa_protect_tenant_tables();

-- A key that is gone takes every word with it: who acts in an account adds and retires keys, never removes or replaces one.
REVOKE UPDATE, DELETE ON content_keys FROM prosa_app;
GRANT UPDATE (retired_at, progress, caught_up_at) ON content_keys TO prosa_app;
