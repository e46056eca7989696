"""Which conversation of ours is which at a desk outside, and how far we have read there.

One process at a time looks at a link (`take`). A link is never finished or given up: it waits whenever
something has happened there (`dirty`).
All functions are synchronous; call them in a thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import database
from storage.leases import Leases

LEASE = 30  # seconds
_COLUMNS = "desk, conversation, contact, source, remote, handoff, status, assignee, seen, base, dirty, tried"
_CHANGEABLE = ("contact", "source", "remote", "handoff", "status", "assignee", "seen", "base")

LINKS = Leases(
    "desk_links",
    seconds=LEASE,
    gives=_COLUMNS,
    of="desk",
    first="due",
    waiting="dirty IS NOT NULL AND remote IS NOT NULL",
    # What happened while we looked keeps it dirty.
    finished="tried = 0, due = clock_timestamp(), dirty = nullif(dirty, :dirty)",
    identity=("desk", "conversation"),
    attempts="tried",
)
# Of one link, as of any work under a lease.
hold, drop, later = LINKS.hold, LINKS.drop, LINKS.later


@dataclass(frozen=True)
class Link:
    """See the module."""

    desk: str
    conversation: str
    contact: str | None
    source: str | None
    remote: str | None
    handoff: int | None
    status: str | None
    assignee: str | None
    seen: int  # every message there up to this number is taken
    base: int  # `seen` when the hand-over was opened
    dirty: datetime | None
    tried: int


def get(desk: str, conversation: str) -> Link | None:
    """The link of a conversation, or None."""
    return _first("desk = :d AND conversation = :v", d=desk, v=conversation)


def by_remote(desk: str, remote: str) -> Link | None:
    """The link of the desk's conversation, or None: it is not one of ours."""
    return _first("desk = :d AND remote = :v", d=desk, v=remote)


def save(desk: str, conversation: str, **values: Any) -> Link:
    """Make the link if there is none, and set what is given."""
    if unknown := set(values) - set(_CHANGEABLE):
        raise TypeError(f"no such columns: {unknown}")
    names = list(values)
    columns = "".join(f", {name}" for name in names)
    places = "".join(f", :{name}" for name in names)
    # `seen` only grows: a slow process must not make us read again what another has taken.
    sets = ", ".join(
        "seen = greatest(desk_links.seen, :seen)" if name == "seen" else f"{name} = :{name}" for name in names
    )
    action = f"DO UPDATE SET {sets}" if sets else "DO UPDATE SET desk = desk_links.desk"
    statement = sa.text(
        f"INSERT INTO desk_links (desk, conversation{columns}) VALUES (:d, :c{places}) "
        f"ON CONFLICT (desk, conversation) {action} RETURNING {_COLUMNS}"
    )
    with database.session() as connection:
        row = connection.execute(statement, {"d": desk, "c": conversation, **values}).one()
        return Link(**row._mapping)


def forget_remote(desk: str, conversation: str) -> None:
    """The desk's conversation is gone: the next hand-over makes a new one."""
    with database.session() as connection:
        connection.execute(
            sa.text(
                "UPDATE desk_links SET remote = NULL, status = NULL, assignee = NULL, seen = 0, base = 0, "
                "dirty = NULL WHERE desk = :d AND conversation = :c"
            ),
            {"d": desk, "c": conversation},
        )


def touch(desk: str, remote: str) -> bool:
    """Something happened in the desk's conversation: look at it soon. False if it is not one of ours."""
    with database.session() as connection:
        result = connection.execute(
            sa.text(
                "UPDATE desk_links SET dirty = clock_timestamp(), due = least(due, clock_timestamp()) "
                "WHERE desk = :d AND remote = :r"
            ),
            {"d": desk, "r": remote},
        )
        return bool(result.rowcount)


def touch_open(desk: str, older: float) -> int:
    """Look at all conversations with an open hand-over that were not looked at for `older` seconds; returns
    how many. The desk's word may have been lost on its way.
    """
    with database.session() as connection:
        result = connection.execute(
            sa.text(
                """
                UPDATE desk_links SET dirty = clock_timestamp(), due = clock_timestamp()
                WHERE desk = :d AND dirty IS NULL AND due < clock_timestamp() - make_interval(secs => :s)
                  AND remote IS NOT NULL AND conversation IN
                      (SELECT conversation FROM handoffs WHERE state IN ('queued', 'assigned', 'human'))
                """
            ),
            {"d": desk, "s": older},
        )
        return int(result.rowcount)


def take(desk: str) -> Link | None:
    """A link that is to be looked at, ours for `LEASE` seconds; None if there is none now."""
    row = LINKS.take(desk)
    return Link(**row._mapping) if row else None


def looked(link: Link) -> None:
    """It was looked at."""
    LINKS.done(link, dirty=link.dirty)


def _first(where: str, **values: Any) -> Link | None:
    with database.session() as connection:
        row = connection.execute(sa.text(f"SELECT {_COLUMNS} FROM desk_links WHERE {where}"), values).first()
        return Link(**row._mapping) if row else None
