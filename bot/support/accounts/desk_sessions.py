"""Sessions of the desk: random tokens for a cookie, of which only a hash is stored, with a CSRF token each.

A session ends by itself after a time without use, and after a working day whatever happens; by signing out;
and with every other one of the agent when the password changes or the account is deactivated. Times are the
database's, so that several servers agree.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.support.accounts.roles import Agent
from storage import database, events

IDLE = 2 * 3600  # seconds without use
LONGEST = 12 * 3600  # seconds from the sign-in
_TOUCH = 30  # seconds: `seen` is not written more often than this


@dataclass(frozen=True)
class Session:
    """Who is signed in, as the account stands now. `token` is the cookie's value: never log or store it."""

    agent: Agent
    expires: datetime  # at the latest
    token: str = field(repr=False)

    @property
    def csrf(self) -> str:
        """The CSRF token of this session alone; derived from its token, so nothing needs storing."""
        return hmac.new(self.token.encode(), b"desk csrf", hashlib.sha256).hexdigest()

    def csrf_matches(self, given: object) -> bool:
        """Whether a request's `X-CSRF-Token` is this session's."""
        return isinstance(given, str) and hmac.compare_digest(
            given.encode("utf-8", "replace"), self.csrf.encode()
        )


_VALID = "s.expires > clock_timestamp() AND s.seen > clock_timestamp() - make_interval(secs => :idle)"
_READ = sa.text(
    f"""
    SELECT a.*, s.expires, s.seen < clock_timestamp() - make_interval(secs => :touch) AS stale
    FROM agent_sessions s JOIN agents a ON a.id = s.agent
    WHERE s.token_hash = :hash AND a.active AND {_VALID}
    """
)


def start(connection: Connection, agent: Agent) -> Session:
    """A new session, inside the caller's transaction, which must have made sure of the account (`signin`)."""
    token = secrets.token_urlsafe(32)
    expires = connection.execute(
        sa.text(
            """
            INSERT INTO agent_sessions (token_hash, agent, expires)
            VALUES (:hash, :agent, clock_timestamp() + make_interval(secs => :longest)) RETURNING expires
            """
        ),
        {"hash": _hash(token), "agent": agent.id, "longest": LONGEST},
    ).scalar_one()
    return Session(agent, expires, token)


def read(token: object, *, used: bool = True) -> Session | None:
    """The session of a cookie's token; None if it is missing, unknown, ended or expired, or the account shut.

    `used=False` looks without counting as use: for heartbeats of an open page that nobody may be sitting at.
    """
    if not isinstance(token, str) or not 0 < len(token) <= 200:
        return None
    hashed = _hash(token)
    with database.session() as connection:
        row = connection.execute(_READ, {"hash": hashed, "idle": IDLE, "touch": _TOUCH}).first()
        if row is None:
            return None
        if used and row.stale:
            connection.execute(
                sa.text("UPDATE agent_sessions SET seen = clock_timestamp() WHERE token_hash = :hash"),
                {"hash": hashed},
            )
        return Session(Agent.of(row), row.expires, token)


def end(token: object) -> None:
    """Sign out: this session is over, in every process."""
    if isinstance(token, str):
        with database.session() as connection:
            connection.execute(
                sa.text("DELETE FROM agent_sessions WHERE token_hash = :hash"), {"hash": _hash(token)}
            )


def end_all(agent: int, *, keep: str | None = None) -> int:
    """Sign an agent out everywhere (but in the session `keep`); returns how many sessions ended.

    His open pages learn of it by topic `account`.
    """
    with database.session() as connection:
        statement = sa.text("DELETE FROM agent_sessions WHERE agent = :agent AND token_hash <> :keep")
        ended = connection.execute(statement, {"agent": agent, "keep": _hash(keep or "")}).rowcount
        events.publish(connection, "account", {"agent": agent, "signed_out": True})
        return int(ended)


def sweep() -> int:
    """Delete expired sessions; returns how many."""
    with database.session() as connection:
        statement = sa.text(f"DELETE FROM agent_sessions s WHERE NOT ({_VALID})")
        return int(connection.execute(statement, {"idle": IDLE}).rowcount)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
