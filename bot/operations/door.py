"""The door: the one process that the public meets, put together from its rooms.

browsers, platforms ── here: pages, chat, messengers, the desk ── loopback ── dialogue workers
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

from aiohttp import web

from bot import door
from bot.channels.runtime import configured
from bot.channels.runtime.messengers import Messengers
from bot.channels.web import routes
from bot.channels.web.channel import WebChannel
from bot.dialogue.port import Dialogue
from bot.dialogue.remote import RemoteDialogue
from bot.door import answers, health, pages
from bot.settings import settings
from bot.support import desk
from bot.support.integrations import routes as integration_routes
from bot.turns.locks import TurnLocks
from storage import database

logger = logging.getLogger(__name__)


def compose(
    dialogue: Dialogue, *, web_channel: WebChannel | None = None, messengers: Messengers | None = None
) -> web.Application:
    """The application: whoever leads the dialogue, behind every room that has addresses. Raises
    `SettingError`.
    """
    app = door.make_app()
    locks = TurnLocks()
    channel = web_channel or WebChannel()
    service = messengers or Messengers()
    for each in (channel, *service.channels):
        each.connect_dialogue(dialogue, locks)

    async def running(app: web.Application) -> AsyncIterator[None]:
        await asyncio.to_thread(database.migrate)
        await channel.start()
        await service.start(channel.live_updates.listener)
        yield
        await service.stop()
        await channel.stop()

    async def well(request: web.Request) -> web.Response:
        return await _health(dialogue, locks)

    app.cleanup_ctx.append(running)

    async def alive(request: web.Request) -> web.Response:
        return answers.data({"alive": True})

    app.router.add_get("/health", well)
    app.router.add_get("/alive", alive)  # asks nobody: a door is not hung because its database is
    routes.add_routes(app, channel)
    desk.add_routes(app, listener=channel.live_updates.listener, dialogue=dialogue)
    integration_routes.add_routes(app, channel.live_updates.listener)
    service.add_routes(app)
    pages.add_routes(app)
    return app


async def _health(dialogue: Dialogue, locks: TurnLocks) -> web.Response:
    """200 when a message would be answered; else 503 with what is missing. Asked by the supervisor and
    proxies.
    """
    model, database_answers, actions = await asyncio.gather(
        dialogue.healthy(),
        asyncio.to_thread(health.database_answers),
        health.actions_answer(settings().actions_url),
    )
    parts = {"model": model, "database": database_answers, "actions": actions}
    if locks.url is not None:
        parts["redis"] = await locks.healthy()
    well = all(parts.values())
    return answers.data({"status": "ok" if well else "degraded", **parts}, 200 if well else 503)


async def run() -> None:
    """Serve until stopped."""
    config = settings()
    dialogue = RemoteDialogue(config.dialogue_urls)
    app = compose(dialogue, messengers=Messengers(configured.messengers()))
    await dialogue.start()
    try:
        await door.serve(app, config.host, config.port)
    finally:
        await dialogue.close()


def main() -> None:
    """`python -m bot _door`: started by `bot serve`."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(run())
