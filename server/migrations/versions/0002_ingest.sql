-- Two foreign keys that are checked for every message and every status, and can never fail: both rows name their account
-- by an app, a conversation or a session that was read through that account a moment before.
ALTER TABLE messages DROP CONSTRAINT messages_account_id_fkey;
ALTER TABLE message_statuses DROP CONSTRAINT message_statuses_account_id_fkey;

-- Ingest reads, thinks and writes without holding locks meanwhile; its one writing statement fails as a whole when a step
-- of it touches other rows than what was read promised (docs/adr/0008). The SQLSTATE is that of a serialization failure:
-- read again, try again.
CREATE FUNCTION prosa_expect(counted bigint, expected bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(counted, 0) <> expected THEN
        RAISE EXCEPTION 'another transaction was first' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN true;
END $$;

-- Who writes a message has just written or locked its conversation; looking it up once more cost 20 µs a message, a tenth of
-- all that the database does for it (2026-11). Conversations are never deleted alone; who deletes an account deletes its
-- messages and statuses with it.
ALTER TABLE messages DROP CONSTRAINT messages_account_id_conversation_id_fkey;

-- A waiting ticket is nobody's: it need not move in the index of people's own tickets with every message.
DROP INDEX tickets_mine_list;
CREATE INDEX tickets_mine_list ON tickets (account_id, assignee_id, last_message_at DESC, id DESC)
    WHERE closed_at IS NULL AND assignee_id IS NOT NULL;
