"""A database of its own for these tests: an embedded PostgreSQL with the tables of the bot's rooms, emptied each time."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.support.accounts import agents, passwords
from bot.support.accounts.agents import Agent
from storage import database
from storage import events as live

GOOD = "blue lamp river 7"  # a password that nobody would guess first


@pytest.fixture(scope="package")
def installation() -> Iterator[Path]:
    """`SHOP_VAR` in a temporary folder (a short path: sockets' names are limited), the server stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="desk"))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SHOP_DATABASE_URL", "SHOP_SECRET", "SHOP_HANDOFF"):
            patch.delenv(name, raising=False)
        patch.setenv("SHOP_VAR", str(folder / "var"))
        database.migrate()
        yield folder / "var"
        database.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def var(installation: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty tables, and hashes that cost little; the tests of passwords measure the real ones."""
    monkeypatch.setattr(passwords, "COST", 8)
    monkeypatch.setattr(passwords, "PARALLEL", 1)
    sql("TRUNCATE agents, agent_sessions, agent_attempts, agent_presence, canned_replies, handoffs CASCADE")
    return installation


@pytest.fixture
def owner() -> Agent:
    """The first account."""
    return agents.add("owen", "Owen", GOOD, role="owner")


@pytest.fixture
def make(owner: Agent) -> Callable[..., Agent]:
    """Makes further accounts."""

    def add(login: str, role: str = "agent", **values: object) -> Agent:
        return agents.add(login, login.title(), GOOD, role=role, **values)  # type: ignore[arg-type]

    return add


def sql(statement: str, *values: object) -> list[tuple]:
    """Run a statement with %s; returns its rows."""
    with database.session() as connection:
        result = connection.exec_driver_sql(statement, values)
        return [tuple(row) for row in result] if result.returns_rows else []


def age(table: str, seconds: float, where: str = "true") -> None:
    """Let the times in a table lie further back, as if so many seconds had passed."""
    columns = {
        "agent_sessions": ("created", "expires", "seen"),
        "agent_attempts": ("at",),
        "agent_presence": ("seen",),
    }
    shifted = ", ".join(f"{column} = {column} - interval '{seconds} seconds'" for column in columns[table])
    sql(f"UPDATE {table} SET {shifted} WHERE {where}")


class Ear:
    """What the processes are told, as `(topic, data)`, in order."""

    def __init__(self) -> None:
        self._raw = database.engine().raw_connection()
        self._raw.detach()
        self._raw.connection.set_session(autocommit=True)
        with self._raw.connection.cursor() as cursor:
            cursor.execute(f"LISTEN {live.CHANNEL}")

    def heard(self) -> list[tuple[str, dict]]:
        """All since the last call."""
        # An event of its own comes after all that were committed before it.
        with self._raw.connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_notify('{live.CHANNEL}', '')")
        while not any(each.payload == "" for each in self._raw.connection.notifies):
            self._raw.connection.poll()
        events = [json.loads(each.payload) for each in self._raw.connection.notifies if each.payload]
        self._raw.connection.notifies.clear()
        return [(event["topic"], event["data"]) for event in events]

    def close(self) -> None:
        self._raw.connection.close()


@pytest.fixture
def ear() -> Iterator[Ear]:
    """Hears what is published."""
    ear = Ear()
    yield ear
    ear.close()


def at_once(count: int, call: Callable[[int], object]) -> list[object]:
    """Call from so many threads at the same moment; the results or exceptions, by number."""
    gate = threading.Barrier(count)
    results: list[object] = [None] * count

    def one(number: int) -> None:
        gate.wait()
        try:
            results[number] = call(number)
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
