"""The action server's endpoint over one connection that is kept; Rasa opens a new one for every action."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from rasa.utils.endpoints import EndpointConfig

# The SDK closes an idle connection after five seconds: none is used just when it may be doing so.
KEPT_SECONDS = 2.0


class KeptEndpoint(EndpointConfig):
    """Put into Rasa's endpoints in the place of its own, with the same settings."""

    @classmethod
    def of(cls, endpoint: EndpointConfig) -> KeptEndpoint:
        """The same endpoint."""
        made = cls()
        made.__dict__.update(endpoint.__dict__)
        return made

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[aiohttp.ClientSession]:
        """The session of this event loop, which stays open."""
        loop = asyncio.get_running_loop()
        kept: tuple[Any, aiohttp.ClientSession] | None = self.__dict__.get("_kept")
        if kept is None or kept[0] is not loop or kept[1].closed:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_SECONDS)
            async with super().session() as plain:  # its headers, proof and patience
                session = aiohttp.ClientSession(
                    connector=connector, headers=plain.headers, auth=plain.auth, timeout=plain.timeout
                )
            self.__dict__["_kept"] = kept = (loop, session)
        yield kept[1]
