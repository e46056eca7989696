"""A process that is stopped, as if it spun or swapped for ever: it is ended and started again, and customers are answered."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bot.operations.client import Client
from tests.conftest import Server, wait_for
from tests.door.test_survival import come_back

PATIENCE = 120.0


@pytest.fixture(scope="module")
def impatient(server: Server) -> Iterator[Server]:
    """A copy with two dialogue workers that waits for a hung process only shortly; with the first one's catalogue."""
    folder = Path(tempfile.mkdtemp(prefix="hung-"))
    running = Server(folder, SHOP_VAR=str(server.var), SHOP_HUNG_SECONDS="6", SHOP_DIALOGUES="2")
    running.var = server.var  # where its database is
    try:
        running.wait_ready()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def test_a_stopped_database_is_started_again(impatient: Server) -> None:
    victim = impatient.part("database")
    async with Client(impatient.url, language="en") as customer:
        assert (await customer.say("hello")).replies
        os.kill(victim.pid, signal.SIGSTOP)
        wait_for(lambda: _gone(victim), PATIENCE, "end of the stopped database")
        impatient.wait_ready(PATIENCE)
        await come_back(customer)
        turn = await customer.say("show me dresses")
        assert any(reply["cards"] for reply in turn.replies), turn
    assert "hangs; ending it" in impatient.log()


@pytest.mark.parametrize("name", ["dialogue", "actions", "door"])
async def test_a_stopped_process_is_started_again(impatient: Server, name: str) -> None:
    victim = impatient.part(name)
    async with Client(impatient.url, language="en") as customer:
        assert (await customer.say("hello")).replies
        os.kill(victim.pid, signal.SIGSTOP)
        wait_for(lambda: _gone(victim), PATIENCE, f"end of the stopped {name}")
        impatient.wait_ready(PATIENCE)
        assert impatient.part(name).pid != victim.pid
        await come_back(customer)
        turn = await customer.say("show me dresses")
        assert any(reply["cards"] for reply in turn.replies), turn
    assert "does not answer any more" in impatient.log()


def _gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


async def test_one_of_two_workers_is_killed_and_nobody_notices(impatient: Server) -> None:
    async with Client(impatient.url, language="en") as customer:
        await customer.say("show me dresses")
        impatient.kill("dialogue")
        for text in ("in red", "in blue", "thanks"):
            turn = await customer.say(text)
            assert turn.replies and not any(
                b["title"] == "Try again" for r in turn.replies for b in r["buttons"]
            )
        impatient.wait_ready(PATIENCE)
