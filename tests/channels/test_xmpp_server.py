"""XMPP with a real Prosody: what the common suite does not ask."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import aiohttp
import pytest

from bot.channels.runtime import contacts, outbox
from bot.conversation import messages, receipts
from storage import events
from tests.channels.driver import texts, until
from tests.channels.prosody import COMPONENT, DOMAIN, ROOMS
from tests.channels.test_conversation import conversation, of, photo, shows
from tests.channels.xmpp import LOBBY, NAME, RECEIVED, SHOP, XmppDriver, eventually, out_of_band, running
from tests.conftest import free_ports
from tests.door.conftest import Echo
from tests.door.handing import Desk, sql

MARKERS = "{urn:xmpp:chat-markers:0}"
STATES = "{http://jabber.org/protocol/chatstates}"


@pytest.fixture
def xmpp(drivers: Any, echo: Echo) -> Iterator[XmppDriver]:
    driver = running(drivers)
    driver.begin()
    yield driver
    driver.end()


# --- one message --------------------------------------------------------------------------------------------


async def test_a_message_is_acknowledged_and_marked_as_read(xmpp: XmppDriver) -> None:
    customer = xmpp.customer()
    await xmpp.say(customer, "echo hello")
    await xmpp.until(customer, shows("echo echo hello"))
    said = xmpp.customers[customer].last
    assert xmpp.signs(customer, RECEIVED) == [said]
    await eventually(lambda: xmpp.signs(customer, f"{MARKERS}displayed") == [said])


async def test_what_the_customer_has_read_is_noted(xmpp: XmppDriver) -> None:
    customer = xmpp.customer()
    await xmpp.say(customer, "echo hello")
    await xmpp.until(customer, shows("echo echo hello"))
    (answer,) = xmpp.customers[customer].said
    assert answer.find(f"{MARKERS}markable") is not None
    await xmpp.tell(customer, Element(f"{MARKERS}displayed", {"id": answer.get("id", "")}))
    await eventually(lambda: receipts.of(of(xmpp, customer)).customer == 2)


async def test_nobody_marks_what_he_was_not_sent(xmpp: XmppDriver) -> None:
    ann, eve = xmpp.customer(), xmpp.customer()
    await xmpp.say(ann, "echo hello")
    await xmpp.until(ann, shows("echo echo hello"))
    mark = Element(f"{MARKERS}displayed", {"id": xmpp.customers[ann].said[0].get("id", "")})
    await xmpp.tell(eve, mark)
    await xmpp.say(eve, "echo after")
    await xmpp.until(eve, shows("echo echo after"))
    assert receipts.of(of(xmpp, ann)).customer == 0


async def test_the_same_message_again_is_answered_once(xmpp: XmppDriver, echo: Echo) -> None:
    customer = xmpp.customer()
    client = xmpp.customers[customer]

    async def three() -> None:
        for _ in range(3):
            message = client.make_message(SHOP, "echo once", mtype="chat")
            message["id"] = "an-id-of-a-client-that-tries-again"
            message.send()

    await xmpp.work(three())
    await xmpp.until(customer, shows("echo echo once"))
    await xmpp.work(three())
    await xmpp.say(customer, "echo after")
    await xmpp.until(customer, shows("echo echo after"))
    assert echo.asked(of(xmpp, customer)) == ["echo once", "echo after"]


async def test_numbers_that_begin_anew_are_not_taken_for_doubles(xmpp: XmppDriver) -> None:
    """The customer has everything deleted: the third message of after that is not the third one of before."""
    customer = xmpp.customer()
    for text, shown in (("meta", '"photo"'), ("forget", "ok"), ("echo after", "echo echo after")):
        await xmpp.say(customer, text)
        await xmpp.until(customer, shows(shown))


async def test_that_we_write_is_shown(xmpp: XmppDriver) -> None:
    customer = xmpp.customer()
    await xmpp.say(customer, "sleep 0.5")
    await eventually(lambda: xmpp.signs(customer, f"{STATES}composing"))
    await eventually(lambda: xmpp.signs(customer, f"{STATES}paused"))
    await xmpp.until(customer, shows("echo sleep"))
    assert xmpp.customers[customer].said[0].find(f"{STATES}active") is not None


async def test_that_the_customer_writes_is_told_to_the_desk(xmpp: XmppDriver, desk: Desk) -> None:
    customer = xmpp.customer()
    await xmpp.say(customer, "person")
    await xmpp.until(customer, lambda seen: seen)
    ours = of(xmpp, customer)
    desk.accept(ours)
    heard: list[dict[str, Any]] = []
    listener = events.Listener()
    listener.on("typing", heard.append)
    await listener.start()
    try:
        for state in ("composing", "composing", "paused"):
            await xmpp.tell(customer, Element(f"{STATES}{state}"))
            await asyncio.sleep(0.2)
        wanted = [{"conversation": ours, "who": "customer", "on": on} for on in (True, False)]
        await eventually(lambda: [each for each in heard if each["conversation"] == ours] == wanted)
    finally:
        await listener.stop()
    desk.give_back(ours)


async def test_choices_can_be_typed(xmpp: XmppDriver, echo: Echo) -> None:
    customer = xmpp.customer()
    await xmpp.say(customer, "shop")
    seen = await xmpp.until(customer, shows("plain"))
    line = next(line for each in seen for line in each.text.split("\n") if line.endswith(". plain"))
    await xmpp.say(customer, line.split(".")[0])
    await xmpp.until(customer, shows("echo plain words"))
    assert echo.asked(of(xmpp, customer)) == ["shop", "plain words"]


async def test_a_reaction_with_a_number_is_a_press(xmpp: XmppDriver, echo: Echo) -> None:
    customer = xmpp.customer()
    await xmpp.say(customer, "cards")
    await xmpp.until(customer, lambda seen: any("Show more" in each.buttons for each in seen))
    about = xmpp.customers[customer].said[-1].get("id", "")
    reactions = Element("{urn:xmpp:reactions:0}reactions", {"id": about})
    reaction = Element("{urn:xmpp:reactions:0}reaction")
    reaction.text = "4️⃣"
    reactions.append(reaction)
    await xmpp.tell(customer, reactions)
    await xmpp.until(customer, shows("echo /show_more"))


async def test_pictures_can_be_opened(xmpp: XmppDriver) -> None:
    customer = xmpp.customer()
    await xmpp.say(customer, "cards")
    seen = await xmpp.until(customer, lambda seen: any("Show more" in each.buttons for each in seen))
    assert [each.pictures for each in seen] == [0, 1, 1, 1, 0] and seen[0].text == "Look:"
    url = xmpp.customers[customer].said[1].findtext("{jabber:client}body") or ""
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        assert answer.status == 200 and (await answer.read())[:3] == b"\xff\xd8\xff"


# --- what cannot be read ------------------------------------------------------------------------------------


async def test_encrypted_messages_are_politely_not_understood(xmpp: XmppDriver, echo: Echo) -> None:
    customer = xmpp.customer()
    for number in range(3):
        secret = Element("{eu.siacs.conversations.axolotl}encrypted")
        secret.append(Element("{eu.siacs.conversations.axolotl}payload"))
        await xmpp.tell(customer, secret, body=f"I sent you an OMEMO encrypted message {number}")
    await xmpp.until(customer, shows("switch encryption off"))
    await xmpp.say(customer, "echo plain")
    seen = await xmpp.until(customer, shows("echo echo plain"))
    assert len(seen) == 2 and echo.asked(of(xmpp, customer)) == ["echo plain"]
    assert "OMEMO" not in str([each.body for each in messages.history(of(xmpp, customer))])


async def test_photos_are_fetched_from_the_uploads_only(xmpp: XmppDriver, echo: Echo) -> None:
    asked: list[str] = []

    class Inside(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(photo())

    (port,) = free_ports(1)
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Inside) as inside:
        threading.Thread(target=inside.serve_forever, daemon=True).start()
        customer = xmpp.customer()
        for url in (f"http://127.0.0.1:{port}/files/a.jpg", f"{xmpp.prosody.uploads}/../admin/a.jpg"):
            await xmpp.tell(customer, out_of_band(url), body=url)
        await xmpp.until(customer, shows("did not reach me"))
        await xmpp.say(customer, "echo after")
        await xmpp.until(customer, shows("echo echo after"))
        inside.shutdown()
    assert not asked and echo.asked(of(xmpp, customer)) == ["echo after"]


async def test_a_message_to_nobody_is_given_back(xmpp: XmppDriver) -> None:
    customer = xmpp.customer()
    ident = await xmpp.tell(customer, body="hello", to=f"nobody@{COMPONENT}")
    (error,) = await eventually(lambda: xmpp.customers[customer].errors)
    assert error.get("id") == ident and "item-not-found" in error[0][0].tag
    assert not contacts.known("xmpp", f"{customer}@{DOMAIN}")


# --- presence, and what we are ------------------------------------------------------------------------------


async def test_who_adds_us_sees_us(xmpp: XmppDriver) -> None:
    customer = xmpp.customer()
    await xmpp.join(customer)
    await xmpp.until(customer, shows("/greet"))
    await xmpp.work(xmpp.customers[customer].sees(f"{SHOP}/assistant"))
    kinds = [each.get("type") for each in xmpp.customers[customer].presences if each.get("from") == SHOP]
    assert kinds == ["subscribed"]
    await xmpp.work(xmpp.come(customer))  # another time: the server asks us whether we are there
    await xmpp.work(xmpp.customers[customer].sees(f"{SHOP}/assistant"))


async def test_what_we_are(xmpp: XmppDriver) -> None:
    client = xmpp.customers[xmpp.customer()]

    async def ask() -> tuple[Any, Any, Any]:
        info = [await client["xep_0030"].get_info(jid) for jid in (SHOP, f"{SHOP}/assistant", COMPONENT)]
        card = await client["xep_0054"].get_vcard(SHOP)
        return info[0]["disco_info"], info[1]["disco_info"], (info[2]["disco_info"], card["vcard_temp"]["FN"])

    ours, full, (domain, name) = await xmpp.work(ask())
    for info in (ours, full):
        assert ("client", "bot", None, NAME) in info["identities"]
        assert {"urn:xmpp:receipts", "urn:xmpp:message-correct:0", "urn:xmpp:ping"} <= info["features"]
    assert ("component", "generic", None, NAME) in domain["identities"] and name == NAME


# --- rooms --------------------------------------------------------------------------------------------------


async def test_choices_in_a_room(xmpp: XmppDriver, echo: Echo) -> None:
    customer = xmpp.customer()
    address = await xmpp.in_group(customer, "cards", to_us=True)
    seen = await until(lambda: xmpp.seen_in_group(address), shows("4. Show more"))
    assert seen[0].text == f"{customer}: Look:" and sum(each.pictures for each in seen) == 3
    await xmpp.in_group(customer, "4", to_us=True)
    await until(lambda: xmpp.seen_in_group(address), shows("echo /show_more"))
    assert echo.asked(conversation(xmpp, address)) == ["cards", "/show_more"]


async def test_a_room_of_the_settings(xmpp: XmppDriver) -> None:
    """Nobody has made it: we do, as plain as it can be."""
    customer = xmpp.customer()
    client = xmpp.customers[customer]
    await xmpp.work(client.sees_in(LOBBY, customer, NAME))
    await xmpp.tell(customer, body=f"echo hello @{NAME}", to=LOBBY, kind="groupchat")
    await until(lambda: xmpp.seen_in_group(f"{LOBBY}/{customer}"), shows(f"{customer}: echo echo hello"))


async def test_somebody_has_our_name_in_a_room(xmpp: XmppDriver) -> None:
    ann, other = xmpp.customer(), xmpp.customer()
    room = f"taken-{ann}@{ROOMS}"
    await xmpp.work(xmpp.customers[ann].open(room, ann))
    await xmpp.work(xmpp.customers[other].enter(room, NAME))
    await xmpp.tell(ann, Element("{jabber:x:conference}x", {"jid": room}))
    await xmpp.work(xmpp.customers[ann].sees(f"{room}/{NAME}_"))
    await xmpp.tell(ann, body=f"{NAME}_: echo it is you", to=room, kind="groupchat")
    await until(lambda: xmpp.seen_in_group(f"{room}/{ann}"), shows("echo echo it is you"))


async def test_nothing_private_is_said_to_a_name_in_a_room(xmpp: XmppDriver) -> None:
    customer = xmpp.customer()
    room = await xmpp.room(customer)
    await xmpp.tell(customer, body="what is in my cart?", to=f"{room}/{NAME}")
    client = xmpp.customers[customer]
    await eventually(lambda: client.whispers)
    assert f"write to me directly, where only you and I can read it: {SHOP}" in client.whispers[0]
    assert not contacts.known("xmpp", room) and not contacts.known("xmpp", f"{room}/{customer}")


async def test_nobody_can_pass_another_off_as_a_room(xmpp: XmppDriver, echo: Echo) -> None:
    """Whoever invites us to the "room" of another customer does not take us away from him."""
    ann, eve = xmpp.customer(), xmpp.customer()
    room = xmpp.address(ann)
    for _ in range(2):
        await xmpp.tell(eve, Element("{jabber:x:conference}x", {"jid": room}))
        await xmpp.say(ann, "echo still here")
        await xmpp.join(ann)
    seen = await xmpp.until(ann, lambda seen: len(seen) >= 3)
    assert texts(seen)[0] == "echo echo still here" and any("/greet" in text for text in texts(seen))
    assert not xmpp.customers[ann].whispers and not sql("SELECT 1 FROM xmpp_rooms WHERE room = :r", r=room)


async def test_who_is_put_out_of_a_room_is_silent(xmpp: XmppDriver, echo: Echo) -> None:
    customer = xmpp.customer()
    address = await xmpp.in_group(customer, "hold me", to_us=True)
    ours = conversation(xmpp, address)
    await eventually(lambda: echo.asked(ours))
    room, client = address.split("/")[0], xmpp.customers[customer]

    async def kick() -> None:
        await client["xep_0045"].set_role(room, NAME, "none")
        await client.sees(f"{room}/{NAME}", "unavailable")

    await xmpp.work(kick())
    await eventually(lambda: not sql("SELECT 1 FROM xmpp_rooms WHERE room = :r", r=room))
    echo.go(ours)
    letter = await eventually(
        lambda: next(
            (each for each in outbox.undelivered_messages("xmpp") if each.conversation == ours), None
        )
    )
    assert "not in that room" in letter.failed and contacts.of(ours).gone  # type: ignore[union-attr]
