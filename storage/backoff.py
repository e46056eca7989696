"""How long to wait before something is tried again."""

from __future__ import annotations

import random
from collections.abc import Sequence

# While a customer waits for a person: quickly, then every minute, for as long as it takes.
CHAT = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
# A ticket: for two days.
TICKET = (5.0, 15.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 43200.0, 72000.0)
MOST = 24 * 3600.0  # nobody makes us wait longer than a day


class Later(Exception):
    """It did not work now and may work later: away, overloaded, locked out. `after`: seconds the other side
    asked for.
    """

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class Refused(Exception):
    """It will not work however often it is tried: the other side says that it is wrong."""


def delay(attempt: int, waits: Sequence[float], after: float | None = None) -> float:
    """Seconds to wait after the attempt of this number (from 1): a little more or less each time, so that
    many do not come back at once; never less than the other side asked for.
    """
    wait = waits[min(max(attempt, 1), len(waits)) - 1] * random.uniform(0.8, 1.2)
    return min(max(wait, after or 0.0), MOST)


def seconds(header: str | None) -> float | None:
    """The `Retry-After` of an answer, where it is a number of seconds."""
    return float(header) if header and header.isascii() and header.isdigit() else None
