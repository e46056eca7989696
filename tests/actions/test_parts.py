"""Which part of a dressed person the customer means."""

from __future__ import annotations

import pytest

from actions.common import worn_parts
from actions.common.open_question import Resumed
from tests.actions.analyses import NAVY_COAT, OUTFIT, flat

PHOTO = {"id": "photo", "parts": worn_parts.of(OUTFIT)}
SLOTS = {"language": "en", "photo": PHOTO, "shown": {"ids": ["p1", "p2"], "mode": "photo"}}


def category(*values):
    return [{"entity": "category", "value": value} for value in values]


def test_a_flat_photo_has_no_parts():
    assert worn_parts.of(flat(NAVY_COAT)) == {}
    assert worn_parts.detection(flat(NAVY_COAT), None).prediction is NAVY_COAT


def test_all_parts_are_shown_until_one_is_named():
    assert worn_parts.detection(OUTFIT, None) is None
    assert worn_parts.detection(OUTFIT, "feet").part == "feet"


@pytest.mark.parametrize(
    ("text", "categories", "part"),
    [
        ("the shoes", ["shoes"], "feet"),
        ("the coat", ["coat"], "upper"),
        ("show me the jacket", ["jacket"], "upper"),  # customers call a coat that
        ("the trousers", ["trousers"], "lower"),
        ("找那条裤子", ["pants"], "lower"),
        ("上衣", ["top"], "upper"),
        ("外套", ["outerwear"], "upper"),
        ("the lower part", [], "lower"),
        ("what she wears on her feet", [], "feet"),
        ("下半身那件", [], "lower"),
    ],
)
def test_a_part_by_its_kind_or_place(turn_of, text, categories, part):
    turn = turn_of(text, "search_product", entities=category(*categories), slots=SLOTS)
    assert worn_parts.resolve(turn) == Resumed("send_photo", {"topic": part})


@pytest.mark.parametrize(
    ("text", "intent", "categories", "slots"),
    [
        ("handbags", "search_product", ["handbag"], SLOTS),  # nobody wears one on the photo
        ("what goes with the jeans", "complete_look", ["jeans"], SLOTS),
        ("cheaper", "refine_search", [], SLOTS),
        ("shoes", "search_product", ["shoes"], {**SLOTS, "shown": {"ids": ["p1"], "mode": "search"}}),
        ("shoes", "search_product", ["shoes"], {**SLOTS, "photo": {"id": "photo"}}),
        ('/search_product{"category": "shoes"}', "search_product", ["shoes"], SLOTS),
    ],
)
def test_everything_else_is_no_part(turn_of, text, intent, categories, slots):
    assert worn_parts.resolve(turn_of(text, intent, entities=category(*categories), slots=slots)) is None


def test_a_name_is_no_wish_but_another_kind_is():
    known = worn_parts.of(OUTFIT)
    assert worn_parts.says_itself("lower", known, ("trousers",))
    assert not worn_parts.says_itself("upper", known, ("tops",))
