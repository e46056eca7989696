"""Whether somebody would answer now, and when people are back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.support.owner_settings import settings
from storage import database


@dataclass(frozen=True)
class Availability:
    """`why` says why nobody answers: out of hours, or nobody is there; None where somebody does."""

    why: Literal["closed_hours", "nobody"] | None
    back: datetime | None = None

    @property
    def open(self) -> bool:
        return self.why is None


def availability(group: str | None = None, now: datetime | None = None) -> Availability:
    """Of a group (the first one without)."""
    with database.session() as connection:
        return availability_in(connection, group or settings().default_group, now)


def availability_in(connection: Connection, group: str, now: datetime | None = None) -> Availability:
    """`availability` inside a transaction."""
    current = settings()
    at = now or datetime.now(timezone.utc)
    hours = current.hours_of(group)
    if not hours.is_open(at):
        return Availability("closed_hours", hours.next_opening(at))
    return Availability(None if anybody(connection, group) else "nobody")


def anybody(connection: Connection, group: str) -> bool:
    """Whether an agent of a group is online or was a moment ago: a server that starts anew is no empty desk.

    Who goes away or signs off is not online at once; only a lost connection is forgiven for a while. A desk
    outside counts its people itself; if it does not tell, somebody is believed to be there.
    """
    current = settings()
    if current.desk != "own":
        from bot.support.handoff import staffing  # it imports this package

        return staffing.online(current.desk, connection) != 0
    query = sa.text(
        """
        SELECT EXISTS (
            SELECT FROM agent_presence p JOIN agents a ON a.id = p.agent
            WHERE a.active AND p.status = 'online' AND :group = ANY(a.groups)
                AND p.seen > clock_timestamp() - make_interval(secs => :within)
        )
        """
    )
    values = {"group": group, "within": current.timers.nobody_after}
    return bool(connection.execute(query, values).scalar_one())
