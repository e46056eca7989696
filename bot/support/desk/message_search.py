"""Search over what was said: in conversations that the agent may see, the newest first, page by page.

Every word must stand in the same message (or note, or among tags, e-mail and ticket of a hand-over); capitals
do not matter. Chinese needs no word breaks, so it is a plain search for pieces of text.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.support.accounts.roles import Agent
from bot.support.desk import access, handoff_lines
from storage import database

PAGE = 20
MOST_PAGES = 50
MOST_WORDS = 6
SNIPPET = 160  # characters around the first word that was found

_FIND = sa.text(
    """
    WITH newest AS (
        SELECT DISTINCT ON (conversation) conversation, id, "group" FROM handoffs
        ORDER BY conversation, id DESC
    ),
    seen AS (
        SELECT conversation, id FROM newest
        WHERE CAST(:groups AS text[]) IS NULL OR "group" = ANY(CAST(:groups AS text[]))
        UNION ALL
        SELECT c.id, NULL FROM conversations c
        WHERE :free AND NOT EXISTS (SELECT FROM handoffs h WHERE h.conversation = c.id)
    ),
    found AS (
        SELECT s.conversation, s.id, m.at, m.body ->> 'text' AS text
        FROM seen s JOIN messages m USING (conversation)
        WHERE m.body ->> 'text' ILIKE ALL (CAST(:patterns AS text[]))
        UNION ALL
        SELECT s.conversation, s.id, n.at, n.text
        FROM seen s JOIN handoffs h USING (conversation) JOIN handoff_notes n ON n.handoff = h.id
        WHERE n.text ILIKE ALL (CAST(:patterns AS text[]))
            AND (CAST(:groups AS text[]) IS NULL OR h."group" = ANY(CAST(:groups AS text[])))
        UNION ALL
        SELECT s.conversation, s.id, h.asked, w.words
        FROM seen s JOIN handoffs h USING (conversation)
        CROSS JOIN LATERAL (
            SELECT concat_ws(' · ', h.email, h.ticket, array_to_string(h.tags, ', '), h.detail) AS words
        ) w
        WHERE w.words ILIKE ALL (CAST(:patterns AS text[]))
            AND (CAST(:groups AS text[]) IS NULL OR h."group" = ANY(CAST(:groups AS text[])))
    ),
    best AS (SELECT DISTINCT ON (conversation) * FROM found ORDER BY conversation, at DESC)
    SELECT conversation, id, at, text FROM best ORDER BY at DESC, conversation LIMIT :n OFFSET :skip
    """
)


def find(agent: Agent, query: str, page: int = 1) -> dict[str, Any]:
    """`{results, more}`: conversations with the newest place that was found in each. Call it in a thread."""
    words = query.split()[:MOST_WORDS]
    if not words or page > MOST_PAGES:
        return {"results": [], "more": False}
    values = {
        "groups": access.groups_of(agent),
        "free": access.sees_free(agent),
        "patterns": [f"%{_literal(word)}%" for word in words],
        "n": PAGE + 1,
        "skip": (page - 1) * PAGE,
    }
    with database.session() as connection:
        rows = connection.execute(_FIND, values).all()
        shown = rows[:PAGE]
        known = handoff_lines.of_ids([row.id for row in shown if row.id is not None], connection)
    return {
        "results": [
            {
                "conversation": row.conversation,
                "handoff": known.get(row.id),
                "at": row.at.isoformat(timespec="milliseconds"),
                "snippet": snippet(row.text, words[0]),
            }
            for row in shown
        ],
        "more": len(rows) > PAGE,
    }


def snippet(text: str, word: str) -> str:
    """The piece of a text around a word, on one line."""
    text = " ".join(text.split())
    at = max(0, text.casefold().find(word.casefold()))
    first = max(0, min(at - SNIPPET // 3, len(text) - SNIPPET))
    piece = text[first : first + SNIPPET]
    return ("…" if first else "") + piece + ("…" if first + SNIPPET < len(text) else "")


def _literal(word: str) -> str:
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
