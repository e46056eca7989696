"""A platform's call to us: read with a cap, proven, kept, and only then acknowledged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, empty, raw

from bot.channels.base.update import Update
from bot.channels.runtime import inbox
from bot.settings import settings
from storage.timeouts import within

if TYPE_CHECKING:
    from bot.channels.base.messenger import Messenger

logger = logging.getLogger(__name__)

MAX_BODY = 2**20  # bytes; platforms send photos as references
SECONDS = 10.0  # to read a body
OLDEST = 300.0  # seconds: a signed call that is older is somebody's replay


class Forged(Exception):
    """The call is not the platform's: a wrong or missing proof, or an old one."""


class Malformed(ValueError):
    """The call is the platform's, as it seems, but makes no sense."""


@dataclass(frozen=True)
class Call:
    """One call. Header names are in lower case; `url` is the address as the platform knows it, with the
    query.
    """

    method: str
    path: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """A header's value; '' if it is missing."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True)
class Heard:
    """What a call reports, and how to answer it: an empty 200 unless told otherwise."""

    updates: Sequence[Update] = ()
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


async def answer(messenger: Messenger, request: Request) -> HTTPResponse:
    """Take a call: 413 too large, 401 forged, 400 nonsense, 503 if it could not be kept (the platform calls
    again), else what `hear` says.
    """
    body = await _read(request, messenger.body_limit(_call(request, b"")))
    if body is None:
        return empty(413)
    try:
        heard = messenger.hear(_call(request, body))
    except Forged as error:
        logger.warning("%s: a call was refused: %s", messenger.name(), error)
        return empty(401)
    except (Malformed, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        logger.warning("%s: a call was not understood: %s", messenger.name(), type(error).__name__)
        return empty(400)
    try:
        await messenger.keep(heard.updates)
    except Exception as error:
        logger.error("%s: a call could not be kept: %s", messenger.name(), type(error).__name__)
        return empty(503, headers={"Retry-After": "5"})
    return raw(heard.body, heard.status, headers=dict(heard.headers), content_type=heard.content_type)


async def keep(messenger: Messenger, updates: Sequence[Update]) -> None:
    """Keep updates and have them worked off."""
    if updates:
        await asyncio.to_thread(inbox.put, messenger.name(), updates)
        messenger.arrivals.wake(photos=any(each.photos for each in updates))


async def _read(request: Request, limit: int) -> bytes | None:
    """The body; None if it is larger than `limit` or does not come."""
    stream: Any = request.stream
    stream.request_max_size = limit
    data = bytearray()

    async def read() -> None:
        async for chunk in stream:
            data.extend(chunk)
            if len(data) > limit:
                raise SanicException("too large", 413)

    try:
        await within(SECONDS, read())
    except (asyncio.TimeoutError, SanicException):
        return None
    return bytes(data)


def _call(request: Request, body: bytes) -> Call:
    query = request.query_string
    base = settings().address
    return Call(
        method=request.method,
        path=request.path,
        url=f"{base}{request.path}" + (f"?{query}" if query else ""),
        query={name: values[0] for name, values in request.args.items()},
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )
