"""The channel with a dialogue that does as it is told (`echo_server`): quick, and able to fail on command."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.operations.serve import fetch
from tests.conftest import ROOT, clean_environment, free_ports, wait_for
from tests.door.handing import Desk

ORIGIN = "https://shop.example"


class Echo:
    """The running echo server."""

    def __init__(self, folder: Path, *, start: bool = True, **environment: str) -> None:
        self.folder = folder
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = clean_environment(folder) | {
            "SHOP_PORT": str(self.port),
            "SHOP_ACTIONS_PORT": "1",
            "SHOP_ALLOWED_ORIGINS": ORIGIN,
            "ECHO_LOG": str(folder / "echo.jsonl"),
            "SHOP_HANDOFF": str(folder / "handoff.yml"),
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None
        settings = folder / "handoff.yml"
        if not settings.exists():
            settings.write_text("groups: [service]\nhours: always\n")
        if start:
            self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.launch()
        wait_for(self.answers, 300, "start of the echo server")

    def launch(self) -> None:
        """Start it without waiting."""
        with (self.folder / "echo.log").open("ab") as log:
            command = [sys.executable, "-m", "tests.door.echo_server"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def answers(self) -> bool:
        """Whether it answers; fails the test if it has ended."""
        assert self.process and self.process.poll() is None, (self.folder / "echo.log").read_text()[-3000:]
        return fetch(f"{self.url}/shop/none.json") is not None or self._port_open()

    def _port_open(self) -> bool:
        import socket

        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self, number: int = signal.SIGKILL) -> None:
        assert self.process
        self.process.send_signal(number)
        self.process.wait(120)

    def go(self, conversation: str) -> None:
        """Let the turns go on that hold."""
        (self.folder / f"go-{conversation}").touch()

    def asked(self, conversation: str) -> list[str]:
        """What the dialogue was asked in a conversation, in order."""
        path = self.folder / "echo.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [text for sender, text in lines if sender == conversation]


@pytest.fixture(scope="session")
def echo_folder() -> Iterator[Path]:
    from storage import database

    folder = Path(tempfile.mkdtemp(prefix="echo-"))
    yield folder
    with pytest.MonkeyPatch.context() as patch:  # servers that were killed have not stopped it
        patch.setenv("SHOP_VAR", str(folder))
        patch.delenv("SHOP_DATABASE_URL", raising=False)
        database.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_echo(echo_folder: Path) -> Iterator[Echo]:
    echo = Echo(echo_folder)
    yield echo
    echo.stop(signal.SIGTERM)


@pytest.fixture
def echo(shared_echo: Echo) -> Echo:
    """The echo server, up even if the test before has killed it."""
    if shared_echo.process and shared_echo.process.poll() is not None:
        shared_echo.start()
    return shared_echo


@pytest.fixture
def shop_database(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The echo server's database, for this process too."""
    from storage import database

    monkeypatch.setenv("SHOP_VAR", str(echo.folder))
    monkeypatch.setenv("SHOP_HANDOFF", str(echo.folder / "handoff.yml"))
    monkeypatch.delenv("SHOP_DATABASE_URL", raising=False)
    yield
    database.dispose()


@pytest.fixture
def desk(echo: Echo, shop_database: None) -> Desk:
    """Somebody at the desk, and no hand-over yet."""
    return Desk(echo.folder / "handoff.yml")


class Redis:
    """A redis-server of our own, which keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (self.port,) = free_ports(1)
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        command = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self._answers, 30, "start of Redis")

    def _answers(self) -> bool:
        import redis

        try:
            return bool(redis.Redis.from_url(self.url).ping())
        except redis.ConnectionError:
            return False

    def stop(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait(10)


@pytest.fixture(scope="session")
def redis(echo_folder: Path) -> Iterator[Redis]:
    """A real Redis."""
    if shutil.which("redis-server") is None:
        pytest.fail("redis-server is missing: apt-get install redis-server")
    running = Redis(echo_folder)
    yield running
    running.stop()
