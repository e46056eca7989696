"""The accounts of agents.

Where an account is made or changed, `by` is the agent who does it, checked against his role; None is
somebody who has the machine itself (the command line). Changes of roles happen one after the other, so that
two who act at once cannot leave the desk without an owner.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.settings import LANGUAGES
from bot.support.accounts import groups as known_groups
from bot.support.accounts import lockout, logins, passwords, presence
from bot.support.accounts.errors import AccountRefused, NotAllowed, UnknownAgent
from bot.support.accounts.roles import ACTIONS, Action, Agent, Role, may, may_manage, sees
from storage import advisory_locks, database, events

__all__ = (
    "ACTIONS", "Action", "Agent", "Role", "activate", "add", "by_login", "change", "check_new", "deactivate",
    "get", "listing", "may", "may_manage", "sees", "set_password",
)  # fmt: skip

MAX_LOAD = 50
_COLUMNS = "id, login, name, role, groups, languages, max_load, active, created"


def add(
    login: str,
    name: str,
    password: str,
    *,
    role: Role | str = Role.AGENT,
    groups: Sequence[str] | None = None,
    languages: Sequence[str] = LANGUAGES,
    max_load: int = 4,
    by: Agent | None = None,
) -> Agent:
    """A new account; the first must be an owner's.

    Without `groups` an agent gets the first of handoff.yml; a lead or an owner, who sees all, all.

    Raises `AccountRefused`, `PasswordRefused`, `NotAllowed`.
    """
    login = logins.normal(login)
    check_new(login, role, groups)
    values = _values(name=name, role=role, languages=languages, max_load=max_load)
    if groups is None:
        known = known_groups.known()
        groups = known[:1] if values["role"] == Role.AGENT.value else known
    values["groups"] = known_groups.checked(groups, AccountRefused)
    _allow(by, Role(values["role"]))
    passwords.check(password, login, values["name"])
    hashed = passwords.hash_password(password)  # before the lock: it takes a quarter of a second
    with database.session() as connection:
        advisory_locks.wait(connection, "accounts")
        _check_free(connection, login, Role(values["role"]))
        row = connection.execute(
            sa.text(
                f"""
                INSERT INTO agents (login, name, password, role, groups, languages, max_load)
                VALUES (:login, :name, :password, :role, :groups, :languages, :max_load) RETURNING {_COLUMNS}
                """
            ),
            {"login": login, "password": hashed, **values},
        ).one()
        return Agent.of(row)


def check_new(login: str, role: Role | str, groups: Sequence[str] | None = None) -> None:
    """Refuse now what `add` would refuse, before a password is asked for. Raises `AccountRefused`."""
    if not logins.valid(logins.normal(login)):
        raise AccountRefused(
            "A login is made of small letters, digits and . _ - + @, for example anna or anna@example.com.",
            "bad_login",
        )
    _values(role=role, groups=groups)
    with database.session() as connection:
        _check_free(connection, logins.normal(login), Role(role))


def change(
    agent: int,
    *,
    name: str | None = None,
    role: Role | str | None = None,
    groups: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    max_load: int | None = None,
    by: Agent | None = None,
) -> Agent:
    """Change what is given. The last active owner stays one. Open pages of the agent learn of it (topic
    `account`).

    Raises `AccountRefused`, `UnknownAgent`, `NotAllowed`.
    """
    values = _values(name=name, role=role, groups=groups, languages=languages, max_load=max_load)
    return _update(agent, values, by)


def set_password(agent: int, password: str, *, by: Agent | None = None) -> Agent:
    """A new password; signs the agent out everywhere, forgets failed attempts. His own everybody may set.

    Raises `PasswordRefused`, `UnknownAgent`, `NotAllowed`.
    """
    known = _known(agent)
    if by is None or by.id != agent:
        _allow(by, known.role)
    passwords.check(password, known.login, known.name)
    hashed = passwords.hash_password(password)
    with database.session() as connection:
        locked = _for_update(connection, agent)
        if by is None or by.id != agent:
            _allow(by, locked.role)  # the role may have risen meanwhile
        lockout.forgive(connection, locked.login)
        return _store(connection, agent, {"password": hashed}, sign_out=True)


def deactivate(agent: int, *, by: Agent | None = None) -> Agent:
    """Shut an account: signed out everywhere, no longer present; what he did stays. Never the last owner.

    Raises `AccountRefused`, `UnknownAgent`, `NotAllowed`.
    """
    return _update(agent, {"active": False}, by)


def activate(agent: int, *, by: Agent | None = None) -> Agent:
    """Open a deactivated account again. Raises `UnknownAgent`, `NotAllowed`."""
    return _update(agent, {"active": True}, by)


def get(agent: int) -> Agent | None:
    """An account by its number, active or not."""
    return _find("id = :v", agent)


def by_login(login: str) -> Agent | None:
    """An account by its login, active or not."""
    return _find("login = :v", logins.normal(login))


def listing(*, active: bool | None = None) -> list[Agent]:
    """All accounts, or only the active (or deactivated) ones, by name."""
    where = "" if active is None else "WHERE active = :active"
    with database.session() as connection:
        rows = connection.execute(
            sa.text(f"SELECT {_COLUMNS} FROM agents {where} ORDER BY lower(name), id"), {"active": active}
        )
        return [Agent.of(row) for row in rows]


# --- inside -------------------------------------------------------------------------------------------------


def _values(**given: Any) -> dict[str, Any]:
    """The columns for what was given, checked."""
    values = {key: value for key, value in given.items() if value is not None}
    if "name" in values:
        values["name"] = " ".join(unicodedata.normalize("NFC", str(values["name"])).split())
        if not 0 < len(values["name"]) <= 80 or any(
            unicodedata.category(c) in ("Cc", "Cf") for c in values["name"]
        ):
            raise AccountRefused("A name has 1 to 80 characters; customers see it.", "bad_name")
    if "role" in values:
        try:
            values["role"] = Role(values["role"]).value
        except ValueError:
            raise AccountRefused(
                f"The role must be one of: {', '.join(map(str, Role))}.", "bad_role"
            ) from None
    if "groups" in values:
        values["groups"] = known_groups.checked(values["groups"], AccountRefused)
    if "languages" in values:
        values["languages"] = list(dict.fromkeys(values["languages"]))
        if not values["languages"] or set(values["languages"]) - set(LANGUAGES):
            raise AccountRefused(
                f"The languages must be some of: {', '.join(LANGUAGES)}; at least one.", "bad_language"
            )
    if "max_load" in values and not (type(values["max_load"]) is int and 0 <= values["max_load"] <= MAX_LOAD):
        raise AccountRefused(f"The maximum load is a number from 0 to {MAX_LOAD}.", "bad_load")
    return values


def _update(agent: int, values: dict[str, Any], by: Agent | None) -> Agent:
    with database.session() as connection:
        advisory_locks.wait(connection, "accounts")
        before = _for_update(connection, agent)
        _allow(by, before.role)
        role = Role(values.get("role", before.role))
        _allow(by, role)
        stays_owner = role is Role.OWNER and values.get("active", before.active)
        if before.role is Role.OWNER and before.active and not stays_owner and _owners(connection) == 1:
            raise AccountRefused("This is the last owner: make somebody else an owner first.", "last_owner")
        if values.get("active") is False:
            presence.remove(connection, agent)
        return _store(connection, agent, values, sign_out=values.get("active") is False)


def _store(connection: Connection, agent: int, values: dict[str, Any], *, sign_out: bool) -> Agent:
    if values:
        assignments = ", ".join(f"{column} = :{column}" for column in values)
        connection.execute(
            sa.text(f"UPDATE agents SET {assignments} WHERE id = :id"), {"id": agent, **values}
        )
    if sign_out:
        connection.execute(sa.text("DELETE FROM agent_sessions WHERE agent = :id"), {"id": agent})
    events.publish(connection, "account", {"agent": agent, "signed_out": sign_out})
    row = connection.execute(sa.text(f"SELECT {_COLUMNS} FROM agents WHERE id = :id"), {"id": agent}).one()
    return Agent.of(row)


def _check_free(connection: Connection, login: str, role: Role) -> None:
    if role is not Role.OWNER and not _owners(connection):
        raise AccountRefused("The first account must be an owner's.", "first_owner")
    if connection.execute(sa.text("SELECT 1 FROM agents WHERE login = :l"), {"l": login}).first():
        raise AccountRefused(f"There is an account {login} already.", "login_taken")


def _owners(connection: Connection) -> int:
    statement = sa.text("SELECT count(*) FROM agents WHERE role = 'owner' AND active")
    return int(connection.execute(statement).scalar_one())


def _for_update(connection: Connection, agent: int) -> Agent:
    row = connection.execute(
        sa.text(f"SELECT {_COLUMNS} FROM agents WHERE id = :id FOR UPDATE"), {"id": agent}
    ).first()
    if row is None:
        raise UnknownAgent(f"There is no account number {agent}.")
    return Agent.of(row)


def _known(agent: int) -> Agent:
    if (found := get(agent)) is None:
        raise UnknownAgent(f"There is no account number {agent}.")
    return found


def _allow(by: Agent | None, role: Role) -> None:
    if by is not None and not may_manage(by, role):
        raise NotAllowed("Leads look after the accounts of agents, owners after all; others after none.")


def _find(where: str, value: Any) -> Agent | None:
    with database.session() as connection:
        row = connection.execute(
            sa.text(f"SELECT {_COLUMNS} FROM agents WHERE {where}"), {"v": value}
        ).first()
        return Agent.of(row) if row else None
