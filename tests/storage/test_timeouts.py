"""Waiting for a limited time, and who cancels whom."""

from __future__ import annotations

import asyncio

import pytest

from storage.timeouts import until_set, within


async def test_in_time() -> None:
    assert await within(5, asyncio.sleep(0, "done")) == "done"


async def test_what_it_raises_is_raised() -> None:
    async def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await within(5, fails())


async def test_too_late() -> None:
    """It has ended, with all that it does at its end, before we go on."""
    ended = []

    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    with pytest.raises(asyncio.TimeoutError):
        await within(0.01, slow())
    assert ended == [True]


async def test_just_in_time() -> None:
    """What is there although it was to be given up is not thrown away: a queue would have lost it."""

    async def stubborn() -> str:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return "there"
        return "never"

    assert await within(0.01, stubborn()) == "there"


async def test_a_cancellation_from_inside_is_no_time_out() -> None:
    async def gives_up() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await within(5, gives_up())


async def test_who_is_cancelled_cancels() -> None:
    ended = []

    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    task = asyncio.create_task(within(60, slow()))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]


@pytest.mark.parametrize("late", [False, True])
async def test_no_cancellation_is_lost(late: bool) -> None:
    """The one that comes together with the result: `asyncio.wait_for` of Python 3.10 returns the result."""
    result: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(within(60, result))
    await asyncio.sleep(0)
    result.set_result("done")
    if late:  # the waiter knows already, and has not run yet
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("late", [False, True])
async def test_nor_with_an_event(late: bool) -> None:
    event = asyncio.Event()
    task = asyncio.create_task(until_set(event, 60))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    event.set()
    if late:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_event_that_never_comes() -> None:
    await until_set(asyncio.Event(), 0.01)
