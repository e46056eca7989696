"""One client's socket: its frames in, checked, and the answers out."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from typing import Any

from bot.channels.web import handoff_status, signals
from bot.channels.web.channel import WebChannel
from bot.channels.web.handoff_status import HandoffStatus
from bot.conversation import messages, photo_intake, receipts, sessions
from bot.conversation.incoming import Incoming
from bot.conversation.messages import Message
from bot.conversation.sessions import Session, TokenError
from bot.conversation.texts import say
from bot.door.sockets import Socket
from bot.door.websocket import WebSocket
from bot.settings import LANGUAGES
from bot.support import handoff
from bot.turns import message_events
from bot.turns.button_presses import NotOffered, Press, press
from bot.turns.channel import NotStored

logger = logging.getLogger(__name__)

HELLO_SECONDS = 15.0  # a client that has not said who it is by then is dropped
REPLAY = 200  # messages of history at most
_ID = re.compile(r"^[A-Za-z0-9_.:-]{1,64}$")


class Refused(Exception):
    """A frame that is not accepted; `code` names a text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def serve_socket(channel: WebChannel, ws: WebSocket) -> None:
    """Talk to one client until it leaves. Never raises for what a client does."""
    first = await ws.recv(HELLO_SECONDS)
    if first is None:
        await ws.close(1008, "no hello")
        return
    socket = Socket(ws)
    try:
        hello = _parse(first)
        if hello is None or hello.get("type") != "hello":
            socket.send({"type": "error", "code": "bad_request", "text": say("bad_request", None)})
            return
        try:
            session = sessions.read(hello.get("token"))
        except TokenError:
            socket.send({"type": "error", "code": "bad_token", "text": say("bad_token", _language(hello))})
            return
        client = Client(channel, socket, session)
        if not channel.hub.join(session.conversation, socket):
            socket.send(
                {"type": "error", "code": "bad_request", "text": say("bad_request", session.language)}
            )
            return
        try:
            await client.welcome(hello)
            while (data := await ws.recv()) is not None:
                await client.frame(data)
        finally:
            channel.hub.leave(session.conversation, socket)
            channel.live_updates.status_notifier.left(session.conversation)
    finally:
        await socket.finish()


class Client:
    """A client that has shown a valid token."""

    def __init__(self, channel: WebChannel, socket: Socket, session: Session) -> None:
        self.channel = channel
        self.socket = socket
        self.session = session
        self.conversation = session.conversation
        self.language = session.language

    async def welcome(self, hello: dict[str, Any]) -> None:
        """Send what the client has missed, and answer what a dead server left unanswered."""
        since = hello.get("since")
        since = since if isinstance(since, int) and not isinstance(since, bool) and since >= 0 else 0
        try:
            # What is stored meanwhile comes after the welcome: the feed waits for this lock.
            async with self.channel.live_updates.feed.lock(self.conversation):
                frame, found, view = await asyncio.to_thread(_stored, self.conversation, since)
                frame["events"] = await message_events.events(self.channel, found)
                await asyncio.to_thread(_add_stars, self.conversation, frame["events"])
                self.socket.send({**frame, "language": self.language})
                self.socket.sent = frame["last"]
        except Exception as error:
            logger.error("History is not available: %s", type(error).__name__)
            self._error("unavailable", None, None)
            return
        self.channel.live_updates.status_notifier.welcomed(self.conversation, view, self.socket)
        try:
            await self.channel.resume(self.conversation)
        except Exception:
            logger.error("Unanswered messages could not be looked up")

    async def frame(self, data: object) -> None:
        """Handle one frame; a wrong one gets an error frame."""
        message = _parse(data)
        kind = message.get("type") if message else None
        ident = message.get("id") if message else None
        ident = ident if isinstance(ident, str) and _ID.match(ident) else None
        try:
            if message is None or kind not in ("say", "press", "ping", "hello", *signals.KINDS):
                raise Refused("bad_request")
            if kind == "ping":
                self.socket.send({"type": "pong"})
            elif kind == "hello":  # again on the same socket: only asks for what it missed
                await self.welcome(message)
            elif kind in signals.KINDS:
                await signals.take(self.channel, self.conversation, self.socket, kind, message, ident)
            elif ident is None:
                raise Refused("bad_request")
            else:
                await self._take(message, kind, ident)
        except Refused as error:
            self._error(error.code, ident, _language(message))
        except signals.Malformed:
            self._error("bad_request", ident, _language(message))
        except signals.TooMany:
            self._error("too_many_messages", ident, _language(message))
        except NotStored:
            self._error("unavailable", ident, _language(message))
        except Exception:
            logger.exception("A frame could not be handled")
            self._error("failed", ident, _language(message))

    async def _take(self, message: dict[str, Any], kind: str, ident: str) -> None:
        if not self.channel.message_limit.allow(self.conversation):
            raise Refused("too_many_messages")
        if kind == "say":
            stored, new = await self.channel.receive(await self._say(message, ident))
        else:
            pressed = await self._press(message, ident)
            stored, new = await self.channel.receive(
                pressed.incoming, retry=pressed.retry, offer=pressed.offer
            )
        self.socket.send({"type": "ack", "id": ident, "seq": stored.seq})
        if new:
            await self.channel.deliver(self.conversation, [stored])
        if stored.answered:  # long ago, or because it is for a person
            self.socket.send({"type": "done", "id": ident})

    async def _say(self, message: dict[str, Any], ident: str) -> Incoming:
        text, photo = message.get("text"), message.get("photo")
        if text is not None and not isinstance(text, str):
            raise Refused("bad_request")
        if photo is not None:
            if not isinstance(photo, str) or not _ID.match(photo):
                raise Refused("bad_request")
            try:
                known = await photo_intake.fetch(photo, self.conversation)
            except Exception as error:
                raise NotStored from error
            if known is None:
                raise Refused("photo_gone")
        return Incoming(
            self.conversation,
            text or "",
            photos=(photo,) if photo else (),
            language=_language(message),
            message_id=ident,
        )

    async def _press(self, message: dict[str, Any], ident: str) -> Press:
        seq = message.get("reply")
        if not isinstance(seq, int) or isinstance(seq, bool) or not 0 < seq < 2**31:
            raise Refused("bad_request")
        try:
            return await press(
                self.channel,
                self.conversation,
                seq,
                message.get("button"),
                message.get("card"),
                language=_language(message),
                message_id=ident,
            )
        except NotOffered:
            raise Refused("not_offered") from None

    def _error(self, code: str, ident: str | None, language: str | None) -> None:
        frame = {"type": "error", "code": code, "text": say(code, language or self.language)}
        self.socket.send({**frame, "id": ident} if ident else frame)


def _parse(data: object) -> dict[str, Any] | None:
    if not isinstance(data, str):
        return None
    try:
        message = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def _language(message: dict[str, Any] | None) -> str | None:
    language = message.get("language") if message else None
    return language if language in LANGUAGES else None


def _stored(conversation: str, since: int) -> tuple[dict[str, Any], list[Message], HandoffStatus]:
    """The welcome without its events, the messages after number `since`, and who has the conversation."""
    last = messages.last_seq(conversation)
    # A number we never gave out (the history was erased): start from the beginning.
    found = messages.history(conversation, since if since <= last else 0, REPLAY)
    view = handoff_status.now(conversation)
    frame = {
        "type": "welcome",
        "conversation": conversation,
        "last": max(last, found[-1].seq if found else 0),
        "handoff": view.frame if view.handoff is not None else None,
        "read": receipts.of(conversation).agent,
    }
    return frame, found, view


def _add_stars(conversation: str, events: list[dict[str, Any]]) -> None:
    """The stars that were given already, so that they are not asked for again."""
    for event in events:
        if event.get("rating"):
            found = handoff.get(int(event["rating"]["handoff"]))
            stars = found.rating if found is not None and found.conversation == conversation else None
            event["rating"] = {**event["rating"], "stars": stars}
