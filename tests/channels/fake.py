"""A platform's server on the loopback, in a thread of its own: keeps what it is told, fails when told to."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Failure:
    """One answer that goes wrong; `after` is a Retry-After in seconds, `path` a part of the address."""

    status: int
    after: int | None = None
    path: str = ""


@dataclass
class Fake:
    """Subclasses add routes in `routes` and answer as the real server does, checking what it checks.

    `problems` are calls that the real server would not have taken: every test ends with none.
    """

    problems: list[str] = field(default_factory=list)
    failures: deque[Failure] = field(default_factory=deque)
    port: int = 0

    def routes(self, app: web.Application) -> None:
        raise NotImplementedError

    def failed(self, failure: Failure) -> web.Response:
        """How this platform says that it failed."""
        headers = {"Retry-After": str(failure.after)} if failure.after is not None else {}
        return web.Response(status=failure.status, headers=headers, text="told to fail")

    async def meant(self, failure: Failure, request: web.Request) -> bool:
        """Whether this is a call that is to fail."""
        return failure.path in request.path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        ready = threading.Event()

        def run() -> None:
            self.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self.loop)
            self.loop.run_until_complete(self._serve())
            ready.set()
            self.loop.run_forever()

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        assert ready.wait(30)

    async def _serve(self) -> None:
        @web.middleware
        async def failing(request: web.Request, handler: Any) -> web.StreamResponse:
            if self.failures and await self.meant(self.failures[0], request):
                await request.read()
                return self.failed(self.failures.popleft())
            try:
                return await handler(request)
            except web.HTTPException:
                raise
            except Exception as error:
                self.problems.append(f"{request.method} {request.path}: {error!r}")
                raise web.HTTPInternalServerError(text=repr(error)) from error

        app = web.Application(middlewares=[failing], client_max_size=32 * 2**20)
        self.routes(app)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", self.port)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self.runner.cleanup(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
