"""From the cart to an order: a signed link to the shop's checkout page, and the order that the page
places.
"""

from __future__ import annotations

import re
import secrets
import time

import jwt

from shop.cart.cart import Cart, read
from shop.errors import BadRequest, BadToken, EmptyCart, OutOfStock
from shop.orders import orders
from storage import settings
from storage.database import session

_AUDIENCE = "checkout"
_HOURS = 24
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


def link(customer: str) -> str:
    """The address of the checkout page for this customer's cart; good for a day and for one order.

    Raises `EmptyCart`, and `OutOfStock` when something in the cart was sold in the meantime.
    """
    with session() as connection:
        _check(read(connection, customer))
    claims = {
        "sub": customer,
        "aud": _AUDIENCE,
        "jti": secrets.token_urlsafe(12),
        "exp": int(time.time()) + _HOURS * 3600,
    }
    return f"/shop/checkout?cart={jwt.encode(claims, settings.secret(), algorithm='HS256')}"


def open(token: str) -> tuple[str, Cart]:
    """The customer and the cart as it is now, for the page. Raises `BadToken`."""
    claims = _claims(token)
    with session() as connection:
        return claims["sub"], read(connection, claims["sub"])


def placed(token: str) -> orders.Order | None:
    """The order that was placed with this link, if one was. Raises `BadToken`."""
    with session() as connection:
        return orders.by_checkout(connection, _claims(token)["jti"])


def place(token: str, email: str) -> orders.Order:
    """Place the order: take the pieces out of the stock, empty the cart. The same link again gives the same
    order.

    Raises `BadToken`, `BadRequest` for an e-mail that is none, `EmptyCart`, `OutOfStock`; then nothing has
    changed.
    """
    claims = _claims(token)
    email = (email or "").strip()
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        raise BadRequest(field="email", value=email[:254])
    with session() as connection:
        if known := orders.by_checkout(connection, claims["jti"]):
            return known
        cart = read(connection, claims["sub"], lock=True)
        # A second press of the button may have waited at the lock while the first one made the order.
        if known := orders.by_checkout(connection, claims["jti"]):
            return known
        _check(cart)
        return orders.place(connection, claims["sub"], email, cart, checkout=claims["jti"])


def _check(cart: Cart) -> None:
    if not cart.lines:
        raise EmptyCart()
    for line in cart.sold_out():
        raise OutOfStock(
            product=line.product,
            size=line.size,
            available=line.available,
            sizes=line.product.sizes_in_stock(),
        )


def _claims(token: str) -> dict[str, str]:
    try:
        claims: dict[str, str] = jwt.decode(
            token or "",
            settings.secret(),
            algorithms=["HS256"],
            audience=_AUDIENCE,
            options={"require": ["sub", "jti", "exp"]},
        )
    except jwt.InvalidTokenError as error:
        raise BadToken(str(error)) from error
    return claims
