"""A whole sight beside a photo, and a search for each of its findings."""

from __future__ import annotations

import numpy as np
import pytest
import sqlalchemy as sa

from shop.catalogue import embeddings
from shop.customers import photos
from shop.search import queries
from shop.search.criteria import Criteria
from storage import database, personal_data
from tests.shop.conftest import histogram
from vision.predictions import Detection, PhotoAnalysis, Prediction, Ranked
from vision.taxonomy import load as load_taxonomy

store = photos.PhotoStore()


def seen(kinds: dict[str, float], colour: str, **more) -> Prediction:
    pixels = np.full((32, 32, 3), load_taxonomy().colours[colour].rgb, np.uint8)
    return Prediction(
        kinds=[Ranked(*pair) for pair in kinds.items()],
        colours=[Ranked(colour, 0.9)],
        caption={"en": "something", "zh": "某物"},
        embedding=histogram(pixels).astype(np.float32),
        **more,
    )


def person() -> PhotoAnalysis:
    # On the upper body the eyes take the coat for a handbag: the part says better.
    upper = Detection("upper", (10, 20, 110, 160), seen({"handbag": 0.5, "coat": 0.4, "shirt": 0.1}, "Black"))
    lower = Detection("lower", (20, 160, 100, 300), seen({"jeans": 0.9, "dress": 0.1}, "Blue"))
    feet = Detection("feet", (20, 300, 100, 350), seen({"sports_shoes": 0.8, "flats": 0.2}, "White"))
    return PhotoAnalysis("", (upper, lower, feet), person=True)


def test_shop_the_look(filled):
    found = queries.by_detections(person().detections, limit=3)
    assert [each.detection.part for each in found] == ["upper", "lower", "feet"]
    for each in found:
        kinds = set(queries.kinds_of_part(each.detection.part))
        assert each.results.hits and {product.category for product in each.results.products} <= kinds
        assert len(each.results.hits) <= 3 and each.results.missing_kind is None
    upper, lower, feet = (each.results.products for each in found)
    assert upper[0].category == "coat" and upper[0].colour == "Black"
    assert lower[0].category == "jeans" and lower[0].colour in ("Blue", "Navy Blue")
    assert feet[0].category == "sports_shoes" and feet[0].colour == "White"


def test_wishes_hold_for_every_part_and_a_kind_chooses_one(filled):
    for each in queries.by_detections(person().detections, Criteria(colours="Red", price_max=100)):
        assert {product.colour for product in each.results.products} <= {"Red", "Maroon", "Burgundy"}
        assert all(product.price <= 100 for product in each.results.products)
    (only,) = queries.by_detections(person().detections, Criteria(categories="shoes"))
    assert only.detection.part == "feet" and only.results.products[0].category == "sports_shoes"
    # Nothing on the photo is a bag: the wish counts all the same.
    bags = queries.by_detections(person().detections, Criteria(categories="handbag"))
    assert {product.category for each in bags for product in each.results.products} == {"handbag"}


def test_nothing_is_shown_twice(filled):
    found = queries.by_detections([*person().detections, *person().detections])
    shown = [product.id for each in found for product in each.results.products]
    assert len(shown) == len(set(shown))


def test_a_part_is_no_wish_that_could_be_dropped(filled):
    found = queries.by_photo(
        person().detections[2].prediction, Criteria(price_max=1), within=queries.kinds_of_part("feet")
    )
    assert not found.hits and found.relaxed
    assert all(set(relaxed.fields) == {"price_max"} for relaxed in found.relaxed)


@pytest.mark.parametrize("part", ["whole", "something new"])
def test_other_parts_may_be_anything(part):
    assert queries.kinds_of_part(part) == ()


def test_a_sight_is_kept_whole(shop):
    photo = store.put("ann", b"jpeg")
    details = {
        "patterns": [Ranked("striped", 0.75)],
        "sleeves": [Ranked("long", 0.5)],
        "usages": [Ranked("Casual", 1.0)],
        "brands": [Ranked("Nike", 0.25)],
        "articles": [Ranked("Shirts", 0.5)],
        "labels": [Ranked("Shirt", 0.5)],
        "genders": [Ranked("women", 0.5)],
    }
    prediction = seen({"shirt": 0.5}, "Red", brand="Nike", second_colour="White", **details)
    analysis = PhotoAnalysis(
        "too_blurred", (Detection("upper", (1, 2, 3, 4), prediction),), person=True, multiple_products=True
    )
    store.save_analysis(photo, analysis)
    back = store.load_analysis(photo, "ann")
    assert (back.problem, back.person, back.multiple_products) == ("too_blurred", True, True)
    (detection,) = back.detections
    assert (detection.part, detection.box) == ("upper", (1, 2, 3, 4))
    for name in ("kinds", "colours", "caption", "brand", "second_colour", *details):
        assert getattr(detection.prediction, name) == getattr(prediction, name), name
    assert np.array_equal(detection.prediction.embedding, prediction.embedding)
    assert store.load_analysis(photo, "bob") is None
    assert personal_data.export("ann")["photos"][0]["captions"] == [prediction.caption]


def test_a_photo_without_a_product_is_kept_too(shop):
    photo = store.put("ann", b"jpeg")
    store.save_analysis(photo, PhotoAnalysis("too_dark", ()))
    assert (
        store.load_analysis(photo) == PhotoAnalysis("too_dark", ()) and store.load_prediction(photo) is None
    )


@pytest.mark.parametrize(
    "stored",
    [
        {"kinds": [["dress", 0.9]], "colours": [], "caption": {}, "embedding": ""},  # of the first release
        {"version": "other eyes", "problem": "", "findings": [], "person": False, "several": False},
        {"version": None, "findings": 3},
    ],
)
def test_what_other_eyes_saw_is_looked_at_anew(shop, stored, monkeypatch):
    photo = store.put("ann", b"jpeg")
    with database.session() as connection:
        connection.execute(photos.photos.update().values(look=stored))
    assert store.load_analysis(photo) is None
    with database.session() as connection:
        broken = {"version": embeddings.model_key(), "findings": [{}]}
        connection.execute(sa.update(photos.photos).values(look=broken))
    assert store.load_analysis(photo) is None
