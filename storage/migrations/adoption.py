"""Databases from before there was one history: each room had its tables made by itself, and counted its
versions in a table of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def adopted(room: str) -> bool:
    """Whether the room's tables are there already. If so they stay as they are, and its count of versions,
    which nobody needs any more, goes.
    """
    connection = op.get_bind()
    counted = f"{room}_version"
    if connection.execute(sa.text("SELECT to_regclass(:table)"), {"table": counted}).scalar() is None:
        return False
    made = connection.execute(sa.text(f"SELECT max(version) FROM {counted}")).scalar()
    op.execute(f"DROP TABLE {counted}")
    return made is not None
