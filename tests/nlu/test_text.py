"""The plain form, the language of a message, its words."""

import pytest

from bot.nlu.language import detect
from bot.nlu.text import plain
from bot.nlu.tokenizer import words


@pytest.mark.parametrize(
    "text", ["ＡＢＣ　１２", "請問有紅色嗎?", "“Hi” — don’t", "İstanbul ﬁt ß", "👍🏽 ok", "\ud83d"]
)
def test_plain_keeps_every_character_at_its_place(text: str) -> None:
    assert len(plain(text)) == len(text)


def test_plain_is_small_half_width_and_simplified() -> None:
    assert plain("ＷＡＮＴ 紅色連衣裙，謝謝！") == "want 红色连衣裙,谢谢!"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("red shoes", "en"),
        ("hello", "en"),
        ("想买裙子", "zh"),
        ("這個 size M 有嗎", "zh"),
        ("show me T恤", "zh"),
        ("M", None),
        ("XXL", None),
        ("A1029", None),
        ("ORD-5521", None),
        ("👍", None),
        ("42", None),
        ("170cm 60kg", None),
        ("ok", None),
        ("", None),
        ("ありがとう", None),
        ("https://example.org/abc", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert detect(text) == language


def test_words_of_a_mixed_text_have_their_offsets() -> None:
    text = "red 连衣裙 under $60"
    found = words(text)
    assert [word for word, _ in found] == ["red", "连衣裙", "under", "$", "60"]
    assert all(text[offset : offset + len(word)] == word for word, offset in found)
