"""Who is there, and how busy."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.support.accounts import agents as accounts
from bot.support.accounts import presence
from bot.support.accounts.agents import Agent
from bot.support.accounts.errors import UnknownAgent
from bot.support.accounts.presence import HEARTBEAT, STALE
from storage import database
from tests.support.accounts.conftest import Ear, age, at_once, sql

ROOT = Path(__file__).resolve().parents[3]
Make = Callable[..., Agent]


@pytest.fixture
def anna(make: Make) -> Agent:
    return make("anna", groups=["service", "orders"], languages=["en"], max_load=2)


def told(ear: Ear) -> list[tuple[int, str]]:
    return [(data["agent"], data["status"]) for topic, data in ear.heard() if topic == "presence"]


def handoff(agent: Agent | None, state: str, *, assigned: str = "now()") -> None:
    sql(
        "INSERT INTO handoffs (conversation, channel, state, reason, agent, assigned) "
        f"VALUES (gen_random_uuid()::text, 'web', %s, 'asked', %s, {assigned})",
        state,
        agent.id if agent else None,
    )


# --- pages -------------------------------------------------------------------------------------------------------------


def test_pages_come_and_go(anna: Agent, ear: Ear) -> None:
    assert presence.status_of(anna.id) == "offline"
    assert presence.connect(anna.id, "p1", "c1") == "online"
    assert presence.connect(anna.id, "p2", "c2") == "online"
    assert presence.connect(anna.id, "p1", "c1") == "online", "twice is once"
    assert sql("SELECT count(*) FROM agent_presence") == [(2,)]
    presence.disconnect("c1")
    presence.disconnect("c1")
    presence.disconnect("never")
    assert presence.status_of(anna.id) == "online"
    presence.disconnect("c2")
    assert presence.status_of(anna.id) == "offline"
    assert told(ear) == [(anna.id, "online"), (anna.id, "offline")], "changes only, each once"


def test_away_is_the_agents(anna: Agent, ear: Ear) -> None:
    assert presence.set_status(anna.id, "online") == "offline", "without a page nobody is there"
    presence.connect(anna.id, "p1", "c1")
    presence.connect(anna.id, "p2", "c2")
    assert presence.set_status(anna.id, "away") == "away" == presence.set_status(anna.id, "away")
    assert presence.connect(anna.id, "p2", "c3") == "away", "a new page does not call him back"
    presence.disconnect("c1")
    assert presence.everyone() == {anna.id: "away"}
    assert presence.set_status(anna.id, "online") == "online"
    assert told(ear) == [(anna.id, "online"), (anna.id, "away"), (anna.id, "online")]
    with pytest.raises(ValueError):
        presence.set_status(anna.id, "asleep")  # type: ignore[arg-type]


def test_a_page_told_of_again_stays_away(anna: Agent, ear: Ear) -> None:
    presence.connect(anna.id, "p1", "c1")
    presence.set_status(anna.id, "away")
    age("agent_presence", STALE + 1)
    presence.sweep()
    assert presence.connect(anna.id, "p1", "c1", status="away") == "away"
    assert presence.connect(anna.id, "p1", "c2", status="online") == "away", "the other pages know better"
    assert [status for _, status in told(ear)] == ["online", "away", "offline", "away"]


def test_nobody_is_nobody(anna: Agent) -> None:
    accounts.deactivate(anna.id)
    for number in (anna.id, anna.id + 100):
        with pytest.raises(UnknownAgent):
            presence.connect(number, "p1", "c1")
        assert presence.set_status(number, "away") == "offline"
    assert presence.everyone() == {}


def test_deactivated_are_told(anna: Agent, ear: Ear) -> None:
    presence.connect(anna.id, "p1", "c1")
    accounts.deactivate(anna.id)
    assert told(ear) == [(anna.id, "online"), (anna.id, "offline")]
    assert presence.heartbeat("p1", ["c1"]) == {"c1"}, "its process learns that the page counts no more"


def test_a_killed_process_takes_its_agents_with_it(anna: Agent, make: Make, ear: Ear) -> None:
    ben = make("ben")
    presence.connect(anna.id, "dead", "c1")
    presence.connect(ben.id, "dead", "c2")
    presence.connect(ben.id, "alive", "c3")
    told(ear)
    for _ in range(3):
        age("agent_presence", HEARTBEAT)
        assert presence.heartbeat("alive", ["c3"]) == set()
    assert presence.everyone() == {ben.id: "online"} and presence.connected([anna.id, ben.id]) == {ben.id}
    assert presence.online() and [each.agent.id for each in presence.online()] == [ben.id]
    assert presence.sweep() == [anna.id]
    assert told(ear) == [(anna.id, "offline")] and presence.sweep() == []
    assert sql("SELECT connection FROM agent_presence") == [("c3",)]


def test_heartbeats_are_the_processs_own(anna: Agent) -> None:
    presence.connect(anna.id, "p1", "c1")
    age("agent_presence", STALE + 1)
    assert presence.heartbeat("p2", ["c1"]) == {"c1"}
    assert presence.status_of(anna.id) == "offline"
    assert presence.heartbeat("p1", []) == set()
    assert presence.heartbeat("p1", ["c1", "c9"]) == {"c9"}
    assert presence.status_of(anna.id) == "online", "late, but not swept yet"


def test_pages_closed_at_the_same_moment(anna: Agent, ear: Ear) -> None:
    """Neither may think that the other is still there."""
    for number in range(10):
        at_once(4, lambda place, number=number: presence.connect(anna.id, f"p{place}", f"c{number}-{place}"))
        at_once(4, lambda place, number=number: presence.disconnect(f"c{number}-{place}"))
        assert told(ear) == [(anna.id, "online"), (anna.id, "offline")]


def test_everything_at_once_never_stands_still(anna: Agent, make: Make) -> None:
    """Heartbeats, sweeps, status and closing pages of several processes: no deadlock, no error."""
    agents = [anna, *(make(f"agent{number}") for number in range(3))]
    pages = [(agent, f"p{place % 2}", f"c{agent.id}-{place}") for agent in agents for place in range(6)]

    def busy(number: int) -> None:
        for turn in range(12):
            agent, process, connection = pages[(number * 5 + turn) % len(pages)]
            presence.connect(agent.id, process, connection)
            presence.heartbeat("p0", [page[2] for page in (pages if turn % 2 else pages[::-1])])
            presence.heartbeat("p1", [page[2] for page in pages])
            presence.set_status(agent.id, "away" if turn % 3 else "online")
            if turn % 4 == 0:
                age("agent_presence", STALE + 1, f"connection = '{connection}'")
            presence.sweep()
            presence.disconnect(connection)

    assert at_once(6, busy) == [None] * 6


@pytest.mark.parametrize("change", ["heartbeat", "set_status", "deactivate"])
def test_pages_are_locked_in_the_order_of_their_names(anna: Agent, change: str) -> None:
    """Who waits for the first page must not hold the second, wherever they lie: that is how two stand still."""
    presence.connect(anna.id, "p1", "c2")
    presence.connect(anna.id, "p1", "c1")
    work = {
        "heartbeat": lambda: presence.heartbeat("p1", ["c2", "c1"]),
        "set_status": lambda: presence.set_status(anna.id, "away"),
        "deactivate": lambda: accounts.deactivate(anna.id),
    }[change]
    hold = "SELECT 1 FROM agent_presence WHERE connection = %s FOR UPDATE NOWAIT"
    other = threading.Thread(target=work)
    with database.session() as connection:
        connection.exec_driver_sql(hold, ("c1",))
        other.start()
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        until = time.monotonic() + 10
        while sql(waits) == [(0,)]:
            assert time.monotonic() < until, "it did not wait for the page"
            time.sleep(0.01)
        connection.exec_driver_sql(hold, ("c2",))
    other.join(10)
    assert not other.is_alive()


def test_another_process_sees_it_and_its_end(anna: Agent) -> None:
    """A real process that connects, is seen here, and is killed."""
    code = (
        "import sys, time; from bot.support.accounts import presence\n"
        "presence.connect(int(sys.argv[1]), 'other', 'c1'); print('there', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(anna.id)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout and other.stdout.readline() == "there\n"
    assert presence.status_of(anna.id) == "online"
    other.kill()
    other.wait()
    assert presence.status_of(anna.id) == "online", "not known yet"
    age("agent_presence", STALE)
    assert presence.status_of(anna.id) == "offline"


# --- load --------------------------------------------------------------------------------------------------------------


def test_load_is_what_is_open(anna: Agent) -> None:
    presence.connect(anna.id, "p1", "c1")
    assert [(each.agent, each.load, each.free) for each in presence.online()] == [(anna, 0, 2)]
    for state in ("assigned", "human", "returned", "closed", "bot", "offline_ticket", "queued"):
        handoff(anna, state)
    handoff(None, "queued")
    assert [(each.load, each.free) for each in presence.online()] == [(2, 0)]
    handoff(anna, "human")
    assert [(each.load, each.free) for each in presence.online()] == [(3, 0)], (
        "more than his maximum: none free"
    )


def test_who_is_asked_for(anna: Agent, owner: Agent, make: Make) -> None:
    ben = make("ben", groups=["orders"], languages=["zh", "en"])
    lena = make("lena", "lead", groups=[])
    for agent in (anna, ben, lena):
        presence.connect(agent.id, "p1", f"c{agent.id}")

    def logins(*arguments: object) -> list[str]:
        return [each.agent.login for each in presence.online(*arguments)]  # type: ignore[arg-type]

    assert logins() == ["anna", "ben", "lena"]
    assert logins(["service"]) == ["anna"]
    assert logins(["orders"]) == ["anna", "ben"] == logins(["orders", "style"])
    assert logins(["orders"], "zh") == ["ben"] and logins(["service"], "zh") == []
    assert logins([]) == [] == logins(["style"]), "a lead sees all, but gets what he asked for"
    presence.set_status(anna.id, "away")
    assert logins(["orders"]) == ["ben"]
    sql("UPDATE agents SET active = false WHERE id = %s", ben.id)
    assert logins(["orders"]) == []


def test_the_least_busy_first_then_who_waited_longest(anna: Agent, make: Make) -> None:
    ben, cleo, dora = make("ben"), make("cleo"), make("dora")
    for agent in (anna, ben, cleo, dora):
        presence.connect(agent.id, "p1", f"c{agent.id}")
    handoff(anna, "human")
    handoff(ben, "closed", assigned="now() - interval '1 minute'")
    handoff(cleo, "closed", assigned="now() - interval '2 minutes'")
    assert [each.agent.login for each in presence.online()] == ["dora", "cleo", "ben", "anna"]


def test_inside_the_callers_transaction(anna: Agent) -> None:
    presence.connect(anna.id, "p1", "c1")
    with database.session() as connection:
        connection.exec_driver_sql(
            "INSERT INTO handoffs (conversation, channel, state, reason, agent) VALUES ('x', 'web', 'human', 'asked', %s)",
            (anna.id,),
        )
        assert [each.load for each in presence.online(connection=connection)] == [1], (
            "sees what is not committed"
        )
        assert presence.connected([anna.id], connection=connection) == {anna.id}
        connection.exec_driver_sql("DELETE FROM handoffs")


def test_quick_with_a_year_of_conversations(anna: Agent, make: Make) -> None:
    """40 agents, 50,000 conversations: what every second asks must not grow with the years."""
    agents = [anna, *(make(f"agent{number}") for number in range(39))]
    for agent in agents:
        presence.connect(agent.id, "p1", f"c{agent.id}")
    sql(
        "INSERT INTO handoffs (conversation, channel, state, reason, agent, assigned, ended) SELECT 'y' || n, 'web', "
        "'closed', 'asked', (CAST(%s AS bigint[]))[1 + n %% 40], now(), now() FROM generate_series(1, 50000) n",
        "{" + ",".join(str(agent.id) for agent in agents) + "}",
    )
    sql("ANALYZE handoffs")
    presence.online()
    begin = time.perf_counter()
    presence.online(["service"], "en")
    assert time.perf_counter() - begin < 0.1  # about 2 ms
