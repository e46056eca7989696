"""How a hand-over changes: lock, compare, change, note in the audit, tell everybody; in one transaction.

The locks are always taken in the same order: the conversation's row, the hand-over's row, messages. Whoever
stores a message holds the first, so no answer of the bot can slip in beside a change.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation import messages
from bot.conversation.messages import Draft
from bot.support.accounts.agents import Agent
from bot.support.handoff.errors import Conflict, NotFound, NotYours
from bot.support.handoff.model import COLUMNS, Handoff
from bot.support.handoff.states import OPEN, Event, State, next_state
from storage import database, events

NOW = sa.text("clock_timestamp()")

_LOCK = sa.text(
    """
    SELECT last_seq FROM conversations
    WHERE id = (SELECT conversation FROM handoffs WHERE id = :id) FOR UPDATE
    """
)
_READ = sa.text(f"SELECT {COLUMNS} FROM handoffs h WHERE id = :id")
_READ_LOCKED = sa.text(f"SELECT {COLUMNS} FROM handoffs h WHERE id = :id FOR UPDATE")
_OPEN = sa.text(
    f"SELECT {COLUMNS} FROM handoffs h WHERE conversation = :c AND state IN ('queued', 'assigned', 'human')"
)
_AUDIT = sa.text(
    """
    INSERT INTO handoff_audit (handoff, conversation, event, from_state, to_state, version, actor, detail)
    VALUES (:handoff, :conversation, :event, :from_state, :to_state, :version, :actor, CAST(:detail AS jsonb))
    """
)
_COLUMN_TYPES = {"agreed": "jsonb", "packet": "jsonb", "tags": "text[]"}


class Move:
    """A hand-over that is being changed, inside a transaction that holds its locks."""

    def __init__(self, connection: Connection, handoff: Handoff, last: int) -> None:
        self.connection = connection
        self.handoff = handoff
        self.last = last  # the number of the conversation's last message

    def change(
        self, event: Event, actor: str, values: Mapping[str, Any] | None = None, **detail: Any
    ) -> Handoff:
        """Let an event happen; `values` are columns to set with it, `detail` goes into the audit: ids and
        codes only, never what somebody wrote.

        Raises `WrongState`, and `Conflict` if the row is no longer at our version.
        """
        before = self.handoff
        state = next_state(before.state, event)
        ended = {} if state in OPEN else {"ended": NOW}
        columns = {"state": state.value, **ended, **(values or {})}
        row = self.connection.execute(*_update(before.id, columns, before.version)).first()
        if row is None:
            raise Conflict()
        self.handoff = Handoff.of(row)
        self.note(event, before.state, actor, detail)
        return self.handoff

    def note(self, event: Event, from_state: State, actor: str, detail: Mapping[str, Any]) -> None:
        """Write the audit's row of the change that was just made, and tell all processes."""
        handoff = self.handoff
        facts = {name: value for name, value in detail.items() if value is not None}
        self.connection.execute(
            _AUDIT,
            {
                "handoff": handoff.id,
                "conversation": handoff.conversation,
                "event": event.value,
                "from_state": from_state.value,
                "to_state": handoff.state.value,
                "version": handoff.version,
                "actor": actor,
                "detail": json.dumps(
                    {"seq": self.last, "group": handoff.group, "agent": handoff.agent, **facts}
                ),
            },
        )
        tell(self.connection, handoff)

    def set(self, **values: Any) -> Handoff:
        """Change columns that are no part of the state; the version stays. Tells all processes."""
        row = self.connection.execute(*_update(self.handoff.id, values, None)).one()
        self.handoff = Handoff.of(row)
        tell(self.connection, self.handoff)
        return self.handoff

    def say(self, drafts: Sequence[Draft]) -> list[messages.Message]:
        """Store messages of the hand-over: announcements, closing lines, what the agent says."""
        if not drafts:
            return []
        handoff = self.handoff
        stored = messages.append(self.connection, handoff.conversation, drafts, handoff.channel)
        self.last = stored[-1].seq
        return stored

    def silence(self) -> None:
        """What still waits for the bot's answer is for the person now."""
        self.connection.execute(
            sa.text("UPDATE messages SET answered = true WHERE conversation = :c AND NOT answered"),
            {"c": self.handoff.conversation},
        )

    def agent(self, number: int) -> Agent:
        """An agent whose account is active; raises `NotYours` (shut) or `NotFound`."""
        return agent_of(self.connection, number)


@contextlib.contextmanager
def move(handoff: int, version: int | None, event: Event | None = None) -> Iterator[Move]:
    """Lock a hand-over to change it. Raises `NotFound`, `Conflict` if it is no longer at `version` (None:
    whatever it is), and `WrongState` if `event` cannot happen now, before anything else is looked at.
    """
    with database.session() as connection:
        last = connection.execute(_LOCK, {"id": handoff}).scalar()
        if last is None:  # erased meanwhile: there is no row to lock, so one is made
            row = connection.execute(_READ, {"id": handoff}).first()
            if row is None:
                raise NotFound(f"there is no hand-over {handoff}")
            last = messages.lock(connection, row.conversation, row.channel)
        row = connection.execute(_READ_LOCKED, {"id": handoff}).one()
        found = Handoff.of(row)
        if version is not None and found.version != version:
            raise Conflict()
        if event is not None:
            next_state(found.state, event)
        yield Move(connection, found, int(last))


def begin(connection: Connection, last: int, event: Event, actor: str, **values: Any) -> Move:
    """Make a new hand-over; the conversation's row is locked already. `detail` of the audit is the reason.

    Raises `Conflict` if one is open.
    """
    if open_in(connection, values["conversation"]) is not None:
        raise Conflict()
    state = next_state(State.BOT, event)
    columns = {"state": state.value, **values}
    names = ", ".join(f'"{name}"' for name in columns)
    sets, bound = _bind(columns)
    statement = f"INSERT INTO handoffs AS h ({names}) VALUES ({', '.join(sets)}) RETURNING {COLUMNS}"
    row = connection.execute(sa.text(statement), bound).one()
    made = Move(connection, Handoff.of(row), last)
    made.note(event, State.BOT, actor, {"reason": values["reason"]})
    return made


def open_in(connection: Connection, conversation: str) -> Handoff | None:
    """The open hand-over, inside a transaction."""
    row = connection.execute(_OPEN, {"c": conversation}).first()
    return Handoff.of(row) if row else None


def agent_of(connection: Connection, number: int) -> Agent:
    """An agent whose account is active; raises `NotYours` (shut) or `NotFound`."""
    row = connection.execute(sa.text("SELECT * FROM agents WHERE id = :id"), {"id": number}).first()
    if row is None:
        raise NotFound(f"there is no agent {number}")
    agent = Agent.of(row)
    if not agent.active:
        raise NotYours()
    return agent


def tell(connection: Connection, handoff: Handoff) -> None:
    """Tell all processes of a hand-over's change."""
    event = {
        "id": handoff.id,
        "conversation": handoff.conversation,
        "state": handoff.state.value,
        "version": handoff.version,
        "group": handoff.group,
        "agent": handoff.agent,
    }
    events.publish(connection, "handoff", event)


def _update(handoff: int, columns: Mapping[str, Any], version: int | None) -> tuple[Any, dict[str, Any]]:
    """`version` given: only at that version, which rises by one."""
    sets, values = _bind(columns)
    assignments = [f'"{name}" = {value}' for name, value in zip(columns, sets, strict=True)]
    where = "h.id = :id"
    if version is not None:
        assignments.append("version = h.version + 1")
        where += " AND h.version = :version"
        values["version"] = version
    statement = f"UPDATE handoffs AS h SET {', '.join(assignments)} WHERE {where} RETURNING {COLUMNS}"
    return sa.text(statement), {**values, "id": handoff}


def _bind(columns: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
    sets: list[str] = []
    values: dict[str, Any] = {}
    for name, value in columns.items():
        if isinstance(value, sa.sql.elements.TextClause):
            sets.append(value.text)
            continue
        kind = _COLUMN_TYPES.get(name)
        if kind == "jsonb" and value is not None:
            value = json.dumps(value, ensure_ascii=False, default=str)
        sets.append(f"CAST(:v_{name} AS {kind})" if kind else f":v_{name}")
        values[f"v_{name}"] = list(value) if isinstance(value, tuple) else value
    return sets, values
