"""Where people answer: one interface, so that another desk is one file more.

    our side ── opened, customer_said, cancelled, ended … ──►  Desk  ──►  the desk's own protocol
    our side ◄── Events: agent_said, assignee_changed, returned … ──  Desk  ◄──  its webhooks

The calls of our side come from every server process and may come twice or, after a crash, late: a desk keeps
what it was told and tells it on once. What a desk reports may be reported twice, too: each message carries an
id, and the side that hears it keeps the first.

A new desk: a subclass, and its name with the way to make it in `registry.REGISTRY`, or among the entry points
of another package (`shop_assistant.desks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.conversation.messages import Message
from bot.support.handoff import Handoff


@dataclass(frozen=True)
class OutsideAgent:
    """Somebody at the desk. `id` is the desk's own; customers see `name`."""

    id: str
    name: str


@dataclass(frozen=True)
class AgentMessage:
    """What an agent said to the customer. `id` is the desk's own number of it, the same every time."""

    id: str
    person: OutsideAgent
    text: str = ""
    photos: tuple[bytes, ...] = ()  # as they came: the photo door has not seen them yet


class Events(Protocol):
    """What a desk reports. Each call is done when it returns, and harmless when it is repeated.

    Raises `storage.errors.Unavailable` when it could not be taken: report it again later.
    """

    async def agent_said(self, conversation: str, said: AgentMessage) -> None:
        """An agent said something to the customer. Whoever speaks has the conversation, if one is open."""

    async def agent_typing(self, conversation: str, person: OutsideAgent, on: bool) -> None:
        """An agent began or stopped typing. May be lost."""

    async def agent_read(self, conversation: str, seq: int) -> None:
        """An agent has read the customer's messages up to this one. May be lost."""

    async def assignee_changed(self, handoff: int, person: OutsideAgent | None) -> None:
        """The hand-over has been given to a person, or (None) taken from one."""

    async def returned(self, handoff: int, person: OutsideAgent | None, slots: Mapping[str, Any]) -> None:
        """A person is done with it: the bot has the conversation again, and knows what was agreed."""

    async def stepped_in(self, conversation: str, person: OutsideAgent) -> None:
        """A person took the conversation without being asked."""


class Desk:
    """Base class of desks. Every method is optional; what a desk does not know, it leaves out."""

    name = ""

    async def start(self, events: Events) -> None:
        """Begin to work; called once in each server process."""

    async def stop(self) -> None:
        """End, leaving to the next start what is unfinished."""

    async def opened(self, handoff: Handoff) -> None:
        """A hand-over was opened: a person is wanted."""

    async def customer_said(self, handoff: Handoff, message: Message) -> None:
        """The customer wrote, or sent a photo, while the hand-over is open."""

    async def customer_typing(self, handoff: Handoff, on: bool) -> None:
        """The customer began or stopped typing. May be lost."""

    async def customer_read(self, handoff: Handoff, seq: int) -> None:
        """The customer has read everything up to this message. May be lost."""

    async def cancelled(self, handoff: Handoff) -> None:
        """The customer went back to the assistant before somebody came."""
        await self.ended(handoff)

    async def ended(self, handoff: Handoff) -> None:
        """The hand-over has ended, on whichever side; `handoff.state` says how."""

    async def catch_up(self) -> None:
        """Something may have been missed (a start, a cut connection): look everything up."""

    async def webhook(self, headers: Mapping[str, str], body: bytes, key: str = "") -> int:
        """The desk called us: returns the HTTP status to answer with. `key` is the last part of the
        address.
        """
        return 404

    async def check(self) -> int | None:
        """Whether the desk can be reached with what is set, for `bot doctor`: how many people answer there,
        None if it does not tell. Raises `Later` and `Refused` (`storage.backoff`).
        """
        return None

    def online(self) -> int | None:
        """How many people are there now, None if the desk does not tell. Synchronous: call it in a thread."""
        return None
