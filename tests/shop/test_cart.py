from __future__ import annotations

import threading

import pytest

from shop.cart import cart, wishlist
from shop.catalogue import products
from shop.errors import (
    BadRequest,
    BadToken,
    EmptyCart,
    NotInCart,
    OutOfStock,
    SizeNeeded,
    TooLate,
    UnknownOrder,
    UnknownProduct,
    UnknownSize,
)
from shop.orders import checkout, orders
from storage import settings
from tests.shop.conftest import Shop


@pytest.fixture
def dress(shop: Shop, one):
    return one(categories="dress", sizes="M")


def token_of(customer: str) -> str:
    return checkout.link(customer).split("cart=")[1]


def test_add_adds_up(dress):
    cart.add("ann", dress.id, "m")
    filled = cart.add("ann", dress.id, "M") if dress.in_stock("M") > 1 else cart.view("ann")
    assert filled.lines[0].size == "M" and len(filled.lines) == 1
    assert filled.total == dress.price * filled.count
    assert cart.view("bob").lines == ()


def test_a_size_is_needed_and_must_exist(dress):
    with pytest.raises(SizeNeeded) as needed:
        cart.add("ann", dress.id)
    assert needed.value.facts["sizes"] == dress.sizes_in_stock()
    with pytest.raises(UnknownSize):
        cart.add("ann", dress.id, "XXXL")
    with pytest.raises(UnknownProduct):
        cart.add("ann", "nothing")


def test_one_size_needs_none(shop, one):
    bag = one(categories="handbag")
    assert cart.add("ann", bag.id).lines[0].size == "one size"
    assert cart.add("ann", bag.id, "M").count == 2 if bag.in_stock() > 1 else True


def test_never_more_than_is_left(dress):
    left = dress.in_stock("M")
    with pytest.raises(OutOfStock) as out:
        cart.add("ann", dress.id, "M", left + 1)
    assert out.value.facts["available"] == left
    cart.add("ann", dress.id, "M", left)
    with pytest.raises(OutOfStock):
        cart.add("ann", dress.id, "M", 1)
    for quantity in (-1, 100, 1.5, "2", None):
        with pytest.raises(BadRequest):
            cart.add("ann", dress.id, "M", quantity)


def test_remove_and_set(dress):
    cart.add("ann", dress.id, "M")
    assert cart.set_quantity("ann", dress.id, "M", 0).lines == ()
    with pytest.raises(NotInCart):
        cart.remove("ann", dress.id)
    with pytest.raises(NotInCart):
        cart.set_quantity("ann", dress.id, "M", 1)
    cart.add("ann", dress.id, "M")
    assert cart.clear("ann") == 1


def test_wishlist(dress):
    assert wishlist.add("ann", dress.id) and not wishlist.add("ann", dress.id)
    assert wishlist.view("ann") == (products.get(dress.id),)
    assert wishlist.remove("ann", dress.id) and not wishlist.remove("ann", dress.id)
    with pytest.raises(UnknownProduct):
        wishlist.add("ann", "nothing")


def test_a_product_that_is_gone_leaves_cart_and_wishlist(dress):
    cart.add("ann", dress.id, "M")
    wishlist.add("ann", dress.id)
    products.remove([dress.id])
    assert not cart.view("ann").lines and not wishlist.view("ann")


def test_checkout_places_one_order_and_takes_the_stock(dress):
    left = dress.in_stock("M")
    cart.add("ann", dress.id, "M")
    token = token_of("ann")
    customer, contents = checkout.open(token)
    assert customer == "ann" and contents.count == 1 and checkout.placed(token) is None
    order = checkout.place(token, "Ann@Example.com")
    assert checkout.place(token, "ann@example.com") == order == checkout.placed(token)
    assert products.get(dress.id).in_stock("M") == left - 1 and not cart.view("ann").lines
    assert orders.find(order.id.lower(), "ann@example.COM ") == order
    assert [each.id for each in orders.of_customer("ann")] == [order.id]
    orders.cancel(order.id, "ann@example.com")
    assert products.get(dress.id).in_stock("M") == left
    with pytest.raises(TooLate):
        orders.cancel(order.id, "ann@example.com")


def test_two_cannot_buy_the_last_piece(dress):
    left = dress.in_stock("M")
    tokens = []
    for customer in ("ann", "bob"):
        cart.add(customer, dress.id, "M", left)
        tokens.append(token_of(customer))
    outcomes = []

    def buy(token):
        try:
            outcomes.append(checkout.place(token, "a@b.co").status)
        except OutOfStock as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=buy, args=(token,)) for token in tokens]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["out_of_stock", "placed"]
    assert products.get(dress.id).in_stock("M") == 0


def test_pressing_twice_at_once_orders_once(dress):
    cart.add("ann", dress.id, "M")
    token, found = token_of("ann"), []
    threads = [
        threading.Thread(target=lambda: found.append(checkout.place(token, "a@b.co").id)) for _ in range(4)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(found) == 4 and len(set(found)) == 1


def test_bad_checkouts(dress):
    with pytest.raises(EmptyCart):
        checkout.link("ann")
    cart.add("ann", dress.id, "M")
    token = token_of("ann")
    for bad in ("", "x.y.z", token[:-3] + "abc", None):
        with pytest.raises(BadToken):
            checkout.open(bad)
    for email in ("", "ann", "a@b", "a b@c.de", "x@" + "y" * 300 + ".com"):
        with pytest.raises(BadRequest):
            checkout.place(token, email)


def test_a_session_token_is_no_checkout(shop):
    import jwt

    other = jwt.encode(
        {"sub": "ann", "aud": "session", "jti": "x", "exp": 4102444800}, settings.secret(), algorithm="HS256"
    )
    with pytest.raises(BadToken):
        checkout.open(other)


def test_demo_orders(shop):
    assert orders.seed_demo() > 0 and orders.seed_demo() == 0
    shipped = orders.find("#a1029", "Anna@example.com")
    assert shipped.status == "shipped" and shipped.tracking and shipped.items and not shipped.cancellable
    with pytest.raises(TooLate):
        orders.cancel("A1029", "anna@example.com")
    assert orders.cancel("A1030", "ben@example.com").status == "cancelled"


@pytest.mark.parametrize(
    ("number", "email"),
    [("A1029", "eve@example.com"), ("A9999", "anna@example.com"), ("", ""), ("A9999", "-")],
)
def test_a_wrong_email_is_as_unknown_as_a_wrong_number(shop, number, email):
    orders.seed_demo()
    with pytest.raises(UnknownOrder) as error:
        orders.find(number, email)
    assert error.value.facts == {} and str(error.value) == "unknown_order"
