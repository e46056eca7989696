"""Tags and private notes of agents: no part of the state, so they need no version."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from bot.support.accounts.agents import Agent, sees
from bot.support.handoff.errors import BadValue, NotYours
from bot.support.handoff.model import Handoff, Note
from bot.support.handoff.transitions import Move, move
from storage import events

MAX_NOTE = 4000  # characters
MAX_TAGS, MAX_TAG = 20, 40


def set_tags(handoff: int, agent: int, tags: Sequence[str]) -> Handoff:
    """Replace the tags."""
    with move(handoff, None) as at:
        seen_by(at, agent)
        return at.set(tags=cleaned(tags))


def add_note(handoff: int, agent: int, text: str) -> Note:
    """Keep a private note, which no customer ever sees."""
    text = text.strip()[:MAX_NOTE]
    if not text:
        raise BadValue("the note is empty")
    with move(handoff, None) as at:
        seen_by(at, agent)
        row = at.connection.execute(
            sa.text(
                "INSERT INTO handoff_notes (handoff, agent, text) VALUES (:h, :a, :t) "
                "RETURNING id, handoff, agent, at, text"
            ),
            {"h": handoff, "a": agent, "t": text},
        ).one()
        events.publish(at.connection, "note", {"handoff": handoff})
        return Note(**row._mapping)


def seen_by(at: Move, agent: int) -> Agent:
    """An agent who may see the hand-over; raises `NotYours`."""
    person = at.agent(agent)
    if not sees(person, at.handoff.group) and at.handoff.agent != agent:
        raise NotYours()
    return person


def cleaned(tags: Sequence[str]) -> tuple[str, ...]:
    """Tags without repetition, not too long and not too many."""
    short = [" ".join(str(tag).split())[:MAX_TAG] for tag in tags]
    return tuple(dict.fromkeys(tag for tag in short if tag))[:MAX_TAGS]
