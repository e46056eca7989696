"""What is kept of a customer: profile, photos, and their deletion."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from shop.cart import cart, wishlist
from shop.customers import profile
from shop.customers.photos import PhotoStore, Ranked
from shop.customers.profile import Profile, size_system
from shop.recommend import suggestions
from shop.search import queries
from shop.search.criteria import Criteria
from storage import database, personal_data

store = PhotoStore()


def test_a_profile_grows_and_the_newest_word_holds(shop):
    profile.learn("ann", Criteria(sizes="M", colours=("Red", "Blue"), price_max=80), height=170)
    known = profile.learn("ann", Criteria(sizes="42", not_colours="Red", brands="Veyra"), weight=60)
    assert known == profile.load("ann")
    assert known.sizes == {"letter": "M", "shoe": "42"} and known.size("shoe") == "42"
    assert (
        known.colours == ("Blue",)
        and known.not_colours == ("Red",)
        and (known.height, known.weight) == (170, 60)
    )
    assert "170 cm" in known.describe("en") and "不要红色" in known.describe("zh")
    assert profile.load("bob").is_empty() and profile.load("bob").describe("en") == ""
    assert profile.forget("ann") and profile.load("ann").is_empty()


def test_tastes_limit_a_search_unless_it_says_otherwise():
    taste = Profile(not_colours=("Black",), price_max=80, genders=("women",))
    assert taste.limit(Criteria()) == Criteria(not_colours="Black", price_max=80, genders="women")
    assert taste.limit(Criteria(colours="Black", price_min=100, genders="men")) == Criteria(
        colours="Black", price_min=100, genders="men"
    )


@pytest.mark.parametrize(
    ("size", "system"),
    [
        ("m", "letter"),
        ("XXL", "letter"),
        ("42", "shoe"),
        ("42,5", "shoe"),
        ("32", "waist"),
        ("one size", "other"),
        ("7", "other"),
    ],
)
def test_size_systems(size, system):
    assert size_system(size) == system


def test_suggestions_follow_the_profile_and_never_end_dead(shop):
    profile.learn("ann", Criteria(genders="men", not_brands="Veyra", brands="Odenwick"))
    found = suggestions.suggest("ann")
    assert {product.gender for product in found.products} <= {"men", "unisex"}
    assert (
        "Veyra" not in {product.brand for product in found.products}
        and "liked_brand" in found.hits[0].reasons
    )
    assert suggestions.suggest(
        "ann", Criteria(categories="dress")
    ).hits  # dresses are women's here: the wish wins
    gift = suggestions.suggest(None, Criteria(price_max=40, occasions="wedding"))
    assert all(product.price <= 40 and "wedding" in product.occasions for product in gift.products)


def test_photos_are_the_owners_until_they_expire(shop):
    photo = store.put("ann", b"jpeg", 3, 4)
    assert len(photo) >= 32 and store.get(photo).data == b"jpeg" and store.get(photo, owner="ann").width == 3
    assert store.get(photo, owner="bob") is None and store.get("guess") is None
    old = store.put("ann", b"old", keep=timedelta(seconds=-1))
    assert store.get(old) is None and store.purge_expired() == 1 and store.get(photo)
    assert not store.delete(photo, "bob") and store.delete(photo, "ann") and store.get(photo) is None


def test_a_look_is_kept_and_searches_like_a_fresh_one(shop):
    prediction = SimpleNamespace(
        kinds=[Ranked("dress", 0.9)],
        colours=[Ranked("Red", 0.8)],
        genders=[Ranked("women", 0.7)],
        caption={"en": "a red dress"},
        embedding=np.full(256, 1 / 16, np.float32),
    )
    photo = store.put("ann", b"jpeg")
    assert store.load_prediction(photo) is None
    store.save_prediction(photo, prediction)
    back = store.load_prediction(photo, owner="ann")
    assert back.kinds == prediction.kinds and back.kind("dress") == 0.9 and back.caption == prediction.caption
    assert np.array_equal(back.embedding, prediction.embedding)
    assert queries.by_photo(back).products == queries.by_photo(prediction).products
    assert store.load_prediction(photo, owner="bob") is None


# A part that a test keeps, as a room's revision would register it.
NOTES = """
INSERT INTO personal_data (part, erased, copied) VALUES ('notes', 1000, 1000);
CREATE FUNCTION export_notes(person text) RETURNS jsonb LANGUAGE sql AS 'SELECT jsonb_build_array(person)';
CREATE FUNCTION forget_notes(person text) RETURNS integer LANGUAGE sql AS 'SELECT 1';
"""
NO_NOTES = """
DELETE FROM personal_data WHERE part = 'notes'; DROP FUNCTION export_notes, forget_notes;
"""


def test_export_and_forget(shop, one):
    bag = one(categories="handbag")
    cart.add("ann", bag.id)
    wishlist.add("ann", bag.id)
    wishlist.add("bob", bag.id)
    profile.learn("ann", Criteria(sizes="M"))
    photo = store.put("ann", b"jpeg")
    with database.session() as connection:
        connection.exec_driver_sql(NOTES)
    try:
        data = personal_data.export("ann")
        assert json.loads(json.dumps(data)) == data
        assert (
            data["cart"][0]["product"] == bag.id
            and data["photos"][0]["id"] == photo
            and data["notes"] == ["ann"]
        )
        assert personal_data.forget("ann", photos_only=True) == {"photos": 1} and cart.view("ann").lines
        counts = personal_data.forget("ann")
        assert counts["cart"] == counts["wishlist"] == counts["profile"] == counts["notes"] == 1
        assert not any(part for name, part in personal_data.export("ann").items() if name != "notes")
        assert wishlist.view("bob")
    finally:
        with database.session() as connection:
            connection.exec_driver_sql(NO_NOTES)


def test_the_channels_messages_are_covered(shop):
    with database.session() as connection:
        connection.exec_driver_sql("INSERT INTO conversations (id) VALUES ('ann')")
        connection.exec_driver_sql(
            "INSERT INTO messages (conversation, seq, sender, body) "
            "VALUES ('ann', 1, 'customer', '{\"text\": \"hi\"}')"
        )
    assert personal_data.export("ann")["messages"][0]["text"] == "hi"
    assert personal_data.forget("ann")["messages"] == 1
