"""The desk outside (if there is one) and the tickets, as part of a server process.

    service = Service()
    await service.start(listener)                       # a `storage.events.Listener`, started or not
    status = await service.webhook(headers, body, key)  # mounted as POST /hooks/desk and /hooks/desk/<key>
    await service.stop()

Everything is heard by `storage.events`, so nothing else of the bot has to call a desk.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from bot.conversation import messages
from bot.support.handoff import store
from bot.support.handoff.states import State
from bot.support.integrations import erasure, registry
from bot.support.integrations.base import Desk
from bot.support.integrations.bridge import Bridge
from bot.support.integrations.tickets import Tickets
from storage import database
from storage.errors import Unavailable
from storage.events import Listener

logger = logging.getLogger(__name__)


class Service:
    """See the module. Raises `SettingError` at once for settings that make no sense."""

    def __init__(self, desk: Desk | None = None, tickets: Tickets | None = None) -> None:
        self.desk = desk or registry.make()
        self.tickets = tickets or Tickets.configured()
        self.bridge = Bridge(self.desk.name)

    async def start(self, listener: Listener) -> None:
        """Begin."""
        await asyncio.to_thread(database.migrate)
        listener.on("erased", self._erased)
        listener.on("handoff", self._handoff)
        if self.desk.name != "own":
            listener.on("message", self._message)
            listener.on("typing", self._typing)
            listener.on("read", self._read)
            listener.on_gap(self.desk.catch_up)
        await self.desk.start(self.bridge)
        self.tickets.start()

    async def stop(self) -> None:
        """End; what is unfinished is finished by another process, or after the next start."""
        await self.desk.stop()
        await self.tickets.stop()

    async def webhook(self, headers: Mapping[str, str], body: bytes, key: str = "") -> int:
        """The desk calls us: the HTTP status to answer with (an empty body)."""
        return await self.desk.webhook(headers, body, key)

    async def _handoff(self, event: dict[str, Any]) -> None:
        self.tickets.wake()
        if self.desk.name == "own":
            return
        handoff = await asyncio.to_thread(store.get, event["id"])
        if handoff is None:
            return
        if handoff.is_open:
            await self.desk.opened(handoff)
        elif handoff.state is State.BOT:
            await self.desk.cancelled(handoff)
        else:
            await self.desk.ended(handoff)

    async def _message(self, event: dict[str, Any]) -> None:
        handoff = await asyncio.to_thread(store.open_of, event["conversation"])
        if handoff is None:
            return
        for seq in range(event["first"], event["last"] + 1):
            message = await asyncio.to_thread(messages.get, event["conversation"], seq)
            if message is not None and message.sender == "customer":
                await self.desk.customer_said(handoff, message)

    async def _typing(self, event: dict[str, Any]) -> None:
        if event.get("who") == "customer":
            handoff = await asyncio.to_thread(store.open_of, event["conversation"])
            if handoff is not None:
                await self.desk.customer_typing(handoff, bool(event.get("on")))

    async def _read(self, event: dict[str, Any]) -> None:
        if event.get("who") == "customer":
            handoff = await asyncio.to_thread(store.open_of, event["conversation"])
            if handoff is not None:
                await self.desk.customer_read(handoff, int(event["seq"]))

    async def _erased(self, event: dict[str, Any]) -> None:
        try:
            await asyncio.to_thread(erasure.forget, event["conversation"])
            if self.desk.name == "own":
                return
            handoff = await asyncio.to_thread(store.open_of, event["conversation"])
            if handoff is not None and handoff.erased:
                # Outside nobody knows this customer any more: the bot takes over.
                await self.bridge.returned(handoff.id, None, {})
        except Unavailable:
            logger.error("What a desk holds of an erased conversation could not be erased now")
