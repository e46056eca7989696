"""The answer that fits the customer's words; the file may change under way."""

from __future__ import annotations

import os

import pytest
import yaml

from actions.replies import policies
from actions.replies.owner_texts import TextFile


@pytest.mark.parametrize(
    ("section", "message", "language", "topic"),
    [
        ("returns", "how do I return these?", "en", "how"),
        ("returns", "when do I get my refund", "en", "refund"),
        ("returns", "can I exchange it for another size", "en", "exchange"),
        ("returns", "the zipper is broken", "en", "damaged"),
        ("returns", "is there a warranty on the watch", "en", "warranty"),
        ("returns", "tell me about returns", "en", None),
        ("delivery", "do you ship to Canada", "en", "abroad"),
        ("delivery", "can you gift wrap it", "en", "gift"),
        ("delivery", "can I get it by tomorrow", "en", "express"),
        ("payment", "can I pay in instalments", "en", "instalments"),
        ("payment", "I need an invoice for my company", "en", "invoice"),
        ("payment", "my promo code doesn't work", "en", "coupon"),
        ("payment", "do you take PayPal", "en", "methods"),
        ("store", "what's your phone number", "en", "contact"),
        ("store", "where are you located", "en", "address"),
        ("returns", "怎么退货", "zh", "how"),
        ("returns", "退款多久到账", "zh", "refund"),
        ("returns", "能换货吗", "zh", "exchange"),
        ("delivery", "可以寄到加拿大吗", "zh", "abroad"),
        ("delivery", "能包装成礼物吗", "zh", "gift"),
        ("payment", "能开发票吗", "zh", "invoice"),
        ("payment", "有优惠券吗", "zh", "coupon"),
        ("payment", "支持花呗分期吗", "zh", "instalments"),
        ("store", "客服电话多少", "zh", "contact"),
        ("store", "几点开门", "zh", "hours"),
    ],
)
def test_topic(section, message, language, topic):
    found = policies.answer(section, message, language)
    assert (found.section, found.topic) == (section, topic)
    assert found.text and "{" not in found.text


def test_another_section_wins_with_clearly_more_words():
    found = policies.answer("payment", "is there gift wrap with a greeting card, as a gift box?", "en")
    assert (found.section, found.topic) == ("delivery", "gift")


def test_short_words_are_whole_words():
    # "card" is no part of "cardigan".
    assert policies.answer("payment", "how do I buy this cardigan", "en").topic is None


def test_both_languages_have_the_same_topics():
    english, chinese = (policies.FILES[language].read() for language in ("en", "zh"))
    assert english["facts"].keys() == chinese["facts"].keys()
    for section in english["sections"]:
        assert english["sections"][section]["topics"].keys() == chinese["sections"][section]["topics"].keys()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_answer_can_be_filled_in(language):
    content = policies.FILES[language].read()
    for name, section in content["sections"].items():
        for text in [section["general"], *(topic["answer"] for topic in section["topics"].values())]:
            assert text.format(**content["facts"]), name


def test_unknown_section():
    with pytest.raises(KeyError):
        policies.answer("weather", "hello", "en")


def test_a_change_of_the_file_is_seen_without_restart(tmp_path):
    path = tmp_path / "en.yml"
    path.write_text("facts: {hours: nine}\n", encoding="utf-8")
    file = TextFile(path)
    assert file.read()["facts"]["hours"] == "nine"
    path.write_text("facts: {hours: ten to six}\n", encoding="utf-8")
    assert file.read()["facts"]["hours"] == "ten to six"


def test_a_slip_of_the_editor_keeps_the_last_good_state(tmp_path, caplog):
    path = tmp_path / "en.yml"
    path.write_text("facts: {hours: nine}\n", encoding="utf-8")
    file = TextFile(path)
    file.read()
    path.write_text("facts: {hours: [nine\n", encoding="utf-8")
    assert file.read() == {"facts": {"hours": "nine"}}
    file.read()
    assert caplog.text.count("cannot be read") == 1
    path.write_text(yaml.safe_dump({"facts": {"hours": "eleven"}}), encoding="utf-8")
    os.utime(path)
    assert file.read()["facts"]["hours"] == "eleven"


def test_a_file_that_was_never_there(tmp_path):
    with pytest.raises(OSError):
        TextFile(tmp_path / "none.yml").read()
