"""Waiting for a limited time. Not with `asyncio.wait_for`: that of Python 3.10 swallows a cancellation that
comes together with the result, and whoever was to end then goes on for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def within(seconds: float, work: Awaitable[T]) -> T:
    """What `work` gives. After so many seconds it is cancelled, and `asyncio.TimeoutError` raised."""
    task = asyncio.ensure_future(work)
    late = True
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
        late = not done
    finally:
        if late:  # or we are cancelled ourselves
            task.cancel()
            await asyncio.wait({task})
    if late and task.cancelled():
        raise asyncio.TimeoutError
    return task.result()


async def until_set(event: asyncio.Event, seconds: float) -> None:
    """Until the event is set, or so many seconds."""
    waiting = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait({waiting}, timeout=seconds)
    finally:
        waiting.cancel()
