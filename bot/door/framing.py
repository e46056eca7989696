"""What aiohttp leaves open about a connection: how long a request's head may take, that a client's WebSocket
frames are masked, and that a host is one. The rest (lengths, chunks, names) its parser is strict about.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler

HEAD_SECONDS = 10.0  # from a head's first byte to its last
IDLE_SECONDS = 120.0  # between two requests; longer than a proxy before us keeps its connections
LINGER_SECONDS = 5.0  # for the rest of a body that nobody wanted
LINE = 8190  # bytes of the request line, and of one header
HEADERS = 100
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_REFUSED_FRAME = b"\xff\xff"  # every reserved bit is set: the reader behind us closes with 1002


@web.middleware
async def hosts(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a host that is none: pages name it in their policy, and origins are compared with it."""
    host = request.headers.get("Host")
    if host is not None and not _HOST.fullmatch(host):
        raise web.HTTPBadRequest(text="The Host header is not valid.")
    return await handler(request)


class Connection(web.RequestHandler):
    """A client's connection, closed when a request's head comes too slowly."""

    __slots__ = ("_late",)

    def __init__(self, manager: web.Server, *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            manager,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # None is what turns it off
            keepalive_timeout=IDLE_SECONDS,
            lingering_time=LINGER_SECONDS,
            max_line_size=LINE,
            max_field_size=LINE,
            max_headers=HEADERS,
        )
        self._late: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._idle():
            self._in_time()
        elif self._late is None:  # bytes came, and still there is no request: the begin of a head
            self._late = self._loop.call_later(HEAD_SECONDS, self._too_late)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._in_time()
        super().connection_lost(exc)

    def set_parser(self, parser: Any, data_received_cb: Callable[[], None] | None = None) -> None:
        super().set_parser(MaskedFrames(parser), data_received_cb)  # type: ignore[arg-type]  # a reader, too

    def _idle(self) -> bool:
        return self._waiter is not None and not self._waiter.done()

    def _in_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_late(self) -> None:
        self._late = None
        if self._idle():
            self.force_close()


class _Reader(Protocol):
    def feed_data(self, data: bytes) -> tuple[bool, bytes]: ...

    def feed_eof(self) -> None: ...


class MaskedFrames:
    """A WebSocket reader that refuses frames without a mask, which no honest client sends (RFC 6455, 5.1)."""

    def __init__(self, reader: _Reader) -> None:
        self._reader = reader
        self._held = b""  # the begin of a frame's head
        self._left = 0  # bytes to come of the frame that has begun

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Pass on what is well."""
        data = self._held + data
        start = self._left  # of the next frame
        while start + 2 <= len(data):
            if not data[start + 1] & 0x80:
                return self._reader.feed_data(data[:start] + _REFUSED_FRAME)
            size = data[start + 1] & 0x7F
            head = start + {126: 4, 127: 10}.get(size, 2)
            if head > len(data):
                break
            if size > 125:
                size = int.from_bytes(data[start + 2 : head], "big")
            start = head + 4 + size  # four bytes of mask
        self._held = data[start:]
        self._left = max(0, start - len(data))
        return self._reader.feed_data(data[: len(data) - len(self._held)])

    def feed_eof(self) -> None:
        """The client has gone."""
        self._reader.feed_eof()
