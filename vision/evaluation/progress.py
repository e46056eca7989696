"""A line of progress on stderr: overwritten on a terminal, rarely repeated in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
LOG_SECONDS = 20.0


def progress(items: Sequence[T] | Iterable[T], total: int, label: str) -> Iterator[T]:
    """The items, telling how far it is and how long it will take."""
    terminal = sys.stderr.isatty()
    began = told = time.monotonic()
    for done, item in enumerate(items):
        now = time.monotonic()
        if now - told > (0.2 if terminal else LOG_SECONDS):
            told = now
            left = (now - began) / max(done, 1) * (total - done)
            end = "\r" if terminal else "\n"
            print(f"{label}: {done} of {total}, {left:.0f} s left ", end=end, file=sys.stderr, flush=True)
        yield item
    if terminal:
        print(" " * 60, end="\r", file=sys.stderr, flush=True)


def say(text: str) -> None:
    """One line of its own on stderr."""
    print(text, file=sys.stderr, flush=True)
