"""What the shop tells the person who takes over."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from actions.shop import cart, checkout, database, profile
from actions.shop.criteria import Criteria
from actions.shop.story import SHOWN, story


@pytest.fixture
def messages(shop):
    """The table of the conversations' messages, as `bot.messages` has it, where only its form matters."""
    with database.session() as connection:
        connection.exec_driver_sql("CREATE TABLE messages (conversation text, seq int, body jsonb)")

    def add(conversation: str, seq: int, *ids: str) -> None:
        body = {"text": "hm", **({"cards": [{"id": each} for each in ids]} if ids else {})}
        with database.session() as connection:
            statement = sa.text("INSERT INTO messages VALUES (:c, :s, CAST(:b AS jsonb))")
            connection.execute(statement, {"c": conversation, "s": seq, "b": json.dumps(body)})

    yield add
    with database.session() as connection:
        connection.exec_driver_sql("DROP TABLE messages")


def test_a_new_customer(shop):
    empty = {"lines": [], "count": 0, "total": "0.00", "currency": "USD"}
    assert story("nobody") == {"cart": empty, "order": None, "orders": 0, "shown": [], "profile": None}


def test_cart_and_last_order(shop, one):
    dress, bag = one(categories="dress"), one(categories="handbag")
    for product in (dress, bag):
        cart.add("ann", product.id, product.sizes_in_stock()[0])
        order = checkout.place(checkout.link("ann").partition("cart=")[2], "ann@example.com")
    cart.add("ann", dress.id, dress.sizes_in_stock()[-1])
    found = story("ann")
    (line,) = found["cart"]["lines"]
    assert line["product"] == dress.id and line["titles"]["zh"] == dress.title("zh")
    assert found["cart"]["total"] == line["price"] == f"{dress.price:.2f}"
    assert (found["order"]["id"], found["orders"]) == (order.id, 2)
    assert [item["product"] for item in found["order"]["items"]] == [bag.id]
    assert json.loads(json.dumps(found)) == found
    assert story("bob")["order"] is None


def test_the_profile_only_with_consent(shop):
    profile.learn("ann", Criteria(sizes="M", not_colours="Red"), height=170)
    assert story("ann")["profile"] is None
    told = story("ann", with_profile=True)["profile"]
    assert json.loads(json.dumps(told)) == {"sizes": {"letter": "M"}, "not_colours": ["Red"], "height": 170}


def test_what_was_shown_newest_first(messages, shop):
    ids = [record["id"] for record in shop.records[:20]]
    messages("ann", 1, *ids[:6])
    messages("ann", 2)
    messages("ann", 3, ids[10], ids[2], "checkout", ids[11])
    messages("bob", 4, ids[15])
    found = story("ann")["shown"]
    newest = [ids[10], ids[2], ids[11], *ids[:2], *ids[3:5]]  # "checkout" is no product, though it has a card
    assert [product["product"] for product in found] == newest
    assert len(newest) + 1 == SHOWN
    assert found[0]["titles"]["en"] and found[0]["url"] == f"/shop/{ids[10]}"
