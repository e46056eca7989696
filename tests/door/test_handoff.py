"""While a person has the conversation, or is waited for, the bot says nothing; both sides see each other at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from bot.conversation import messages, receipts
from bot.support import handoff
from bot.support.handoff import State
from storage import database, events
from tests.door.conftest import Echo
from tests.door.handing import Customer, Desk, consistent, frame, frames, stored, texts
from tests.door.hostile import picture, save

OPEN = ("queued", "assigned", "human")


async def test_asked_for(echo: Echo, desk: Desk) -> None:
    async with Customer(echo.url, language="en") as customer:
        turn = await customer.say("person")
        assert turn.replies and turn.replies[-1]["from"] == "system", (
            "the hand-over announces itself, before the turn ends"
        )
        assert "next" in turn.replies[-1]["text"] and "min" not in turn.replies[-1]["text"], (
            "no wait that is not known"
        )
        got = await customer.stands("queued")
        assert (got["place"], got["wait"], got["agent"]) == (1, None, None)
        found = desk.open(customer.conversation)
        assert (found.state, found.reason, found.detail, found.channel) == (
            State.QUEUED,
            "asked",
            "person",
            "web",
        )
        assert found.packet["turns"][-1]["text"] == "person"
        assert (await customer.say("person")).replies == [], "asked for once, announced once"
        assert len(stored(customer.conversation)) == 3
        consistent(customer)


async def test_what_the_bot_says_before_it(echo: Echo, desk: Desk) -> None:
    async with Customer(echo.url) as customer:
        turn = await customer.say("sorry")
        assert [(each["from"], each["text"] == "echo sorry") for each in turn.replies] == [
            ("bot", True),
            ("system", False),
        ]


@pytest.mark.parametrize("state", OPEN)
async def test_silence(echo: Echo, desk: Desk, state: str) -> None:
    async with Customer(echo.url) as customer:
        await customer.say("person")
        desk.bring_to(customer.conversation, state)
        await customer.stands(state)
        await frames(customer, 0.2)
        for text in ("hello?", "sleep 0.1 x", "crash", "silent", ""):
            turn = await customer.say(text)
            assert turn.replies == [] and turn.error is None, "the message is taken, and not answered"
        got = await frames(customer, 0.6)
        assert [each for each in got if each["type"] in ("event", "typing")] == []
        assert echo.asked(customer.conversation) == ["person"], "the dialogue was not even asked"
        assert messages.unanswered(customer.conversation) == []
        assert [text for sender, text in stored(customer.conversation) if sender == "customer"][1:] == [
            "hello?", "sleep 0.1 x", "crash", "silent", None,
        ]  # fmt: skip
        consistent(customer)


@pytest.mark.parametrize("state", ["queued", "human"])
async def test_a_turn_in_flight_is_dropped(echo: Echo, desk: Desk, state: str) -> None:
    """The bot is at work when the person comes: what it says then is not said, nor what waits behind it."""
    async with Customer(echo.url) as customer:
        await customer.say("hi")
        await customer.send({"type": "say", "id": "slow", "text": "hold x"})
        await frame(customer, "typing", on=True)
        for ident, text in (("behind", "y"), ("last", "shop")):
            await customer.send({"type": "say", "id": ident, "text": text})
            await frame(customer, "ack", id=ident)
        if state == "human":
            desk.step_in(customer.conversation)
        else:
            handoff.request(customer.conversation, channel="web", reason="asked")
        desk.open(customer.conversation)
        echo.go(customer.conversation)
        await frame(customer, "done", id="last")
        assert texts(customer) == ["echo hi"]
        assert [sender for sender, _ in stored(customer.conversation)] == [
            "customer",
            "bot",
            *["customer"] * 3,
            "system",
        ]
        assert echo.asked(customer.conversation) == ["hi", "hold x"], "what waited was not asked"
        consistent(customer)


async def test_reminders_are_dropped(echo: Echo, desk: Desk) -> None:
    async with Customer(echo.url) as customer:
        await customer.say("remind 0.3")
        assert (await frame(customer, "event", text="reminder"))["from"] == "bot", (
            "as long as nobody is there"
        )
        await customer.say("remind 0.5")
        desk.step_in(customer.conversation)
        await asyncio.sleep(0.9)
        assert texts(customer).count("reminder") == 1
        desk.close(customer.conversation)
        await customer.say("remind 0.1")
        await frame(customer, "event", text="reminder")


async def test_both_sides_see_each_other_at_once(echo: Echo, desk: Desk) -> None:
    async with Customer(echo.url) as customer:
        await customer.say("person")
        desk.accept(customer.conversation)
        assert (await customer.stands("human"))["agent"] == {"name": "Anna"}
        waits = []
        for number in range(10):
            begin = time.monotonic()
            desk.say(customer.conversation, f"message {number}")
            got = await frame(customer, "event", text=f"message {number}")
            waits.append(time.monotonic() - begin)
            assert got["from"] == "agent" and got["agent"] == {"name": "Anna"}
        assert max(waits) < 1, waits
        await customer.say("thanks")
        assert stored(customer.conversation)[-1] == ("customer", "thanks")
        consistent(customer)


@pytest.fixture
async def listener() -> AsyncIterator[events.Listener]:
    """Hears what the desk's pages hear."""
    found = events.Listener()
    await found.start()
    yield found
    await found.stop()


async def test_the_desk_hears_at_once(echo: Echo, desk: Desk, listener: events.Listener) -> None:
    """Words and photos, stored as answered in the transaction that tells of them."""
    async with Customer(echo.url) as customer:
        await customer.say("person")
        desk.accept(customer.conversation)
        photo = await customer.upload(save(picture(), "JPEG"))
        heard: asyncio.Queue[tuple[float, int, bool]] = asyncio.Queue()

        def hear(event: dict) -> None:
            if event["conversation"] == customer.conversation:
                found = messages.get(customer.conversation, event["last"])
                heard.put_nowait((time.monotonic(), event["last"], found is not None and found.answered))

        listener.on("message", hear)
        for number in range(6):
            begin = time.monotonic()
            await customer.say(f"m{number}", photo if number == 5 else None)
            at, seq, answered = await asyncio.wait_for(heard.get(), 5)
            assert at - begin < 1 and answered
        kept = messages.get(customer.conversation, seq)
        assert kept is not None and kept.body["photo"] == photo


async def test_typing_and_read_marks(echo: Echo, desk: Desk, listener: events.Listener) -> None:
    heard: list[dict] = []
    listener.on("typing", heard.append)
    listener.on("read", heard.append)
    async with Customer(echo.url) as customer:
        conversation = customer.conversation
        await customer.say("hi")
        await customer.send({"type": "typing", "on": True})  # to whom?
        await customer.say("person")
        desk.accept(conversation)
        await customer.stands("human")
        await customer.send({"type": "typing", "on": True})
        await customer.send({"type": "read", "seq": 3})
        await customer.send({"type": "read", "seq": 10**15})  # what is not there is not read
        with database.session() as connection:
            typing = {"conversation": conversation, "who": "agent", "on": True, "name": "Anna"}
            events.publish(connection, "typing", typing)
        assert (await frame(customer, "typing", who="agent"))["name"] == "Anna"
        receipts.mark(conversation, "agent", 4)
        assert (await frame(customer, "read"))["seq"] == 4
        await asyncio.sleep(0.3)
        mine = [each for each in heard if each["conversation"] == conversation and each["who"] == "customer"]
        assert [each["on"] for each in mine if "on" in each] == [True]
        assert [each["seq"] for each in mine if "seq" in each] == [3, messages.last_seq(conversation)]
        assert receipts.of(conversation).agent == 4


async def test_welcome_tells_how_it_stands(echo: Echo, desk: Desk) -> None:
    customer = Customer(echo.url)
    welcomes = []

    async def again() -> dict:
        await customer.disconnect()
        await customer.connect()
        customer.frames = asyncio.Queue()
        await customer.send({"type": "hello", "since": 0})
        welcomes.append(await frame(customer, "welcome"))
        return welcomes[-1]

    await customer.connect()
    try:
        await customer.say("hi")
        assert (await again())["handoff"] is None
        await customer.say("person")
        assert (await again())["handoff"] == {"state": "queued", "place": 1, "wait": None, "agent": None}
        desk.accept(customer.conversation)
        receipts.mark(customer.conversation, "agent", 2)
        got = await again()
        assert got["handoff"] == {"state": "human", "place": None, "wait": None, "agent": {"name": "Anna"}}
        assert got["read"] == 2
        desk.close(customer.conversation)
        got = await again()
        assert got["handoff"] is None
        number = desk.latest(customer.conversation).id
        assert got["events"][-1]["rating"] == {"handoff": number, "stars": None}
        await customer.send({"type": "rate", "id": "r", "handoff": number, "stars": 4, "comment": "fine"})
        await frame(customer, "ack", id="r")
        assert (await again())["events"][-1]["rating"] == {"handoff": number, "stars": 4}
    finally:
        await customer.close()


async def test_the_queue_moves(echo: Echo, desk: Desk) -> None:
    async with Customer(echo.url) as one, Customer(echo.url) as two, Customer(echo.url) as three:
        for place, customer in enumerate((one, two, three), start=1):
            turn = await customer.say("person")
            assert (f"number {place}" if place > 1 else "next") in turn.replies[-1]["text"]
        desk.accept(one.conversation)
        await one.stands("human")
        await two.stands("queued", place=1)
        await three.stands("queued", place=2)
        await two.send({"type": "cancel_handoff"})
        assert (await two.stands("bot"))["place"] is None
        await three.stands("queued", place=1)


@pytest.mark.parametrize("state", ["queued", "assigned"])
@pytest.mark.parametrize("how", ["frame", "cancel", "取消", "Back to the assistant."])
async def test_cancel(echo: Echo, desk: Desk, state: str, how: str) -> None:
    async with Customer(echo.url, language="en") as customer:
        await customer.say("person")
        desk.bring_to(customer.conversation, state)
        await customer.stands(state)
        if how == "frame":
            await customer.send({"type": "cancel_handoff"})
        else:
            await customer.say(how)
        await customer.stands("bot")
        assert desk.latest(customer.conversation).state is State.BOT
        assert (await customer.say("hi")).replies[0]["text"] == "echo hi", "the bot has it again"
        assert len(texts(customer)) == 2, "one line says so"
        consistent(customer)


async def test_cancel_is_too_late(echo: Echo, desk: Desk) -> None:
    async with Customer(echo.url) as customer:
        await customer.say("person")
        desk.accept(customer.conversation)
        await customer.stands("human")
        await customer.send({"type": "cancel_handoff"})
        assert (await frame(customer, "handoff"))["state"] == "human", "the page is told how it stands"
        await customer.say("cancel")  # is for the person
        assert desk.open(customer.conversation).state is State.HUMAN
        desk.close(customer.conversation)
        await customer.send({"type": "cancel_handoff"})
        await customer.stands("bot")


async def test_a_double_is_no_second_cancel(echo: Echo, desk: Desk) -> None:
    async with Customer(echo.url) as customer:
        await customer.say("person")
        said = {"type": "say", "id": "c", "text": "cancel"}
        await customer.turn(said)
        await customer.say("person")
        await customer.turn(said)  # the client was not sure that it arrived
        assert desk.open(customer.conversation).state is State.QUEUED


@pytest.mark.parametrize(
    "sent",
    [
        {"type": "typing"},
        {"type": "typing", "on": "yes"},
        {"type": "read"},
        {"type": "read", "seq": "3"},
        {"type": "read", "seq": -1},
        {"type": "read", "seq": True},
        {"type": "rate", "id": "x"},
        {"type": "rate", "id": "x", "handoff": 10**30, "stars": 3},
        {"type": "rate", "id": "x", "handoff": 1, "stars": 9},
        {"type": "rate", "id": "x", "handoff": 999999, "stars": 3},
        {"type": "rate", "handoff": 1, "stars": 3},
        {"type": "rate", "id": "x", "handoff": 1, "stars": 3, "comment": ["x"]},
    ],
)
async def test_wrong_frames(echo: Echo, desk: Desk, sent: dict) -> None:
    async with Customer(echo.url) as customer:
        await customer.say("hi")
        await customer.send(sent)
        assert (await frame(customer, "error"))["code"] == "bad_request"
        assert (await customer.say("still here")).replies


async def test_anothers_hand_over_cannot_be_rated(echo: Echo, desk: Desk) -> None:
    async with Customer(echo.url) as one, Customer(echo.url) as two:
        await one.say("person")
        desk.accept(one.conversation)
        number = desk.close(one.conversation).id
        turn = await two.turn({"type": "rate", "id": "x", "handoff": number, "stars": 1})
        assert turn.error and turn.error["code"] == "bad_request"
        assert desk.latest(one.conversation).rating is None


async def test_two_tabs_see_the_same(echo: Echo, desk: Desk) -> None:
    async with Customer(echo.url) as one, Customer(echo.url, token=one.token) as two:
        await one.say("person")
        await two.stands("queued")
        desk.accept(one.conversation)
        for tab in (one, two):
            await tab.stands("human")
        for number in range(20):
            desk.say(one.conversation, str(number))
            await (one, two)[number % 2].send({"type": "say", "id": f"m{number}", "text": f"c{number}"})
        await frame(one, "done", id="m18")
        await frame(two, "done", id="m19")
        await asyncio.sleep(0.3)
        consistent(one)
        consistent(two)
        assert texts(one, "agent") == [str(number) for number in range(20)]


async def test_the_clock_runs(echo: Echo, desk: Desk) -> None:
    """What time demands is done by the servers: here that a free agent is given the conversation."""
    desk.settings(assignment={"automatic": True})
    async with Customer(echo.url) as customer:
        await customer.say("person")
        assert (await customer.stands("assigned"))["agent"] == {"name": "Anna"}
        assert desk.open(customer.conversation).state is State.ASSIGNED


async def test_nothing_gets_stuck(echo: Echo, desk: Desk) -> None:
    """A message that comes while the one before it is being looked up is not forgotten."""
    async with Customer(echo.url) as customer:
        await customer.say("person")
        desk.accept(customer.conversation)
        for pause in range(40):
            for text in (f"a{pause}", f"b{pause}"):
                await asyncio.to_thread(desk.say, customer.conversation, text)
                await asyncio.sleep(pause / 1000)
            if f"b{pause}" not in texts(customer, "agent"):
                await frame(customer, "event", within=3, text=f"b{pause}")
        consistent(customer)
