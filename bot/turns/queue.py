"""The customers' messages that wait for the bot: one queue a conversation, worked off one by one."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from bot.conversation.messages import Message


@dataclass
class _Conversation:
    """What this process knows of a conversation while it is being answered."""

    waiting: deque[Message] = field(default_factory=deque)
    seqs: set[int] = field(default_factory=set)  # waiting or being answered
    storing: asyncio.Lock = field(default_factory=asyncio.Lock)
    task: asyncio.Task[None] | None = None


class Queue:
    """Calls `work` with each message, those of one conversation in turn. `work` must not raise."""

    def __init__(self, work: Callable[[Message], Awaitable[None]]) -> None:
        self._work = work
        self._conversations: dict[str, _Conversation] = {}

    @contextlib.asynccontextmanager
    async def storing(self, conversation: str) -> AsyncIterator[None]:
        """Hold this while a message gets its number and is put here: so the two agree in their order."""
        state = self._conversations.setdefault(conversation, _Conversation())
        try:
            async with state.storing:
                yield
        finally:
            self._forget(conversation)

    def put(self, message: Message) -> None:
        """Add a message; one that is here already is not added again."""
        state = self._conversations.setdefault(message.conversation, _Conversation())
        if message.seq in state.seqs:
            return
        state.seqs.add(message.seq)
        state.waiting.append(message)
        if state.task is None:
            state.task = asyncio.create_task(self._run(message.conversation, state))

    async def _run(self, conversation: str, state: _Conversation) -> None:
        try:
            while state.waiting:
                message = state.waiting.popleft()
                try:
                    await self._work(message)
                finally:
                    state.seqs.discard(message.seq)
        finally:
            state.task = None
            self._forget(conversation)

    def _forget(self, conversation: str) -> None:
        state = self._conversations.get(conversation)
        if state and state.task is None and not state.waiting and not state.storing.locked():
            del self._conversations[conversation]
