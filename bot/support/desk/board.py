"""The open hand-overs as this process knows them: who has which conversation, without asking the database.

It decides whom an event is sent to, so it is fed by the events themselves, in the order of their commits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from bot.support.handoff.model import Handoff
from bot.support.handoff.states import OPEN

_OPEN = frozenset(state.value for state in OPEN)
_WITH_AN_AGENT = frozenset(("assigned", "human"))


class Entry(NamedTuple):
    """One open hand-over."""

    id: int
    conversation: str
    state: str
    version: int
    group: str
    agent: int | None


class Board:
    """See the module. Not for threads: it lives in the event loop."""

    def __init__(self) -> None:
        self._by_id: dict[int, Entry] = {}
        self._by_conversation: dict[str, Entry] = {}
        self._loading: list[Mapping[str, Any]] | None = None

    def begin(self) -> None:
        """From now on remember what happens: a snapshot of the database is being read."""
        self._loading = []

    def load(self, handoffs: Iterable[Handoff]) -> None:
        """Start from a snapshot, with what happened while it was read on top."""
        meanwhile, self._loading = self._loading or [], None
        self._by_id.clear()
        self._by_conversation.clear()
        for each in handoffs:
            self._put(
                Entry(each.id, each.conversation, each.state.value, each.version, each.group, each.agent)
            )
        for event in meanwhile:
            self.apply(event)

    def apply(self, event: Mapping[str, Any]) -> tuple[Entry | None, Entry | None]:
        """What topic `handoff` told: the entry before and after; an outdated event changes nothing."""
        if self._loading is not None:
            self._loading.append(event)
        before = self._by_id.get(event["id"])
        if before is not None and event["version"] < before.version:
            return before, before
        if before is not None:
            del self._by_id[before.id]
            if self._by_conversation.get(before.conversation) is before:
                del self._by_conversation[before.conversation]
        if event["state"] not in _OPEN:
            return before, None
        after = Entry(*(event[name] for name in Entry._fields))
        self._put(after)
        return before, after

    def of(self, conversation: str) -> Entry | None:
        """The open hand-over of a conversation."""
        return self._by_conversation.get(conversation)

    def loads(self) -> Counter[int]:
        """How many conversations each agent has."""
        return Counter(
            each.agent
            for each in self._by_id.values()
            if each.agent is not None and each.state in _WITH_AN_AGENT
        )

    def load_of(self, agent: int) -> int:
        """How many conversations an agent has."""
        return self.loads()[agent]

    def _put(self, entry: Entry) -> None:
        self._by_id[entry.id] = entry
        self._by_conversation[entry.conversation] = entry
