"""The catalogue for agents: what they look for to send it to a customer."""

from __future__ import annotations

from typing import Any

from actions.replies.cards import card
from shop.catalogue import products
from shop.catalogue.product import Product
from shop.search import queries
from shop.search.criteria import Criteria

MOST = 24


def find(words: str, language: str) -> list[dict[str, Any]]:
    """Products in stock that the words mean, as cards; without words what sells best. Call it in a thread."""
    if not words:
        found = queries.popular(limit=MOST)
    else:
        if (known := products.get(words)) is not None:  # its number
            return [product_card(known, language)]
        found = queries.by_criteria(Criteria(text=words), limit=MOST)
    return [product_card(hit.product, language) for hit in found.hits]


def product_card(product: Product, language: str) -> dict[str, Any]:
    """A product as the page lists it: what its card will say, without buttons."""
    drawn = card(product, language)
    return {
        **{name: drawn[name] or "" for name in ("id", "title", "price", "reason", "picture", "url")},
        "sizes": list(product.sizes_in_stock()),
    }
