"""What stands behind a messenger, as its platform's file sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.channels.base.contact import Contact
from bot.channels.base.drawing import Piece, Shown
from bot.channels.base.update import Update
from bot.conversation.messages import Message


class Assistant(Protocol):
    """What is kept of a messenger, and what may be asked of it. Everything raises
    `storage.errors.Unavailable` while the database is away.
    """

    def wake(self) -> None:
        """The messenger can send again (see `Messenger.ready`)."""

    async def keep(self, updates: Sequence[Update]) -> None:
        """Keep what the platform reported, and have it worked off."""

    async def arrange(self, updates: Sequence[Update]) -> bool:
        """Keep updates that the platform has not reported, in their order with those that it has; returns
        whether that changed anything. Call it only while the first update of the address is worked on.
        """

    async def has_come(self, update: str) -> bool:
        """Whether an update with this id has come."""

    async def has_sent(self, remote: str) -> bool:
        """Whether a message there is one of ours."""

    async def message_there(self, contact: Contact, remote: str) -> int | None:
        """Which message of ours a message there shows, or None."""

    async def find(self, address: str) -> Contact | None:
        """The person of an address; None for a stranger."""

    async def spoken(self, contact: Contact) -> str:
        """The language to speak where a message does not tell."""

    async def consents(self, contact: Contact, consent: bool) -> None:
        """The customer agrees to messages that we begin, or takes it back."""

    async def with_a_person(self, contact: Contact) -> bool:
        """Whether a person has the conversation, or is waited for."""

    async def writing(self, address: str, on: bool) -> None:
        """The customer at an address writes, or has stopped: who has the conversation at the desk is told."""

    async def shown(self, message: Message) -> Shown:
        """What a stored message shows."""

    async def pieces(self, contact: Contact, message: Message) -> list[Piece]:
        """What `Messenger.draw` makes of a stored message."""
