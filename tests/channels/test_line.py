"""What is special about LINE."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base.api_client import Gone, Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Choice, Shown, ShownCard, split
from bot.channels.base.update import Attachment, Update
from bot.channels.base.webhook import Call, Forged
from bot.channels.line import Line
from bot.channels.line import channel as line
from bot.channels.line import drawing as line_drawing
from bot.channels.runtime import contacts, outbox
from bot.conversation import messages
from bot.settings import SettingError, settings
from tests.channels.conftest import Drivers
from tests.channels.driver import texts
from tests.channels.fake import Failure
from tests.channels.line import BOT, SECRET, TOKEN, LineDriver, check_push, units
from tests.channels.test_conversation import photo
from tests.door.conftest import Echo

USER, OTHER, GROUP, ROOM = ("U" + "1" * 32, "U" + "2" * 32, "C" + "3" * 32, "R" + "4" * 32)
PERSON = Contact("line", USER, "line-1", "en", None, datetime.now(timezone.utc), False, False)
AMONG = dataclasses.replace(PERSON, address=f"{GROUP}:{USER}")


@pytest.fixture
def ours() -> Line:
    return Line(Fields("line", {"channel_secret": SECRET, "access_token": TOKEN}))


@pytest.mark.parametrize(
    "fields", [{}, {"access_token": "x"}, {"channel_secret": "${NOT_SET}", "access_token": "x"}]
)
def test_credentials_are_complained_of(fields: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="line"):
        Line(Fields("line", fields))


# --- proof --------------------------------------------------------------------------------------------------

# The example of LINE's documentation; a call without events is how the console verifies the webhook.
EXAMPLE = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
PROOF = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def test_the_example_of_the_documentation(ours: Line) -> None:
    heard = ours.hear(Call("POST", "/", "", {}, {"x-line-signature": PROOF}, EXAMPLE))
    assert heard.status == 200 and not heard.updates


@pytest.mark.parametrize(
    ("proof", "body"),
    [(None, EXAMPLE), ("", EXAMPLE), ("ä", EXAMPLE), (PROOF.lower(), EXAMPLE), (PROOF[:-1], EXAMPLE),
     (PROOF, EXAMPLE + b" "), (hmac.new(SECRET.encode(), EXAMPLE, hashlib.sha256).hexdigest(), EXAMPLE)],
)  # fmt: skip
def test_other_proofs_are_none(ours: Line, proof: str | None, body: bytes) -> None:
    headers = {} if proof is None else {"x-line-signature": proof}
    with pytest.raises(Forged):
        ours.hear(Call("POST", "/", "", {}, headers, body))


# --- events -------------------------------------------------------------------------------------------------


def hear(ours: Line, *events: dict[str, Any]) -> list[Update]:
    body = json.dumps({"destination": BOT, "events": events}).encode()
    proof = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    return list(ours.hear(Call("POST", "/", "", {}, {"x-line-signature": proof}, body)).updates)


def event(kind: str, *, group: str = "", ident: str = "01E", user: str = USER, **more: Any) -> dict[str, Any]:
    source = {"type": "user"} | ({"userId": user} if user else {})
    source |= {"groupId" if group.startswith("C") else "roomId": group} if group else {}
    return {"type": kind, "mode": "active", "timestamp": int(time.time() * 1000), "webhookEventId": ident,
            "deliveryContext": {"isRedelivery": False}, "source": source, **more}  # fmt: skip


def message(kind: str = "text", *, group: str = "", **content: Any) -> dict[str, Any]:
    return event("message", group=group, message={"type": kind, "id": "77", "quoteToken": "q", **content})


def test_a_batch(ours: Line) -> None:
    heard = hear(
        ours,
        message(text="hi", markAsReadToken="r1"),
        event("follow", ident="01A", follow={"isUnblocked": True}),
        event("unfollow", ident="01B"),
        event("postback", ident="01C", postback={"data": "3.0"}),
        event("unsend", ident="01D", unsend={"messageId": "77"}),
        event("videoPlayComplete"),
        event("something new"),
        {**event("follow"), "mode": "standby"},
    )
    assert [(each.id, each.kind, each.address) for each in heard] == [
        ("77", "message", USER), ("01A", "join", USER), ("01B", "leave", USER), ("01C", "press", USER),
        ("01D", "delete", USER),
    ]  # fmt: skip
    assert heard[0].data == "r1" and heard[3].data == "3.0" and heard[4].about == "77"


@pytest.mark.parametrize(
    ("content", "kind", "ref"),
    [
        ({"type": "image", "contentProvider": {"type": "line"}}, "photo", "77"),
        ({"type": "image", "contentProvider": {"type": "external", "originalContentUrl": "https://x.example/p"}},
         "photo", "https://x.example/p"),
        ({"type": "audio", "contentProvider": {"type": "line"}}, "voice", ""),
        ({"type": "video", "contentProvider": {"type": "line"}}, "video", ""),
        ({"type": "sticker", "packageId": "1", "stickerId": "2"}, "sticker", ""),
        ({"type": "location", "latitude": 1.0, "longitude": 2.0}, "place", ""),
        ({"type": "file", "fileName": "order.pdf", "fileSize": 9}, "file", ""),
        ({"type": "file", "fileName": "Dress.JPEG", "fileSize": 9}, "photo", "77"),
    ],
)  # fmt: skip
def test_what_can_come(ours: Line, content: dict[str, Any], kind: str, ref: str) -> None:
    (update,) = hear(ours, message(content.pop("type"), **content))
    assert [(each.kind, each.ref) for each in update.attachments] == [(kind, ref)]


def mention(text: str, name: str, **of: Any) -> dict[str, Any]:
    start = units(text[: text.index(name)])
    return {"index": start, "length": units(name), "type": "user", **of}


@pytest.mark.parametrize(
    ("text", "names", "heard"),
    [
        ("red dress", [], None),
        ("@Shop red dress", [("@Shop", True)], "red dress"),
        ("@Ann red dress", [("@Ann", False)], None),
        ("🙂🙂 @Shop 🛍, red", [("@Shop 🛍", True)], "🙂🙂 , red"),
        ("@Ann and @Shop and @Shop2", [("@Ann", False), ("@Shop", True), ("@Shop2", True)], "@Ann and  and"),
    ],
)
def test_in_groups_only_when_spoken_to(
    ours: Line, text: str, names: list[tuple[str, bool]], heard: str | None
) -> None:
    mentionees = [mention(text, name, isSelf=ours_) for name, ours_ in names]
    found = hear(ours, message(group=GROUP, text=text, mention={"mentionees": mentionees}))
    assert [each.text for each in found] == ([heard] if heard else [])
    if found:
        assert found[0].address == f"{GROUP}:{USER}" and found[0].in_group and found[0].about is None


def test_all_is_not_us(ours: Line) -> None:
    everybody = {"mentionees": [{"index": 0, "length": 4, "type": "all"}]}
    assert hear(ours, message(group=GROUP, text="@All hi", mention=everybody)) == []


def test_groups_come_and_go(ours: Line) -> None:
    left = {"members": [{"type": "user", "userId": OTHER}]}
    heard = hear(
        ours,
        event("join", group=GROUP, user=""),
        event("leave", group=ROOM, user="", ident="01F"),
        event("memberLeft", group=GROUP, user="", left=left),
        message(group=GROUP, text="@Shop", mention={"mentionees": [mention("@Shop", "@Shop", isSelf=True)]}),
    )
    assert [(each.kind, each.address) for each in heard] == [
        ("join", GROUP), ("leave", ROOM), ("leave", f"{GROUP}:{OTHER}"), ("join", f"{GROUP}:{USER}"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "address"),
    [
        ("3.0", f"{GROUP}:{USER}"),
        (f"3.0 {USER}", f"{GROUP}:{USER}"),
        (f"3.0 {GROUP}", GROUP),
        (f"3.0 {OTHER}", None),
    ],
)
def test_only_who_is_asked_may_press(ours: Line, data: str, address: str | None) -> None:
    found = hear(ours, event("postback", group=GROUP, postback={"data": data}))
    assert [(each.data, each.address) for each in found] == ([("3.0", address)] if address else [])
    whole = dataclasses.replace(PERSON, address=GROUP)
    (piece,) = ours.draw(shown(0, 1, "hello"), whole, "en")
    assert pushed([piece], GROUP)[0]["quickReply"]["items"][0]["action"]["data"] == f"3.0 {GROUP}"
    assert piece["messages"][0]["type"] == "text"


# --- drawing ------------------------------------------------------------------------------------------------


def shown(
    cards: int = 0, choices: int = 0, text: str = "", reason: str = "r", title: str = "Choice"
) -> Shown:
    return Shown(
        3,
        "bot",
        text,
        tuple(
            ShownCard(f"Card {n}", "$1", reason, "https://x.example/p.jpg", "https://x.example/p",
                      (Choice("B" * 99, f"3.{n}.0"), Choice("详情", f"3.{n}.1")))
            for n in range(cards)
        ),
        tuple(Choice(f"{title} {n}", f"3.{n}") for n in range(choices)),
    )  # fmt: skip


def picture(address: str) -> str | None:
    return address


def pushed(pieces: list[dict[str, Any]], to: str = USER) -> list[dict[str, Any]]:
    """All messages of pieces, taken by the fake's checks, as are the plain words."""
    for piece in pieces:
        check_push({"to": to, "messages": json.loads(json.dumps(piece["messages"]))})
        for first in range(0, len(piece["words"]), 5):
            check_push({"to": to, "messages": piece["words"][first : first + 5]})
    return [each for piece in pieces for each in piece["messages"]]


@pytest.mark.parametrize(
    ("cards", "choices", "text", "reason"),
    [(1, 0, "", ""), (2, 3, "x", "r"), (12, 13, "x", "字" * 300), (30, 15, "y " * 3000, "字🙂" * 1000),
     (0, 50, "", ""), (0, 13, "🙂" * 6000, ""), (0, 1, "{x} " * 1700, "")],
)  # fmt: skip
@pytest.mark.parametrize("whose", ["", USER])
def test_drawings_keep_lines_limits(cards: int, choices: int, text: str, reason: str, whose: str) -> None:
    pieces = line_drawing.draw(shown(cards, choices, text, reason), picture, whose)
    sent = pushed(pieces, GROUP if whose else USER)
    flex = [each["contents"] for each in sent if each["type"] == "flex"]
    bubbles = [bubble for each in flex for bubble in each.get("contents", [each])]
    assert sum("hero" in each for each in bubbles) == cards
    quick = [each["action"] for message in sent for each in message.get("quickReply", {"items": []})["items"]]
    rows = [row["action"] for each in bubbles if "hero" not in each for row in each["body"]["contents"]]
    assert [each["displayText"] for each in [*rows, *quick]] == [f"Choice {n}" for n in range(choices)]
    assert len(quick) in (0, choices) and (choices <= 13 or not quick)
    assert not quick or "quickReply" in sent[-1]
    words = "".join(each["text"] for each in sent if each["type"].startswith("text"))
    words = words.replace("{who} ", "").replace("{{", "{").replace("}}", "}")
    assert "".join(words.split()) == "".join(text.split())


@given(st.text(alphabet="ab \n.。，é🙂{", max_size=300), st.integers(2, 40))
def test_parts_are_counted_as_line_counts(text: str, limit: int) -> None:
    parts = split(text, limit, units)
    assert all(0 < units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_an_answer_is_as_few_pushes_as_possible() -> None:
    assert len(line_drawing.draw(shown(24, 3, "x"), picture)) == 1


@pytest.mark.parametrize(("title", "quick"), [("Short", True), ("A title of more than 20", False)])
def test_long_choices_are_a_list(title: str, quick: bool) -> None:
    (piece,) = line_drawing.draw(shown(0, 3, "x", title=title), picture)
    pushed([piece])
    assert ("quickReply" in piece["messages"][-1]) is quick
    if not quick:
        row = piece["messages"][-1]["contents"]["body"]["contents"][0]
        assert row["contents"][0]["text"] == row["action"]["displayText"] == f"{title} 0"


def test_in_groups_the_customer_is_named(ours: Line) -> None:
    (piece,) = ours.draw(Shown(3, "bot", "a {b}", choices=(Choice("Yes", "3.0"),)), AMONG, "en")
    (said,) = piece["messages"]
    assert said["text"] == "{who} a {{b}}" and said["substitution"]["who"]["mentionee"]["userId"] == USER
    assert said["quickReply"]["items"][0]["action"]["data"] == f"3.0 {USER}"
    assert piece["words"][0]["text"] == "a {b}"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:5005/pictures/a.webp", "https://x.example/" + "p" * 2000]
)
def test_a_picture_that_line_cannot_get_is_left_out(ours: Line, address: str) -> None:
    card = ShownCard("A dress", "$10", "", address, None)
    (piece,) = ours.draw(Shown(3, "bot", "", (card,)), PERSON, "en")
    assert "hero" not in piece["messages"][0]["contents"]
    assert pushed(ours.draw(Shown(3, "bot", "", picture=address), PERSON, "en"))[0]["text"] == address


def test_a_picture_of_ours_is_a_jpeg(ours: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Line, "base_url", "https://bot.example")
    (piece,) = ours.draw(Shown(3, "bot", "", picture="https://bot.example/pictures/a.webp"), PERSON, "en")
    assert pushed([piece])[0]["originalContentUrl"] == "https://bot.example/pictures/jpeg/a.webp.jpg"


# --- sending ------------------------------------------------------------------------------------------------


@pytest.fixture
def driver(drivers: Drivers) -> Iterator[LineDriver]:
    found = drivers.running["line"]
    assert isinstance(found, LineDriver)
    found.begin()
    yield found
    found.fake.spent = found.fake.refuses_flex = False
    found.fake.used = 0
    found.fake.hook = {"endpoint": "", "active": True}
    found.fake.reached = {"success": True}
    found.end()


@pytest.fixture
async def client(driver: LineDriver) -> Any:
    found = Line.from_credentials(driver.credentials())
    yield found
    await found.client.close()


def contact(driver: LineDriver) -> Contact:
    return dataclasses.replace(PERSON, address=driver.customer())


async def test_what_is_sent_twice_is_shown_once(driver: LineDriver, client: Line) -> None:
    customer = contact(driver)
    (piece,) = client.draw(Shown(3, "bot", "once"), customer, "en")
    ids = [await client.send(customer, piece, key) for key in (customer.address, customer.address, "b")]
    assert ids[0] == ids[1] != ids[2] and len(driver.fake.chats[customer.address]) == 2


async def test_a_used_up_month(driver: LineDriver, client: Line) -> None:
    driver.fake.spent = True
    with pytest.raises(Later, match="month's LINE plan are used up") as raised:
        await client.send(
            contact(driver), {"messages": [{"type": "text", "text": "x"}], "words": []}, "month"
        )
    assert raised.value.after == 3600


async def test_who_is_not_there_is_gone(driver: LineDriver, client: Line) -> None:
    customer = contact(driver)
    driver.fake.strangers.add(customer.address)
    (piece,) = client.draw(shown(1, 2, "x"), customer, "en")
    with pytest.raises(Gone):
        await client.send(customer, piece, customer.address)
    assert not driver.fake.chats[customer.address]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Refused), (401, Later), (403, Later), (413, Refused), (429, Later), (500, Later)],
)
async def test_what_statuses_mean(
    driver: LineDriver, client: Line, status: int, kind: type[Exception]
) -> None:
    driver.fail(Failure(status))
    piece = {"messages": [{"type": "text", "text": "x"}], "words": [{"type": "text", "text": "x"}]}
    with pytest.raises(kind) as raised:
        await client.send(contact(driver), piece, "k")
    assert type(raised.value) is kind and TOKEN not in str(raised.value)


async def test_what_line_refuses_is_sent_in_words(driver: LineDriver, client: Line) -> None:
    driver.fake.refuses_flex = True
    customer = contact(driver)
    pieces = client.draw(shown(12, 15, "Look:", "字" * 1900), customer, "en")
    ids: list[list[str]] = [[], []]
    for sent in ids:
        for place, piece in enumerate(pieces):
            sent += await client.send(customer, piece, f"{customer.address}.{place}")
    seen = " ".join(texts(driver.seen(customer.address)))
    assert all(f"Card {n} – $1" in seen for n in range(12)) and "• Choice 14" in seen
    assert ids[0] == ids[1] and len(ids[0]) == len(driver.fake.chats[customer.address])


@pytest.mark.parametrize(
    "ref", ["https://evil.example/p", "http://obs.line-apps.com/p", "https://line.me.evil.example/p"]
)
async def test_photos_come_from_line_only(ours: Line, ref: str) -> None:
    with pytest.raises(Refused, match="host"):
        await ours.fetch(PERSON, Attachment("photo", ref))


async def test_the_doctor(driver: LineDriver, client: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    levels = [check.level for check in await client.check()]
    assert levels == ["ok", "bad"]  # not registered
    public = settings().copy(update={"public_url": "https://bot.example"})
    monkeypatch.setattr(line, "settings", lambda: public)
    monkeypatch.setattr(Line, "base_url", "https://bot.example")
    await client.connect()
    assert driver.fake.hook["endpoint"] == "https://bot.example/webhooks/line/webhook"
    assert [check.level for check in await client.check()] == ["ok", "ok"]
    driver.fake.hook["active"] = False
    driver.fake.used = 950
    assert [check.level for check in await client.check()] == ["ok", "bad", "note"]
    driver.fake.hook["active"] = True
    driver.fake.reached = {"success": False, "reason": "COULD_NOT_CONNECT", "detail": "TLS handshake failure"}
    driver.fake.used = 1000
    found = await client.check()
    assert [check.level for check in found] == ["ok", "bad", "bad"] and "TLS" in found[1].what
    driver.fail(Failure(401, path="/info"))
    (check,) = await client.check()
    assert check.level == "bad" and TOKEN not in check.what


# --- with our server ----------------------------------------------------------------------------------------


async def test_a_message_is_marked_as_read_and_waited_for(driver: LineDriver, echo: Echo) -> None:
    customer = driver.customer()
    driver.fake.languages[customer] = "zh-TW"
    await driver.join(customer)
    await driver.until(customer, lambda seen: seen)
    await driver.say(customer, "echo x")
    await driver.until(customer, lambda seen: "echo echo x" in texts(seen))
    assert f"read-{driver._said[customer]}" in driver.fake.read and customer in driver.fake.loading
    met = contacts.meet("line", customer)
    assert met.language == "zh" and met.name == "Ann"
    assert messages.history(met.conversation)[0].body["text"] == "你好"


async def test_a_redelivered_event_is_worked_off_once(driver: LineDriver, echo: Echo) -> None:
    customer = driver.customer()
    said = driver.message(customer, text="echo once")
    await driver.deliver(driver.reported(said))
    await driver.until(customer, lambda seen: seen)
    again = {**said, "deliveryContext": {"isRedelivery": True}, "replyToken": "another"}
    await driver.deliver(driver.reported(again, driver.message(customer, text="echo twice")))
    await driver.until(customer, lambda seen: "echo echo twice" in texts(seen))
    assert echo.asked(contacts.meet("line", customer).conversation) == ["echo once", "echo twice"]


async def test_who_quotes_us_in_a_group_speaks_to_us(driver: LineDriver, echo: Echo) -> None:
    customer, other = driver.customer(), driver.customer()
    address = await driver.in_group(customer, "echo one", to_us=True)
    group = address.split(":")[0]
    for _ in range(100):
        if driver.seen_in_group(address):
            break
        await asyncio.sleep(0.05)
    (answer,) = driver.fake.chats[group]
    assert answer["text"] == "{who} echo echo one"
    for _ in range(100):
        if await asyncio.to_thread(outbox.known, "line", answer["id"]):
            break
        await asyncio.sleep(0.05)
    quote = driver.message(other, group=group, text="echo two", quotedMessageId=answer["id"])
    elsewhere = driver.message(other, group=group, text="echo three", quotedMessageId="1")
    unsent = driver.event(driver.customer(), "unsend", group=group, unsend={"messageId": "12345"})
    await driver.deliver(driver.reported(elsewhere, quote, unsent))
    for _ in range(100):
        if len(driver.seen_in_group(address)) == 2:
            break
        await asyncio.sleep(0.05)
    assert echo.asked(contacts.meet("line", f"{group}:{other}").conversation) == ["echo two"]
    assert not contacts.known("line", f"{group}:{unsent['source']['userId']}")


async def test_a_photo_that_is_not_there_yet(driver: LineDriver, echo: Echo) -> None:
    """LINE says 202 until it has taken in a photo."""
    customer = driver.customer()
    driver.fail(Failure(202, path="/content"))
    await driver.photos(customer, [photo()])
    await driver.until(customer, lambda seen: any("/send_photo" in each.text for each in seen))
