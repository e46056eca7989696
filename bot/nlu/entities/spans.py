"""A found entity, and the text from which finders take what they understand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

Value = str | int | float

TAKEN = "\x00"


@dataclass(frozen=True)
class Span:
    """An entity at `start` to `end` of the message; `excluded` when the customer does not want it."""

    entity: str
    value: Value
    start: int
    end: int
    excluded: bool = False

    def but(self, **changes: object) -> Span:
        return replace(self, **changes)  # type: ignore[arg-type]


class Page:
    """The plain text of a message. What one finder has taken, the next ones see as blank."""

    def __init__(self, plain: str, original: str) -> None:
        self.plain = plain
        self.original = original  # as typed: "M" and "m" differ
        self.rest = plain
        self.spans: list[Span] = []

    def scan(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Matches in what is left, from the left; a match may be taken while scanning."""
        position = 0
        while match := pattern.search(self.rest, position):
            yield match
            position = max(match.end(), match.start() + 1)

    def take(self, start: int, end: int, *found: tuple[str, Value]) -> None:
        """Blank the characters and note the entities, each over all of them."""
        self.blank(start, end)
        self.spans.extend(Span(entity, value, start, end) for entity, value in found)

    def blank(self, start: int, end: int) -> None:
        self.rest = self.rest[:start] + TAKEN * (end - start) + self.rest[end:]
