"""Hand-overs as lines of the desk's lists: the row, and what an agent wants to see beside it at a glance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.support.desk.context_view import customer_of, mood_of
from bot.support.handoff.model import COLUMNS, Handoff
from storage import database

SNIPPET = 200  # characters of what was said last; that somebody comes or goes is no words of anybody
_MOST_UNREAD = 100  # nobody counts further

_LINES = f"""
    SELECT {COLUMNS}, l.seq AS l_seq, l.at AS l_at, l.sender AS l_sender,
        l.body -> 'agent' ->> 'name' AS l_name, l.body ? 'photo' AS l_photo,
        left(coalesce(l.body ->> 'text', l.body -> 'cards' -> 0 ->> 'title'), {SNIPPET}) AS l_text, u.unread
    FROM handoffs h
    LEFT JOIN reads r ON r.conversation = h.conversation
    LEFT JOIN LATERAL (
        SELECT seq, at, sender, body FROM messages m
        WHERE m.conversation = h.conversation AND m.sender <> 'system' ORDER BY seq DESC LIMIT 1
    ) l ON true
    CROSS JOIN LATERAL (
        SELECT count(*) AS unread FROM (
            SELECT FROM messages m WHERE m.conversation = h.conversation AND m.seq > coalesce(r.agent, 0)
            AND m.sender = 'customer' AND m.at >= h.asked LIMIT {_MOST_UNREAD}
        ) AS counted
    ) u
"""
_OPEN = "h.state IN ('queued', 'assigned', 'human')"
_BY_ID = sa.text(f"{_LINES} WHERE h.id = ANY(:ids) ORDER BY h.id")
_SEEN = sa.text(
    f"""
    {_LINES} WHERE {_OPEN} AND (CAST(:groups AS text[]) IS NULL OR h."group" = ANY(CAST(:groups AS text[])))
    ORDER BY h.priority DESC, h.asked, h.id
    """
)


def of_ids(ids: Iterable[int], connection: Connection | None = None) -> dict[int, dict[str, Any]]:
    """The lines of some hand-overs, open or not, by their id."""
    wanted = list(ids)
    if not wanted:
        return {}
    if connection is None:
        with database.session() as own:
            return of_ids(wanted, own)
    return {row.id: _line(row) for row in connection.execute(_BY_ID, {"ids": wanted})}


def of(handoff: Handoff | None) -> dict[str, Any] | None:
    """The line of one hand-over."""
    return of_ids([handoff.id]).get(handoff.id) if handoff else None


def seen(groups: list[str] | None) -> list[dict[str, Any]]:
    """The lines of all open hand-overs of some groups (None: of all), who is next first."""
    with database.session() as connection:
        return [_line(row) for row in connection.execute(_SEEN, {"groups": groups})]


def _line(row: Any) -> dict[str, Any]:
    handoff = Handoff.of(row)
    last = None
    if row.l_seq is not None:
        last = {
            "seq": row.l_seq,
            "at": row.l_at.isoformat(timespec="milliseconds"),
            "from": row.l_sender,
            "name": row.l_name,
            "text": row.l_text,
            "photo": bool(row.l_photo),
        }
    return {
        **handoff.brief(),
        "customer": customer_of(handoff.packet),
        "mood": mood_of(handoff.packet),
        "unread": row.unread,
        "last": last,
    }
