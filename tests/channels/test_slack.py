"""What is special about Slack."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.channels.base.api_client import Gone, Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Choice, Shown, ShownCard
from bot.channels.base.update import Attachment, Update
from bot.channels.base.webhook import Call, Forged
from bot.channels.runtime import contacts
from bot.channels.slack import Slack
from bot.channels.slack import channel as slack
from bot.channels.slack import drawing as slack_drawing
from bot.channels.slack import events as slack_events
from bot.conversation import messages
from bot.settings import SettingError, settings
from bot.support import handoff
from tests.channels.conftest import Drivers
from tests.channels.driver import texts
from tests.channels.fake import Failure
from tests.channels.slack import BOT, SECRET, TOKEN, SlackDriver, WebApi
from tests.door.conftest import Echo
from tests.door.handing import Desk

PERSON = Contact("slack", "D1:U1", "slack-1", "en", None, datetime.now(timezone.utc), False, False)
AMONG = dataclasses.replace(PERSON, address="C1:U1:1.0")
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def ours() -> Slack:
    return Slack(Fields("slack", {"token": TOKEN, "signing_secret": SECRET}))


@pytest.mark.parametrize("fields", [{}, {"token": "x"}, {"token": "${NOT_SET}", "signing_secret": "x"}])
def test_credentials_are_complained_of(fields: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="slack"):
        Slack(Fields("slack", fields))


# --- proof --------------------------------------------------------------------------------------------------

# The example of Slack's documentation.
EXAMPLE = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
    b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
    b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id="
    b"398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
EXAMPLE_HEADERS = {
    "x-slack-request-timestamp": "1531420618",
    "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    "content-type": FORM,
}


@pytest.mark.parametrize(
    ("after", "body", "taken"),
    [(0, EXAMPLE, True), (299, EXAMPLE, True), (-299, EXAMPLE, True), (301, EXAMPLE, False), (-301, EXAMPLE, False),
     (0, EXAMPLE + b"x", False)],
)  # fmt: skip
def test_the_example_of_the_documentation(
    monkeypatch: pytest.MonkeyPatch, after: int, body: bytes, taken: bool
) -> None:
    ours = Slack(Fields("slack", {"token": "x", "signing_secret": "8f742231b10e8888abcd99yyyzzz85a5"}))
    monkeypatch.setattr(slack.time, "time", lambda: 1531420618.0 + after)
    with pytest.raises(KeyError if taken else Forged):  # KeyError: proven, but a slash command has no payload
        ours.hear(Call("POST", "/", "", {}, EXAMPLE_HEADERS, body))


def signed(body: bytes, content_type: str = "application/json") -> Call:
    """Signed by Slack's own SDK."""
    stamp = str(int(time.time()))
    proof = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
    headers = {
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": str(proof),
        "content-type": content_type,
    }
    return Call("POST", "/", "", {}, headers, body)


@pytest.mark.parametrize("proof", [None, "", "v0=", "wrong", "ä", "v1"])
def test_other_proofs_are_none(ours: Slack, proof: str | None) -> None:
    call = signed(b"{}")
    headers = dict(call.headers)
    if proof is None:
        del headers["x-slack-signature"]
    else:
        headers["x-slack-signature"] = (
            headers["x-slack-signature"].replace("v0", "v1") if proof == "v1" else proof
        )
    with pytest.raises(Forged):
        ours.hear(dataclasses.replace(call, headers=headers))


def test_a_time_that_is_none_is_no_proof(ours: Slack) -> None:
    proof = hmac.new(SECRET.encode(), b"v0::{}", hashlib.sha256).hexdigest()
    with pytest.raises((Forged, ValueError)):
        ours.hear(Call("POST", "/", "", {}, {"x-slack-signature": f"v0={proof}"}, b"{}"))


def test_the_handshake(ours: Slack) -> None:
    body = json.dumps(
        {"token": "x", "challenge": "3eZbrw1aB10FEMAGAZd4FyFQ", "type": "url_verification"}
    ).encode()
    heard = ours.hear(signed(body))
    assert heard.body == b"3eZbrw1aB10FEMAGAZd4FyFQ" and heard.status == 200 and not heard.updates


# --- events -------------------------------------------------------------------------------------------------


def hear(**event: Any) -> Update | None:
    """An event as it comes, in a direct message unless told otherwise."""
    whole = {
        "type": "message",
        "channel": "D1",
        "user": "U1",
        "ts": "5.1",
        "event_ts": "9.9",
        "text": "",
        **event,
    }
    return slack_events.event({"event": whole, "authorizations": [{"user_id": BOT, "is_bot": True}]}, "")


def said(**event: Any) -> Update:
    update = hear(**event)
    assert update is not None
    return update


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        (f"<@{BOT}> red dress", "red dress"),
        (f"<@{BOT}|shop>, red dress", "red dress"),
        (f"hey <@{BOT}>: red", "hey red"),
        ("ask <@U7|ann> and <@U8> in <#C1|general>", "ask @ann and  in #general"),
        ("<!here> <!subteam^S1|@team>", "@here @team"),
        ("<https://shop.example/p1>", "https://shop.example/p1"),
        ("<http://shop.example|shop.example>", "http://shop.example"),
        ("<https://shop.example/p1|this dress>", "this dress https://shop.example/p1"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("good :+1::skin-tone-3: :custom: 10:30:15", "good 👍🏼 :custom: 10:30:15"),
        ("<@U9> /restart", "/restart"),
    ],
)
def test_a_text_is_read_as_it_is_shown(text: str, plain: str) -> None:
    emoji = {"type": "emoji", "name": "+1", "unicode": "1f44d-1f3fc", "skin_tone": 3}
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [emoji]}]}]
    assert said(text=text, blocks=blocks).text == plain


@pytest.mark.parametrize(
    ("file", "kind", "ref"),
    [
        ({"mimetype": "image/png", "url_private_download": "https://files.slack.com/x"}, "photo", "https://files.slack.com/x"),
        ({"mimetype": "audio/webm", "subtype": "slack_audio"}, "voice", "F1"),
        ({"mimetype": "video/mp4"}, "video", "F1"),
        ({"mimetype": "application/pdf"}, "file", "F1"),
        ({"file_access": "check_file_info"}, "photo", "F1"),
        ({"mode": "tombstone"}, None, ""),
        ({"mode": "hidden_by_limit", "mimetype": "image/png"}, None, ""),
    ],
)  # fmt: skip
def test_what_can_come(file: dict[str, Any], kind: str | None, ref: str) -> None:
    found = said(subtype="file_share", files=[{"id": "F1", **file}]).attachments
    assert [(each.kind, each.ref) for each in found] == ([(kind, ref)] if kind else [])


@pytest.mark.parametrize(
    "event",
    [
        {"user": BOT}, {"bot_id": "B9"}, {"user": None}, {"subtype": "bot_message"}, {"subtype": "channel_topic"},
        {"subtype": "message_replied"}, {"type": "reaction_added"}, {"type": "app_home_opened", "tab": "home"},
        {"type": "member_joined_channel", "channel": "C1", "user": "U5", "inviter": "U1"},
        {"channel": "C1", "text": "among us"}, {"channel": "C1", "text": "<@U7> you"},
    ],
)  # fmt: skip
def test_what_is_not_for_us_is_not_heard(event: dict[str, Any]) -> None:
    assert hear(**event) is None


@pytest.mark.parametrize(
    ("event", "address"),
    [
        ({}, "D1:U1"),
        ({"thread_ts": "4.0"}, "D1:U1:4.0"),  # an assistant's thread
        ({"thread_ts": "5.1"}, "D1:U1"),  # somebody has answered it in a thread
        ({"channel": "C1", "text": f"<@{BOT}> x"}, "C1:U1:5.1"),
        ({"channel": "C1", "text": f"<@{BOT}> x", "thread_ts": "4.0"}, "C1:U1:4.0"),
        ({"type": "app_mention", "channel": "C1", "text": f"<@{BOT}> x"}, "C1:U1:5.1"),
    ],
)
def test_a_thread_is_a_conversation(event: dict[str, Any], address: str) -> None:
    update = said(**event)
    assert (
        update.address == address
        and update.in_group == address.startswith("C")
        and update.id.endswith(".5.1")
    )


def test_a_mention_that_comes_twice_is_one_message() -> None:
    first = said(type="app_mention", channel="C1", text=f"<@{BOT}> x")
    assert first == said(channel="C1", channel_type="channel", text=f"<@{BOT}> x")


def test_our_name_alone_is_a_greeting() -> None:
    assert said(type="app_mention", channel="C1", text=f"<@{BOT}>").kind == "join"
    invited = said(type="member_joined_channel", channel="C1", user=BOT, inviter="U1")
    assert (invited.kind, invited.address, invited.in_group) == ("join", "C1:U1", True)


def test_edits() -> None:
    before = {"type": "message", "user": "U1", "text": "frist", "ts": "5.1"}
    after = {**before, "text": "first", "edited": {"user": "U1", "ts": "6.0"}}
    update = said(subtype="message_changed", message=after, previous_message=before)
    assert (update.kind, update.text, update.about, update.id) == ("edit", "first", "D1.5.1", "D1.5.1.6.0")
    preview = {**before, "attachments": [{"title": "a link's preview"}]}
    assert hear(subtype="message_changed", message=preview, previous_message=before) is None
    bot = {**after, "bot_id": "B1"}
    assert hear(subtype="message_changed", message=bot, previous_message={**before, "bot_id": "B1"}) is None
    assert hear(channel="C1", subtype="message_changed", message=after, previous_message=before) is None
    named = {**after, "text": f"<@{BOT}> first"}
    assert (
        said(channel="C1", subtype="message_changed", message=named, previous_message=before).address
        == "C1:U1:5.1"
    )


def test_deletions() -> None:
    before = {"type": "message", "user": "U1", "text": "x", "ts": "5.1"}
    update = said(subtype="message_deleted", deleted_ts="5.1", previous_message=before)
    assert (update.kind, update.about, update.address) == ("delete", "D1.5.1", "D1:U1")
    tombstone = {
        "type": "message",
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "text": "This message was deleted.",
    }
    assert said(subtype="message_changed", message=tombstone, previous_message=before).kind == "delete"
    assert said(channel="C1", subtype="message_deleted", deleted_ts="5.1", previous_message=before).in_group
    assert (
        hear(subtype="message_deleted", deleted_ts="5.1", previous_message={**before, "bot_id": "B1"}) is None
    )


@pytest.mark.parametrize(
    ("value", "heard"), [("3.0", "3.0"), ("3.0 U1", "3.0"), ("3.0 U2", None), ("", None), (None, None)]
)
def test_only_who_is_asked_may_press(ours: Slack, value: str | None, heard: str | None) -> None:
    action = {"action_id": "3.0", "action_ts": "7.0"} | ({"value": value} if value is not None else {})
    payload = {
        "type": "block_actions", "user": {"id": "U1"}, "channel": {"id": "C1"}, "actions": [action],
        "container": {"message_ts": "6.0"}, "message": {"thread_ts": "4.0", "ts": "6.0"},
    }  # fmt: skip
    updates = ours.hear(signed(f"payload={json.dumps(payload)}".encode(), FORM)).updates
    assert [each.data for each in updates] == ([heard] if heard else [])
    if updates:
        assert (
            updates[0].address == "C1:U1:4.0" and updates[0].about == "C1.6.0" and updates[0].kind == "press"
        )


# --- drawing ------------------------------------------------------------------------------------------------


def shown(
    cards: int = 0, choices: int = 0, text: str = "", reason: str = "r", picture: str | None = None
) -> Shown:
    return Shown(
        3,
        "bot",
        text,
        tuple(
            ShownCard(f"Card <{n}>", "$1", reason, "https://x.example/p.jpg", f"https://x.example/p?a={n}&b=|",
                      (Choice("B" * 99, f"3.{n}.0"), Choice("你好" * 9, f"3.{n}.1")))
            for n in range(cards)
        ),
        tuple(Choice(f"Choice {n}", f"3.{n}") for n in range(choices)),
        picture,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cards", "choices", "text", "reason"),
    [(1, 0, "", ""), (2, 3, "x", "r"), (12, 15, "<&>" * 2000, "字🙂" * 600), (40, 60, "你好，🙂 " * 2000, "& " * 2900),
     (0, 2, "", ""), (0, 0, "a & b < c > d " * 900, "")],
)  # fmt: skip
def test_drawings_keep_slacks_limits(cards: int, choices: int, text: str, reason: str) -> None:
    """Everything that is drawn is taken by the fake, which checks as Slack does, and nothing is lost."""
    api = WebApi()
    for piece in slack_drawing.draw(shown(cards, choices, text, reason)):
        ident = "00000000-0000-5000-8000-000000000000"
        api.sent.clear()
        api.do_chat_postMessage(json.loads(json.dumps({"channel": "D1", "client_msg_id": ident, **piece})))
    blocks = [block for each in api.shown["D1"].values() for block in each.get("blocks", [])]
    assert sum("accessory" in block for block in blocks) == cards
    buttons = [
        each["text"]["text"] for block in blocks if block["type"] == "actions" for each in block["elements"]
    ]
    assert [each for each in buttons if each.startswith("Choice")] == [f"Choice {n}" for n in range(choices)]
    assert len(buttons) == 2 * cards + choices
    words = " ".join([*(block["text"]["text"] for block in blocks if block["type"] == "section"),
                      *(each["text"] for each in api.shown["D1"].values() if not each.get("blocks"))])  # fmt: skip
    plain = words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    for sign in "你🙂字":
        assert plain.count(sign) == text.count(sign) + cards * reason.count(sign)
    assert all(f"|Card &lt;{n}&gt;>*" in words for n in range(cards))
    together = "".join(plain.split())
    assert not text or cards or "".join(text.split()) == together


def test_in_channels_buttons_belong_to_who_asked(ours: Slack) -> None:
    def values(contact: Contact) -> list[str]:
        (piece,) = ours.draw(shown(choices=2), contact, "en")
        return [each["value"] for each in piece["blocks"][0]["elements"]]

    assert values(PERSON) == ["3.0", "3.1"] and values(AMONG) == ["3.0 U1", "3.1 U1"]


def test_a_pressed_message_shows_what_was_chosen() -> None:
    (piece,) = slack_drawing.draw(shown(cards=1, choices=30, text="Look"))
    changed = slack_drawing.pressed(piece["blocks"], "3.7", "A & B")
    kinds = [block["type"] for block in changed["blocks"]]
    assert kinds == ["section", "section", "actions", "context"] and "✓ A &amp; B" in changed["text"]
    assert changed["blocks"][2]["elements"][0]["action_id"] == "3.0.0"


# --- sending ------------------------------------------------------------------------------------------------


@pytest.fixture
def driver(drivers: Drivers) -> Iterator[SlackDriver]:
    found = drivers.running["slack"]
    assert isinstance(found, SlackDriver)
    found.begin()
    yield found
    found.fake.scopes = set(slack.NEEDED | slack.WISHED)
    found.end()


@pytest.fixture
async def client(driver: SlackDriver) -> Any:
    found = Slack.from_credentials(driver.credentials())
    yield found
    await found.client.close()


def contact(driver: SlackDriver) -> Contact:
    return dataclasses.replace(PERSON, address=driver.address(driver.customer()))


async def test_what_is_sent_twice_is_shown_once(driver: SlackDriver, client: Slack) -> None:
    customer = contact(driver)
    ids = [await client.send(customer, {"text": "once"}, key) for key in ("a", "a", "b")]
    assert ids[0] == ids[1] != ids[2] and len(driver.fake.shown[customer.address.split(":")[0]]) == 2


@pytest.mark.parametrize(
    ("error", "kind"),
    [("invalid_auth", Later), ("account_inactive", Later), ("missing_scope", Later), ("internal_error", Later),
     ("ratelimited", Later), ("channel_not_found", Gone), ("is_archived", Gone), ("user_not_found", Gone),
     ("msg_too_long", Refused), ("invalid_blocks", Refused), ("restricted_action", Refused)],
)  # fmt: skip
async def test_what_slacks_errors_mean(
    driver: SlackDriver, client: Slack, error: str, kind: type[Exception]
) -> None:
    driver.fake.errors.append(error)
    with pytest.raises(kind, match=f"chat.postMessage: {error}") as raised:
        await client.send(contact(driver), {"text": "x"}, "k")
    assert type(raised.value) is kind and TOKEN not in str(raised.value)


@pytest.mark.parametrize(
    ("failure", "after"), [(Failure(429, 30), 30.0), (Failure(500), None), (Failure(503, 9), 9.0)]
)
async def test_slack_says_how_long_to_wait(
    driver: SlackDriver, client: Slack, failure: Failure, after: float | None
) -> None:
    driver.fail(failure)
    with pytest.raises(Later) as raised:
        await client.send(contact(driver), {"text": "x"}, "k")
    assert raised.value.after == after


def drawn(address: str, cards: int = 2) -> dict[str, Any]:
    """A message with pictures of the demo catalogue."""
    picture = f"{address}/pictures/p0001.webp"
    card = ShownCard("A dress", "$10", "", picture, None)
    (piece,) = slack_drawing.draw(Shown(3, "bot", "Look:", (card,) * cards, (), picture))
    return piece


def images(driver: SlackDriver, customer: Contact) -> list[dict[str, Any]]:
    (message,) = driver.fake.shown[customer.address.split(":")[0]].values()
    return slack_drawing.images(message["blocks"])


async def test_pictures_are_uploaded_where_slack_cannot_see_them(driver: SlackDriver, client: Slack) -> None:
    assert not settings().public_url
    before = len(driver.fake.uploads)
    first, second = contact(driver), contact(driver)
    await client.send(first, drawn(client.base_url), first.address)
    await client.send(second, drawn(client.base_url), second.address)
    assert len(driver.fake.uploads) == before + 1
    for customer in (first, second):
        assert [list(each["slack_file"]) for each in images(driver, customer)] == [["id"]] * 3


async def test_without_the_permission_to_upload_there_are_words(driver: SlackDriver, client: Slack) -> None:
    driver.fake.scopes.discard("files:write")
    customer = contact(driver)
    await client.send(customer, drawn(client.base_url), customer.address)
    assert images(driver, customer) == []
    assert all("missing_scope" in problem for problem in driver.fake.problems)
    driver.fake.problems.clear()


async def test_pictures_of_others_stay_where_they_are(driver: SlackDriver, client: Slack) -> None:
    customer, other = contact(driver), contact(driver)
    (piece,) = slack_drawing.draw(shown(cards=1))
    await client.send(customer, piece, customer.address)
    assert [each["image_url"] for each in images(driver, customer)] == ["https://x.example/p.jpg"]
    piece["blocks"][0]["accessory"]["image_url"] = "https://away.invalid/p.jpg"
    await client.send(other, piece, other.address)  # Slack could not get it: the words are there
    assert images(driver, other) == []


async def test_with_a_public_address_slack_gets_the_jpeg(
    driver: SlackDriver, client: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = settings().copy(update={"public_url": "https://bot.example"})
    monkeypatch.setattr(slack, "settings", lambda: public)
    monkeypatch.setattr(Slack, "base_url", "https://bot.example")
    customer = contact(driver)
    await client.send(customer, drawn("https://bot.example", 1), customer.address)
    assert [each["image_url"] for each in images(driver, customer)] == [
        "https://bot.example/pictures/jpeg/p0001.webp.jpg"
    ] * 2


@pytest.mark.parametrize(
    "ref",
    [
        "https://evil.example/x",
        "http://files.slack.com/x",
        "https://files.slack.com.evil.example/x",
        "http://127.0.0.1/",
    ],
)
async def test_photos_come_from_slack_only(ours: Slack, ref: str) -> None:
    with pytest.raises(Refused, match="host"):
        await ours.fetch(PERSON, Attachment("photo", ref))


async def test_a_photo_from_another_workspace(driver: SlackDriver, client: Slack) -> None:
    ident = driver.file(b"the bytes", "image/png")["id"]
    assert await client.fetch(PERSON, Attachment("photo", ident)) == b"the bytes"
    client.token = "another"
    with pytest.raises(Refused, match=r"shop\.slack\.com"):  # Slack shows its sign-in instead
        await client.fetch(PERSON, Attachment("photo", f"{driver.fake.url}/files-pri/{ident}"))


async def test_the_doctor(driver: SlackDriver, client: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [check.level for check in await client.check()] == ["ok", "bad"]  # no public address
    public = settings().copy(update={"public_url": "https://bot.example"})
    monkeypatch.setattr(slack, "settings", lambda: public)
    assert [(check.level, check.what) for check in await client.check()] == [
        ("ok", "Slack: assistant in Shop")
    ]
    driver.fake.scopes -= {"users:read"}
    assert [check.level for check in await client.check()] == ["ok", "note"]
    driver.fake.scopes -= {"files:read"}
    found = await client.check()
    assert found[1].level == "bad" and "files:read, users:read" in found[1].what
    driver.fail(Failure(401, path="auth.test"))
    (check,) = await client.check()
    assert check.level == "bad" and TOKEN not in check.what


# --- with our server ----------------------------------------------------------------------------------------


async def test_buttons_become_what_was_chosen(driver: SlackDriver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.say(customer, "cards")
    seen = await driver.until(customer, lambda seen: any("Show more" in each.buttons for each in seen))
    assert sum(each.pictures for each in seen) == 3
    await driver.press(customer, "Details")
    await driver.until(customer, lambda seen: any("/details" in each.text for each in seen))
    await driver.press(customer, "Show more")
    seen = await driver.until(customer, lambda seen: "✓ Show more" in seen[0].text)
    assert seen[0].buttons == ("Details",) * 3 and seen[0].pictures == 3


async def test_in_a_channel_it_answers_in_the_thread(driver: SlackDriver, echo: Echo) -> None:
    customer, other = driver.customer(), driver.customer()
    address = await driver.in_group(customer, "shop", to_us=True)
    channel, _, thread = address.split(":")
    for _ in range(100):
        if driver.seen_in_group(address):
            break
        await asyncio.sleep(0.05)
    (message,) = driver.fake.shown[channel].values()
    assert message["thread_ts"] == thread and driver.fake.statuses[-1]["channel_id"] == channel
    value = message["blocks"][-1]["elements"][0]["value"]
    await driver.deliver(driver.pressed(other, channel, message, value))
    await driver.deliver(driver.pressed(customer, channel, message, value))
    for _ in range(100):
        if len(driver.seen_in_group(address)) == 2:
            break
        await asyncio.sleep(0.05)
    assert echo.asked(contacts.meet("slack", address).conversation) == ["shop", "/affirm"]
    assert not contacts.known("slack", f"{channel}:{other}:{thread}")


async def test_in_a_channel_staff_hear_what_does_not_mention_us(
    driver: SlackDriver, echo: Echo, desk: Desk
) -> None:
    customer = driver.customer()
    address = await driver.in_group(customer, "person", to_us=True)
    ours = await _met(address)
    await _until(lambda: handoff.open_of(ours))
    await driver.in_group(customer, "my order is late", to_us=False)
    await _until(lambda: "my order is late" in said_by_customer(ours))
    (secret,) = [each for each in driver.said_in_groups if each["text"] == "my order is late"]
    other = driver.message(
        driver.customer(), "not for you", channel=secret["channel"], channel_type="channel"
    )
    for event in (other, secret):
        await driver.deliver(
            driver.reported(driver.changed(event, "message_deleted", deleted_ts=event["ts"]))
        )
    await _until(lambda: "my order is late" not in said_by_customer(ours))
    desk.accept(ours)
    desk.give_back(ours)
    await driver.in_group(customer, "among us again", to_us=False)
    await driver.in_group(customer, "echo for you again", to_us=True)
    await _until(lambda: "echo for you again" in echo.asked(ours))
    assert "among us again" not in said_by_customer(ours) and echo.asked(ours) == [
        "person",
        "echo for you again",
    ]
    assert not contacts.known("slack", f"{secret['channel']}:{other['user']}:{other['ts']}")


def said_by_customer(conversation: str) -> list[str]:
    return [m.body.get("text", "") for m in messages.history(conversation) if m.sender == "customer"]


async def _met(address: str) -> str:
    await _until(lambda: contacts.known("slack", address))
    return contacts.meet("slack", address).conversation


async def _until(condition: Callable[[], object]) -> None:
    for _ in range(200):
        if await asyncio.to_thread(condition):
            return
        await asyncio.sleep(0.05)
    pytest.fail("not in 10 s")


async def test_who_opens_the_chat_is_greeted_once(driver: SlackDriver, echo: Echo) -> None:
    customer = driver.customer()
    driver.fake.locales[customer] = "zh-TW"
    await driver.join(customer)
    await driver.until(customer, lambda seen: seen)
    await driver.join(customer)
    await driver.say(customer, "echo x")
    await driver.until(customer, lambda seen: "echo echo x" in texts(seen))
    met = contacts.meet("slack", driver.address(customer))
    assert echo.asked(met.conversation) == ["/greet", "echo x"]
    assert met.language == "zh" and met.name == "Ann Lee"
    assert messages.history(met.conversation)[0].body["text"] == "你好"
