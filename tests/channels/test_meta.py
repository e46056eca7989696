"""What is special about Messenger and Instagram."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.channels.base.api_client import Closed, Gone, Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Choice, Shown, ShownCard
from bot.channels.base.update import Attachment
from bot.channels.base.webhook import Call
from bot.channels.meta import drawing as meta_drawing
from bot.channels.meta.channel import FacebookMessenger, Instagram, MetaMessenger
from bot.channels.runtime.contacts import meet
from bot.conversation import messages
from bot.conversation.messages import Draft, Message
from bot.settings import settings
from tests.channels.conftest import Drivers
from tests.channels.fake import Failure
from tests.channels.graph import APP, SECRET, TOKEN, VERIFY, now, sign
from tests.channels.meta import PAGE, InstagramDriver, MessengerDriver, MetaDriver, SendApi
from tests.door.conftest import Echo
from tests.door.handing import sql

FIELDS = {"token": TOKEN, "app_secret": SECRET, "verify_token": VERIFY}
CDN = "https://scontent.xx.fbcdn.net/v/t1/p.jpg?oh=1"
BOTH = (FacebookMessenger, Instagram)


def made(kind: type[MetaMessenger], **fields: object) -> MetaMessenger:
    return kind(Fields(kind.platform, {**FIELDS, **fields}))


def hear(messenger: MetaMessenger, *events: dict[str, Any], **entry: Any) -> list[Any]:
    told = [{"sender": {"id": "7"}, "recipient": {"id": PAGE}, "timestamp": now(), **each} for each in events]
    report = {"object": messenger.kind, "entry": [{"id": PAGE, "time": now(), "messaging": told, **entry}]}
    body = json.dumps(report).encode()
    headers = {"x-hub-signature-256": sign(body)}
    return list(messenger.hear(Call("POST", "/", "", {}, headers, body)).updates)


def said(**message: Any) -> dict[str, Any]:
    return {"message": {"mid": "m1", **message}}


def image(url: str = CDN, **payload: Any) -> dict[str, Any]:
    return {"type": "image", "payload": {"url": url, **payload}}


# --- in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    ("attachment", "expected"),
    [
        (image(), [Attachment("photo", CDN)]),
        (image(sticker_id=369239263222822), [Attachment("sticker")]),
        ({"type": "audio", "payload": {"url": CDN}}, [Attachment("voice")]),
        ({"type": "video", "payload": {"url": CDN}}, [Attachment("video")]),
        ({"type": "ig_reel", "payload": {"url": CDN}}, [Attachment("video")]),
        ({"type": "file", "payload": {"url": "https://cdn.fbsbx.com/a.pdf?x=.jpg"}}, [Attachment("file")]),
        (
            {"type": "file", "payload": {"url": "https://cdn.fbsbx.com/A.PNG?x"}},
            [Attachment("photo", "https://cdn.fbsbx.com/A.PNG?x")],
        ),
        ({"type": "location", "payload": {"coordinates": {"lat": 1, "long": 2}}}, [Attachment("place")]),
        (
            {"type": "share", "payload": {"url": "https://lookaside.fbsbx.com/ig_messaging_cdn/?a=1"}},
            [Attachment("photo", "https://lookaside.fbsbx.com/ig_messaging_cdn/?a=1")],
        ),
        ({"type": "share", "payload": {"url": "https://www.instagram.com/p/x"}}, [Attachment("file")]),
        ({"type": "ephemeral"}, [Attachment("file")]),
        ({"type": "story_mention", "payload": {"url": CDN}}, None),
    ],
)
def test_what_can_come(
    kind: type[MetaMessenger], attachment: dict[str, Any], expected: list[Attachment] | None
) -> None:
    found = hear(made(kind), said(attachments=[attachment]))
    assert [list(each.attachments) for each in found] == ([expected] if expected is not None else [])


@pytest.mark.parametrize("kind", BOTH)
def test_several_photos_and_words_are_one_message(kind: type[MetaMessenger]) -> None:
    (found,) = hear(made(kind), said(text="these 两件", attachments=[image(), image(), image()]))
    assert found.text == "these 两件" and len(found.photos) == 3 and found.kind == "message"


@pytest.mark.parametrize("kind", BOTH)
def test_kinds_of_events(kind: type[MetaMessenger]) -> None:
    messenger = made(kind)
    reaction = {"mid": "m9", "action": "react", "reaction": "other", "emoji": "2️⃣"}
    events: list[dict[str, Any]] = [
        said(text="hi", reply_to={"mid": "m0"}),
        said(text="Yes", quick_reply={"payload": "12.1"}),
        said(text="Menu", quick_reply={"payload": "OWNERS_OWN"}),
        {"postback": {"mid": "p1", "title": "Details", "payload": "12.0.1"}},
        {"postback": {"title": "More …", "payload": "more.12.3"}},
        {"postback": {"mid": "p3", "title": "Opening hours?", "payload": "FAQ_1"}},
        {"postback": {"mid": "p4", "title": "Get started", "payload": "start"}},
        {"postback": {"mid": "p5", "title": "x", "payload": "y", "referral": {"ref": "ad"}}},
        {"referral": {"ref": "x", "source": "SHORTLINK", "type": "OPEN_THREAD"}},
        {"message_edit": {"mid": "m1", "text": "ho", "num_edit": 2}},
        said(is_deleted=True),
        {"read": {"watermark": 1_458_668_856_253}},
        {"read": {"mid": "m5"}},
        {"reaction": reaction},
    ]
    found = [hear(messenger, event)[0] for event in events]
    assert [(each.kind, each.text, each.data, each.about) for each in found] == [
        ("message", "hi", None, "m0"),
        ("press", "", "12.1", None),
        ("message", "Menu", None, None),
        ("press", "", "12.0.1", None),
        ("press", "", "more.12.3", None),
        ("message", "Opening hours?", None, None),
        ("join", "", None, None),
        ("join", "", None, None),
        ("join", "", None, None),
        ("edit", "ho", None, "m1"),
        ("delete", "", None, "m1"),
        ("read", "", "1458668856", None),
        ("read", "", None, "m5"),
        ("press", "", "#2", "m9"),
    ]
    assert {each.address for each in found} == {"7"}
    idents = [each.id for each in found]
    assert idents[0] == "m1" and len({*idents}) == len(idents) - 2  # the same message three times


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    "event",
    [
        said(text="ours", is_echo=True, app_id=1),
        said(text="to myself", is_self=True),
        {"delivery": {"mids": ["m1"], "watermark": 1}},
        {"reaction": {"mid": "m9", "action": "react", "emoji": "❤️"}},
        {"reaction": {"mid": "m9", "action": "unreact", "emoji": "2️⃣"}},
        {"pass_thread_control": {"new_owner_app_id": "1"}},
        {"take_thread_control": {"previous_owner_app_id": "1"}},
        {"optin": {"type": "notification_messages"}},
        {"timestamp": now() - 9 * 86_400_000, **said(text="long ago")},
        said(),
        {"message": {}},
        {"sender": None, **said(text="x")},
    ],
)
def test_what_is_left_aside(kind: type[MetaMessenger], event: dict[str, Any]) -> None:
    messenger = made(kind)
    assert hear(messenger, event) == []
    assert [each.text for each in hear(messenger, event, said(text="next"))] == ["next"]


@pytest.mark.parametrize("kind", BOTH)
def test_a_batch(kind: type[MetaMessenger]) -> None:
    """Several entries with several events; what another app has, and other accounts, are not ours."""
    event = {"sender": {"id": "7"}, "timestamp": now()}
    entries = [
        {"id": PAGE, "messaging": [{**event, "message": {"mid": "1", "text": "a"}}, {**event, "read": {"mid": "x"}}]},
        {"id": PAGE, "standby": [{**event, "message": {"mid": "2", "text": "b"}}]},
        {"id": PAGE, "changes": [{"field": "messages", "value": {**event, "message": {"mid": "3", "text": "c"}}}]},
        {"id": PAGE, "changes": [{"field": "feed", "value": {"item": "like"}}]},
        {"id": "8", "messaging": [{**event, "message": {"mid": "4", "text": "d"}}]},
    ]  # fmt: skip
    body = json.dumps({"object": kind.kind, "entry": entries}).encode()
    call = Call("POST", "/", "", {}, {"x-hub-signature-256": sign(body)}, body)
    assert [each.id for each in made(kind).hear(call).updates] == ["1", "read.x", "3", "4"]
    assert [each.id for each in made(kind, **{kind.account: PAGE}).hear(call).updates] == ["1", "read.x", "3"]


def test_a_link_without_words_is_told() -> None:
    link = {"type": "fallback", "title": "Red dress", "url": "https://x.example/"}
    product = {"type": "template", "payload": {"product": {"elements": [{"title": "Linen shirt"}]}}}
    found = hear(made(FacebookMessenger), said(attachments=[link, product]))
    assert [(each.text, each.attachments) for each in found] == [("Red dress\nLinen shirt", ())]
    (found,) = hear(made(Instagram), said(is_unsupported=True))
    assert [each.kind for each in found.attachments] == ["file"]


async def test_photos_only_from_meta() -> None:
    messenger = made(FacebookMessenger)
    for url in ("https://evil.example/p.jpg", "http://scontent.xx.fbcdn.net/p.jpg", "file:///etc/passwd"):
        with pytest.raises(Refused):
            await messenger.fetch(contact(), Attachment("photo", url))


# --- out ----------------------------------------------------------------------------------------------------


def contact(hours: float = 0.0) -> Contact:
    heard = datetime.now(timezone.utc) - timedelta(hours=hours)
    return Contact("messenger", "7", "messenger-x", "en", "Ann", heard, False, False)


def card(number: int, buttons: int = 4, **more: Any) -> ShownCard:
    choices = tuple(Choice(f"Button {place}", f"3.{number}.{place}") for place in range(buttons))
    usual = {"picture": "https://x.example/p.jpg", "url": "https://x.example/p"}
    return ShownCard(f"Card {number}", "$1", "because", **{**usual, **more}, choices=choices)  # type: ignore[arg-type]


def choices(number: int, title: str = "Choice {}") -> tuple[Choice, ...]:
    return tuple(Choice(title.format(place), f"3.{place}") for place in range(number))


def taken(kind: type[MetaMessenger], shown: Shown, language: str = "en") -> list[dict[str, Any]]:
    """What the fake, which checks as Meta does, has taken of a drawing."""
    api = SendApi(place=kind.platform)
    messenger = made(kind)
    for piece in messenger.draw(shown, contact(), language):
        message = piece["message"]
        if "picture" in message:
            message = {"attachment": {"type": "image", "payload": {"url": message["picture"]}}}
        body = {"recipient": {"id": "7"}, "messaging_type": piece["type"], "message": message}
        api.message(json.loads(json.dumps(body)))
    return api.chats["7"]


LONG = "".join(f"sentence {n} 你好世界 👩🏽‍🚀. " for n in range(400))[:6000]
WIDE = "一个非常非常非常长的按钮标题，超过二十个字符肯定放不下 {}"


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("cards", "buttons", "number", "title", "text"),
    [
        (0, 0, 0, "", LONG), (0, 0, 1, "Choice {}", ""), (0, 0, 3, "Choice {}", "x" * 641),
        (0, 0, 3, "Choice {}", "short"), (0, 0, 13, "Choice {}", LONG), (0, 0, 15, "Choice {}", "x"),
        (0, 0, 70, WIDE, LONG), (0, 0, 2, WIDE, ""), (1, 4, 2, "Choice {}", "x"), (1, 12, 5, WIDE, ""),
        (1, 0, 0, "", ""), (10, 4, 13, "Choice {}", LONG), (11, 3, 14, "Choice {}", "x"), (25, 1, 1, WIDE, ""),
    ],
)  # fmt: skip
def test_drawings_keep_the_limits(
    kind: type[MetaMessenger], language: str, cards: int, buttons: int, number: int, title: str, text: str
) -> None:
    shown = Shown(3, "bot", text, tuple(card(n, buttons) for n in range(cards)), choices(number, title))
    kept = taken(kind, shown, language)
    words = json.dumps(kept, ensure_ascii=False)
    assert all(f'"Card {place}"' in words for place in range(cards))
    payloads = [
        each["payload"]
        for message in kept
        for holder in [
            message.get("attachment", {}).get("payload", {}),
            *message.get("attachment", {}).get("payload", {}).get("elements", []),
        ]
        for each in holder.get("buttons", [])
        if each["type"] == "postback"
    ] + [each["payload"] for message in kept for each in message.get("quick_replies", [])]
    assert {f"3.{place}" for place in range(number)} <= set(payloads)
    assert len(set(payloads)) == len(payloads)
    if cards == 1:
        assert {f"3.0.{place}" for place in range(buttons)} <= set(payloads)
    if cards > 1 and buttons > 3:
        assert {f"more.3.{place}" for place in range(cards)} <= set(payloads)
    together = "".join("".join(message.get("text", "") for message in kept).split())
    assert text != LONG or "".join(text.split()) in together
    assert number == 0 or title != WIDE or all(WIDE.format(place)[:8] in words for place in range(number))


def test_long_titles_are_whole_in_the_text() -> None:
    (message,) = taken(FacebookMessenger, Shown(3, "bot", "Which?", choices=choices(4, WIDE)))
    assert all(f"{n + 1}. {WIDE.format(n)}" in message["text"] for n in range(4))
    assert [each["title"][:3] for each in message["quick_replies"]] == ["1. ", "2. ", "3. ", "4. "]


def test_texts_of_instagram_are_counted_in_bytes() -> None:
    kept = taken(Instagram, Shown(3, "bot", "好" * 1000))
    assert [len(each["text"].encode()) for each in kept] == [999, 999, 999, 3]
    assert "".join(each["text"] for each in kept) == "好" * 1000
    assert len(taken(FacebookMessenger, Shown(3, "bot", "好" * 1000))) == 1


def test_a_card_and_its_parts() -> None:
    (message,) = taken(FacebookMessenger, Shown(3, "bot", cards=(card(0, 1),)))
    (element,) = message["attachment"]["payload"]["elements"]
    assert element == {
        "title": "Card 0",
        "subtitle": "$1 – because",
        "image_url": "https://x.example/p.jpg",
        "default_action": {"type": "web_url", "url": "https://x.example/p"},
        "buttons": [
            {"type": "postback", "title": "Button 0", "payload": "3.0.0"},
            {"type": "web_url", "url": "https://x.example/p", "title": "View"},
        ],
    }
    bare = ShownCard("", "", "", None, None)
    (message,) = taken(Instagram, Shown(3, "bot", cards=(bare,)))
    assert message["attachment"]["payload"]["elements"] == [{"title": "…", "subtitle": "…"}]


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("SHOP_PUBLIC_URL", "https://shop.example")
    settings.cache_clear()
    yield "https://shop.example"
    monkeypatch.undo()
    settings.cache_clear()


def test_our_pictures_are_shown_where_meta_can_fetch_them(public: str) -> None:
    shown = Shown(3, "bot", cards=(card(0, picture=f"{public}/pictures/p0001.webp"),))
    (message,) = taken(Instagram, shown)
    (element,) = message["attachment"]["payload"]["elements"]
    assert element["image_url"] == f"{public}/pictures/jpeg/p0001.webp.jpg"


@pytest.fixture
def api() -> Iterator[SendApi]:
    found = SendApi(place="messenger")
    found.start()
    yield found
    found.stop()
    assert not found.problems, found.problems


@pytest.fixture
async def messenger(api: SendApi) -> Any:
    found = made(FacebookMessenger, api_url=api.url, human_agent=True, app_id=APP)
    yield found
    await found.client.close()


def piece(shown: Shown, messenger: MetaMessenger) -> dict[str, Any]:
    (found,) = messenger.draw(shown, contact(), "en")
    return found


async def test_how_it_is_sent(api: SendApi, messenger: MetaMessenger) -> None:
    answer = piece(Shown(1, "bot", "answer", reply_to="m1"), messenger)
    unasked = piece(Shown(2, "bot", "back in stock"), messenger)
    agent = piece(Shown(3, "agent", "hello", agent="Anna"), messenger)
    assert await messenger.send(contact(), answer, "k") == "m_1000"
    for each, hours in ((unasked, 1), (agent, 1), (agent, 30), (answer, 30)):
        await messenger.send(contact(hours), each, "k")
    bodies = [each["body"] for each in api.chats["7"]]
    assert [(each["messaging_type"], each.get("tag")) for each in bodies] == [
        ("RESPONSE", None),
        ("UPDATE", None),
        ("RESPONSE", None),
        ("MESSAGE_TAG", "HUMAN_AGENT"),
        ("RESPONSE", None),
    ]
    assert [each["message"]["text"] for each in bodies][2] == "Anna: hello"


def test_the_window_of_agents() -> None:
    agent = Message("messenger-x", 1, datetime.now(timezone.utc), "agent", {"text": "x"})
    bot = Message("messenger-x", 1, datetime.now(timezone.utc), "bot", {"text": "x"})
    allowed = made(FacebookMessenger, human_agent="true")
    assert (allowed.window_hours(agent), allowed.window_hours(bot)) == (168, 24)
    assert made(Instagram).window_hours(agent) == 24


async def test_pictures_without_a_public_address_are_uploaded(api: SendApi, messenger: MetaMessenger) -> None:
    ours = f"{messenger.base_url}/pictures/p0001.webp"
    shown = Shown(1, "bot", cards=(card(0, picture=ours),), picture=ours, reply_to="m1")
    for each in messenger.draw(shown, contact(), "en"):
        await messenger.send(contact(), each, "k")
    picture, carousel = api.chats["7"]
    (ident,) = api.uploaded
    assert picture["attachment"]["payload"] == {"attachment_id": ident}
    assert "image_url" not in carousel["attachment"]["payload"]["elements"][0]


async def test_refused_pictures_fall_back_to_words(api: SendApi, messenger: MetaMessenger) -> None:
    api.strict_pictures = True
    shown = Shown(1, "bot", cards=(card(0), card(1, 0, url=None)), picture="https://x.example/b.jpg")
    for each in messenger.draw(shown, contact(), "en"):
        assert await messenger.send(contact(), each, "k")
    picture, carousel = api.chats["7"]
    assert picture["text"] == "https://x.example/b.jpg"
    elements = carousel["attachment"]["payload"]["elements"]
    assert [each["title"] for each in elements] == ["Card 0", "Card 1"] and "image_url" not in elements[0]
    assert meta_drawing.plain({"text": "x"}) is None


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 10, "message": "late", "error_subcode": 2018278}, Closed),
        ({"code": 100, "message": "nobody", "error_subcode": 2018001}, Gone),
        ({"code": 613, "message": "slower", "headers": {"X-Business-Use-Case-Usage": "{}"}}, Later),
        ({"code": 190, "message": f"expired {TOKEN}", "status": 401}, Later),
        ({"code": 100, "message": "shape"}, Refused),
    ],
)
async def test_errors(api: SendApi, messenger: MetaMessenger, error: Any, kind: type[Exception]) -> None:
    api.refusing.append(error)
    with pytest.raises(kind) as raised:
        await messenger.send(contact(), piece(Shown(1, "bot", "x"), messenger), "k")
    assert TOKEN not in str(raised.value) and api.chats["7"] == []


async def test_set_up_and_the_doctor(api: SendApi, messenger: MetaMessenger, public: str) -> None:
    assert [each.level for each in await messenger.check()] == ["ok", "bad", "bad"]
    await messenger.connect()
    assert "messages" in api.subscribed and "message_edits" in api.subscribed
    assert api.hooks["page"]["callback_url"] == f"{public}/webhooks/messenger/webhook"
    assert [each.level for each in await messenger.check()] == ["ok", "ok"]
    assert await messenger.introduce(contact()) == (None, "Ann")
    assert await messenger.introduce(contact()) == (None, None)  # asked once
    api.failures.append(Failure(401, path="/me"))
    (check,) = await messenger.check()
    assert check.level == "bad" and TOKEN not in check.what
    api.failures.append(Failure(403, path="subscribed_apps"))
    with pytest.raises(Refused):  # trying again does not help
        await messenger.connect()


async def test_instagram_leaves_the_pages_subscription_alone(public: str) -> None:
    api = SendApi(place="instagram", subscribed={"messages", "message_reads"})
    api.start()
    messenger = made(Instagram, api_url=api.url, app_id=APP)
    await messenger.connect()
    assert api.subscribed == {"messages", "message_reads"} and "instagram" in api.hooks
    await messenger.client.close()
    api.stop()
    assert not api.problems


# --- with the server ----------------------------------------------------------------------------------------


@pytest.fixture(params=["messenger", "instagram"])
def driver(request: pytest.FixtureRequest, drivers: Drivers, echo: Echo) -> Iterator[MetaDriver]:
    if request.param not in drivers.running:
        pytest.skip(f"without {request.param}")
    found = drivers.running[request.param]
    assert isinstance(found, (MessengerDriver, InstagramDriver))
    found.begin()
    yield found
    found.end()


async def test_a_batch_of_several_customers(driver: MetaDriver) -> None:
    customers = [driver.customer() for _ in range(3)]
    events = [driver.message(each, text=f"echo {each}") for each in customers for _ in range(2)]
    await driver.deliver(driver.signed(driver.report(*events)))
    for customer in customers:
        await driver.until(customer, lambda seen: len(seen) == 2)
        assert {each.text for each in driver.seen(customer)} == {f"echo echo {customer}"}


async def test_more_of_a_card(driver: MetaDriver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo 你好")
    await driver.until(customer, lambda seen: seen)
    ours = meet(driver.name, customer).conversation
    buttons = [
        {"title": title, "payload": f"/{title.lower()}"} for title in ("Details", "Alike", "Buy", "Save")
    ]
    cards = [{"id": str(n), "title": f"Shirt {n}", "price": "$5", "buttons": buttons} for n in range(2)]
    messages.add(ours, [Draft("bot", {"text": "Two:", "cards": cards})], channel=driver.name)
    await driver.until(customer, lambda seen: any("更多 …" in each.buttons for each in seen))
    await driver.press(customer, "更多 …")
    seen = await driver.until(customer, lambda seen: "Save" in seen[-1].buttons)
    assert seen[-1].buttons == ("Buy", "Save") and seen[-1].text.startswith("Shirt 0 – $5")
    await driver.press(customer, "Save")
    await driver.until(customer, lambda seen: "echo /save" in seen[-1].text)
    assert echo.asked(ours) == ["echo 你好", "/save"]


async def test_presses_that_were_never_offered(driver: MetaDriver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.say(customer, "shop")
    await driver.until(customer, lambda seen: any("plain" in each.buttons for each in seen))
    for place, data in enumerate(("999.0", "2.77", "more.999.1", "more.2.99")):
        postback = {"mid": f"never.{customer}.{place}", "title": "x", "payload": data}
        await driver.deliver(driver.signed(driver.report(driver.event(customer, postback=postback))))
    await driver.until(customer, lambda seen: sum("no longer" in each.text for each in seen) == 4)
    assert echo.asked(meet(driver.name, customer).conversation) == ["shop"]


async def test_read_marks_name_and_courtesies(driver: MetaDriver) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo one")
    await driver.until(customer, lambda seen: seen)
    found = meet(driver.name, customer)
    assert found.name == "Ann"
    if driver.name == "instagram":
        read = {"mid": driver.fake.chats[customer][-1]["mid"]}
    else:
        read = {"watermark": now() + 5000}
    for _ in range(100):  # the id is kept after the customer has seen it
        if sql("SELECT 1 FROM messenger_sent WHERE conversation = :c", c=found.conversation):
            break
        await asyncio.sleep(0.05)
    await driver.deliver(driver.signed(driver.report(driver.event(customer, read=read))))
    for _ in range(100):
        if sql("SELECT 1 FROM reads WHERE conversation = :c AND customer > 0", c=found.conversation):
            break
        await asyncio.sleep(0.05)
    else:
        pytest.fail("not marked as read")
    actions = [each["sender_action"] for each in driver.fake.seen_marks if each["to"] == customer]
    assert "mark_seen" in actions and "typing_on" in actions


async def test_meta_says_the_window_is_closed(driver: MetaDriver) -> None:
    """Sooner than we thought: the message waits, nothing is lost."""
    customer = driver.customer()
    await driver.say(customer, "echo one")
    await driver.until(customer, lambda seen: seen)
    ours = meet(driver.name, customer).conversation
    driver.fake.refusing.append(
        {"code": 10, "message": "outside of allowed window", "error_subcode": 2018278}
    )
    messages.add(ours, [Draft("agent", {"text": "waits"})], channel=driver.name)
    for _ in range(100):
        if sql("SELECT 1 FROM messenger_outbox WHERE conversation = :c AND due = 'infinity'", c=ours):
            break
        await asyncio.sleep(0.05)
    else:
        pytest.fail("it does not wait")
    await driver.say(customer, "echo two")
    seen = await driver.until(customer, lambda seen: len(seen) == 3)
    assert [each.text for each in seen][1:] == ["waits", "echo echo two"]
