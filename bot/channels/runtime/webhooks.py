"""A platform's calls to us: read with a cap, proven, kept, and only then acknowledged."""

from __future__ import annotations

import logging

from aiohttp import web

from bot.channels.base.webhook import Call, Forged, Malformed
from bot.channels.runtime.runner import Runner
from bot.door import request_body
from bot.settings import settings

logger = logging.getLogger(__name__)

SECONDS = 10.0  # to read a body


def add_routes(app: web.Application, runner: Runner) -> None:
    """Add the addresses that the platform calls, below /webhooks/<platform>."""

    async def take(request: web.Request) -> web.Response:
        return await answer(runner, request)

    for path, methods in runner.messenger.paths.items():
        for method in methods:
            app.router.add_route(method, f"/webhooks/{runner.messenger.platform}{path}", take)


async def answer(runner: Runner, request: web.Request) -> web.Response:
    """Take a call: 413 too large, 401 forged, 400 nonsense, 503 if it could not be kept (the platform calls
    again), else what `hear` says.
    """
    messenger = runner.messenger
    name = messenger.platform
    try:
        limit = messenger.body_limit(_call(request, b""))
        body = await request_body.read(request, limit, seconds=SECONDS)
    except (request_body.TooLarge, request_body.Incomplete):
        return web.Response(status=413)
    try:
        heard = messenger.hear(_call(request, body))
    except Forged as error:
        logger.warning("%s: a call was refused: %s", name, error)
        return web.Response(status=401)
    except (Malformed, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        logger.warning("%s: a call was not understood: %s", name, type(error).__name__)
        return web.Response(status=400)
    try:
        await runner.keep(await messenger.for_us(heard.updates))
    except Exception as error:
        logger.error("%s: a call could not be kept: %s", name, type(error).__name__)
        return web.Response(status=503, headers={"Retry-After": "5"})
    headers = {**heard.headers, "Content-Type": heard.content_type}
    return web.Response(body=heard.body, status=heard.status, headers=headers)


def _call(request: web.Request, body: bytes) -> Call:
    path, query = request.rel_url.raw_path, request.rel_url.raw_query_string  # as they are signed
    return Call(
        method=request.method,
        path=path,
        url=f"{settings().base_url}{path}" + (f"?{query}" if query else ""),
        query={name: request.query.getone(name) for name in request.query},
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )
