"""Tickets are stored first, and sent from there: by whichever process, once, again while the other side is
away.

They have a state that people are shown, and no order among themselves but this: what adds to a ticket waits
until that one has been sent (not only until it is given up: there would be nothing to add to).

All functions are synchronous; call them in a thread.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.support.email_address import checked
from bot.support.integrations import transcripts
from bot.support.integrations.tickets.base import Ticket
from storage import database
from storage.leases import Leases

if TYPE_CHECKING:
    from bot.support.handoff import Handoff

LEASE = 60  # seconds
KEEP_DAYS = 30
MAX_TITLE = 180
_COLUMNS = (
    "id, parent, handoff, conversation, target, email, language, title, body, photos, mark, state, remote, "
    "attempts, due, sent, error, created"
)

QUEUE = Leases(
    "tickets",
    seconds=LEASE,
    gives=_COLUMNS,
    first="due",
    may="(w.parent IS NULL OR EXISTS (SELECT FROM tickets p WHERE p.id = w.parent AND p.state = 'sent'))",
    waiting="state = 'waiting'",
    dead="state = 'dead'",
    finished="state = 'sent', remote = :remote, sent = clock_timestamp(), error = NULL",
    given_up="state = 'dead', error = :error",
)
# Of one ticket, as of any work under a lease; a dead one is given up until somebody has it sent again.
hold, drop, later, dead = QUEUE.hold, QUEUE.drop, QUEUE.later, QUEUE.failed


def open_for(handoff: Handoff, target: str) -> Ticket:
    """The ticket of a hand-over, made if there is none: what it is about, what was said, the customer's
    photos.
    """
    said = transcripts.said_before(handoff)
    language = transcripts.language_of(handoff.language)
    email = checked(handoff.email or "")
    mark = f"shop-{secrets.token_hex(8)}"
    facts = [
        *transcripts.summary(handoff),
        transcripts.say("email", language, email=email) if email else transcripts.say("no_email", language),
    ]
    lines = transcripts.transcript(said, language)
    if lines:
        facts += ["", transcripts.say("said", language), *lines]
    values = {
        "handoff": handoff.id,
        "conversation": handoff.conversation,
        "target": target,
        "email": email,
        "language": language,
        "title": _title(handoff),
        "body": "\n".join([*facts, "", transcripts.say("reference", language, reference=mark)]),
        "photos": list(transcripts.photos_in(said)),
        "mark": mark,
    }
    with database.session() as connection:
        row = _insert(connection, values)
        if row is None:
            query = sa.text(f"SELECT {_COLUMNS} FROM tickets WHERE handoff = :h AND parent IS NULL")
            row = connection.execute(query, {"h": handoff.id}).one()
        return _ticket(row)


def follow_up(parent: Ticket, text: str, *, email: str | None = None, photos: tuple[str, ...] = ()) -> Ticket:
    """Add something to a ticket; sent after it."""
    mark = f"shop-{secrets.token_hex(8)}"
    language = parent.language
    values = {
        "parent": parent.id,
        "conversation": parent.conversation,
        "target": parent.target,
        "email": email or parent.email,
        "language": language,
        "title": parent.title,
        "body": "\n".join([text, "", transcripts.say("reference", language, reference=mark)]),
        "photos": list(photos),
        "mark": mark,
    }
    with database.session() as connection:
        return _ticket(_insert(connection, values))


def late_emails() -> int:
    """Customers who left their e-mail after the ticket was opened: it is told; returns how many."""
    query = sa.text(
        f"""
        SELECT {", ".join("t." + name for name in _COLUMNS.split(", "))}, h.email AS late
        FROM tickets t JOIN handoffs h ON h.id = t.handoff
        WHERE t.parent IS NULL AND t.email IS NULL AND t.body <> '' AND h.email IS NOT NULL
        FOR UPDATE OF t SKIP LOCKED
        """
    )
    with database.session() as connection:
        rows = connection.execute(query).all()
        for row in rows:
            email = checked(row.late)
            text = transcripts.say(
                "late_email", row.language, email=email or transcripts.one_line(row.late, 254)
            )
            mark = f"shop-{secrets.token_hex(8)}"
            connection.execute(
                sa.text("UPDATE tickets SET email = :e WHERE id = :id"), {"e": email or "", "id": row.id}
            )
            _insert(
                connection,
                {
                    "parent": row.id,
                    "conversation": row.conversation,
                    "target": row.target,
                    "email": email,
                    "language": row.language,
                    "title": row.title,
                    "body": "\n".join([text, "", transcripts.say("reference", row.language, reference=mark)]),
                    "photos": [],
                    "mark": mark,
                },
            )
        return len(rows)


def take() -> tuple[Ticket, Ticket | None] | None:
    """A ticket that is due, ours for `LEASE` seconds, with the one it adds to; None if there is none now."""
    row = QUEUE.take()
    if row is None:
        return None
    ticket = _ticket(row)
    return ticket, get(ticket.parent) if ticket.parent else None


def progress(ticket: Ticket, remote: str) -> None:
    """It has a number at the other side."""
    QUEUE.change([ticket], "remote = :remote", remote=remote)


def sent(ticket: Ticket, remote: str) -> None:
    """It is there."""
    QUEUE.done(ticket, remote=remote)


def resend(number: int | None = None) -> int:
    """Send what was given up once more, one or all of it; what waits is sent at once. Returns how many."""
    statement = sa.text(
        """
        UPDATE tickets SET state = 'waiting', due = clock_timestamp(),
            attempts = CASE WHEN attempts > 0 THEN 1 ELSE 0 END
        WHERE state <> 'sent' AND (CAST(:id AS bigint) IS NULL OR id = :id)
        """
    )
    with database.session() as connection:
        return int(connection.execute(statement, {"id": number}).rowcount)


def tidy() -> int:
    """Forget what tickets say that were sent long ago: the ticket system has it. Returns how many."""
    statement = sa.text(
        """
        UPDATE tickets SET body = '', title = '', photos = '{}', email = NULL
        WHERE state = 'sent' AND body <> '' AND sent < now() - make_interval(days => :n)
        """
    )
    with database.session() as connection:
        return int(connection.execute(statement, {"n": KEEP_DAYS}).rowcount)


def listing(*, everything: bool = False, limit: int = 200) -> list[Ticket]:
    """The tickets that are not sent yet (or all), the newest first."""
    where = "true" if everything else "state <> 'sent'"
    query = sa.text(f"SELECT {_COLUMNS} FROM tickets WHERE {where} ORDER BY id DESC LIMIT :n")
    with database.session() as connection:
        return [_ticket(row) for row in connection.execute(query, {"n": limit})]


def of_handoff(handoff: int) -> Ticket | None:
    """The ticket of a hand-over, or None."""
    query = sa.text(f"SELECT {_COLUMNS} FROM tickets WHERE handoff = :h AND parent IS NULL")
    with database.session() as connection:
        row = connection.execute(query, {"h": handoff}).first()
        return _ticket(row) if row else None


def get(number: int) -> Ticket | None:
    """One ticket, or None."""
    query = sa.text(f"SELECT {_COLUMNS} FROM tickets WHERE id = :id")
    with database.session() as connection:
        row = connection.execute(query, {"id": number}).first()
        return _ticket(row) if row else None


# --- inside ------------------------------------------------------------------------------------------------


def _insert(connection: Connection, values: dict[str, Any]) -> Any:
    names = ", ".join(values)
    places = ", ".join("CAST(:photos AS text[])" if name == "photos" else f":{name}" for name in values)
    statement = f"INSERT INTO tickets ({names}) VALUES ({places}) ON CONFLICT DO NOTHING RETURNING {_COLUMNS}"
    return connection.execute(sa.text(statement), values).first()


def _ticket(row: Any) -> Ticket:
    return Ticket(
        **{**{name: row._mapping[name] for name in _COLUMNS.split(", ")}, "photos": tuple(row.photos)}
    )


def _title(handoff: Handoff) -> str:
    title = transcripts.say("subject", handoff.language, reason=transcripts.reason(handoff))
    words = next(
        (
            str(turn["text"])
            for turn in reversed(handoff.packet.get("turns") or [])
            if turn.get("from") == "customer" and turn.get("text")
        ),
        "",
    )
    return transcripts.one_line(f"{title} – {words}" if words else title, MAX_TITLE)
