"""Where people answer, as part of this server: the desk's page, a desk outside, tickets."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, empty

from bot.support.desk import desk_blueprint
from bot.support.integrations.service import Service
from storage.events import Listener


def mount(app: Sanic, channel: Any) -> None:
    """Add `/desk`, and `/hooks/desk` for what a desk outside reports. All of them hear `channel.listener`.

    Raises `SettingError` for a setting that makes no sense.
    """
    app.blueprint(desk_blueprint(channel))
    app.blueprint(hooks_blueprint(channel.listener))


def hooks_blueprint(listener: Listener) -> Blueprint:
    """The way in for a desk outside; it starts and ends with the server."""
    service = Service()
    blueprint = Blueprint("desk_hooks", url_prefix="/hooks")

    @blueprint.listener("after_server_start")
    async def start(app: Sanic, loop: Any) -> None:
        await service.start(listener)

    @blueprint.listener("before_server_stop")
    async def stop(app: Sanic, loop: Any) -> None:
        await service.stop()

    @blueprint.post("/desk")
    async def desk(request: Request) -> HTTPResponse:
        return await heard(request, "")

    @blueprint.post("/desk/<key:str>")
    async def desk_with_key(request: Request, key: str) -> HTTPResponse:
        return await heard(request, key)

    async def heard(request: Request, key: str) -> HTTPResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        return empty(await service.webhook(headers, request.body, key))

    return blueprint
