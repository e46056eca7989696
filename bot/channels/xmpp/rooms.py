"""The rooms (XEP-0045) in which we are: those of `credentials.yml`, and those to which we were invited.

They are remembered, so that we come back after a restart. What was said to us there shortly before we came
back is told by the room, and answered.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from xml.etree.ElementTree import Element

import sqlalchemy as sa

from bot.channels.xmpp import events, stanzas
from bot.channels.xmpp.names import bare, too_long
from storage import database

logger = logging.getLogger(__name__)

MOST = 200  # rooms
CAUGHT_UP = 600  # seconds that we may have been away for what was said to be answered
AGAIN = 60.0  # seconds until we try to enter again where we could not
UNWANTED = 3600.0  # the same for a room of credentials.yml that has put us out
LOOK = 300.0  # seconds between two looks whether a room still knows us

_KICKED = {"301", "307", "321", "322"}  # banned, put out, not a member any more
# What `Stream.present` gives where we are there, or nobody can know (XEP-0410).
_WELL = ("", "service-unavailable", "feature-not-implemented", "item-not-found", "remote-server-timeout",
         "remote-server-not-found")  # fmt: skip


@dataclass
class Room:
    """One room: what we are called there, and whether we are in."""

    address: str
    nick: str
    password: str
    since: datetime
    asked_for: bool  # by credentials.yml
    known: bool = True  # we were there before
    inside: bool = False
    due: float = 0.0  # when to try again, by the monotonic clock


class Rooms:
    """`put` sends a stanza, `present` asks a room whether it knows us; `us` is our address, with resource."""

    def __init__(
        self,
        us: str,
        nick: str,
        asked_for: Sequence[str],
        put: Callable[[Element], None],
        present: Callable[[str], Awaitable[str]],
    ) -> None:
        self._us, self._nick, self._asked_for = us, nick, tuple(asked_for)
        self._put, self._present = put, present
        self._rooms: dict[str, Room] = {}
        self._loaded = False
        self._looked = 0.0

    def get(self, address: str) -> Room | None:
        """The room of an address in which we are or were; None for anything else. An address to which we were
        only invited may be anybody's.
        """
        room = self._rooms.get(address)
        return room if room is not None and room.known else None

    def concerned(self, presence: Element) -> bool:
        """Whether a presence is a room's, or says that one does not let us in."""
        what = presence.get("type") in (None, "unavailable", "error")
        return what and bare(presence.get("from", "")) in self._rooms

    def outside(self) -> None:
        """The connection is lost, and with it our places."""
        for room in self._rooms.values():
            room.inside, room.due = False, 0.0

    async def keep_up(self) -> None:
        """Enter where we are not; from time to time ask whether the others still know us. Call it often.

        Raises what the database raises.
        """
        if not self._loaded:
            for room in await asyncio.to_thread(_remembered, self._asked_for, self._nick):
                self._rooms.setdefault(room.address, room)
            self._loaded = True
        now = time.monotonic()
        for room in list(self._rooms.values()):
            if not room.inside and room.due <= now:
                if room.known or room.asked_for:
                    self._enter(room)
                else:
                    del self._rooms[room.address]  # nobody let us in
        if now - self._looked > LOOK:
            self._looked = now
            inside = [room for room in self._rooms.values() if room.inside]
            answers = await asyncio.gather(*(self._present(f"{room.address}/{room.nick}") for room in inside))
            for room, answer in zip(inside, answers, strict=True):
                if answer not in _WELL:
                    self._enter(room)

    def invited(self, address: str, password: str) -> None:
        """Somebody wants us in a room: go; it is remembered when we are let in."""
        room = self._rooms.get(address)
        if room is None:
            if "@" not in address or too_long(address) or len(self._rooms) >= MOST:
                logger.warning("xmpp: an invitation is not accepted: there are too many rooms, or it is none")
                return
            room = Room(address, self._nick, "", datetime.now(timezone.utc), asked_for=False, known=False)
            self._rooms[address] = room
        room.password = password or room.password
        if not room.inside:
            self._enter(room)

    async def presence(self, presence: Element) -> None:
        """What a room says of who is there. Raises what the database raises."""
        room = self._rooms.get(bare(presence.get("from", "")))
        if room is None:
            return
        if presence.get("type") == "error":
            await self._not_let_in(room, events.condition_of(presence))
            return
        found = events.occupant(presence)
        if not found.ours and found.nick != room.nick:
            return
        if found.there:
            if not room.inside:
                logger.info("xmpp: in the room %s as %s", room.address, found.nick)
            if not room.known:
                room.since = await asyncio.to_thread(_remember, room.address, room.password)
            room.nick, room.inside, room.known = found.nick, True, True
            if "201" in found.codes:
                self._put(stanzas.plain_room(self._us, room.address))
        elif "303" in found.codes:
            room.nick = found.new_nick or room.nick
        else:
            await self._out(room, for_good=bool(found.codes & _KICKED) or found.destroyed)

    def lost(self, room: Room) -> None:
        """The room says that we are not in it."""
        room.inside, room.due = False, 0.0

    def _enter(self, room: Room) -> None:
        room.inside, room.due = False, time.monotonic() + AGAIN
        seconds = CAUGHT_UP if room.known else 0
        self._put(
            stanzas.entering(self._us, room.address, room.nick, password=room.password, seconds=seconds)
        )

    async def _not_let_in(self, room: Room, condition: str) -> None:
        if condition == "conflict":  # somebody has our name there
            room.nick = f"{room.nick}_"
            if len(room.nick) < len(self._nick) + 5:
                self._enter(room)
            return
        logger.warning("xmpp: the room %s does not let us in: %s", room.address, condition or "unknown")
        await self._out(room, for_good=condition in ("forbidden", "registration-required", "gone"))

    async def _out(self, room: Room, *, for_good: bool) -> None:
        room.inside, room.due = False, time.monotonic() + (UNWANTED if for_good else AGAIN)
        if for_good and not room.asked_for:
            logger.info("xmpp: out of the room %s for good", room.address)
            self._rooms.pop(room.address, None)
            await asyncio.to_thread(_forget, room.address)


def _remembered(asked_for: Sequence[str], nick: str) -> list[Room]:
    """All rooms: where we were, and those of `credentials.yml`. Synchronous, as the ones below."""
    query = sa.text("SELECT room, password, since FROM xmpp_rooms ORDER BY since")
    with database.session() as connection:
        rows = connection.execute(query).all()
    found = {
        each.room: Room(each.room, nick, each.password, each.since, asked_for=each.room in asked_for)
        for each in rows
    }
    for address in asked_for:
        new = Room(address, nick, "", datetime.now(timezone.utc), asked_for=True, known=False)
        found.setdefault(address, new)
    return list(found.values())


def _remember(address: str, password: str) -> datetime:
    """We are in a room; since when."""
    statement = sa.text(
        """
        INSERT INTO xmpp_rooms (room, password) VALUES (:r, :p)
        ON CONFLICT (room) DO UPDATE SET password = :p RETURNING since
        """
    )
    with database.session() as connection:
        since: datetime = connection.execute(statement, {"r": address, "p": password}).scalar_one()
        return since


def _forget(address: str) -> None:
    with database.session() as connection:
        connection.execute(sa.text("DELETE FROM xmpp_rooms WHERE room = :r"), {"r": address})
