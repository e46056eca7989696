"""Product cards: the catalogue's record, worded in the customer's language. Nothing on a card is made up
here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from actions.replies.wording import Words
from shop.catalogue.product import Product

Button = dict[str, str]
Card = dict[str, Any]

MAX_TITLE = 40  # characters of a product's title on a button


def payload(intent: str, **entities: Any) -> str:
    """A button's payload: `/intent{"entity": value}`."""
    return f"/{intent}" + (json.dumps(entities, ensure_ascii=False) if entities else "")


def card(
    product: Product, language: str, *, reasons: Iterable[str] = (), buttons: Sequence[Button] | None = None
) -> Card:
    """The card of a product with the reason why it is shown; the usual buttons unless others are given."""
    words = Words(language)
    if buttons is None:
        buttons = [
            {"title": words.button(key), "payload": payload(intent, product_id=product.id)}
            for key, intent in (
                ("details", "show_details"),
                ("similar", "find_similar"),
                ("add_to_cart", "add_to_cart"),
                ("save", "add_to_wishlist"),
            )
        ]
    return {
        "id": product.id,
        "title": product.title(language),
        "price": product.price_text(language),
        "reason": reason(product, words, reasons),
        "picture": product.picture_url,
        "url": product.url,
        "buttons": list(buttons),
    }


def reason(product: Product, words: Words, codes: Iterable[str]) -> str:
    """The search's codes in words, a wish by the product's own value: navy blue for who wished blue."""
    return words.reason(
        codes,
        kind=words.value("categories", product.category),
        colour=words.value("colours", product.colour),
        pattern=words.value("patterns", product.shown_pattern() or ""),
        brand=product.brand,
    )


def choose_button(product: Product, number: int, language: str) -> Button:
    """A button that answers "which one?" with this product."""
    return {
        "title": f"{number}. {short_title(product, language)}",
        "payload": payload("choose_product", product_id=product.id),
    }


def short_title(product: Product, language: str) -> str:
    title = product.title(language)
    return title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 1].rstrip() + "…"


def size_buttons(product: Product, intent: str = "add_to_cart", **entities: Any) -> list[Button]:
    """A button for each size in stock."""
    return [
        {"title": size, "payload": payload(intent, product_id=product.id, size=size, **entities)}
        for size in product.sizes_in_stock()
    ]
