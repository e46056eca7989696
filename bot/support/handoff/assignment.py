"""Who gets the next conversation: the least busy of those who are there, speak the language and have the
group.

Pure; `bot.support.handoff.timers` asks it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass
class Candidate:
    """Somebody who is online. In the order in which equals are to be preferred."""

    id: int
    groups: Collection[str]
    languages: Collection[str]
    max_load: int
    load: int

    @property
    def free(self) -> bool:
        return self.load < self.max_load


def choose(
    group: str,
    language: str | None,
    candidates: Sequence[Candidate],
    *,
    not_again: Collection[int] = (),
    require_language: bool = False,
) -> Candidate | None:
    """The one who gets it, or None: nobody is free. `not_again` are those who have let it go."""
    fitting = [each for each in candidates if each.free and group in each.groups and each.id not in not_again]
    if require_language and language:
        fitting = [each for each in fitting if language in each.languages]
    if not fitting:
        return None

    def busy(each: Candidate) -> tuple[bool, float, int]:
        foreign = bool(language) and language not in each.languages
        return foreign, each.load / each.max_load, each.load

    return min(fitting, key=busy)  # the first of equals
