"""All messengers of the door: started and stopped together, with one ear for what is said elsewhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from bot.channels.base.messenger import Messenger
from bot.channels.runtime import inbox, outbox, webhooks
from bot.channels.runtime.messenger_channel import MessengerChannel
from bot.channels.runtime.runner import Runner
from storage.events import Listener

logger = logging.getLogger(__name__)

POLL_SECONDS = 30.0  # seconds between two looks at what nobody has put into the outbox
TIDY_EVERY = 120  # looks


class Messengers:
    """See the module."""

    def __init__(self, messengers: Iterable[Messenger] = ()) -> None:
        self._runners = {messenger.platform: Runner(messenger) for messenger in messengers}
        self._working: asyncio.Task[None] | None = None

    @property
    def channels(self) -> list[MessengerChannel]:
        """The messengers as channels, which want a dialogue before the start."""
        return [runner.channel for runner in self._runners.values()]

    def add_routes(self, app: web.Application) -> None:
        """Add the addresses that the platforms call."""
        for runner in self._runners.values():
            webhooks.add_routes(app, runner)

    async def start(self, listener: Listener) -> None:
        """Begin. `listener` is the process's one, started by whoever made it."""
        if not self._runners:
            return
        listener.on("message", self._message)
        listener.on("typing", self._typing)
        listener.on_gap(self._gap)
        self._working = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """End."""
        if self._working is None:
            return
        self._working.cancel()
        await asyncio.gather(self._working, return_exceptions=True)
        await asyncio.gather(*(runner.stop() for runner in self._runners.values()))

    async def _work(self) -> None:
        for runner in self._runners.values():
            runner.start()
        await self._poll()

    def _whose(self, conversation: str) -> MessengerChannel | None:
        runner = self._runners.get(conversation.split("-", 1)[0])
        return runner.channel if runner is not None else None

    async def _message(self, event: dict[str, Any]) -> None:
        channel = self._whose(event["conversation"])
        if channel is not None:
            await channel.delivery.nudge(event["conversation"])

    async def _typing(self, event: dict[str, Any]) -> None:
        channel = self._whose(event["conversation"])
        if channel is not None and event.get("who") == "agent":
            await channel.typing(event["conversation"], bool(event.get("on")))

    async def _gap(self) -> None:
        for name, runner in self._runners.items():
            await asyncio.to_thread(outbox.catch_up, name)
            runner.channel.delivery.wake()

    async def _poll(self) -> None:
        looks = 0
        while True:
            try:
                await self._gap()
                if looks % TIDY_EVERY == 0:
                    for name in self._runners:
                        await asyncio.to_thread(inbox.tidy, name)
                        await asyncio.to_thread(outbox.tidy, name)
            except Exception as error:
                logger.info("The messengers' boxes could not be looked at: %s", type(error).__name__)
            looks += 1
            await asyncio.sleep(POLL_SECONDS)
