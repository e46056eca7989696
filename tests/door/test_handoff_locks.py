"""The lock of a turn: one holder at a time, in one process and in several, and none for ever."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from rasa.core.utils import AvailableEndpoints

from bot.settings import SettingError
from bot.turns import locks
from bot.turns.locks import LockError, TurnLocks
from tests.conftest import ROOT
from tests.door.conftest import Redis


@pytest.fixture(params=["memory", "redis"])
def stores(request: pytest.FixtureRequest) -> list[TurnLocks]:
    """One process's store, or those of three processes."""
    if request.param == "memory":
        return [TurnLocks()] * 3
    url = request.getfixturevalue("redis").url
    return [TurnLocks(url=url) for _ in range(3)]


async def test_one_at_a_time(stores: list[TurnLocks]) -> None:
    conversation, inside, most = uuid4().hex, 0, 0

    async def turn(number: int) -> None:
        nonlocal inside, most
        async with stores[number % len(stores)].lock(conversation):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(*(turn(number) for number in range(30)))
    assert most == 1


async def test_conversations_do_not_wait_for_each_other(stores: list[TurnLocks]) -> None:
    async def other() -> None:
        async with stores[1].lock("b" + uuid4().hex):
            pass

    async with stores[0].lock("a" + uuid4().hex):
        await asyncio.wait_for(other(), 1)


async def test_again_inside_itself(stores: list[TurnLocks]) -> None:
    """As Rasa does inside a turn of ours, in a task that waits with a limit."""
    conversation = uuid4().hex

    async def rasa() -> str:
        async with stores[0].lock(conversation):
            return "answered"

    async with stores[0].lock(conversation):
        assert await asyncio.wait_for(rasa(), 1) == "answered"
        other = (
            asyncio.create_task(stores[1].lock(conversation).__aenter__())
            if stores[0] is not stores[1]
            else None
        )
        await asyncio.sleep(0.1)
        assert other is None or not other.done(), (
            "what was taken again is not free before its first holder ends"
        )
        if other:
            other.cancel()


async def test_a_task_that_outlives_the_turn(stores: list[TurnLocks]) -> None:
    """A reminder that was planned inside a turn has to wait like everybody."""
    conversation, order = uuid4().hex, []
    begun = asyncio.Event()

    async def reminder() -> None:
        await begun.wait()
        async with stores[0].lock(conversation):
            order.append("reminder")

    async with stores[0].lock(conversation):
        task = asyncio.create_task(reminder())
    async with stores[0].lock(conversation):
        begun.set()
        await asyncio.sleep(0.1)
        order.append("turn")
    await task
    assert order == ["turn", "reminder"]


async def test_an_error_inside_frees_it(stores: list[TurnLocks]) -> None:
    conversation = uuid4().hex
    with pytest.raises(ValueError):
        async with stores[0].lock(conversation):
            raise ValueError
    async with stores[1].lock(conversation):
        pass


async def test_a_killed_holder(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "LIFE", 0.5)
    dead, alive, conversation = TurnLocks(url=redis.url), TurnLocks(url=redis.url), uuid4().hex
    await dead._take(locks.PREFIX + conversation, "token")  # and nobody renews it
    begin = asyncio.get_running_loop().time()
    async with alive.lock(conversation):
        assert 0.3 < asyncio.get_running_loop().time() - begin < 2


async def test_a_long_turn_keeps_it(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "LIFE", 0.4)
    monkeypatch.setattr(locks, "RENEW", 0.1)
    one, two, conversation = TurnLocks(url=redis.url), TurnLocks(url=redis.url), uuid4().hex
    async with one.lock(conversation):
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(two.lock(conversation).__aenter__(), 1.5)
    async with two.lock(conversation):
        pass


async def test_who_is_to_stop_waiting_stops(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """redis-py swallows one cancellation in seven while many wait; none may be lost."""
    monkeypatch.setattr(locks, "PATIENCE", 2.0)
    one, two = TurnLocks(url=redis.url), TurnLocks(url=redis.url)

    async def wait(seconds: float) -> None:
        conversation = uuid4().hex
        async with one.lock(conversation):
            with pytest.raises(asyncio.TimeoutError):  # a lost one ends as a `LockError`
                await asyncio.wait_for(two.lock(conversation).__aenter__(), seconds)

    await asyncio.gather(*(wait(0.01 + number * 0.003) for number in range(100)))


async def test_nobody_waits_for_ever(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 0.2)
    one, two, conversation = TurnLocks(url=redis.url), TurnLocks(url=redis.url), uuid4().hex
    async with one.lock(conversation):
        with pytest.raises(LockError):
            async with two.lock(conversation):
                pass


async def test_no_redis() -> None:
    away = TurnLocks(url="redis://127.0.0.1:1/0")
    assert not await away.healthy()
    with pytest.raises(LockError):
        async with away.lock("x"):
            pass


def test_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_REDIS_URL", "http://redis")
    with pytest.raises(SettingError, match="SHOP_REDIS_URL"):
        TurnLocks()
    monkeypatch.setenv("SHOP_REDIS_URL", "redis://127.0.0.1:6399/3")
    assert TurnLocks().url == "redis://127.0.0.1:6399/3"
    monkeypatch.delenv("SHOP_REDIS_URL")
    assert TurnLocks().url is None


def test_rasa_has_no_lock_of_ours() -> None:
    """The door holds the lock of the turn that it asks for; Rasa's own, in its memory, must not wait for it."""
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    assert endpoints.lock_store is None


async def test_redis_started_anew(redis: Redis) -> None:
    """The connections of before are dead: nobody notices."""
    store = TurnLocks(url=redis.url)
    async with store.lock("x"):
        pass
    redis.stop()
    redis.start()
    async with store.lock("x"):
        assert await store.healthy()
