"""The tables of messengers."""

from __future__ import annotations

from storage import schema

# Append, never edit.
VERSIONS = (
    """
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

    -- Erases what is kept of a customer's messages; the address stays, or the answer would have no way back.
    -- Callable by whoever erases a conversation, also by shop.personal_data, which must not import the bot.
    CREATE FUNCTION forget_messengers(customer text) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM messenger_outbox WHERE conversation = customer;
        DELETE FROM messenger_sent WHERE conversation = customer;
        UPDATE messenger_inbox i SET body = NULL FROM messenger_people p
            WHERE p.conversation = customer AND i.channel = p.channel AND i.address = p.address
            AND i.failed IS NOT NULL;
        UPDATE messenger_people SET queued = 0, name = NULL, consent = false WHERE conversation = customer;
    END $$;
    """,
)


def migrate() -> None:
    """Create or bring up to date the tables; safe to call again and from several processes at once."""
    schema.migrate("messengers", VERSIONS)
