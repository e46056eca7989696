"""Who calls a person: the dialogue, an owner's rule, failures in a row; and what is asked of the customer on the way."""

from __future__ import annotations

from uuid import uuid4

import pytest

from bot.conversation.replies import PersonWanted, Reply
from bot.support import handoff
from bot.support.handoff import State
from bot.turns import router
from tests.door.conftest import Echo
from tests.door.handing import Customer, Desk, consistent, frame, frames, sql, stored, texts

LEGAL = {"name": "legal", "keywords": {"en": ["lawyer"], "zh": ["律师"]}, "group": "orders", "priority": 7}


async def test_keyword_at_once(echo: Echo, desk: Desk) -> None:
    desk.settings(rules=[{**LEGAL, "ask": False}])
    async with Customer(echo.url, language="en") as customer:
        turn = await customer.say("My LAWYER will call you")
        assert [each["from"] for each in turn.replies] == ["system"]
        assert echo.asked(customer.conversation) == [], "before the dialogue is asked"
        found = desk.open(customer.conversation)
        assert (found.reason, found.detail, found.group, found.priority) == ("keyword", "legal", "orders", 7)
        await customer.send({"type": "cancel_handoff"})
        await customer.stands("bot")
        turn = await customer.say("my lawyer again")
        assert turn.replies[0]["text"] == "echo my lawyer again", "once in a conversation"


@pytest.mark.parametrize("how", ["button", "yes", "好的"])
async def test_keyword_asked_and_taken(echo: Echo, desk: Desk, how: str) -> None:
    desk.settings(rules=[LEGAL])
    async with Customer(echo.url, language="en") as customer:
        turn = await customer.say("my lawyer")
        assert len(turn.replies) == 1 and [each["title"] for each in turn.replies[0]["buttons"]] == [
            "Yes, a person please",
            "No, go on here",
        ]
        assert handoff.open_of(customer.conversation) is None, "asked, not done"
        turn = await (customer.press_title("Yes, a person please") if how == "button" else customer.say(how))
        assert [each["from"] for each in turn.replies] == ["system"]
        found = desk.open(customer.conversation)
        assert (found.reason, found.detail, found.group, found.priority) == ("keyword", "legal", "orders", 7)
        assert echo.asked(customer.conversation) == []
        consistent(customer)


@pytest.mark.parametrize("how", ["button", "no thanks"])
async def test_keyword_asked_and_declined(echo: Echo, desk: Desk, how: str) -> None:
    """Then the bot answers what was said in the first place."""
    desk.settings(rules=[LEGAL])
    async with Customer(echo.url, language="en") as customer:
        await customer.say("my lawyer")
        turn = await (customer.press_title("No, go on here") if how == "button" else customer.say(how))
        assert [each["text"] for each in turn.replies] == ["echo my lawyer"]
        assert handoff.latest(customer.conversation) is None
        assert (await customer.say("yes")).replies[0]["text"] == "echo yes", "nothing is offered any more"


async def test_an_offer_is_not_everybodys(echo: Echo, desk: Desk) -> None:
    """Other words after the offer go to the dialogue; a forged answer to no offer does nothing."""
    desk.settings(rules=[LEGAL])
    async with Customer(echo.url, language="en") as customer:
        await customer.say("my lawyer")
        assert (await customer.say("show me shoes")).replies[0]["text"] == "echo show me shoes"
        assert (await customer.say("yes")).replies[0]["text"] == "echo yes"
        turn = await customer.press_title("Yes, a person please")  # the button is still there
        assert turn.replies[0]["from"] == "system"


async def test_vip_after_the_turn(echo: Echo, desk: Desk) -> None:
    """Known by an order of this conversation: the bot answers, and then offers a person."""
    desk.settings(rules=[{"name": "regulars", "orders_from": 1, "ask": True, "priority": 3}])
    async with Customer(echo.url, language="en") as customer:
        assert len((await customer.say("hi")).replies) == 1
        place_order(customer.conversation)
        turn = await customer.say("hello")
        assert turn.replies[0]["text"] == "echo hello" and len(turn.replies) == 2
        assert len((await customer.say("and on")).replies) == 1, "offered once"
        await customer.press_title("Yes, a person please")
        assert desk.open(customer.conversation).reason == "vip"
        assert sql("SELECT rule FROM handoff_asked WHERE conversation = :c", c=customer.conversation) == [
            ("regulars",)
        ]


async def test_vip_at_once(echo: Echo, desk: Desk) -> None:
    desk.settings(rules=[{"name": "regulars", "orders_from": 1, "ask": False}])
    async with Customer(echo.url, language="en") as customer:
        place_order(customer.conversation)
        turn = await customer.say("hello")
        assert [each["from"] for each in turn.replies] == ["bot", "system"], "the bot's answer is kept"
        assert desk.open(customer.conversation).detail == "regulars"


def place_order(conversation: str) -> None:
    sql(
        "INSERT INTO orders (id, customer, email, status, items, total, currency) "
        "VALUES (:id, :customer, 'x@example.com', 'placed', '[]', 10, 'USD')",
        id=f"A{uuid4().hex[:10]}",
        customer=conversation,
    )


async def test_two_failures_in_a_row(echo: Echo, desk: Desk) -> None:
    async with Customer(echo.url, language="en") as customer:
        first = await customer.say("crash")
        assert [each["title"] for each in first.replies[0]["buttons"]] == ["Try again"]
        await customer.say("hi")
        await customer.say("crash")
        again = await customer.press_title("Try again")
        assert [each["title"] for each in again.replies[0]["buttons"]] == ["Try again", "Talk to a person"]
        turn = await customer.press_title("Talk to a person")
        assert [each["from"] for each in turn.replies] == ["system"]
        found = desk.open(customer.conversation)
        assert (found.reason, found.detail) == ("failure", "crash")


async def test_switched_off(echo: Echo, desk: Desk) -> None:
    """Where the shop hands nothing over, neither a rule nor a failure calls a person, or offers one."""
    desk.settings(enabled=False, rules=[{**LEGAL, "ask": False}, {"name": "regulars", "orders_from": 1}])
    async with Customer(echo.url, language="en") as customer:
        place_order(customer.conversation)
        for text in ("my lawyer", "hello"):
            assert [each["text"] for each in (await customer.say(text)).replies] == [f"echo {text}"]
        await customer.say("crash")
        again = await customer.press_title("Try again")
        assert [each["title"] for each in again.replies[0]["buttons"]] == ["Try again"]
        assert handoff.latest(customer.conversation) is None


async def test_nobody_there(echo: Echo, desk: Desk) -> None:
    """Out of hours, say: no queue, but an e-mail is asked for, and the bot goes on."""
    desk.offline()
    async with Customer(echo.url, language="en") as customer:
        turn = await customer.say("sorry")
        assert [each["form"] for each in turn.replies] == [None, "email"]
        assert desk.latest(customer.conversation).state is State.OFFLINE_TICKET
        turn = await customer.say("my mail is ann@example.com")
        assert "ann@example.com" in turn.replies[0]["text"] and turn.replies[0]["form"] is None
        assert desk.latest(customer.conversation).email == "ann@example.com"
        assert (await customer.say("bob@example.com")).replies[0]["text"] == "echo bob@example.com", (
            "asked no more"
        )
        assert desk.latest(customer.conversation).email == "ann@example.com"
        assert echo.asked(customer.conversation) == ["sorry", "bob@example.com"]
        consistent(customer)


async def test_out_of_hours(echo: Echo, desk: Desk) -> None:
    desk.settings(hours={"timezone": "Europe/Berlin", "week": {}, "special": {"2099-01-02": "09:00-10:00"}})
    async with Customer(echo.url, language="zh") as customer:
        turn = await customer.say("person 请")
        assert turn.replies[0]["form"] == "email" and "邮箱" in turn.replies[0]["text"]


async def test_a_wrong_email_is_asked_for_once_more(echo: Echo, desk: Desk) -> None:
    desk.offline()
    async with Customer(echo.url, language="en") as customer:
        await customer.say("person")
        turn = await customer.say("ann@@example")
        assert turn.replies[0]["form"] == "email" and "example.com" in turn.replies[0]["text"]
        assert (await customer.say("ann@example")).replies[0]["text"] == "echo ann@example", (
            "and no third time"
        )
        assert desk.latest(customer.conversation).email is None
    async with Customer(echo.url, language="en") as customer:
        await customer.say("person")
        await customer.say("ann@example,com")
        await customer.say("ann@example.com")
        assert desk.latest(customer.conversation).email == "ann@example.com"
        assert echo.asked(customer.conversation) == ["person"]


@pytest.mark.parametrize(
    ("said", "to_the_bot"), [("no thanks", False), ("不用了", False), ("show me shoes", True)]
)
async def test_no_email(echo: Echo, desk: Desk, said: str, to_the_bot: bool) -> None:
    desk.offline()
    async with Customer(echo.url, language="en") as customer:
        await customer.say("person")
        turn = await customer.say(said)
        assert (turn.replies[0]["text"] == f"echo {said}") is to_the_bot
        assert turn.replies[0]["form"] is None and desk.latest(customer.conversation).email is None
        assert (await customer.say("hi")).replies[0]["text"] == "echo hi"


async def test_stars_in_words(echo: Echo, desk: Desk) -> None:
    async with Customer(echo.url, language="en") as customer:
        await customer.say("5")
        await customer.say("person")
        desk.accept(customer.conversation)
        desk.close(customer.conversation)
        await frame(customer, "event", **{"from": "bot"})
        turn = await customer.say("4 stars")
        assert turn.replies[0]["text"] == "Thank you for telling us."
        assert desk.latest(customer.conversation).rating == 4
        assert (await customer.say("5")).replies[0]["text"] == "echo 5", "that was not asked for"
        assert echo.asked(customer.conversation) == ["5", "person", "5"]


async def test_asked_by_a_reminder(echo: Echo, desk: Desk) -> None:
    """What the bot says unasked may call a person, too."""
    async with Customer(echo.url, language="en") as customer:
        await customer.say("hi")
        replies = [Reply("Shall we?"), Reply(handoff=PersonWanted("complaint", "late"))]
        assert router.push(customer.conversation, replies, "web") == []
        await customer.stands("queued")
        assert [sender for sender, _ in stored(customer.conversation)][-2:] == ["bot", "system"]
        await frames(customer, 1.0)  # the banner may be faster than the words
        assert texts(customer)[-1] == "Shall we?"
        assert router.push(customer.conversation, [Reply("Still there?")], "web") == []
        assert stored(customer.conversation)[-1][0] == "system"
