"""Customers over the widget's own socket: the load of the measurements."""

from __future__ import annotations

import asyncio
import time

from bot.operations.client import Client

# What a shopping conversation consists of, a third of it Chinese; every line has an answer from catalogue or policies.
SAYINGS = (
    "hi there",
    "i'm looking for a black dress",
    "something cheaper please",
    "do you have it in blue",
    "what material is the second one",
    "我想买一双白色运动鞋",
    "便宜一点的有吗",
    "第一件有什么尺码",
    "how long does delivery take",
    "怎么退货",
    "show me more",
    "thanks",
)


async def timed(customer: Client, text: str, photo: str | None = None) -> float:
    """One turn's seconds; raises `RuntimeError` if it was refused or nothing was answered."""
    turn = await customer.say(text, photo)
    if turn.error or not turn.replies:
        raise RuntimeError(f"{text!r}: {turn.error or 'no answer'}")
    return turn.ms / 1000


async def crowd(url: str, customers: int, turns: int) -> tuple[list[float], float]:
    """`customers` at once, `turns` messages each, no pause between them.

    Returns all turns' seconds and the turns per second of the whole.
    """

    async def one(number: int) -> list[float]:
        async with Client(url, language="en") as customer:
            return [await timed(customer, SAYINGS[(number + turn) % len(SAYINGS)]) for turn in range(turns)]

    began = time.perf_counter()
    seconds = [second for each in await asyncio.gather(*map(one, range(customers))) for second in each]
    return seconds, len(seconds) / (time.perf_counter() - began)
