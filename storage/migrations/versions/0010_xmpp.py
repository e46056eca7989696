"""The rooms (XEP-0045) in which we are."""

from __future__ import annotations

from alembic import op

from storage.migrations.adoption import adopted

revision = "0010"
down_revision = "0009"

TABLES = """
CREATE TABLE xmpp_rooms (
    room text PRIMARY KEY,
    password text NOT NULL DEFAULT '',
    since timestamptz NOT NULL DEFAULT clock_timestamp()    -- what was said before is not for us
);
"""


def upgrade() -> None:
    if not adopted("xmpp"):
        op.execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE xmpp_rooms")
