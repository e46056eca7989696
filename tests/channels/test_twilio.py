"""What is special about Twilio's SMS and WhatsApp."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from bot.channels.base.api_client import Closed, Gone, Later, Refused
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Choice, Shown, ShownCard
from bot.channels.base.update import Attachment, Update
from bot.channels.base.webhook import Call, Forged
from bot.channels.runtime import contacts, outbox
from bot.channels.runtime.contacts import meet
from bot.channels.twilio import drawing as twilio_drawing
from bot.channels.twilio import errors as twilio_errors
from bot.channels.twilio.channel import Twilio, TwilioSms, TwilioWhatsApp
from bot.conversation import messages
from bot.settings import SettingError, settings
from tests.channels.conftest import Drivers
from tests.channels.driver import Request
from tests.channels.fake import Failure
from tests.channels.test_conversation import photo, shows
from tests.channels.twilio import ACCOUNT, AUTH_TOKEN, NUMBER, SERVICE, TwilioDriver, signed
from tests.door.conftest import Echo

FIELDS = {"account_sid": ACCOUNT, "auth_token": AUTH_TOKEN, "number": NUMBER}
URL = "https://bot.example/webhooks/sms/webhook"
BASE = "https://shop.example"
PERSON: Any = None


@pytest.fixture
def sms() -> TwilioSms:
    return TwilioSms(Fields("sms", FIELDS))


@pytest.fixture
def whatsapp() -> TwilioWhatsApp:
    return TwilioWhatsApp(Fields("twilio_whatsapp", {**FIELDS, "number": f"whatsapp:{NUMBER}"}))


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This server has an address in the internet."""
    monkeypatch.setenv("SHOP_PUBLIC_URL", "https://bot.example")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def call(parameters: dict[str, str], url: str = URL, headers: dict[str, str] | None = None) -> Call:
    """A call, proven unless there are other headers."""
    headers = signed(url, parameters) if headers is None else headers
    lower = {name.lower(): value for name, value in headers.items()}
    path = url.removeprefix("https://bot.example").split("?")[0]
    return Call("POST", path, url, {}, lower, urlencode(parameters).encode())


def hear(twilio: Twilio, **parameters: str) -> Any:
    prefix = "whatsapp:" if isinstance(twilio, TwilioWhatsApp) else ""
    whole = {"MessageSid": "SM1", "From": f"{prefix}+15550000007", "NumMedia": "0", "Body": "", **parameters}
    heard = twilio.hear(call(whole))
    assert heard.body.endswith(b"<Response></Response>") and heard.content_type.startswith("text/xml")
    return heard.updates[0] if heard.updates else None


# --- proof --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "signature"),
    [("+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="), ("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")],
)
def test_the_platforms_own_examples(number: str, signature: str) -> None:
    """From Twilio's page on security."""
    twilio = TwilioSms(Fields("sms", {**FIELDS, "auth_token": "12345"}))
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    body = urlencode(
        {
            "Digits": "1234",
            "To": "+18005551212",
            "From": number,
            "Caller": number,
            "CallSid": "CA1234567890ABCDE",
        }
    )
    assert (
        twilio._proven(Call("POST", "/", url, {}, {"x-twilio-signature": signature}, body.encode()))["Digits"]
        == "1234"
    )
    with pytest.raises(Forged):
        twilio._proven(Call("POST", "/", url, {}, {"x-twilio-signature": signature}, body.encode() + b"&x="))


@given(st.dictionaries(st.text(min_size=1, max_size=9), st.text(max_size=30), max_size=9))
def test_signatures_are_the_librarys(parameters: dict[str, str]) -> None:
    twilio = TwilioSms(Fields("sms", FIELDS))
    assert twilio._proven(call(parameters)) == parameters


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("https://bot.example/x", "https://bot.example:443/x"), ("https://bot.example:443/x", "https://bot.example/x"),
        ("http://127.0.0.1:5005/x?y=1", "http://127.0.0.1:5005/x?y=1"), ("http://bot.example/x", "http://bot.example:80/x"),
    ],
)  # fmt: skip
def test_ports_are_signed_or_not(sms: TwilioSms, ours: str, theirs: str) -> None:
    signature = RequestValidator(AUTH_TOKEN).compute_signature(theirs, {"a": "b"})
    assert sms._proven(Call("POST", "/", ours, {}, {"x-twilio-signature": signature}, b"a=b")) == {"a": "b"}
    assert RequestValidator(AUTH_TOKEN).validate(ours, {"a": "b"}, signature)


def test_a_json_body_is_proven_by_its_digest(sms: TwilioSms) -> None:
    body = json.dumps({"MessageSid": "SM1", "From": "+15550000007", "Body": "hello"})
    digest = hashlib.sha256(body.encode()).hexdigest()
    url = f"{URL}?bodySHA256={digest}"
    headers = {
        "x-twilio-signature": RequestValidator(AUTH_TOKEN).compute_signature(url, {}),
        "content-type": "application/json",
    }
    assert RequestValidator(AUTH_TOKEN).validate(url, body, headers["x-twilio-signature"])
    proven = Call("POST", "/webhooks/sms/webhook", url, {"bodySHA256": digest}, headers, body.encode())
    assert sms.hear(proven).updates[0].text == "hello"
    for broken in (
        Call("POST", "/", url, {"bodySHA256": digest}, headers, body.encode() + b" "),
        Call("POST", "/", URL, {}, headers, body.encode()),
        Call("POST", "/", url, {"bodySHA256": digest}, {**headers, "x-twilio-signature": "x"}, body.encode()),
    ):
        with pytest.raises(Forged):
            sms.hear(broken)


@pytest.mark.parametrize("signature", [None, "", "x", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "ä"])
def test_other_signatures_are_refused(sms: TwilioSms, signature: str | None) -> None:
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    with pytest.raises(Forged):
        sms.hear(call({"From": "+1555", "MessageSid": "SM1"}, headers=headers))


@pytest.mark.parametrize(
    "fields", [{}, {"account_sid": "x", "auth_token": "x"}, {**FIELDS, "auth_token": "${NOT_SET}"}, {**FIELDS, "api_url": "x"}]
)  # fmt: skip
def test_credentials_are_complained_of(fields: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="sms"):
        TwilioSms(Fields("sms", fields))


@pytest.mark.parametrize(
    ("written", "number"),
    [(15551234567, "+15551234567"), ("+1 (555) 123-4567", "+15551234567"), ("whatsapp:+1555", "+1555"), (12345, "12345")],
)  # fmt: skip
def test_numbers_may_be_written_as_people_do(written: object, number: str) -> None:
    assert TwilioSms(Fields("sms", {**FIELDS, "number": written})).number == number


def test_pictures_may_be_switched_off(public: None) -> None:
    for written, on in ((False, False), ("no", False), ("", True), (True, True)):
        assert TwilioSms(Fields("sms", {**FIELDS, "pictures": written})).shows_pictures is on


# --- in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "text", "kinds"),
    [
        ({"Body": "红色连衣裙 & more"}, "红色连衣裙 & more", []),
        ({"Body": "this", "NumMedia": "2", "MediaUrl0": "u0", "MediaContentType0": "image/jpeg", "MediaUrl1": "u1", "MediaContentType1": "IMAGE/PNG"}, "this", ["photo", "photo"]),
        ({"NumMedia": "1", "MediaUrl0": "u", "MediaContentType0": "audio/amr"}, "", ["voice"]),
        ({"NumMedia": "1", "MediaUrl0": "u", "MediaContentType0": "video/3gpp"}, "", ["video"]),
        ({"NumMedia": "1", "MediaUrl0": "u", "MediaContentType0": "text/vcard"}, "", ["contact"]),
        ({"NumMedia": "1", "MediaUrl0": "u", "MediaContentType0": "application/pdf"}, "", ["file"]),
        ({"NumMedia": "2", "MediaUrl0": "s", "MediaContentType0": "application/smil", "MediaUrl1": "u", "MediaContentType1": "image/gif"}, "", ["photo"]),
    ],
)  # fmt: skip
def test_what_can_come(sms: TwilioSms, parameters: dict[str, str], text: str, kinds: list[str]) -> None:
    update = hear(sms, **parameters)
    assert (update.id, update.address, update.kind, update.text) == ("SM1", "+15550000007", "message", text)
    assert [each.kind for each in update.attachments] == kinds


def test_what_can_come_by_whatsapp(whatsapp: TwilioWhatsApp) -> None:
    place = hear(whatsapp, Latitude="23.1", Longitude="113.3", ProfileName="Ann")
    assert place.attachments == (Attachment("place"),) and place.name == "Ann"
    sticker = {"NumMedia": "1", "MediaUrl0": "u", "MediaContentType0": "image/webp", "MessageType": "sticker"}
    assert hear(whatsapp, **sticker).attachments == (Attachment("sticker"),)
    pressed = hear(whatsapp, MessageType="button", Body="Yes", ButtonText="Yes", ButtonPayload="7.0")
    assert (pressed.kind, pressed.data) == ("press", "7.0")
    strange = hear(
        whatsapp, Body="", ButtonText="Track my order", ButtonPayload="track"
    )  # a template's of the owner
    assert (strange.kind, strange.text, strange.data) == ("message", "Track my order", None)
    quoted = hear(whatsapp, Body="this one", OriginalRepliedMessageSid="SM9")
    assert quoted.about == "SM9"
    assert hear(whatsapp, Body=" ") is None  # a reaction, and whatever else they invent


def test_each_kind_has_its_address(sms: TwilioSms, whatsapp: TwilioWhatsApp) -> None:
    assert hear(sms, From="whatsapp:+15550000007", Body="x") is None
    assert hear(whatsapp, From="+15550000007", Body="x") is None


@pytest.mark.parametrize(
    ("parameters", "by_sms", "by_whatsapp"),
    [
        ({"Body": "STOP"}, "leave", "leave"), ({"Body": " stop\n"}, "leave", "leave"), ({"Body": "OptOut"}, "leave", "leave"),
        ({"Body": "cancel"}, "leave", "message"), ({"Body": "Unsubscribe"}, "leave", "message"), ({"Body": "end"}, "leave", "message"),
        ({"Body": "stop please"}, "message", "message"), ({"Body": "Start"}, "join", "join"), ({"Body": "UNSTOP"}, "join", "join"),
        ({"Body": "yes"}, "message", "message"), ({"Body": "help"}, "message", "message"),
        ({"Body": "ARRET", "OptOutType": "STOP"}, "leave", "leave"), ({"Body": "oui", "OptOutType": "START"}, "join", "join"),
        ({"Body": "help", "OptOutType": "HELP"}, None, None),
    ],
)  # fmt: skip
def test_words_of_twilio(
    sms: TwilioSms,
    whatsapp: TwilioWhatsApp,
    parameters: dict[str, str],
    by_sms: str | None,
    by_whatsapp: str | None,
) -> None:
    for twilio, kind in ((sms, by_sms), (whatsapp, by_whatsapp)):
        update = hear(twilio, **parameters)
        assert (update.kind if update else None) == kind


def status(twilio: Twilio, state: str, **more: str) -> list[Update]:
    parameters = {"MessageSid": "SM9", "To": "+15550000007", "From": NUMBER, "MessageStatus": state, **more}
    heard = twilio.hear(call(parameters, "https://bot.example/webhooks/sms/status"))
    assert (heard.status, heard.body) == (200, b"")
    return list(heard.updates)


def test_what_became_of_our_messages(sms: TwilioSms) -> None:
    for state in ("queued", "sent", "delivered", "accepted", "canceled"):
        assert status(sms, state) == []
    (read,) = status(sms, "read")
    assert (read.kind, read.about, read.id) == ("read", "SM9", "SM9.read")
    (failed,) = status(sms, "undelivered", ErrorCode="30003")
    assert (failed.kind, failed.about, failed.data) == (
        "failed",
        "SM9",
        None,
    ) and "switched off" in failed.text
    (late,) = status(sms, "failed", ErrorCode="63016", ChannelStatusMessage="outside")
    assert late.data == "closed" and "outside" in late.text
    failed, gone = status(sms, "failed", ErrorCode="21610")
    assert (failed.kind, gone.kind, gone.address) == ("failed", "leave", "+15550000007")
    (unknown,) = status(sms, "failed")
    assert unknown.text == "0 failed"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 21610, Gone), (400, 21211, Gone), (400, 21614, Gone), (400, 63003, Gone), (400, 63016, Closed), (401, 20003, Later),
        (429, 20429, Later), (429, 0, Later), (500, 20500, Later), (503, 0, Later), (400, 21408, Later), (400, 21660, Later),
        (400, 63018, Later), (400, 21617, Refused), (400, 21612, Refused), (404, 20404, Refused), (400, 0, Refused),
    ],
)  # fmt: skip
def test_error_codes(status: int, code: int, kind: type[Exception]) -> None:
    error = twilio_errors.answered(status, code, "why", 7.0 if status == 429 else None)
    assert type(error) is kind and str(code or status) in str(error)
    if status == 429:
        assert isinstance(error, Later) and error.after == 7.0


# --- out ----------------------------------------------------------------------------------------------------


def shown(cards: int = 0, choices: int = 0, text: str = "", **card: Any) -> Shown:
    values: dict[str, Any] = {
        "price": "$19", "reason": "because “red” – you said", "picture": f"{BASE}/pictures/a.webp", "url": f"{BASE}/shop/p1", **card
    }  # fmt: skip
    return Shown(
        3,
        "bot",
        text,
        tuple(ShownCard(title=f"Card {n}", choices=(Choice("Details", f"3.{n}.0"), Choice("Similar", f"3.{n}.1")), **values) for n in range(cards)),
        tuple(Choice(f"Choice {n}", f"3.{n}") for n in range(choices)),
    )  # fmt: skip


SIZES = [
    (1, 0, ""),
    (1, 3, "x"),
    (2, 3, "x"),
    (11, 1, ""),
    (25, 30, "y" * 6000),
    (0, 2, ""),
    (0, 15, "你好" * 2000),
    (0, 0, "🙂" * 2000),
]


@pytest.fixture(params=["sms", "twilio_whatsapp"])
def driver(request: pytest.FixtureRequest, drivers: Drivers, echo: Echo) -> Iterator[TwilioDriver]:
    found = drivers.running[request.param]
    assert isinstance(found, TwilioDriver)
    found.begin()
    yield found
    found.end()


@pytest.fixture
async def ours(driver: TwilioDriver) -> AsyncIterator[Twilio]:
    """A messenger of this process, at the same platform."""
    made = (TwilioSms if driver.name == "sms" else TwilioWhatsApp).from_credentials(driver.credentials())
    assert isinstance(made, Twilio)
    yield made
    await made.client.close()


@pytest.mark.parametrize(("cards", "choices", "text"), SIZES)
@pytest.mark.parametrize("pictures", [True, False])
async def test_drawings_keep_twilios_limits(
    driver: TwilioDriver, ours: Twilio, public: None, cards: int, choices: int, text: str, pictures: bool
) -> None:
    """Everything that is drawn is taken by the fake, which checks as Twilio does."""
    ours.pictures = pictures
    contact = meet(driver.name, driver.customer())
    for piece in ours.draw(shown(cards, choices, text), contact, "en"):
        assert await ours.send(contact, piece, "k")
    sent = driver.fake.chats[contact.address]
    words = "\n".join(each["text"] for each in sent)
    assert all(f"Card {n}" in words for n in range(cards)) and all(
        f"Choice {n}" in words for n in range(choices)
    )
    assert "".join(words.split()).count("🙂") == text.count("🙂") and words.count("y") >= text.count("y")
    assert sum(len(each["media"]) for each in sent) == (cards if pictures else 0)
    assert all(each["form"]["StatusCallback"].endswith("/status") for each in sent)


def test_pictures_of_one_mms() -> None:
    (piece,) = twilio_drawing.sms(shown(3, 1, "Look:"), "en", BASE, media=True)
    assert piece["MediaUrl"] == [f"{BASE}/pictures/jpeg/a.webp.jpg"] * 3
    assert (
        "1. Card 0 - $19" in piece["Body"]
        and 'because "red" - you said' in piece["Body"]
        and piece["Body"].isascii()
    )
    first, second = twilio_drawing.sms(shown(12), "en", BASE, media=True)
    assert (len(first["MediaUrl"]), len(second["MediaUrl"]), second["Body"]) == (10, 2, "")


def test_a_picture_that_cannot_be_shown_is_a_link() -> None:
    with_picture = Shown(3, "bot", "Look:", picture=f"{BASE}/pictures/a.webp")
    (piece,) = twilio_drawing.sms(with_picture, "en", BASE, media=True)
    assert (piece["Body"], piece["words"]) == ("Look:", f"Look:\n\n{BASE}/pictures/a.webp")
    assert twilio_drawing.sms(with_picture, "en", BASE, media=False) == [
        {"Body": f"Look:\n\n{BASE}/pictures/a.webp"}
    ]
    text, image = twilio_drawing.whatsapp(with_picture, "en", BASE, media=True)
    assert text["Body"] == "Look:" and image["MediaUrl"] and image["words"] == f"{BASE}/pictures/a.webp"


def test_one_picture_a_message_on_whatsapp() -> None:
    pieces = twilio_drawing.whatsapp(shown(2, 1, "Look:"), "zh", BASE, media=True)
    assert [piece["Body"].split("\n")[0] for piece in pieces] == [
        "Look:",
        "1. Card 0 – $19",
        "2. Card 1 – $19",
        "3. Choice 0",
    ]
    assert pieces[-1]["Body"].endswith("回复数字即可选择。") and [
        len(p.get("MediaUrl", [])) for p in pieces
    ] == [0, 1, 1, 0]
    single = twilio_drawing.whatsapp(shown(1, 1), "en", BASE, media=True)
    assert single[-1]["Body"].split("\n")[:3] == ["1. Details", "2. Similar", "3. Choice 0"]
    caption, picture = twilio_drawing.whatsapp(shown(1, 0, reason="r" * 1200), "en", BASE, media=True)[:2]
    assert "MediaUrl" not in caption and picture["Body"] == "" and picture["MediaUrl"]


async def test_refused_pictures_are_words(driver: TwilioDriver, ours: Twilio, public: None) -> None:
    contact = meet(driver.name, driver.customer())
    driver.fake.mms = False
    for piece in ours.draw(shown(2, 1, "Look:"), contact, "en"):
        await ours.send(contact, piece, "k")
    driver.fake.mms = True
    sent = driver.fake.chats[contact.address]
    assert not any(each["media"] for each in sent)
    assert all(
        words in "\n".join(each["text"] for each in sent) for words in ("Card 0", "Card 1", "Choice 0")
    )


async def test_a_messaging_service_may_send(driver: TwilioDriver) -> None:
    kind = TwilioSms if driver.name == "sms" else TwilioWhatsApp
    ours = kind.from_credentials({**driver.credentials(), "number": "", "service": SERVICE})
    contact = meet(driver.name, driver.customer())
    await ours.send(contact, {"Body": "hello"}, "k")
    form = driver.fake.chats[contact.address][0]["form"]
    assert form["MessagingServiceSid"] == SERVICE and "From" not in form
    await ours.client.close()


# --- with the platform --------------------------------------------------------------------------------------


async def test_the_auth_token_goes_to_twilio_only(driver: TwilioDriver, ours: Twilio) -> None:
    url = driver.kept("image/jpeg", photo())
    driver.fake.media_asked.clear()
    driver.fake.media_at = f"http://localhost:{driver.fake.port}"  # another host
    with pytest.raises(Refused, match="localhost"):
        await ours.fetch(PERSON, Attachment("photo", url))
    ours.trusted = ("127.0.0.1", "localhost")
    assert (await ours.fetch(PERSON, Attachment("photo", url))).startswith(b"\xff\xd8")
    driver.fake.media_at = ""
    assert [with_token for _, with_token in driver.fake.media_asked] == [True, True, False]


@pytest.mark.parametrize(
    "url",
    [
        "", "https://evil.example/x", "https://api.twilio.com.evil.example/x", "https://s3-external-1.amazonaws.com/evil/x",
        "https://eviltwilio.com/x", "https://mms.twiliocdn.com/x", "file:///etc/passwd", "http://api.twilio.com/x", "https://api.twilio.com:8443/x",
    ],
)  # fmt: skip
async def test_photos_come_from_twilio_only(sms: TwilioSms, url: str) -> None:
    with pytest.raises(Refused):
        await sms.fetch(PERSON, Attachment("photo", url))


async def test_it_is_called_by_post_only(driver: TwilioDriver) -> None:
    assert await driver.call(Request(f"{driver.path}?Body=x", method="GET")) == 405


async def test_stop_and_start(driver: TwilioDriver) -> None:
    customer = driver.customer()
    await driver.say(customer, "subscribe")
    await driver.until(customer, shows("unsubscribe"))
    ours = meet(driver.name, customer).conversation

    async def until(gone: bool, consent: bool) -> None:
        for _ in range(100):
            contact = contacts.of(ours)
            assert contact is not None
            if (contact.gone, contact.consent) == (gone, consent):
                return
            await asyncio.sleep(0.05)
        pytest.fail(f"still {contact}")

    await until(gone=False, consent=True)
    await driver.leave(customer)
    await until(gone=True, consent=False)
    count = len(driver.seen(customer))
    await driver.join(customer)
    await until(gone=False, consent=driver.name == "sms")
    await driver.until(customer, shows("/greet"))
    assert len(driver.seen(customer)) == count + 1
    driver.fake.stopped.discard(customer)
    await driver.deliver(driver.request(driver.parameters(customer, Body="Oui", OptOutType="START")))
    await until(gone=False, consent=True)


async def test_who_has_stopped_behind_our_back_is_left_alone(driver: TwilioDriver) -> None:
    customer = driver.customer()
    driver.fake.stopped.add(customer)
    await driver.say(customer, "echo x")
    contact = meet(driver.name, customer)
    letters: list[Any] = []
    for _ in range(100):
        letters = [
            each
            for each in outbox.undelivered_messages(driver.name)
            if each.conversation == contact.conversation
        ]
        if letters:
            break
        await asyncio.sleep(0.05)
    assert "21610" in letters[0].failed and not driver.seen(customer)
    assert meet(driver.name, customer).gone


async def report(driver: TwilioDriver, customer: str, sid: str, state: str, **more: str) -> None:
    parameters = {
        "MessageSid": sid,
        "To": customer,
        "From": NUMBER,
        "AccountSid": ACCOUNT,
        "MessageStatus": state,
        **more,
    }
    await driver.deliver(driver.request(parameters, f"/webhooks/{driver.name}/status"))


async def test_what_was_not_delivered_is_a_dead_letter(driver: TwilioDriver) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo hello")
    await driver.until(customer, shows("echo echo hello"))
    sid = driver.fake.chats[customer][0]["sid"]
    assert await driver.call(Request(f"/webhooks/{driver.name}/status", b"MessageSid=x", {})) == 401
    await report(driver, customer, sid, "sent")
    await report(driver, customer, sid, "undelivered", ErrorCode="30003")
    conversation = meet(driver.name, customer).conversation
    letters: list[Any] = []
    for _ in range(100):
        letters = [
            each for each in outbox.undelivered_messages(driver.name) if each.conversation == conversation
        ]
        if letters:
            break
        await asyncio.sleep(0.05)
    assert "switched off" in letters[0].failed
    assert outbox.resend([letters[0].id]) == 1
    await driver.say(customer, "echo again")
    seen = await driver.until(customer, lambda seen: len(seen) == 3)
    assert [each.text for each in seen[1:]] == ["echo echo hello", "echo echo again"]


async def test_what_came_too_late_waits_for_the_customer(driver: TwilioDriver) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo hello")
    await driver.until(customer, shows("echo echo hello"))
    conversation = meet(driver.name, customer).conversation
    messages.add(conversation, [messages.Draft("agent", {"text": "it is here"})], channel=driver.name)
    await driver.until(customer, shows("it is here"))
    await report(driver, customer, driver.fake.chats[customer][1]["sid"], "failed", ErrorCode="63016")
    for _ in range(100):
        waiting = [
            each
            for each in outbox.undelivered_messages(driver.name, dead=False)
            if each.conversation == conversation
        ]
        if waiting and waiting[0].error:  # before that it is still being sent
            break
        await asyncio.sleep(0.05)
    assert "63016" in str(waiting[0].error) and len(driver.seen(customer)) == 2
    await driver.say(customer, "echo back")
    seen = await driver.until(customer, shows("echo echo back"))
    assert [each.text for each in seen[2:]] == ["it is here", "echo echo back"]


async def test_the_doctor(driver: TwilioDriver, ours: Twilio, public: None) -> None:
    sender = f"{driver.prefix}{NUMBER}"
    there = f"https://bot.example/webhooks/{driver.name}/webhook"
    driver.fake.numbers = {}
    assert [check.level for check in await ours.check()] == [
        "ok",
        "note",
    ]  # a sandbox's number is not known there
    driver.fake.numbers = {sender: "https://elsewhere.example/"}
    found = await ours.check()
    assert [check.level for check in found] == ["ok", "bad"] and there in found[1].remedy
    driver.fake.numbers = {sender: there}
    assert [check.level for check in await ours.check()] == ["ok", "ok"]
    ours.service, driver.fake.service = (
        SERVICE,
        {"inbound_request_url": there, "use_inbound_webhook_on_number": False},
    )
    assert [check.level for check in await ours.check()] == ["ok", "ok"]
    driver.fake.service["inbound_request_url"] = None
    assert "nobody" in (await ours.check())[1].what
    driver.fake.account = {"status": "active", "type": "Trial"}
    assert (await ours.check())[0].level == "note"
    driver.fake.account = {"status": "suspended", "type": "Full"}
    assert (await ours.check())[0].level == "bad"
    driver.fake.account = {"status": "active", "type": "Full"}
    ours.token = "another-secret"
    (check,) = await ours.check()
    assert check.level == "bad" and "20003" in check.what and "another-secret" not in check.what


async def test_the_doctor_wants_a_public_address(driver: TwilioDriver, ours: Twilio) -> None:
    driver.fake.numbers = {}
    assert "SHOP_PUBLIC_URL" in " ".join(check.remedy for check in await ours.check())
    assert not ours.shows_pictures


async def test_nothing_secret_is_said_when_it_fails(driver: TwilioDriver, ours: Twilio) -> None:
    contact = meet(driver.name, driver.customer())
    for code in (400, 401, 429, 500):
        driver.fail(Failure(code))
        with pytest.raises((Later, Refused)) as caught:
            await ours.send(contact, {"Body": "x"}, "k")
        assert AUTH_TOKEN not in str(caught.value)
