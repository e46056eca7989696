"""The website's channel: what is stored is sent to every open socket of the conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from bot.channels.web.live_updates import LiveUpdates
from bot.conversation import photo_intake
from bot.conversation.messages import Message
from bot.door.rate_limits import RateLimit
from bot.door.sockets import Hub
from bot.settings import settings
from bot.turns import message_events
from bot.turns.channel import Channel

SIGNALS_PER_MINUTE = 240  # of one conversation; what is beyond is dropped without a word


class WebChannel(Channel):
    """See the module."""

    banner = True
    stars = True

    def __init__(self) -> None:
        super().__init__()
        self.settings = settings()
        self.hub = Hub()
        self.message_limit = RateLimit(self.settings.messages_per_minute)
        self.photo_limit = RateLimit(self.settings.photos_per_minute)
        self.session_limit = RateLimit(self.settings.sessions_per_minute)
        self.signal_limit = RateLimit(SIGNALS_PER_MINUTE)
        self.live_updates = LiveUpdates(self.hub, self._draw)
        self.listener = self.live_updates.listener  # the process's one; the desk hears it, too
        self._sweeper: asyncio.Task[None] | None = None

    @classmethod
    def name(cls) -> str:
        return "web"

    # --- out ------------------------------------------------------------------------------------------------

    async def deliver(self, conversation: str, stored: Sequence[Message]) -> None:
        if stored:
            await self.live_updates.feed.show(conversation, stored)

    async def refresh(self, conversation: str) -> None:
        await self.live_updates.feed.show(conversation)

    async def _draw(self, stored: Sequence[Message]) -> list[dict[str, Any]]:
        return [{"type": "event", **event} for event in await message_events.events(self, stored)]

    async def typing(self, conversation: str, on: bool) -> None:
        self.hub.send(conversation, {"type": "typing", "on": on, "who": "bot"})

    async def done(self, message: Message) -> None:
        self.hub.send(message.conversation, {"type": "done", "id": message.client_id})

    async def trouble(self, message: Message, text: str) -> None:
        frame = {"type": "error", "code": "unavailable", "text": text, "id": message.client_id}
        self.hub.send(message.conversation, frame)

    async def erased(self, conversation: str, before: int) -> None:
        if not self.listener.connected:  # else the event says it, here and everywhere
            await self.live_updates.feed.erased(conversation, before)

    # --- life -----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to hear what happens elsewhere."""
        await self.live_updates.start()
        self._sweeper = asyncio.create_task(photo_intake.sweep())

    async def stop(self) -> None:
        """End."""
        if self._sweeper:
            self._sweeper.cancel()
        await self.live_updates.stop()
