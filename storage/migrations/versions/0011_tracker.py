"""The dialogue's events: columns and index as Rasa's own tracker store has them, which made them before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

TABLES = """
CREATE TABLE events (
    id serial PRIMARY KEY,
    sender_id varchar(255) NOT NULL,
    type_name varchar(255) NOT NULL,
    timestamp double precision,
    intent_name varchar(255),
    action_name varchar(255),
    data text
);
CREATE INDEX ix_events_sender_id ON events (sender_id);
"""
PERSONAL_DATA = """
INSERT INTO personal_data (part, erased) VALUES ('tracker', 90);

-- Before the messages: who takes a message back changes its event first, too.
CREATE FUNCTION forget_tracker(person text) RETURNS integer LANGUAGE sql AS $$
    WITH gone AS (DELETE FROM events WHERE sender_id = person RETURNING 1)
    SELECT count(*)::integer FROM gone
$$;
"""


def upgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT to_regclass('events')")).scalar() is None:
        op.execute(TABLES)
    op.execute(PERSONAL_DATA)


def downgrade() -> None:
    op.execute("DELETE FROM personal_data WHERE part = 'tracker'")
    op.execute("DROP FUNCTION forget_tracker")
    op.execute("DROP TABLE events")
