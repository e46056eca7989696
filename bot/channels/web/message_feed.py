"""Messages to sockets: those of this process and of all others, in their order, each once.

A socket remembers the last number it was sent. Numbers have no gaps and are given in the order of the
commits, so whoever knows of a newer message knows what is missing, and a hint that came twice does nothing.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.conversation import messages
from bot.conversation.messages import Message
from bot.door.sockets import Hub

logger = logging.getLogger(__name__)

MOST = 200  # messages that are looked up at once; of a longer gap the newest
SETTLE = 0.02  # seconds: who stored a message here shows it himself, and it need not be looked up
RETRY = 1.0

Draw = Callable[[Sequence[Message]], Awaitable[list[dict[str, Any]]]]


class MessageFeed:
    """See the module. `draw` gives the frames of messages."""

    def __init__(self, hub: Hub, draw: Draw) -> None:
        self.hub = hub
        self._draw = draw
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._looking: dict[str, asyncio.Task[None]] = {}
        self._wanted: dict[str, int] = {}  # the newest number that a hint told of

    def lock(self, conversation: str) -> asyncio.Lock:
        """Held while anything is sent to a conversation's sockets that has an order."""
        found = self._locks.get(conversation)
        if found is None:
            found = self._locks[conversation] = asyncio.Lock()
        return found

    async def show(self, conversation: str, stored: Sequence[Message] = ()) -> None:
        """Send what is stored and was not sent; `stored` are messages at hand, which saves looking them up
        unless something lies before them.
        """
        if self.hub.of(conversation):
            async with self.lock(conversation):
                await self._show(conversation, stored)

    def hint(self, conversation: str, last: int) -> None:
        """There is a message number `last` (an event says so): see that it gets sent. Never waits."""
        if not self._behind(conversation, last):
            return
        self._wanted[conversation] = max(last, self._wanted.get(conversation, 0))
        if conversation not in self._looking:
            self._looking[conversation] = asyncio.create_task(self._look(conversation))

    def catch_up(self) -> None:
        """Events may have been missed: look every open conversation up. Never waits."""
        for conversation in self.hub.conversations():
            self.hint(conversation, 2**31)

    async def erased(self, conversation: str, before: int) -> None:
        """What was said before message `before` is deleted. Numbers may begin anew."""
        async with self.lock(conversation):
            self.hub.send(conversation, {"type": "erased", "before": before})
            if not self.hub.of(conversation):
                return
            last = await asyncio.to_thread(messages.last_seq, conversation)
            for socket in self.hub.of(conversation):
                if socket.sent is not None and socket.sent > last:
                    socket.sent = 0
            await self._show(conversation, ())

    async def stop(self) -> None:
        """End what is under way."""
        for task in list(self._looking.values()):
            task.cancel()

    def _behind(self, conversation: str, last: int) -> bool:
        return any(each.sent is not None and each.sent < last for each in self.hub.of(conversation))

    async def _look(self, conversation: str) -> None:
        try:
            await asyncio.sleep(SETTLE)
            # What is wanted is taken before it is looked up: a hint that comes meanwhile wants more.
            while last := self._wanted.pop(conversation, 0):
                if not self._behind(conversation, last):
                    continue
                try:
                    await self.show(conversation)
                except Exception as error:
                    logger.warning("New messages cannot be looked up: %s", type(error).__name__)
                    self._wanted[conversation] = max(last, self._wanted.get(conversation, 0))
                    await asyncio.sleep(RETRY)
        finally:
            del self._looking[conversation]

    async def _show(self, conversation: str, stored: Sequence[Message]) -> None:
        sockets = [each for each in self.hub.of(conversation) if each.sent is not None]
        if not sockets:
            return
        low = min(each.sent or 0 for each in sockets)
        if stored and stored[-1].seq <= low:
            return
        if not stored or stored[0].seq > low + 1:
            stored = await asyncio.to_thread(messages.history, conversation, low, MOST)
        frames = await self._draw(stored)
        for message, frame in zip(stored, frames, strict=True):
            for socket in sockets:
                if socket.sent is not None and message.seq > socket.sent:
                    socket.send(frame)
                    socket.sent = message.seq
