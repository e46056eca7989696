"""`python -m bot agent …`: the accounts of the service desk, from the machine itself."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
import unicodedata
from typing import Any

from bot.settings import LANGUAGES
from bot.support.accounts.errors import AgentError
from storage import database
from storage.errors import Unavailable

_ROLES = "agent, lead or owner"


def register(commands: Any) -> None:
    """Add `agent` and its parts to the command line's commands."""
    agent = commands.add_parser("agent", help="accounts of the service desk: add, list, password, role …")
    parts = agent.add_subparsers(dest="part", metavar="WHAT", required=True)

    add = parts.add_parser("add", help="a new account; the first one is an owner's")
    _login(add)
    add.add_argument("--name", help="the name that customers see (default: the login)")
    add.add_argument("--role", help=f"{_ROLES} (default: owner for the first account, then agent)")
    _properties(add)
    _password(add)

    listing = parts.add_parser("list", help="all accounts, and who is there now")
    listing.add_argument("--json", action="store_true", help="as JSON lines, for scripts")

    password = parts.add_parser("password", help="a new password; signs out everywhere, ends a lock-out")
    _login(password)
    _password(password)

    role = parts.add_parser("role", help="make somebody an agent, lead or owner")
    _login(role)
    role.add_argument("role", metavar="ROLE", help=_ROLES)

    change = parts.add_parser("change", help="another name, other groups, languages, maximum load")
    _login(change)
    change.add_argument("--name", help="the name that customers see")
    _properties(change)

    _login(parts.add_parser("deactivate", help="shut an account: signed out everywhere, at once"))
    _login(parts.add_parser("activate", help="open a deactivated account again"))


def run(options: argparse.Namespace) -> int:
    """Do what was asked; returns an exit code (1: it was refused, with the reason in plain words)."""
    try:
        database.migrate()
        return int(_PARTS[options.part](options))
    except AgentError as error:
        print(error, file=sys.stderr)
    except Unavailable as error:
        print(f"The database cannot be used: {error}", file=sys.stderr)
    except ValueError as error:  # a setting or bot/support/handoff.yml; the text says which
        print(error, file=sys.stderr)
    return 1


def _add(options: argparse.Namespace) -> int:
    from bot.support.accounts import agents as accounts
    from bot.support.accounts import logins, passwords

    # Other desks may have made accounts for their people already; none of those is an owner's.
    headless = not any(agent.role is accounts.Role.OWNER for agent in accounts.listing(active=True))
    role = options.role or ("owner" if headless else "agent")
    login = logins.normal(options.login)
    # Everything that can be wrong is said before the password is asked for.
    accounts.check_new(login, role, options.groups)
    name = options.name or login
    password = _ask(options, lambda given: passwords.check(given, login, name))
    agent = accounts.add(
        login,
        name,
        password,
        role=role,
        groups=options.groups,
        languages=options.languages or LANGUAGES,
        max_load=4 if options.max_load is None else options.max_load,
    )
    print(f"{agent.login} ({agent.role}) may sign in now. Groups: {', '.join(agent.groups) or 'none'}.")
    return 0


def _list(options: argparse.Namespace) -> int:
    from bot.support.accounts import agents as accounts
    from bot.support.accounts import presence

    agents, there = accounts.listing(), presence.everyone()
    if options.json:
        for agent in agents:
            print(
                json.dumps(
                    {
                        "login": agent.login,
                        "name": agent.name,
                        "role": agent.role.value,
                        "groups": agent.groups,
                        "languages": agent.languages,
                        "max_load": agent.max_load,
                        "active": agent.active,
                        "status": there.get(agent.id, "offline"),
                    },
                    ensure_ascii=False,
                )
            )
        return 0
    if not agents:
        print("There are no accounts yet. Make the first one: python -m bot agent add LOGIN")
        return 0
    rows = [("login", "name", "role", "groups", "languages", "load", "now")]
    for agent in agents:
        now = there.get(agent.id, "offline") if agent.active else "deactivated"
        rows.append(
            (
                agent.login, agent.name, agent.role.value, ", ".join(agent.groups) or "-",
                ", ".join(agent.languages), str(agent.max_load), now,
            )
        )  # fmt: skip
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        line = "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        print(line.rstrip())
    return 0


def _new_password(options: argparse.Namespace) -> int:
    from bot.support.accounts import agents as accounts
    from bot.support.accounts import passwords

    agent = _agent(options.login)
    password = _ask(options, lambda given: passwords.check(given, agent.login, agent.name))
    accounts.set_password(agent.id, password)
    print(f"{agent.login} has a new password and is signed out everywhere.")
    return 0


def _role(options: argparse.Namespace) -> int:
    from bot.support.accounts import agents as accounts

    agent = accounts.change(_agent(options.login).id, role=options.role)
    print(f"{agent.login} is {agent.role} now.")
    return 0


def _change(options: argparse.Namespace) -> int:
    from bot.support.accounts import agents as accounts

    agent = accounts.change(
        _agent(options.login).id,
        name=options.name,
        groups=options.groups,
        languages=options.languages,
        max_load=options.max_load,
    )
    groups, languages = ", ".join(agent.groups) or "none", ", ".join(agent.languages)
    print(f"{agent.login}: {agent.name}; groups: {groups}; languages: {languages}; load: {agent.max_load}.")
    return 0


def _deactivate(options: argparse.Namespace) -> int:
    from bot.support.accounts import agents as accounts

    agent = accounts.deactivate(_agent(options.login).id)
    print(f"{agent.login} is deactivated and signed out everywhere.")
    return 0


def _activate(options: argparse.Namespace) -> int:
    from bot.support.accounts import agents as accounts

    agent = accounts.activate(_agent(options.login).id)
    print(f"{agent.login} may sign in again.")
    return 0


_PARTS = {
    "add": _add,
    "list": _list,
    "password": _new_password,
    "role": _role,
    "change": _change,
    "deactivate": _deactivate,
    "activate": _activate,
}


# --- inside -----------------------------------------------------------------------------------------------


def _login(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("login", metavar="LOGIN", help="for example anna or anna@example.com")


def _properties(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--groups", type=_words, metavar="A,B", help='groups of bot/support/handoff.yml, or "" for none'
    )
    parser.add_argument("--languages", type=_words, metavar="A,B", help=f"of {', '.join(LANGUAGES)}")
    parser.add_argument("--max-load", type=int, metavar="N", help="conversations at a time (default 4)")


def _password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input (for scripts)"
    )


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _agent(login: str) -> Any:
    from bot.support.accounts import agents as accounts
    from bot.support.accounts.errors import UnknownAgent

    if (found := accounts.by_login(login)) is None:
        raise UnknownAgent(f"There is no account {login}. All accounts: python -m bot agent list")
    return found


def _ask(options: argparse.Namespace, check: Any) -> str:
    """The password: one line of standard input, or asked for twice without showing it."""
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise AgentError("There is no terminal to ask for the password; use --password-stdin.")
    password = getpass.getpass("Password: ")
    check(password)  # before it is typed a second time
    if getpass.getpass("The same again: ") != password:
        raise AgentError("The two passwords are not the same. Nothing was changed.")
    return password


def _width(text: str) -> int:
    """Columns that a text takes in a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
