"""A ticket, and where tickets go: one interface, so that another ticket system is one file more.

A new target: a subclass, and its name with the way to make it in `registry.REGISTRY`, or among the entry
points of another package (`shop_assistant.tickets`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Ticket:
    """One ticket, or (with a `parent`) what is added to one. `attempts` counts the one that is being made."""

    id: int
    parent: int | None
    handoff: int | None
    conversation: str
    target: str
    email: str | None
    language: str | None
    title: str
    body: str
    photos: tuple[str, ...]  # ids of the customer's photos
    mark: str  # stands in the text, so that the ticket can be found at the other side
    state: str  # waiting, sent, dead
    remote: str | None  # its number at the other side
    attempts: int
    due: datetime
    sent: datetime | None
    error: str | None
    created: datetime

    @property
    def reference(self) -> str:
        """Our own number of it, for customers and agents."""
        return f"T{self.parent or self.id:04}"


@dataclass(frozen=True)
class Photo:
    """A file to attach."""

    name: str
    data: bytes


Progress = Callable[[str], Awaitable[None]]


class Target(ABC):
    """Base class of the ticket systems. Raises `Later` and `Refused` (`storage.backoff`)."""

    name = ""

    @abstractmethod
    async def send(
        self, ticket: Ticket, parent: Ticket | None, photos: list[Photo], progress: Progress
    ) -> str:
        """Open the ticket, or add to `parent`; returns its number there.

        `progress` keeps that number as soon as there is one: a further attempt finds it in `ticket.remote`,
        and must not open a second ticket. Where an attempt may have opened one without our knowing
        (`ticket.attempts` over 1), it is looked for by its mark first.
        """

    async def check(self) -> None:  # noqa: B027
        """Whether it can be reached with what is set; opens nothing. Raises as `send`."""

    async def close(self) -> None:  # noqa: B027 - most have none
        """Give back connections."""
