"""What the shop knows of a conversation, for the person who takes it over."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from . import cart, catalogue, orders, profile
from .cart import Cart
from .database import session
from .orders import Order
from .products import Product

SHOWN = 8  # products
_LISTS = 4  # of the last bubbles with cards, which surely hold so many


def story(conversation: str, *, with_profile: bool = False) -> dict[str, Any]:
    """Facts as JSON-able data, titles in both languages, money as text with two decimals. May raise
    `Unavailable`.

    cart      {"lines": [{"product", "titles", "size", "quantity", "price", "available"}], "count", "total",
              "currency"}; no lines where it is empty
    order     the last one placed in this conversation: {"id", "status", "placed", "expected", "total",
              "currency", "items": [{"product", "titles", "size", "quantity", "price"}]}, or None
    orders    how many were placed in it
    shown     the products last shown, the newest first: [{"product", "titles", "price", "currency",
              "picture", "url"}]
    profile   what the customer told of lasting tastes (`Profile.to_dict()`), None without `with_profile`:
              whether the customer agreed that a person sees it is the caller's to know
    """
    placed = orders.of_customer(conversation)
    with session() as connection:
        contents = cart.read(connection, conversation)
        shown = _shown(connection, conversation)
    return {
        "cart": _cart(contents),
        "order": _order(placed[0]) if placed else None,
        "orders": len(placed),
        "shown": [_product(product) for product in catalogue.get_many(shown)],
        "profile": profile.load(conversation).to_dict() if with_profile else None,
    }


def _cart(contents: Cart) -> dict[str, Any]:
    lines = [
        {
            "product": line.product.id,
            "titles": dict(line.product.titles),
            "size": line.size,
            "quantity": line.quantity,
            "price": f"{line.product.price:.2f}",
            "available": line.available,
        }
        for line in contents.lines
    ]
    return {
        "lines": lines,
        "count": contents.count,
        "total": f"{contents.total:.2f}",
        "currency": contents.currency,
    }


def _order(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "status": order.status,
        "placed": order.placed.isoformat(),
        "expected": order.expected.isoformat() if order.expected else None,
        "total": f"{order.total:.2f}",
        "currency": order.currency,
        "items": [
            {
                "product": item.product_id,
                "titles": dict(item.titles),
                "size": item.size,
                "quantity": item.quantity,
                "price": f"{item.price:.2f}",
            }
            for item in order.items
        ],
    }


def _product(product: Product) -> dict[str, Any]:
    return {
        "product": product.id,
        "titles": dict(product.titles),
        "price": f"{product.price:.2f}",
        "currency": product.currency,
        "picture": product.picture_url,
        "url": product.url,
    }


def _shown(connection: Connection, conversation: str) -> list[str]:
    """The ids on the cards of the conversation's messages, if those are stored here (see `privacy`)."""
    if not connection.execute(sa.text("SELECT to_regclass('messages') IS NOT NULL")).scalar_one():
        return []
    query = sa.text(
        "SELECT body -> 'cards' FROM messages WHERE conversation = :c AND body -> 'cards' IS NOT NULL "
        "ORDER BY seq DESC LIMIT :n"
    )
    rows = connection.execute(query, {"c": conversation, "n": _LISTS})
    ids = [str(card.get("id")) for (cards,) in rows for card in cards or [] if isinstance(card, dict)]
    return list(dict.fromkeys(ids))[:SHOWN]
