"""What counts as an answer to the hand-over's own questions; and the channel's own buttons."""

from __future__ import annotations

from datetime import datetime, timezone
from types import SimpleNamespace

import pytest

from bot.conversation.messages import Message
from bot.conversation.replies import Button, offered
from bot.turns import handoff_answers
from bot.turns.message_events import extra_button, extra_buttons


@pytest.mark.parametrize(
    "text", ["cancel", "Cancel!", " CANCEL that. ", "取消", "不用了", "Back to the assistant", "返回智能助手"]
)
def test_cancel(text: str) -> None:
    assert handoff_answers.is_cancel(text)


@pytest.mark.parametrize(
    "text", ["", "cancel my order", "can I cancel?", "取消订单", "cancellation", "no", "cancel " * 20]
)
def test_no_cancel(text: str) -> None:
    assert not handoff_answers.is_cancel(text)


def test_yes_and_no() -> None:
    for text in ("yes", "Yes, please!", "OK", "好的", "可以。", "Ｙｅｓ"):
        assert handoff_answers.is_yes(text) and not handoff_answers.is_no(text), text
    for text in ("no", "No, thanks.", "I'd rather not", "I’d rather not", "不用了", "算了！"):
        assert handoff_answers.is_no(text) and not handoff_answers.is_yes(text), text
    for text in ("", "yes I want red shoes", "no red ones", "不要红色", "5", "maybe", "?"):
        assert not handoff_answers.is_yes(text) and not handoff_answers.is_no(text), text


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("4", 4), ("4 stars", 4), ("1 star.", 1), ("5/5", 5), ("五星", 5), ("四颗星", 4), ("3分", 3), ("★★★", 3),
        ("⭐️⭐️⭐️⭐️⭐️", 5), ("５", 5), ("2 out of 5", 2),
        ("0", None), ("6", None), ("45", None), ("4 red dresses", None), ("五", None), ("", None), ("4 5", 4),
        ("★★★★★★", None), ("-3", None), ("4" * 50, None), ("two stars", None),
    ],
)  # fmt: skip
def test_stars(text: str, stars: int | None) -> None:
    assert handoff_answers.stars_in(text) == stars


def message(sender: str, **body: object) -> Message:
    return Message("c", 3, datetime.now(timezone.utc), sender, dict(body))


def test_extras() -> None:
    plain, full = SimpleNamespace(banner=False, stars=False), SimpleNamespace(banner=True, stars=True)
    asked = message(
        "bot", text="How was it?", rating={"handoff": 1}, buttons=[{"title": "Own", "payload": "/own"}]
    )
    assert [button.title for button in extra_buttons(plain, asked)] == ["1", "2", "3", "4", "5"]
    assert extra_buttons(full, asked) == ()
    found = extra_button(plain, asked, 5)
    assert found is not None and found.title == "5" and not found.payload, "after the message's own button"
    for index in (0, 6, -1, True, "1", None):
        assert extra_button(plain, asked, index) is None
    assert offered(asked.body, 0) is not None
    assert [button.title for button in extra_buttons(plain, message("system", text="x"))] == [
        "Back to the assistant"
    ]
    assert (
        extra_buttons(plain, message("agent", text="x"))
        == extra_buttons(plain, message("customer", text="x"))
        == ()
    )


def test_offer_buttons_are_kept() -> None:
    button = Button("Yes", offer="take")
    assert Button.of(button.body()) == Button("Yes", "Yes", offer="take")
    assert Button.of({"title": "Yes", "offer": "everything"}) == Button("Yes", "Yes")
