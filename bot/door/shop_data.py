"""The demo shop's data for its pages, as JSON: products, one product, the cart behind a signed link, the
order.

    GET  /shop/products.json?category=&colour=&q=&page=&size=  {"products": [P…], "total", "page", "pages",
    "categories"} GET  /shop/products/ID.json                                P with "description", "material",
    "similar": [P…] GET  /shop/cart.json?cart=SIGNED                           {"items": [{"product": P,
    "size", "quantity", "price"}], "total"} POST /shop/order {"cart": SIGNED, "email": …}
    {"order": ID}

P: {"id","title","price","picture","url","brand","colour","category","sizes":[{"name","stock"}]}; what a
person reads ("title", "price", "name", …) is an object {"en": …, "zh": …}.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.conversation.incoming import clean
from bot.door import answers, request_body
from bot.settings import LANGUAGES
from shop import value_names
from shop.catalogue import products
from shop.catalogue.product import Product, price_text
from shop.errors import BadToken, ShopError
from shop.orders import checkout
from shop.search import queries
from shop.search.criteria import Criteria
from storage.errors import Unavailable
from vision.taxonomy import load as taxonomy

logger = logging.getLogger(__name__)

PAGE = 24


def add_routes(app: web.Application) -> None:
    """Add the routes."""
    app.router.add_get("/shop/products.json", _products)
    app.router.add_get("/shop/products/{name}", _product)
    app.router.add_get("/shop/cart.json", _cart)
    app.router.add_post("/shop/order", _order)


async def _products(request: web.Request) -> web.Response:
    asked = request.query
    page = _whole(asked.get("page"), 1, 1, 500)
    size = _whole(asked.get("size"), PAGE, 1, 60)
    category, colour = asked.get("category", "")[:50], asked.get("colour", "")[:50]
    words = clean(asked.get("q", ""))[:200]
    return await _answer(lambda: product_list(category, colour, words, page, size))


async def _product(request: web.Request) -> web.Response:
    name = request.match_info["name"].removesuffix(".json")[:100]
    return await _answer(lambda: product_page(name))


async def _cart(request: web.Request) -> web.Response:
    token = request.query.get("cart", "")[:2000]
    return await _answer(lambda: cart_page(token))


async def _order(request: web.Request) -> web.Response:
    try:
        body = await request_body.read_json(request)
        token, email = str(body["cart"]), str(body["email"])
    except (ValueError, LookupError, TypeError):
        return answers.data({"code": "bad_request"}, 400)
    except request_body.TooLarge:
        return answers.data({"code": "bad_request"}, 413)
    return await _answer(lambda: {"order": checkout.place(token[:2000], email[:300]).id})


def product_list(category: str, colour: str, words: str, page: int, size: int) -> dict[str, Any]:
    """A page of the catalogue, best sellers first."""
    known = taxonomy()
    if (category and category not in {**known.kinds, **known.groups}) or (
        colour and colour not in known.colours
    ):
        return {"products": [], "total": 0, "page": 1, "pages": 0, "categories": _categories()}
    criteria = Criteria(
        categories=(category,) if category else (),
        colours=(colour,) if colour else (),
        text=words,
        sort=None if words or colour else "popular",
    )
    results = queries.by_criteria(criteria, limit=size, offset=(page - 1) * size)
    total = results.total
    return {
        "products": [product_data(hit.product) for hit in results.hits],
        "total": total,
        "page": page,
        "pages": -(-total // size),
        "categories": _categories(),
    }


def product_page(product_id: str) -> dict[str, Any] | None:
    """Everything the product's page shows; None if there is no such product."""
    product = products.get(product_id)
    if product is None:
        return None
    similar = queries.similar_to(product_id, limit=4)
    return {
        **product_data(product),
        "description": {language: product.description(language) for language in LANGUAGES},
        "material": _named("materials", product.material),
        "similar": [product_data(hit.product) for hit in similar.hits],
    }


def product_data(product: Product) -> dict[str, Any]:
    """A product as the pages know it."""
    return {
        "id": product.id,
        "title": {language: product.title(language) for language in LANGUAGES},
        "price": {language: product.price_text(language) for language in LANGUAGES},
        "picture": f"/pictures/{product.picture}" if product.picture else None,
        "url": f"/shop/{product.id}",
        "brand": product.brand,
        "colour": {language: product.colour_name(language) for language in LANGUAGES},
        "category": {
            "id": product.category,
            **{language: product.kind_name(language) for language in LANGUAGES},
        },
        "sizes": [{"name": size.name, "stock": size.stock} for size in product.sizes],
    }


def cart_page(token: str) -> dict[str, Any]:
    """The cart behind a signed link of the assistant."""
    _, cart = checkout.open(token)
    return {
        "items": [
            {
                "product": product_data(line.product),
                "size": line.size,
                "quantity": line.quantity,
                "price": {lang: price_text(line.total, line.product.currency, lang) for lang in LANGUAGES},
            }
            for line in cart.lines
        ],
        "total": {language: cart.total_text(language) for language in LANGUAGES},
    }


def _named(table: str, value: str | None) -> dict[str, str] | None:
    return {language: value_names.name(table, value, language) for language in LANGUAGES} if value else None


def _categories() -> list[dict[str, Any]]:
    known = taxonomy()
    return [
        {"id": kind, "name": {language: known.name(kind, language) for language in LANGUAGES}}
        for kind in sorted(products.sold_kinds())
    ]


async def _answer(work: Callable[[], dict[str, Any] | None]) -> web.Response:
    try:
        found = await asyncio.to_thread(work)
    except Unavailable:
        return answers.data({"code": "unavailable"}, 503)
    except ShopError as error:
        return answers.data({"code": error.code}, 403 if isinstance(error, BadToken) else 409)
    if found is None:
        return answers.data({"code": "not_found"}, 404)
    return answers.data(found, headers={"Cache-Control": "no-cache"})


def _whole(text: str | None, default: int, low: int, high: int) -> int:
    try:
        return min(high, max(low, int(text or default)))
    except ValueError:
        return default
