from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from shop.customers.photos import Ranked
from shop.search import queries, visual_search
from shop.search.criteria import Criteria
from shop.search.diversity import diversify
from shop.search.ranking_weights import PHOTO
from shop.search.scoring import Signals
from tests.shop.conftest import histogram
from vision.taxonomy import load as load_taxonomy


def prediction_of(kinds: dict[str, float], colours: dict[str, float], picture: str = "Red"):
    pixels = np.full((32, 32, 3), load_taxonomy().colours[picture].rgb, np.uint8)
    return SimpleNamespace(
        kinds=[Ranked(*pair) for pair in kinds.items()],
        colours=[Ranked(*pair) for pair in colours.items()],
        embedding=histogram(pixels),
    )


def test_a_sure_photo_shows_its_kind_and_colour(filled):
    found = queries.by_photo(prediction_of({"dress": 0.97, "shirt": 0.03}, {"Red": 0.98, "Pink": 0.02}))
    assert found.products[0].category == "dress" and found.products[0].colour == "Red"
    assert {"same_kind", "same_colour", "similar_look"} <= set(found.hits[0].reasons)
    assert {product.category for product in found.products[:3]} == {"dress"}
    assert found.total >= len(found.hits)


def test_an_unsure_photo_covers_the_likely_kinds(filled):
    found = queries.by_photo(
        prediction_of({"shirt": 0.4, "coat": 0.32, "t_shirt": 0.28}, {"Black": 1.0}, "Black")
    )
    assert {product.category for product in found.products[:3]} == {"shirt", "coat", "t_shirt"}
    assert {product.colour for product in found.products[:3]} == {"Black"}


def test_a_guess_at_another_kind_is_for_the_same_people():
    """A man's sweater is a little more like the photo than a woman's; a dress makes the photo a woman's."""
    candidates = [
        {"category": "dress", "colour": "Black", "gender": "women", "score": 3.0},
        {"category": "dress", "colour": "Black", "gender": "women", "score": 2.9},
        {"category": "sweater", "colour": "Black", "gender": "men", "score": 1.2},
        {"category": "sweater", "colour": "Black", "gender": "women", "score": 1.0},
        {"category": "t_shirt", "colour": "Black", "gender": "women", "score": 0.5},
    ]
    unsure = Signals({"dress": 0.72, "sweater": 0.22, "t_shirt": 0.06}, {}, {"black": 1.0}, None)
    assert diversify(candidates, unsure, PHOTO)[1] is candidates[2]
    womans = replace(unsure, genders={"women": 0.9, "men": 0.1})
    assert [candidates.index(each) for each in diversify(candidates, womans, PHOTO)] == [0, 3, 1]
    unsurer = replace(womans, kinds={"dress": 0.4, "sweater": 0.35, "t_shirt": 0.25})
    assert [candidates.index(each) for each in diversify(candidates, unsurer, PHOTO)] == [0, 3, 4]


def test_of_a_huge_shop_the_nearest_of_each_likely_kind_are_scored(filled, monkeypatch):
    photo = prediction_of({"dress": 0.8, "shirt": 0.2}, {"Red": 0.9, "Black": 0.1})
    whole = queries.by_photo(photo)
    monkeypatch.setattr(visual_search, "_NEAREST", 2)
    monkeypatch.setattr(visual_search, "_OF_KINDS", 10)
    few = queries.by_photo(photo)
    assert few.total <= 8 + 2 + 2 < whole.total
    assert few.products[0].id == whole.products[0].id
    assert {product.category for product in few.products} == {"dress", "shirt"}


def test_an_unsure_colour_is_covered_too(filled):
    found = queries.by_photo(prediction_of({"dress": 1.0}, {"Red": 0.4, "Black": 0.35, "Green": 0.25}))
    assert {product.colour for product in found.products[:3]} == {"Red", "Black", "Green"}


def test_words_said_with_the_photo_win(filled):
    photo = prediction_of({"dress": 0.9, "shirt": 0.1}, {"Red": 1.0})
    blue = queries.by_photo(photo, Criteria(colours="Blue", price_max=90))
    assert {product.colour for product in blue.products} <= {"Blue", "Navy Blue"}
    assert all(product.price <= 90 for product in blue.products)
    coats = queries.by_photo(photo, Criteria(categories="outerwear"))
    assert {product.category for product in coats.products} == {"coat"} and coats.products[0].colour in (
        "Red",
        "Maroon",
    )


def test_pages_of_a_photo_do_not_overlap(filled):
    photo = prediction_of({"shirt": 0.5, "coat": 0.5}, {"Red": 0.5, "Blue": 0.5})
    whole = [product.id for product in queries.by_photo(photo, limit=12).products]
    pages = [
        product.id
        for offset in (0, 3, 6, 9)
        for product in queries.by_photo(photo, limit=3, offset=offset).products
    ]
    assert pages == whole and len(set(whole)) == len(whole)


def test_cheapest_of_what_is_like_it(filled):
    found = queries.by_photo(
        prediction_of({"dress": 1.0}, {"Red": 0.6, "Maroon": 0.4}), Criteria(sort="cheapest")
    )
    likes = [hit.product for hit in found.hits if hit.score > found.hits[0].score - 0.5]
    assert found.products[0].price == min(product.price for product in likes)


def test_a_kind_not_sold_is_told_and_is_no_dead_end(filled):
    found = queries.by_photo(prediction_of({"umbrella": 0.9, "handbag": 0.1}, {"Red": 1.0}))
    assert found.missing_kind == "umbrella" and found.hits


def test_nothing_within_the_wishes_says_what_to_drop(filled):
    found = queries.by_photo(prediction_of({"dress": 1.0}, {"Red": 1.0}), Criteria(price_max=1))
    assert not found.hits and found.relaxed[0].fields == ("price_max",)


@pytest.mark.parametrize("gender", ["women", "men"])
def test_whom_the_photo_shows_counts_a_little(filled, gender):
    photo = prediction_of({"shirt": 1.0}, {})
    photo.embedding = np.full(256, 1 / 16, np.float32)
    photo.genders = [Ranked(gender, 0.95)]
    assert queries.by_photo(photo, limit=1).products[0].gender in (gender, "unisex")
