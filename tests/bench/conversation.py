"""Long conversations: the 300th turn beside the 10th."""

from __future__ import annotations

import asyncio
import statistics

from bot.operations.client import Client
from tests.bench.customers import SAYINGS, timed
from tests.bench.stack import Stack
from tests.bench.table import render, verdict

TURNS = 312
BAR = 1.5


async def _talk(url: str) -> list[float]:
    async with Client(url, language="en") as customer:
        return [await timed(customer, SAYINGS[turn % len(SAYINGS)]) for turn in range(TURNS)]


def run() -> bool:
    """Print the table; True if the bar is held. Each figure is the mean over one round of all sayings."""
    with Stack() as stack:
        asyncio.run(_talk(stack.url))  # warm
        seconds = asyncio.run(_talk(stack.url))
    window = len(SAYINGS)

    def around(turn: int) -> float:
        first = max(0, turn - window // 2)
        return statistics.mean(seconds[first : first + window]) * 1000

    early = around(10)
    rows = [(f"turn {turn}", around(turn), around(turn) / early) for turn in (10, 50, 100, 200, 300)]
    print(render("A long conversation", ["", "ms", "times the 10th"], rows))
    held = around(300) / early <= BAR
    print(f"bar: the 300th turn costs at most {BAR} times the 10th: {verdict(held)}")
    return held
