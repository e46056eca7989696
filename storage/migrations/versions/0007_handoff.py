"""Who has a conversation: the hand-over to a person.

The audit holds no text: who did what when, with ids and codes. So it stays when a conversation is erased, and
the database itself refuses to change or delete its rows.
"""

from __future__ import annotations

from alembic import op

from storage.migrations.adoption import adopted

revision = "0007"
down_revision = "0006"

TABLES = """
CREATE TABLE handoffs (
    id bigserial PRIMARY KEY,
    conversation text NOT NULL,
    channel text NOT NULL,
    state text NOT NULL CHECK (state IN
        ('bot', 'queued', 'assigned', 'human', 'returned', 'closed', 'offline_ticket')),
    version integer NOT NULL DEFAULT 1,
    reason text NOT NULL,
    detail text,
    language text,
    "group" text NOT NULL DEFAULT 'service',
    agent bigint,
    priority integer NOT NULL DEFAULT 0,
    packet jsonb NOT NULL DEFAULT '{}',
    tags text[] NOT NULL DEFAULT '{}',
    close_reason text,
    rating integer CHECK (rating BETWEEN 1 AND 5),
    rating_comment text,
    email text,
    ticket text,
    agreed jsonb,                           -- on return: {slots, note} that the bot is to know
    told boolean NOT NULL DEFAULT false,    -- whether it knows
    erased boolean NOT NULL DEFAULT false,  -- the customer had their data deleted
    asked timestamptz NOT NULL DEFAULT clock_timestamp(),
    queued timestamptz,                     -- since when it waits for a person without a break
    assigned timestamptz,
    accepted timestamptz,                   -- the first time
    first_reply timestamptz,
    ended timestamptz,
    gone_since timestamptz                  -- the agent's connection is lost
);
CREATE UNIQUE INDEX handoffs_open ON handoffs (conversation)
    WHERE state IN ('queued', 'assigned', 'human');
CREATE INDEX handoffs_queue ON handoffs ("group", priority DESC, asked, id)
    WHERE state IN ('queued', 'assigned', 'human');
CREATE INDEX handoffs_conversation ON handoffs (conversation, id);
CREATE INDEX handoffs_ended ON handoffs ("group", ended DESC) WHERE ended IS NOT NULL;
CREATE INDEX handoffs_agent ON handoffs (agent, assigned DESC) WHERE agent IS NOT NULL;
CREATE INDEX handoffs_untold ON handoffs (conversation) WHERE agreed IS NOT NULL AND NOT told;
CREATE INDEX handoffs_tickets ON handoffs (ended)
    WHERE state = 'offline_ticket' AND ticket IS NULL AND NOT erased;

CREATE TABLE handoff_audit (
    id bigserial PRIMARY KEY,
    handoff bigint NOT NULL,
    conversation text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    event text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    version integer NOT NULL,
    actor text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}',
    UNIQUE (handoff, version)
);
-- Indented as in the databases from before, so that theirs is the same to the letter.
CREATE FUNCTION handoff_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'handoff_audit is append-only' USING ERRCODE = 'insufficient_privilege';
    END $$;
CREATE TRIGGER handoff_audit_rows BEFORE UPDATE OR DELETE ON handoff_audit
    FOR EACH ROW EXECUTE FUNCTION handoff_audit_is_append_only();
CREATE TRIGGER handoff_audit_all BEFORE TRUNCATE ON handoff_audit
    FOR EACH STATEMENT EXECUTE FUNCTION handoff_audit_is_append_only();

CREATE TABLE handoff_notes (
    id bigserial PRIMARY KEY,
    handoff bigint NOT NULL REFERENCES handoffs ON DELETE CASCADE,
    agent bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    text text NOT NULL
);
CREATE INDEX handoff_notes_handoff ON handoff_notes (handoff, id);

-- What was asked or announced by an owner's rule, so that it is once.
CREATE TABLE handoff_asked (
    conversation text NOT NULL,
    rule text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (conversation, rule)
);

-- Read up to this message.
CREATE TABLE reads (
    conversation text PRIMARY KEY,
    customer integer NOT NULL DEFAULT 0,
    agent integer NOT NULL DEFAULT 0
);

CREATE FUNCTION forget_handoffs(customer text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE gone integer;
BEGIN
    -- The order in which everybody locks: conversation, hand-over, messages.
    PERFORM 1 FROM conversations WHERE id = customer FOR UPDATE;
    DELETE FROM handoff_notes WHERE handoff IN (SELECT id FROM handoffs WHERE conversation = customer);
    DELETE FROM handoff_asked WHERE conversation = customer;
    UPDATE handoffs SET packet = '{}', detail = NULL, email = NULL, rating_comment = NULL, tags = '{}',
        close_reason = NULL, agreed = NULL, erased = true
    WHERE conversation = customer;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
"""
PERSONAL_DATA = """
INSERT INTO personal_data (part, erased, copied) VALUES ('handoffs', 10, 70);

CREATE FUNCTION export_handoffs(person text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_agg(jsonb_build_object(
        'asked', asked::text, 'state', state, 'reason', reason, 'detail', detail, 'email', email,
        'rating', rating, 'rating_comment', rating_comment, 'packet', packet) ORDER BY id)
    FROM handoffs WHERE conversation = person AND NOT erased
$$;
-- The first of all: it locks the conversation, as everybody does before hand-overs and messages. That there
-- was a hand-over stays, nothing of what was said in it. Returns how many there are.
DROP FUNCTION forget_handoffs(text);
CREATE FUNCTION forget_handoffs(person text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE gone integer;
BEGIN
    PERFORM 1 FROM conversations WHERE id = person FOR UPDATE;
    DELETE FROM handoff_notes WHERE handoff IN (SELECT id FROM handoffs WHERE conversation = person);
    DELETE FROM handoff_asked WHERE conversation = person;
    UPDATE handoffs SET packet = '{}', detail = NULL, email = NULL, rating_comment = NULL, tags = '{}',
        close_reason = NULL, agreed = NULL, erased = true
    WHERE conversation = person;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
"""


def upgrade() -> None:
    if not adopted("handoff"):
        op.execute(TABLES)
    op.execute(PERSONAL_DATA)


def downgrade() -> None:
    op.execute("DELETE FROM personal_data WHERE part = 'handoffs'")
    op.execute("DROP FUNCTION export_handoffs, forget_handoffs")
    op.execute("DROP TABLE handoffs, handoff_audit, handoff_notes, handoff_asked, reads")
    op.execute("DROP FUNCTION handoff_audit_is_append_only")
