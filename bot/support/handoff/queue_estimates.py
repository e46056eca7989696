"""The place in the queue and an honest waiting time: told only when it is known, rather too long than too
short.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.support.accounts import presence
from bot.support.handoff.model import Handoff, Place
from bot.support.handoff.states import State
from bot.support.owner_settings import settings
from storage import database


@dataclass(frozen=True)
class Pace:
    """How fast a group works now, in minutes; None where too little is known."""

    handling: float | None  # of one conversation, from the acceptance to the end
    response: float | None  # from the assignment (or, where agents claim, from the queue) to the first words
    free: int  # conversations that could be taken at once
    slots: int  # conversations that those who are online can have together


# Of the last conversations of a group that a person had.
_PACE = sa.text(
    """
    SELECT count(handling) AS handled, count(response) AS answered,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY handling) AS handling,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY response) AS response
    FROM (
        SELECT extract(epoch FROM ended - accepted) / 60 AS handling,
            CASE WHEN first_reply >= since THEN extract(epoch FROM first_reply - since) / 60 END AS response
        FROM (
            SELECT ended, accepted, first_reply, CASE WHEN :automatic THEN assigned ELSE queued END AS since
            FROM handoffs
            WHERE "group" = :group AND accepted IS NOT NULL AND reason <> 'stepped_in'
                AND ended > clock_timestamp() - make_interval(days => :days)
            ORDER BY ended DESC LIMIT :samples
        ) AS last
    ) AS times
    """
)
_AHEAD = sa.text(
    """
    SELECT count(*) FROM handoffs
    WHERE state = 'queued' AND "group" = :group AND (-priority, asked, id) < (-:priority, :asked, :id)
    """
)


def estimate(place: int, pace: Pace) -> int | None:
    """The minutes until who stands at `place` (1 is next) is answered; None if that is not known.

    Those for whom somebody is free wait for the first words only; the others for as many conversations to end
    as are ahead of them, of the many that go on at once.
    """
    if pace.slots <= 0 or pace.response is None:
        return None
    minutes = pace.response
    behind = place - pace.free
    if behind > 0:
        if pace.handling is None:
            return None
        minutes += behind * pace.handling / pace.slots
    whole = max(1, math.ceil(minutes))
    return whole if whole <= 10 else math.ceil(whole / 5) * 5


def pace_of(connection: Connection, group: str) -> Pace:
    """How fast a group works now."""
    current = settings()
    row = connection.execute(
        _PACE,
        {
            "group": group,
            "automatic": current.automatic,
            "days": current.waits.days,
            "samples": current.waits.samples,
        },
    ).one()
    least = max(1, current.waits.least)
    present = presence.online([group], connection=connection)
    return Pace(
        handling=float(row.handling) if row.handled >= least else None,
        response=float(row.response) if row.answered >= least else None,
        free=sum(each.free for each in present),
        slots=sum(each.agent.max_load for each in present),
    )


def place_in(connection: Connection, handoff: Handoff) -> Place:
    """`place_of` inside a transaction."""
    if handoff.state is not State.QUEUED:
        return Place(0, None)
    ahead = connection.execute(
        _AHEAD,
        {
            "group": handoff.group,
            "priority": handoff.priority,
            "asked": handoff.asked,
            "id": handoff.id,
        },
    ).scalar_one()
    place = int(ahead) + 1
    return Place(place, estimate(place, pace_of(connection, handoff.group)))


def place_of(handoff: Handoff) -> Place:
    """The place in the queue and the wait in minutes (None: unknown); place 0 for who does not wait."""
    with database.session() as connection:
        return place_in(connection, handoff)


def places(groups: Iterable[str] | None = None) -> dict[int, Place]:
    """The places of all who wait (in some groups), by hand-over, with a few queries in all."""
    with database.session() as connection:
        return places_in(connection, groups)


def places_in(connection: Connection, groups: Iterable[str] | None = None) -> dict[int, Place]:
    """`places` inside a transaction."""
    wanted = None if groups is None else list(groups)
    rows = connection.execute(
        sa.text(
            """
            SELECT id, "group",
                row_number() OVER (PARTITION BY "group" ORDER BY priority DESC, asked, id) AS place
            FROM handoffs WHERE state = 'queued'
                AND (CAST(:groups AS text[]) IS NULL OR "group" = ANY(CAST(:groups AS text[])))
            """
        ),
        {"groups": wanted},
    ).all()
    paces = {group: pace_of(connection, group) for group in {row.group for row in rows}}
    return {row.id: Place(row.place, estimate(row.place, paces[row.group])) for row in rows}
