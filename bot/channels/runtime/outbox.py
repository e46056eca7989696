"""What is to be shown at a messenger: every message once, in the order of each conversation, piece by piece.

All functions are synchronous; call them in a thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.channels.base.contact import Contact
from storage import database
from storage.leases import Leases

LEASE = 15  # seconds
KEEP_DAYS = 14

BOX = Leases(
    "messenger_outbox",
    seconds=LEASE,
    gives="id, channel, conversation, seq, sent, attempts, created",
    of="channel",
    key="conversation",
    order="seq",
)
# Of one message, as of any work under a lease. What failed is a dead letter.
hold, drop, done, later, failed = BOX.hold, BOX.drop, BOX.done, BOX.later, BOX.failed


@dataclass(frozen=True)
class Job:
    """One message; `sent` pieces of it have arrived. `attempts` counts this one."""

    id: int
    channel: str
    conversation: str
    seq: int
    sent: int
    attempts: int
    created: datetime


@dataclass(frozen=True)
class UndeliveredMessage:
    """A message that did not arrive: a dead letter (`failed` says why), or one that waits (`error`)."""

    id: int
    channel: str
    address: str
    conversation: str
    seq: int
    attempts: int
    created: datetime
    failed: str | None
    error: str | None


def fill(conversation: str) -> int:
    """Put what was said since the last time; returns how many messages. Nothing depends on who calls
    when.
    """
    with database.session() as connection:
        return _fill(connection, conversation)


def catch_up(channel: str) -> int:
    """Put what nobody has put: the process that should have done it died, or we were not listening."""
    behind = sa.text(
        """
        SELECT p.conversation FROM messenger_people p JOIN conversations c ON c.id = p.conversation
        WHERE p.channel = :channel AND c.last_seq > p.queued
        """
    )
    with database.session() as connection:
        found = [row.conversation for row in connection.execute(behind, {"channel": channel})]
    return sum(fill(conversation) for conversation in found)


def _fill(connection: Any, conversation: str) -> int:
    values = {"c": conversation}
    queued = connection.execute(
        sa.text("SELECT queued FROM messenger_people WHERE conversation = :c FOR UPDATE"), values
    ).scalar()
    if queued is None:
        return 0
    last = connection.execute(
        sa.text("SELECT coalesce(max(seq), 0) FROM messages WHERE conversation = :c"), values
    ).scalar_one()
    put = connection.execute(
        sa.text(
            """
            INSERT INTO messenger_outbox (channel, conversation, seq)
            SELECT p.channel, m.conversation, m.seq
            FROM messages m JOIN messenger_people p USING (conversation)
            WHERE m.conversation = :c AND m.seq > :queued AND m.seq <= :last AND m.sender <> 'customer'
            ORDER BY m.seq ON CONFLICT DO NOTHING
            """
        ),
        {**values, "queued": queued, "last": last},
    ).rowcount
    if last > queued:
        connection.execute(
            sa.text("UPDATE messenger_people SET queued = :last WHERE conversation = :c"),
            {**values, "last": last},
        )
    return int(put)


def take(channel: str) -> Job | None:
    """The first message of a conversation that is due, ours for `LEASE` seconds; None if there is none."""
    row = BOX.take(channel)
    return Job(**row._mapping) if row else None


def arrived(job: Job, pieces: int, remotes: Sequence[str]) -> None:
    """So many pieces have arrived by now; the last is known there under these ids."""
    with database.session() as connection:
        connection.execute(
            sa.text("UPDATE messenger_outbox SET sent = :n WHERE id = :id"), {"n": pieces, "id": job.id}
        )
        for remote in remotes:
            connection.execute(
                sa.text(
                    """
                    INSERT INTO messenger_sent (channel, remote, conversation, seq)
                    VALUES (:channel, :remote, :conversation, :seq) ON CONFLICT DO NOTHING
                    """
                ),
                {
                    "channel": job.channel,
                    "remote": remote,
                    "conversation": job.conversation,
                    "seq": job.seq,
                },
            )


def wait(job: Job, contact: Contact, error: str) -> None:
    """It may not be sent before the customer writes again (see `people.heard`); if he has written since
    `contact` was read, it may be sent now.
    """
    # The lock keeps `people.heard` out between the look and the change.
    last = sa.text("SELECT heard FROM messenger_people WHERE conversation = :c FOR UPDATE")
    change = sa.text(
        "UPDATE messenger_outbox SET due = CASE WHEN :new THEN clock_timestamp() ELSE 'infinity' END, "
        "leased = NULL, error = :e WHERE id = :id"
    )
    with database.session() as connection:
        heard = connection.execute(last, {"c": job.conversation}).scalar()
        new = heard is not None and heard > contact.heard
        connection.execute(change, {"new": new, "e": error[:500], "id": job.id})


def undelivered(
    channel: str, conversation: str, remote: str, error: str, *, wait: bool = False, again: float = 0
) -> bool:
    """What the platform had taken under an id did not arrive after all: its message is a dead letter, or
    (`wait`) waits until the customer writes again, or (`again`) is tried for so many hours, like one that
    could not be sent. It is sent again from this piece on. False if we have sent nothing under this id, or
    are still sending.
    """
    values = {"h": channel, "c": conversation, "r": remote, "e": error[:500], "wait": wait, "again": again}
    with database.session() as connection:
        seq = connection.execute(
            sa.text(
                """
                UPDATE messenger_outbox o SET done = NULL, error = :e,
                    failed = CASE WHEN :wait OR o.created + make_interval(secs => 3600 * :again) > now()
                        THEN NULL ELSE :e END,
                    due = CASE WHEN :wait AND p.heard <= s.at THEN 'infinity'
                        ELSE clock_timestamp() + make_interval(secs => CASE WHEN :again > 0
                            THEN least(2 ^ least(o.attempts, 6), 60) ELSE 0 END) END,
                    created = CASE WHEN :again > 0 THEN o.created ELSE clock_timestamp() END,
                    attempts = CASE WHEN :again > 0 THEN o.attempts ELSE 0 END,
                    sent = least(o.sent, (SELECT count(*) FROM messenger_sent b
                        WHERE b.conversation = s.conversation AND b.seq = s.seq AND b.at < s.at))
                FROM messenger_sent s JOIN messenger_people p USING (conversation)
                WHERE s.channel = :h AND s.remote = :r AND s.conversation = :c
                  AND o.conversation = s.conversation AND o.seq = s.seq AND o.done IS NOT NULL
                RETURNING o.seq
                """
            ),
            values,
        ).scalar()
        if seq is None:
            return False
        connection.execute(
            sa.text(
                """
                DELETE FROM messenger_sent WHERE conversation = :c AND seq = :seq AND at >= (
                    SELECT at FROM messenger_sent WHERE channel = :h AND remote = :r)
                """
            ),
            {**values, "seq": seq},
        )
        return True


def sent_as(channel: str, conversation: str, remote: str) -> int | None:
    """Which message of this conversation a message there shows, or None."""
    statement = sa.text(
        "SELECT seq FROM messenger_sent WHERE channel = :h AND remote = :r AND conversation = :c"
    )
    with database.session() as connection:
        return connection.execute(statement, {"h": channel, "r": remote, "c": conversation}).scalar()


def known(channel: str, remote: str) -> bool:
    """Whether a message there is one of ours."""
    statement = sa.text("SELECT 1 FROM messenger_sent WHERE channel = :h AND remote = :r")
    with database.session() as connection:
        return connection.execute(statement, {"h": channel, "r": remote}).first() is not None


def sent_until(channel: str, conversation: str, seconds: int) -> int | None:
    """The newest message that had arrived there at a time (seconds since 1970), or None."""
    statement = sa.text(
        """
        SELECT max(seq) FROM messenger_sent
        WHERE channel = :h AND conversation = :c AND at <= to_timestamp(:t) + interval '1 second'
        """
    )
    with database.session() as connection:
        return connection.execute(statement, {"h": channel, "c": conversation, "t": seconds}).scalar()


def remotes_of(channel: str, conversation: str, seq: int) -> list[str]:
    """Under which ids a message is known there, the first piece first."""
    statement = sa.text(
        """
        SELECT remote FROM messenger_sent
        WHERE channel = :h AND conversation = :c AND seq = :s ORDER BY at
        """
    )
    with database.session() as connection:
        return [
            row.remote for row in connection.execute(statement, {"h": channel, "c": conversation, "s": seq})
        ]


def undelivered_messages(channel: str | None = None, *, dead: bool = True) -> list[UndeliveredMessage]:
    """Dead letters, or (`dead` False) what waits, the oldest first."""
    rows = BOX.listing(
        "w.id, w.channel, p.address, w.conversation, w.seq, w.attempts, w.created, w.failed, w.error",
        BOX.dead if dead else BOX.waiting,
        channel,
        joined="JOIN messenger_people p USING (conversation)",
    )
    return [UndeliveredMessage(**row._mapping) for row in rows]


def resend(ids: Sequence[int] | None = None) -> int:
    """Dead letters (these, or all) are to be sent again; returns how many. What has arrived of them is not
    sent twice.
    """
    statement = sa.text(
        f"""
        UPDATE messenger_outbox SET failed = NULL, attempts = 0, due = clock_timestamp(),
            created = clock_timestamp()
        WHERE {BOX.dead} AND (CAST(:ids AS bigint[]) IS NULL OR id = ANY(CAST(:ids AS bigint[])))
        """
    )
    with database.session() as connection:
        return int(connection.execute(statement, {"ids": list(ids) if ids is not None else None}).rowcount)


def tidy(channel: str) -> int:
    """Delete what was shown long ago; returns how many. Dead letters stay."""
    old = "done < now() - make_interval(days => :n)"
    with database.session() as connection:
        values = {"c": channel, "n": KEEP_DAYS}
        gone = connection.execute(
            sa.text(f"DELETE FROM messenger_outbox WHERE channel = :c AND {old}"), values
        ).rowcount
        connection.execute(
            sa.text(
                "DELETE FROM messenger_sent WHERE channel = :c AND at < now() - make_interval(days => :n)"
            ),
            {"c": channel, "n": 4 * KEEP_DAYS},
        )
        return int(gone)
