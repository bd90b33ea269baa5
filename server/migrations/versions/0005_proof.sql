-- Facts: counted by ingest in the very statement that numbers a batch's events, so they stand or fall with its rows.
CREATE TABLE proof_facts (
    account_id  uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    minute      timestamptz NOT NULL,              -- of the batch; whole hours once a job has rolled them up
    received    bigint NOT NULL DEFAULT 0,         -- parts of webhooks: messages, statuses, account updates
    stored      bigint NOT NULL DEFAULT 0,
    repeated    bigint NOT NULL DEFAULT 0,         -- were here before
    parked      bigint NOT NULL DEFAULT 0,         -- kept whole in dead_webhooks
    messages    bigint NOT NULL DEFAULT 0,         -- of the stored: rows of their own
    announced   bigint NOT NULL DEFAULT 0,         -- message_created events of the same commit
    PRIMARY KEY (account_id, minute)
) WITH (fillfactor = 50);

-- Observations: what one process has seen, in the minute of the event (numbered, published, dropped), of the push
-- (pushed, acknowledged, ended) or of the passing (passed, relayed, found). The process writes absolute numbers, so that
-- writing twice counts once. The nil process is the log itself: its rows, counted by a job. No foreign keys: a row of an
-- account that is being erased must not cost the others of its batch theirs; old rows go anyway.
CREATE TABLE proof_observations (
    account_id    uuid NOT NULL,
    process_id    uuid NOT NULL,
    minute        timestamptz NOT NULL,
    numbered      bigint NOT NULL DEFAULT 0,       -- rows found in the event log
    published     bigint NOT NULL DEFAULT 0,       -- events handed to Redis
    dropped       bigint NOT NULL DEFAULT 0,       -- events that Redis did not take: left to the readers of the log
    passed        bigint NOT NULL DEFAULT 0,       -- numbers that a relay has gone past
    relayed       bigint NOT NULL DEFAULT 0,       -- events that it had in hand while going past them
    found         bigint NOT NULL DEFAULT 0,       -- of these: read from the log, because no hint brought them
    pushed        bigint NOT NULL DEFAULT 0,       -- events × sockets
    acknowledged  bigint NOT NULL DEFAULT 0,       -- of these: confirmed by the browser
    ended         bigint NOT NULL DEFAULT 0,       -- of these: their socket ended first; a resume by cursor brings them again
    PRIMARY KEY (account_id, process_id, minute)
) WITH (fillfactor = 50);
CREATE INDEX proof_observations_minute ON proof_observations (account_id, minute);

-- Which processes still report: what one that has gone silent had not confirmed will not be.
CREATE TABLE proof_processes (
    account_id  uuid NOT NULL,
    process_id  uuid NOT NULL,
    seen_at     timestamptz NOT NULL,
    PRIMARY KEY (account_id, process_id)
) WITH (fillfactor = 50);

-- How far the log is counted, and how many numbers had no row.
CREATE TABLE proof_log_marks (
    account_id  uuid PRIMARY KEY,
    counted_to  bigint NOT NULL DEFAULT 0,
    holes       bigint NOT NULL DEFAULT 0
);
INSERT INTO proof_log_marks (account_id, counted_to) SELECT account_id, seq FROM event_counters;

-- When the webhook that brought it had come in, on our clock; NULL for what was written here (and before this version).
ALTER TABLE messages ADD COLUMN received_at timestamptz;

-- Received → stored → pushed → painted of each message that reached a screen, on the servers' clocks.
CREATE TABLE message_trips (
    account_id   uuid NOT NULL,
    message_id   uuid NOT NULL,
    received_at  timestamptz,                      -- NULL: no webhook brought it, somebody here wrote it
    stored_at    timestamptz NOT NULL,
    pushed_at    timestamptz NOT NULL,             -- first write to a socket
    painted_at   timestamptz,                      -- first screen that showed it
    PRIMARY KEY (account_id, message_id)
) WITH (fillfactor = 80);
CREATE INDEX message_trips_pushed ON message_trips (account_id, pushed_at);

-- The same as histograms: bucket b holds durations from 2^(b/4) ms up to 2^((b+1)/4) ms.
CREATE TABLE trip_hours (
    account_id  uuid NOT NULL,
    hour        timestamptz NOT NULL,
    leg         text NOT NULL CHECK (leg IN ('store', 'push', 'paint', 'whole')),
    bucket      smallint NOT NULL,
    count       bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, hour, leg, bucket)
) WITH (fillfactor = 50);

SELECT prosa_protect_tenant_tables();

-- People read the proof; only processes write it.
REVOKE INSERT, UPDATE, DELETE ON proof_facts, proof_observations, proof_processes, proof_log_marks, message_trips, trip_hours
    FROM prosa_app;
