"""The whole assistant on free ports with a runtime folder of its own, for one measurement."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

import psutil
import requests

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 300


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stack:
    """`python -m bot serve` as a context manager; `model` is a trained Rasa model (default: the newest)."""

    def __init__(self, model: Path | None = None, var: Path | None = None) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.var = var or Path(tempfile.mkdtemp(prefix="bench-"))
        self.environment = os.environ | {
            "SHOP_VAR": str(self.var),
            "SHOP_PORT": str(self.port),
            "SHOP_ACTIONS_PORT": str(free_port()),
            "SHOP_DIALOGUE_PORT": str(free_port()),
            "SHOP_MESSAGES_PER_MINUTE": "0",  # the limits are for customers, not for a crowd from one address
            "SHOP_PHOTOS_PER_MINUTE": "0",
            "SHOP_SESSIONS_PER_MINUTE": "0",
        }
        self.command = [sys.executable, "-m", "bot", "serve", *(["--model", str(model)] if model else [])]

    def __enter__(self) -> Stack:
        began = time.perf_counter()
        self.log = (self.var / "serve.log").open("w")
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
        )
        while time.perf_counter() - began < START_SECONDS:
            if self.process.poll() is not None:
                raise RuntimeError(f"the assistant did not start, see {self.log.name}")
            try:
                if requests.get(f"{self.url}/health", timeout=2).ok:
                    self.start_seconds = time.perf_counter() - began
                    return self
            except requests.RequestException:
                time.sleep(0.1)
        self.__exit__(None, None, None)
        raise RuntimeError(f"the assistant did not become healthy, see {self.log.name}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()

    def memory(self) -> list[tuple[str, float]]:
        """Each process's name and its own memory in MB (unique set size, so that shared pages count once)."""
        found = []
        for process in [
            psutil.Process(self.process.pid),
            *psutil.Process(self.process.pid).children(recursive=True),
        ]:
            try:
                found.append((_title(process), process.memory_full_info().uss / 2**20))
            except psutil.NoSuchProcess:
                continue
        return found


def _title(process: psutil.Process) -> str:
    words = process.cmdline()
    for number, word in enumerate(words):
        if word == "-m" and number + 1 < len(words):
            return " ".join(words[number + 1 : number + 3])
    return Path(words[0]).name if words else process.name()
