"""Open sockets: who listens to which conversation, and a send queue for each, so that a slow one holds up
nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict
from typing import Any

QUEUE = (
    500  # frames; a client that is further behind is cut off and catches up from history when it comes back
)
PER_CONVERSATION = 12  # sockets (tabs) of one conversation


class Socket:
    """One connected client; frames go out in order through its own task.

    `sent` is the number of the last message it was sent; None before it was welcomed: then it gets none.
    """

    def __init__(self, ws: Any) -> None:
        self.sent: int | None = None
        self._ws = ws
        self._queue: asyncio.Queue[str | None] = asyncio.Queue(QUEUE)
        self._task = asyncio.create_task(self._drain())

    def send(self, frame: dict[str, Any]) -> None:
        """Queue a frame; never waits. A client that does not read is dropped."""
        try:
            self._queue.put_nowait(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))
        except asyncio.QueueFull:
            self._task.cancel()
            asyncio.create_task(self._close())  # noqa: RUF006  # a second end of a connection that is gone anyway

    async def _drain(self) -> None:
        with contextlib.suppress(Exception):  # the connection is gone: its reader sees that too and cleans up
            while (text := await self._queue.get()) is not None:
                await self._ws.send(text)

    async def _close(self) -> None:
        with contextlib.suppress(Exception):
            await self._ws.close(1013, "too slow")

    async def finish(self) -> None:
        """Send what is queued (for at most a second) and stop."""
        with contextlib.suppress(asyncio.QueueFull):
            self._queue.put_nowait(None)
        await asyncio.wait([self._task], timeout=1)
        self._task.cancel()


class Hub:
    """The sockets of each conversation in this process."""

    def __init__(self) -> None:
        self._sockets: dict[str, set[Socket]] = defaultdict(set)

    def join(self, conversation: str, socket: Socket) -> bool:
        """Add a socket; False if the conversation has too many."""
        if len(self._sockets[conversation]) >= PER_CONVERSATION:
            return False
        self._sockets[conversation].add(socket)
        return True

    def leave(self, conversation: str, socket: Socket) -> None:
        """Remove a socket."""
        self._sockets[conversation].discard(socket)
        if not self._sockets[conversation]:
            del self._sockets[conversation]

    def of(self, conversation: str) -> tuple[Socket, ...]:
        """The sockets of a conversation."""
        return tuple(self._sockets.get(conversation, ()))

    def conversations(self) -> tuple[str, ...]:
        """All conversations that somebody listens to."""
        return tuple(self._sockets)

    def send(self, conversation: str, frame: dict[str, Any]) -> None:
        """Send a frame to every tab of a conversation."""
        for socket in self.of(conversation):
            socket.send(frame)
