"""The common ways to put a message: choices, numbers, plain words, parts. Pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import drawing
from bot.channels.base.drawing import Choice, Shown
from bot.channels.base.update import Attachment, Update
from bot.channels.runtime import consent
from bot.channels.runtime.contacts import language_of

EVENT = {
    "seq": 7,
    "from": "bot",
    "text": "Look:",
    "cards": [
        {"title": "A dress", "price": "$10", "reason": "in red", "picture": "/pictures/a.webp", "url": "/shop/a",
         "buttons": [{"title": "Details"}, {"title": "Add"}]},
        {"title": "A shirt", "price": "", "reason": "", "picture": None, "url": "https://shop.example/b", "buttons": []},
    ],
    "buttons": [{"title": "Show more"}, {"title": "Start over"}],
    "picture": None,
    "agent": None,
}  # fmt: skip
SHOWN = Shown.of(EVENT, "https://bot.example")


def test_tokens_say_what_was_offered() -> None:
    assert [each.token for each in SHOWN.cards[0].choices] == ["7.0.0", "7.0.1"]
    assert [each.token for each in SHOWN.choices] == ["7.0", "7.1"]
    assert drawing.read_token("7.0.1") == (7, 0, 1) and drawing.read_token("7.1") == (7, None, 1)


@pytest.mark.parametrize(
    "token", ["", "7", "7.", ".1", "7.1.1.1", "-7.1", "7.x", "7.1 ", "7.1\n", "9999999999.1"]
)
def test_other_tokens_are_none(token: str) -> None:
    assert drawing.read_token(token) is None


def test_addresses_have_a_host() -> None:
    assert SHOWN.cards[0].picture == "https://bot.example/pictures/a.webp"
    assert SHOWN.cards[1].url == "https://shop.example/b"


def test_in_plain_words() -> None:
    assert drawing.as_text(SHOWN, hint="Reply with a number.") == (
        "Look:\n\n1. A dress – $10\n   in red\n   https://bot.example/shop/a\n\n"
        "2. A shirt\n   https://shop.example/b\n\n3. Show more\n4. Start over\n\nReply with a number."
    )


def test_a_card_that_is_alone_shows_all_its_choices() -> None:
    alone = Shown.of({**EVENT, "cards": EVENT["cards"][:1]}, "https://bot.example")  # type: ignore[index]
    assert drawing.as_text(alone, hint="Reply with a number.") == (
        "Look:\n\nA dress – $10\nin red\nhttps://bot.example/shop/a\n\n"
        "1. Details\n2. Add\n3. Show more\n4. Start over\n\nReply with a number."
    )
    tokens = [drawing.chosen(alone, typed) for typed in ("1", "2", "add", "3", "a dress")]
    assert [each.token if each else None for each in tokens] == ["7.0.0", "7.0.1", "7.0.1", "7.0", None]


@pytest.mark.parametrize(
    ("typed", "token"),
    [
        ("1", "7.0.0"),
        ("2", None),  # a card without buttons: its number is nothing to press
        ("3", "7.0"),
        (" 4. ", "7.1"),
        ("show  MORE", "7.0"),
        ("a dress", "7.0.0"),
        ("5", None),
        ("0", None),
        ("3 please", None),
        ("１", None),
        ("", None),
    ],
)
def test_what_is_typed_may_be_a_choice(typed: str, token: str | None) -> None:
    found = drawing.chosen(SHOWN, typed)
    assert (found.token if found else None) == token


def test_who_speaks_is_named() -> None:
    shown = Shown.of({**EVENT, "from": "agent", "agent": {"name": "Anna"}}, "")
    assert shown.said == "Anna: Look:"


@given(st.text(alphabet="ab \n.。，é🙂", max_size=400), st.integers(1, 60))
def test_parts_are_short_and_lose_nothing(text: str, limit: int) -> None:
    parts = drawing.split(text, limit)
    assert all(0 < len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_parts_end_where_a_reader_would_pause() -> None:
    assert drawing.split("One two. Three four. Five", 21) == ["One two. Three four.", "Five"]
    assert drawing.split("first line\nsecond line", 15) == ["first line", "second line"]
    assert drawing.split("x" * 10, 4) == ["xxxx", "xxxx", "xx"]


def test_shorten() -> None:
    assert drawing.shorten("a  long\ntitle", 8) == "a long…" and drawing.shorten("short", 8) == "short"


def test_updates_survive_the_inbox() -> None:
    update = Update(
        "1", "a", "edit", "x", (Attachment("photo", "r"),), about="0", language="zh_CN", in_group=True
    )
    assert Update.of(update.body()) == update
    assert Update.of(Update("1", "a").body()) == Update("1", "a")


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en-GB", "en"), ("zh_CN", "zh"), ("zh-hans", "zh"), ("fr", None), (None, None), ("", None)],
)
def test_languages_of_platforms(tag: str | None, language: str | None) -> None:
    assert language_of(tag) == language


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Subscribe!", True),
        ("订阅", True),
        ("unsubscribe", False),
        ("退订", False),
        ("TD", False),
        ("stop", None),
        ("", None),
    ],
)
def test_consent_is_said_in_plain_words(text: str, wish: bool | None) -> None:
    assert consent.wish(text) is wish


def test_a_choice_is_short() -> None:
    assert len(Choice("x", f"{999_999_999}.{999}.{999}").token.encode()) <= 20
