"""The public server: an aiohttp application whose every answer carries our headers, and its life.

Rooms add their routes to it (`bot.operations.door` puts them together).
"""

from __future__ import annotations

import asyncio
import logging
import signal

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.door.headers import secure
from bot.settings import MAX_PHOTO

logger = logging.getLogger(__name__)

MAX_BODY = MAX_PHOTO + 2**16  # bytes of a body that is read whole; photos come as streams with their own cap
STOP_SECONDS = 2.0  # sockets are never idle; clients come back by themselves


def make_app() -> web.Application:
    """An application without routes."""
    app = web.Application(client_max_size=MAX_BODY, middlewares=[_failures])
    app.on_response_prepare.append(_secure)
    return app


async def serve(app: web.Application, host: str, port: int) -> None:
    """Listen until the process is told to stop. Raises `OSError` if the address cannot be had."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=1024).start()
        await stop.wait()
    finally:
        await runner.cleanup()


@web.middleware
async def _failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A fault of ours is a plain sentence, never a traceback."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception:
        logger.exception("%s %s could not be answered", request.method, request.path)
        return web.Response(text="Something went wrong on the server.", status=500)


async def _secure(request: web.Request, response: web.StreamResponse) -> None:
    secure(response)
