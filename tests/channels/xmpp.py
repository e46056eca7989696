"""A real XMPP server, and customers of it with an XMPP library's clients, in a thread of their own."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import shutil
import threading
from collections import defaultdict
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any, TypeVar
from uuid import uuid4
from xml.etree.ElementTree import Element, SubElement

import pytest
from slixmpp import ClientXMPP

from storage import leader
from tests.channels.driver import Driver, Seen
from tests.channels.prosody import COMPONENT, DOMAIN, ROOMS, SECRET, UPLOADS, Prosody
from tests.conftest import wait_for

T = TypeVar("T")
SHOP = f"shop@{COMPONENT}"
NAME = "Shop assistant"
PASSWORD = "a-customers-password"
CLIENT = "{jabber:client}"
OOB = "{jabber:x:oob}"
LOBBY = f"lobby@{ROOMS}"  # where the shop is without being invited
RECEIVED = "{urn:xmpp:receipts}received"
MUC = "{http://jabber.org/protocol/muc"
RESPONSE = "{urn:xmpp:tmp:quick-response}response"


class Customer(ClientXMPP):
    """A client that keeps what it is sent, and checks it as a client does that shows it."""

    def __init__(self, user: str) -> None:
        config = {"feature_mechanisms": {"unencrypted_scram": True}}
        super().__init__(f"{user}@{DOMAIN}/phone", PASSWORD, plugin_config=config)
        self.enable_plaintext, self.enable_starttls, self.enable_direct_tls = True, False, False
        for plugin in ("xep_0030", "xep_0045", "xep_0054", "xep_0199", "xep_0363"):
            self.register_plugin(plugin)
        self.said: list[Element] = []  # by the shop, to us alone
        self.in_rooms: dict[str, list[Element]] = defaultdict(list)  # by the shop
        self.signs: list[Element] = []  # messages of the shop without words: receipts, marks, states
        self.errors: list[Element] = []
        self.presences: list[Element] = []
        self.others: dict[str, list[str]] = defaultdict(list)
        self.whispers: list[str] = []  # what occupants of rooms say to us alone
        self.problems: list[str] = []
        self.entered: set[str] = set()  # rooms
        self.last = ""  # the id of what we said last
        self.add_event_handler("presence", lambda each: self.presences.append(each.xml))
        self.add_filter("in", self._take)

    def _take(self, stanza: Any) -> Any:
        """Everything that comes, before the library works on it."""
        xml = stanza.xml
        if not xml.tag.endswith("}message"):
            return stanza
        sender, kind = xml.get("from", ""), xml.get("type", "normal")
        words = xml.find(f"{CLIENT}body") is not None
        if kind == "error":
            self.errors.append(xml)
        elif sender.startswith(SHOP):
            (self.said if words else self.signs).append(xml)
            self._check(xml)
        elif kind == "groupchat" and sender.endswith((f"/{NAME}", f"/{NAME}_")) and words:
            self.in_rooms[sender.split("/")[0]].append(xml)
            self._check(xml)
        elif words and kind == "chat":
            self.whispers.append(xml.findtext(f"{CLIENT}body") or "")
            self.others[sender.split("/")[0]].append(self.whispers[-1])
        return stanza

    def heard(self, jid: str) -> list[str]:
        """What somebody else than the shop has said to us alone."""
        return self.others[jid]

    def _check(self, xml: Element) -> None:
        """What the extensions ask of a message."""
        body, url = xml.findtext(f"{CLIENT}body"), xml.findtext(f"{OOB}x/{OOB}url")
        responses = xml.findall(RESPONSE)
        values = [each.get("value") for each in responses]
        labels = [each.get("label") for each in responses]
        if not xml.get("id") or (body is not None and not 0 < len(body) <= 5200):
            self.problems.append("a message without id, or of a wrong length")
        if url is not None and url != body:
            self.problems.append("a picture's address that is not the whole text is not shown")
        if len({*values}) < len(values) or len({*labels}) < len(labels) or not all((*values, *labels)):
            self.problems.append(f"quick responses that are not different: {values}, {labels}")
        missing = [each for each in labels if each and re.sub(r"^\d+\. ", "", each) not in (body or "")]
        if missing:
            self.problems.append(f"quick responses that are not in the text: {missing}")

    async def online(self, port: int) -> None:
        done = asyncio.get_running_loop().create_future()
        self.add_event_handler("session_start", lambda event: done.set_result(None), disposable=True)
        self.add_event_handler("failed_all_auth", lambda event: self.problems.append("no login"))
        self.connect("127.0.0.1", port)
        await asyncio.wait_for(done, 20)
        await self.get_roster()  # who does not ask for it is not told of subscriptions
        self.send_presence()

    def tell(self, *parts: Element, body: str | None = None, to: str = SHOP, kind: str = "chat") -> str:
        """Send a message with these elements; its id."""
        ident = str(uuid4())
        message = Element(f"{CLIENT}message", {"to": to, "type": kind, "id": ident})
        if body is not None:
            SubElement(message, f"{CLIENT}body").text = body
            SubElement(message, "{urn:xmpp:sid:0}origin-id", {"id": ident})
            SubElement(message, "{urn:xmpp:receipts}request")
            SubElement(message, "{urn:xmpp:chat-markers:0}markable")
            SubElement(message, "{http://jabber.org/protocol/chatstates}active")
        message.extend(parts)
        self.send(self.Message(xml=message))
        return ident

    async def enter(self, room: str, nick: str, *, seconds: float = 20) -> None:
        """Come into a room."""
        presence = Element(f"{CLIENT}presence", {"to": f"{room}/{nick}"})
        SubElement(presence, f"{MUC}}}x")
        self.send(self.Presence(xml=presence))
        await self.sees(f"{room}/{nick}", seconds=seconds)
        self.entered.add(room)

    async def open(self, room: str, nick: str) -> None:
        """Make a room, and come into it."""
        await self.enter(room, nick)
        query = Element(f"{MUC}#owner}}query")
        SubElement(query, "{jabber:x:data}x", {"type": "submit"})
        await self.make_iq_set(query, ito=room).send(timeout=20)

    async def sees_in(self, room: str, nick: str, other: str) -> None:
        """Come into a room in which somebody is, or will be."""
        for _ in range(100):
            with contextlib.suppress(AssertionError):
                await self.enter(room, nick, seconds=2)
                await self.sees(f"{room}/{other}")
                return
        raise AssertionError(f"{room} does not open")

    async def sees(self, jid: str, kind: str | None = None, *, seconds: float = 20) -> None:
        """Wait until somebody is there (or what else a presence says)."""
        for _ in range(int(seconds * 20)):
            last = [each.get("type") for each in self.presences if each.get("from") == jid][-1:]
            if last == [kind]:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{jid} is not seen: {kind or 'available'}")

    async def upload(self, name: str, data: bytes, kind: str) -> str:
        """Put a file where the server keeps files (XEP-0363); its address."""
        plugin = self["xep_0363"]
        plugin.upload_service = UPLOADS
        address: str = await plugin.upload_file(name, len(data), kind, input_file=io.BytesIO(data))
        return address


class XmppDriver(Driver):
    name = "xmpp"
    channel = "bot.channels.xmpp.Xmpp"
    abilities = frozenset(
        ("edit", "delete", "group", "several", "caption", "voice", "join", "leave", "press")
    )

    def __init__(self) -> None:
        super().__init__()
        self.customers: dict[str, Customer] = {}
        self._count = count(1)

    def start(self) -> None:
        if shutil.which("prosody") is None:
            pytest.skip("prosody is missing: apt-get install prosody")
        self.prosody = Prosody()
        self.prosody.start()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        async def end() -> None:
            for each in self.customers.values():
                each.abort()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.prosody.remove()

    def begin(self) -> None:
        """Our server connects to the other one in its own time."""
        wait_for(self.connected, 60, "connection of the component")

    def connected(self) -> bool:
        """Whether our server is connected, as it says itself."""
        return leader.state("xmpp") == "connected"

    def end(self) -> None:
        problems = [problem for each in self.customers.values() for problem in each.problems]
        for each in self.customers.values():
            each.problems.clear()
        assert not problems, problems

    def credentials(self) -> dict[str, Any]:
        return {
            "component": COMPONENT,
            "secret": SECRET,
            "server": f"127.0.0.1:{self.prosody.component}",
            "uploads": [self.prosody.uploads],
            "rooms": [LOBBY],
        }

    async def work(self, doing: Coroutine[Any, Any, T]) -> T:
        """Do it in the customers' thread."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(doing, self.loop))

    # --- the customer ---------------------------------------------------------------------------------------

    def customer(self) -> str:
        user = f"customer{next(self._count)}"
        self.prosody.add(user, PASSWORD)
        asyncio.run_coroutine_threadsafe(self.come(user), self.loop).result(30)
        return user

    async def come(self, user: str) -> None:
        """(In the customers' thread.) Be online, with what was said before."""
        before = self.customers.get(user)
        client = self.customers[user] = Customer(user)
        if before is not None:
            before.abort()
            client.said, client.signs, client.last = before.said, before.signs, before.last
        await client.online(self.prosody.c2s)

    async def again(self, user: str, text: str, ident: str) -> None:
        """(In the customers' thread.) Send a message once more, as a client does that has no receipt."""
        client = self.customers[user]
        message = client.make_message(SHOP, text, mtype="chat")
        message["id"] = ident
        message.send()

    def address(self, customer: str) -> str:
        return f"{customer}@{DOMAIN}"

    async def tell(self, customer: str, *parts: Element, **options: Any) -> str:
        client = self.customers[customer]

        async def told() -> str:
            return client.tell(*parts, **options)

        return await self.work(told())

    async def say(self, customer: str, text: str) -> None:
        self.customers[customer].last = await self.tell(customer, body=text)

    async def file(self, customer: str, name: str, data: bytes, kind: str, text: str = "") -> None:
        url = await self.work(self.customers[customer].upload(name, data, kind))
        await self.tell(customer, out_of_band(url), body=text or url)

    async def photos(self, customer: str, photos: list[bytes], text: str = "") -> None:
        for place, data in enumerate(photos):
            await self.file(customer, f"photo{place}.jpg", data, "image/jpeg", "" if place else text)

    async def press(self, customer: str, title: str) -> None:
        for message in reversed(self.customers[customer].said):
            for response in message.findall(RESPONSE):
                if response.get("label") == title:
                    await self.say(customer, response.get("value", ""))
                    return
        raise AssertionError(f"no response {title!r}: {self.seen(customer)}")

    async def voice(self, customer: str) -> None:
        await self.file(customer, "voice.oga", b"OggS" + bytes(200), "audio/ogg")

    async def edit(self, customer: str, text: str) -> None:
        replace = Element("{urn:xmpp:message-correct:0}replace", {"id": self.customers[customer].last})
        await self.tell(customer, replace, body=text)

    async def delete(self, customer: str) -> None:
        retract = Element("{urn:xmpp:message-retract:1}retract", {"id": self.customers[customer].last})
        fallback = Element("{urn:xmpp:fallback:0}fallback", {"for": "urn:xmpp:message-retract:1"})
        await self.tell(customer, retract, fallback, body="/me retracted a previous message")

    async def presence(self, customer: str, kind: str) -> None:
        client = self.customers[customer]

        async def sent() -> None:
            client.send_presence(pto=SHOP, ptype=kind)  # type: ignore[arg-type]

        await self.work(sent())

    async def join(self, customer: str) -> None:
        await self.presence(customer, "subscribe")

    async def leave(self, customer: str) -> None:
        await self.presence(customer, "unsubscribe")

    # --- rooms ----------------------------------------------------------------------------------------------

    async def room(self, customer: str) -> str:
        """A new room, with the customer and the shop in it."""
        room = f"room-{customer}@{ROOMS}"
        if room in self.customers[customer].entered:
            return room

        async def opened() -> None:
            client = self.customers[customer]
            await client.open(room, customer)
            client["xep_0045"].invite(room, SHOP)
            await client.sees(f"{room}/{NAME}")

        await self.work(opened())
        return room

    async def in_group(self, customer: str, text: str, *, to_us: bool) -> str:
        room = await self.room(customer)
        await self.tell(customer, body=f"{NAME}: {text}" if to_us else text, to=room, kind="groupchat")
        return f"{room}/{customer}"

    def signs(self, customer: str, name: str) -> list[str]:
        """The ids that receipts or marks of the shop name; for chat states '' each."""
        found = [each.find(name) for each in list(self.customers[customer].signs)]
        return [each.get("id", "") for each in found if each is not None]

    def seen(self, customer: str) -> list[Seen]:
        return [_seen(each) for each in list(self.customers[customer].said)]

    def seen_in_group(self, address: str) -> list[Seen]:
        room, _, customer = address.partition("/")
        return [_seen(each) for each in list(self.customers[customer].in_rooms[room])]


def running(drivers: Any) -> XmppDriver:
    """The driver of the common suite; skips the test where there is none."""
    driver = drivers.running.get("xmpp")
    if driver is None:
        pytest.skip(drivers.skipped.get("xmpp", "not among MESSENGERS_ONLY"))
    found: XmppDriver = driver
    return found


async def eventually(condition: Callable[[], Any], seconds: float = 30) -> Any:
    """What a condition gives, as soon as it holds."""
    for _ in range(int(seconds * 20)):
        if found := condition():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


def out_of_band(url: str) -> Element:
    element = Element(f"{OOB}x")
    SubElement(element, f"{OOB}url").text = url
    return element


def _seen(message: Element) -> Seen:
    body = message.findtext(f"{CLIENT}body") or ""
    if message.find(f"{OOB}x") is not None:
        return Seen(pictures=1)
    labels = tuple(each.get("label", "") for each in message.findall(RESPONSE))
    cards = re.findall(r"^(?:\d+\. )?(.+) – .+$", body, re.MULTILINE)
    return Seen(body, tuple(cards), labels)
