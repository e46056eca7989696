"""What is special about WhatsApp."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from bot.channels.base.api_client import Closed, Gone, Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Choice, Shown, ShownCard
from bot.channels.base.update import Attachment, Update
from bot.channels.base.webhook import Call, Forged
from bot.channels.runtime import contacts, outbox
from bot.channels.runtime.contacts import meet
from bot.channels.whatsapp import WhatsApp
from bot.conversation import messages
from bot.conversation.messages import Draft
from bot.conversation.photo_intake import PhotoRefused
from bot.settings import MAX_PHOTO, SettingError, settings
from tests.channels.conftest import Drivers
from tests.channels.driver import texts
from tests.channels.fake import Failure
from tests.channels.graph import APP, SECRET, TOKEN, VERIFY, now, sign
from tests.channels.test_conversation import photo
from tests.channels.whatsapp import NUMBER, WABA, CloudApi, WhatsAppDriver
from tests.door.conftest import Echo
from tests.door.handing import sql

FIELDS = {"token": TOKEN, "app_secret": SECRET, "verify_token": VERIFY, "phone_number_id": NUMBER}
BSUID = "US.13491208655302741918"


def made(**fields: object) -> WhatsApp:
    return WhatsApp(Fields("whatsapp", {**FIELDS, **fields}))


def value(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    contact = {"profile": {"name": "Sheena"}, "wa_id": "16505551234", "user_id": BSUID}
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": NUMBER},
        "contacts": [contact],
        "messages": list(events),
        **more,
    }


def hear(whatsapp: WhatsApp, *values: dict[str, Any], field: str = "messages") -> list[Update]:
    changes = [{"field": field, "value": each} for each in values]
    body = json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": changes}]}
    ).encode()
    headers = {"x-hub-signature-256": sign(body)}
    return list(whatsapp.hear(Call("POST", "/", "", {}, headers, body)).updates)


def message(kind: str, content: Any = None, **more: Any) -> dict[str, Any]:
    common = {"from": "16505551234", "from_user_id": BSUID, "id": "wamid.1", "timestamp": str(now() // 1000)}
    return {**common, "type": kind, **({kind: content} if content is not None else {}), **more}


# --- in -----------------------------------------------------------------------------------------------------


def test_credentials_are_complained_of() -> None:
    with pytest.raises(SettingError, match="phone_number_id"):
        WhatsApp(Fields("whatsapp", {key: text for key, text in FIELDS.items() if key != "phone_number_id"}))


@pytest.mark.parametrize(
    ("kind", "content", "text", "attachments"),
    [
        ("text", {"body": "Does it come in 红色?"}, "Does it come in 红色?", []),
        ("image", {"id": "9", "mime_type": "image/jpeg"}, "", [Attachment("photo", "9")]),
        ("image", {"id": "9", "caption": "this"}, "this", [Attachment("photo", "9")]),
        ("document", {"id": "9", "mime_type": "image/png", "filename": "a.png"}, "", [Attachment("photo", "9")]),
        ("document", {"id": "9", "mime_type": "application/pdf", "caption": "c"}, "c", [Attachment("file")]),
        ("audio", {"id": "9", "voice": True}, "", [Attachment("voice")]),
        ("video", {"id": "9", "caption": "look"}, "look", [Attachment("video")]),
        ("sticker", {"id": "9", "animated": False}, "", [Attachment("sticker")]),
        ("location", {"latitude": 1, "longitude": 2}, "", [Attachment("place")]),
        ("contacts", [{"phones": [{"phone": "1"}]}], "", [Attachment("contact")]),
        ("unsupported", None, "", [Attachment("file")]),
        ("interactive", {"type": "nfm_reply", "nfm_reply": {"body": "Sent"}}, "", [Attachment("file")]),
        ("order", {"product_items": [{"product_retailer_id": "p1", "quantity": 2}]}, "2 × p1", []),
        ("button", {"payload": "OWNERS", "text": "Yes please"}, "Yes please", []),
    ],
)  # fmt: skip
def test_what_can_come(kind: str, content: Any, text: str, attachments: list[Attachment]) -> None:
    (found,) = hear(made(), value(message(kind, content, context={"id": "wamid.0", "from": "1"})))
    assert (found.text, list(found.attachments)) == (text, attachments)
    assert (found.id, found.address, found.name, found.about) == ("wamid.1", BSUID, "Sheena", "wamid.0")
    assert found.kind == "message"


def test_kinds_of_events() -> None:
    reply = {"type": "button_reply", "button_reply": {"id": "12.1", "title": "Yes"}}
    row = {"type": "list_reply", "list_reply": {"id": "more.12.3", "title": "More …"}}
    image = {"type": "image", "image": {"id": "9", "caption": "new"}, "context": {"id": "wamid.0"}}
    events = [
        message("interactive", reply, context={"id": "wamid.0"}),
        message("interactive", row),
        message("button", {"payload": "12.0.1", "text": "Details"}),
        message("reaction", {"message_id": "wamid.0", "emoji": "3️⃣"}),
        message("revoke", {"original_message_id": "wamid.0"}),
        message(
            "edit", {"original_message_id": "wamid.0", "message": {"type": "text", "text": {"body": "ho"}}}
        ),
        message("edit", {"original_message_id": "wamid.0", "message": image}),
        message("request_welcome"),
    ]
    found = [hear(made(), value(event))[0] for event in events]
    assert [(each.kind, each.text, each.data, each.about) for each in found] == [
        ("press", "", "12.1", "wamid.0"),
        ("press", "", "more.12.3", None),
        ("press", "", "12.0.1", None),
        ("press", "", "#3", "wamid.0"),
        ("delete", "", None, "wamid.0"),
        ("edit", "ho", None, "wamid.0"),
        ("edit", "new", None, "wamid.0"),
        ("join", "", None, None),
    ]
    assert found[6].photos == (Attachment("photo", "9"),)


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ({"from": "16505551234", "from_user_id": BSUID}, BSUID),  # an id before a number
        ({"from": None, "from_user_id": BSUID}, BSUID),  # the number is hidden
        ({"from": "16505551234", "from_user_id": None}, BSUID),  # as the contacts say
        ({"from": "4915112345678", "from_user_id": None}, "4915112345678"),
    ],
)
def test_who_it_is(sender: dict[str, Any], address: str) -> None:
    (found,) = hear(made(), value(message("text", {"body": "x"}, **sender)))
    assert found.address == address


def test_statuses() -> None:
    def status(kind: str, **more: Any) -> list[Update]:
        common = {
            "id": "wamid.5",
            "status": kind,
            "timestamp": str(now() // 1000),
            "recipient_id": "16505551234",
        }
        return hear(made(), value(messages=[], statuses=[{**common, "recipient_user_id": BSUID, **more}]))

    assert status("sent") == status("delivered") == []
    (read,) = status("read")
    assert (read.kind, read.about, read.address) == ("read", "wamid.5", BSUID)
    (failed,) = status("failed", errors=[{"code": 131053, "title": "Media upload error"}])
    assert (failed.kind, failed.about, failed.data) == ("failed", "wamid.5", None) and "131053" in failed.text
    (late,) = status("failed", errors=[{"code": 131047, "title": "Re-engagement message"}])
    assert late.data == "closed"
    (unknown,) = status("failed")
    assert unknown.kind == "failed"


def test_a_new_number() -> None:
    changed = {
        "type": "user_changed_number",
        "wa_id": "16505559999",
        "user_id": "US.2",
        "previous_user_id": "US.1",
    }
    hidden = {"type": "user_changed_user_id", "user_id": "US.2", "previous_user_id": "US.1"}
    former = {"type": "user_changed_number", "wa_id": "16505559999"}
    moves = [
        hear(made(), value(message("system", system, from_user_id=None), contacts=[]))[0]
        for system in (changed, hidden, former)
    ]
    assert [(each.kind, each.address, each.data) for each in moves] == [
        ("move", "US.1", "US.2"),
        ("move", "US.1", "US.2"),
        ("move", "16505551234", "16505559999"),
    ]
    assert hear(made(), value(message("system", {"type": "customer_identity_changed"}))) == []


@pytest.mark.parametrize(
    "event",
    [
        message("text", {"body": "among us"}, group_id="G1"),
        message("text", {"body": "long ago"}, timestamp="1504902988"),
        message("reaction", {"message_id": "wamid.0", "emoji": "👍"}),
        message("reaction", {"message_id": "wamid.0"}),
        message("text"),
        {"id": "x"},
        {},
    ],
)
def test_what_is_left_aside(event: dict[str, Any]) -> None:
    assert hear(made(), value(event)) == []
    following = message("text", {"body": "next"})
    assert [each.text for each in hear(made(), value(event, following), value(following))] == ["next", "next"]


def test_other_numbers_and_fields_are_not_ours() -> None:
    other = value(message("text", {"body": "x"}), metadata={"phone_number_id": "1"})
    assert hear(made(), other, value(message("text", {"body": "y"})))[0].text == "y"
    assert hear(made(), value(message("text", {"body": "x"})), field="smb_message_echoes") == []
    assert hear(made(), value(errors=[{"code": 131000, "title": "Something went wrong"}])) == []
    body = json.dumps({"object": "whatsapp_business_account", "entry": []}).encode()
    with pytest.raises(Forged):
        made().hear(Call("POST", "/", "", {}, {"x-hub-signature-256": sign(body, "other")}, body))


# --- out ----------------------------------------------------------------------------------------------------


def contact(address: str = BSUID) -> Contact:
    return Contact("whatsapp", address, "whatsapp-x", "en", "Ann", datetime.now(timezone.utc), False, False)


def card(number: int, buttons: int = 4, **more: Any) -> ShownCard:
    choices = tuple(Choice(f"Button {place}", f"3.{number}.{place}") for place in range(buttons))
    usual = {"picture": "https://x.example/p.jpg", "url": "https://x.example/p"}
    return ShownCard(f"Card {number}", "$1", "because", **{**usual, **more}, choices=choices)  # type: ignore[arg-type]


def choices(number: int, title: str = "Choice {}") -> tuple[Choice, ...]:
    return tuple(Choice(title.format(place), f"3.{place}") for place in range(number))


def taken(shown: Shown, language: str = "en") -> list[dict[str, Any]]:
    """What the fake, which checks as Meta does, has taken of a drawing."""
    api = CloudApi()
    whatsapp = made()
    for piece in whatsapp.draw(shown, contact(), language):
        piece = json.loads(json.dumps(piece).replace('"picture":', '"link":'))
        whom = {"recipient": BSUID, "recipient_type": "individual", "biz_opaque_callback_data": "k"}
        api.message({"messaging_product": "whatsapp", **whom, **piece})
    return api.chats[BSUID]


LONG = "".join(f"sentence {n} 你好世界 👩🏽‍🚀. " for n in range(400))[:6000]
WIDE = "一个非常非常非常长的选项标题，超过二十四个字符肯定放不下 {}"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("cards", "buttons", "number", "title", "text"),
    [
        (0, 0, 0, "", LONG), (0, 0, 1, "Choice {}", ""), (0, 0, 3, "Choice {}", "x" * 1025),
        (0, 0, 3, "Same", "two alike"), (0, 0, 4, "Choice {}", "short"), (0, 0, 10, "Choice {}", LONG),
        (0, 0, 15, "Choice {}", "x"), (0, 0, 33, WIDE, LONG), (0, 0, 2, WIDE, ""), (1, 4, 2, "Choice {}", "x"),
        (1, 3, 0, "", "y"), (1, 0, 0, "", ""), (10, 4, 13, "Choice {}", LONG), (11, 3, 14, "Choice {}", "x"),
        (25, 1, 1, WIDE, ""), (10, 2, 3, "Choice {}", ""), (3, 0, 1, "Choice {}", "z"),
    ],
)  # fmt: skip
def test_drawings_keep_the_limits(
    language: str, cards: int, buttons: int, number: int, title: str, text: str
) -> None:
    shown = Shown(3, "bot", text, tuple(card(n, buttons) for n in range(cards)), choices(number, title))
    kept = taken(shown, language)
    words = json.dumps(kept, ensure_ascii=False)
    assert all(f"Card {place} – $1" in words for place in range(cards))
    assert all(f'"3.{place}"' in words for place in range(number))
    if buttons > 3:
        assert all(f'"more.3.{place}"' in words for place in range(cards))
    bodies = [each.get("text", {}).get("body") or each["interactive"]["body"]["text"] for each in kept]
    together = "".join("".join(bodies).split())
    assert "".join(text.split()) in together
    if title == WIDE:
        assert all(WIDE.format(place) in words for place in range(number))


def test_one_card() -> None:
    (three,) = taken(Shown(3, "bot", cards=(card(0, 3),)))
    what = three["interactive"]
    assert what["type"] == "button" and what["header"]["image"] == {"link": "https://x.example/p.jpg"}
    assert what["body"]["text"] == "Card 0 – $1\nbecause\nhttps://x.example/p"
    (linked,) = taken(Shown(3, "bot", cards=(card(0, 0),)))
    parameters = linked["interactive"]["action"]["parameters"]
    assert parameters == {"display_text": "View", "url": "https://x.example/p"}
    assert linked["interactive"]["body"]["text"] == "Card 0 – $1\nbecause"
    (pictured,) = taken(Shown(3, "bot", cards=(card(0, 0, url=None),)))
    assert pictured["image"]["caption"] == "Card 0 – $1\nbecause"
    (bare,) = taken(Shown(3, "bot", cards=(card(0, 0, url=None, picture=None),)))
    assert bare["text"]["body"] == "Card 0 – $1\nbecause"
    long = ShownCard("T" * 2000, "", "r", "https://x.example/p.jpg", "https://x.example/p", choices(1))
    (cut,) = taken(Shown(3, "bot", cards=(long,)))
    assert len(cut["interactive"]["body"]["text"]) == 1024
    assert cut["interactive"]["body"]["text"].endswith("…\nhttps://x.example/p")


def test_carousels() -> None:
    kept = taken(Shown(3, "bot", "Look:", tuple(card(n) for n in range(11)), choices(1)))
    assert [each["interactive"]["type"] for each in kept] == ["carousel", "carousel", "button"]
    sizes = [len(each["interactive"]["action"]["cards"]) for each in kept[:2]]
    assert sizes == [5, 6] and kept[0]["interactive"]["body"]["text"] == "Look:"
    first = kept[0]["interactive"]["action"]["cards"][0]
    assert [each["quick_reply"]["title"] for each in first["action"]["buttons"]] == ["Button 0", "More …"]
    mixed = taken(Shown(3, "bot", "", (card(0, 1), card(1, 4))))
    found = [each["action"]["buttons"] for each in mixed[0]["interactive"]["action"]["cards"]]
    assert [each[0]["quick_reply"]["id"] for each in found] == ["3.0.0", "more.3.1"]
    for cards in ((card(0),), (card(0), card(1, 0)), (card(0), card(1, picture=None))):
        kinds = [each.get("interactive", {}).get("type") for each in taken(Shown(3, "bot", "", cards))]
        assert "carousel" not in kinds


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("SHOP_PUBLIC_URL", "https://shop.example")
    settings.cache_clear()
    yield "https://shop.example"
    monkeypatch.undo()
    settings.cache_clear()


def test_our_pictures_in_a_carousel(public: str) -> None:
    ours = [card(n, picture=f"{public}/pictures/p0001.webp") for n in range(2)]
    (carousel,) = taken(Shown(3, "bot", cards=tuple(ours)))
    links = {each["header"]["image"]["link"] for each in carousel["interactive"]["action"]["cards"]}
    assert links == {f"{public}/pictures/jpeg/p0001.webp.jpg"}


@pytest.fixture
def api() -> Iterator[CloudApi]:
    found = CloudApi()
    found.start()
    yield found
    found.stop()
    assert not found.problems, found.problems


@pytest.fixture
async def whatsapp(api: CloudApi) -> Any:
    found = made(api_url=api.url, app_id=APP, waba_id=WABA)
    yield found
    await found.client.close()


async def send(whatsapp: WhatsApp, shown: Shown, whom: Contact | None = None) -> None:
    for place, piece in enumerate(whatsapp.draw(shown, whom or contact(), "en")):
        assert await whatsapp.send(whom or contact(), piece, f"key.{place}")


async def test_our_pictures_are_uploaded_once(api: CloudApi, whatsapp: WhatsApp) -> None:
    ours = f"{whatsapp.base_url}/pictures/p0001.webp"
    cards = tuple(card(n, 2, picture=ours) for n in range(3))
    await send(whatsapp, Shown(3, "bot", "Three:", cards, picture=ours))
    (ident,) = api.uploaded
    kept = api.chats[BSUID]
    assert [each["type"] for each in kept] == ["image", "text", *["interactive"] * 3]
    assert all(each["interactive"]["header"]["image"] == {"id": ident} for each in kept[2:])
    assert [each["biz_opaque_callback_data"] for each in kept] == [f"key.{n}" for n in range(5)]
    assert api.uploaded[ident][:3] == b"\xff\xd8\xff"


async def test_a_number_is_written_to_as_such(api: CloudApi, whatsapp: WhatsApp) -> None:
    await send(whatsapp, Shown(3, "bot", "x"), contact("4915112345678"))
    (kept,) = api.chats["4915112345678"]
    assert kept["to"] == "4915112345678" and "recipient" not in kept


@pytest.mark.parametrize(
    ("cards", "kinds"),
    [
        ((card(0, 2),), ["button"]),
        ((card(0, 0),), ["cta_url"]),
        ((card(0, 0, url=None),), [None]),
        (tuple(card(n) for n in range(10)), ["list"]),
    ],
)
async def test_refused_pictures_fall_back_to_words(
    api: CloudApi, whatsapp: WhatsApp, cards: tuple[ShownCard, ...], kinds: list[str | None]
) -> None:
    api.refusing.append({"code": 131053, "message": "Media upload error"})
    await send(whatsapp, Shown(3, "bot", cards=cards))
    kept = api.chats[BSUID]
    assert [each.get("interactive", {}).get("type") for each in kept] == kinds
    words = json.dumps(kept)
    assert all(each.title in words for each in cards) and "picture" not in words and "header" not in words


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 131047, "message": "Re-engagement message"}, Closed),
        ({"code": 131026, "message": "Message undeliverable"}, Gone),
        ({"code": 131056, "message": "pair rate", "status": 429}, Later),
        ({"code": 130429, "message": "rate", "status": 429}, Later),
        ({"code": 190, "message": f"expired {TOKEN}", "status": 401}, Later),
        ({"code": 131009, "message": "value"}, Refused),
    ],
)
async def test_errors(api: CloudApi, whatsapp: WhatsApp, error: Any, kind: type[Exception]) -> None:
    api.refusing.append(error)
    with pytest.raises(kind) as raised:
        await send(whatsapp, Shown(3, "bot", "x"))
    assert TOKEN not in str(raised.value) and api.chats[BSUID] == []


async def test_photos(api: CloudApi, whatsapp: WhatsApp) -> None:
    api.media["77.jpg"] = photo()
    assert await whatsapp.fetch(contact(), Attachment("photo", "77")) == photo()
    api.media["78.jpg"] = b"x" * (MAX_PHOTO + 1)
    with pytest.raises(PhotoRefused):
        await whatsapp.fetch(contact(), Attachment("photo", "78"))


async def test_set_up_and_the_doctor(api: CloudApi, whatsapp: WhatsApp, public: str) -> None:
    assert [each.level for each in await whatsapp.check()] == ["ok", "bad"]
    await whatsapp.connect()
    hook = api.hooks["whatsapp_business_account"]
    assert hook["callback_url"] == f"{public}/webhooks/whatsapp/webhook" and api.subscribed
    assert [each.level for each in await whatsapp.check()] == ["ok", "ok"]
    api.failures.append(Failure(401, path=NUMBER))
    (check,) = await whatsapp.check()
    assert check.level == "bad" and TOKEN not in check.what


# --- with the server ----------------------------------------------------------------------------------------


@pytest.fixture
def driver(drivers: Drivers, echo: Echo) -> Iterator[WhatsAppDriver]:
    if "whatsapp" not in drivers.running:
        pytest.skip("without whatsapp")
    found = drivers.running["whatsapp"]
    assert isinstance(found, WhatsAppDriver)
    found.begin()
    yield found
    found.end()


async def _until(look: Any) -> Any:
    for _ in range(200):
        if found := look():
            return found
        await asyncio.sleep(0.05)
    pytest.fail("not in 10 s")


async def _greeted(driver: WhatsAppDriver) -> tuple[str, str]:
    customer = driver.customer()
    await driver.say(customer, "echo one")
    await driver.until(customer, lambda seen: seen)
    ours = meet("whatsapp", driver.address(customer)).conversation
    await _until(
        lambda: sql("SELECT 1 FROM messenger_outbox WHERE conversation = :c AND done > '2000-1-1'", c=ours)
    )
    return customer, ours


async def test_what_did_not_arrive_is_a_dead_letter(driver: WhatsAppDriver) -> None:
    """Meta takes a message and says later that it failed; the owner has it sent again."""
    customer, ours = await _greeted(driver)
    ident = driver.fake.chats[driver.address(customer)][-1]["id"]
    errors = [{"code": 131053, "title": "Media upload error", "error_data": {"details": "no reason"}}]
    failed = driver.status(customer, ident, "failed", errors=errors)
    await driver.happens(failed, failed)

    def dead() -> Any:
        return next(
            (each for each in outbox.undelivered_messages("whatsapp") if each.conversation == ours), None
        )

    letter = await _until(dead)
    assert "131053" in letter.failed and "no reason" in letter.failed
    assert outbox.resend([letter.id]) == 1
    seen = await driver.until(customer, lambda seen: len(seen) == 2)
    assert texts(seen) == ["echo echo one"] * 2


async def test_what_came_too_late_waits_for_the_customer(driver: WhatsAppDriver) -> None:
    customer, ours = await _greeted(driver)
    ident = driver.fake.chats[driver.address(customer)][-1]["id"]
    errors = [{"code": 131047, "title": "Re-engagement message"}]
    await driver.happens(driver.status(customer, ident, "failed", errors=errors))
    await _until(
        lambda: sql("SELECT 1 FROM messenger_outbox WHERE conversation = :c AND due = 'infinity'", c=ours)
    )
    assert not [each for each in outbox.undelivered_messages("whatsapp") if each.conversation == ours]
    await driver.say(customer, "echo two")
    seen = await driver.until(customer, lambda seen: len(seen) == 3)
    assert texts(seen) == ["echo echo one", "echo echo one", "echo echo two"]


async def test_only_what_is_missing_is_sent_again(driver: WhatsAppDriver) -> None:
    customer, ours = await _greeted(driver)
    cards = [{"id": str(n), "title": f"Shirt {n}", "price": "$5", "buttons": []} for n in range(3)]
    messages.add(ours, [Draft("bot", {"text": "Three:", "cards": cards})], channel="whatsapp")
    await driver.until(customer, lambda seen: len(seen) == 5)
    await _until(
        lambda: not sql("SELECT 1 FROM messenger_outbox WHERE conversation = :c AND done IS NULL", c=ours)
    )
    third = driver.fake.chats[driver.address(customer)][3]
    assert "Shirt 1" in str(third)
    await driver.happens(driver.status(customer, third["id"], "failed", errors=[{"code": 131000}]))
    letter = await _until(
        lambda: [each for each in outbox.undelivered_messages("whatsapp") if each.conversation == ours]
    )
    outbox.resend([letter[0].id])
    seen = await driver.until(customer, lambda seen: len(seen) == 7)
    assert [text.split(" – ")[0] for text in texts(seen)[5:]] == ["Shirt 1", "Shirt 2"]


async def test_a_failure_of_a_strangers_message_is_forgotten(driver: WhatsAppDriver) -> None:
    customer, ours = await _greeted(driver)
    await driver.happens(driver.status(customer, "wamid.of-another-app", "failed", errors=[{"code": 1}]))
    await driver.say(customer, "echo two")
    await driver.until(customer, lambda seen: texts(seen)[-1] == "echo echo two")
    assert not [each for each in outbox.undelivered_messages("whatsapp") if each.conversation == ours]


async def test_a_new_number_keeps_the_conversation(driver: WhatsAppDriver) -> None:
    customer, ours = await _greeted(driver)
    new = driver.customer()
    system = {
        "type": "user_changed_number",
        "wa_id": new,
        "user_id": driver.address(new),
        "previous_user_id": driver.address(customer),
    }
    await driver.happens(driver.message(customer, "system", system))
    await _until(lambda: contacts.known("whatsapp", driver.address(new)))
    messages.add(ours, [Draft("agent", {"text": "hello there"})], channel="whatsapp")
    await driver.until(new, lambda seen: texts(seen) == ["hello there"])
    await driver.say(new, "echo two")
    await driver.until(new, lambda seen: "echo echo two" in texts(seen))
    assert meet("whatsapp", driver.address(new)).conversation == ours


async def test_read_marks_and_courtesies(driver: WhatsAppDriver) -> None:
    customer, ours = await _greeted(driver)
    ident = driver.fake.chats[driver.address(customer)][-1]["id"]
    await driver.happens(driver.status(customer, ident, "sent"), driver.status(customer, ident, "read"))
    await _until(lambda: sql("SELECT 1 FROM reads WHERE conversation = :c AND customer > 0", c=ours))
    await driver.say(customer, "sleep 0.5")
    await driver.until(customer, lambda seen: len(seen) == 2)
    marks = [each for each in driver.fake.seen_marks if f".{customer}." in each["message_id"]]
    assert any("typing_indicator" in each for each in marks)
    assert {each["message_id"] for each in marks} >= {driver._said[customer]}
    assert meet("whatsapp", driver.address(customer)).name == "Ann"


async def test_more_of_a_card_and_a_reaction(driver: WhatsAppDriver, echo: Echo) -> None:
    customer, ours = await _greeted(driver)
    buttons = [
        {"title": title, "payload": f"/{title.lower()}"} for title in ("Details", "Alike", "Buy", "Save")
    ]
    cards = [{"id": "1", "title": "Shirt", "price": "$5", "buttons": buttons}]
    messages.add(ours, [Draft("bot", {"text": "One:", "cards": cards})], channel="whatsapp")
    await driver.until(customer, lambda seen: "More …" in seen[-1].buttons)
    await driver.press(customer, "More …")
    seen = await driver.until(customer, lambda seen: "Save" in seen[-1].buttons)
    assert seen[-1].buttons == ("Alike", "Buy", "Save")
    await driver.press(customer, "Save")
    await driver.until(customer, lambda seen: texts(seen)[-1] == "echo /save")
    shown = next(each for each in driver.fake.chats[driver.address(customer)] if "Shirt" in str(each))
    reaction = {"message_id": shown["id"], "emoji": "2️⃣"}
    await driver.happens(driver.message(customer, "reaction", reaction))
    await driver.until(customer, lambda seen: texts(seen)[-1] == "echo /alike")


async def test_a_batch_of_several_customers(driver: WhatsAppDriver) -> None:
    customers = [driver.customer() for _ in range(3)]
    values = [driver.message(each, "text", {"body": f"echo {each}"}) for each in customers for _ in range(2)]
    await driver.happens(*values)
    for customer in customers:
        seen = await driver.until(customer, lambda seen: len(seen) == 2)
        assert set(texts(seen)) == {f"echo echo {customer}"}
