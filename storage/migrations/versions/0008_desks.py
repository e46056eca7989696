"""Desks outside and tickets."""

from __future__ import annotations

from alembic import op

from storage.migrations.adoption import adopted

revision = "0008"
down_revision = "0007"

TABLES = """
-- A conversation of ours and its twin at a desk outside.
CREATE TABLE desk_links (
    desk text NOT NULL,
    conversation text NOT NULL,
    contact text,                       -- the customer there
    source text,                        -- the customer's session there
    remote text,                        -- the conversation there
    handoff bigint,                     -- the hand-over that was opened there last
    status text,                        -- as last seen there
    assignee text,                      -- as last seen there
    seen bigint NOT NULL DEFAULT 0,     -- every message there up to this one is taken
    base bigint NOT NULL DEFAULT 0,     -- `seen` when the hand-over was opened
    dirty timestamptz,                  -- something happened there since we looked
    due timestamptz NOT NULL DEFAULT clock_timestamp(),
    leased timestamptz,                 -- a process of ours is looking, until then
    tried integer NOT NULL DEFAULT 0,
    PRIMARY KEY (desk, conversation),
    UNIQUE (desk, remote)
);
CREATE INDEX desk_links_dirty ON desk_links (desk, due) WHERE dirty IS NOT NULL;

-- What a desk outside is to be told, in the order of each conversation. Ids only, no texts.
CREATE TABLE desk_jobs (
    id bigserial PRIMARY KEY,
    desk text NOT NULL,
    conversation text NOT NULL,
    handoff bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('open', 'say', 'end', 'erase')),
    seq integer,                        -- say: the message; open: the one that asked
    remote text,                        -- erase: the customer there
    attempts integer NOT NULL DEFAULT 0,
    due timestamptz NOT NULL DEFAULT clock_timestamp(),
    leased timestamptz,
    done timestamptz,
    failed text,                        -- why it was given up
    error text,                         -- why it did not work the last time
    created timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX desk_jobs_said ON desk_jobs (desk, handoff, seq) WHERE kind = 'say';
CREATE UNIQUE INDEX desk_jobs_once ON desk_jobs (desk, handoff, kind) WHERE kind IN ('open', 'end');
CREATE INDEX desk_jobs_waiting ON desk_jobs (desk, conversation, id)
    WHERE done IS NULL AND failed IS NULL;

-- How many people are there, at a desk outside.
CREATE TABLE desk_staff (
    desk text PRIMARY KEY,
    online integer NOT NULL,
    seen timestamptz NOT NULL DEFAULT clock_timestamp(),    -- when the desk said so
    asked timestamptz NOT NULL DEFAULT clock_timestamp()    -- when it was asked last
);

CREATE TABLE tickets (
    id bigserial PRIMARY KEY,
    parent bigint REFERENCES tickets ON DELETE CASCADE,     -- what this adds to
    handoff bigint,
    conversation text NOT NULL,
    target text NOT NULL,
    email text,                         -- NULL: the customer left none
    language text,
    title text NOT NULL,
    body text NOT NULL,
    photos text[] NOT NULL DEFAULT '{}',
    mark text NOT NULL UNIQUE,          -- by which it is found at the other side again
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead')),
    remote text,                        -- its number at the other side, as soon as it has one
    attempts integer NOT NULL DEFAULT 0,
    due timestamptz NOT NULL DEFAULT clock_timestamp(),
    leased timestamptz,
    sent timestamptz,
    error text,
    created timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX tickets_handoff ON tickets (handoff) WHERE parent IS NULL AND handoff IS NOT NULL;
CREATE INDEX tickets_waiting ON tickets (due) WHERE state = 'waiting';
CREATE INDEX tickets_conversation ON tickets (conversation);

CREATE FUNCTION forget_desks(customer text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM tickets WHERE conversation = customer;
    DELETE FROM desk_jobs WHERE conversation = customer AND kind <> 'erase';
    INSERT INTO desk_jobs (desk, conversation, handoff, kind, remote)
        SELECT desk, conversation, coalesce(handoff, 0), 'erase', contact FROM desk_links
        WHERE conversation = customer AND contact IS NOT NULL;
    DELETE FROM desk_links WHERE conversation = customer;
END $$;
"""
PERSONAL_DATA = """
INSERT INTO personal_data (part, erased) VALUES ('desks', 20);

-- Tickets and links go, and the desk outside is asked to forget the customer, too.
DROP FUNCTION forget_desks(text);
CREATE FUNCTION forget_desks(person text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE gone integer;
BEGIN
    DELETE FROM tickets WHERE conversation = person;
    DELETE FROM desk_jobs WHERE conversation = person AND kind <> 'erase';
    INSERT INTO desk_jobs (desk, conversation, handoff, kind, remote)
        SELECT desk, conversation, coalesce(handoff, 0), 'erase', contact FROM desk_links
        WHERE conversation = person AND contact IS NOT NULL;
    DELETE FROM desk_links WHERE conversation = person;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
"""


def upgrade() -> None:
    if not adopted("desks"):
        op.execute(TABLES)
    op.execute(PERSONAL_DATA)


def downgrade() -> None:
    op.execute("DELETE FROM personal_data WHERE part = 'desks'")
    op.execute("DROP FUNCTION forget_desks")
    op.execute("DROP TABLE desk_links, desk_jobs, desk_staff, tickets")
