"""The messenger: what customers do on XMPP, and what they are sent there.

Nobody calls us: the connection is ours, to the address that the owner gave, and the server lets in only who
knows the secret. Who sends a message is stamped by the server. One process at a time has the connection, and
sends; a message is acknowledged (XEP-0184) when it is kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit
from uuid import uuid4
from xml.etree.ElementTree import Element

from slixmpp import JID, InvalidJID

from bot.channels.base import download
from bot.channels.base.api_client import Gone, Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Shown
from bot.channels.base.messenger import Limits, Messenger, Piece
from bot.channels.base.update import Attachment, Kind, Update
from bot.channels.xmpp import drawing, events, stanzas
from bot.channels.xmpp.connection import CONNECTED, LEADER, Connection, give_back
from bot.channels.xmpp.names import bare, name_of, resource, too_long
from bot.channels.xmpp.rooms import Rooms
from bot.channels.xmpp.stream import SecretRefused, Stream, Taken
from bot.conversation.texts import language_hint, say
from bot.finding import Finding
from bot.settings import SettingError
from storage import leader
from storage.backoff import CHAT, delay
from storage.errors import Unavailable

logger = logging.getLogger(__name__)

REMEMBERED = 10_000  # messages, customers


class Xmpp(Messenger):
    """See the module. Credentials: `component` (its domain), `secret`, and where the server is not on this
    machine `server` (host:port); `user` and `name` say how the assistant is called, `uploads` where
    customers' photos lie, `rooms` in which rooms it is.
    """

    platform = "xmpp"
    title = "XMPP"
    limits = Limits(text=drawing.TEXT, choices="numbers", per_second=50)
    paths: ClassVar[dict[str, tuple[str, ...]]] = {}  # nobody calls us
    unread: ClassVar[dict[str, str]] = {"encrypted": "chat_is_encrypted"}

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self.us = _us(fields.get("user", "shop"), fields.need("component"))
        self.secret = fields.need("secret")
        self.server = fields.get("server", "127.0.0.1:5347")
        host, _, port = self.server.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise SettingError(f"credentials.yml: xmpp: server must be host:port, not {self.server!r}")
        self.host, self.port = host.strip("[]"), int(port)
        self.called = fields.get("name", "Shop assistant")
        self.uploads = tuple(f"{_address(each)}/" for each in fields.names("uploads"))
        rooms = [bare(each).casefold() for each in fields.names("rooms")]
        self._rooms = Rooms(self.us, self.called, rooms, self._put, self._present)
        self._connection = Connection(
            self.us,
            self._new_stream,
            take=self._take,
            poll=self._rooms.keep_up,
            began=lambda: self.assistant.wake(),
            ended=self._rooms.outside,
        )
        self._sent: OrderedDict[str, str] = OrderedDict()  # ids of messages that have arrived → to whom
        self._states: OrderedDict[str, bool] = OrderedDict()  # who tells when he writes → whether he does
        self._sent_away: OrderedDict[str, bool] = OrderedDict()  # who has spoken to us alone in a room
        self._telling = asyncio.Lock()  # one after another, or the desk would see it the wrong way round
        self._tasks: set[asyncio.Task[None]] = set()

    # --- the connection -------------------------------------------------------------------------------------

    def ready(self) -> bool:
        return self._connection.up

    async def connect(self) -> None:
        await self._connection.keep()

    async def disconnect(self) -> None:
        await self._connection.end()

    def _new_stream(self, hear: Callable[[Element], None]) -> Stream:
        return Stream(self.us, self.called, self.secret, self.host, self.port, hear)

    def _put(self, stanza: Element) -> None:
        self._connection.put(stanza)

    async def _present(self, occupant: str) -> str:
        assert self._connection.stream is not None
        return await self._connection.stream.present(occupant)

    # --- in -------------------------------------------------------------------------------------------------

    async def _take(self, stanza: Element) -> None:
        """Something came."""
        if name_of(stanza) == "message":
            await self._message(stanza)
        else:
            await self._presence(stanza)

    async def _message(self, message: Element) -> None:
        sender = message.get("from", "")
        if message.get("type") == "error":
            await self._came_back(message)
        elif bare(message.get("to", "")) != bare(self.us) or too_long(sender):
            self._put(stanzas.error(message.get("to", ""), message, "cancel", "item-not-found"))
        elif (invitation := events.invitation(message)) is not None:
            self._rooms.invited(*invitation)
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
        at, since = events.said_at(message), room.since.replace(microsecond=0)  # as it is told: in seconds
        update = events.update_of(message, nick=room.nick)
        if update is not None and (at is None or at >= since):
            await self._kept(update)

    def _whispered(self, message: Element) -> None:
        """Somebody in a room speaks to us alone. Names in rooms can be taken by others: nothing that is for
        one person only is said there, but where to write to.
        """
        sender = message.get("from", "")
        update = events.update_of(message)
        if update is not None and update.kind == "message" and sender not in self._sent_away:
            _remember(self._sent_away, sender, True)  # once: it may be a machine that answers
            text = say("write_directly", language_hint(update.text), address=bare(self.us))
            self._put(stanzas.said(self.us, sender, text, ident=uuid4().hex))

    async def _came_back(self, message: Element) -> None:
        """A message of ours could not be delivered, perhaps long after the server had taken it."""
        ident, sender = message.get("id", ""), message.get("from", "")
        error = events.failure(message)
        room = self._rooms.get(bare(sender))
        if room is not None and events.condition_of(message) == "not-acceptable":
            self._rooms.lost(room)
        stream = self._connection.stream
        if stream is not None and stream.came_back(ident, error):
            return
        to = self._sent.get(ident)
        if to is None and room is None and ident and not too_long(sender):  # before a restart, perhaps
            to = bare(sender) if await self.assistant.has_sent(ident) else None
        if to is None or bare(to) != bare(sender) or (room is not None and resource(sender)):
            return  # a receipt, a state; or somebody else says so
        self._sent.pop(ident, None)
        data = "later" if isinstance(error, Later) else None
        name = f"{to}|failed.{uuid4().hex}"  # it may come back every time that it is sent
        await self._kept(Update(name, to, "failed", str(error), about=ident, data=data))
        if isinstance(error, Gone):
            await self._kept(Update(f"{name}.left", to, "leave"))

    async def _presence(self, presence: Element) -> None:
        sender, kind = presence.get("from", ""), presence.get("type")
        if self._rooms.concerned(presence):
            await self._persist(lambda: self._rooms.presence(presence))
        elif bare(presence.get("to", "")) != bare(self.us) or too_long(sender):
            return
        elif kind == "subscribe":
            await self._relation(presence, "join")
            self._put(stanzas.presence(bare(self.us), bare(sender), "subscribed"))
            self._put(stanzas.presence(self.us, bare(sender)))
        elif kind == "unsubscribe":
            await self._relation(presence, "leave")
            self._put(stanzas.presence(bare(self.us), bare(sender), "unsubscribed"))
        elif kind == "probe":
            self._put(stanzas.presence(self.us, sender))

    async def _relation(self, presence: Element, kind: Kind) -> None:
        """Somebody adds us to his contacts, or takes us out."""
        address, ident = bare(presence.get("from", "")), presence.get("id", "")[:100] or uuid4().hex
        await self._kept(Update(f"{address}|{kind}.{ident}", address, kind))

    async def _kept(self, update: Update) -> None:
        """Keep it, however long the database is away; who comes after waits meanwhile."""
        await self._persist(lambda: self.assistant.keep([update]))

    async def _persist(self, work: Callable[[], Awaitable[None]]) -> None:
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
        before = self._states.get(sender, False)
        _remember(self._states, sender, on)
        if on != before:
            task = asyncio.create_task(self._tell_desk(sender, on))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _tell_desk(self, sender: str, on: bool) -> None:
        async with self._telling:
            try:
                await self.assistant.writing(sender, on)
            except Exception as error:
                logger.debug("xmpp: that a customer writes could not be told: %s", type(error).__name__)

    async def fetch(self, contact: Contact, attachment: Attachment) -> bytes:
        base = next((each for each in self.uploads if attachment.ref.startswith(each)), None)
        if base is None or ".." in unquote(attachment.ref):
            host = download.host_of(attachment.ref) or "none"
            raise Refused(f"a photo at a host that is none of `uploads` in credentials.yml: {host}")
        return await download.fetch(attachment.ref, hosts=(), trusted=(download.host_of(base),))

    # --- out ------------------------------------------------------------------------------------------------

    def draw(self, shown: Shown, contact: Contact, language: str) -> list[Piece]:
        return drawing.pieces(shown, language, self.base_url, to=resource(contact.address))

    async def send(self, contact: Contact, piece: Piece, key: str) -> str | None:
        stream, ident = self._connection.stream, stanzas.ident_of(key)
        if stream is None or not stream.up:
            raise Later("not connected")
        place, group = bare(contact.address), "/" in contact.address
        if group:
            room = self._rooms.get(place)
            if room is None:
                raise Gone("we are not in that room any more")
            if not room.inside:
                raise Later("we are not in the room yet")
        if ident in self._sent:
            return ident  # only the note of it was lost, with the database
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
        _remember(self._sent, ident, contact.address)
        return ident

    async def show_typing(self, contact: Contact, on: bool) -> None:
        if contact.address in self._states:  # whose client tells it, too
            self._put(stanzas.writing(self.us, contact.address, on))

    async def noticed(self, contact: Contact, update: Update) -> None:
        if update.data and update.kind in ("message", "edit"):
            self._put(stanzas.displayed(self.us, contact.address, update.data))

    # --- set-up ---------------------------------------------------------------------------------------------

    async def check(self) -> list[Finding]:
        where = self.server
        try:
            state = await asyncio.to_thread(leader.state, LEADER)
        except Exception:
            state = None  # the database is another look's
        if state is not None:  # a second connection could push the first one out
            if state == CONNECTED:
                return [Finding("ok", f"XMPP: connected to {where} as {bare(self.us)}"), *self._notes()]
            return [
                Finding("bad", f"XMPP: not connected: {state or 'not yet'}", "see docs/messengers/xmpp.md")
            ]
        stream = self._new_stream(lambda stanza: give_back(self.us, stanza, stream.put))
        try:
            await stream.open()
        except Taken:
            return [Finding("ok", f"XMPP: another server is connected to {where}"), *self._notes()]
        except SecretRefused as error:
            remedy = f"component and secret must be those of the component in the configuration of {where}"
            return [Finding("bad", f"XMPP: {error}", remedy)]
        except Later as error:
            return [Finding("bad", f"XMPP: {error}", "is the XMPP server up, and its component port right?")]
        finally:
            await stream.close()
        return [Finding("ok", f"XMPP: {where} takes {bare(self.us)} and its secret"), *self._notes()]

    def _notes(self) -> list[Finding]:
        if self.uploads:
            return []
        remedy = "write the address of the server's file upload into uploads, in credentials.yml"
        return [Finding("note", "XMPP: customers cannot send photos", remedy)]


def _us(user: str, component: str) -> str:
    """Our address, as servers write it; raises `SettingError`."""
    try:
        us = JID(f"{user}@{component}/assistant")
    except InvalidJID:
        us = JID()
    if us.resource != "assistant" or not us.local or "@" in component:
        raise SettingError("credentials.yml: xmpp: component is a domain, user what stands before its @")
    return str(us)


def _address(text: str) -> str:
    """An address below which photos lie, as they begin with it; raises `SettingError`."""
    address = text.rstrip("/")
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
        raise SettingError(f"credentials.yml: xmpp: uploads must be http(s) addresses, not {text!r}")
    return address


def _remember(memory: OrderedDict[str, Any], key: str, value: Any) -> None:
    """The newest `REMEMBERED`."""
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)
