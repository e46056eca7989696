"""XMPP (Jabber), as an external component of the shop's own server: https://xmpp.org/extensions/xep-0114.html

Nobody calls us: the connection is ours, to the address that the owner gave, and the server lets in only who
knows the secret. Who sends a message is stamped by the server. One process at a time has the connection, and
sends; a message is acknowledged (XEP-0184) when it is kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit
from uuid import uuid4
from xml.etree.ElementTree import Element

from sanic import Blueprint

from actions.shop.errors import Unavailable
from bot.channels.messengers import baton, download, pictures
from bot.channels.messengers import xmpp_events as events
from bot.channels.messengers import xmpp_stanzas as stanzas
from bot.channels.messengers.base import Check, Limits, Messenger, Piece
from bot.channels.messengers.baton import Baton
from bot.channels.messengers.calls import Gone, Later, Refused
from bot.channels.messengers.drawing import Shown, as_text, chosen, numbered, split
from bot.channels.messengers.fields import Fields
from bot.channels.messengers.people import Person
from bot.channels.messengers.update import Attachment, Update
from bot.channels.messengers.xmpp_names import bare, name_of, resource, too_long
from bot.channels.messengers.xmpp_rooms import Rooms
from bot.channels.messengers.xmpp_stream import SecretRefused, Stream, Taken
from bot.channels.texts import language_hint, say
from bot.desks.backoff import CHAT, delay
from bot.settings import SettingError
from bot.waiting import within

logger = logging.getLogger(__name__)

BATON = "xmpp"
LOOK = 2.0  # seconds between two looks whether we hold the baton, are in our rooms, …
ALIVE = 60.0  # seconds between two looks whether the connection lives
WAITING = 1000  # stanzas that wait to be kept; more are given back
REMEMBERED = 10_000  # customers
FAREWELL = 1.5  # seconds to keep what has come when the server stops


class Xmpp(Messenger):
    """See the module. Credentials: `component` (its domain), `secret`, and where the server is not on this
    machine `host` and `port`; `user` and `name` say how the assistant is called, `uploads` where customers'
    photos lie, `rooms` in which rooms it is.
    """

    platform = "xmpp"
    title = "XMPP"
    limits = Limits(text=5000, choices="numbers", per_second=50)
    unread: ClassVar[dict[str, str]] = {"encrypted": "chat_is_encrypted"}

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        component, user = fields.need("component").casefold(), fields.get("user", "shop").casefold()
        if "@" in component or "/" in component or "@" in user or "/" in user:
            raise SettingError("credentials.yml: xmpp: component is a domain, user what stands before its @")
        self.us = f"{user}@{component}/assistant"
        self.secret = fields.need("secret")
        self.host = fields.get("host", "127.0.0.1")
        port = fields.get("port", "5347")
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise SettingError(f"credentials.yml: xmpp: port must be a number, not {port!r}")
        self.port = int(port)
        self.called = fields.get("name", "Shop assistant")
        self.uploads = tuple(f"{_address(each)}/" for each in fields.names("uploads"))
        self._stream: Stream | None = None
        self._rooms = Rooms(self.us, self.called, fields.names("rooms"), self._put, self._present)
        self._baton = Baton(BATON)
        self._came: asyncio.Queue[Element] = asyncio.Queue(WAITING)
        self._hearing: asyncio.Task[None] | None = None
        self._state = ""
        self._stopping = False
        self._states: OrderedDict[str, bool] = OrderedDict()  # who tells when he writes → whether he does
        self._in_rooms: OrderedDict[str, str] = OrderedDict()  # ids of what we said in rooms → to whom
        self._tasks: set[asyncio.Task[None]] = set()

    # --- the connection -------------------------------------------------------------------------------------

    def ready(self) -> bool:
        return self._stream is not None and self._stream.up

    async def connect(self) -> None:
        """Never ends: whoever has the baton holds the connection, and comes back when it breaks."""
        self._stream = self._new_stream(self._hear)
        self._hearing = self._hearing or asyncio.create_task(self._listen())
        attempt = 0
        while True:
            if not await self._have_baton():
                self._tell(logging.INFO, "another process holds the connection")
                await asyncio.sleep(LOOK)
                continue
            try:
                await self._stream.open()
            except Later as error:
                attempt += 1
                self._tell(logging.ERROR if isinstance(error, SecretRefused) else logging.WARNING, str(error))
                await asyncio.sleep(delay(attempt, CHAT))
                continue
            attempt = 0
            self._tell(logging.INFO, "connected")
            self.post.wake()
            try:
                await self._stay(self._stream)
            finally:
                self._rooms.outside()

    async def _have_baton(self) -> bool:
        try:
            return await asyncio.to_thread(self._baton.take)
        except Unavailable:
            return False

    def _tell(self, level: int, state: str) -> None:
        """What is new about the connection goes into the log, and to the doctor."""
        if state != self._state:
            self._state = state
            logger.log(level, "xmpp: %s", state)
            self._do(asyncio.to_thread(self._baton.say, state))

    async def _stay(self, stream: Stream) -> None:
        """Until the connection or the baton is lost."""
        lost, looks = stream.disconnected, 0
        while stream.up:
            await asyncio.wait({lost}, timeout=0 if not looks else LOOK)
            looks += 1
            try:
                if not await asyncio.to_thread(self._baton.take):
                    await stream.close()  # the database was away, and another process was quicker
                    return
                await self._rooms.look()
                if looks % int(ALIVE / LOOK) == 0 and stream.up:
                    await stream.confirm()
            except Unavailable:
                continue  # nobody else can have the baton now
            except Later as error:
                logger.warning("xmpp: %s: connecting anew", error)
                await stream.close()
            except Exception:
                logger.exception("xmpp: something about the connection failed")

    async def disconnect(self) -> None:
        """What has come is kept; what cannot be kept any more is given back."""
        self._stopping = True
        if self._hearing is not None:
            try:
                await within(FAREWELL, self._came.join())
            except asyncio.TimeoutError:
                logger.warning("xmpp: %s messages could not be kept and are given back", self._came.qsize())
            self._hearing.cancel()
            while not self._came.empty():
                self._give_back(self._came.get_nowait())
        if self._stream is not None:
            await self._stream.close()
        await asyncio.to_thread(self._baton.drop)

    def _new_stream(self, hear: Any) -> Stream:
        return Stream(self.us, self.called, self.secret, self.host, self.port, hear)

    def _put(self, stanza: Element) -> None:
        if self._stream is not None:
            self._stream.put(stanza)

    async def _present(self, occupant: str) -> str:
        return await self._stream.present(occupant) if self._stream is not None else "remote-server-timeout"

    def _do(self, work: Coroutine[Any, Any, Any]) -> None:
        """A courtesy: nothing depends on it."""
        task = asyncio.create_task(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def add_routes(self, blueprint: Blueprint) -> None:
        """Nobody calls us."""

    # --- in -------------------------------------------------------------------------------------------------

    def _hear(self, stanza: Element) -> None:
        """Something came: in its turn."""
        if self._stopping or self._came.full():
            self._give_back(stanza)
        else:
            self._came.put_nowait(stanza)

    def _give_back(self, stanza: Element) -> None:
        """It was not taken: the sender's client shows that, and sends it again when he likes."""
        if name_of(stanza) == "message" and stanza.get("type") not in ("error", "groupchat"):
            self._put(stanzas.error(self.us, stanza, "wait", "resource-constraint"))

    async def _listen(self) -> None:
        while True:
            stanza = await self._came.get()
            try:
                await (self._message(stanza) if name_of(stanza) == "message" else self._presence(stanza))
            except Exception:
                logger.exception("xmpp: a %s could not be taken", name_of(stanza))
                self._give_back(stanza)
            finally:
                self._came.task_done()

    async def _message(self, message: Element) -> None:
        sender = message.get("from", "")
        if message.get("type") == "error":
            await self._came_back(message)
        elif bare(message.get("to", "")) != bare(self.us) or too_long(sender):
            self._put(stanzas.error(message.get("to", ""), message, "cancel", "item-not-found"))
        elif (invitation := events.invitation(message)) is not None:
            await self._persist(lambda: self._rooms.invited(*invitation))
        elif message.get("type") == "groupchat":
            await self._in_room(message)
        elif self._rooms.get(bare(sender)) is not None:
            self._whispered(message)
        else:
            await self._said(message)

    async def _said(self, message: Element) -> None:
        """Something that was said to us alone."""
        sender = bare(message.get("from", ""))
        self._note_state(sender, events.chat_state(message))
        update = events.update_of(message)
        if update is not None:
            await self._kept(update)
        if events.wants_receipt(message):
            self._put(stanzas.receipt(self.us, message))

    async def _in_room(self, message: Element) -> None:
        address = bare(message.get("from", ""))
        room = self._rooms.get(address)
        if room is None:  # we do not know why we are there
            self._put(stanzas.presence(self.us, message.get("from", ""), "unavailable"))
            return
        at = events.said_at(message)
        update = events.update_of(message, nick=room.nick)
        if update is not None and (at is None or at >= room.since.replace(microsecond=0)):  # told in seconds
            await self._kept(update)

    def _whispered(self, message: Element) -> None:
        """Somebody in a room speaks to us alone. Names in rooms can be taken by others: nothing that is for
        one person only is said there.
        """
        update = events.update_of(message)
        if update is not None and update.kind == "message":
            text = say("write_directly", language_hint(update.text), address=bare(self.us))
            answer = stanzas.said(self.us, message.get("from", ""), text, ident=uuid4().hex)
            self._put(answer)

    async def _came_back(self, message: Element) -> None:
        """A message of ours could not be delivered."""
        ident, sender = message.get("id", ""), message.get("from", "")
        error = events.failure(message)
        room = self._rooms.get(bare(sender))
        if room is not None and events.condition_of(message) == "not-acceptable":
            self._rooms.lost(room)
        if self._stream is not None and self._stream.came_back(ident, error):
            return
        address = self._in_rooms.get(ident) if room is not None else bare(sender)
        if not address or not ident or (room is not None and resource(sender)) or too_long(sender):
            return
        data = "later" if isinstance(error, Later) else None
        name = f"{address}|failed.{ident}.{uuid4().hex[:8]}"  # it may come back every time that it is sent
        await self._kept(Update(name, address, "failed", str(error), about=ident, data=data))
        if isinstance(error, Gone):
            await self._kept(Update(f"{name}.left", address, "leave"))

    async def _presence(self, presence: Element) -> None:
        sender, kind = presence.get("from", ""), presence.get("type")
        if self._rooms.get(bare(sender)) is not None:
            await self._persist(lambda: self._rooms.presence(presence))
        elif bare(presence.get("to", "")) != bare(self.us) or too_long(sender):
            return
        elif kind == "subscribe":
            ident = presence.get("id") or uuid4().hex
            await self._kept(Update(f"{bare(sender)}|join.{ident[:100]}", bare(sender), "join"))
            self._put(stanzas.presence(bare(self.us), bare(sender), "subscribed"))
            self._put(stanzas.presence(self.us, bare(sender)))
        elif kind == "unsubscribe":
            ident = presence.get("id") or uuid4().hex
            await self._kept(Update(f"{bare(sender)}|leave.{ident[:100]}", bare(sender), "leave"))
            self._put(stanzas.presence(bare(self.us), bare(sender), "unsubscribed"))
        elif kind == "probe":
            self._put(stanzas.presence(self.us, sender))

    async def _kept(self, update: Update) -> None:
        """Keep it, however long the database is away; whoever comes after waits meanwhile."""
        await self._persist(lambda: self.keep([update]))

    async def _persist(self, work: Any) -> None:
        for attempt in range(1, 10**6):
            try:
                await work()
                return
            except Unavailable as error:
                logger.warning("xmpp: what has come waits for the database: %s", error)
                await asyncio.sleep(min(delay(attempt, CHAT), 5.0))

    def _note_state(self, sender: str, state: str) -> None:
        """Whether a customer writes; the desk is told when that changes."""
        if not state:
            return
        on = state == "composing"
        before = self._states.pop(sender, False)
        self._states[sender] = on
        if len(self._states) > REMEMBERED:
            self._states.popitem(last=False)
        if on != before:
            self._do(self.writing(sender, on))

    async def fetch(self, person: Person, attachment: Attachment) -> bytes:
        base = next((each for each in self.uploads if attachment.ref.startswith(each)), None)
        if base is None or ".." in unquote(attachment.ref):
            host = download.host_of(attachment.ref) or "none"
            raise Refused(f"a photo at a host that is none of `uploads` in credentials.yml: {host}")
        return await download.fetch(attachment.ref, hosts=(), trusted=(download.host_of(base),))

    # --- out ------------------------------------------------------------------------------------------------

    def draw(self, shown: Shown, person: Person, language: str) -> list[Piece]:
        """Pictures are messages of their own, of their address alone: so clients show them. Words come last:
        only what was said last can be answered by a press.
        """
        wanted = [*(card.picture for card in shown.cards), shown.picture]
        found = [url for each in wanted if (url := pictures.jpeg_address(each, self.address))]
        pictured: list[Piece] = [
            {"body": url, "picture": True} for url in found if url.startswith(("http://", "https://"))
        ]
        first = split(shown.said, self.limits.text) if shown.cards and pictured else []
        rest = replace(shown, picture=None, text="" if first else shown.text)
        last = split(as_text(rest, hint=say("reply_with_number", language)), self.limits.text)
        pieces: list[Piece] = [
            *({"body": each} for each in first),
            *(pictured if shown.cards else []),
            *({"body": each} for each in last),
            *([] if shown.cards else pictured),
        ]
        words = [each for each in pieces if "picture" not in each]
        if words and (responses := _responses(shown)):
            words[-1]["responses"] = responses
        if "/" in person.address and words:  # in a room it must be clear who is meant
            words[0]["body"] = f"{resource(person.address)}: {words[0]['body']}"
        return pieces

    async def send(self, person: Person, piece: Piece, key: str) -> str | None:
        stream, ident = self._stream, stanzas.ident_of(key)
        if stream is None or not stream.up:
            raise Later("not connected")
        place, group = bare(person.address), "/" in person.address
        if group:
            room = self._rooms.get(place)
            if room is None:
                raise Gone("we are not in that room any more")
            if not room.inside:
                raise Later("we are not in the room yet")
            self._in_rooms[ident] = person.address
            if len(self._in_rooms) > REMEMBERED:
                self._in_rooms.popitem(last=False)
        message = stanzas.said(
            self.us,
            place,
            piece["body"],
            ident=ident,
            group=group,
            picture=bool(piece.get("picture")),
            responses=piece.get("responses", ()),
        )
        await stream.deliver(message)
        return ident

    async def show_typing(self, person: Person, on: bool) -> None:
        if person.address in self._states:  # whose client tells it, too
            self._put(stanzas.writing(self.us, person.address, on))

    async def noticed(self, person: Person, update: Update) -> None:
        if update.data and update.kind in ("message", "edit"):
            self._put(stanzas.displayed(self.us, person.address, update.data))

    # --- set-up ---------------------------------------------------------------------------------------------

    async def check(self) -> list[Check]:
        where = f"{self.host}:{self.port}"
        try:
            state = await asyncio.to_thread(baton.state, BATON)
        except Exception:
            state = None  # the database is another look's
        if state is not None:  # a second connection could push the first one out
            if state == "connected":
                return [Check("ok", f"XMPP: connected to {where} as {bare(self.us)}"), *self._notes()]
            return [Check("bad", f"XMPP: {state}", "see docs/messengers/xmpp.md")]
        stream = self._new_stream(lambda stanza: None)
        try:
            await stream.open()
        except Taken:
            return [Check("ok", f"XMPP: another server is connected to {where}"), *self._notes()]
        except SecretRefused as error:
            remedy = f"component and secret must be those of the component in the configuration of {where}"
            return [Check("bad", f"XMPP: {error}", remedy)]
        except Later as error:
            return [Check("bad", f"XMPP: {error}", "is the XMPP server up, and its component port right?")]
        finally:
            await stream.close()
        return [Check("ok", f"XMPP: {where} takes {bare(self.us)} and its secret"), *self._notes()]

    def _notes(self) -> list[Check]:
        if self.uploads:
            return []
        remedy = "write the address of the server's file upload into uploads, in credentials.yml"
        return [Check("note", "XMPP: customers cannot send photos", remedy)]


def _responses(shown: Shown) -> list[list[str]]:
    """Values and titles of what can be pressed, all different: the value is the title where that is enough to
    know which choice is meant, else its number.
    """
    found: list[list[str]] = []
    for number, choice in enumerate(numbered(shown), start=1):
        if choice.token:
            title = " ".join(choice.title.split())
            alone = chosen(shown, title) == choice and len(title) <= 60
            taken = any(title == label for _, label in found)
            found.append([title if alone else str(number), f"{number}. {title}" if taken else title])
    return found


def _address(text: str) -> str:
    """An address below which photos lie, as they begin with it; raises `SettingError`."""
    address = text.rstrip("/")
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
        raise SettingError(f"credentials.yml: xmpp: uploads must be http(s) addresses, not {text!r}")
    return address


async def _quietly(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except Exception as error:
        logger.debug("xmpp: a courtesy failed: %s", type(error).__name__)
