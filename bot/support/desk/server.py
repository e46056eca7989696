"""The desk in one server process: its seats, its feed, its limits, its start and end."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Coroutine
from typing import Any

from bot.dialogue.port import Dialogue
from bot.door.rate_limits import RateLimit
from bot.settings import settings
from bot.support.accounts import canned_replies, presence
from bot.support.desk.board import Board
from bot.support.desk.feed import Feed
from bot.support.desk.hub import Hub
from storage.errors import Unavailable
from storage.events import Listener

logger = logging.getLogger(__name__)

REQUESTS_PER_MINUTE = 600  # of one agent
FRAMES_PER_MINUTE = 1500
PHOTOS_PER_MINUTE = 30
SUGGESTIONS_PER_MINUTE = 30
CHECK_BEATS = 6  # heartbeats between two looks whether sessions still hold


class DeskServer:
    """See the module; `bot.support.desk.routes` gives it its addresses.

    `listener` is the process's one, started by whoever made it.
    """

    def __init__(self, listener: Listener, dialogue: Dialogue) -> None:
        self.listener = listener
        self.dialogue = dialogue
        self.settings = settings()
        self.process = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
        self.board = Board()
        self.hub = Hub()
        self.feed: Feed
        self.request_limit = RateLimit(REQUESTS_PER_MINUTE)
        self.frame_limit = RateLimit(FRAMES_PER_MINUTE)
        self.photo_limit = RateLimit(PHOTOS_PER_MINUTE)
        self.suggest_limit = RateLimit(SUGGESTIONS_PER_MINUTE)
        self.sign_in_limit = RateLimit(self.settings.sessions_per_minute)  # of one address
        self._heart: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something that nobody waits for; it is finished before the server ends."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def start(self) -> None:
        """Begin to hear events and to say who is there; called when the server has started."""
        try:
            await asyncio.to_thread(canned_replies.load_starters)
        except Unavailable:
            logger.error("The database does not answer; the desk goes on trying")
        self.feed = Feed(self.hub, self.board)
        await self.feed.start(self.listener)
        self._heart = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        """Everybody here is gone at once, and not only when nothing was heard of him for a while."""
        if self._heart:
            self._heart.cancel()
        await self.feed.stop()
        seats = self.hub.all()
        for seat in seats:
            seat.close(1001, "going away")
        for seat in seats:
            try:
                await asyncio.to_thread(presence.disconnect, seat.connection)
            except Unavailable:
                break
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2)

    async def _beat(self) -> None:
        beats = 0
        while True:
            await asyncio.sleep(presence.HEARTBEAT)
            beats += 1
            try:
                await self._alive()
                if beats % CHECK_BEATS == 0:
                    for seat in self.hub.all():
                        await self.feed.check(seat)
            except Unavailable:
                continue  # it is said again with the next beat
            except Exception:
                logger.exception("Who is at the desk could not be told")

    async def _alive(self) -> None:
        seats = {seat.connection: seat for seat in self.hub.all()}
        for lost in await asyncio.to_thread(presence.heartbeat, self.process, list(seats)):
            seat = seats[lost]
            await asyncio.to_thread(presence.connect, seat.agent.id, self.process, lost)
        await asyncio.to_thread(presence.sweep)
