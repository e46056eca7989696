"""What a message needs to be answered, asked part by part."""

from __future__ import annotations

import asyncio

import aiohttp

from storage import database


def database_answers() -> bool:
    """Whether the database answers; never raises."""
    try:
        return database.healthy()
    except Exception:
        return False


async def actions_answer(url: str) -> bool:
    """Whether the action server answers."""
    try:
        timeout = aiohttp.ClientTimeout(total=2)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{url}/health") as response,
        ):
            return response.status == 200
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
        return False
