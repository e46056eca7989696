from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.search.criteria import FIELDS, TUPLES, Criteria
from shop.search.criteria_phrases import describe
from shop.value_names import join, plural


def test_values_take_one_form():
    wish = Criteria(
        categories="dress", colours=["Red", "Red"], price_max=60, price_min="x", sort="random", text=None
    )
    assert wish.categories == ("dress",) and wish.colours == ("Red",)
    assert (
        wish.price_max == Decimal("60.00")
        and wish.price_min is None
        and wish.sort is None
        and wish.text == ""
    )
    assert Criteria(price_max=float("nan")).price_max is None


def test_refinement_replaces_what_it_names_and_keeps_the_rest():
    before = Criteria(categories="dress", colours="Red", price_max=60)
    after = before.merge(Criteria(colours="Blue", sort="cheapest"))
    assert after == Criteria(categories="dress", colours="Blue", price_max=60, sort="cheapest")


def test_exclusions_add_up_and_a_wish_lifts_them():
    wish = Criteria(not_colours="Black").merge(Criteria(not_colours="Red"))
    assert wish.not_colours == ("Black", "Red")
    assert wish.merge(Criteria(colours="Black")).not_colours == ("Red",)
    assert Criteria(colours=("Red", "Blue")).merge(Criteria(not_colours="Red")).colours == ("Blue",)
    assert Criteria(categories=("dress",)).merge(Criteria(not_categories=("skirts",))).categories == ()


def test_a_contradicting_price_removes_the_older_bound():
    assert Criteria(price_min=50).merge(Criteria(price_max=30)) == Criteria(price_max=30)
    assert Criteria(price_max=30).merge(Criteria(price_min=50)) == Criteria(price_min=50)


def test_without():
    wish = Criteria(colours="Red", price_min=1, price_max=2)
    assert wish.without("price") == Criteria(colours="Red")
    assert wish.without("colours", "price_min") == Criteria(price_max=2)
    with pytest.raises(ValueError, match="no wish is called colour;"):
        wish.without("colour")


def test_from_entities():
    entities = [
        {"entity": "category", "value": "dress"},
        {"entity": "colour", "value": "Red"},
        {"entity": "colour", "value": "Black", "role": "excluded"},
        {"entity": "size", "value": "M", "role": "excluded"},
        {"entity": "price_max", "value": 60},
        {"entity": "ordinal", "value": 2},
    ]
    expected = Criteria(categories="dress", colours="Red", not_colours="Black", price_max=60)
    assert Criteria.from_entities(entities) == expected


@pytest.mark.parametrize(
    ("wish", "english", "chinese"),
    [
        (Criteria(), "products", "商品"),
        (
            Criteria(categories="dress", colours="Red", price_max=60),
            "red dresses under $60",
            "60美元以内的红色连衣裙",
        ),
        (
            Criteria(categories="shoes", genders="women", sizes="38", not_colours="Black"),
            "women's shoes in size 38, not black",
            "38码的女士鞋子，不要黑色",
        ),
        (
            Criteria(
                categories=("shirt", "blouse"), price_min=30, price_max=Decimal("59.90"), occasions="work"
            ),
            "shirts or blouses for work between $30 and $59.90",
            "30到59.90美元、适合通勤的衬衫或女式衬衫",
        ),
        (
            Criteria(categories="watch", brands="Veyra", price_min=100),
            "watches by Veyra over $100",
            "100美元以上、Veyra品牌的手表",
        ),
        (
            Criteria(text="pockets", patterns="striped"),
            "striped products with “pockets”",
            "带“pockets”的条纹商品",
        ),
    ],
)
def test_describe(wish, english, chinese):
    assert describe(wish, "en", "USD") == english
    assert describe(wish, "zh", "USD") == chinese


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("dress", "dresses"),
        ("scarf", "scarves"),
        ("jeans", "jeans"),
        ("watch", "watches"),
        ("jewellery", "jewellery"),
        ("belt", "belts"),
    ],
)
def test_plural(noun, many):
    assert plural(noun) == many


def test_join():
    assert join(["a", "b", "c"], "en") == "a, b or c"
    assert join(["a", "b"], "zh", "and") == "a和b"


_wishes = st.builds(
    Criteria,
    **{
        name: st.lists(st.sampled_from(["dress", "Red", "M", "cotton", "odd 值"]), max_size=2)
        for name in TUPLES
    },
    price_min=st.none() | st.decimals(0, 500, places=2),
    price_max=st.none() | st.decimals(0, 500, places=2),
    sort=st.none() | st.sampled_from(["cheapest", "newest"]),
    text=st.text(max_size=20),
)


@given(_wishes)
def test_a_slot_keeps_everything(wish):
    assert Criteria.from_dict(wish.to_dict()) == wish


@given(_wishes, _wishes)
def test_the_newest_word_holds(before, later):
    merged = before.merge(later)
    for name in FIELDS:
        if not name.startswith(("not_", "price")) and getattr(later, name):
            assert getattr(merged, name) == getattr(later, name)
    if (
        merged.price_min is not None
        and merged.price_max is not None
        and (later.price_min is None or later.price_max is None)
    ):
        assert merged.price_min <= merged.price_max
    assert describe(merged, "en", "USD") and describe(merged, "zh", "USD")
