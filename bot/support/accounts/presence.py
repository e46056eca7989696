"""Which agents are there now: their open pages, in all server processes, and how busy each is.

A page that is open is a connection of a process. The process says every `HEARTBEAT` seconds which ones it
holds; a connection of which nothing was heard for `STALE` seconds is gone, so a killed process takes its
agents with it. Being away is the agent's, not the page's. Changes are told to all processes (topic
`presence`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.support.accounts.errors import UnknownAgent
from bot.support.accounts.roles import Agent
from storage import database, events

HEARTBEAT = 10  # seconds
STALE = 30

Status = Literal["online", "away", "offline"]

_FRESH = f"p.seen > clock_timestamp() - interval '{STALE} seconds'"


@dataclass(frozen=True)
class Present:
    """An agent who is there, with the conversations he has (assigned to him or accepted)."""

    agent: Agent
    load: int

    @property
    def free(self) -> int:
        """How many more he may be given; 0 if none."""
        return max(0, self.agent.max_load - self.load)


def connect(
    agent: int, process: str, connection: str, *, status: Literal["online", "away"] | None = None
) -> Status:
    """A page was opened; returns the agent's status.

    He is what his other pages say, else `status` (what he was, for a page that was lost), else online.
    Raises `UnknownAgent` for an account that is not there or shut.
    """
    with database.session() as db:
        if not _lock(db, agent):
            raise UnknownAgent(f"There is no active account number {agent}.")
        before = _status(db, agent)
        new = before if before != "offline" else status or "online"
        db.execute(
            sa.text(
                """
                INSERT INTO agent_presence (connection, agent, process, status) VALUES (:c, :a, :p, :s)
                ON CONFLICT (connection) DO UPDATE SET seen = clock_timestamp()
                """
            ),
            {"c": connection, "a": agent, "p": process, "s": new},
        )
        return _tell(db, agent, before)


def disconnect(connection: str) -> None:
    """A page was closed, or its connection lost."""
    with database.session() as db:
        found = db.execute(
            sa.text("SELECT agent FROM agent_presence WHERE connection = :c"), {"c": connection}
        ).scalar()
        if found is None:
            return
        _lock(db, found)
        before = _status(db, found)
        db.execute(sa.text("DELETE FROM agent_presence WHERE connection = :c"), {"c": connection})
        _tell(db, found, before)


def set_status(agent: int, status: Literal["online", "away"]) -> Status:
    """The agent comes or goes for a while; holds for all his pages. Returns his status ("offline": no
    page).
    """
    if status not in ("online", "away"):
        raise ValueError("the status must be online or away")
    with database.session() as db:
        _lock(db, agent)
        before = _status(db, agent)
        pages = _lock_pages(db, "agent = :a", {"a": agent})
        db.execute(
            sa.text("UPDATE agent_presence SET status = :s WHERE connection = ANY(:c)"),
            {"s": status, "c": pages},
        )
        return _tell(db, agent, before)


def heartbeat(process: str, connections: Iterable[str]) -> set[str]:
    """These connections of a process are alive. Returns those that are no longer known: `connect` them again.

    Call every `HEARTBEAT` seconds, then `sweep`.
    """
    alive = list(connections)
    if not alive:
        return set()
    with database.session() as db:
        known = _lock_pages(db, "process = :p AND connection = ANY(:c)", {"p": process, "c": alive})
        db.execute(
            sa.text("UPDATE agent_presence SET seen = clock_timestamp() WHERE connection = ANY(:c)"),
            {"c": known},
        )
    return set(alive) - set(known)


def sweep() -> list[int]:
    """Remove connections of which nothing was heard; returns the agents who are gone with them."""
    with database.session() as db:
        stale = db.execute(sa.text(f"SELECT DISTINCT agent FROM agent_presence p WHERE NOT ({_FRESH})")).all()
    return [agent for (agent,) in stale if _sweep(agent)]


def _sweep(agent: int) -> bool:
    with database.session() as db:
        _lock(db, agent)
        before = _status(db, agent, fresh=False)
        # A row that somebody holds is being heard from right now.
        _delete_pages(db, _lock_pages(db, f"agent = :a AND NOT ({_FRESH})", {"a": agent}, "SKIP LOCKED"))
        return before != "offline" and _tell(db, agent, before) == "offline"


def remove(connection: Connection, agent: int) -> None:
    """Forget all pages of an agent, inside the caller's transaction (his account is shut)."""
    before = _status(connection, agent)
    _delete_pages(connection, _lock_pages(connection, "agent = :a", {"a": agent}))
    _tell(connection, agent, before)


def status_of(agent: int) -> Status:
    """online, away or offline."""
    with database.session() as db:
        return _status(db, agent)


def everyone() -> dict[int, Status]:
    """The status of all agents who are there."""
    with database.session() as db:
        rows = db.execute(
            sa.text(
                f"SELECT agent, bool_or(status = 'online') AS here FROM agent_presence p "
                f"WHERE {_FRESH} GROUP BY agent"
            )
        )
        return {row.agent: "online" if row.here else "away" for row in rows}


def connected(agents: Iterable[int], *, connection: Connection | None = None) -> set[int]:
    """Those of the agents who have a page open, online or away."""
    statement = sa.text(f"SELECT DISTINCT agent FROM agent_presence p WHERE agent = ANY(:a) AND {_FRESH}")
    values = {"a": list(agents)}
    if connection is not None:
        return {row.agent for row in connection.execute(statement, values)}
    with database.session() as db:
        return {row.agent for row in db.execute(statement, values)}


_ONLINE = sa.text(
    f"""
    SELECT a.*,
        (SELECT count(*) FROM handoffs h WHERE h.agent = a.id AND h.state IN ('assigned', 'human')) AS load,
        (SELECT max(assigned) FROM handoffs h WHERE h.agent = a.id) AS last
    FROM agents a
    WHERE a.active
    AND EXISTS (SELECT FROM agent_presence p WHERE p.agent = a.id AND p.status = 'online' AND {_FRESH})
    AND (CAST(:groups AS text[]) IS NULL OR a.groups && CAST(:groups AS text[]))
    AND (CAST(:language AS text) IS NULL OR :language = ANY(a.languages))
    ORDER BY load, last NULLS FIRST, a.id
    """
)


def online(
    groups: Sequence[str] | None = None,
    language: str | None = None,
    *,
    connection: Connection | None = None,
) -> list[Present]:
    """The agents who are online for any of the groups and speak the language (None: any), least busy first.

    Of equally busy ones the one comes first who was given something longest ago. Full ones are among them:
    look at `free`. With `connection` the question is asked inside the caller's transaction.
    """
    values = {"groups": None if groups is None else list(groups), "language": language}
    if connection is not None:
        return [Present(Agent.of(row), row.load) for row in connection.execute(_ONLINE, values)]
    with database.session() as db:
        return [Present(Agent.of(row), row.load) for row in db.execute(_ONLINE, values)]


# --- inside -------------------------------------------------------------------------------------------------


def _lock(db: Connection, agent: int) -> bool:
    """One change of an agent's presence at a time: of two pages closed at once the second must see the
    first.
    """
    statement = sa.text("SELECT active FROM agents WHERE id = :a FOR NO KEY UPDATE")
    return bool(db.execute(statement, {"a": agent}).scalar())


def _lock_pages(db: Connection, where: str, values: dict[str, Any], otherwise: str = "") -> list[str]:
    """Lock pages, always in the same order, so that two who change several never wait for each other.

    Only what is locked may be changed after this: others may have come meanwhile.
    """
    statement = sa.text(
        f"SELECT connection FROM agent_presence p WHERE {where} ORDER BY connection FOR UPDATE {otherwise}"
    )
    return [row.connection for row in db.execute(statement, values)]


def _delete_pages(db: Connection, pages: list[str]) -> None:
    db.execute(sa.text("DELETE FROM agent_presence WHERE connection = ANY(:c)"), {"c": pages})


def _status(db: Connection, agent: int, *, fresh: bool = True) -> Status:
    # Stale ones are known as there until somebody has told that they are gone (`sweep`).
    row = db.execute(
        sa.text(
            "SELECT bool_or(status = 'online') FROM agent_presence p WHERE agent = :a"
            + (f" AND {_FRESH}" if fresh else "")
        ),
        {"a": agent},
    ).scalar()
    return "offline" if row is None else "online" if row else "away"


def _tell(db: Connection, agent: int, before: Status) -> Status:
    now = _status(db, agent)
    if now != before:
        events.publish(db, "presence", {"agent": agent, "status": now})
    return now
