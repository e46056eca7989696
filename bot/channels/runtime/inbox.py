"""What platforms reported and is to be worked off: once, in the order of each customer.

All functions are synchronous; call them in a thread.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.channels.base.update import KEPT_DAYS, Update
from storage import database
from storage.leases import Leases

LEASE = 10  # seconds
GATHER = 1.2  # seconds that a photo waits for the others of its album
MOST = 10  # photos of one album

BOX = Leases(
    "messenger_inbox",
    seconds=LEASE,
    gives="id, channel, body, attempts",
    of="channel",
    key="address",
    finished="done = clock_timestamp(), body = NULL, error = NULL",  # what was said is kept elsewhere
)
# Of one update, as of any work under a lease.
hold, drop, later, failed = BOX.hold, BOX.drop, BOX.later, BOX.failed


@dataclass(frozen=True)
class Job:
    """One update, ours for `LEASE` seconds."""

    id: int
    channel: str
    update: Update
    attempts: int


def put(channel: str, updates: Sequence[Update]) -> int:
    """Keep updates, in one transaction; returns how many are new. After this they may be acknowledged."""
    if not updates:
        return 0
    with database.session() as connection:
        return sum(_put(connection, channel, update) for update in updates)


def arrange(channel: str, updates: Sequence[Update]) -> bool:
    """Keep updates that the platform has not reported, in their order with those that it has; returns whether
    that changed anything (if so, look again: more may have come meanwhile). Nothing is moved that is worked
    on already, so call it while the first update of the address still is.
    """
    values = {"h": channel, "r": [update.id for update in updates]}
    with database.session() as connection:
        rows = connection.execute(
            sa.text(
                f"""
                SELECT id, remote, {BOX.free} AS free FROM messenger_inbox
                WHERE channel = :h AND remote = ANY(:r) FOR UPDATE
                """
            ),
            values,
        ).all()
        places = {row.remote: row.id for row in rows}
        fixed = {row.remote for row in rows if not row.free}
        movable = [update for update in updates if update.id not in fixed]
        order = [places.get(update.id, 0) for update in movable]
        if 0 not in order and order == sorted(order):
            return False
        connection.execute(
            sa.text(f"DELETE FROM messenger_inbox WHERE channel = :h AND remote = ANY(:r) AND {BOX.free}"),
            values,
        )
        for update in movable:
            _put(connection, channel, update)
        return True


def _put(connection: Any, channel: str, update: Update) -> int:
    statement = sa.text(
        """
        INSERT INTO messenger_inbox (channel, remote, address, body, due)
        VALUES (:channel, :remote, :address, CAST(:body AS jsonb),
                clock_timestamp() + make_interval(secs => :wait))
        ON CONFLICT (channel, remote) DO NOTHING
        """
    )
    values = {
        "channel": channel,
        "remote": update.id,
        "address": update.address,
        "body": json.dumps(update.body(), ensure_ascii=False),
        "wait": GATHER if update.photos and update.kind == "message" else 0,
    }
    return int(connection.execute(statement, values).rowcount)


def known(channel: str, remote: str) -> bool:
    """Whether an update with this id has come."""
    statement = sa.text("SELECT 1 FROM messenger_inbox WHERE channel = :h AND remote = :r")
    with database.session() as connection:
        return connection.execute(statement, {"h": channel, "r": remote}).first() is not None


def take(channel: str) -> Job | None:
    """The first update of a customer that is due, ours for `LEASE` seconds; None if there is none now."""
    row = BOX.take(channel)
    return _job(row) if row else None


def album(job: Job) -> list[Job]:
    """The photos that came right after this one and have no words of their own: one message with it. They
    are ours, too.
    """
    if not job.update.photos or job.update.kind != "message":
        return []
    found: list[Job] = []
    with database.session() as connection:
        rows = connection.execute(
            sa.text(
                f"""
                SELECT {BOX.gives} FROM messenger_inbox
                WHERE channel = :channel AND address = :address AND id > :id
                  AND {BOX.waiting} ORDER BY id LIMIT :most FOR UPDATE
                """
            ),
            {
                "channel": job.channel,
                "address": job.update.address,
                "id": job.id,
                "most": MOST - len(job.update.photos),
            },
        ).all()
        for row in rows:
            each = _job(row)
            if each.update.kind != "message" or not each.update.photos or each.update.text:
                break
            found.append(each)
    return found


def done(jobs: Sequence[Job]) -> None:
    """They are worked off."""
    BOX.done(*jobs)


def tidy(channel: str) -> int:
    """Delete what was worked off long ago; returns how many."""
    statement = sa.text(
        "DELETE FROM messenger_inbox WHERE channel = :c AND done < now() - make_interval(days => :n)"
    )
    with database.session() as connection:
        return int(connection.execute(statement, {"c": channel, "n": KEPT_DAYS}).rowcount)


def _job(row: Any) -> Job:
    return Job(row.id, row.channel, Update.of(row.body), row.attempts)
