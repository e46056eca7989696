"""One process at a time: who holds the lead does the work, the others wait for it.

An advisory lock of PostgreSQL on a connection of its own: it falls when the process dies, however it dies,
and the next one that asks has it. The connection's name says how the holder is doing, for who wants to know.

All functions are synchronous; call them in a thread, one at a time.
"""

from __future__ import annotations

import contextlib
from typing import Any

import psycopg2
import sqlalchemy as sa

from storage import advisory_locks, database

# A machine that has lost its power says no farewell: the database finds out within half a minute.
_ALIVE = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
_STATE = 63  # bytes of a connection's name


class LeaderLock:
    """The lead under a name; nobody holds it at first."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._state = ""
        self._connection: Any = None

    def take(self) -> bool:
        """Whether we hold it: still, or from now on. Raises `Unavailable` if the database does not answer:
        then nobody can take it either.
        """
        if self._connection is not None:
            try:
                self._ask("SELECT 1")
                return True
            except psycopg2.Error:
                self.drop()
        try:
            self._connection = _connect()
            taken = bool(self._ask("SELECT pg_try_advisory_lock(%s)", advisory_locks.key(self._name)))
        except (psycopg2.Error, sa.exc.SQLAlchemyError, RuntimeError) as error:
            self.drop()
            raise database.Unavailable(f"the database does not answer: {type(error).__name__}") from error
        if taken:
            self._show()
        else:
            self.drop()
        return taken

    def say(self, state: str) -> None:
        """How it goes, in a few words, for as long as we hold it."""
        if self._connection is not None:
            self._state = state
            self._show()

    def drop(self) -> None:
        """Let it go, if we hold it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg2.Error):
                connection.close()

    def _show(self) -> None:
        with contextlib.suppress(psycopg2.Error):
            self._ask("SELECT set_config('application_name', %s, false)", _label(self._name, self._state))

    def _ask(self, query: str, *values: Any) -> Any:
        with self._connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchone()[0]


def state(name: str) -> str | None:
    """What the process that holds a lead says of itself; None if nobody does. Raises `Unavailable`."""
    prefix = _label(name, "")
    statement = sa.text(
        "SELECT application_name FROM pg_stat_activity "
        "WHERE datname = current_database() AND starts_with(application_name, :prefix)"
    )
    with database.session() as connection:
        found = connection.execute(statement, {"prefix": prefix}).scalar()
    return None if found is None else str(found).removeprefix(prefix)


def _connect() -> Any:
    """A connection of its own, made as the pool makes its connections."""
    fairy = database.engine().raw_connection()
    fairy.detach()  # it is ours from here, and the pool makes another one
    connection = fairy.connection
    connection.set_session(autocommit=True)
    with connection.cursor() as cursor:
        cursor.execute(_ALIVE)
    return connection


def _label(name: str, state: str) -> str:
    return f"leader {name}: {state}".encode("ascii", "replace")[:_STATE].decode()
