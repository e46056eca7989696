"""A dead database is told, not answered for with an empty conversation."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from rasa.core.agent import load_agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.utils import AvailableEndpoints

from bot.dialogue import worker
from bot.dialogue.tracker_store import ShopTrackerStore
from storage import database
from storage.errors import Unavailable
from tests.conftest import free_ports


@pytest.fixture
def own_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An embedded one, for one test."""
    folder = tempfile.mkdtemp(prefix="dead-")  # short: the path of a socket is limited
    monkeypatch.setenv("SHOP_VAR", folder)
    monkeypatch.delenv("SHOP_DATABASE_URL", raising=False)
    yield
    monkeypatch.delenv("SHOP_DATABASE_URL", raising=False)
    database.stop()
    shutil.rmtree(folder, ignore_errors=True)


async def test_the_workers_agent_does_not_answer_without_its_store(
    model: str, own_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ShopTrackerStore()
    agent = await load_agent(
        model, endpoints=AvailableEndpoints(tracker_store=store)
    )  # as Rasa's server does

    async def said(text: str) -> list[str]:
        output = CollectingOutputChannel()
        await agent.handle_message(UserMessage(text, output, "c"))
        return [message["text"] for message in output.messages]

    (port,) = free_ports(1)
    address = f"postgresql://x@127.0.0.1:{port}/x"
    with monkeypatch.context() as dead:
        dead.setenv("SHOP_DATABASE_URL", address)
        assert await said("thanks"), "Rasa's fail-safe store answers with a conversation of its own"
    await worker._put_in_ours(store, SimpleNamespace(ctx=SimpleNamespace(agent=agent)), None)
    assert await said("thanks") and store.domain is agent.domain
    before = await store.retrieve("c")
    with monkeypatch.context() as dead:
        dead.setenv("SHOP_DATABASE_URL", address)
        with pytest.raises(Unavailable):
            await said("thanks")
    after = await store.retrieve("c")
    assert before and after and before.events == after.events
