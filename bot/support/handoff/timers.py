"""What happens by itself as time passes: an agent is silent or gone, nobody comes, somebody is free.

Every server process calls `run_timers` once a second; an advisory lock lets one of them work. Nothing is kept
in memory, so a process may die at any moment and another goes on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.support.accounts import presence
from bot.support.handoff import agent_side, customer_side
from bot.support.handoff.assignment import Candidate, choose
from bot.support.handoff.availability import anybody
from bot.support.handoff.errors import HandoffError
from bot.support.handoff.model import Handoff
from bot.support.owner_settings import HandoffSettings, settings
from storage import advisory_locks, database

NOT_AGAIN = timedelta(seconds=120)  # who was silent or gone is not given the same conversation so soon

_ROWS = sa.text(
    """
    SELECT id, version, state, "group", language, agent, queued, assigned, gone_since,
        clock_timestamp() AS clock
    FROM handoffs WHERE state IN ('queued', 'assigned', 'human') ORDER BY priority DESC, asked, id
    """
)
# Who released it does not want it; who was silent or gone may be back later.
_LET_GO = sa.text(
    """
    SELECT handoff, CAST(detail ->> 'was' AS bigint) AS agent FROM handoff_audit
    WHERE handoff = ANY(:ids) AND detail ? 'was'
        AND (event = 'release' OR (event IN ('silent', 'gone') AND at > :since))
    """
)


def run_timers(now: datetime | None = None) -> list[Handoff]:
    """Do what time demands; returns the hand-overs that changed. Nothing if another process does it just now.

    `now` is for tests; otherwise it is the database's clock.
    """
    with database.session() as connection:
        # This transaction touches no table: who needs one for himself (a migration) would wait for it, and
        # the changes, each a transaction of its own, for him.
        if not advisory_locks.attempt(connection, "timers of hand-overs"):
            return []
        snapshot = _snapshot()
        return list(_due_changes(snapshot, now or snapshot.rows[0].clock, now)) if snapshot.rows else []


@dataclass(frozen=True)
class _Snapshot:
    """How things stand: open hand-overs, agents who have one and are connected, groups that answer."""

    rows: Sequence[Any]
    connected: set[int]
    answering: set[str]


def _snapshot() -> _Snapshot:
    with database.session() as connection:
        rows = connection.execute(_ROWS).all()
        agents = {row.agent for row in rows if row.agent is not None}
        return _Snapshot(
            rows,
            presence.connected(agents, connection=connection) if agents else set(),
            {group for group in {row.group for row in rows} if anybody(connection, group)},
        )


def _due_changes(snapshot: _Snapshot, at: datetime, now: datetime | None) -> Iterator[Handoff]:
    current = settings()
    own = current.desk == "own"
    still = []
    for row in snapshot.rows:
        if row.state == "queued":
            late = _older(row.queued, current.timers.wait_at_most, at)
            if late or row.group not in snapshot.answering:
                yield from _try(customer_side.offline, row.id, row.version, now)
            else:
                still.append(row)
        elif own and row.agent is not None:
            yield from _with_agent(row, row.agent in snapshot.connected, at, current)
    if own and current.automatic and still:
        yield from _assign(still, at, current)


def _with_agent(row: Any, there: bool, at: datetime, current: HandoffSettings) -> Iterator[Handoff]:
    """One that an agent has: is he still there, and has he taken it?"""
    timers = current.timers
    if not there:
        if row.gone_since is None:
            _mark_gone(row, at)
        elif _older(row.gone_since, timers.gone_after, at):
            yield from _try(agent_side.gone, row.id, row.version)
            return
    elif row.gone_since is not None:
        _mark_gone(row, None)
    if row.state == "assigned" and _older(row.assigned, timers.accept_within, at):
        yield from _try(agent_side.silent, row.id, row.version)


def _assign(rows: list[Any], at: datetime, current: HandoffSettings) -> Iterator[Handoff]:
    with database.session() as connection:
        candidates = [
            Candidate(each.agent.id, each.agent.groups, each.agent.languages, each.agent.max_load, each.load)
            for each in presence.online(connection=connection)
        ]
        if not any(each.free for each in candidates):
            return
        let_go: dict[int, set[int]] = {}
        values = {"ids": [row.id for row in rows], "since": at - NOT_AGAIN}
        for row in connection.execute(_LET_GO, values):
            let_go.setdefault(row.handoff, set()).add(row.agent)
    for row in rows:
        chosen = choose(
            row.group,
            row.language,
            candidates,
            not_again=let_go.get(row.id, ()),
            require_language=current.require_language,
        )
        if chosen is not None:
            for handoff in _try(agent_side.assign, row.id, chosen.id, row.version):
                chosen.load += 1
                yield handoff


def _mark_gone(row: Any, since: datetime | None) -> None:
    """Note since when the agent is not there; no change of state, so the version stays."""
    with database.session() as connection:
        query = "UPDATE handoffs SET gone_since = :since WHERE id = :id AND version = :version"
        connection.execute(sa.text(query), {"since": since, "id": row.id, "version": row.version})


def _try(change: Callable[..., Handoff], *arguments: Any) -> Iterator[Handoff]:
    # Somebody was faster: the next second looks again.
    with contextlib.suppress(HandoffError):
        yield change(*arguments)


def _older(since: datetime | None, seconds: float, at: datetime) -> bool:
    return since is not None and at - since > timedelta(seconds=seconds)
