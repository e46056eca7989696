"""Pages and files: the chat's frame, the launcher, the demo shop and its data, the catalogue's pictures."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, raw, redirect

from bot.door import files, pictures, shop_data
from bot.door.headers import page_policy
from bot.settings import ROOT, settings
from shop.settings import DEMO, pictures_dir
from storage import database

DIST = ROOT / "bot" / "web" / "dist"
_DAY = 24 * 3600
_NOT_BUILT = "The widget is not built yet: run `make run`, or `npm ci && npm run build` in bot/web."


def add_routes(blueprint: Blueprint) -> None:
    """Add the routes of pages, files and shop data."""

    @blueprint.get("/chat/")
    async def frame(request: Request) -> HTTPResponse:
        if request.path == "/chat":
            return redirect("/chat/")  # the page's own addresses are relative
        return await page(request, "frame", framed=True)

    @blueprint.get("/widget.js")
    async def launcher(request: Request) -> HTTPResponse:
        # The one file that other sites load.
        headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
        return await files.serve(
            request, files.find("widget.js", DIST), cache="public, max-age=300", headers=headers
        )

    @blueprint.get("/chat/assets/<name:str>")
    async def asset(request: Request, name: str) -> HTTPResponse:
        return await files.serve(request, files.find(name, DIST / "assets"))

    @blueprint.get("/pictures/<name:str>")
    async def picture(request: Request, name: str) -> HTTPResponse:
        path = files.find(name, pictures_dir(), DEMO / "pictures")
        return await files.serve(request, path, cache=f"public, max-age={_DAY}")

    @blueprint.get(f"{pictures.ROUTE}/<name:str>")
    async def jpeg(request: Request, name: str) -> HTTPResponse:
        found = await asyncio.to_thread(pictures.by_name, name.removesuffix(".jpg"))
        if found is None:
            return raw(b"Not found", 404, content_type="text/plain")
        return raw(found, content_type="image/jpeg", headers={"Cache-Control": f"public, max-age={_DAY}"})

    @blueprint.get("/favicon.ico")
    async def favicon(request: Request) -> HTTPResponse:
        return await files.serve(
            request, files.find("favicon.svg", DIST / "assets"), cache=f"public, max-age={_DAY}"
        )

    @blueprint.get("/shop/checkout")
    async def checkout(request: Request) -> HTTPResponse:
        return await page(request, "checkout")

    @blueprint.get("/shop/<product:str>")
    async def product(request: Request, product: str) -> HTTPResponse:
        return await page(request, "product")

    shop_data.add_routes(blueprint)


async def page(request: Request, name: str, *, framed: bool = False) -> HTTPResponse:
    """One of the built HTML pages with its Content-Security-Policy."""
    path = _page_file(name)
    if path is None:
        return HTTPResponse(_NOT_BUILT, 503, content_type="text/plain; charset=utf-8")
    headers = {"Content-Security-Policy": page_policy(request, settings(), framed=framed)}
    if not framed:
        headers["X-Frame-Options"] = "SAMEORIGIN"
    return await files.serve(request, path, headers=headers)


def _page_file(name: str) -> Path | None:
    if name == "frame":
        return files.find("frame.html", DIST)
    return files.find(f"{name}.html", DIST / "pages") or files.find("index.html", DIST / "pages")


def database_answers() -> bool:
    """Whether the database answers; never raises."""
    try:
        return database.healthy()
    except Exception:
        return False


async def actions_answer(url: str) -> bool:
    """Whether the action server answers."""
    try:
        timeout = aiohttp.ClientTimeout(total=2)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{url}/health") as response,
        ):
            return response.status == 200
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
        return False
