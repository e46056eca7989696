"""What happens elsewhere, as this process's customers see it; the one listener and clock of a process.

Events come from all processes, this one included (`storage.events`): messages go to the feed, a hand-over's
change to the standing, and that an agent types, has read, or that all was erased, to the sockets at once. The
desk's pages hear the same listener.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from bot.channels.web.handoff_status import StatusNotifier
from bot.channels.web.message_feed import Draw, MessageFeed
from bot.door.sockets import Hub
from bot.support.handoff.timers import run_timers
from storage.errors import Unavailable
from storage.events import Listener

logger = logging.getLogger(__name__)

TICK = 1.0  # seconds between two looks at what time demands (`bot.support.handoff.timers`)
WAITS_EVERY = 30  # ticks after which waiting times are told anew


class LiveUpdates:
    """See the module; one for each server process. Others may add their callbacks to `listener`."""

    def __init__(self, hub: Hub, draw: Draw) -> None:
        self.hub = hub
        self.feed = MessageFeed(hub, draw)
        self.status_notifier = StatusNotifier(hub)
        self.listener = Listener()
        self._clock: asyncio.Task[None] | None = None
        for topic, callback in (
            ("message", self._on_message),
            ("handoff", self._on_handoff),
            ("presence", self._on_presence),
            ("typing", self._on_typing),
            ("read", self._on_read),
            ("erased", self._on_erased),
        ):
            self.listener.on(topic, callback)
        self.listener.on_gap(self._on_gap)

    async def start(self) -> None:
        """Begin; the tables are there. Without a database it goes on trying."""
        self.status_notifier.start()
        await self.listener.start()
        self._clock = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """End."""
        if self._clock:
            self._clock.cancel()
        self.status_notifier.stop()
        await self.listener.stop()
        await self.feed.stop()

    # --- events, in the loop; nothing here waits ------------------------------------------------------------

    def _on_message(self, event: dict[str, Any]) -> None:
        self.feed.hint(event["conversation"], int(event["last"]))

    def _on_handoff(self, event: dict[str, Any]) -> None:
        self.status_notifier.changed(event["conversation"])

    def _on_presence(self, event: dict[str, Any]) -> None:
        self.status_notifier.moved()

    def _on_typing(self, event: dict[str, Any]) -> None:
        if event["who"] == "agent":
            frame = {"type": "typing", "on": bool(event["on"]), "who": "agent", "name": event.get("name")}
            self.hub.send(event["conversation"], frame)

    def _on_read(self, event: dict[str, Any]) -> None:
        if event["who"] == "agent":
            self.hub.send(event["conversation"], {"type": "read", "seq": int(event["seq"])})

    async def _on_erased(self, event: dict[str, Any]) -> None:
        await self.feed.erased(event["conversation"], int(event["before"]))

    def _on_gap(self) -> None:
        self.feed.catch_up()
        self.status_notifier.catch_up()

    # --- the clock ------------------------------------------------------------------------------------------

    async def _tick(self) -> None:
        ticks, failed = 0, ""
        while True:
            await asyncio.sleep(TICK)
            ticks += 1
            if ticks % WAITS_EVERY == 0:
                self.status_notifier.moved()
            try:
                await asyncio.to_thread(run_timers)
                failed = ""
            except Exception as error:
                if not isinstance(error, Unavailable) and failed != repr(error):
                    logger.exception("The timers of the hand-overs failed")
                failed = repr(error)  # the same again is not worth a line a second
