"""Products side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shop import value_names
from shop.catalogue import products as catalogue
from shop.catalogue.product import Product
from shop.errors import BadRequest, UnknownProduct

ATTRIBUTES = ("price", "colour", "material", "pattern", "sizes", "occasions", "season", "brand")
LIMIT = 4


@dataclass(frozen=True)
class ComparedAttribute:
    """One attribute (of `ATTRIBUTES`) of all products, worded; an empty text where a record does not say
    it.
    """

    attribute: str
    values: tuple[str, ...]
    differs: bool


@dataclass(frozen=True)
class Comparison:
    """2 to 4 products, their attributes, and which stand out: ids, or None where they are level."""

    products: tuple[Product, ...]
    rows: tuple[ComparedAttribute, ...]
    cheapest: str | None
    most_popular: str | None
    most_sizes: str | None

    def differences(self) -> tuple[ComparedAttribute, ...]:
        return tuple(row for row in self.rows if row.differs)


def table(product_ids: Sequence[str], lang: str = "en") -> Comparison:
    """The products side by side, in the given order. Raises `UnknownProduct`, `BadRequest` for fewer than 2
    (different ones) or more than 4."""
    ids = list(dict.fromkeys(product_ids))
    if not 2 <= len(ids) <= LIMIT:
        raise BadRequest(field="products", value=len(ids))
    products = catalogue.get_many(ids)
    if missing := set(ids) - {product.id for product in products}:
        raise UnknownProduct(product_id=min(missing))
    rows = []
    for attribute in ATTRIBUTES:
        values = tuple(_value(product, attribute, lang) for product in products)
        if any(values):
            rows.append(ComparedAttribute(attribute, values, len(set(values)) > 1))
    return Comparison(
        tuple(products),
        tuple(rows),
        _single([(-product.price, product.id) for product in products]),
        _single([(product.popularity, product.id) for product in products]),
        _single([(len(product.sizes_in_stock()), product.id) for product in products]),
    )


def _value(product: Product, attribute: str, lang: str) -> str:
    if attribute == "price":
        return product.price_text(lang)
    if attribute == "colour":
        names = [colour for colour in (product.colour, product.colour2) if colour]
        return value_names.join([value_names.name("colours", name, lang) for name in names], lang, "and")
    if attribute == "sizes":
        return ("、" if lang == "zh" else ", ").join(product.sizes_in_stock())
    if attribute == "occasions":
        return ("、" if lang == "zh" else ", ").join(
            value_names.OCCASIONS[each][lang == "zh"].removeprefix("for ") for each in product.occasions
        )
    if attribute == "brand":
        return product.brand
    value = getattr(product, attribute)
    return value_names.name(f"{attribute}s", value, lang) if value else ""


def _single(ranked: Sequence[tuple[object, str]]) -> str | None:
    """The id with the highest value, unless several share it."""
    best = max(value for value, _ in ranked)  # type: ignore[type-var]
    winners = [product_id for value, product_id in ranked if value == best]
    return winners[0] if len(winners) == 1 else None
