"""A WebSocket of aiohttp with the three calls that our sockets need."""

from __future__ import annotations

import asyncio

from aiohttp import WSMsgType, web

from bot.settings import MAX_FRAME

HEARTBEAT = 30.0  # seconds between pings; who does not answer one within half of it is gone
_DATA = (WSMsgType.TEXT, WSMsgType.BINARY)


class WebSocket:
    """One open socket."""

    def __init__(self, response: web.WebSocketResponse) -> None:
        self._response = response

    @classmethod
    async def accept(cls, request: web.Request) -> WebSocket:
        """Shake hands; what is checked before it was checked by the caller."""
        response = web.WebSocketResponse(max_msg_size=MAX_FRAME, heartbeat=HEARTBEAT, timeout=2.0)
        await response.prepare(request)
        return cls(response)

    @property
    def response(self) -> web.WebSocketResponse:
        """What the route returns in the end."""
        return self._response

    async def recv(self, seconds: float | None = None) -> str | bytes | None:
        """The next message; None when the other side has gone, or said nothing for `seconds`."""
        try:
            message = await self._response.receive(seconds)
        except asyncio.TimeoutError:
            return None
        return message.data if message.type in _DATA else None

    async def send(self, text: str) -> None:
        """Send a text; raises when the connection is gone."""
        await self._response.send_str(text)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close from our side."""
        await self._response.close(code=code, message=reason.encode())
