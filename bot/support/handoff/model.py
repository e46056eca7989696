"""A hand-over as its row says it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from bot.support.handoff.states import OPEN, State


@dataclass(frozen=True)
class Handoff:
    """One hand-over of a conversation, from the moment it was asked for until its end."""

    id: int
    conversation: str
    channel: str
    state: State
    version: int
    reason: str
    detail: str | None
    language: str | None
    group: str
    agent: int | None
    priority: int
    packet: dict[str, Any]
    tags: tuple[str, ...]
    close_reason: str | None
    rating: int | None
    rating_comment: str | None
    email: str | None
    ticket: str | None
    agreed: dict[str, Any] | None
    told: bool
    erased: bool
    asked: datetime
    queued: datetime | None
    assigned: datetime | None
    accepted: datetime | None
    first_reply: datetime | None
    ended: datetime | None
    gone_since: datetime | None

    @classmethod
    def of(cls, row: Any) -> Handoff:
        """From a row with all columns."""
        values = dict(row._mapping)
        return cls(
            **{
                **{name: values[name] for name in _FIELDS},
                "state": State(values["state"]),
                "tags": tuple(values["tags"]),
            }
        )

    @property
    def is_open(self) -> bool:
        """Whether the bot is silent."""
        return self.state in OPEN

    def brief(self) -> dict[str, Any]:
        """JSON-able, for lists: all but the packet and what only the bot needs."""
        skipped = ("packet", "agreed", "told")
        values = {name: getattr(self, name) for name in _FIELDS if name not in skipped}
        return {
            name: value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else value
            for name, value in values.items()
        } | {"state": self.state.value, "tags": list(self.tags)}


_FIELDS = tuple(each.name for each in dataclasses.fields(Handoff))
COLUMNS = ", ".join(f'h."{name}"' for name in _FIELDS)


class Place(NamedTuple):
    """The place in the queue (1 is next, 0: not waiting) and the minutes until an answer, if known."""

    place: int
    wait_minutes: int | None


@dataclass(frozen=True)
class Requested:
    """What became of a request for a person."""

    handoff: Handoff
    place: int
    wait_minutes: int | None
    open: bool  # people are there now
    back: datetime | None  # when not: the next opening, if it is known
    new: bool  # False: it had been asked for already, and nothing was stored


@dataclass(frozen=True)
class Note:
    """An agent's private note."""

    id: int
    handoff: int
    agent: int
    at: datetime
    text: str


@dataclass(frozen=True)
class BeforeTurn:
    """What a channel must know before it asks the bot."""

    open: Handoff | None = None  # a person has the conversation: do not ask
    wants_email: int | None = None  # the hand-over for which an e-mail was asked for last
