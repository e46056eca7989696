"""One turn of a conversation at a time, in all door processes.

With one process the locks are in its memory. With several, `SHOP_REDIS_URL` names a Redis that all of them
share: a lock is one key with a short life that its holder renews. (Rasa has a lock store for Redis, but it
reads and writes its list of tickets in two steps, so that two processes can get the same ticket, and a
process that is killed keeps its place for a minute.)

A channel holds the lock for a whole turn: is it answered already, has a person the conversation, what does
the dialogue say, store it. It may be taken again inside itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import weakref
from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from bot.settings import redis_url

logger = logging.getLogger(__name__)

ANSWER = 3.0  # seconds for an answer of Redis
LIFE = 5.0  # seconds a lock outlives a holder that was killed
RENEW = 1.0
ATTEMPT_SECONDS = (0.01, 0.02, 0.05, 0.1)  # seconds between attempts while another process holds it
PATIENCE = 150.0  # longer than the longest turn
PREFIX = "shop:turn:"

_IF_MINE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call({}) end return 0"
_RENEW = _IF_MINE.format("'pexpire', KEYS[1], ARGV[2]")
_RELEASE = _IF_MINE.format("'del', KEYS[1]")


class LockError(RuntimeError):
    """The lock cannot be had: Redis does not answer, or its holder never ends."""


@dataclass
class _Held:
    """A lock that this task, or one that called it, holds."""

    store: TurnLocks
    conversation: str
    active: bool = True


_held: ContextVar[tuple[_Held, ...]] = ContextVar("held", default=())


class TurnLocks:
    """The locks of one process; `url` is the Redis that it shares with others, if any."""

    def __init__(self, *, url: str | None = None) -> None:
        self.url = url or redis_url()
        self._here: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._clients: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()

    @contextlib.asynccontextmanager
    async def lock(self, conversation_id: str) -> AsyncIterator[None]:
        """Hold the lock of a conversation. Raises `LockError` if Redis is away or the holder never ends."""
        holding = _held.get()
        if any(
            each.active and each.store is self and each.conversation == conversation_id for each in holding
        ):
            yield
            return
        here = self._here.get(conversation_id)
        if here is None:
            here = self._here[conversation_id] = asyncio.Lock()
        async with here, self._everywhere(conversation_id):
            held = _Held(self, conversation_id)
            _held.set((*holding, held))
            try:
                yield
            finally:
                held.active = False  # a task that was begun inside and goes on does not have it any more
                _held.set(holding)

    async def healthy(self) -> bool:
        """Whether turns can be locked now."""
        if self.url is None:
            return True
        try:
            return bool(await self._ask("ping"))
        except Exception:
            return False

    @contextlib.asynccontextmanager
    async def _everywhere(self, conversation: str) -> AsyncIterator[None]:
        if self.url is None:
            yield
            return
        key, token = PREFIX + conversation, secrets.token_hex(12)
        try:
            taken = await self._take(key, token)
        except Exception as error:
            raise LockError(f"Redis does not answer: {error}") from error
        if not taken:
            raise LockError(f"somebody holds {key} for more than {PATIENCE:.0f} s")
        renewing = asyncio.create_task(self._renew(key, token))
        try:
            yield
        finally:
            renewing.cancel()
            with contextlib.suppress(Exception):  # it ends by itself, then
                await self._ask("eval", _RELEASE, 1, key, token)

    async def _take(self, key: str, token: str) -> bool:
        # Not `asyncio.wait_for`: in Python 3.10 it can lose a cancellation and wait for ever.
        attempt, until = 0, asyncio.get_running_loop().time() + PATIENCE
        while not await self._ask("set", key, token, nx=True, px=int(LIFE * 1000)):
            if await self._ask("get", key) == token.encode():
                return True  # it was set, and only the answer got lost
            if asyncio.get_running_loop().time() > until:
                return False
            await asyncio.sleep(ATTEMPT_SECONDS[min(attempt, len(ATTEMPT_SECONDS) - 1)])
            attempt += 1
        return True

    async def _renew(self, key: str, token: str) -> None:
        while True:
            await asyncio.sleep(RENEW)
            try:
                if await self._ask("eval", _RENEW, 1, key, token, int(LIFE * 1000)):
                    continue
                # Redis started anew, say. Nobody has it: take it again.
                if not await self._ask("set", key, token, nx=True, px=int(LIFE * 1000)):
                    logger.error("The lock of a turn was lost to another process")
                    return
            except Exception as error:
                logger.warning("The lock of a turn could not be renewed: %s", error)

    async def _ask(self, command: str, *arguments: Any, **options: Any) -> Any:
        """Redis's answer, within `ANSWER` seconds."""
        # In a task of its own: redis-py looks whether a connection lives by a time-out of 0 s, and before
        # Python 3.11 such a time-out swallows a cancellation that comes in the same moment. Who was to stop
        # waiting for a lock would wait on.
        asking = asyncio.ensure_future(getattr(self._client(), command)(*arguments, **options))
        try:
            await asyncio.wait({asking}, timeout=ANSWER)
        finally:
            asking.cancel()
        if not asking.done():
            raise asyncio.TimeoutError(f"no answer in {ANSWER:g} s")
        return asking.result()

    def _client(self) -> Any:
        """The connections of this event loop."""
        import redis.asyncio
        from redis.asyncio.retry import Retry
        from redis.backoff import ConstantBackoff
        from redis.exceptions import ConnectionError as Lost

        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            client = self._clients[loop] = redis.asyncio.from_url(
                self.url,
                socket_connect_timeout=ANSWER,
                retry=Retry(
                    ConstantBackoff(0.05), 2
                ),  # a Redis that was started anew is met with old connections
                retry_on_error=[Lost],
            )
        return client
