"""Hand-overs as they stand: everything that only reads. All functions take a few milliseconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from bot.support.handoff import transitions
from bot.support.handoff.model import COLUMNS, BeforeTurn, Handoff, Note
from bot.support.handoff.states import Change, Event, State
from bot.support.owner_settings import settings
from storage import database


def get(handoff: int) -> Handoff | None:
    """One hand-over, or None."""
    return next(iter(_select("h.id = :id", id=handoff)), None)


def open_of(conversation: str) -> Handoff | None:
    """The hand-over during which the bot is silent, or None: the bot has the conversation."""
    with database.session() as connection:
        return transitions.open_in(connection, conversation)


def queue(groups: Iterable[str] | None = None) -> list[Handoff]:
    """Those that wait in some groups (None: in all), who is next first."""
    return _select(
        f"h.state = 'queued' AND {_IN_GROUPS} ORDER BY h.priority DESC, h.asked, h.id", groups=_list(groups)
    )


def all_open(groups: Iterable[str] | None = None) -> list[Handoff]:
    """All that are open in some groups (None: in all), the oldest first."""
    return _select(f"h.state IN {_OPEN} AND {_IN_GROUPS} ORDER BY h.asked, h.id", groups=_list(groups))


def of_agent(agent: int) -> list[Handoff]:
    """The conversations that an agent has, the oldest first."""
    return _select(
        "h.agent = :agent AND h.state IN ('assigned', 'human') ORDER BY h.asked, h.id", agent=agent
    )


def history(conversation: str, limit: int = 50) -> list[Handoff]:
    """All hand-overs of a conversation, the newest first."""
    return _select("h.conversation = :c ORDER BY h.id DESC LIMIT :n", c=conversation, n=limit)


def latest(conversation: str) -> Handoff | None:
    """The newest hand-over of a conversation, open or not."""
    return next(iter(history(conversation, 1)), None)


def audit(handoff: int) -> list[Change]:
    """Every change of a hand-over, in order."""
    with database.session() as connection:
        query = sa.text("SELECT * FROM handoff_audit WHERE handoff = :h ORDER BY version")
        return [
            Change(
                **{
                    **row._mapping,
                    "event": Event(row.event),
                    "from_state": State(row.from_state),
                    "to_state": State(row.to_state),
                }
            )
            for row in connection.execute(query, {"h": handoff})
        ]


def notes(handoff: int) -> list[Note]:
    """The private notes on a hand-over, the oldest first."""
    with database.session() as connection:
        query = sa.text(
            "SELECT id, handoff, agent, at, text FROM handoff_notes WHERE handoff = :h ORDER BY id"
        )
        return [Note(**row._mapping) for row in connection.execute(query, {"h": handoff})]


_BEFORE = sa.text(
    f"""
    SELECT {COLUMNS}, h.state = 'offline_ticket' AND h.email IS NULL AND NOT h.erased AND (
        SELECT body ->> 'form' FROM messages m
        WHERE m.conversation = h.conversation AND m.sender <> 'customer' ORDER BY seq DESC LIMIT 1
    ) = 'email' AS wants_email
    FROM handoffs h WHERE conversation = :c ORDER BY id DESC LIMIT 1
    """
)


def before_turn(conversation: str) -> BeforeTurn:
    """All that a channel must know before it asks the bot, with one query."""
    with database.session() as connection:
        row = connection.execute(_BEFORE, {"c": conversation}).first()
    if row is None:
        return BeforeTurn()
    newest = Handoff.of(row)  # no other one can be open
    return BeforeTurn(newest if newest.is_open else None, newest.id if row.wants_email else None)


def tickets_due(limit: int = 50) -> list[Handoff]:
    """Those for which a ticket is to be opened now: with an e-mail, or after time enough to leave one."""
    wait = settings().timers.ticket_after
    return _select(
        """
        h.state = 'offline_ticket' AND h.ticket IS NULL AND NOT h.erased
            AND (h.email IS NOT NULL OR h.ended < clock_timestamp() - make_interval(secs => :wait))
        ORDER BY h.ended LIMIT :n
        """,
        wait=wait,
        n=limit,
    )


_OPEN = "('queued', 'assigned', 'human')"
_IN_GROUPS = '(CAST(:groups AS text[]) IS NULL OR h."group" = ANY(CAST(:groups AS text[])))'


def _select(where: str, **values: Any) -> list[Handoff]:
    with database.session() as connection:
        rows = connection.execute(sa.text(f"SELECT {COLUMNS} FROM handoffs h WHERE {where}"), values)
        return [Handoff.of(row) for row in rows]


def _list(groups: Iterable[str] | None) -> list[str] | None:
    return None if groups is None else list(groups)
