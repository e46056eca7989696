"""What the record says of one product, asked attribute by attribute."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from shop import value_names
from shop.catalogue import products
from shop.catalogue.product import Product

ATTRIBUTES = ("price", "material", "size", "stock", "colour", "care", "delivery")
_CARE = Path(__file__).with_name("care.yml")


@dataclass(frozen=True)
class Fact:
    """An answer: `values` to fill a sentence with; `known` is False where the record does not say.

    price: price · material: material, pattern · size: sizes, sold_out (texts) · stock: size, pieces (int),
    in_stock (bool), sizes · colour: colour, others (text), products (ids of the same line in other colours) ·
    care: care · delivery: in_stock (bool), for the shop's policies say the rest.
    """

    attribute: str
    values: Mapping[str, Any]
    known: bool = True


def answer(product: Product, attribute: str, *, size: str | None = None, lang: str = "en") -> Fact:
    """The fact, worded where it is a name. Raises `ValueError` for an attribute that is not of
    `ATTRIBUTES`.
    """
    if attribute == "price":
        return Fact(attribute, {"price": product.price_text(lang)})
    if attribute == "material":
        values = {
            "material": value_names.name("materials", product.material, lang) if product.material else "",
            "pattern": value_names.name("patterns", product.pattern, lang) if product.pattern else "",
        }
        return Fact(attribute, values, bool(product.material))
    if attribute == "size":
        gone = [each.name for each in product.sizes if not each.stock]
        return Fact(
            attribute, {"sizes": _list(product.sizes_in_stock(), lang), "sold_out": _list(gone, lang)}
        )
    if attribute == "stock":
        return _stock(product, size, lang)
    if attribute == "colour":
        others = [each for each in products.colours_of_line(product) if each.colour != product.colour]
        names = dict.fromkeys(each.colour_name(lang) for each in others)
        colours: dict[str, Any] = {
            "colour": product.colour_name(lang),
            "others": _list(list(names), lang),
            "products": tuple(each.id for each in others),
        }
        return Fact(attribute, colours)
    if attribute == "care":
        care = product.care(lang) or _usual_care().get(product.material or "", {}).get(lang)
        return Fact(attribute, {"care": care or ""}, bool(care))
    if attribute == "delivery":
        return Fact(attribute, {"in_stock": product.in_stock() > 0})
    raise ValueError(f"no fact is called {attribute!r}; there are {', '.join(ATTRIBUTES)}")


def _stock(product: Product, size: str | None, lang: str) -> Fact:
    offered = product.size(size) if size else None
    pieces = (offered.stock if offered else 0) if size else product.in_stock()
    values = {
        "size": offered.name if offered else size or "",
        "pieces": pieces,
        "in_stock": pieces > 0,
        "offered": size is None or offered is not None,
        "sizes": _list(product.sizes_in_stock(), lang),
    }
    return Fact("stock", values)


def _list(values: tuple[str, ...] | list[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(values)


@functools.lru_cache(maxsize=1)
def _usual_care() -> dict[str, dict[str, str]]:
    data: dict[str, dict[str, str]] = yaml.safe_load(_CARE.read_text(encoding="utf-8"))
    return data
