"""Who has a conversation, as its customer is told: the bot, the queue (place, wait), or a person by name."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, NamedTuple

from bot.door.sockets import Hub, Socket
from bot.support import handoff
from bot.support.accounts import agents
from bot.support.handoff import Place, State

logger = logging.getLogger(__name__)

GATHER = 0.3  # seconds: many changes of the queue at once are one look
WITH_THE_BOT: dict[str, Any] = {"state": "bot", "place": None, "wait": None, "agent": None}


class HandoffStatus(NamedTuple):
    """What the customer is told, and the open hand-over that it is about."""

    frame: dict[str, Any] = WITH_THE_BOT
    handoff: int | None = None

    @property
    def waits(self) -> bool:
        """Whether the place in the queue is part of it."""
        return self.frame["state"] == State.QUEUED.value

    def at(self, place: Place) -> HandoffStatus:
        """The same with another place."""
        return HandoffStatus(
            {**self.frame, "place": place.place or None, "wait": place.wait_minutes}, self.handoff
        )


BOT = HandoffStatus()


def now(conversation: str) -> HandoffStatus:
    """The view as it is now. Synchronous: call it in a thread."""
    found = handoff.open_of(conversation)
    if found is None:
        return BOT
    view = HandoffStatus({**WITH_THE_BOT, "state": found.state.value}, found.id)
    if view.waits:
        return view.at(handoff.place_of(found))
    agent = agents.get(found.agent) if found.agent is not None else None
    return HandoffStatus({**view.frame, "agent": {"name": agent.name} if agent else None}, found.id)


class StatusNotifier:
    """Tells the sockets of this process whenever it changes."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._told: dict[str, HandoffStatus] = {}
        self._changed: set[str] = set()
        self._queue_changed = False
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._wake = asyncio.Event()
        self._task = asyncio.create_task(self._work())

    def stop(self) -> None:
        """End."""
        if self._task:
            self._task.cancel()

    def state(self, conversation: str) -> str:
        """The state that was told last."""
        return str(self._told.get(conversation, BOT).frame["state"])

    def welcomed(self, conversation: str, view: HandoffStatus, socket: Socket) -> None:
        """A socket was told with its welcome; the others of the conversation are, if it is news."""
        self._tell(conversation, view, but=socket)

    def left(self, conversation: str) -> None:
        """A socket is gone."""
        if not self.hub.of(conversation):
            self._told.pop(conversation, None)

    def changed(self, conversation: str) -> None:
        """A hand-over of this conversation began, changed or ended. Never waits."""
        if self.hub.of(conversation):
            self._changed.add(conversation)
            self._wake.set()
        self.moved()

    def moved(self) -> None:
        """The queue moved, or people came or went: places and waits of others may differ. Never waits."""
        if any(view.waits for view in self._told.values()):
            self._queue_changed = True
            self._wake.set()

    def catch_up(self) -> None:
        """Events may have been missed. Never waits."""
        self._changed.update(self.hub.conversations())
        self._wake.set()

    async def _work(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._tell_changed()
                if self._queue_changed:
                    await asyncio.sleep(GATHER)
                    await self._tell_places()
            except Exception as error:
                logger.warning("Customers could not be told of the queue: %s", type(error).__name__)
                await asyncio.sleep(1.0)
                self.catch_up()

    async def _tell_changed(self) -> None:
        while self._changed:
            conversation = self._changed.pop()
            if self.hub.of(conversation):
                try:
                    self._tell(conversation, await asyncio.to_thread(now, conversation))
                except BaseException:
                    self._changed.add(conversation)
                    raise

    async def _tell_places(self) -> None:
        self._queue_changed = False
        if not any(view.waits for view in self._told.values()):
            return
        places = await asyncio.to_thread(handoff.places)
        for conversation, view in list(self._told.items()):
            place = places.get(view.handoff) if view.handoff is not None else None
            if view.waits and place is not None and conversation not in self._changed:
                self._tell(conversation, view.at(place))

    def _tell(self, conversation: str, view: HandoffStatus, but: Socket | None = None) -> None:
        sockets = self.hub.of(conversation)
        if not sockets or view.frame == self._told.get(conversation, BOT).frame:
            return
        self._told[conversation] = view
        for socket in sockets:
            if socket is not but and socket.sent is not None:
                socket.send({"type": "handoff", **view.frame})
