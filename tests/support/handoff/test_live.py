"""Events from one connection to another, and what happens when the connection is cut."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest

from bot.conversation import messages, receipts
from bot.conversation.messages import Draft
from bot.support import handoff
from bot.support.handoff import State
from storage import database, events, personal_data
from storage.events import Listener
from tests.support.handoff.world import World, sql


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "not within time"
        await asyncio.sleep(0.01)


def backends() -> list[int]:
    """The server's processes that listen for us."""
    rows = sql("SELECT pid FROM pg_stat_activity WHERE query = 'LISTEN shop' OR query LIKE 'SELECT 1%'")
    own = sql("SELECT pg_backend_pid()")[0][0]
    return [pid for (pid,) in rows if pid != own]


def publish(topic: str, **data: Any) -> None:
    with database.session() as connection:
        events.publish(connection, topic, data)


async def test_heard_in_order_and_only_when_committed(world: World) -> None:
    heard: list[Any] = []
    listener = Listener()
    listener.on("thing", lambda data: heard.append(data["n"]))
    listener.on("other", lambda data: heard.append("other"))
    assert await listener.start()
    try:
        with pytest.raises(RuntimeError):
            await listener.start()
        await asyncio.to_thread(lambda: [publish("thing", n=n) for n in range(50)])
        with contextlib.suppress(ZeroDivisionError), database.session() as connection:
            events.publish(connection, "thing", {"n": "never"})
            raise ZeroDivisionError
        publish("unheard", n=1)
        publish("other")
        await until(lambda: len(heard) == 51)
        assert heard == [*range(50), "other"]
    finally:
        await listener.stop()
    publish("thing", n="late")
    await asyncio.sleep(0.1)
    assert "late" not in heard and not listener.connected


async def test_callbacks_do_each_other_no_harm(world: World) -> None:
    heard: list[str] = []

    async def slow(data: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        heard.append("coroutine")
        raise ValueError("broken")

    def broken(data: dict[str, Any]) -> None:
        raise ValueError("broken")

    listener = Listener(asyncio.get_running_loop())
    for callback in (broken, slow, lambda data: heard.append("plain")):
        listener.on("thing", callback)
    await listener.start()
    try:
        sql("SELECT pg_notify('shop', 'not ours')")
        sql("SELECT pg_notify('shop', '[1]')")
        publish("thing")
        publish("thing")
        await until(lambda: len(heard) == 4)
        assert sorted(heard) == ["coroutine"] * 2 + ["plain"] * 2
    finally:
        await listener.stop()


def test_too_large_for_an_event(world: World) -> None:
    with pytest.raises(ValueError, match="too large"):
        publish("thing", text="x" * 7000)


async def test_after_a_cut_it_listens_again_and_says_so(world: World) -> None:
    heard: list[int] = []
    gaps: list[float] = []
    listener = Listener()
    listener.on("thing", lambda data: heard.append(data["n"]))
    listener.on_gap(lambda: gaps.append(time.monotonic()))
    await listener.start()
    try:
        publish("thing", n=1)
        await until(lambda: heard == [1])
        assert gaps == []
        for round in (1, 2):
            killed = await asyncio.to_thread(
                lambda: [sql("SELECT pg_terminate_backend(:p)", p=pid) for pid in backends()]
            )
            assert killed, "there was a connection to kill"
            await until(lambda round=round: len(gaps) == round)
            publish("thing", n=round + 1)
            await until(lambda round=round: heard[-1] == round + 1)
        assert heard == [1, 2, 3]
    finally:
        await listener.stop()


async def test_started_while_the_database_is_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gaps: list[bool] = []
    real, away = events._connect, True

    def connect() -> Any:
        if away:
            raise OSError("away")
        return real()

    monkeypatch.setattr(events, "_connect", connect)
    listener = Listener()
    listener.on_gap(lambda: gaps.append(True))
    try:
        assert not await listener.start(timeout=0.2) and not listener.connected
        away = False
        await until(lambda: gaps == [True])
        assert listener.connected
    finally:
        await listener.stop()


async def test_a_quiet_connection_is_asked_whether_it_lives(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "PULSE", 0.05)
    heard: list[int] = []
    listener = Listener()
    listener.on("thing", lambda data: heard.append(data["n"]))
    await listener.start()
    try:
        for n in range(30):
            publish("thing", n=n)
            await asyncio.sleep(0.02)
        await until(lambda: len(heard) == 30)
        assert heard == list(range(30))
    finally:
        await listener.stop()


async def test_what_the_rooms_tell(world: World) -> None:
    """One event for each change, in the order of the changes, and never what was said."""
    anna = world.agent("Anna")
    heard: list[tuple[str, dict[str, Any]]] = []
    listener = Listener()
    for topic in ("message", "handoff", "read", "note", "erased"):
        listener.on(topic, lambda data, topic=topic: heard.append((topic, data)))
    await listener.start()

    def story() -> tuple[str, int]:
        conversation = world.conversation("secret words")
        messages.add(conversation, [Draft("bot", {"text": "a"}), Draft("bot", {"text": "b"})])
        found = world.request(conversation, detail="secret words")
        found = handoff.claim(found.id, anna, found.version)
        handoff.say(found.id, anna, Draft("agent", {"text": "secret words"}))
        handoff.add_note(found.id, anna, "secret words")
        receipts.mark(conversation, "customer", 3)
        handoff.give_back(found.id, anna, 3)
        personal_data.forget(conversation)
        return conversation, found.id

    try:
        conversation, number = await asyncio.to_thread(story)
        await until(lambda: heard and heard[-1][0] == "erased")
    finally:
        await listener.stop()
    assert "secret" not in repr(heard)
    assert all(data.get("conversation", conversation) == conversation for _, data in heard)
    ranges = [(data["first"], data["last"]) for topic, data in heard if topic == "message"]
    assert ranges == [(1, 1), (2, 2), (3, 4), (5, 5), (6, 6), (7, 7), (8, 8)], (
        "each message told once, in order"
    )
    states = [(data["state"], data["version"], data["agent"]) for topic, data in heard if topic == "handoff"]
    assert states == [
        (State.QUEUED.value, 1, None),
        (State.ASSIGNED.value, 2, anna),
        (State.HUMAN.value, 3, anna),  # accepted and replied: one transaction tells the same thing once
        (State.RETURNED.value, 4, anna),
    ]
    assert ("note", {"handoff": number}) in heard
    assert ("read", {"conversation": conversation, "who": "customer", "seq": 3}) in heard
    assert heard[-1] == ("erased", {"conversation": conversation, "before": 9}), "the last one, too"
