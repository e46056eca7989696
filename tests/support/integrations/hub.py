"""A server process of ours, as far as desks are concerned: the service, live events, and an address for webhooks."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.support.integrations import routes
from bot.support.integrations.chatwoot import Chatwoot
from bot.support.integrations.service import Service
from bot.support.integrations.settings import ChatwootSettings
from bot.support.integrations.tickets import Tickets
from storage import events


class Hub:
    """Start, stop, start another one."""

    def __init__(self, settings: ChatwootSettings) -> None:
        self.desk = Chatwoot(settings)
        self.service = Service(self.desk, Tickets(None))
        self.hook = ""
        self._listener: events.Listener | None = None
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        self._listener = events.Listener(asyncio.get_running_loop())
        app = web.Application()
        routes.add_routes(app, self._listener, self.service)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        assert await self._listener.start()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.hook = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hooks/desk"

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
        if self._listener:
            await self._listener.stop()
