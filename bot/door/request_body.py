"""A request's body, read with a cap: never more of it than allowed is in memory."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from storage.timeouts import within

SECONDS = 30.0  # for a whole body
MAX_JSON = 64 * 1024
JSON_SECONDS = 10.0


class TooLarge(Exception):
    """The body is larger than allowed."""


class Incomplete(Exception):
    """The body did not come, or not in time."""


async def read(request: web.Request, most: int, *, seconds: float = SECONDS) -> bytes:
    """The body, of at most `most` bytes; raises `TooLarge` and `Incomplete`."""
    body = bytearray()

    async def receive() -> None:
        async for chunk in request.content.iter_any():
            body.extend(chunk)
            if len(body) > most:
                raise TooLarge

    try:
        await within(seconds, receive())
    except (asyncio.TimeoutError, web.RequestPayloadError, ConnectionError) as error:
        raise Incomplete from error
    return bytes(body)


async def read_json(request: web.Request) -> Any:
    """A small body's JSON; raises `ValueError` where it is none, or does not come whole and in time, and
    `TooLarge`.
    """
    try:
        body = await read(request, MAX_JSON, seconds=JSON_SECONDS)
        return json.loads(body.decode(request.charset or "utf-8"))
    except (Incomplete, LookupError, RecursionError) as error:  # LookupError: a charset that nobody knows
        raise ValueError("no JSON") from error
