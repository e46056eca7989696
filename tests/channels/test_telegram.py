"""What is special about Telegram."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Choice, Shown, ShownCard
from bot.channels.base.webhook import Call, Forged
from bot.channels.runtime.contacts import meet
from bot.channels.telegram import Telegram
from bot.conversation import messages
from bot.settings import SettingError
from tests.channels.conftest import Drivers
from tests.channels.fake import Failure
from tests.channels.telegram import SECRET, TOKEN, BotApi, TelegramDriver
from tests.door.conftest import Echo
from tests.door.handing import sql

PERSON: Any = None


@pytest.fixture
def telegram() -> Telegram:
    return Telegram(Fields("telegram", {"token": TOKEN, "secret": SECRET, "username": "shop_bot"}))


def hear(telegram: Telegram, **report: Any) -> Any:
    headers = {"x-telegram-bot-api-secret-token": SECRET}
    body = json.dumps({"update_id": 1, **report}).encode()
    heard = telegram.hear(Call("POST", "/", "", {}, headers, body))
    return heard.updates[0] if heard.updates else None


def message(**content: Any) -> dict[str, Any]:
    sender = {"id": 7, "is_bot": False, "first_name": "Ann", "language_code": "zh-hans"}
    chat = content.pop("chat", {"id": 7, "type": "private"})
    return {"message_id": 1, "from": sender, "chat": chat, "date": 1, **content}


@pytest.mark.parametrize(
    "fields", [{}, {"token": "x"}, {"secret": "x"}, {"token": "${NOT_SET}", "secret": "x"}]
)
def test_credentials_are_complained_of(fields: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="telegram"):
        Telegram(Fields("telegram", fields))


@pytest.mark.parametrize("header", [None, "", "wrong", SECRET + "x", SECRET[:-1], SECRET.upper(), "ä"])
def test_the_secret_proves_the_caller(telegram: Telegram, header: str | None) -> None:
    headers = {} if header is None else {"x-telegram-bot-api-secret-token": header}
    with pytest.raises(Forged):
        telegram.hear(Call("POST", "/", "", {}, headers, b"{}"))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"voice": {"file_id": "a"}}, "voice"), ({"sticker": {"file_id": "a"}}, "sticker"),
        ({"video_note": {}}, "video"), ({"location": {}}, "place"), ({"contact": {}}, "contact"),
        ({"document": {"file_id": "a", "mime_type": "application/pdf"}}, "file"),
        ({"document": {"file_id": "a", "mime_type": "image/png"}}, "photo"),
        ({"animation": {"file_id": "a"}, "document": {"file_id": "a", "mime_type": "video/mp4"}}, "video"),
        ({"photo": [{"file_id": "small"}, {"file_id": "large"}]}, "photo"),
    ],
)  # fmt: skip
def test_what_can_come(telegram: Telegram, content: dict[str, Any], kind: str) -> None:
    update = hear(telegram, message=message(**content))
    assert [each.kind for each in update.attachments] == [kind] and update.language == "zh-hans"
    if "photo" in content:
        assert update.attachments[0].ref == "large"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"text": "hi all"}, None),
        ({"text": "@shop_bot red dress"}, "red dress"),
        ({"text": "hey @Shop_Bot, red dress"}, "hey , red dress"),
        ({"text": "/help@shop_bot"}, "/help"),
        ({"text": "that one", "reply_to_message": {"from": {"id": 4242}}}, "that one"),
        ({"text": "that one", "reply_to_message": {"from": {"id": 8}}}, None),
        ({"photo": [{"file_id": "x"}], "caption": "@shop_bot this"}, "this"),
    ],
)
def test_in_groups_only_when_spoken_to(telegram: Telegram, content: dict[str, Any], text: str | None) -> None:
    update = hear(telegram, message=message(chat={"id": -5, "type": "supergroup"}, **content))
    assert (update.text if update else None) == text
    if update:
        assert update.address == "-5:7" and update.in_group


def test_other_bots_and_channels_are_not_heard(telegram: Telegram) -> None:
    from_bot = message(text="@shop_bot hi") | {"from": {"id": 9, "is_bot": True}}
    assert hear(telegram, message=from_bot) is None
    assert hear(telegram, channel_post={"chat": {"id": 1}, "text": "x"}) is None
    assert hear(telegram, my_chat_member={"chat": {"id": -5, "type": "group"}}) is None


def shown(cards: int = 0, choices: int = 0, text: str = "") -> Shown:
    return Shown(
        3,
        "bot",
        text,
        tuple(
            ShownCard(
                f"Card {n}",
                "$1",
                "r" * 2000,
                "https://x.example/p.jpg",
                "https://x.example/p",
                (Choice("B" * 99, f"3.{n}.0"),),
            )
            for n in range(cards)
        ),
        tuple(Choice(f"Choice {n}", f"3.{n}") for n in range(choices)),
    )


@pytest.mark.parametrize(
    ("cards", "choices", "text"), [(1, 0, ""), (2, 3, "x"), (11, 1, ""), (25, 30, "y" * 9000), (0, 2, "")]
)
def test_drawings_keep_telegrams_limits(telegram: Telegram, cards: int, choices: int, text: str) -> None:
    """Everything that is drawn is taken by the fake, which checks as Telegram does."""
    pieces = telegram.draw(shown(cards, choices, text), PERSON, "en")
    api = BotApi()
    for piece in pieces:
        values = {"chat_id": 1, **{key: value for key, value in piece.items() if key != "method"}}
        getattr(api, f"do_{piece['method']}")(json.loads(json.dumps(values)), {})
    kept = api.chats["1"].values()
    assert sum(each.get("pictures", 0) for each in kept) == cards
    keys = [
        button
        for each in kept
        for row in (each["reply_markup"] or {}).get("inline_keyboard", [])
        for button in row
    ]
    assert [key["text"] for key in keys if key["text"].startswith("Choice")] == [
        f"Choice {n}" for n in range(choices)
    ]


@pytest.fixture
def driver(drivers: Drivers, echo: Echo) -> TelegramDriver:
    found = drivers.running["telegram"]
    assert isinstance(found, TelegramDriver)
    found.begin()
    return found


async def test_pages_are_turned_in_place(driver: TelegramDriver) -> None:
    customer = driver.customer()
    await driver.say(customer, "cards")
    seen = await driver.until(customer, lambda seen: any("Show more" in each.buttons for each in seen))
    assert sum(each.pictures for each in seen) == 3
    await driver.press(customer, "2")
    seen = await driver.until(customer, lambda seen: any("2/3" in each.buttons for each in seen))
    assert [each.text.split("\n")[0] for each in seen if "2/3" in each.buttons] == ["Dress 2 – $10"]
    assert any("Details" in each.buttons for each in seen)
    await driver.press(customer, "›")
    await driver.until(customer, lambda seen: any("3/3" in each.buttons for each in seen))
    count = len(driver.seen(customer))
    await driver.press(customer, "Details")
    seen = await driver.until(customer, lambda seen: any("/details" in each.text for each in seen))
    assert len(seen) == count + 1 and driver.fake.answered
    await driver.press(customer, "3/3")
    await driver.until(customer, lambda seen: any("1" in each.buttons for each in seen))
    driver.end()


async def test_a_stale_or_made_up_press_does_nothing(driver: TelegramDriver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.say(customer, "shop")
    await driver.until(customer, lambda seen: any("plain" in each.buttons for each in seen))
    number = max(driver.fake.chats[customer])
    for data in ("999.0", "2.77", "/restart", "page.2.99", "page.999.1", "page.x", ""):
        await driver._pressed(customer, number, data)
    await driver.until(customer, lambda seen: sum("no longer" in each.text for each in seen) >= 6)
    assert echo.asked(meet("telegram", customer).conversation) == ["shop"]


async def test_who_blocks_us_is_left_alone(driver: TelegramDriver) -> None:
    customer = driver.customer()
    await driver.say(customer, "hold x")
    driver.fail(Failure(403))
    conversation = meet("telegram", customer).conversation
    messages.add(conversation, [messages.Draft("agent", {"text": "hello?"})], channel="telegram")
    for _ in range(100):
        if sql("SELECT 1 FROM messenger_people WHERE conversation = :c AND gone", c=conversation):
            return
        await asyncio.sleep(0.1)
    pytest.fail("still there")


async def test_the_doctor(driver: TelegramDriver) -> None:
    telegram = Telegram.from_credentials(driver.credentials())
    driver.fake.hook = {}
    assert [check.level for check in await telegram.check()] == ["ok", "bad"]
    driver.fake.hook = {"url": telegram.webhook_url}  # type: ignore[attr-defined]
    assert [check.level for check in await telegram.check()] == ["ok"]
    driver.fail(Failure(401, path="getMe"))
    (check,) = await telegram.check()
    assert check.level == "bad" and TOKEN not in check.what
    await telegram.client.close()
