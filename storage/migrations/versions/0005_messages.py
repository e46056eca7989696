"""What was said: every message of every conversation."""

from __future__ import annotations

from alembic import op

from storage.migrations.adoption import adopted

revision = "0005"
down_revision = "0004"

TABLES = """
CREATE TABLE conversations (
    id text PRIMARY KEY,
    channel text NOT NULL DEFAULT 'web',
    language text,
    last_seq integer NOT NULL DEFAULT 0,
    created timestamptz NOT NULL DEFAULT now(),
    seen timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE messages (
    conversation text NOT NULL REFERENCES conversations ON DELETE CASCADE,
    seq integer NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    sender text NOT NULL CHECK (sender IN ('customer', 'bot', 'agent', 'system')),
    client_id text,
    reply_to text,
    answered boolean NOT NULL DEFAULT true,
    body jsonb NOT NULL,
    PRIMARY KEY (conversation, seq)
);
CREATE UNIQUE INDEX messages_client_id ON messages (conversation, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX messages_unanswered ON messages (conversation, seq) WHERE NOT answered;
"""
PERSONAL_DATA = """
INSERT INTO personal_data (part, erased, copied) VALUES ('messages', 100, 60);

CREATE FUNCTION export_messages(person text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('at', at::text, 'sender', sender, 'text', body ->> 'text')
        ORDER BY seq), '[]')
    FROM messages WHERE conversation = person
$$;
-- The conversation goes with its messages and read marks: its numbers begin anew, and everything before the
-- one that would have been next is gone. The pages that show it are told (`storage.events`).
CREATE FUNCTION forget_messages(person text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE gone integer; last integer;
BEGIN
    DELETE FROM messages WHERE conversation = person;
    GET DIAGNOSTICS gone = ROW_COUNT;
    DELETE FROM reads WHERE conversation = person;
    DELETE FROM conversations WHERE id = person RETURNING last_seq INTO last;
    IF last IS NOT NULL THEN
        PERFORM pg_notify('shop', jsonb_build_object('topic', 'erased', 'data',
            jsonb_build_object('conversation', person, 'before', last + 1))::text);
    END IF;
    RETURN gone;
END $$;
"""


def upgrade() -> None:
    if not adopted("messages"):
        op.execute(TABLES)
    op.execute(PERSONAL_DATA)


def downgrade() -> None:
    op.execute("DELETE FROM personal_data WHERE part = 'messages'")
    op.execute("DROP FUNCTION export_messages, forget_messages")
    op.execute("DROP TABLE messages, conversations")
