"""The server is killed outright in every state at once, with messages coming in from both sides."""

from __future__ import annotations

import asyncio

from bot.support.handoff import OPEN
from tests.door.conftest import Echo
from tests.door.handing import Desk
from tests.door.killing import Scene


async def test_killed_in_each_state(echo: Echo, desk: Desk) -> None:
    async with Scene(desk, echo.url) as scene:
        scene.write()
        await asyncio.sleep(0.3)
        echo.stop()
        echo.launch()
        await scene.over(echo.url)
        for state in OPEN:
            assert echo.asked(scene.customers[state].conversation) == ["person"], "not even asked"
