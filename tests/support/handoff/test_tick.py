"""What happens by itself, with real rows whose times are set back; several processes at once."""

from __future__ import annotations

import multiprocessing
import os
import threading
from datetime import datetime, timedelta, timezone

import pytest

from bot.support import handoff
from bot.support.handoff import Event, State, agent_side
from storage import database
from tests.support.handoff.world import World, checked, sql, texts


def events(number: int) -> list[str]:
    return [change.event.value for change in handoff.audit(number)]


def test_nothing_to_do(world: World) -> None:
    assert handoff.run_timers() == []
    anna = world.agent("Anna")
    found = world.put(State.HUMAN, anna)
    assert handoff.run_timers() == [] and handoff.get(found.id) == found


def test_who_waits_is_given_to_somebody(world: World) -> None:
    anna = world.agent("Anna", max_load=2, languages=("en",))
    ben = world.agent("Ben", max_load=1, languages=("zh",))
    world.agent("Otto", groups=("orders",))
    away = world.agent("Away", online=False)
    world.online(away, "away")
    english = [world.request() for _ in range(3)]
    chinese = world.request(language="zh", reason="complaint")
    waiting = world.request()
    changed = handoff.run_timers()
    assert [each.id for each in changed] == [chinese.id, *(each.id for each in english[:2])]
    assert handoff.get(chinese.id).agent == ben, "he speaks it"
    assert [checked(each.id).agent for each in english] == [anna, anna, None]
    assert handoff.get(waiting.id).state is State.QUEUED and handoff.run_timers() == []
    assert texts(english[0].conversation, "system")[1:] == [], "assigned is no news for the customer"
    found = handoff.get(english[0].id)
    handoff.close(found.id, anna, found.version, "spam")
    assert [each.id for each in handoff.run_timers()] == [english[2].id], "who asked first"


def test_by_hand_only(world: World) -> None:
    world.settings(assignment={"automatic": False})
    world.agent("Anna")
    world.request()
    assert handoff.run_timers() == []


def test_not_accepted_in_time(world: World) -> None:
    anna = world.agent("Anna")
    found = world.request()
    handoff.run_timers()
    world.passes(59)
    assert handoff.run_timers() == []
    world.passes(2)
    (silent,) = handoff.run_timers()
    assert silent.state is State.QUEUED and silent.agent is None and silent.asked < found.asked
    assert handoff.run_timers() == [], "not the same one again at once"
    ben = world.agent("Ben")
    (again,) = handoff.run_timers()
    assert again.agent == ben
    world.passes(61)
    handoff.run_timers()
    later = datetime.now(timezone.utc) + timedelta(seconds=121)
    (third,) = handoff.run_timers(later)
    assert third.agent in (anna, ben) and third.state is State.ASSIGNED
    assert events(found.id) == ["request", "assign", "silent", "assign", "silent", "assign"]
    checked(found.id)


def test_who_released_it_does_not_get_it_back(world: World) -> None:
    anna = world.agent("Anna")
    found = world.put(State.ASSIGNED, anna)
    handoff.release(found.id, anna, found.version)
    assert handoff.run_timers(datetime.now(timezone.utc) + timedelta(seconds=600)) == []
    ben = world.agent("Ben")
    (given,) = handoff.run_timers()
    assert given.agent == ben


def test_the_agent_is_gone(world: World) -> None:
    for state in (State.ASSIGNED, State.HUMAN):
        anna = world.agent(f"Anna {state.value}", max_load=1)
        found = world.put(state, anna)
        world.offline(anna)
        helper = world.agent("Helper", max_load=0)
        assert handoff.run_timers() == []
        marked = handoff.get(found.id)
        assert marked.gone_since is not None and marked.version == found.version
        world.online(anna)
        handoff.run_timers()
        assert handoff.get(found.id).gone_since is None, "back in time"
        world.lost(anna)
        handoff.run_timers()
        world.passes(50)
        assert handoff.run_timers() == []
        world.passes(11)
        (gone,) = handoff.run_timers()
        assert gone.id == found.id and gone.state is State.QUEUED and gone.gone_since is None
        told = texts(found.conversation, "system")[-1]
        assert ("was lost" in told) is (state is State.HUMAN)
        assert events(found.id)[-1] == "gone" and checked(found.id)
        handoff.cancel(found.conversation)
        world.offline(helper)


def test_who_comes_back_into_the_queue_keeps_the_place(world: World) -> None:
    anna = world.agent("Anna")
    first = world.put(State.HUMAN, anna)
    second = world.request()
    world.passes(2000, first.conversation)
    world.offline(anna)
    world.agent("Full", max_load=0)
    handoff.run_timers()
    world.passes(61)
    handoff.run_timers()
    assert [each.id for each in handoff.queue()] == [first.id, second.id]
    assert handoff.run_timers() == [], "it waits from now on, not since it was asked"
    assert handoff.place_of(handoff.get(first.id)).place == 1
    assert handoff.places()[second.id].place == 2


def test_nobody_came_in_time(world: World) -> None:
    world.agent("Full", max_load=0)
    found = world.request()
    world.passes(899)
    assert handoff.run_timers() == []
    world.passes(2)
    (ended,) = handoff.run_timers()
    assert ended.state is State.OFFLINE_TICKET and ended.ended
    assert texts(found.conversation)[-1].startswith("I'm sorry, nobody could take your conversation in time.")
    assert handoff.before_turn(found.conversation).wants_email == found.id
    assert handoff.audit(found.id)[-1].detail["why"] == "wait"


def test_the_last_one_leaves(world: World) -> None:
    anna = world.agent("Anna", max_load=0)
    found = world.request()
    world.lost(anna, 100)
    assert handoff.run_timers() == [], "a server that starts anew is no empty desk"
    world.lost(anna, 130)
    (ended,) = handoff.run_timers()
    assert ended.id == found.id and ended.state is State.OFFLINE_TICKET
    other = world.agent("Away")
    world.request()
    world.online(other, "away")
    assert [each.state for each in handoff.run_timers()] == [State.OFFLINE_TICKET]


def test_out_of_hours(world: World) -> None:
    anna = world.agent("Anna", max_load=0)
    world.settings(hours={"timezone": "Europe/Berlin", "week": {"mon": "09:00-18:00"}})
    monday = datetime(2026, 7, 6, 15, 59, tzinfo=timezone.utc)
    conversation = world.conversation()
    asked = handoff.request(conversation, channel="web", reason="asked", language="en", now=monday)
    assert asked.open
    evening = monday + timedelta(hours=1)
    late = handoff.request(world.conversation(), channel="web", reason="asked", language="en", now=evening)
    assert not late.open and late.back.isoformat() == "2026-07-13T09:00:00+02:00"
    assert texts(late.handoff.conversation)[-1] == (
        "Nobody is there at this hour. People are back on 13 Jul at 09:00 (CEST, UTC+2). "
        "Leave me your e-mail address, and you get an answer there. Until then I'm here for you."
    )
    chinese = handoff.request(world.conversation(), channel="web", reason="asked", language="zh", now=evening)
    assert texts(chinese.handoff.conversation)[-1].startswith(
        "现在不是人工服务时间，客服将于7月13日 09:00 (CEST, UTC+2) 上班。"
    )
    assert handoff.audit(late.handoff.id)[-1].detail["why"] == "closed_hours"
    assert (
        handoff.availability("service", evening).why == "closed_hours"
        and handoff.availability("service", monday).open
    )
    world.offline(anna)
    assert handoff.availability("service", monday).why == "nobody"


def test_another_desk_looks_after_its_own(world: World) -> None:
    world.settings(desk="chatwoot")
    found = world.request()
    assert found.state is State.QUEUED, "who is there is that desk's to know"
    assert handoff.run_timers() == []
    anna = world.agent("Anna", online=False)
    found = handoff.claim(found.id, anna, found.version)
    world.passes(300)
    assert handoff.run_timers() == [] and handoff.get(found.id).state is State.ASSIGNED


def test_waiting_times_are_known_from_the_last_conversations(world: World) -> None:
    anna = world.agent("Anna", max_load=2)
    asked = handoff.request(world.conversation(), channel="web", reason="asked", language="en")
    assert (asked.place, asked.wait_minutes) == (1, None), "nothing is known yet"
    for minutes in (4, 6, 20):
        found = world.put(State.CLOSED, anna)
        sql(
            "UPDATE handoffs SET assigned = ended - make_interval(mins => :m), accepted = ended - make_interval(mins => :m), "
            "first_reply = ended - make_interval(mins => :m) + interval '30 seconds' WHERE id = :id",
            m=minutes,
            id=found.id,
        )
    assert handoff.place_of(asked.handoff) == (1, 1), "somebody is free: half a minute, told as one"
    for _ in range(2):
        world.request()
    last = handoff.request(world.conversation(), channel="web", reason="asked", language="en")
    # Two can be taken at once; the fourth waits for two of two conversations of six minutes to end.
    assert (last.place, last.wait_minutes) == (4, 7)
    assert texts(last.handoff.conversation, "system") == [
        "I'm getting a person for you. You are number 4 in the queue. It takes about 7 min. "
        "You can go on writing: everything reaches them."
    ]
    assert handoff.places() == {each.id: handoff.place_of(each) for each in handoff.queue()}
    assert handoff.places(["orders"]) == {}
    world.offline(anna)
    assert handoff.place_of(last.handoff) == (4, None), "nobody is there: nothing is promised"
    assert handoff.place_of(found) == (0, None)


# --- several at once --------------------------------------------------------------------------------------------------


def _process(start: object, end: object, times: int) -> None:
    """Another server process: it has nothing of ours in memory but the address of the database."""
    start.wait()  # type: ignore[attr-defined]
    for _ in range(times):
        handoff.run_timers()
    end.put(os.getpid())  # type: ignore[attr-defined]


def test_two_processes_at_once(world: World) -> None:
    agents = [world.agent(f"Agent {number}", max_load=5) for number in range(4)]
    waiting = [world.request() for _ in range(30)]
    silent = [world.put(State.ASSIGNED, agents[0]) for _ in range(3)]
    world.passes(61)
    sql("UPDATE handoffs SET queued = clock_timestamp() WHERE state = 'queued'")
    context = multiprocessing.get_context("spawn")
    start, end = context.Event(), context.Queue()
    processes = [context.Process(target=_process, args=(start, end, 10)) for _ in range(2)]
    for process in processes:
        process.start()
    start.set()
    for _ in range(20):
        handoff.run_timers()
    pids = {end.get(timeout=60) for _ in processes}
    for process in processes:
        process.join(30)
        assert process.exitcode == 0
    assert len(pids) == 2
    loads = {agent: len(handoff.of_agent(agent)) for agent in agents}
    assert loads == dict.fromkeys(agents, 5), "everybody has all he can, nobody more"
    for found in waiting:
        assert events(found.id).count(Event.ASSIGN.value) <= 1 and checked(found.id)
    for found in silent:
        assert events(found.id).count("silent") == 1


def test_no_circle_with_a_migration(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who needs the table for himself gets it between the look and the change."""
    anna = world.agent("Anna")
    found = world.request()
    assign = agent_side.assign

    def migrated_meanwhile(*arguments: int) -> handoff.Handoff:
        with database.session() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
            connection.exec_driver_sql("LOCK TABLE handoffs IN ACCESS EXCLUSIVE MODE")
        return assign(*arguments)

    monkeypatch.setattr(agent_side, "assign", migrated_meanwhile)
    assert [(each.id, each.agent) for each in handoff.run_timers()] == [(found.id, anna)]


def test_only_one_works(world: World) -> None:
    world.agent("Anna", max_load=50)
    for _ in range(5):
        world.request()
    changed: list[list[handoff.Handoff]] = []
    barrier = threading.Barrier(4)

    def run() -> None:
        barrier.wait()
        changed.append(handoff.run_timers())

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(len(each) for each in changed) == 5
