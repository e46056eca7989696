"""Tables of the bot's rooms, in numbered versions: what a database has not seen is run, once.

A room keeps a tuple of SQL scripts, one a version, and calls `migrate` when the server starts. Scripts are
appended, never edited.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from storage import advisory_locks, database


def migrate(name: str, versions: Sequence[str]) -> int:
    """Bring the tables of a room up to date; returns how many versions were new.

    `name` names the table that counts the versions (`NAME_version`) and must be a plain identifier. Safe to
    call again and from several processes at once: one works, the others wait. All or nothing: a script that
    fails leaves the database as it was.
    """
    if not name.isidentifier():
        raise ValueError(f"{name!r} cannot be part of a table's name")
    table = f"{name}_version"
    with database.session() as connection:
        advisory_locks.wait(connection, f"migrate {name}")
        connection.execute(sa.text(f"CREATE TABLE IF NOT EXISTS {table} (version integer NOT NULL)"))
        query = sa.text(f"SELECT coalesce(max(version), 0) FROM {table}")
        done = int(connection.execute(query).scalar_one())
        for version, script in enumerate(versions[done:], start=done + 1):
            # A % of the script is a % (the driver would look for parameters otherwise).
            connection.exec_driver_sql(script.replace("%", "%%"), {})
            connection.execute(sa.text(f"INSERT INTO {table} VALUES (:version)"), {"version": version})
        return max(len(versions) - done, 0)
