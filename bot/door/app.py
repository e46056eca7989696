"""The public server: an aiohttp application whose every answer carries our headers, and its life.

Rooms add their routes to it (`bot.operations.door` puts them together).
"""

from __future__ import annotations

import asyncio
import functools
import logging
import signal

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.door.framing import Connection, hosts
from bot.door.headers import secure
from bot.settings import MAX_PHOTO

logger = logging.getLogger(__name__)

MAX_BODY = MAX_PHOTO + 2**16  # bytes of a body that is read whole; photos come as streams with their own cap
STOP_SECONDS = 2.0  # sockets are never idle; clients come back by themselves
_BEGUN = "answer that has begun"


def make_app() -> web.Application:
    """An application without routes."""
    app = web.Application(client_max_size=MAX_BODY, middlewares=[_failures, hosts])
    app.on_response_prepare.append(_secure)
    return app


async def serve(app: web.Application, host: str, port: int) -> None:
    """Listen until the process is told to stop. Raises `OSError` if the address cannot be had."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(app, shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    try:
        assert runner.server is not None
        connection = functools.partial(Connection, runner.server, loop=loop)
        listening = await loop.create_server(connection, host, port, backlog=1024)
        await stop.wait()
        listening.close()
    finally:
        await runner.cleanup()


@web.middleware
async def _failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A fault of ours is a plain sentence, never a traceback; nothing where an answer has begun already."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception:
        logger.exception("%s %s could not be answered", request.method, request.path)
        begun: web.StreamResponse | None = request.get(_BEGUN)
        if begun is None:
            return web.Response(text="Something went wrong on the server.", status=500)
        begun.force_close()  # half an answer must not look whole
        return begun


async def _secure(request: web.Request, response: web.StreamResponse) -> None:
    request[_BEGUN] = response
    secure(response)
