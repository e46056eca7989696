"""The connection of an XMPP component (XEP-0114): opened by us, proven by the secret, one at a time.

Such a stream has no acknowledgements of its own. But it keeps its order, and what we address to ourselves
goes to the server and comes back: when a ping does, the server has taken everything that was sent before it.
So a message counts as sent when the ping after it is here; and if the server gave it back at once, that has
come before the ping, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from slixmpp import JID, ComponentXMPP, Iq, Message, Presence
from slixmpp.exceptions import IqError, IqTimeout
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from bot.channels.base.api_client import Later, Refused
from bot.channels.xmpp import names as ns
from storage.timeouts import within

logger = logging.getLogger(__name__)
logging.getLogger("slixmpp").setLevel(logging.WARNING)  # it would tell what customers write

OPENING = 10.0  # seconds
CONFIRMING = 15.0  # seconds for a ping to come back
_FEATURES = (
    ns.CHAT_STATES, ns.RECEIPTS, ns.MARKERS, ns.CORRECT, ns.RETRACT, ns.OOB, ns.REACTIONS, ns.REPLY, ns.IDS,
    ns.FILE_SHARING, ns.INVITATION, ns.MUC, ns.PING, "vcard-temp", "http://jabber.org/protocol/disco#info",
)  # fmt: skip
_STANZAS = {"message": Message, "presence": Presence, "iq": Iq}


class SecretRefused(Later):
    """The server does not take our secret, or does not know the component: the owner can mend that."""


class Taken(Later):
    """Another connection holds the component: it and the secret are right."""


class Stream(ComponentXMPP):
    """The component `component`, in which we are `us` (with a resource), called `name`.

    `hear` gets every message and presence that comes, in order, and must not block.
    """

    def __init__(
        self, us: str, name: str, secret: str, host: str, port: int, hear: Callable[[Element], None]
    ) -> None:
        self._hear = hear  # before anything can come
        super().__init__(JID(us).domain, secret, host, port)
        self.us, self._name = JID(us), name
        self._opened: asyncio.Future[None] | None = None
        self._trouble = ""
        self._confirms = True
        self._awaited: dict[str, Exception | None] = {}  # ids of messages being sent, and how they came back
        for plugin in ("xep_0030", "xep_0054", "xep_0199"):  # discovery, business card, ping
            self.register_plugin(plugin)
        self.register_handler(
            Callback("anything said", MatchXPath(f"{{{ns.STREAM}}}message"), lambda each: hear(each.xml))
        )
        self.add_event_handler("session_start", self._started)
        self.add_event_handler("stream_error", self._erred)
        self.add_event_handler("connection_failed", self._failed)
        self.add_event_handler("disconnected", self._ended)

    # Who is there is not kept in memory: the library's own way with presences is not ours.
    def _handle_presence(self, presence: Any) -> None:
        self._hear(presence.xml)

    def _handle_message(self, msg: Any) -> None:
        pass

    def _handle_message_error(self, msg: Any) -> None:
        pass

    # --- life -----------------------------------------------------------------------------------------------

    @property
    def up(self) -> bool:
        """Whether we are connected, and let in."""
        return bool(self._session_started)

    async def open(self) -> None:
        """Connect, once. Raises `Later`, for a wrong secret `SecretRefused`, if somebody is there `Taken`."""
        self._trouble = ""
        self._opened = asyncio.get_running_loop().create_future()
        self.connect(self.server_host, self.server_port)
        try:
            await within(OPENING, self._opened)
        except asyncio.TimeoutError:
            raise Later(f"no answer from {self.server_host}:{self.server_port}") from None
        finally:
            if not self.up:
                self.cancel_connection_attempt()
                self.abort()
        self._introduce()
        try:
            await self.confirm()
        except Later:
            if not self.up:
                raise
            logger.warning("xmpp: the server brings nothing back to us: what we send is not confirmed")
            self._confirms = False

    async def close(self) -> None:
        """Say farewell and end."""
        self.cancel_connection_attempt()
        if self.up:
            await self.disconnect(wait=1.0)
        else:
            self.abort()
        if self._run_out_filters is not None:
            self._run_out_filters.cancel()

    def _started(self, event: Any) -> None:
        self._settle(None)

    def _erred(self, error: Any) -> None:
        self._trouble = str(error["condition"])

    def _failed(self, reason: Any) -> None:
        why = reason if isinstance(reason, str) else type(reason).__name__
        self._settle(Later(f"no connection to {self.server_host}:{self.server_port}: {why}"))

    def _ended(self, reason: Any) -> None:
        if self._trouble in ("not-authorized", "host-unknown"):
            why = "the secret is wrong" if self._trouble == "not-authorized" else "the component is not known"
            self._settle(SecretRefused(f"the server does not let us in: {why} ({self._trouble})"))
        elif self._trouble == "conflict":
            self._settle(Taken("the server has another connection of this component (conflict)"))
        else:
            self._settle(Later(f"the connection ended ({self._trouble or 'without a reason'})"))

    def _settle(self, error: Exception | None) -> None:
        if self._opened is None or self._opened.done():
            return
        if error is None:
            self._opened.set_result(None)
        else:
            self._opened.set_exception(error)

    def _introduce(self) -> None:
        """What clients ask of us: what we are and can, and a business card."""
        disco, cards = self["xep_0030"], self["xep_0054"]
        disco.add_identity("component", "generic", name=self._name)
        for jid in (JID(self.us.bare), self.us):
            disco.add_identity("client", "bot", name=self._name, jid=jid)
            for feature in _FEATURES:
                disco.add_feature(feature, jid=jid)
        card = cards.make_vcard()
        card["FN"] = card["NICKNAME"] = self._name
        for jid in (JID(self.us.bare), JID(self.us.domain)):
            self.wrap(cards.publish_vcard(card, jid=jid))

    # --- out ------------------------------------------------------------------------------------------------

    def put(self, stanza: Element) -> None:
        """Send a stanza without looking whether it arrives; nothing happens while we are not connected."""
        if self.up:
            _STANZAS[ns.name_of(stanza)](self, stanza).send()

    async def deliver(self, message: Element) -> None:
        """Send a message and wait until the server has taken it. Raises `Later` if it has not (or that is not
        known), and what was said where the server gave it back at once (see `came_back`).
        """
        if not self.up:
            raise Later("not connected")
        ident = message.get("id", "")
        self._awaited[ident] = None
        try:
            self.put(message)
            await self.confirm()
            error = self._awaited[ident]
        finally:
            del self._awaited[ident]
        if error is not None:
            raise error

    def came_back(self, ident: str, error: Later | Refused) -> bool:
        """A message of ours came back; False if nobody waits for it any more."""
        if ident not in self._awaited:
            return False
        self._awaited[ident] = error
        return True

    async def confirm(self) -> None:
        """Until the server has taken everything that was sent before. Raises `Later`."""
        if self._confirms:
            with contextlib.suppress(IqError):  # any answer is one
                await self._ping(self.us.bare, CONFIRMING)

    async def present(self, occupant: str) -> str:
        """How a room answers a ping to ourselves in it (XEP-0410): '' if well, else the error's condition."""
        try:
            await self._ping(occupant, CONFIRMING)
        except IqError as error:
            return str(error.condition)
        except Later:
            return "remote-server-timeout"
        return ""

    async def _ping(self, to: str, seconds: float) -> None:
        iq = self.make_iq_get(ito=JID(to), ifrom=self.us)
        iq.enable("ping")
        answer = asyncio.ensure_future(iq.send(timeout=seconds))
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody else may ask
        await asyncio.wait({answer, self.disconnected}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            raise Later("the connection ended on the way")
        try:
            answer.result()
        except IqTimeout:
            raise Later("the server does not answer") from None
