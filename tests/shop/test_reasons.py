"""What a search says of a product is true: each reason's claim is held against the records, in plain Python."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop import colours
from shop.catalogue import embeddings, products
from shop.catalogue.product import PRINTS
from shop.customers.photos import Ranked
from shop.search import queries, reasons
from shop.search.criteria import Criteria
from shop.search.criteria_phrases import describe
from storage import database
from tests.shop.conftest import BRANDS, COLOURS, KINDS, PATTERNS, ColourEyes, histogram
from tests.shop.test_visual_search import prediction_of as plain_prediction
from vision.taxonomy import load as load_taxonomy


def prediction_of(kinds, colours, picture="Red", **heads):
    """As the new eyes see: with patterns, sleeves, a brand."""
    seen = vars(plain_prediction(kinds, colours, picture))
    ranked = {
        name: [Ranked(*pair) for pair in heads.pop(name, {}).items()] for name in ("patterns", "sleeves")
    }
    return SimpleNamespace(**seen, **ranked, **heads)


def claims(product, photo, wish: Criteria) -> dict[str, bool]:
    """For each code what must hold of the record for it to be said."""
    family = load_taxonomy().family

    def best(head):
        return max(getattr(photo, head, ()), key=lambda each: each.probability, default=Ranked("", 0)).name

    pattern = product.pattern or product.seen.get("pattern")
    colour = best("colours")
    return {
        "wished_kind": product.category in wish.kinds(),
        "wished_colour": product.colour in colours.meant_by_any(wish.colours),
        "wished_pattern": pattern in wish.patterns,
        "wished_sleeves": product.sleeves in wish.sleeves,
        "wished_brand": product.brand in wish.brands,
        "same_kind": product.category == best("kinds"),
        "same_colour": product.colour == colour,
        "similar_colour": product.colour != colour and family(product.colour) == family(colour),
        "same_brand": product.brand.lower() == photo.brand.lower() != "",
        "similar_pattern": pattern == best("patterns")
        or (best("patterns") == "printed" and pattern in PRINTS),
        "same_sleeves": product.sleeves == best("sleeves"),
        "similar_look": True,  # held below, by the pictures
        "under_budget": wish.price_max is not None and product.price <= wish.price_max,
        "your_size": any(product.in_stock(size) for size in wish.sizes),
        "cheapest": wish.sort == "cheapest",
        "dearest": wish.sort == "dearest",
        "newest": wish.sort == "newest",
        "for_occasion": bool(set(product.occasions) & set(wish.occasions)),
    }


def some(values):
    return st.lists(st.sampled_from(values), max_size=1)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(KINDS),
    other=st.sampled_from(KINDS),
    sure=st.sampled_from([0.3, 0.5, 0.95]),
    colour=st.sampled_from(COLOURS),
    pattern=st.sampled_from(["striped", "printed", "plain"]),
    sleeves=st.sampled_from(["short", "long"]),
    brand=st.sampled_from([*BRANDS, "Nobody", ""]),
    wish=st.builds(
        Criteria,
        categories=some([*KINDS, "tops"]),
        colours=some(COLOURS),
        patterns=some(PATTERNS),
        not_patterns=some(PATTERNS),
        brands=some(BRANDS),
        sizes=some(["M", "40"]),
        occasions=some(["casual"]),
        price_max=st.none() | st.integers(20, 120),
        sort=st.none() | st.sampled_from(["cheapest", "newest"]),
    ),
)
def test_every_reason_is_true(filled, kind, other, sure, colour, pattern, sleeves, brand, wish):
    kinds = {kind: sure, other: 1 - sure} if kind != other else {kind: 1.0}
    photo = prediction_of(
        dict(sorted(kinds.items(), key=lambda pair: -pair[1])),  # the eyes give the likeliest first
        {colour: 0.9},
        colour,
        patterns={pattern: 0.9},
        sleeves={sleeves: 0.9},
        brand=brand,
    )
    for hit in queries.by_photo(photo, wish, limit=20).hits:
        held = claims(hit.product, photo, wish)
        assert set(hit.reasons) <= set(reasons.CODES)
        assert [code for code in hit.reasons if not held[code]] == []
        if "similar_look" in hit.reasons:
            assert histogram_of(hit.product) @ photo.embedding >= 0.69
        for lang in ("en", "zh"):
            assert reasons.explain(hit.reasons, hit.product, wish, lang) or not hit.reasons


def histogram_of(product):
    import numpy as np

    rgb = load_taxonomy().colours[product.colour].rgb
    return histogram(np.full((64, 64, 3), rgb, np.uint8))


def test_same_kind_is_not_said_of_what_was_only_wished(filled):
    hit = queries.by_photo(prediction_of({"dress": 0.98}, {"Red": 1.0}), Criteria(categories="shirt")).hits[0]
    assert "same_kind" not in hit.reasons and hit.reasons[0] == "wished_kind"


def test_every_code_has_words():
    product = SimpleNamespace(
        kind_name=lambda lang: "dress",
        colour_name=lambda lang: "navy blue",
        shown_pattern=lambda: "striped",
        sleeves="long",
        brand="Veyra",
        currency="USD",
    )
    wish = Criteria(price_max=50)
    for code in reasons.CODES:
        assert reasons.explain([code], product, wish, "en") and reasons.explain([code], product, wish, "zh")
    said = ("wished_colour", "wished_sleeves", "same_kind", "similar_pattern", "under_budget")
    assert reasons.explain(said, product, wish, "en") == (
        "in navy blue as you wished, long-sleeved as you wished, same kind, similar pattern, under $50"
    )
    assert reasons.explain(("same_kind", "wished_sleeves"), product, wish, "zh") == "同类商品，您要的长袖"


def test_a_word_overrides_what_the_photo_says(filled):
    photo = prediction_of(
        {"shirt": 0.9},
        {"Red": 0.95},
        patterns={"striped": 0.9, "plain": 0.1},
        sleeves={"short": 0.9},
        brand="Veyra",
    )
    # "But in blue, under 90, not striped": none of it is argued with, and nothing striped is even looked for.
    wish = Criteria(colours="Blue", price_max=90, not_patterns="striped")
    for hit in queries.by_photo(photo, wish, limit=20).hits:
        assert hit.product.colour in ("Blue", "Navy Blue") and hit.product.price <= 90
        assert hit.product.pattern != "striped"
        assert {"same_colour", "similar_colour"}.isdisjoint(hit.reasons) and "wished_colour" in hit.reasons
    other = queries.by_photo(photo, Criteria(brands="Odenwick"), limit=20).hits
    assert {hit.product.brand for hit in other} == {"Odenwick"} and "wished_brand" in other[0].reasons


@pytest.mark.parametrize("pattern", ["striped", "floral"])
def test_the_pattern_ranks(filled, pattern):
    seen = {"striped": "striped", "floral": "printed"}[pattern]
    found = queries.by_photo(prediction_of({"shirt": 1.0}, {}, "Gold", patterns={seen: 0.99}), limit=20)
    shirts = sorted(
        (hit for hit in found.hits if hit.product.category == "shirt"), key=lambda hit: -hit.score
    )
    assert shirts[0].product.pattern == pattern and "similar_pattern" in shirts[0].reasons


def test_like_this_but_with_long_sleeves(shop):
    product = products.get("t008")  # a T-shirt: short, as its kind says
    assert product.category == "t_shirt" and product.sleeves == "short"
    shirts = [each for each in products.get_many([f"t{n:03}" for n in range(16, 24)]) if each.in_stock()]
    for shirt, sleeves in zip(
        shirts, ("Long-Sleeve", "full sleeve", "Short-Sleeve", "Sleeveless"), strict=False
    ):
        titles = {**shirt.titles, "en": f"{sleeves} shirt"}
        products.upsert(type(shirt)(**{**vars(shirt), "titles": titles}))
    photo = prediction_of({"shirt": 0.9}, {"Red": 0.95}, sleeves={"short": 0.99})
    for wish in (Criteria(sleeves="long"), Criteria(categories="long_sleeve")):
        found = queries.by_photo(photo, wish).hits
        assert {hit.product.id for hit in found if hit.product.category == "shirt"} == {
            each.id for each in shirts[:2]
        }
        assert all(hit.product.sleeves == "long" and "wished_sleeves" in hit.reasons for hit in found)
    assert Criteria.from_entities([{"entity": "sleeve", "value": "long"}]).sleeves == ("long",)
    assert "long-sleeved" in describe(Criteria(sleeves="long"), "en") and "长袖" in describe(
        Criteria(sleeves="long"), "zh"
    )


class Seeing(ColourEyes):
    """Eyes that are sure that everything is striped, long-sleeved and for sport."""

    version = "seeing"

    def predict(self, pixels, *, caption=True):
        heads = {"patterns": "striped", "sleeves": "long", "usages": "Sports"}
        ranked = {head: [Ranked(name, 0.95), Ranked("Casual", 0.05)] for head, name in heads.items()}
        return SimpleNamespace(**vars(super().predict(pixels)), **ranked, second_colour="White", brand="")


def test_where_the_record_is_silent_the_eyes_speak(shop):
    with database.session() as connection:
        connection.exec_driver_sql("UPDATE products SET pattern = NULL, occasions = '{}' WHERE id = 't016'")
    embeddings.refresh(eyes=Seeing(), model="seeing")
    silent, said = products.get("t016"), products.get("t018")
    assert silent.seen == {"pattern": "striped", "sleeves": "long", "occasion": "sport", "colour2": "White"}
    assert silent.shown_pattern() == "striped" and silent.shown_occasions() == ("sport",)
    assert silent.sleeves == "long" and said.pattern == said.shown_pattern()  # the record's word counts more
    red_shirt = Criteria(categories=silent.category, colours=silent.colour)
    if silent.in_stock():
        assert "t016" in ids(red_shirt.merge(Criteria(patterns="striped")))
        assert "t016" in ids(red_shirt.merge(Criteria(occasions="sport")))
    assert "t016" not in ids(red_shirt.merge(Criteria(not_patterns="striped")))


def ids(wish):
    return {product.id for product in queries.by_criteria(wish, limit=50).products}
