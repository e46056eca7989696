"""The one door to the desk: lock-out, password, session, in this order."""

from __future__ import annotations

import sqlalchemy as sa

from bot.support.accounts import desk_sessions, lockout, logins, passwords
from bot.support.accounts.agents import Agent
from bot.support.accounts.desk_sessions import Session
from bot.support.accounts.errors import SignInRefused
from storage import database

_REFUSED = "The login or the password is not right."


def sign_in(login: str, password: str, address: str) -> Session:
    """A new session for the right password.

    Unknown logins, wrong passwords and deactivated accounts are refused alike and take as long. A hash made
    with older parameters is made anew.

    Raises `SignInRefused`, `Locked`.
    """
    login = logins.normal(login)
    attempt = lockout.begin(login, address)
    # A second look only if the stored hash changed between the check and the lock: made anew by another
    # sign-in.
    session = _enter(login, password) or _enter(login, password)
    if session is None:
        raise SignInRefused(_REFUSED)
    lockout.succeeded(attempt)
    desk_sessions.sweep()
    lockout.sweep()
    return session


def confirm(agent: Agent, password: str, address: str) -> None:
    """Make sure that it is still the agent who sits there, before he changes his password.

    Raises `SignInRefused`, `Locked`.
    """
    attempt = lockout.begin(agent.login, address)
    known, stored = _stored(agent.login)
    if not passwords.verify(password, stored) or known is None or not known.active:
        raise SignInRefused(_REFUSED)
    lockout.succeeded(attempt)


def _stored(login: str) -> tuple[Agent | None, str | None]:
    with database.session() as connection:
        row = connection.execute(sa.text("SELECT * FROM agents WHERE login = :l"), {"l": login}).first()
        return (Agent.of(row), row.password) if row else (None, None)


def _enter(login: str, password: str) -> Session | None:
    """Check and start a session; None if the stored hash changed meanwhile. Raises `SignInRefused`."""
    agent, stored = _stored(login)
    right = passwords.verify(password, stored)
    if not right or agent is None or stored is None or not agent.active:
        raise SignInRefused(_REFUSED)
    with database.session() as connection:
        # Locked and compared again: a password changed this moment must not leave a session behind.
        row = connection.execute(
            sa.text("SELECT * FROM agents WHERE id = :id AND password = :p AND active FOR SHARE"),
            {"id": agent.id, "p": stored},
        ).first()
        if row is None:
            return None
        session = desk_sessions.start(connection, Agent.of(row))
    if passwords.outdated(stored):
        _renew(agent, password, stored)
    return session


def _renew(agent: Agent, password: str, stored: str) -> None:
    """The same password under today's parameters, unless it was changed meanwhile."""
    values = {"new": passwords.hash_password(password), "id": agent.id, "old": stored}
    with database.session() as connection:
        connection.execute(
            sa.text("UPDATE agents SET password = :new WHERE id = :id AND password = :old"), values
        )
