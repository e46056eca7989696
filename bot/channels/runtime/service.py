"""All messengers of a server process: started and stopped together, with one ear for what is said
elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from sanic import Sanic

from bot.channels.base.api_client import Later, Refused
from bot.channels.runtime import inbox, outbox, tables
from bot.conversation import messages
from storage.backoff import CHAT, delay
from storage.events import Listener
from storage.timeouts import within

if TYPE_CHECKING:
    from bot.channels.base.messenger import Messenger

logger = logging.getLogger(__name__)

LOOK_AGAIN = 30.0  # seconds between two looks at what nobody has put into the outbox
TIDY_EVERY = 120  # looks


def of(app: Sanic) -> Service:
    """The one of a server process."""
    if not hasattr(app.ctx, "messengers"):
        app.ctx.messengers = Service()
    found: Service = app.ctx.messengers
    return found


class Service:
    """See the module."""

    def __init__(self) -> None:
        self._messengers: dict[str, Messenger] = {}
        self._listener: Listener | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def join(self, messenger: Messenger) -> None:
        """Add a messenger, before `start`."""
        self._messengers[messenger.platform] = messenger

    async def start(self) -> None:
        """Begin; once, however often it is called."""
        if self._listener is not None:
            return
        self._listener = Listener()
        self._listener.on("message", self._message)
        self._listener.on("typing", self._typing)
        self._listener.on_gap(self._gap)
        self._tasks = [asyncio.create_task(self._begin(self._listener))]

    async def stop(self) -> None:
        """End."""
        if self._listener is None:
            return
        listener, self._listener = self._listener, None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await listener.stop()
        await asyncio.gather(*(self._end(each) for each in self._messengers.values()))

    async def _begin(self, listener: Listener) -> None:
        """Without a database it goes on trying."""
        for attempt in range(1, 10**6):
            try:
                await asyncio.to_thread(messages.migrate)
                await asyncio.to_thread(tables.migrate)
                break
            except Exception as error:
                logger.warning("The messengers wait for the database: %s", type(error).__name__)
                await asyncio.sleep(delay(attempt, CHAT))
        await listener.start()
        for messenger in self._messengers.values():
            messenger.arrivals.start()
            messenger.post.start()
            self._tasks.append(asyncio.create_task(_connect(messenger)))
        self._tasks.append(asyncio.create_task(self._look()))

    async def _end(self, messenger: Messenger) -> None:
        await messenger.arrivals.stop()
        await messenger.post.stop()
        try:
            await within(3.0, messenger.disconnect())
        except Exception as error:
            logger.info("%s: not closed cleanly: %s", messenger.platform, type(error).__name__)
        await messenger.client.close()

    def _whose(self, conversation: str) -> Messenger | None:
        return self._messengers.get(conversation.split("-", 1)[0])

    async def _message(self, event: dict[str, Any]) -> None:
        messenger = self._whose(event["conversation"])
        if messenger is not None:
            await messenger.post.nudge(event["conversation"])

    async def _typing(self, event: dict[str, Any]) -> None:
        messenger = self._whose(event["conversation"])
        if messenger is not None and event.get("who") == "agent":
            await messenger.typing(event["conversation"], bool(event.get("on")))

    async def _gap(self) -> None:
        for messenger in self._messengers.values():
            await asyncio.to_thread(outbox.catch_up, messenger.platform)
            messenger.post.wake()

    async def _look(self) -> None:
        looks = 0
        while True:
            try:
                await self._gap()
                if looks % TIDY_EVERY == 0:
                    for name in self._messengers:
                        await asyncio.to_thread(inbox.tidy, name)
                        await asyncio.to_thread(outbox.tidy, name)
            except Exception as error:
                logger.info("The messengers' boxes could not be looked at: %s", type(error).__name__)
            looks += 1
            await asyncio.sleep(LOOK_AGAIN)


async def _connect(messenger: Messenger) -> None:
    """Until it has worked, or never will; the server is up meanwhile."""
    for attempt in range(1, 10**6):
        try:
            await messenger.connect()
            return
        except Later as error:
            wait = delay(attempt, CHAT, error.after)
            logger.warning("%s: not connected, again in %.0f s: %s", messenger.platform, wait, error)
            await asyncio.sleep(wait)
        except Refused as error:
            logger.error(
                "%s: cannot be connected: %s. `python -m bot doctor` says more", messenger.platform, error
            )
            return
        except Exception:
            logger.exception("%s: cannot be connected", messenger.platform)
            await asyncio.sleep(delay(attempt, CHAT))
