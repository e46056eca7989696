"""What is special about WeChat."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from wechatpy.crypto import WeChatCrypto

from bot.channels.base.api_client import Client, Closed, Gone, Later, Refused
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Choice, Shown, ShownCard
from bot.channels.base.update import Attachment
from bot.channels.base.webhook import Call, Forged
from bot.channels.runtime import outbox
from bot.channels.runtime.contacts import meet
from bot.channels.wechat import WeChat, menu_page
from bot.channels.wechat import xml as wechat_xml
from bot.channels.wechat.api import Api, complain
from bot.channels.wechat.crypto import Cipher, signature, signed
from bot.channels.wechat.drawing import draw
from bot.conversation import messages
from bot.settings import SettingError, settings
from tests.channels.conftest import Drivers
from tests.channels.driver import Request
from tests.channels.fake import Failure
from tests.channels.test_conversation import shows
from tests.channels.wechat import (
    AES_KEY,
    APP_ID,
    PATH,
    SECRET,
    TOKEN,
    WeChatApi,
    WeChatDriver,
    encrypted,
    query,
    xml,
)
from tests.door.conftest import Echo

CREDENTIALS = {"app_id": APP_ID, "secret": SECRET, "token": TOKEN}
PICTURE = "/pictures/p0001.webp"  # of the demo catalogue
ANN = "o" + "A" * 27
PERSON: Any = None
SEND = "/cgi-bin/message/custom/send"
BASE = "https://shop.example"

# --- proof and encryption -----------------------------------------------------------------------------------

# From Tencent's example of its encryption.
SAMPLE_TOKEN, SAMPLE_APP, SAMPLE_TIME, SAMPLE_NONCE = (
    "spamtest",
    "wx2c2769f8efd9abc2",
    "1409735669",
    "1320562132",
)
SAMPLE_SIGNATURE = "5d197aaffba7e9b25a30732f161a50dee96bd5fa"
SAMPLE = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpbUAh"
    "0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRj"
    "pA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6"
    "OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)


def test_the_platforms_own_example() -> None:
    assert signature(SAMPLE_TOKEN, SAMPLE_TIME, SAMPLE_NONCE, SAMPLE) == SAMPLE_SIGNATURE
    assert signed("16120ec1b8dbb870f510d87ce6bc2463eae6ca1a", SAMPLE_TOKEN, SAMPLE_TIME, SAMPLE_NONCE)
    message = wechat_xml.read(Cipher(AES_KEY, SAMPLE_APP).decrypt(SAMPLE))
    assert (message["MsgType"], message["Content"], message["MsgId"]) == (
        "text",
        "abcdteT",
        "6054768590064713728",
    )


@given(st.text(max_size=300))
def test_encryption_is_wechatpys(text: str) -> None:
    theirs, ours = WeChatCrypto(TOKEN, AES_KEY, APP_ID), Cipher(AES_KEY, APP_ID)
    sealed = wechat_xml.read(theirs.encrypt_message(text, "n", "1700000000").encode())
    assert signed(sealed["MsgSignature"], TOKEN, "1700000000", "n", sealed["Encrypt"])
    assert ours.decrypt(sealed["Encrypt"]).decode() == text
    back = {"Encrypt": ours.encrypt(text.encode())}
    proof = signature(TOKEN, "1700000000", "n", back["Encrypt"])
    assert theirs.decrypt_message(back, proof, "1700000000", "n") == text


@pytest.mark.parametrize("encrypted", ["", "!", "QQ==", "A" * 44, "A" * 64, SAMPLE[:-8], "A" * 43 + "="])
def test_what_is_not_encrypted_for_us_is_refused(encrypted: str) -> None:
    for app_id in (APP_ID, SAMPLE_APP):
        with pytest.raises(ValueError):
            Cipher(AES_KEY, app_id).decrypt(encrypted)
    with pytest.raises(ValueError, match="another account"):
        Cipher(AES_KEY, APP_ID).decrypt(SAMPLE)


# --- in -----------------------------------------------------------------------------------------------------


@pytest.fixture
def wechat() -> WeChat:
    return WeChat(Fields("wechat", {**CREDENTIALS, "aes_key": AES_KEY}))


@pytest.fixture
def plain() -> WeChat:
    return WeChat(Fields("wechat", CREDENTIALS))


def call(request: Request) -> Call:
    parts = urlsplit(request.path)
    return Call(request.method, parts.path, "", dict(parse_qsl(parts.query)), {}, request.body)


def hear(wechat: WeChat, kind: str, **values: object) -> Any:
    values = {"FromUserName": ANN, "CreateTime": 1348831860, "MsgType": kind, "MsgId": 42, **values}
    heard = wechat.hear(call(encrypted(xml(**values))))
    assert (heard.status, heard.body) == (200, b"success")
    return heard.updates[0] if heard.updates else None


@pytest.mark.parametrize(
    "change", [{"app_id": ""}, {"secret": ""}, {"token": "${NOT_SET}"}, {"aes_key": "short"}, {"aes_key": "!" * 43}]
)  # fmt: skip
def test_credentials_are_complained_of(change: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="wechat"):
        WeChat(Fields("wechat", CREDENTIALS | change))


def test_the_address_is_verified(wechat: WeChat) -> None:
    asked = Request(f"{PATH}?{urlencode(query(echostr='shr5ch'))}", method="GET")
    heard = wechat.hear(call(asked))
    assert (heard.body, heard.updates) == (b"shr5ch", ())
    with pytest.raises(Forged):
        wechat.hear(call(Request(asked.path.replace("signature=", "signature=0"), method="GET")))
    with pytest.raises(Forged):
        wechat.hear(call(Request(f"{PATH}?{urlencode(query(1409735669, echostr='x'))}", method="GET")))


@pytest.mark.parametrize("seconds", [-290, 290, -301, 301])
def test_old_calls_are_refused(wechat: WeChat, seconds: int) -> None:
    request = encrypted(
        xml(FromUserName=ANN, MsgType="text", MsgId=1, Content="x"), int(time.time()) + seconds
    )
    if abs(seconds) < 300:
        assert wechat.hear(call(request)).updates
    else:
        with pytest.raises(Forged):
            wechat.hear(call(request))


@pytest.mark.parametrize("timestamp", ["", "x", "-1", "１", "1e9", "9" * 40])
def test_a_time_that_is_none_is_refused(wechat: WeChat, timestamp: str) -> None:
    proof = {"timestamp": timestamp, "nonce": "n", "signature": signature(TOKEN, timestamp, "n")}
    with pytest.raises(Forged):
        wechat.hear(Call("POST", PATH, "", proof, {}, b""))


def test_plain_mode(plain: WeChat, wechat: WeChat) -> None:
    message = xml(FromUserName=ANN, CreateTime=1, MsgType="text", MsgId=1, Content="hello")
    request = Request(f"{PATH}?{urlencode(query())}", message.encode())
    assert plain.hear(call(request)).updates[0].text == "hello"
    with pytest.raises(Forged, match="not encrypted"):
        wechat.hear(call(request))
    with pytest.raises(Forged, match="aes_key"):
        plain.hear(call(encrypted(message)))


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE xml [<!ENTITY a "b">]><xml><Content>&a;</Content></xml>',
        '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>',
        '<!DOCTYPE xml SYSTEM "http://127.0.0.1/x.dtd"><xml/>', '<?xml version="1.0"?><!DOCTYPE xml><xml/>',
        "<xml>&a;</xml>", "<xml>", "", "{}", "<xml/><xml/>", '<?xml version="1.0" encoding="no-such"?><xml/>',
    ],
)  # fmt: skip
def test_xml_is_read_without_its_traps(plain: WeChat, document: str) -> None:
    with pytest.raises(ValueError):
        wechat_xml.read(document.encode())
    with pytest.raises(ValueError):
        plain.hear(call(Request(f"{PATH}?{urlencode(query())}", document.encode())))


def test_xml_may_speak_of_anything() -> None:
    read = wechat_xml.read(
        b"<xml><A><![CDATA[<!DOCTYPE x> <b>&amp;]]></A><B>1 &lt; 2 &#x1F642;<C>deep</C></B><D/></xml>"
    )
    assert read == {"A": "<!DOCTYPE x> <b>&amp;", "B": "1 < 2 🙂", "D": ""}


@pytest.mark.parametrize(
    ("kind", "values", "text", "attachment"),
    [
        ("text", {"Content": "红色连衣裙 <b>"}, "红色连衣裙 <b>", None),
        ("text", {"Content": "【收到不支持的消息类型，暂无法显示】"}, "", Attachment("sticker")),
        ("image", {"PicUrl": "http://mmbiz.qpic.cn/x", "MediaId": "m"}, "", Attachment("photo", "m http://mmbiz.qpic.cn/x")),
        ("voice", {"MediaId": "m", "Recognition": "红色 连衣裙。"}, "红色 连衣裙。", None),
        ("voice", {"MediaId": "m", "Recognition": ""}, "", Attachment("voice")),
        ("video", {"MediaId": "m"}, "", Attachment("video")), ("shortvideo", {"MediaId": "m"}, "", Attachment("video")),
        ("location", {"Location_X": 23}, "", Attachment("place")), ("file", {"Title": "x"}, "", Attachment("file")),
        ("link", {"Title": "Dress", "Description": "d", "Url": "https://x.example/"}, "Dress\nhttps://x.example/", None),
    ],
)  # fmt: skip
def test_what_can_come(
    wechat: WeChat, kind: str, values: dict[str, Any], text: str, attachment: Attachment | None
) -> None:
    update = hear(wechat, kind, **values)
    assert (update.id, update.address, update.kind, update.language) == ("42", ANN, "message", "zh")
    assert (update.text, update.attachments) == (text, (attachment,) if attachment else ())


@pytest.mark.parametrize(
    ("event", "key", "kind", "text"),
    [
        ("subscribe", "", "join", ""), ("subscribe", "qrscene_7", "join", ""), ("SCAN", "7", "join", ""),
        ("unsubscribe", "", "leave", ""), ("CLICK", "新品", "message", "新品"), ("CLICK", "", None, ""),
        ("VIEW", "https://x.example", None, ""), ("LOCATION", "", None, ""), ("TEMPLATESENDJOBFINISH", "", None, ""),
    ],
)  # fmt: skip
def test_events(wechat: WeChat, event: str, key: str, kind: str | None, text: str) -> None:
    update = hear(wechat, "event", Event=event, EventKey=key)
    if kind is None:
        assert update is None
        return
    assert (update.kind, update.text, update.address) == (kind, text, ANN)
    assert update.id == f"{ANN}.1348831860.{event}.{key}"


def test_a_tap_on_a_menu_is_a_press(wechat: WeChat) -> None:
    update = hear(wechat, "text", Content="1. Details", bizmsgmenuid="7.0.1")
    assert (update.kind, update.data) == ("press", "7.0.1")
    strange = hear(wechat, "text", Content="满意", bizmsgmenuid="101")  # a menu of somebody else's
    assert (strange.kind, strange.text, strange.data) == ("message", "满意", None)
    assert hear(wechat, "miniprogrampage", Title="x") is None


@pytest.mark.parametrize("values", [{"MsgId": "x"}, {"FromUserName": None}, {"MsgType": None}])
def test_nonsense_is_malformed(plain: WeChat, values: dict[str, Any]) -> None:
    whole = {"FromUserName": ANN, "MsgType": "text", "MsgId": 1, "Content": "x"} | values
    message = xml(**{name: value for name, value in whole.items() if value is not None})
    with pytest.raises((ValueError, KeyError)):
        plain.hear(call(Request(f"{PATH}?{urlencode(query())}", message.encode())))


# --- out ----------------------------------------------------------------------------------------------------


def shown(cards: int = 0, choices: int = 0, text: str = "", **card: Any) -> Shown:
    values: dict[str, Any] = {
        "price": "¥199", "reason": "因为您喜欢红色" * 20, "picture": "https://shop.example/pictures/a.webp",
        "url": "https://shop.example/shop/p1?a=1", **card,
    }  # fmt: skip
    return Shown(
        3,
        "bot",
        text,
        tuple(
            ShownCard(title=f"Card {n} 红色碎花连衣裙" * 3, choices=(Choice("详情" * 40, f"3.{n}.0"), Choice("类似", f"3.{n}.1")), **values)
            for n in range(cards)
        ),
        tuple(Choice(f"Choice {n}", f"3.{n}") for n in range(choices)),
    )  # fmt: skip


def take(pieces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the fake, which checks as WeChat does, makes of pieces; pictures as their numbers."""
    api = WeChatApi(left={ANN: 99})
    for piece in pieces:
        body = {name: value for name, value in piece.items() if name not in ("words", "sheet")}
        if "sheet" in piece:
            api.chats[ANN].append({"text": "", "sheet": [number for number, _ in piece["sheet"]]})
        else:
            api._take(ANN, {"touser": ANN, **body})
        if piece.get("words"):
            api.do_text({"content": piece["words"]})
    return api.chats[ANN]


@pytest.mark.parametrize(
    ("cards", "choices", "text"),
    [(1, 0, ""), (1, 3, "x"), (2, 3, "x"), (11, 1, ""), (25, 30, "y" * 6000), (0, 2, ""), (0, 15, "你好" * 2000), (0, 1, "🙂" * 500)],
)  # fmt: skip
def test_drawings_keep_wechats_limits(cards: int, choices: int, text: str) -> None:
    seen = take(draw(shown(cards, choices, text), "zh", BASE))
    words = "".join(each["text"] for each in seen)
    assert all(f"Card {n}" in words for n in range(cards))
    rows = [row for each in seen for row in each.get("menu", [])]
    assert [row["id"] for row in rows if row["id"].count(".") == 1] == [f"3.{n}" for n in range(choices)]
    assert [row["content"].split(". ")[0] for row in rows] == [str(n + 1) for n in range(len(rows))]
    assert "".join(words.split()).count("y") == text.count("y") and words.count("🙂") == text.count("🙂")
    if cards > 1:
        assert [number for each in seen for number in each.get("sheet", [])] == list(range(1, cards + 1))
        assert all(row["id"] == f"3.{n}.0" for n, row in enumerate(rows[:cards]))


def test_few_messages_are_drawn() -> None:
    """Three are allowed after a tap on a menu."""
    for cards, choices, most in ((1, 0, 2), (1, 3, 2), (3, 2, 3), (0, 4, 1), (0, 0, 1)):
        assert len(draw(shown(cards, choices, "Look:", reason="red"), "en", BASE)) == most


def test_one_product_is_an_article() -> None:
    article, menu = draw(shown(1, 1, "Look:", reason="red"), "en", BASE)
    (card,) = article["news"]["articles"]
    assert card["description"] == "¥199\nred" and card["url"] == "https://shop.example/shop/p1?a=1"
    assert card["picurl"] == "https://shop.example/pictures/jpeg/a.webp.jpg"
    assert menu["msgmenu"]["head_content"] == "Look:" and len(menu["msgmenu"]["list"]) == 3
    assert "Reply with a number" in menu["msgmenu"]["tail_content"]


def test_one_product_without_a_page_is_a_picture_and_words() -> None:
    picture, menu = draw(shown(1, 0, "Look:", reason="red", url=None), "en", BASE)
    assert "¥199" in menu["msgmenu"]["head_content"] and picture["sheet"] == [
        [0, "https://shop.example/pictures/a.webp"]
    ]


def test_links_are_not_cut() -> None:
    pieces = draw(shown(40, 0, "", url="https://shop.example/" + "x" * 300), "en", BASE)
    assert sum(piece["text"]["content"].count("</a>") for piece in pieces if piece["msgtype"] == "text") == 40
    take(pieces)
    unsafe = draw(shown(2, 0, "", url='https://x.example/"><script>'), "en", BASE)
    assert "<a" not in unsafe[0]["text"]["content"]


async def test_a_sheet_shows_all_pictures() -> None:
    for many, size in ((1, (360, 360)), (2, (728, 360)), (3, (728, 728)), (12, (1464, 1096))):
        data = await menu_page.jpeg([(n + 1, PICTURE) for n in range(many)], "https://x.example")
        assert data is not None and Image.open(io.BytesIO(data)).size == size
    assert await menu_page.jpeg([(1, "https://elsewhere.example/a.jpg")], "https://x.example") is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (45015, Closed), (45047, Closed), (43004, Gone), (48002, Gone), (40003, Gone), (-1, Later), (45009, Later), (45011, Later),
        (40164, Later), (48001, Later), (42001, Later), (45002, Refused), (99999, Refused),
    ],
)  # fmt: skip
def test_error_codes(code: int, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        complain(code, "why")
    assert type(caught.value) is kind and str(code) in str(caught.value)


# --- with the platform --------------------------------------------------------------------------------------


@pytest.fixture
def driver(drivers: Drivers, echo: Echo) -> WeChatDriver:
    found = drivers.running["wechat"]
    assert isinstance(found, WeChatDriver)
    found.begin()
    return found


@pytest.fixture
async def api(drivers: Drivers) -> AsyncIterator[Api]:
    client = Client()
    yield Api(client, drivers.running["wechat"].fake.url, APP_ID, SECRET)
    await client.close()


async def test_the_handshake(driver: WeChatDriver) -> None:
    asked = Request(f"{PATH}?{urlencode(query(echostr='<b>5736</b>'))}", method="GET")
    assert await driver.call(asked) == 200 and driver.answer == b"<b>5736</b>"
    assert await driver.call(Request(f"{PATH}?echostr=1", method="GET")) == 401


async def test_it_is_acknowledged_at_once(driver: WeChatDriver, echo: Echo) -> None:
    customer = driver.customer()
    begin = time.monotonic()
    await driver.say(customer, "hold on")
    assert driver.answer == b"success" and time.monotonic() - begin < 5
    assert not driver.seen(customer)
    echo.go(meet("wechat", customer).conversation)
    await driver.until(customer, shows("echo hold on"))


def say(text: str) -> dict[str, Any]:
    return {"touser": ANN, "msgtype": "text", "text": {"content": text}}


async def test_a_token_that_is_over_is_renewed_once_for_all(api: Api, driver: WeChatDriver) -> None:
    fake = driver.fake
    token = await api.token()
    fake.asked.clear()
    fake.expire()
    fake.left[ANN] = 5
    await asyncio.gather(*(api.post(SEND, say(f"你好 {n}")) for n in range(5)))
    assert len(fake.chats.pop(ANN)) == 5 and fake.asked == [False] and await api.token() != token
    driver.end()


async def test_a_token_that_should_hold_and_does_not_is_made_anew(api: Api, driver: WeChatDriver) -> None:
    fake = driver.fake
    fake.refused.add(await api.token())
    fake.asked.clear()
    fake.left[ANN] = 5
    await api.post(SEND, say("x"))
    assert fake.asked == [False, True] and len(fake.chats.pop(ANN)) == 1
    fake.refused.add(await api.token())  # but not again and again: there are twenty a day
    with pytest.raises(Later):
        await api.post(SEND, say("x"))
    assert fake.asked == [False, True, False]
    fake.expire()
    await api.post(SEND, say("x"))
    driver.end()


async def test_a_token_is_renewed_before_it_is_over(
    api: Api, driver: WeChatDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.token()
    driver.fake.asked.clear()
    now = time.monotonic()
    monkeypatch.setattr("bot.channels.wechat.api.time.monotonic", lambda: now + 7000)
    await api.token()
    assert driver.fake.asked == []
    monkeypatch.setattr("bot.channels.wechat.api.time.monotonic", lambda: now + 7090)
    assert await api.token() == driver.fake.token and driver.fake.asked == [False]  # the same: never by force
    driver.fake.expire()
    monkeypatch.setattr("bot.channels.wechat.api.time.monotonic", lambda: now + 14200)
    assert await api.token() == driver.fake.token and driver.fake.asked == [False, False]


async def test_photos_come_by_their_id_if_not_by_their_address(driver: WeChatDriver) -> None:
    wechat = WeChat.from_credentials(driver.credentials())
    driver.fake.files["m1"] = b"the photo"
    gone = Attachment("photo", f"m1 {driver.fake.url}/mmbiz/gone.jpg")
    for attachment in (gone, Attachment("photo", "m1 "), Attachment("photo", "m1 http://127.0.0.2/x")):
        assert await wechat.fetch(PERSON, attachment) == b"the photo"
    await wechat.api.token()
    driver.fake.expire()  # the error comes as JSON in place of the photo
    assert await wechat.fetch(PERSON, gone) == b"the photo"
    for nowhere in ("none ", " http://127.0.0.2/x", " http://mmbiz.qpic.cn.evil.example/x", " "):
        with pytest.raises(Refused):
            await wechat.fetch(PERSON, Attachment("photo", nowhere))
    await wechat.client.close()


def menus(many: int) -> Any:
    return lambda seen: [bool(each.buttons) for each in seen].count(True) == many


async def test_cards_are_a_sheet_and_a_menu(driver: WeChatDriver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.say(customer, "cards")
    seen = await driver.until(customer, menus(1))
    assert [each.pictures for each in seen] == [0, 1, 0]
    assert seen[-1].buttons == ("Dress 1", "Dress 2", "Dress 3", "Show more")
    uploaded = dict(driver.fake.uploads)
    assert Image.open(io.BytesIO(list(uploaded.values())[-1])).size == (728, 728)
    await driver.press(customer, "Dress 2")
    await driver.until(customer, shows("/details"))
    await driver.say(customer, "cards")
    await driver.until(customer, menus(2))
    await driver.say(customer, "4")  # typed
    await driver.until(customer, shows("echo /show_more"))
    commands = [command for who, command in driver.fake.typing if who == customer]
    assert commands.count("Typing") >= 2
    driver.end()


async def test_a_picture_is_uploaded_once_in_a_while(driver: WeChatDriver) -> None:
    wechat = WeChat.from_credentials(driver.credentials())
    contact = meet("wechat", driver.customer())
    driver.fake.left[contact.address] = 9
    before = set(driver.fake.uploads)
    piece = {"msgtype": "image", "sheet": [[1, PICTURE], [2, PICTURE]], "words": ""}
    for _ in range(2):
        await wechat.send(contact, piece, "k")
    (new,) = set(driver.fake.uploads) - before
    del driver.fake.uploads[new]  # three days later
    await wechat.send(contact, piece, "k")
    assert len(set(driver.fake.uploads) - before) == 1 and len(driver.seen(contact.address)) == 3
    await wechat.send(
        contact, {**piece, "sheet": [[0, "https://elsewhere.example/a.jpg"]], "words": "a link"}, "k"
    )
    assert driver.seen(contact.address)[-1].text == "a link"
    await wechat.client.close()
    driver.end()


async def test_where_there_are_no_menus_there_are_words(driver: WeChatDriver, echo: Echo) -> None:
    customer = driver.customer()
    driver.fake.menus = False  # a test account
    await driver.say(customer, "shop")
    await driver.until(customer, shows("3. plain"))
    driver.fake.menus = True
    await driver.say(customer, "3")
    await driver.until(customer, shows("echo plain words"))
    assert echo.asked(meet("wechat", customer).conversation) == ["shop", "plain words"]
    driver.end()


async def test_what_is_too_much_waits_for_the_customer(driver: WeChatDriver) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo hello")
    await driver.until(customer, shows("echo echo hello"))
    conversation = meet("wechat", customer).conversation
    drafts = [messages.Draft("agent", {"text": f"news {number}"}) for number in range(6)]
    messages.add(conversation, drafts, channel="wechat")
    await driver.until(customer, lambda seen: len(seen) == 5)
    for _ in range(100):
        waiting = [
            each
            for each in outbox.undelivered_messages("wechat", dead=False)
            if each.conversation == conversation
        ]
        if len(waiting) == 2 and waiting[0].error:
            break
        await asyncio.sleep(0.05)
    assert "45047" in str(waiting[0].error) and len(driver.seen(customer)) == 5
    await driver.say(customer, "echo back")
    seen = await driver.until(customer, shows("echo echo back"))
    assert [each.text for each in seen[5:]] == ["news 4", "news 5", "echo echo back"]
    driver.end()


async def test_the_platforms_own_word_on_the_window_counts(driver: WeChatDriver) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo hello")
    await driver.until(customer, shows("echo echo hello"))
    driver.fake.closed.add(customer)
    conversation = meet("wechat", customer).conversation
    messages.add(conversation, [messages.Draft("agent", {"text": "it is here"})], channel="wechat")
    for _ in range(100):
        if any(
            each.conversation == conversation and each.error
            for each in outbox.undelivered_messages("wechat", dead=False)
        ):
            break
        await asyncio.sleep(0.05)
    await driver.say(customer, "echo back")
    seen = await driver.until(customer, shows("echo echo back"))
    assert [each.text for each in seen[1:]] == ["it is here", "echo echo back"]
    driver.end()


async def test_voice_that_is_recognised_is_answered(driver: WeChatDriver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.deliver(
        encrypted(driver.report(customer, "voice", MediaId="v", Recognition="echo 红色连衣裙"))
    )
    await driver.until(customer, shows("echo echo 红色连衣裙"))


async def test_an_own_menus_button_speaks(driver: WeChatDriver) -> None:
    customer = driver.customer()
    await driver.event(customer, "CLICK", "echo 新品")
    await driver.until(customer, shows("echo echo 新品"))


async def test_an_event_that_comes_twice_is_one(driver: WeChatDriver) -> None:
    customer = driver.customer()
    request = encrypted(driver.report(customer, "event", Event="subscribe", EventKey=""))
    await asyncio.gather(*(driver.deliver(request) for _ in range(3)))
    await driver.until(customer, shows("/greet"))
    await driver.deliver(request)
    await asyncio.sleep(0.5)
    assert len(driver.seen(customer)) == 1


async def test_the_doctor(driver: WeChatDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    wechat = WeChat.from_credentials(driver.credentials())
    monkeypatch.setenv("SHOP_PUBLIC_URL", "https://bot.example")
    settings.cache_clear()
    try:
        assert [check.level for check in await wechat.check()] == ["ok", "ok", "ok"]
        driver.fake.dns, dns = [], driver.fake.dns
        driver.fake.quota, quota = {"daily_limit": 10, "used": 10, "remain": 0}, driver.fake.quota
        assert [check.level for check in await wechat.check()] == ["ok", "bad", "bad"]
        driver.fake.dns, driver.fake.quota, driver.fake.verified = dns, quota, False
        assert "verified" in (await wechat.check())[1].remedy
        driver.fake.verified, driver.fake.whitelisted = True, False
        wechat.api._until = 0
        (check,) = await wechat.check()
        assert "192.0.2.7" in check.what and "IP whitelist" in check.remedy and SECRET not in check.what
    finally:
        driver.fake.whitelisted = True
        settings.cache_clear()
    plain = WeChat.from_credentials({**driver.credentials(), "aes_key": "", "secret": "wrong"})
    (check,) = await plain.check()
    assert check.level == "bad" and "AppSecret" in check.remedy and "40125" in check.what
    for each in (wechat, plain):
        await each.client.close()


async def test_nothing_secret_is_said_when_it_fails(
    driver: WeChatDriver, caplog: pytest.LogCaptureFixture
) -> None:
    wechat = WeChat.from_credentials(driver.credentials())
    for status in (400, 401, 429, 500):
        driver.fail(Failure(status, path="/custom/send"))
        with pytest.raises((Later, Refused)) as caught:
            await wechat.api.post(SEND, {**say("x"), "touser": "o" * 28})
        assert "token-" not in str(caught.value) and SECRET not in str(caught.value)
    assert "token-" not in caplog.text
    await wechat.client.close()
