"""Pages and files: the chat's frame, the launcher, the demo shop and its data, the catalogue's pictures."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from bot.door import jpeg_pictures, shop_data, static_files
from bot.door.headers import page_policy
from bot.settings import ROOT, settings
from shop.settings import DEMO, pictures_dir

DIST = ROOT / "bot" / "web" / "dist"
_DAY = f"public, max-age={24 * 3600}"
_NOT_BUILT = "The widget is not built yet: run `make run`, or `npm ci && npm run build` in bot/web."


def add_routes(app: web.Application) -> None:
    """Add the routes of pages, files and shop data."""
    app.router.add_get("/", lambda request: page(request, "index"))
    app.router.add_get("/chat", _to_chat)
    app.router.add_get("/chat/", lambda request: page(request, "frame", framed=True))
    app.router.add_get("/widget.js", _launcher)
    app.router.add_get("/chat/assets/{name}", _asset)
    app.router.add_get(f"{jpeg_pictures.ROUTE}/{{name}}", _jpeg)
    app.router.add_get("/pictures/{name}", _picture)
    app.router.add_get("/favicon.ico", _favicon)
    shop_data.add_routes(app)
    app.router.add_get("/shop/checkout", lambda request: page(request, "checkout"))
    app.router.add_get("/shop/{product}", lambda request: page(request, "product"))


async def _to_chat(request: web.Request) -> web.Response:
    raise web.HTTPFound("/chat/")  # the page's own addresses are relative


async def _launcher(request: web.Request) -> web.Response:
    # The one file that other sites load.
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
    path = static_files.find("widget.js", DIST)
    return await static_files.serve(request, path, cache="public, max-age=300", headers=headers)


async def _asset(request: web.Request) -> web.Response:
    return await static_files.serve(request, static_files.find(request.match_info["name"], DIST / "assets"))


async def _picture(request: web.Request) -> web.Response:
    path = static_files.find(request.match_info["name"], pictures_dir(), DEMO / "pictures")
    return await static_files.serve(request, path, cache=_DAY)


async def _jpeg(request: web.Request) -> web.Response:
    name = request.match_info["name"].removesuffix(".jpg")
    found = await asyncio.to_thread(jpeg_pictures.by_name, name)
    if found is None:
        return static_files.not_found()
    return web.Response(body=found, content_type="image/jpeg", headers={"Cache-Control": _DAY})


async def _favicon(request: web.Request) -> web.Response:
    return await static_files.serve(request, static_files.find("favicon.svg", DIST / "assets"), cache=_DAY)


async def page(request: web.Request, name: str, *, framed: bool = False) -> web.Response:
    """One of the built HTML pages with its Content-Security-Policy."""
    path = _page_file(name)
    if path is None:
        return web.Response(text=_NOT_BUILT, status=503)
    headers = {"Content-Security-Policy": page_policy(request, settings(), framed=framed)}
    if not framed:
        headers["X-Frame-Options"] = "SAMEORIGIN"
    return await static_files.serve(request, path, headers=headers)


def _page_file(name: str) -> Path | None:
    if name == "frame":
        return static_files.find("frame.html", DIST)
    return static_files.find(f"{name}.html", DIST / "pages") or static_files.find(
        "index.html", DIST / "pages"
    )
