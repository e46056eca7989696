"""People at the desk of the running assistant, for the browser tests."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
import yaml

from tests.conftest import ROOT, Server

PASSWORD = "correct horse battery 7"
# Login, name, role, most conversations at once.
PEOPLE = (
    ("olga", "Olga", "owner", 4),  # the first must be one; she stays at home
    ("anna", "Anna", "lead", 4),
    ("ben", "Ben", "agent", 4),
    ("dora", "Dora", "agent", 12),
)
# Nothing happens by itself, however slow the machine is and whatever time it is.
SETTINGS = {
    "hours": "always",
    "assignment": {"automatic": False},
    "timers": {"accept_within": 3600, "gone_after": 3600, "wait_at_most": 3600, "nobody_after": 3600},
}


def agent(server: Server, *arguments: str, password: str = "") -> None:
    """`python -m bot agent …` for the running assistant."""
    run = subprocess.run(
        [sys.executable, "-m", "bot", "agent", *arguments],
        cwd=ROOT,
        env=server.environment,
        input=password,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr


@pytest.fixture(scope="package")
def desk(server: Server) -> Iterator[str]:
    """A desk that is always open, with people; their password. Afterwards nobody is there, as before."""
    before = server.handoff.read_text(encoding="utf-8")
    text = yaml.safe_dump({**yaml.safe_load(before), **SETTINGS}, allow_unicode=True, sort_keys=False)
    server.handoff.write_text(text, encoding="utf-8")
    for login, name, role, most in PEOPLE:
        facts = ("--name", name, "--role", role, "--groups", "service,orders,style")
        agent(server, "add", login, *facts, "--max-load", str(most), "--password-stdin", password=PASSWORD)
    try:
        yield PASSWORD
    finally:
        for login, *_ in PEOPLE[1:]:
            agent(server, "deactivate", login)
        server.handoff.write_text(before, encoding="utf-8")
