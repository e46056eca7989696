"""One open page of an agent: its frames in, checked, answered one after another; presence for as long as it
lasts.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import Any

from aiohttp import web

from bot.door.websocket import WebSocket
from bot.support.accounts import desk_sessions, presence
from bot.support.accounts.roles import may
from bot.support.desk import access, agent_frames, frames, handoff_lines, typing_events
from bot.support.desk.frames import Frame
from bot.support.desk.hub import SIGNED_OUT, Seat
from bot.support.desk.page_texts import language_of
from bot.support.desk.refusals import Refused, refusal
from bot.support.desk.security import COOKIE
from bot.support.desk.server import DeskServer
from bot.support.handoff.errors import HandoffError
from storage.errors import Unavailable

logger = logging.getLogger(__name__)

# What an open page says by itself: no sign that somebody sits there.
_BY_ITSELF = ("ping", "watch")


async def serve(desk: DeskServer, request: web.Request, ws: WebSocket) -> None:
    """Talk to one page until it leaves. The Origin was checked before the handshake."""
    language = language_of(request)
    try:
        session = await asyncio.to_thread(desk_sessions.read, request.cookies.get(COOKIE), used=False)
    except Unavailable:
        await ws.close(1013, "unavailable")
        return
    if session is None:
        await ws.close(SIGNED_OUT, "signed out")
        return
    seat = Seat(ws, session, secrets.token_hex(16), language)
    if not desk.hub.join(seat):
        seat.send({"type": "error", "id": None, **Refused("too_many_pages").body(language)})
        await seat.socket.finish()
        await ws.close(1008, "too many pages")
        return
    page = Page(desk, seat)
    try:
        await page.welcome()
        while (data := await ws.recv()) is not None:
            await page.frame(data)
    finally:
        desk.hub.leave(seat)
        # Not awaited: a connection that breaks cancels this task, and more than once.
        desk.later(page.leave())


class Page:
    """The page of an agent who has shown a valid session."""

    def __init__(self, desk: DeskServer, seat: Seat) -> None:
        self.desk = desk
        self.seat = seat

    async def welcome(self) -> None:
        """The agent is there, and gets everything. Without a database he is told to come back."""
        try:
            await asyncio.to_thread(
                presence.connect, self.seat.agent.id, self.desk.process, self.seat.connection
            )
            self.desk.feed.greet(self.seat)
        except Exception as error:
            self._refuse(None, error)
            self.seat.close(1013, "unavailable")

    async def leave(self) -> None:
        """The page is gone: he no longer types, and is no longer there (in this page)."""
        for conversation in self.seat.typing:
            await typing_events.tell(conversation, False, self.seat.agent)
        try:
            await asyncio.to_thread(presence.disconnect, self.seat.connection)
        except Unavailable:
            logger.warning("A page that was closed is forgotten when its time is over")
        await self.seat.socket.finish()

    async def frame(self, data: object) -> None:
        """Answer one frame with `ok` or `error`."""
        frame = frames.parse(data)
        number: str | None = None
        try:
            if frame is None:
                raise Refused("bad_request")
            number = frames.ident(frame)
            if not self.desk.frame_limit.allow(str(self.seat.agent.id)):
                raise Refused("too_many")
            done = await self._do(frame)
            self.seat.send({"type": "ok", "id": number, "handoff": None, "seq": None, **done})
        except HandoffError as error:
            # What the page showed is no longer so: it gets the hand-over as it is now.
            self._refuse(number, error, await self._as_it_is(frame or {}))
        except Exception as error:
            self._refuse(number, error)

    async def _do(self, frame: Frame) -> dict[str, Any]:
        kind = frame.get("type")
        if kind == "ping":
            return {}
        if kind not in ("watch", "typing") and kind not in agent_frames.ACTIONS:
            raise Refused("bad_request")
        await self._still_signed_in(used=kind not in _BY_ITSELF)
        if kind == "watch":
            return await self._watch(frame)
        if kind == "typing":
            return await self._type(frame)
        return await asyncio.to_thread(agent_frames.do, self.seat.agent, frame)

    async def _still_signed_in(self, *, used: bool) -> None:
        """Whoever was signed out, shut or put into other groups a moment ago is so here, too."""
        session = await asyncio.to_thread(desk_sessions.read, self.seat.session.token, used=used)
        if session is None:
            self.seat.close(SIGNED_OUT, "signed out")
            raise Refused("signed_out")
        self.seat.session = session

    async def _watch(self, frame: Frame) -> dict[str, Any]:
        conversation = frame.get("conversation")
        if conversation is not None:
            conversation = frames.word(frame, "conversation", access.LONGEST_ID)
        if not await self.desk.feed.watch(self.seat, conversation):
            raise Refused("unknown")
        return {}

    async def _type(self, frame: Frame) -> dict[str, Any]:
        conversation, on = frames.word(frame, "conversation", access.LONGEST_ID), frames.flag(frame, "on")
        seat, entry = self.seat, self.desk.board.of(conversation)
        if not may(seat.agent, "answer") or entry is None or entry.agent != seat.agent.id:
            raise Refused("not_yours")
        if on:
            seat.typing.add(conversation)
        elif conversation in seat.typing:
            seat.typing.discard(conversation)
        else:
            return {}
        await typing_events.tell(conversation, on, seat.agent)
        return {}

    async def _as_it_is(self, frame: Frame) -> dict[str, Any] | None:
        def look() -> dict[str, Any] | None:
            if frame.get("handoff") is not None:
                return handoff_lines.of(access.handoff(self.seat.agent, frame["handoff"]))
            return handoff_lines.of(access.conversation(self.seat.agent, frame.get("conversation")).handoff)

        try:
            return await asyncio.to_thread(look)
        except Exception:  # it is gone, or the database is; the refusal itself is what matters
            return None

    def _refuse(self, number: str | None, error: Exception, handoff: dict[str, Any] | None = None) -> None:
        refused = refusal(error)
        self.seat.send(
            {"type": "error", "id": number, **refused.body(self.seat.language), "handoff": handoff}
        )
