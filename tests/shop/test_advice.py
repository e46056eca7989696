"""Sizes, outfits, comparison, facts."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from shop.catalogue import comparison, product_facts
from shop.catalogue.product import Size
from shop.customers import sizing
from shop.errors import BadRequest, UnknownProduct
from shop.recommend import outfits
from shop.search.criteria import Criteria
from vision.taxonomy import load as load_taxonomy


@pytest.mark.parametrize(
    ("kind", "gender", "height", "weight", "size"),
    [
        ("t_shirt", "men", 175, 70, "M"),
        ("t_shirt", "men", 170, 60, "S"),
        ("shirt", "men", 185, 100, "XL"),
        ("dress", "women", 165, 55, "S"),
        ("dress", "women", 170, 70, "M"),
        ("jeans", "men", 175, 70, "33"),
        ("t_shirt", "boys", 128, None, "M"),
        ("sports_shoes", "men", 175, None, "43"),
        ("flats", "women", 165, None, "39"),
        ("tops", None, 150, 200, "XXXL"),
    ],
)
def test_a_size_from_the_body(kind, gender, height, weight, size):
    assert sizing.recommend(kind, gender, height=height, weight=weight).size == size


def test_what_must_be_known_first():
    assert sizing.recommend("dress", "women").needs == ("height", "weight")
    assert sizing.recommend("dress", "women", height=170).needs == ("weight",)
    assert sizing.recommend("flats", "women", weight=60).needs == ("height",)
    assert sizing.recommend("handbag", None).why == "one_size"


def test_a_usual_size_decides():
    advice = sizing.recommend("dress", "women", usual="l", height=165, weight=55)
    assert (advice.size, advice.why) == ("L", "usual")
    # A shoe size says nothing of a dress.
    assert sizing.recommend("dress", "women", usual="42").needs == ("height", "weight")


@pytest.mark.parametrize("measures", [{"height": 17}, {"height": 1000}, {"weight": 0}, {"weight": 900}])
def test_impossible_bodies(measures):
    with pytest.raises(BadRequest):
        sizing.recommend("dress", "women", **measures)


def test_advice_for_a_product_knows_its_stock(filled, one):
    dress = replace(one(categories="dress"), sizes=(Size("S", 0), Size("M", 2), Size("L", 5)))
    advice = sizing.recommend(None, None, height=165, weight=55, product=dress)
    assert (advice.size, advice.offered, advice.in_stock, advice.nearest) == ("S", True, 0, "M")
    far = replace(dress, sizes=(Size("XL", 2),))
    assert sizing.recommend(None, None, height=165, weight=55, product=far).nearest is None


@pytest.mark.parametrize("system", ["letter", "waist", "shoe"])
def test_charts_are_without_gaps(system):
    for gender in ("men", "women", "boys", "girls"):
        rows = list(
            sizing.chart({"letter": "dress", "waist": "jeans", "shoe": "boots"}[system], gender).rows.values()
        )
        assert all(low < high for low, high in rows)
        assert all(one[1] == other[0] for one, other in pairwise(rows))


def test_an_outfit_has_one_piece_a_place(filled, one):
    dress = one(categories="dress", colours="Red")
    found = outfits.complete(dress.id)
    assert {product.category for product in found.products} == {"flats", "handbag", "coat"}
    assert all("goes_with" in hit.reasons for hit in found.hits)
    assert all(product.gender in ("women", "unisex") for product in found.products)
    colours = {product.colour for product in found.products}
    assert colours <= {"Black", "White", "Blue", "Navy Blue"}  # what red goes with


def test_an_outfit_keeps_to_wishes(filled, one):
    dress = one(categories="dress", colours="Red")
    shoes = outfits.complete(dress.id, Criteria(categories="shoes", genders="women", price_max=200), limit=3)
    assert len(shoes.hits) > 1 and {product.category for product in shoes.products} <= {
        "flats",
        "sports_shoes",
    }
    nothing = outfits.complete(dress.id, Criteria(price_max=1))
    assert not nothing.hits and nothing.relaxed
    with pytest.raises(UnknownProduct):
        outfits.complete("nothing")


def test_every_kind_has_an_outfit_of_known_kinds():
    kinds = load_taxonomy().kinds
    for kind in kinds:
        places = outfits.places_of(kind)
        assert places and all(piece in kinds and piece != kind for place in places for piece in place), kind
    assert all(
        0 <= outfits.harmony(one, other) <= 1 for one in load_taxonomy().colours for other in ("Red", "Multi")
    )


def test_compare(filled, one):
    cheap, dear = one(categories="dress", sort="cheapest"), one(categories="dress", sort="dearest")
    table = comparison.table([dear.id, cheap.id], "en")
    assert table.cheapest == cheap.id and [product.id for product in table.products] == [dear.id, cheap.id]
    price = next(row for row in table.rows if row.attribute == "price")
    assert price.differs and price.values == (dear.price_text("en"), cheap.price_text("en"))
    assert all(row.differs for row in table.differences())
    for ids in ([cheap.id], [cheap.id, cheap.id], ["t001", "t002", "t003", "t004", "t005"]):
        with pytest.raises(BadRequest):
            comparison.table(ids)
    with pytest.raises(UnknownProduct):
        comparison.table([cheap.id, "nothing"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_facts(filled, one, lang):
    dress = one(categories="dress", sizes="M")
    assert product_facts.answer(dress, "price", lang=lang).values["price"] == dress.price_text(lang)
    assert product_facts.answer(dress, "stock", size="m", lang=lang).values["pieces"] == dress.in_stock("M")
    assert product_facts.answer(dress, "stock", size="XXXL", lang=lang).values["offered"] is False
    assert product_facts.answer(dress, "care", lang=lang).values["care"]
    for attribute in product_facts.ATTRIBUTES:
        assert product_facts.answer(dress, attribute, lang=lang).attribute == attribute
    with pytest.raises(ValueError, match="there are price"):
        product_facts.answer(dress, "smell")
