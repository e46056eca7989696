"""What a desk outside is still to be told: kept in the database, done in the order of each conversation,
once.

Every process may put the same job (the second is not kept) and every process takes jobs. Only ids are kept;
what is said is read when it is sent.
All functions are synchronous; call them in a thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import database
from storage.leases import Leases

if TYPE_CHECKING:
    from bot.support.handoff import Handoff

LEASE = 30  # seconds
KEEP_DAYS = 14

JOBS = Leases(
    "desk_jobs",
    seconds=LEASE,
    gives="id, desk, conversation, handoff, kind, seq, remote, attempts",
    of="desk",
    key="conversation",
)
# Of one job, as of any work under a lease.
hold, drop, done, later, failed = JOBS.hold, JOBS.drop, JOBS.done, JOBS.later, JOBS.failed
_OPEN = "('queued', 'assigned', 'human')"


@dataclass(frozen=True)
class Job:
    """One thing to tell; `attempts` counts this one, so from 2 on it may have arrived already."""

    id: int
    desk: str
    conversation: str
    handoff: int
    kind: str
    seq: int | None
    remote: str | None
    attempts: int


def opened(desk: str, handoff: Handoff) -> None:
    """A hand-over was opened; `seq` of the job is the customer's message that led to it (0: none)."""
    with database.session() as connection:
        _open(connection, desk, handoff.id)
        _say(connection, desk, handoff.id)


def said(desk: str, handoff: Handoff) -> None:
    """The customer wrote. All that is not yet put is put, in its order, so nothing depends on who
    calls when.
    """
    with database.session() as connection:
        _open(connection, desk, handoff.id)
        _say(connection, desk, handoff.id)


def ended(desk: str, handoff: Handoff) -> None:
    """The hand-over has ended, after what the customer wrote during it."""
    with database.session() as connection:
        _end(connection, desk, handoff.id)


def catch_up(desk: str) -> None:
    """Put what nobody has put: the process that should have done it died."""
    with database.session() as connection:
        rows = connection.execute(
            sa.text(
                f"""
                SELECT h.id, h.state IN {_OPEN} AS open FROM handoffs h
                WHERE h.state IN {_OPEN} OR h.id IN (
                    SELECT handoff FROM desk_jobs WHERE desk = :d AND kind = 'open'
                    EXCEPT SELECT handoff FROM desk_jobs WHERE desk = :d AND kind = 'end')
                ORDER BY h.id
                """
            ),
            {"d": desk},
        ).all()
    for row in rows:
        with database.session() as connection:  # one at a time: locks are held for a moment only
            if row.open:
                _open(connection, desk, row.id)
                _say(connection, desk, row.id)
            else:
                _end(connection, desk, row.id)


def _open(connection: Connection, desk: str, handoff: int) -> None:
    # The message that asked is sent with the opening, as the customer's words; what follows are jobs of their
    # own. An agent who stepped in was not asked: what was said before is the transcript's.
    connection.execute(
        sa.text(
            """
            INSERT INTO desk_jobs (desk, conversation, handoff, kind, seq)
            SELECT :d, h.conversation, h.id, 'open', coalesce((
                SELECT max(m.seq) FROM messages m
                WHERE m.conversation = h.conversation AND m.sender = 'customer' AND m.at <= h.asked), 0)
            FROM handoffs h WHERE h.id = :h AND NOT h.erased
            ON CONFLICT DO NOTHING
            """
        ),
        {"d": desk, "h": handoff},
    )


def _say(connection: Connection, desk: str, handoff: int) -> None:
    connection.execute(
        sa.text(
            """
            INSERT INTO desk_jobs (desk, conversation, handoff, kind, seq)
            SELECT j.desk, j.conversation, j.handoff, 'say', m.seq
            FROM desk_jobs j JOIN handoffs h ON h.id = j.handoff
                 JOIN messages m ON m.conversation = j.conversation AND m.seq > j.seq
            WHERE m.sender = 'customer' AND j.desk = :d AND j.handoff = :h AND j.kind = 'open'
              AND (h.ended IS NULL OR m.at <= h.ended)
            ORDER BY m.seq
            ON CONFLICT DO NOTHING
            """
        ),
        {"d": desk, "h": handoff},
    )


def _end(connection: Connection, desk: str, handoff: int) -> None:
    _say(connection, desk, handoff)
    connection.execute(
        sa.text(
            """
            INSERT INTO desk_jobs (desk, conversation, handoff, kind)
            SELECT j.desk, j.conversation, j.handoff, 'end' FROM desk_jobs j
            WHERE j.desk = :d AND j.handoff = :h AND j.kind = 'open'
            ON CONFLICT DO NOTHING
            """
        ),
        {"d": desk, "h": handoff},
    )


def take(desk: str) -> Job | None:
    """The first job of a conversation that is due, ours for `LEASE` seconds; None if there is none now."""
    row = JOBS.take(desk)
    return Job(**row._mapping) if row else None


def unfinished(desk: str, conversation: str) -> bool:
    """Whether the desk is still to be told something of a conversation."""
    statement = sa.text(
        f"SELECT EXISTS (SELECT FROM desk_jobs WHERE desk = :d AND conversation = :c AND {JOBS.waiting})"
    )
    with database.session() as connection:
        return bool(connection.execute(statement, {"d": desk, "c": conversation}).scalar())


def tidy(desk: str) -> int:
    """Delete what was done long ago; returns how many. The opening of a hand-over stays as long as its end is
    not told.
    """
    statement = sa.text(
        """
        DELETE FROM desk_jobs j
        WHERE j.desk = :d AND coalesce(j.done, j.created) < now() - make_interval(days => :n)
          AND (j.done IS NOT NULL OR j.failed IS NOT NULL)
          AND NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.id = j.handoff AND (h.ended IS NULL
              OR h.ended > now() - make_interval(days => :n)))
        """
    )
    with database.session() as connection:
        return int(connection.execute(statement, {"d": desk, "n": KEEP_DAYS}).rowcount)
