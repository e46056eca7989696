"""What a photo may show, and when it is worth asking."""

from __future__ import annotations

import pytest

from actions.replies.interpretations import ASK_BELOW, alike, doubt, interpretations
from tests.actions.analyses import prediction_of

SOLD = {"shirt", "long_sleeve", "jeans", "trousers", "dress", "handbag", "t_shirt"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("jeans", "trousers", True),
        ("jacket", "coat", True),
        ("heels", "boots", True),
        ("handbag", "clutch", True),
        ("shirt", "long_sleeve", False),
        ("dress", "skirt", False),
        ("t_shirt", "handbag", False),
        ("watch", "sunglasses", False),
    ],
)
def test_kinds_that_customers_call_by_one_word(one, other, same):
    assert alike(one, other) is alike(other, one) is same


def test_alike_kinds_are_one_reading():
    found = interpretations(prediction_of({"jeans": 0.35, "trousers": 0.3, "shorts": 0.34}))
    assert [each.kind for each in found] == ["jeans", "shorts"]
    assert found[0].probability == pytest.approx(0.65)


def test_between_two_words_the_customer_is_asked():
    kinds = doubt(prediction_of({"shirt": 0.45, "long_sleeve": 0.35, "dress": 0.12}), SOLD)
    assert kinds == ("shirt", "long_sleeve", "dress")


@pytest.mark.parametrize(
    "kinds",
    [
        {"shirt": ASK_BELOW, "long_sleeve": 1 - ASK_BELOW},  # sure enough
        {"jeans": 0.45, "trousers": 0.4, "shirt": 0.15},  # one word for both, and the same search
        {"shirt": 0.5, "saree": 0.4},  # the shop has none of the other
        {"saree": 0.5, "shirt": 0.4},
        {"shirt": 0.5, "dress": 0.1, "handbag": 0.1, "jeans": 0.1},  # nothing comes near the first
        {"shirt": 0.5},
        {},
    ],
)
def test_else_nobody_is_bothered(kinds):
    assert doubt(prediction_of(kinds), SOLD) == ()
