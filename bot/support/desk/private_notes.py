"""Private notes: what agents write for each other; no customer ever sees one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.support.desk.refusals import Refused
from bot.support.handoff import agent_side
from storage import database

_RECENT = 15  # seconds: an event says only that there is a note; pages know those that they have by number
_DOUBLE = 60  # seconds in which the same words again are the same note, sent again after a lost connection

_NOTES = """
    SELECT n.id, n.handoff, n.agent, n.at, n.text, a.name, h.conversation, h."group"
    FROM handoff_notes n JOIN handoffs h ON h.id = n.handoff LEFT JOIN agents a ON a.id = n.agent
"""


def add(handoff: int, agent: int, text: str) -> None:
    """Keep a note; the same words sent again are kept once. The text is clean already."""
    if not text:
        raise Refused("empty")
    with database.session() as connection:
        query = sa.text(
            "SELECT 1 FROM handoff_notes WHERE handoff = :h AND agent = :a AND text = :t "
            "AND at > clock_timestamp() - make_interval(secs => :within)"
        )
        values = {"h": handoff, "a": agent, "t": text[: agent_side.MAX_NOTE], "within": _DOUBLE}
        if connection.execute(query, values).first():
            return
    agent_side.add_note(handoff, agent, text)


def of_handoffs(connection: Connection, handoffs: Iterable[int]) -> list[dict[str, Any]]:
    """The notes on some hand-overs, the oldest first."""
    query = sa.text(f"{_NOTES} WHERE n.handoff = ANY(:ids) ORDER BY n.id")
    return [_note(row) for row in connection.execute(query, {"ids": list(handoffs)})]


def recent(handoffs: Iterable[int]) -> list[tuple[str, str, dict[str, Any]]]:
    """The newest notes on some hand-overs, each with its conversation and group."""
    query = sa.text(
        f"{_NOTES} WHERE n.handoff = ANY(:ids) AND n.at > clock_timestamp() - make_interval(secs => :within) "
        "ORDER BY n.id"
    )
    with database.session() as connection:
        rows = connection.execute(query, {"ids": list(handoffs), "within": _RECENT}).all()
    return [(row.conversation, row.group, _note(row)) for row in rows]


def _note(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "handoff": row.handoff,
        "agent": {"id": row.agent, "name": row.name or "?"},
        "at": row.at.isoformat(timespec="milliseconds"),
        "text": row.text,
    }
