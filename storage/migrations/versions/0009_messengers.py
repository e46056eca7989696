"""Messengers: who talks to us there, what came and what is to be shown."""

from __future__ import annotations

from alembic import op

from storage.migrations.adoption import adopted

revision = "0009"
down_revision = "0008"

TABLES = """
-- Who talks to us there, and which conversation of ours that is.
CREATE TABLE messenger_people (
    channel text NOT NULL,
    address text NOT NULL,
    conversation text NOT NULL UNIQUE,
    language text,
    name text,
    heard timestamptz NOT NULL DEFAULT clock_timestamp(),   -- when the customer wrote last
    gone boolean NOT NULL DEFAULT false,                    -- blocked us, or left
    consent boolean NOT NULL DEFAULT false,                 -- to messages that we begin
    queued integer NOT NULL DEFAULT 0,      -- every message up to this one is in the outbox
    PRIMARY KEY (channel, address)
);

-- What a platform reported: kept before it is acknowledged. The body goes when it is worked off, the id
-- stays for a while: what comes again is known.
CREATE TABLE messenger_inbox (
    id bigserial PRIMARY KEY,
    channel text NOT NULL,
    remote text NOT NULL,               -- the platform's id
    address text NOT NULL,
    body jsonb,
    attempts integer NOT NULL DEFAULT 0,
    due timestamptz NOT NULL DEFAULT clock_timestamp(),
    leased timestamptz,
    done timestamptz,
    failed text,
    error text,
    created timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (channel, remote)
);
CREATE INDEX messenger_inbox_waiting ON messenger_inbox (channel, address, id)
    WHERE done IS NULL AND failed IS NULL;

-- What is to be shown there, in the order of each conversation. Ids only: what was said is read when it
-- is sent.
CREATE TABLE messenger_outbox (
    id bigserial PRIMARY KEY,
    channel text NOT NULL,
    conversation text NOT NULL,
    seq integer NOT NULL,
    sent integer NOT NULL DEFAULT 0,    -- pieces of the message that have arrived
    attempts integer NOT NULL DEFAULT 0,
    due timestamptz NOT NULL DEFAULT clock_timestamp(),
    leased timestamptz,
    done timestamptz,
    failed text,                        -- why it was given up: a dead letter
    error text,                         -- why it did not work the last time
    created timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (conversation, seq)
);
CREATE INDEX messenger_outbox_waiting ON messenger_outbox (channel, conversation, seq)
    WHERE done IS NULL AND failed IS NULL;
CREATE INDEX messenger_outbox_dead ON messenger_outbox (id) WHERE failed IS NOT NULL;

-- Which message of ours a message there is: for reactions, quotes, read marks, edits.
CREATE TABLE messenger_sent (
    channel text NOT NULL,
    remote text NOT NULL,
    conversation text NOT NULL,
    seq integer NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (channel, remote)
);
CREATE INDEX messenger_sent_conversation ON messenger_sent (conversation, seq);

CREATE FUNCTION forget_messengers(customer text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM messenger_outbox WHERE conversation = customer;
    DELETE FROM messenger_sent WHERE conversation = customer;
    UPDATE messenger_inbox i SET body = NULL FROM messenger_people p
        WHERE p.conversation = customer AND i.channel = p.channel AND i.address = p.address
        AND i.failed IS NOT NULL;
    UPDATE messenger_people SET queued = 0, name = NULL, consent = false WHERE conversation = customer;
END $$;
"""
PERSONAL_DATA = """
INSERT INTO personal_data (part, erased) VALUES ('messengers', 30);

-- What is kept of the messages goes; the address stays, or the answer would have no way back. Whoever touches
-- the outbox locks the person first.
DROP FUNCTION forget_messengers(text);
CREATE FUNCTION forget_messengers(person text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE gone integer;
BEGIN
    UPDATE messenger_people SET queued = 0, name = NULL, consent = false WHERE conversation = person;
    DELETE FROM messenger_outbox WHERE conversation = person;
    GET DIAGNOSTICS gone = ROW_COUNT;
    DELETE FROM messenger_sent WHERE conversation = person;
    UPDATE messenger_inbox i SET body = NULL FROM messenger_people p
        WHERE p.conversation = person AND i.channel = p.channel AND i.address = p.address
        AND i.failed IS NOT NULL;
    RETURN gone;
END $$;
"""


def upgrade() -> None:
    if not adopted("messengers"):
        op.execute(TABLES)
    op.execute(PERSONAL_DATA)


def downgrade() -> None:
    op.execute("DELETE FROM personal_data WHERE part = 'messengers'")
    op.execute("DROP FUNCTION forget_messengers")
    op.execute("DROP TABLE messenger_people, messenger_inbox, messenger_outbox, messenger_sent")
