from __future__ import annotations

from decimal import Decimal

import pytest

from shop.importing.record_parser import Defaults, RecordError, to_product

GOOD = {
    "id": "a1",
    "category": "dress",
    "title_en": "Red Dress",
    "brand": "Veyra",
    "colour": "red",
    "gender": "Women",
    "price": "24.9",
    "sizes": "S:4|M:0",
    "occasions": "party|date",
    "added": "2026-01-02",
}


def test_a_good_row():
    product = to_product(GOOD, Defaults())
    assert product.price == Decimal("24.90") and product.colour == "Red" and product.gender == "women"
    assert product.sizes_in_stock() == ("S",) and product.in_stock("s") == 4 and product.in_stock("XL") == 0
    assert product.occasions == ("party", "date")
    assert product.title("zh") == "Veyra 红色女士连衣裙"  # made from the record where the shop gives none
    assert product.price_text("en") == "$24.90" and product.price_text("zh") == "24.90美元"


def test_colours_of_one_line_share_it():
    line = {
        to_product({**GOOD, "colour": colour, "title_en": f"{colour} Dress"}, Defaults()).line
        for colour in ("Red", "Navy Blue")
    }
    assert len(line) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": ""}, "id '' is not"),
        ({"id": "../etc"}, "id '../etc' is not"),
        ({"category": "dres"}, "category 'dres' is unknown; did you mean dress"),
        ({"category": ""}, "category is missing"),
        ({"colour": "Nayv Blue"}, "did you mean Navy Blue"),
        ({"colour": "xyzzy"}, "did you mean Black or White"),
        ({"gender": "ladies"}, "gender 'ladies' is unknown"),
        ({"price": "cheap"}, "no number"),
        ({"price": "-1"}, "not between"),
        ({"price": "nan"}, "not between"),
        ({"price": ""}, "--default-price"),
        ({"currency": "dollars"}, "three-letter"),
        ({"sizes": "S:-1"}, "stock '-1' of S"),
        ({"sizes": "S:1|S:2"}, "names S twice"),
        ({"sizes": [{"stock": 1}]}, "no name"),
        ({"sizes": "[1"}, "no JSON list"),
        ({"occasions": ["sleeping"]}, "occasions 'sleeping' is unknown"),
        ({"added": "yesterday"}, "no date"),
        ({"popularity": "many"}, "no whole number"),
        ({"title_en": "x" * 201}, "at most 200"),
        ({"brand": {"a": 1}}, "brand is no text"),
    ],
)
def test_faults_are_named(change, reason):
    with pytest.raises(RecordError, match=".*" + reason.replace("(", "\\(")):
        to_product({**GOOD, **change}, Defaults())


def test_all_faults_at_once():
    with pytest.raises(RecordError) as error:
        to_product({"id": "x", "category": "dres", "price": "?"}, Defaults())
    assert all(
        word in str(error.value) for word in ("category", "colour is missing", "brand is missing", "price")
    )


def test_default_price():
    assert to_product({**GOOD, "price": ""}, Defaults(price=Decimal("25.00"))).price == 25
