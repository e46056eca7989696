"""Our connection to the XMPP server, kept as long as we run, by one process at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from xml.etree.ElementTree import Element

from bot.channels.base.api_client import Later
from bot.channels.xmpp import stanzas
from bot.channels.xmpp.names import name_of
from bot.channels.xmpp.stream import SecretRefused, Stream
from storage.backoff import CHAT, delay
from storage.errors import Unavailable
from storage.leader import LeaderLock
from storage.timeouts import within

logger = logging.getLogger(__name__)

LEADER = "xmpp"
CONNECTED = "connected"
POLL_SECONDS = 2.0  # seconds between two looks whether we hold the lead, are in our rooms, …
ALIVE = 30  # looks between two that ask whether the connection lives
WAITING = 1000  # stanzas that wait to be taken; more are given back
FAREWELL = 1.5  # seconds to take what has come when the server stops


class Connection:
    """`stream` makes the stream, given what hears; `take` is called with each stanza that comes, one after
    another; `poll` every few seconds while we are connected; `began` when we are, `ended` when no more.
    """

    def __init__(
        self,
        us: str,
        stream: Callable[[Callable[[Element], None]], Stream],
        *,
        take: Callable[[Element], Awaitable[None]],
        poll: Callable[[], Awaitable[None]],
        began: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        self._us, self._new_stream = us, stream
        self._take, self._poll, self._began, self._ended = take, poll, began, ended
        self._leader_lock = LeaderLock(LEADER)
        self._came: asyncio.Queue[Element] = asyncio.Queue(WAITING)
        self._taking: asyncio.Task[None] | None = None
        self._stopping = False
        self._state = ""
        self.stream: Stream | None = None

    @property
    def up(self) -> bool:
        """Whether this process is connected."""
        return self.stream is not None and self.stream.up

    def put(self, stanza: Element) -> None:
        """Send a stanza, if we are connected."""
        if self.stream is not None:
            self.stream.put(stanza)

    async def keep(self) -> None:
        """Never ends: whoever has the lead is connected, and comes back when the connection breaks."""
        stream = self.stream = self.stream or self._new_stream(self._hear)
        self._taking = self._taking or asyncio.create_task(self._take_all())
        attempt = 0
        while True:
            try:
                if not await asyncio.to_thread(self._leader_lock.take):
                    await self._tell(logging.INFO, "another process is")
                    await asyncio.sleep(POLL_SECONDS)
                    continue
                await stream.open()
            except Unavailable:  # nothing could be kept
                await self._tell(logging.WARNING, "the database does not answer")
                await asyncio.sleep(POLL_SECONDS)
            except Later as error:
                attempt += 1
                refused = isinstance(error, SecretRefused)
                await self._tell(logging.ERROR if refused else logging.WARNING, str(error))
                await asyncio.sleep(delay(attempt, CHAT))
            else:
                attempt = 0
                await self._stay(stream)

    async def _stay(self, stream: Stream) -> None:
        """Until the connection or the lead is lost."""
        await self._tell(logging.INFO, CONNECTED)
        self._began()
        lost, looks = stream.disconnected, 0
        try:
            while stream.up:
                await self._once(stream, alive=looks % ALIVE == ALIVE - 1)
                looks += 1
                await asyncio.wait({lost}, timeout=POLL_SECONDS)
        finally:
            self._ended()

    async def _once(self, stream: Stream, *, alive: bool) -> None:
        try:
            if not await asyncio.to_thread(self._leader_lock.take):
                await stream.close()  # the database was away, and another process was quicker
                return
            await self._poll()
            if alive:
                await stream.confirm()
        except Unavailable:
            return  # nobody else can have the lead now
        except Later as error:
            if stream.up:
                logger.warning("xmpp: %s: connecting anew", error)
                await stream.close()
        except Exception:
            logger.exception("xmpp: something about the connection failed")

    async def _tell(self, level: int, state: str) -> None:
        """What is new about the connection goes into the log, and to the doctor."""
        if state != self._state:
            self._state = state
            logger.log(level, "xmpp: %s", state if state == CONNECTED else f"not connected: {state}")
            await asyncio.to_thread(self._leader_lock.say, state)

    async def end(self) -> None:
        """What has come is taken; what cannot be taken any more is given back."""
        self._stopping = True
        if self._taking is not None:
            try:
                await within(FAREWELL, self._came.join())
            except asyncio.TimeoutError:
                logger.warning("xmpp: %s stanzas that came last are given back", self._came.qsize())
            self._taking.cancel()
            while not self._came.empty():
                self._give_back(self._came.get_nowait())
        if self.stream is not None:
            await self.stream.close()
        await asyncio.to_thread(self._leader_lock.drop)

    def _hear(self, stanza: Element) -> None:
        if self._stopping or self._came.full():
            self._give_back(stanza)
        else:
            self._came.put_nowait(stanza)

    async def _take_all(self) -> None:
        while True:
            stanza = await self._came.get()
            try:
                await self._take(stanza)
            except asyncio.CancelledError:
                self._give_back(stanza)
                raise
            except Exception:
                logger.exception("xmpp: a %s could not be taken", name_of(stanza))
                self._give_back(stanza)
            finally:
                self._came.task_done()

    def _give_back(self, stanza: Element) -> None:
        give_back(self._us, stanza, self.put)


def give_back(us: str, stanza: Element, put: Callable[[Element], None]) -> None:
    """It was not taken: the sender's client shows that, and he sends it again."""
    if name_of(stanza) == "message" and stanza.get("type") not in ("error", "groupchat"):
        put(stanzas.error(us, stanza, "wait", "resource-constraint"))
