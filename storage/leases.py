"""Work that lies in a table and is done once, by whichever process takes it.

A row waits until it is finished or given up. Who takes one holds it under a lease for some seconds, and holds
it again while he works; who dies with it loses it, and the next one takes it. Nothing is taken before it is
due, nor while an earlier row of its key waits: what belongs together is done one after the other, in its
order, and what is tried again later holds up its own key only. What was given up lets the next one through.

    JOBS = Leases("desk_jobs", seconds=30, gives="id, desk, conversation", of="desk", key="conversation")

The table has the columns `due`, `leased` and those named below. All methods are synchronous; call them in a
thread. `storage.lease_worker.Worker` does the calling, `storage.backoff` says how long to wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from storage import database

LONGEST = 500  # characters that are kept of an error


@dataclass(frozen=True)
class Leases:
    """How a table says what is to be done. Jobs are any objects with the columns of `identity` as attributes.

    What is SQL here is about the table's own columns; `may` is about those of the row `w`.
    """

    table: str
    seconds: int  # of a lease
    gives: str  # the columns of a row that is taken
    of: str | None = None  # the column that says whose work it is: a channel's, a desk's
    key: str | None = None  # rows of one key are done one after the other …
    order: str = "id"  # … in this order
    first: str = "id"  # which of those that may be taken is
    may: str = "true"  # what else must be so
    waiting: str = "done IS NULL AND failed IS NULL"
    dead: str = "failed IS NOT NULL"
    finished: str = "done = clock_timestamp(), error = NULL"
    given_up: str = "failed = :error"
    identity: tuple[str, ...] = ("id",)
    attempts: str = "attempts"

    @property
    def free(self) -> str:
        """Waiting, and held by nobody."""
        return f"{self.waiting} AND (leased IS NULL OR leased < clock_timestamp())"

    def take(self, of: str | None = None) -> Row | None:
        """The first row that is due, ours from now on; None if there is none. `attempts` counts this one."""
        names = ", ".join(self.identity)
        # What others hold in this moment is passed over, not waited for.
        statement = f"""
            UPDATE {self.table} SET {self.attempts} = {self.attempts} + 1, {_LEASED}
            WHERE ({names}) = (
                SELECT {names} FROM {self.table} w
                WHERE {self._whose("w")} AND {self.free} AND due <= clock_timestamp()
                  AND {self._not_behind()} AND {self.may}
                ORDER BY {self.first} LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING {self.gives}
        """
        with database.session() as connection:
            return connection.execute(sa.text(statement), {"of": of, "seconds": self.seconds}).first()

    def hold(self, job: Any) -> None:
        """It is still being done."""
        self.change([job], _LEASED, seconds=self.seconds)

    def drop(self, job: Any) -> None:
        """It was interrupted: for the next one."""
        self.change([job], "leased = NULL")

    def done(self, *jobs: Any, **values: Any) -> None:
        """They are finished, all at once; `values` are those that `finished` asks for."""
        self.change(jobs, f"leased = NULL, {self.finished}", **values)

    def later(self, job: Any, seconds: float, error: str | None = None) -> None:
        """It did not work: again in so many seconds."""
        change = "leased = NULL, due = clock_timestamp() + make_interval(secs => :seconds)"
        told = {} if error is None else {"error": error[:LONGEST]}
        self.change([job], change + (", error = :error" if told else ""), seconds=seconds, **told)

    def failed(self, job: Any, error: str) -> None:
        """It will not work, however often it is tried. Its key goes on with the next one."""
        self.change([job], f"leased = NULL, {self.given_up}", error=error[:LONGEST])

    def change(self, jobs: Any, sets: str, **values: Any) -> None:
        """Set columns of these rows, in one transaction."""
        where = " AND ".join(f"{name} = :its_{name}" for name in self.identity)
        rows = [{**values, **{f"its_{name}": getattr(job, name) for name in self.identity}} for job in jobs]
        if rows:
            with database.session() as connection:
                connection.execute(sa.text(f"UPDATE {self.table} SET {sets} WHERE {where}"), rows)

    def listing(self, columns: str, where: str, of: str | None = None, *, joined: str = "") -> list[Row]:
        """Columns of the rows `w` for which `where` (`dead`, `waiting`) holds, whosever or of one: in the
        order in which they came, and so in that of each key.
        """
        query = f"""
            SELECT {columns} FROM {self.table} w {joined}
            WHERE {where} AND (CAST(:of AS text) IS NULL OR {self._whose("w")}) ORDER BY w.id
        """
        with database.session() as connection:
            return list(connection.execute(sa.text(query), {"of": of}))

    def _whose(self, row: str) -> str:
        return f"{row}.{self.of} = :of" if self.of else "true"

    def _not_behind(self) -> str:
        if self.key is None:
            return "true"
        of = f"e.{self.of} = w.{self.of} AND " if self.of else ""
        return f"""NOT EXISTS (
            SELECT FROM {self.table} e WHERE {of}e.{self.key} = w.{self.key}
            AND e.{self.order} < w.{self.order} AND {self.waiting})"""


_LEASED = "leased = clock_timestamp() + make_interval(secs => :seconds)"
