"""Criteria as a phrase of a sentence, in English and Chinese."""

from __future__ import annotations

from decimal import Decimal

from shop.catalogue import vocabulary
from shop.catalogue.product import price_text
from shop.search.criteria import Criteria
from shop.value_names import join, name, plural


def describe(criteria: Criteria, lang: str, currency: str | None = None) -> str:
    """ "women's red dresses under $60"; "60美元以内的红色女士连衣裙"; "products" where nothing is wished."""
    if currency is None:
        currency = vocabulary.load().currency
    return _chinese(criteria, currency) if lang == "zh" else _english(criteria, currency)


def _names(criteria: Criteria, field: str, lang: str, last: str = "or") -> str:
    table = field.removeprefix("not_")
    values = getattr(criteria, field)
    return join(
        [value if table in ("brands", "sizes") else name(table, value, lang) for value in values], lang, last
    )


def _english(wish: Criteria, currency: str) -> str:
    nouns = [plural(name("categories", category, "en")) for category in wish.categories]
    noun = join(nouns, "en") or "products"
    before = [
        _names(wish, field, "en")
        for field in ("genders", "seasons", "sleeves", "patterns", "colours", "materials")
    ]
    words = [*before, noun]
    if wish.text:
        words.append(f"with “{wish.text}”")
    if wish.brands:
        words.append(f"by {_names(wish, 'brands', 'en')}")
    if wish.sizes:
        words.append(f"in size {_names(wish, 'sizes', 'en')}")
    if wish.occasions:
        words.append(_names(wish, "occasions", "en"))
    low, high = wish.price_min, wish.price_max
    if low is not None and high is not None:
        words.append(f"between {_price(low, currency, 'en')} and {_price(high, currency, 'en')}")
    elif high is not None:
        words.append(f"under {_price(high, currency, 'en')}")
    elif low is not None:
        words.append(f"over {_price(low, currency, 'en')}")
    phrase = " ".join(word for word in words if word)
    for field, pattern in (
        ("not_categories", "no {}"),
        ("not_colours", "not {}"),
        ("not_patterns", "not {}"),
        ("not_materials", "not {}"),
        ("not_brands", "not by {}"),
    ):
        if values := getattr(wish, field):
            text = (
                join([plural(name("categories", value, "en")) for value in values], "en")
                if field == "not_categories"
                else _names(wish, field, "en")
            )
            phrase += ", " + pattern.format(text)
    return phrase


def _chinese(wish: Criteria, currency: str) -> str:
    noun = join([name("categories", category, "zh") for category in wish.categories], "zh") or "商品"
    outer = []
    low, high = wish.price_min, wish.price_max
    if low is not None and high is not None:
        outer.append(f"{_amount(low)}到{_price(high, currency, 'zh')}")
    elif high is not None:
        outer.append(f"{_price(high, currency, 'zh')}以内")
    elif low is not None:
        outer.append(f"{_price(low, currency, 'zh')}以上")
    if wish.sizes:
        outer.append(f"{_names(wish, 'sizes', 'zh')}码")
    if wish.occasions:
        outer.append(f"适合{_names(wish, 'occasions', 'zh')}")
    if wish.brands:
        outer.append(f"{_names(wish, 'brands', 'zh')}品牌")
    if wish.text:
        outer.append(f"带“{wish.text}”")
    inner = "".join(
        _names(wish, field, "zh")
        for field in ("colours", "seasons", "genders", "sleeves", "patterns", "materials")
    )
    phrase = "、".join(outer) + ("的" if outer else "") + inner + noun
    excluded = [
        _names(wish, field, "zh")
        for field in ("not_categories", "not_colours", "not_patterns", "not_materials", "not_brands")
        if getattr(wish, field)
    ]
    return phrase + (f"，不要{'、'.join(excluded)}" if excluded else "")


def _price(price: Decimal, currency: str, lang: str) -> str:
    return price_text(price, currency, lang, short=True)


def _amount(price: Decimal) -> str:
    return f"{price:,.2f}".removesuffix(".00")
