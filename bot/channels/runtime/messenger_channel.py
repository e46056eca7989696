"""A messenger as a channel of the assistant: turns in, stored messages out by the outbox."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any

from bot.channels.base.messenger import Messenger
from bot.channels.runtime import contacts
from bot.channels.runtime.delivery import Delivery
from bot.conversation.messages import Message
from bot.conversation.replies import Reply
from bot.turns.channel import Channel

logger = logging.getLogger(__name__)


class MessengerChannel(Channel):
    """See the module."""

    def __init__(self, messenger: Messenger) -> None:
        super().__init__()
        self.messenger = messenger
        self.banner, self.stars = messenger.banner, messenger.stars
        self.delivery = Delivery(messenger)
        self._courtesies: set[asyncio.Task[None]] = set()
        self._turns: dict[tuple[str, int], list[asyncio.Future[None]]] = {}

    def name(self) -> str:
        return self.messenger.platform

    async def deliver(self, conversation: str, stored: Sequence[Message]) -> None:
        await self.delivery.nudge(conversation)

    async def refresh(self, conversation: str) -> None:
        await self.delivery.nudge(conversation)

    async def typing(self, conversation: str, on: bool) -> None:
        try:
            contact = await asyncio.to_thread(contacts.of, conversation)
            if contact is not None and not contact.gone:
                await self.messenger.show_typing(contact, on)
        except Exception as error:
            logger.debug("%s: typing could not be shown: %s", self.name(), type(error).__name__)

    async def push(self, conversation: str, replies: Sequence[Reply]) -> list[Message]:
        """The same as any channel's, for customers who have agreed to messages that we begin."""
        contact = await asyncio.to_thread(contacts.of, conversation)
        if contact is None or not contact.consent:
            logger.info("%s: nothing is said unasked without the customer's consent", self.name())
            return []
        return await super().push(conversation, replies)

    async def done(self, message: Message) -> None:
        for waiting in self._turns.pop((message.conversation, message.seq), []):
            if not waiting.done():
                waiting.set_result(None)

    async def turn(self, message: Message) -> None:
        """Until the turn of a stored message is over."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._turns.setdefault((message.conversation, message.seq), []).append(waiting)
        await waiting

    def courtesy(self, doing: Coroutine[Any, Any, None]) -> None:
        """Do it in the background; nothing depends on it, so it may fail."""

        async def do() -> None:
            try:
                await doing
            except Exception as error:
                logger.debug("%s: a courtesy failed: %s", self.name(), type(error).__name__)

        task = asyncio.create_task(do())
        self._courtesies.add(task)
        task.add_done_callback(self._courtesies.discard)
