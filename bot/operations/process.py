"""One process of the assistant: started with its output in a log, asked whether it is well."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.settings import ROOT, settings

BACKOFF = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # before the next start of a process that keeps dying
ASK_SECONDS = 3.0
LOG_BYTES = 20 * 2**20


@dataclass
class ChildProcess:
    """A process of ours and what we remember of it."""

    name: str
    command: list[str]
    health: str  # whether it is well: everything that it needs, too
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    alive: str = ""  # whether it answers at all, whatever it needs; `health` where there is nothing else
    job: bool = False  # it ends by itself when its work is done, and asks for little of the processor
    started: float = 0.0
    answered: float = 0.0  # when it last did; 0 before it first has
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=len(BACKOFF)))
    due: float | None = None  # when to start it again
    _health_thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the process; its output goes to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us only; we stop our children in order
                preexec_fn=_background if self.job else _die_with_parent,
            )
        self.started = time.monotonic()
        self.answered = 0.0
        self.due = None
        if self._health_thread is None and (self.alive or self.health):
            self._health_thread = threading.Thread(target=self._ask_health, daemon=True)
            self._health_thread.start()

    def healthy(self) -> bool:
        """Whether it answers that it is well."""
        return fetch(self.health) is not None

    def hangs(self, now: float) -> bool:
        """Whether it once answered and has not for so long, well or not: it is stopped, or spins."""
        return bool(self.answered) and now - self.answered > settings().hung_seconds

    def _ask_health(self) -> None:
        """Ask now and then whether it answers at all; in a thread of its own, for a process that hangs holds
        up whoever asks it.
        """
        while True:
            time.sleep(ASK_SECONDS)
            running = self.process
            if running is not None and answers(self.alive or self.health) and running is self.process:
                self.answered = time.monotonic()

    def tail(self, lines: int = 15) -> str:
        """The end of its log."""
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""


def _die_with_parent() -> None:
    # Linux: if the supervisor is killed outright, its children get SIGTERM instead of living on.
    with contextlib.suppress(Exception):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _background() -> None:
    # A session of its own is scheduled as one group, whose weight is not that of its processes.
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text("10")
    os.nice(10)
    _die_with_parent()


def _open(url: str, timeout: float) -> Any:
    """A response of a process of ours: never by way of a proxy."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=timeout)


def answers(url: str, timeout: float = 5.0) -> bool:
    """Whether anybody answers at an address of ours, whatever the answer."""
    try:
        _open(url, timeout).close()
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False
    return True


def fetch(url: str, timeout: float = 3.0) -> dict[str, Any] | None:
    """The JSON object at an address of ours; None if it does not answer or says that it is not well."""
    try:
        with _open(url, timeout) as response:
            data = json.load(response)
            return data if isinstance(data, dict) else None
    except (OSError, ValueError):
        return None
