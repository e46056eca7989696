"""Parts of the running assistant are killed in mid-conversation: a clear sentence, an offer to retry, and on it goes."""

from __future__ import annotations

import asyncio

import pytest

from bot.operations.client import Client, Turn
from tests.conftest import Server

PATIENCE = 90.0  # seconds until a killed part is back


async def come_back(customer: Client) -> None:
    """Connect again, as the widget does by itself."""
    for _ in range(int(PATIENCE)):
        try:
            await customer.disconnect()
            await customer.connect()
            return
        except Exception:
            await asyncio.sleep(1)
    pytest.fail("the assistant did not come back")


def words(turn: Turn) -> str:
    return " ".join(reply["text"] or "" for reply in turn.replies)


def apologised(turn: Turn) -> bool:
    """Whether the customer was told that something is wrong, with a way to try again."""
    if turn.error:
        return turn.error["code"] in ("unavailable", "failed") and bool(turn.error["text"])
    return any(
        button["title"] in ("Try again", "重试") for reply in turn.replies for button in reply["buttons"]
    )


async def test_action_server_killed(ready: Server) -> None:
    async with Client(ready.url, language="en") as customer:
        await customer.say("show me dresses")
        ready.kill("actions")
        turn = await customer.say("show me red dresses")
        assert apologised(turn), turn
        ready.wait_ready(PATIENCE)
        (title,) = [b["title"] for b in turn.replies[-1]["buttons"]]
        again = await customer.press_title(title)
        assert not apologised(again) and again.replies
        assert not apologised(await customer.say("in blue"))


async def test_action_server_killed_in_chinese(ready: Server) -> None:
    async with Client(ready.url, language="zh") as customer:
        await customer.say("我想买裙子")
        ready.kill("actions")
        turn = await customer.say("有没有红色的裙子")
        assert apologised(turn) and "抱歉" in words(turn)
        ready.wait_ready(PATIENCE)
        assert not apologised(await customer.say("有没有红色的裙子"))


async def test_database_killed(ready: Server) -> None:
    async with Client(ready.url) as customer:
        first = await customer.say("show me dresses")
        seen = len(customer.events)
        ready.kill("database")
        # Either the database is back before the customer notices, or the customer is told; never silence.
        turn = await customer.say("in blue", timeout=PATIENCE)
        assert turn.replies or apologised(turn)
        ready.wait_ready(PATIENCE)
        await come_back(customer)
        again = await customer.say("something cheaper")
        assert again.replies and not apologised(again)
        async with Client(ready.url, token=customer.token) as later:
            assert len(later.events) >= seen + 2 and later.events[1]["text"] == first.replies[0]["text"]


async def test_database_killed_between_messages(ready: Server) -> None:
    async with Client(ready.url) as customer:
        await customer.say("hello")
        ready.kill("database")
        ready.wait_ready(PATIENCE)
        turn = await customer.say("show me dresses")
        assert turn.replies and not apologised(turn)


async def test_main_server_killed(ready: Server) -> None:
    customer = Client(ready.url)
    await customer.connect()
    await customer.say("show me red dresses")
    before = list(customer.events)
    frame = {"type": "say", "id": "in-flight", "text": "the cheapest first", "photo": None, "language": "en"}
    await customer.send(frame)
    await asyncio.sleep(0.01)
    ready.kill("dialogue")
    ready.wait_ready(PATIENCE)
    await come_back(customer)
    assert customer.events[: len(before)] == before, "history is as it was"
    turn = await customer.turn(frame)  # sent again, as the widget does: answered once
    answers = [event for event in customer.events if event["reply_to"] == "in-flight"]
    assert answers and len({event["seq"] for event in answers}) == len(answers)
    assert len([event for event in customer.events if event["id"] == "in-flight"]) == 1
    assert turn.error is None
    assert (await customer.say("in blue")).replies
    async with Client(ready.url, token=customer.token) as later:
        assert later.events == customer.events
    await customer.close()
