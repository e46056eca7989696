"""The people of a desk outside, as agents of ours: hand-overs, messages and figures know them by a number.

They cannot sign in to our own desk, and are never given a conversation by us: their own desk does that.
"""

from __future__ import annotations

import secrets
from functools import lru_cache

import sqlalchemy as sa

from bot.support.integrations.base import OutsideAgent
from bot.support.integrations.transcripts import one_line
from storage import database

MAX_LOAD = 50
_NOBODY = "desk"  # who did what the desk does not say


@lru_cache(maxsize=1)
def _password() -> str:
    from bot.support.accounts import passwords

    return passwords.hash_password(secrets.token_urlsafe(32))  # nobody knows it


@lru_cache(maxsize=1024)
def agent_of(desk: str, person: OutsideAgent | None) -> int:
    """The number of a person (None: somebody at the desk), made at first sight; follows a change of the name.

    Synchronous. Raises `Unavailable`.
    """
    from bot.support.accounts import groups

    who = person or OutsideAgent(_NOBODY, desk.capitalize())
    login = f"{desk}.{who.id}".lower()
    statement = sa.text(
        """
        INSERT INTO agents (login, name, password, role, groups, max_load)
        VALUES (:login, :name, :password, 'agent', :groups, :load)
        ON CONFLICT (login) DO UPDATE SET name = excluded.name, groups = excluded.groups, active = true
        RETURNING id
        """
    )
    values = {
        "login": login,
        "name": one_line(who.name, 80) or login,
        "password": _password(),
        "groups": list(groups.known()),
        "load": MAX_LOAD,
    }
    with database.session() as connection:
        return int(connection.execute(statement, values).scalar_one())
