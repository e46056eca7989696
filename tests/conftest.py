"""What all rooms' tests share: the whole assistant, started once, on free ports, with a runtime folder of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bot.operations.serve import fetch

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 600  # the first start looks at all pictures of the catalogue
TRAIN_SECONDS = 1800


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface that nobody listens on."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def free_row(count: int) -> int:
    """The first of so many free ports that follow one another."""
    while True:
        (first,) = free_ports(1)
        with contextlib.ExitStack() as stack:
            try:
                for port in range(first, first + count):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
            return first


def wait_for(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until a condition holds; fails the test if it does not in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            pytest.fail(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.1)


def clean_environment(folder: Path) -> dict[str, str]:
    """This process's environment with nothing in it that would point the assistant elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SHOP_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    kept.pop("LOG_LEVEL", None)  # of Rasa's: set for this process where it loads a model
    return kept | {
        "SHOP_VAR": str(folder),
        "SHOP_MESSAGES_PER_MINUTE": "0",  # the limits are for customers, not for a test suite from one address
        "SHOP_PHOTOS_PER_MINUTE": "0",
        "SHOP_SESSIONS_PER_MINUTE": "0",
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


class Server:
    """`python -m bot serve`, running. Tests may kill its parts; it brings them back."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.var = folder
        self.port, self.actions_port = free_ports(2)
        self.dialogue_port = free_row(2)
        self.url = f"http://127.0.0.1:{self.port}"
        # A copy, which tests may change: the file is read again when it does.
        self.handoff = folder / "handoff.yml"
        shutil.copy(ROOT / "bot" / "support" / "handoff.yml", self.handoff)
        self.environment = clean_environment(folder) | {
            "SHOP_PORT": str(self.port),
            "SHOP_ACTIONS_PORT": str(self.actions_port),
            "SHOP_DIALOGUE_PORT": str(self.dialogue_port),
            "SHOP_HANDOFF": str(self.handoff),
            **environment,
        }
        self.output = folder / "serve.log"
        model = os.environ.get("SHOP_TEST_MODEL")  # to try the tests with another bot
        command = [sys.executable, "-m", "bot", "serve", *(["--model", model] if model else [])]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def pid(self) -> int:
        """The supervisor's process id."""
        return self.process.pid

    def log(self) -> str:
        """What the supervisor has printed."""
        return self.output.read_text(errors="replace")

    def healthy(self) -> bool:
        """Whether messages would be answered now."""
        return fetch(f"{self.url}/health") is not None

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until everything is up (again)."""
        until = time.monotonic() + seconds
        while not self.healthy():
            if self.process.poll() is not None:
                pytest.fail(f"the assistant ended with code {self.process.returncode}:\n{self.log()[-4000:]}")
            if time.monotonic() > until:
                logs = "\n".join(
                    path.read_text(errors="replace")[-2000:] for path in self.var.glob("logs/*.log")
                )
                pytest.fail(
                    f"the assistant is not ready after {seconds:.0f} s:\n{self.log()[-2000:]}\n{logs}"
                )
            time.sleep(0.2)

    def part(self, name: str) -> psutil.Process:
        """A process of ours: "door", "actions", "dialogue" or "database"."""
        if name == "database":
            lines = (self.var / "postgres" / "postmaster.pid").read_text().splitlines()
            return psutil.Process(int(lines[0]))
        words = {"door": "_door", "actions": "rasa_sdk", "dialogue": "_dialogue"}[name]
        return next(
            child
            for child in psutil.Process(self.pid).children()
            if child.status() != psutil.STATUS_ZOMBIE and words in child.cmdline()
        )

    def kill(self, name: str) -> None:
        """Kill a part outright, as a crash or the system would, and see that it is gone."""
        victim = self.part(name)
        victim.kill()
        wait_for(
            lambda: not victim.is_running() or victim.status() == psutil.STATUS_ZOMBIE, 10, f"end of {name}"
        )

    def stop(self) -> float:
        """Stop as Ctrl-C does; returns the seconds it took."""
        begin = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return time.monotonic() - begin


@pytest.fixture(scope="session")
def trained() -> None:
    """The dialogue model of the sources as they are, trained if it is missing."""
    if os.environ.get("SHOP_TEST_MODEL"):
        return
    run = subprocess.run(
        [sys.executable, "-m", "bot", "train"],
        cwd=ROOT,
        env=clean_environment(ROOT / "var"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TRAIN_SECONDS,
    )
    if run.returncode:
        pytest.fail(f"the dialogue model could not be trained:\n{run.stdout[-4000:]}")


@pytest.fixture(scope="session")
def server(trained: None) -> Iterator[Server]:
    """The whole assistant: database, action server, dialogue server, demo catalogue."""
    folder = Path(tempfile.mkdtemp(prefix="shop-"))  # short: the path of a socket is limited
    running = Server(folder)
    try:
        running.wait_ready()
        yield running
    finally:
        running.stop()
        if os.environ.get("SHOP_TEST_KEEP"):
            print(f"\nkept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def ready(server: Server) -> Server:
    """The assistant, certainly up: for tests that come after one that killed something."""
    server.wait_ready(120)
    return server
