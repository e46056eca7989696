"""How many people are there at a desk outside: asked there now and then by one process, known to all."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import database

EVERY = 30  # seconds
OLD = 150  # seconds after which we no longer know


def online(desk: str, connection: Connection | None = None) -> int | None:
    """How many are there, None if that is not known (any more). With `connection` inside the caller's
    transaction.
    """
    statement = sa.text(
        "SELECT online FROM desk_staff "
        "WHERE desk = :d AND seen > clock_timestamp() - make_interval(secs => :s)"
    )
    if connection is None:
        with database.session() as own:
            return online(desk, own)
    found = connection.execute(statement, {"d": desk, "s": OLD}).scalar()
    return None if found is None else int(found)


def due(desk: str) -> bool:
    """Whether it is time to ask, for exactly one of the processes that want to know."""
    statement = sa.text(
        """
        INSERT INTO desk_staff AS s (desk, online, seen) VALUES (:d, 0, to_timestamp(0))
        ON CONFLICT (desk) DO UPDATE SET asked = clock_timestamp()
        WHERE s.asked < clock_timestamp() - make_interval(secs => :s) RETURNING 1
        """
    )
    with database.session() as connection:
        return connection.execute(statement, {"d": desk, "s": EVERY}).first() is not None


def save(desk: str, count: int) -> None:
    """What the desk said."""
    statement = sa.text(
        "INSERT INTO desk_staff (desk, online) VALUES (:d, :n) "
        "ON CONFLICT (desk) DO UPDATE SET online = excluded.online, seen = clock_timestamp()"
    )
    with database.session() as connection:
        connection.execute(statement, {"d": desk, "n": count})
