"""The echo server with every messenger of the matrix, each beside its platform's server."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.settings import settings
from tests.channels.driver import Driver
from tests.channels.platforms import PLATFORMS as ALL
from tests.door.conftest import Echo
from tests.door.handing import Desk

# To work on some of them: MESSENGERS_ONLY=telegram,line
_ONLY = set(filter(None, os.environ.get("MESSENGERS_ONLY", "").split(",")))
PLATFORMS = tuple(kind for kind in ALL if not _ONLY or kind.name in _ONLY)


@pytest.fixture(autouse=True)
def own_settings() -> Iterator[None]:
    """What a test sets in the environment is read anew by the next one (this is torn down last)."""
    yield
    settings.cache_clear()


class Drivers:
    """The platforms' servers, started when they are wanted first, and what our server is told of them."""

    def __init__(self) -> None:
        self.running: dict[str, Driver] = {}
        self.skipped: dict[str, str] = {}
        for kind in PLATFORMS:
            driver = kind()
            try:
                driver.start()
            except pytest.skip.Exception as reason:
                self.skipped[kind.name] = str(reason)
            else:
                self.running[kind.name] = driver

    def stop(self) -> None:
        for driver in self.running.values():
            driver.stop()


@pytest.fixture(scope="session")
def drivers() -> Iterator[Drivers]:
    made = Drivers()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def messengers_folder() -> Iterator[Path]:
    from storage import database

    folder = Path(tempfile.mkdtemp(prefix="messengers-"))
    yield folder
    with pytest.MonkeyPatch.context() as patch:  # servers that were killed have not stopped it
        patch.setenv("SHOP_VAR", str(folder))
        patch.delenv("SHOP_DATABASE_URL", raising=False)
        database.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def running(drivers: Drivers, messengers_folder: Path) -> Iterator[Echo]:
    """Our server, with all messengers."""
    wanted: dict[str, Any] = {each.channel: each.credentials() for each in drivers.running.values()}
    echo = Echo(messengers_folder, start=False, ECHO_MESSENGERS=json.dumps(wanted))
    for driver in drivers.running.values():
        driver.server = echo.url
        if hasattr(driver, "before_start"):
            driver.before_start(echo)
    echo.start()
    yield echo
    echo.stop()


@pytest.fixture
def echo(running: Echo, monkeypatch: pytest.MonkeyPatch) -> Iterator[Echo]:
    """Our server, up even if the test before has killed it; its database is this process's, too."""
    from storage import database

    if running.process and running.process.poll() is not None:
        running.start()
    monkeypatch.setenv("SHOP_VAR", str(running.folder))
    monkeypatch.setenv("SHOP_HANDOFF", str(running.folder / "handoff.yml"))
    monkeypatch.delenv("SHOP_DATABASE_URL", raising=False)
    yield running
    database.dispose()


@pytest.fixture
def desk(echo: Echo) -> Desk:
    """Somebody at the desk, and no hand-over yet."""
    return Desk(echo.folder / "handoff.yml")


@pytest.fixture(params=[kind.name for kind in PLATFORMS])
def driver(request: pytest.FixtureRequest, drivers: Drivers, echo: Echo) -> Iterator[Driver]:
    """Each platform in turn; a test that names abilities in its marker `needs` is skipped where one is
    missing.
    """
    name = request.param
    if name in drivers.skipped:
        pytest.skip(drivers.skipped[name])
    found = drivers.running[name]
    marker = request.node.get_closest_marker("needs")
    missing = set(marker.args if marker else ()) - found.abilities
    if missing:
        pytest.skip(f"{name} has no {', '.join(sorted(missing))}")
    found.begin()
    yield found
    found.end()
