"""Works off what lies in the database, several at a time, until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from storage.errors import Unavailable
from storage.timeouts import until_set

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Worker(Generic[T]):
    """Takes what is due (`take`, in a thread), does it (`do`), waits for `wake` or a while when there is
    nothing.

    While it is being done it is held (`hold`, every `hold_every` seconds), so that another process takes over
    soon when this one dies. `drop` gives back what a stop has interrupted. `do` deals with its own failures;
    what it raises is logged, and taken again when nobody holds it any more.
    """

    def __init__(
        self,
        name: str,
        take: Callable[[], T | None],
        do: Callable[[T], Awaitable[None]],
        *,
        hold: Callable[[T], None],
        drop: Callable[[T], None],
        hold_every: float,
        parallel: int = 4,
        every: float = 2.0,
    ) -> None:
        self.name = name
        self._take, self._do, self._hold, self._drop = take, do, hold, drop
        self._hold_every, self._every = hold_every, every
        self._free = asyncio.Semaphore(parallel)
        self._woken = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._doing: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin."""
        self._loop = asyncio.create_task(self._run(), name=self.name)

    def wake(self) -> None:
        """There is something to do, perhaps."""
        self._woken.set()

    def wake_in(self, seconds: float) -> None:
        """There will be something to do."""
        asyncio.get_running_loop().call_later(seconds, self.wake)

    async def stop(self) -> None:
        """End; what is being done is given back."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
            self._loop = None
        doing = list(self._doing)
        for task in doing:
            task.cancel()
        await asyncio.gather(*doing, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._free.acquire()
            item = None
            try:
                self._woken.clear()
                item = await self._taken()
            except Unavailable:
                pass  # the database is away: later
            except Exception:
                logger.exception("%s: nothing could be taken", self.name)
            if item is None:
                self._free.release()
                await until_set(self._woken, self._every)
                continue
            task = asyncio.create_task(self._one(item))
            self._doing.add(task)
            task.add_done_callback(self._doing.discard)

    async def _taken(self) -> T | None:
        taking = asyncio.ensure_future(asyncio.to_thread(self._take))
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            # The thread goes on: what it takes must not be held for nothing.
            with contextlib.suppress(Exception):
                if (item := await taking) is not None:
                    self._drop(item)
            raise

    async def _one(self, item: T) -> None:
        holding = asyncio.create_task(self._keep(item))
        try:
            await self._do(item)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                self._drop(item)
            raise
        except Unavailable:
            pass
        except Exception:
            logger.exception("%s: %r failed", self.name, item)
        finally:
            holding.cancel()
            self._free.release()
            self._woken.set()

    async def _keep(self, item: T) -> None:
        while True:
            await asyncio.sleep(self._hold_every)
            with contextlib.suppress(Exception):
                await asyncio.to_thread(self._hold, item)
