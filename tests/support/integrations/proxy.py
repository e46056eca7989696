"""A loopback proxy that lets through, delays nothing, and breaks connections on command: for lost answers."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Literal


class Proxy:
    """Stands before a server; `lose` breaks the next connections instead of giving the answer."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._server: asyncio.AbstractServer | None = None
        self.port = 0
        self.lose: list[Literal["before", "after"]] = []

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lost = self.lose.pop(0) if self.lose else None
        with contextlib.suppress(OSError):
            if lost != "before":
                there, back = await asyncio.open_connection("127.0.0.1", self._to)
                up = asyncio.create_task(self._pump(reader, back))
                if lost == "after":
                    await there.read(1)  # the answer begins: the work is done
                else:
                    await self._pump(there, writer)
                up.cancel()
                back.close()
        writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
