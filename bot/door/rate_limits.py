"""How often somebody may do something: token buckets in this process's memory."""

from __future__ import annotations

import time
from collections.abc import Callable


class RateLimit:
    """At most `per_minute` events a minute for each key, in bursts of up to as many; 0 means no limit."""

    def __init__(
        self, per_minute: int, *, clock: Callable[[], float] = time.monotonic, max_keys: int = 50_000
    ) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._max_keys = max_keys
        self._buckets: dict[str, tuple[float, float]] = {}  # key → tokens left, at what time

    def allow(self, key: str) -> bool:
        """Count one event; False if it is one too many."""
        if not self.per_minute:
            return True
        now = self._clock()
        tokens, then = self._buckets.pop(key, (float(self.per_minute), now))
        tokens = min(float(self.per_minute), tokens + (now - then) * self.per_minute / 60)
        allowed = tokens >= 1
        # Popped and set anew, so the dictionary is ordered by last use and the oldest go first.
        self._buckets[key] = (tokens - 1 if allowed else tokens, now)
        while len(self._buckets) > self._max_keys:
            del self._buckets[next(iter(self._buckets))]
        return allowed
