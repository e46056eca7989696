"""The desk's addresses: the page, its files, the REST routes and the socket, all under /desk."""

from __future__ import annotations

from aiohttp import web

from bot.dialogue.port import Dialogue
from bot.door import static_files
from bot.door.websocket import WebSocket
from bot.settings import ROOT
from bot.support.desk import api_routes, photo_routes, signin_routes, socket, team_routes
from bot.support.desk.refusals import Refused
from bot.support.desk.route_guard import answered, data
from bot.support.desk.security import own_origin, page_policy, secure
from bot.support.desk.server import DeskServer
from storage.events import Listener

DIST = ROOT / "bot" / "web" / "dist" / "desk"
_NOT_BUILT = "The desk is not built yet: run `make run`."


def add_routes(app: web.Application, *, listener: Listener, dialogue: Dialogue) -> None:
    """Mount the desk; it starts and ends with the server. `listener` is started by whoever made it."""
    desk = DeskServer(listener, dialogue)
    app.on_startup.append(lambda _: desk.start())
    app.on_shutdown.append(lambda _: desk.stop())
    for module in (signin_routes, api_routes, photo_routes, team_routes):
        app.add_routes(module.routes(desk))
    app.add_routes(routes(desk))


def routes(desk: DeskServer) -> web.RouteTableDef:
    """The page, its files and its socket."""
    table = web.RouteTableDef()

    @table.get("/desk")
    async def to_page(request: web.Request) -> web.Response:
        raise web.HTTPFound("/desk/")  # the page's own addresses are relative

    @table.get("/desk/")
    async def page(request: web.Request) -> web.Response:
        path = static_files.find("index.html", DIST)
        if path is None:
            response = web.Response(text=_NOT_BUILT, status=503)
        else:
            response = await static_files.serve(request, path)
            response.headers["Content-Security-Policy"] = page_policy(request, desk.settings)
        secure(response)
        return response

    @table.get("/desk/assets/{name}")
    async def asset(request: web.Request) -> web.Response:
        path = static_files.find(request.match_info["name"], DIST / "assets")
        response = await static_files.serve(request, path)
        secure(response)
        return response

    @table.get("/desk/socket")
    async def line(request: web.Request) -> web.StreamResponse:
        # Before the handshake: no socket for any page but the desk's own. Browsers always name theirs.
        if not own_origin(request, desk.settings):
            return await answered(request, _foreign)
        ws = await WebSocket.accept(request)
        await socket.serve(desk, request, ws)
        return ws.response

    async def nothing(request: web.Request) -> web.Response:
        response = data(Refused("unknown").body(None), 404)
        secure(response)
        return response

    for method in ("GET", "POST", "PUT", "DELETE"):
        table.route(method, "/desk/api/{path:.*}")(nothing)
    return table


async def _foreign(language: str) -> web.Response:
    raise Refused("bad_origin")
