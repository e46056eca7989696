"""Rasa's own command line in a fresh copy of the tree, with no flag but the port to listen on."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, Server, clean_environment, free_ports

RASA = Path(sys.executable).with_name("rasa")
TRAIN_SECONDS = 900


@dataclass
class Running:
    """A command that goes on while a test watches what it prints."""

    process: subprocess.Popen[bytes]
    output: Path

    def text(self) -> str:
        """What it has printed, without colours and cursor movements."""
        return re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", self.output.read_text("utf-8", errors="replace"))

    def expect(self, pattern: str, seconds: float = 120) -> str:
        """Wait until it prints something; fails the test if it ends before."""
        until = time.monotonic() + seconds
        while not (found := re.search(pattern, self.text())):
            if self.process.poll() is not None or time.monotonic() > until:
                pytest.fail(f"{self.process.args} did not print {pattern!r}:\n{self.text()[-4000:]}")
            time.sleep(0.2)
        return found[0]

    def type(self, text: str) -> None:
        """Press these keys."""
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()


@dataclass
class Clone:
    """A copy of the tree as somebody gets it, with a model trained from it."""

    folder: Path
    environment: dict[str, str]

    def start(self, *arguments: str, name: str, var: Path) -> Running:
        """Start `rasa` in the root."""
        output = self.folder.parent / f"{name}.log"
        with output.open("wb") as log:
            process = subprocess.Popen(
                [str(RASA), *arguments], cwd=self.folder, env=self.environment | {"SHOP_VAR": str(var)},
                stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        return Running(process, output)

    @contextlib.contextmanager
    def running(self, *arguments: str, name: str, var: Path) -> Iterator[Running]:
        """The same, ended with the block."""
        running = self.start(*arguments, name=name, var=var)
        try:
            yield running
        finally:
            running.process.send_signal(signal.SIGINT)
            try:
                running.process.wait(20)
            except subprocess.TimeoutExpired:
                running.process.kill()
                running.process.wait()

    def ended(self, *arguments: str, name: str, var: Path) -> str:
        """What a command prints that ends by itself, well."""
        running = self.start(*arguments, name=name, var=var)
        code = running.process.wait(TRAIN_SECONDS)
        assert code == 0, running.text()[-4000:]
        return running.text()


def thinned(utterances: str) -> str:
    """Every tenth row of each intent of a file under data/nlu."""
    kept, row = [], 0
    for line in utterances.splitlines(keepends=True):
        row = row + 1 if line.startswith("    - ") else -1
        if row < 0 or row % 10 == 0:
            kept.append(line)
    return "".join(kept)


def asked(port: int, path: str, seconds: float = 30) -> bytes:
    """What a server on this machine answers; it says that it runs a moment before it listens."""
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
                return bytes(answer.read())
        except urllib.error.URLError as error:
            if time.monotonic() > until or not isinstance(error.reason, ConnectionError):
                raise
            time.sleep(0.2)


@pytest.fixture(scope="module")
def clone(trained: None, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """What git would hand out, and the model of these sources."""
    folder = tmp_path_factory.mktemp("rasa") / "shop"
    made = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split()]
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*made, ".git"))
    (folder / ".venv").symlink_to(sys.prefix)  # `rasa test` looks for stories everywhere under the root
    for file in (folder / "data" / "nlu").rglob(
        "*.yml"
    ):  # every tenth row: the same commands in a third of the time
        file.write_text(thinned(file.read_text(encoding="utf-8")), encoding="utf-8")
    (folder / "models").mkdir()
    newest = max((ROOT / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    shutil.copy(newest, folder / "models")
    return Clone(folder, clean_environment(folder / "var") | {"PYTHONWARNINGS": "ignore"})


@pytest.fixture(scope="module")
def actions(clone: Clone, server: Server) -> Iterator[Running]:
    """`rasa run actions` beside the running assistant's database, where the clone's `endpoints.yml` looks for it."""
    (port,) = free_ports(1)
    file = clone.folder / "endpoints.yml"
    endpoints = yaml.safe_load(file.read_text(encoding="utf-8"))
    endpoints["action_endpoint"]["url"] = f"http://127.0.0.1:{port}/webhook"
    file.write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    with clone.running("run", "actions", "--port", str(port), name="actions", var=server.var) as running:
        yield running


def test_run_actions(actions: Running) -> None:
    address = actions.expect(r"Action endpoint is up and running on http://127\.0\.0\.1:\d+")
    names = {each["name"] for each in json.loads(asked(int(address.rpartition(":")[2]), "/actions"))}
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(domain["actions"]) <= names


def test_shell(clone: Clone, actions: Running, server: Server) -> None:
    actions.expect("Action endpoint is up")
    (port,) = free_ports(1)
    with clone.running("shell", "--port", str(port), name="shell", var=server.var) as shell:
        shell.expect("Bot loaded")
        shell.type("hello\r")
        shell.expect(r"(Hi|Hello)[ ,.]")
        shell.type("\x1b[B\r")  # past the button, to what one writes oneself
        shell.type("show me dresses\r")
        shell.expect(r"(?s)Custom json.*Dress")


def test_run(clone: Clone, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with clone.running("run", "--port", str(port), name="run", var=tmp_path / "var") as running:
        running.expect("Rasa server is up and running")
        assert b"Hello from Rasa" in asked(port, "/")


def test_train(clone: Clone, tmp_path: Path) -> None:
    before = set((clone.folder / "models").iterdir())
    printed = clone.ended("train", name="train", var=tmp_path)
    assert "is trained and saved at" in printed
    (model,) = set((clone.folder / "models").iterdir()) - before
    assert model.stat().st_size > 10**5
    # The baseline of the benchmark is trained by the same command with another configuration.
    assert "Traceback" not in printed and "Invalid" not in printed


def test_test(clone: Clone, tmp_path: Path) -> None:
    printed = clone.ended("test", name="test", var=tmp_path)
    assert "Every intent was predicted correctly by the model" in printed or "intent_errors.json" in printed
    stories = (clone.folder / "tests" / "test_stories.yml").read_text(encoding="utf-8").count("- story:")
    failed = (clone.folder / "results" / "failed_test_stories.yml").read_text(encoding="utf-8")
    assert stories >= 3 and "- story:" not in failed, failed
