"""The way in for what a desk outside reports: /hooks/desk and /hooks/desk/KEY."""

from __future__ import annotations

from aiohttp import web

from bot.door import request_body
from bot.settings import MAX_PHOTO
from bot.support.integrations.service import Service
from storage.events import Listener

MAX_BODY = MAX_PHOTO + 2**16


def add_routes(app: web.Application, listener: Listener, service: Service | None = None) -> None:
    """Mount the hooks; what is behind them (the desk outside, tickets) starts and ends with the server.

    Raises `SettingError` for a setting that makes no sense.
    """
    working = service or Service()
    app.on_startup.append(lambda _: working.start(listener))
    app.on_shutdown.append(lambda _: working.stop())

    async def heard(request: web.Request) -> web.Response:
        try:
            body = await request_body.read(request, MAX_BODY)
        except request_body.TooLarge:
            return web.Response(status=413)
        except request_body.Incomplete:
            return web.Response(status=400)
        headers = {name.lower(): value for name, value in request.headers.items()}
        key = request.match_info.get("key", "")
        return web.Response(status=await working.webhook(headers, body, key))

    app.router.add_post("/hooks/desk", heard)
    app.router.add_post("/hooks/desk/{key}", heard)
