"""The supervisor's eye on the database, in a thread of its own: who asks a server that hangs is held up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from bot.settings import settings
from storage import database, embedded
from storage.settings import database_url

ASK_SECONDS = 3.0


class DatabaseWatch:
    """Starts the embedded PostgreSQL again when it has died or hangs; of the shop's own it only speaks."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begin; the database runs."""
        self._thread.start()

    def stop(self) -> None:
        """End; does not wait for an answer that is under way."""
        self._over.set()

    def _watch(self) -> None:
        answered, silent = time.monotonic(), False
        while not self._over.wait(ASK_SECONDS):
            if database.answers():
                if silent:
                    self._say("· database: answers again")
                answered, silent = time.monotonic(), False
                continue
            if not silent:
                self._say("! database: does not answer")
            silent = True
            if not database_url() and time.monotonic() - answered > settings().hung_seconds:
                self._say("! database: hangs; ending it, and starting it again")
                embedded.kill()
                answered = time.monotonic()
