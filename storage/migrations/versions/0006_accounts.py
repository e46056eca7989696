"""The people who answer: accounts, sessions, presence, canned replies. Nothing of customers."""

from __future__ import annotations

from alembic import op

from storage.migrations.adoption import adopted

revision = "0006"
down_revision = "0005"

TABLES = """
CREATE TABLE agents (
    id bigserial PRIMARY KEY,
    login text NOT NULL UNIQUE CHECK (login = lower(login)),
    name text NOT NULL,
    password text NOT NULL,
    role text NOT NULL CHECK (role IN ('agent', 'lead', 'owner')),
    groups text[] NOT NULL DEFAULT '{service}',
    languages text[] NOT NULL DEFAULT '{en,zh}',
    max_load integer NOT NULL DEFAULT 4 CHECK (max_load >= 0),
    active boolean NOT NULL DEFAULT true,
    created timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE agent_sessions (
    token_hash bytea PRIMARY KEY,
    agent bigint NOT NULL REFERENCES agents ON DELETE CASCADE,
    created timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires timestamptz NOT NULL,
    seen timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX agent_sessions_agent ON agent_sessions (agent);
CREATE TABLE agent_attempts (
    id bigserial PRIMARY KEY,
    login text NOT NULL,        -- a keyed hash: people type passwords where the login belongs
    address text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    good boolean NOT NULL
);
CREATE INDEX agent_attempts_login ON agent_attempts (login, at);
CREATE INDEX agent_attempts_address ON agent_attempts (address, at);
CREATE TABLE agent_presence (
    connection text PRIMARY KEY,
    agent bigint NOT NULL REFERENCES agents ON DELETE CASCADE,
    process text NOT NULL,
    status text NOT NULL CHECK (status IN ('online', 'away')),
    seen timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX agent_presence_agent ON agent_presence (agent);
CREATE TABLE canned_replies (
    id bigserial PRIMARY KEY,
    shortcut text NOT NULL,
    language text NOT NULL,
    title text NOT NULL,
    text text NOT NULL,
    "group" text                -- NULL: for every group
);
CREATE UNIQUE INDEX canned_replies_shortcut ON canned_replies (shortcut, language, coalesce("group", ''));
"""


def upgrade() -> None:
    if not adopted("agents"):
        op.execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE agents, agent_sessions, agent_attempts, agent_presence, canned_replies")
