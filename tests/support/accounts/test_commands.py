"""`python -m bot agent …`, as a person and as a script use it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.support.accounts import agents, desk_sessions, lockout, passwords, presence, signin
from bot.support.accounts.agents import Role
from tests.support.accounts.conftest import GOOD, at_once, sql

ROOT = Path(__file__).resolve().parents[3]
NEW = "green door tower 9"
COMMAND = [sys.executable, "-m", "bot", "agent"]


def agent(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command; whatever happens it speaks plain words."""
    run = subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in run.stderr, run.stderr
    assert GOOD not in run.stdout + run.stderr and NEW not in run.stdout + run.stderr
    return run


def add(login: str, *arguments: str, password: str = GOOD) -> subprocess.CompletedProcess[str]:
    return agent("add", login, "--password-stdin", *arguments, stdin=password + "\n")


def told(run: subprocess.CompletedProcess[str], *words: str) -> None:
    """It was refused with these words, on the error output."""
    assert run.returncode == 1 and run.stdout == "", run
    for word in words:
        assert word in run.stderr, run.stderr


def at_terminal(*arguments: str, types: list[str]) -> tuple[int, str]:
    """Run the command at a terminal of its own and type lines when it asks; the exit code and what was shown."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        os.execv(sys.executable, [*COMMAND, *arguments])
    shown, lines, until = "", list(types), time.monotonic() + 60
    while time.monotonic() < until:
        try:
            shown += os.read(terminal, 4096).decode()
        except OSError:  # it has ended
            break
        if lines and shown.endswith(": "):
            os.write(terminal, lines.pop(0).encode() + b"\n")
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown


# --- add ---------------------------------------------------------------------------------------------------------------


def test_the_first_is_an_owner() -> None:
    told(add("anna", "--role", "agent"), "first account must be an owner")
    told(add("anna", "--role", "lead"), "first account must be an owner")
    assert agents.listing() == []
    sql("INSERT INTO agents (login, name, password, role) VALUES ('chatwoot.7', 'Zoe', 'none', 'agent')")
    run = add("anna", "--name", "Anna 李")
    assert run.returncode == 0 and "anna (owner)" in run.stdout
    assert add("ben").stdout.startswith("ben (agent)")
    found = agents.by_login("anna")
    assert found and (found.name, found.role) == ("Anna 李", Role.OWNER)
    session = signin.sign_in("anna", GOOD, "192.0.2.1")
    assert desk_sessions.read(session.token)
    ((stored,),) = sql("SELECT password FROM agents WHERE login = 'anna'")
    assert stored.startswith("$scrypt$ln=15,r=8,p=3$"), "the shipped cost"


def test_all_that_can_be_set(owner: object) -> None:
    run = add(
        "ben@example.com",
        "--role",
        "lead",
        "--groups",
        "orders, service",
        "--languages",
        "zh",
        "--max-load",
        "9",
    )
    assert run.returncode == 0, run.stderr
    found = agents.by_login("ben@example.com")
    assert found and (found.role, found.groups, found.languages, found.max_load, found.name) == (
        Role.LEAD, ("orders", "service"), ("zh",), 9, "ben@example.com",
    )  # fmt: skip


def test_add_refuses(owner: object) -> None:
    told(add("owen"), "already")
    told(add("Two Words"), "A login is made of")
    told(add("ben", "--role", "boss"), "agent, lead, owner")
    told(add("ben", "--groups", "nix"), "no group 'nix'", "service")
    told(add("ben", "--languages", "de"), "en, zh")
    told(add("ben", "--max-load", "-3"), "maximum load")
    told(add("ben", "--name", " "), "name")
    told(add("ben", password="short"), "at least 10")
    told(add("ben", password="password123"), "guessed first")
    told(add("benjamin.b", password="benjamin.b 2024"), "too much like")
    told(agent("add", "ben", "--password-stdin"), "at least 10")
    told(agent("add", "ben"), "no terminal", "--password-stdin")
    assert [each.login for each in agents.listing()] == ["owen"]


def test_two_first_accounts_at_once() -> None:
    runs = at_once(2, lambda number: add(f"anna{number}", "--role", ("owner", "owner")[number]))
    assert all(isinstance(run, subprocess.CompletedProcess) and run.returncode == 0 for run in runs), runs
    assert len(agents.listing()) == 2


# --- a person at a terminal --------------------------------------------------------------------------------------------


def test_asked_twice_without_echo() -> None:
    code, shown = at_terminal("add", "anna", types=[GOOD, GOOD])
    assert code == 0 and "may sign in now" in shown, shown
    assert GOOD not in shown and shown.count(": ") >= 2
    assert signin.sign_in("anna", GOOD, "192.0.2.1")


def test_typed_differently() -> None:
    code, shown = at_terminal("add", "anna", types=[GOOD, GOOD + "x"])
    assert code == 1 and "not the same" in shown and agents.listing() == []


def test_a_bad_one_is_not_asked_for_again() -> None:
    code, shown = at_terminal("add", "anna", types=["short"])
    assert code == 1 and "at least 10" in shown and "again" not in shown


def test_what_is_wrong_is_said_before_asking(owner: object) -> None:
    for arguments in (["add", "owen"], ["add", "ben", "--groups", "nix"], ["password", "nobody"]):
        code, shown = at_terminal(*arguments, types=[])
        assert code == 1 and "Password" not in shown, shown


def test_ctrl_c_leaves_quietly() -> None:
    code, shown = at_terminal("add", "anna", types=["\x03"])
    assert code == 130 and "Traceback" not in shown and agents.listing() == []


# --- the others --------------------------------------------------------------------------------------------------------


def test_list(owner: object) -> None:
    agents.add("ben", "李雷", GOOD, groups=[])
    gone = agents.add("gone", "Gone", GOOD)
    agents.deactivate(gone.id)
    found = agents.by_login("owen")
    assert found
    presence.connect(found.id, "p1", "c1")
    lines = agent("list").stdout.splitlines()
    assert lines[0].split() == ["login", "name", "role", "groups", "languages", "load", "now"]
    by_login = {line.split()[0]: line for line in lines[1:]}
    assert set(by_login) == {"owen", "ben", "gone"}
    assert by_login["owen"].endswith("online") and by_login["gone"].endswith("deactivated")
    assert by_login["ben"].endswith("offline") and " - " in by_login["ben"]
    rows = [json.loads(line) for line in agent("list", "--json").stdout.splitlines()]
    assert {row["login"]: row["status"] for row in rows} == {
        "owen": "online",
        "ben": "offline",
        "gone": "offline",
    }
    assert not any("password" in row for row in rows)


def test_list_of_nobody() -> None:
    run = agent("list")
    assert run.returncode == 0 and "agent add" in run.stdout


def test_password_signs_out_and_ends_a_lock(owner: object) -> None:
    token = signin.sign_in("owen", GOOD, "192.0.2.1").token
    for _ in range(lockout.FREE_BY_LOGIN):
        lockout.begin("owen", "203.0.113.7")
    run = agent("password", "OWEN", "--password-stdin", stdin=NEW + "\r\n")
    assert run.returncode == 0 and "signed out everywhere" in run.stdout
    assert desk_sessions.read(token) is None and lockout.seconds_left("owen", "203.0.113.7") == 0
    assert signin.sign_in("owen", NEW, "203.0.113.7")
    told(agent("password", "owen", "--password-stdin", stdin="owen 12345\n"), "too much like")
    told(agent("password", "nobody", "--password-stdin", stdin=NEW), "no account nobody")


def test_role_deactivate_activate_change(owner: object) -> None:
    agents.add("ben", "Ben", GOOD)
    token = signin.sign_in("ben", GOOD, "192.0.2.1").token
    told(agent("role", "owen", "agent"), "last owner")
    told(agent("deactivate", "owen"), "last owner")
    told(agent("role", "ben", "boss"), "agent, lead, owner")
    assert agent("role", "ben", "owner").stdout == "ben is owner now.\n"
    assert agent("deactivate", "owen").returncode == 0
    told(agent("deactivate", "ben"), "last owner")
    assert agent("activate", "owen").returncode == 0
    assert agent("deactivate", "ben").returncode == 0 and desk_sessions.read(token) is None
    run = agent("change", "owen", "--name", "Owen O.", "--groups", "", "--max-load", "0", "--languages", "en")
    assert run.returncode == 0, run.stderr
    found = agents.by_login("owen")
    assert found and (found.name, found.groups, found.max_load, found.languages) == (
        "Owen O.",
        (),
        0,
        ("en",),
    )
    told(agent("change", "owen", "--groups", "nix"), "no group")
    for part in ("role", "deactivate", "activate", "change"):
        told(agent(part, "nobody", *(["agent"] if part == "role" else [])), "no account nobody")


def test_help_and_wrong_use() -> None:
    assert (
        "agent" in subprocess.run([*COMMAND[:-1], "--help"], cwd=ROOT, capture_output=True, text=True).stdout
    )
    words = agent("--help").stdout
    for part in ("add", "list", "password", "role", "change", "deactivate", "activate"):
        assert part in words
    assert agent().returncode == 2 and agent("fly").returncode == 2 and agent("add").returncode == 2


def test_without_a_database() -> None:
    told(agent("list", SHOP_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none"), "database cannot be used")
    told(agent("list", SHOP_DATABASE_URL="mysql://x"), "SHOP_DATABASE_URL must be a PostgreSQL address")


def test_handoff_yml_that_makes_no_sense(tmp_path: Path) -> None:
    file = tmp_path / "handoff.yml"
    file.write_text("groups: []\n", encoding="utf-8")
    told(agent("add", "anna", "--password-stdin", stdin=GOOD, SHOP_HANDOFF=str(file)), "groups")


@pytest.mark.parametrize("password", ["我们的服务台很好用的", "Ｂlue lamp river ７"])
def test_passwords_of_all_scripts(password: str) -> None:
    assert add("anna", password=password).returncode == 0
    assert signin.sign_in("anna", password, "192.0.2.1")
    assert passwords.verify(password, sql("SELECT password FROM agents")[0][0])
