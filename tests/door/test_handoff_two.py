"""Two server processes on one PostgreSQL and a real Redis: they are one assistant, and one of them may die."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from bot.conversation import messages
from bot.operations.client import ClientError
from bot.support.handoff import OPEN
from tests.conftest import wait_for
from tests.door.conftest import Echo, Redis
from tests.door.handing import Customer, Desk, come_back, consistent, frame, frames, stored, texts, until
from tests.door.killing import Scene


@pytest.fixture(scope="module")
def both(shared_echo: Echo, redis: Redis) -> Iterator[tuple[Echo, Echo]]:
    """The second one is of a channel that can show nothing but text and buttons."""
    pair = [
        Echo(shared_echo.folder, start=False, SHOP_REDIS_URL=redis.url, ECHO_PLAIN=plain)
        for plain in ("", "1")
    ]
    for server in pair:
        server.launch()
    for server in pair:
        wait_for(server.answers, 300, "start of an echo server")
    yield pair[0], pair[1]
    for server in pair:
        server.stop()


@pytest.fixture
def pair(both: tuple[Echo, Echo]) -> tuple[Echo, Echo]:
    """Both, up even if the test before has killed one."""
    for server in both:
        if server.process is not None and server.process.poll() is not None:
            server.start()
    return both


async def test_one_conversation_on_two_servers(pair: tuple[Echo, Echo], desk: Desk) -> None:
    async with Customer(pair[0].url) as one, Customer(pair[1].url, token=one.token) as two:
        waits = []
        for number in range(10):
            speaks, hears = (one, two) if number % 2 else (two, one)
            begin = time.monotonic()
            await speaks.say(f"m{number}")
            while f"echo m{number}" not in texts(hears):
                await asyncio.wait_for(hears.frames.get(), 5)
            waits.append(time.monotonic() - begin)
        assert max(waits) < 1, waits
        consistent(one)
        consistent(two)
        assert pair[0].asked(one.conversation) == [f"m{number}" for number in range(10)]


async def test_a_hand_over_on_two_servers(pair: tuple[Echo, Echo], desk: Desk) -> None:
    async with Customer(pair[0].url) as one, Customer(pair[1].url, token=one.token) as two:
        await one.say("person")
        for tab in (one, two):
            await tab.stands("queued")
        desk.accept(one.conversation)
        for tab in (one, two):
            await tab.stands("human")
        begin = time.monotonic()
        desk.say(one.conversation, "hello")
        for tab in (one, two):
            await frame(tab, "event", text="hello")
        assert time.monotonic() - begin < 1
        await two.say("hello from the second")
        assert texts(one) == texts(two) == []
        desk.give_back(one.conversation)
        for tab in (one, two):
            await tab.stands("bot")
        assert (await two.say("hi")).replies[0]["text"] == "echo hi"
        await asyncio.sleep(0.3)
        consistent(one)
        consistent(two)


async def test_a_turn_goes_on_elsewhere(pair: tuple[Echo, Echo], desk: Desk) -> None:
    """The customer changes servers in the middle of a turn: it is not begun a second time."""
    async with Customer(pair[0].url) as customer:
        await customer.send({"type": "say", "id": "slow", "text": "hold x"})
        await frame(customer, "typing", on=True)
        await customer.disconnect()
        customer.url = pair[1].url
        await customer.connect()
        again = asyncio.create_task(customer.turn({"type": "say", "id": "slow", "text": "hold x"}))
        await asyncio.sleep(0.5)
        pair[0].go(customer.conversation)
        assert (await again).error is None
        assert texts(customer) == ["echo hold x"]
        assert pair[0].asked(customer.conversation) == ["hold x"]
        consistent(customer)


async def test_many_tabs_write_at_once(pair: tuple[Echo, Echo], desk: Desk) -> None:
    """And the dialogue has one turn of the conversation at a time."""
    async with Customer(pair[0].url) as one, Customer(pair[1].url, token=one.token) as two:
        for number in range(6):
            await (one, two)[number % 2].send(
                {"type": "say", "id": f"m{number}", "text": f"remember {number}"}
            )
        await until(
            lambda: len([each for each in stored(one.conversation) if each[0] == "bot"]) == 6, "6 answers", 20
        )
        held = (await one.say("memory")).replies[0]["text"]
        assert held.count('"colour"') == 6 + 1, "no turn has overwritten another"
        await asyncio.sleep(0.3)
        consistent(one)
        consistent(two)


async def test_one_is_killed_in_a_turn(pair: tuple[Echo, Echo], desk: Desk) -> None:
    """The customer comes back to the other one: nothing is lost, nothing twice, the turn in flight is answered."""
    first, second = pair
    async with Customer(first.url) as customer:
        said = ["hold x", "y", "z"]
        for number, text in enumerate(said):
            await customer.send({"type": "say", "id": f"m{number}", "text": text})
        for number in range(len(said)):
            await frame(customer, "ack", id=f"m{number}")
        await until(lambda: "hold x" in first.asked(customer.conversation), "the turn's begin")
        first.stop()
        first.go(customer.conversation)
        await come_back(customer, second.url)
        for number, text in enumerate(said):  # it is not sure of the last ones
            await customer.turn({"type": "say", "id": f"m{number}", "text": text}, 30)
        assert texts(customer, "customer") == said
        assert texts(customer) == [f"echo {text}" for text in said]
        consistent(customer)


async def test_redis_is_away(pair: tuple[Echo, Echo], desk: Desk, redis: Redis) -> None:
    """No turn without the lock: the customer is told, and answered when it is back. A person needs no lock."""
    async with Customer(pair[0].url, language="en") as customer, Customer(pair[0].url) as other:
        await other.say("person")
        desk.accept(other.conversation)
        redis.stop()
        try:
            turn = await customer.say("hi")
            assert turn.error and turn.error["code"] == "unavailable"
            assert (await other.say("hello")).error is None
            desk.say(other.conversation, "hello")
            await frame(other, "event", text="hello")
        finally:
            redis.start()
        await frame(customer, "event", text="echo hi", within=15)
        assert pair[0].asked(customer.conversation) == ["hi"]
        assert (await customer.say("and on")).replies


async def test_stars_and_back_as_buttons(pair: tuple[Echo, Echo], desk: Desk) -> None:
    """A channel without a banner and stars."""
    async with Customer(pair[1].url, language="en") as customer:
        turn = await customer.say("person")
        assert [each["title"] for each in turn.replies[0]["buttons"]] == ["Back to the assistant"]
        await customer.press_title("Back to the assistant")
        await customer.stands("bot")
        turn = await customer.press(turn.replies[0]["seq"], 1)
        assert turn.error and turn.error["code"] == "not_offered"
        await customer.say("person")
        desk.accept(customer.conversation)
        here = await frame(customer, "event", **{"from": "system"})
        assert here["buttons"] == [], "there is no way back that the customer takes alone"
        desk.close(customer.conversation)
        asked = await frame(customer, "event", **{"from": "bot"})
        assert [each["title"] for each in asked["buttons"]] == ["1", "2", "3", "4", "5"]
        turn = await customer.press(asked["seq"], 3)
        assert turn.replies[0]["text"] == "Thank you for telling us."
        assert desk.latest(customer.conversation).rating == 4
        async with Customer(pair[0].url, token=customer.token) as widget:
            assert [each["buttons"] for each in widget.events if each["rating"]] == [[]], (
                "the widget has stars"
            )


async def test_database_connection_cut(pair: tuple[Echo, Echo], desk: Desk) -> None:
    """The listeners' connections are lost: what happened meanwhile is caught up."""
    from tests.door.handing import sql

    async with Customer(pair[0].url) as customer:
        await customer.say("person")
        desk.accept(customer.conversation)
        await customer.stands("human")
        sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()"
        )
        for number in range(3):
            desk.say(customer.conversation, f"after {number}")
        await until_seen(customer, "after 2")
        assert texts(customer, "agent") == ["after 0", "after 1", "after 2"]
        desk.close(customer.conversation)
        await customer.stands("bot")
        assert (await frames(customer, 0.1)) is not None
        assert messages.last_seq(customer.conversation) == customer.seen


async def until_seen(customer: Customer, text: str) -> None:
    if not any(event["text"] == text for event in customer.events):
        try:
            await frame(customer, "event", text=text)
        except ClientError as error:
            raise AssertionError(f"{text!r} did not arrive") from error


async def test_one_is_killed_in_each_state(pair: tuple[Echo, Echo], desk: Desk) -> None:
    """Customers and the agent go on at the other one, while messages come in."""
    first, second = pair
    async with Scene(desk, first.url) as scene:
        scene.write()
        await asyncio.sleep(0.3)
        first.stop()
        await scene.over(second.url)
        for state in OPEN:
            assert second.asked(scene.customers[state].conversation) == ["person"], "not even asked"
