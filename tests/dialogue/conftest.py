"""A model, an action server, and Rasa patched for one test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import web

from bot.dialogue import models, patches
from tests.conftest import free_ports
from tests.dialogue.action_server import ActionServer


@pytest.fixture(scope="session")
def model(trained: None) -> str:
    found = models.current()
    assert found
    return str(found)


@pytest.fixture
async def action_server() -> AsyncIterator[ActionServer]:
    made = ActionServer()
    app = web.Application(client_max_size=2**24)
    app.router.add_post("/webhook", made)
    runner = web.AppRunner(app)
    await runner.setup()
    (port,) = free_ports(1)
    await web.TCPSite(runner, "127.0.0.1", port).start()
    made.url = f"http://127.0.0.1:{port}/webhook"
    yield made
    await runner.cleanup()


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Whether nothing was patched."""
    from rasa.core.actions.action import RemoteAction

    before = {name: RemoteAction.__dict__[name] for name in ("run", "_validate_action_result")}
    for name, function in before.items():
        monkeypatch.setattr(RemoteAction, name, function)  # put back at the end, whatever the test does
    return lambda: RemoteAction.__dict__["run"] is before["run"]


@pytest.fixture
def patch_rasa(untouched: Callable[[], bool]) -> Callable[[], None]:
    """Patches Rasa until the end of the test."""
    return patches.apply
