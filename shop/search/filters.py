"""Criteria as SQL conditions over `products p`: one condition a wish, so that each can be left out and
counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shop import colours
from shop.catalogue.product import ONE_SIZE
from shop.catalogue.product_rows import chinese_words, without_chinese
from shop.search.criteria import Criteria, expand

# A product that is sold out is no answer to a search.
BUYABLE = "p.sizes_in_stock <> '{}'"

# Words are looked for all together, and where no product has them all, each for itself.
_ALL_WORDS = "(plainto_tsquery('english', :text) && plainto_tsquery('simple', :text_zh))"
_ANY_WORD = f"replace({_ALL_WORDS}::text, '&', '|')::tsquery"
WORDS_QUERY = (
    f"(SELECT CASE WHEN EXISTS (SELECT FROM products p WHERE {BUYABLE} AND p.words @@ {_ALL_WORDS}) "
    f"THEN {_ALL_WORDS} ELSE {_ANY_WORD} END)"
)


# Where the record is silent, what the eyes are sure of stands in.
PATTERN = "coalesce(p.pattern, p.seen ->> 'pattern')"
OCCASIONS = "(CASE WHEN p.occasions = '{}' THEN ARRAY[p.seen ->> 'occasion'] ELSE p.occasions END)"


@dataclass(frozen=True)
class Filters:
    """`wishes`: field of the criteria → SQL condition; `always`: what holds whatever is dropped;
    `parameters`.
    """

    wishes: dict[str, str]
    always: tuple[str, ...]
    parameters: dict[str, Any]

    def where(self, without: Sequence[str] = ()) -> str:
        parts = [*self.always, *(sql for field, sql in self.wishes.items() if field not in without)]
        return " AND ".join(parts) or "TRUE"


def of(criteria: Criteria, exclude: Sequence[str] = (), within: Sequence[str] = ()) -> Filters:
    """The filters of some criteria; `exclude` are ids of products not to be shown (again), `within` the only
    kinds that may be shown, whatever is wished.
    """
    wishes: dict[str, str] = {}
    parameters: dict[str, Any] = {}

    def add(field: str, sql: str, value: Any) -> None:
        wishes[field] = sql
        parameters[field] = value

    if criteria.categories:
        add("categories", "p.category = ANY(:categories)", list(criteria.kinds()))
    if criteria.not_categories:
        add("not_categories", "p.category <> ALL(:not_categories)", list(expand(criteria.not_categories)))
    if criteria.colours:
        add("colours", "p.colour = ANY(:colours)", list(colours.meant_by_any(criteria.colours)))
    if criteria.not_colours:
        sql = "p.colour <> ALL(:not_colours) AND coalesce(p.colour2, '') <> ALL(:not_colours)"
        add("not_colours", sql, list(colours.excluded_by_any(criteria.not_colours)))
    if criteria.brands:
        add("brands", "lower(p.brand) = ANY(:brands)", _lower(criteria.brands))
    if criteria.not_brands:
        add("not_brands", "lower(p.brand) <> ALL(:not_brands)", _lower(criteria.not_brands))
    if criteria.genders:
        add("genders", "p.gender = ANY(:genders)", [*_lower(criteria.genders), "unisex"])
    if criteria.sizes:
        add("sizes", "p.sizes_in_stock && CAST(:sizes AS text[])", size_spellings(criteria.sizes))
    if criteria.patterns:
        add("patterns", f"{PATTERN} = ANY(:patterns)", list(criteria.patterns))
    if criteria.not_patterns:
        add("not_patterns", f"coalesce({PATTERN}, '') <> ALL(:not_patterns)", list(criteria.not_patterns))
    if criteria.materials:
        add("materials", "p.material = ANY(:materials)", list(criteria.materials))
    if criteria.not_materials:
        add("not_materials", "coalesce(p.material, '') <> ALL(:not_materials)", list(criteria.not_materials))
    if criteria.occasions:
        add("occasions", f"{OCCASIONS} && CAST(:occasions AS text[])", list(criteria.occasions))
    if criteria.seasons:
        add("seasons", "p.season = ANY(:seasons)", [*criteria.seasons, "all"])
    if criteria.sleeves:
        add("sleeves", "p.sleeves = ANY(:sleeves)", list(criteria.sleeves))
    if criteria.price_min is not None and criteria.price_max is not None:
        add("price", "p.price BETWEEN :price_min AND :price_max", None)
    elif criteria.price_min is not None:
        wishes["price_min"] = "p.price >= :price_min"
    elif criteria.price_max is not None:
        wishes["price_max"] = "p.price <= :price_max"
    parameters |= {"price_min": criteria.price_min, "price_max": criteria.price_max}
    if criteria.text:
        text = _simplified(criteria.text[:400])
        parameters |= {"text": without_chinese(text), "text_zh": " ".join(chinese_words(text))}
        if not wishes:
            # Free words alone are a search; beside other wishes they only rank, for they may be anything.
            wishes["text"] = f"p.words @@ {WORDS_QUERY}"
    always = [BUYABLE]
    if exclude:
        always.append("p.id <> ALL(:exclude)")
        parameters["exclude"] = list(exclude)
    if within:
        always.append("p.category = ANY(:within)")
        parameters["within"] = list(within)
    return Filters(wishes, tuple(always), parameters)


def size_spellings(sizes: Sequence[str]) -> list[str]:
    """The spellings of sizes that records may have; what has one size only fits whatever size is wished."""
    spellings = {form for size in sizes for form in (size, size.upper(), size.lower())}
    return [*sorted(spellings), ONE_SIZE]


def _lower(values: Sequence[str]) -> list[str]:
    return [value.lower() for value in values]


def _simplified(text: str) -> str:
    """Traditional characters as simplified ones, in which the records' Chinese is written."""
    if text.isascii():
        return text
    from opencc import OpenCC

    global _converter
    if _converter is None:
        _converter = OpenCC("t2s")
    return str(_converter.convert(text))


_converter: Any = None
