"""What happens by itself as time passes: an agent is silent or gone, nobody comes, somebody is free.

Every server process calls `tick` once a second; an advisory lock lets one of them work. Nothing is kept in
memory, so a process may die at any moment and another goes on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from actions.shop import database
from bot.agents import presence
from bot.handoff import asking, work
from bot.handoff.assignment import Candidate, choose
from bot.handoff.availability import anybody
from bot.handoff.errors import HandoffError
from bot.handoff.model import Handoff
from bot.handoff.settings import HandoffSettings, settings

LOCK = 7_302_118
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


def tick(now: datetime | None = None) -> list[Handoff]:
    """Do what time demands; returns the hand-overs that changed. Nothing if another process does it just now.

    `now` is for tests; otherwise it is the database's clock.
    """
    with database.session() as connection:
        query = sa.text("SELECT pg_try_advisory_xact_lock(:key)")
        if not connection.execute(query, {"key": LOCK}).scalar_one():
            return []
        rows = connection.execute(_ROWS).all()
        if not rows:
            return []
        # The changes are made on connections of their own, one transaction each; this one holds the lock and
        # looks.
        return list(_tick(connection, rows, now or rows[0].clock, now))


def _tick(connection: Connection, rows: list[Any], at: datetime, now: datetime | None) -> Iterator[Handoff]:
    current = settings()
    own = current.desk == "own"
    with_people = [row for row in rows if row.agent is not None and row.state != "queued"]
    if own and with_people:
        there = presence.connected({row.agent for row in with_people}, connection=connection)
        for row in with_people:
            yield from _with_agent(connection, row, row.agent in there, at, current)
    waiting = [row for row in rows if row.state == "queued"]
    open_groups = {group: anybody(connection, group) for group in {row.group for row in waiting}}
    still = []
    for row in waiting:
        if not open_groups[row.group] or _older(row.queued, current.timers.wait_at_most, at):
            yield from _try(asking.offline, row.id, row.version, now)
        else:
            still.append(row)
    if own and current.automatic and still:
        yield from _assign(connection, still, at, current)


def _with_agent(
    connection: Connection, row: Any, there: bool, at: datetime, current: HandoffSettings
) -> Iterator[Handoff]:
    """One that an agent has: is he still there, and has he taken it?"""
    timers = current.timers
    if not there:
        if row.gone_since is None:
            _mark_gone(row, at)
        elif _older(row.gone_since, timers.gone_after, at):
            yield from _try(work.gone, row.id, row.version)
            return
    elif row.gone_since is not None:
        _mark_gone(row, None)
    if row.state == "assigned" and _older(row.assigned, timers.accept_within, at):
        yield from _try(work.silent, row.id, row.version)


def _assign(
    connection: Connection, rows: list[Any], at: datetime, current: HandoffSettings
) -> Iterator[Handoff]:
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
            for handoff in _try(work.assign, row.id, chosen.id, row.version):
                chosen.load += 1
                yield handoff


def _mark_gone(row: Any, since: datetime | None) -> None:
    """Note since when the agent is not there; no change of state, so the version stays."""
    with database.session() as connection:
        query = "UPDATE handoffs SET gone_since = :since WHERE id = :id AND version = :version"
        connection.execute(sa.text(query), {"since": since, "id": row.id, "version": row.version})


def _try(change: Callable[..., Handoff], *arguments: Any) -> Iterator[Handoff]:
    # Somebody was faster: the next tick looks again.
    with contextlib.suppress(HandoffError):
        yield change(*arguments)


def _older(since: datetime | None, seconds: float, at: datetime) -> bool:
    return since is not None and at - since > timedelta(seconds=seconds)
