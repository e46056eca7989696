"""Questions about the photo: what is sure is said, what is not is said to be so."""

from __future__ import annotations

import pytest

from actions.photos import photo_facts
from tests.actions.analyses import OUTFIT, dressed, flat, prediction_of

SHOWN = {"ids": ["p1", "p2"], "mode": "photo"}


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("what colour is it", "colour"),
        ("what brand is this", "brand"),
        ("what pattern is this", "pattern"),
        ("is it for men", "gender"),
        ("who is it for", "gender"),
        ("what occasion is it for", "usage"),
        ("can you tell what fabric that is", "material"),
        ("这是什么牌子", "brand"),
        ("是什么颜色", "colour"),
        ("这是什么花纹", "pattern"),
        ("男款还是女款", "gender"),
        ("这个适合什么场合", "usage"),
        ("what is this called", None),
        ("which other colours are there", None),
        ("还有别的颜色吗", None),
    ],
)
def test_what_is_asked(turn_of, text, aspect):
    assert photo_facts.asked(turn_of(text, "ask_product", slots={"language": "en"})) == aspect


def answer(turn_of, seen, aspect, language="en"):
    turn = turn_of("?", "ask_product", slots={"language": language})
    return photo_facts.tell(turn, list(flat(seen).detections), aspect)


def test_sure_unsure_and_unknown(turn_of):
    plain = prediction_of(
        {"shirt": 0.9}, {"Navy__Blue": 0.8}, patterns={"striped": 0.9}, genders={"women": 0.8}
    )
    assert "navy blue" in answer(turn_of, plain, "colour")
    assert "striped" in answer(turn_of, plain, "pattern")
    assert "women's" in answer(turn_of, plain, "gender")
    torn = prediction_of(
        {"shirt": 0.9}, {"Black": 0.38, "Red": 0.3}, patterns={"striped": 0.5, "checked": 0.4}
    )
    assert "could be black or red" in answer(turn_of, torn, "colour")
    assert "could be striped or checked" in answer(turn_of, torn, "pattern")
    for aspect in ("gender", "usage", "sleeve", "pattern", "colour"):
        assert "can't tell" in answer(turn_of, prediction_of({"shirt": 0.9}), aspect)


def test_sleeves_only_of_what_has_some(turn_of):
    assert "long sleeves" in answer(turn_of, prediction_of({"shirt": 0.9}, sleeves={"long": 0.9}), "sleeve")
    assert "can't tell" in answer(turn_of, prediction_of({"jeans": 0.9}), "sleeve")


def test_a_family_is_named_where_only_that_is_sure(turn_of):
    greys = prediction_of({"shirt": 0.9}, {"Charcoal": 0.36, "Grey": 0.34, "Black": 0.3})
    assert "looks like grey" in answer(turn_of, greys, "colour")


def test_a_brand_only_if_sure(turn_of):
    unknown = prediction_of({"shirt": 0.9}, brands={"Veyra": 0.7})
    assert "Veyra" not in answer(turn_of, unknown, "brand") and "can't" in answer(turn_of, unknown, "brand")
    assert "Veyra" in answer(turn_of, prediction_of({"shirt": 0.9}, brand="Veyra"), "brand", "zh")


def test_the_material_is_never_claimed(turn_of):
    assert "不能" in answer(turn_of, prediction_of({"shirt": 0.9}), "material", "zh")


def test_a_line_for_each_part(turn_of):
    turn = turn_of("what colour is it", "ask_product", slots={"language": "en"})
    lines = photo_facts.tell(turn, list(OUTFIT.detections), "colour").splitlines()
    assert [line.split(":")[0] for line in lines] == ["The coat", "The jeans", "The sports shoes"]


def test_this_or_that(turn_of):
    named = [{"entity": "category", "value": kind} for kind in ("skirt", "dress")]
    turn = turn_of("is this a skirt or a dress", "describe_photo", entities=named, slots={"language": "en"})
    assert "a dress" in photo_facts.which(turn, prediction_of({"dress": 0.6, "skirt": 0.3}))
    assert photo_facts.which(turn, prediction_of({"shirt": 0.9})) is None


def described(turn_of, analysis, language="en"):
    return photo_facts.describe(turn_of("?", "describe_photo", slots={"language": language}), analysis)


def test_the_description_is_the_caption_and_what_it_leaves_out(turn_of):
    seen = prediction_of(
        {"top": 0.9},
        {"Navy__Blue": 0.8},
        caption={"en": "women's navy blue striped cotton top", "zh": "女士藏青色条纹棉质上衣"},
        patterns={"striped": 0.95},
        usages={"Casual": 0.9},
        brand="Veyra",
        second_colour="White",
    )
    text = described(turn_of, flat(seen))
    assert text.startswith("This looks like a women's navy blue striped cotton top.")
    assert "Veyra" in text and "white" in text and "everyday" in text and text.count("striped") == 1
    text = described(turn_of, flat(seen), "zh")
    assert "女士藏青色条纹棉质上衣" in text and "Veyra" in text and "白色" in text


def test_an_unsure_kind_is_not_captioned(turn_of):
    seen = prediction_of({"shirt": 0.45, "long_sleeve": 0.35}, caption={"en": "men's formal shirt"})
    text = described(turn_of, flat(seen))
    assert "formal" not in text and "maybe" in text and "long-sleeve top" in text


def test_a_person_is_described_by_what_is_worn(turn_of):
    assert "a navy blue coat, blue jeans and white sports shoes" in described(turn_of, OUTFIT)
    unsure = dressed(upper=prediction_of({"shirt": 0.3, "dress": 0.3}, {"Red": 0.9}), feet=prediction_of({}))
    assert "a red top and shoes" in described(turn_of, unsure)
    assert "红色上衣和鞋子" in described(turn_of, unsure, "zh")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_any_head_less_is_said_and_nothing_breaks(turn_of, language):
    assert described(turn_of, flat(prediction_of({})), language)
    assert described(turn_of, flat(prediction_of({}, {"Red": 0.9})), language)
    assert described(turn_of, dressed(upper=prediction_of({}), lower=prediction_of({})), language)


@pytest.mark.parametrize(
    ("text", "slots", "metadata", "about"),
    [
        ("what brand is this", {"photo": {"id": "x"}, "shown": SHOWN}, {}, True),
        ("what brand is this", {}, {"photo": "new"}, True),
        ("what brand is this", {"photo": {"id": "x"}, "shown": SHOWN, "focus": "p1"}, {}, False),
        ("what brand is it on my photo", {"photo": {"id": "x"}, "shown": SHOWN, "focus": "p1"}, {}, True),
        ("what brand is this", {"photo": {"id": "x"}, "shown": {"ids": ["p1"], "mode": "search"}}, {}, False),
        ("what brand is this", {"shown": SHOWN}, {}, False),
    ],
)
def test_when_a_question_is_about_the_photo(turn_of, text, slots, metadata, about):
    turn = turn_of(text, "ask_product", slots={"language": "en", **slots}, metadata=metadata)
    assert photo_facts.about_photo(turn) is about
    assert not slots or photo_facts.about_photo(turn, "material") is ("photo" in text)
