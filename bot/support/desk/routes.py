"""The desk's addresses: the page, its files, the REST routes and the socket, all under /desk."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, raw, redirect

from bot.door import files
from bot.settings import ROOT
from bot.support.desk import api_routes, photo_routes, signin_routes, socket, team_routes
from bot.support.desk.refusals import Refused
from bot.support.desk.route_guard import answered, data
from bot.support.desk.security import own_origin, page_policy, secure
from bot.support.desk.server import DeskServer

DIST = ROOT / "bot" / "web" / "dist" / "desk"
_NOT_BUILT = b"The desk is not built yet: run `make run`."


class DeskBlueprint(Blueprint):
    """A blueprint that guards its socket before the handshake."""

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Mount the routes."""
        super().register(app, options)
        app.register_middleware(self.guard, "request")

    async def guard(self, request: Request) -> HTTPResponse | None:
        """No socket for any page but the desk's own; browsers always name theirs."""
        if request.path.rstrip("/") != "/desk/socket" or own_origin(request, self.ctx.desk.settings):
            return None

        async def refuse(language: str) -> HTTPResponse:
            raise Refused("bad_origin")

        return await answered(request, refuse)


def desk_blueprint(channel: Any) -> Blueprint:
    """Everything under /desk, for `app.blueprint`. `channel` is the website's channel."""
    desk = DeskServer(channel)
    blueprint = DeskBlueprint("desk", url_prefix="/desk")
    blueprint.ctx.desk = desk

    @blueprint.listener("after_server_start")
    async def start(app: Sanic, loop: Any) -> None:
        await desk.start(app)

    @blueprint.listener("before_server_stop")
    async def stop(app: Sanic, loop: Any) -> None:
        await desk.stop()

    @blueprint.get("/")
    async def page(request: Request) -> HTTPResponse:
        if request.path == "/desk":
            return redirect("/desk/")  # the page's own addresses are relative
        path = files.find("index.html", DIST)
        if path is None:
            response = raw(_NOT_BUILT, 503, content_type="text/plain; charset=utf-8")
        else:
            response = await files.serve(request, path)
            response.headers["Content-Security-Policy"] = page_policy(request, desk.settings)
        secure(response)
        return response

    @blueprint.get("/assets/<name:str>")
    async def asset(request: Request, name: str) -> HTTPResponse:
        response = await files.serve(request, files.find(name, DIST / "assets"))
        secure(response)
        return response

    @blueprint.websocket("/socket")
    async def line(request: Request, ws: Any) -> None:
        await socket.serve(desk, request, ws)

    signin_routes.add_routes(blueprint, desk)
    api_routes.add_routes(blueprint, desk)
    photo_routes.add_routes(blueprint, desk)
    team_routes.add_routes(blueprint, desk)

    @blueprint.route("/api/<path:path>", methods=["GET", "POST", "PUT", "DELETE"])
    async def nothing(request: Request, path: str) -> HTTPResponse:
        response = data(Refused("unknown").body(None), 404)
        secure(response)
        return response

    return blueprint
