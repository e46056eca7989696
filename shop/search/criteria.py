"""What was agreed with the customer about the products wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from vision.taxonomy import TaxonomyError
from vision.taxonomy import load as load_taxonomy

SORTS = ("cheapest", "dearest", "newest", "popular")

# Which fields an entity of the conversation fills: plain, and when the customer excluded the value.
_ENTITIES = {
    "category": ("categories", "not_categories"),
    "colour": ("colours", "not_colours"),
    "brand": ("brands", "not_brands"),
    "pattern": ("patterns", "not_patterns"),
    "material": ("materials", "not_materials"),
    "gender": ("genders", None),
    "size": ("sizes", None),
    "occasion": ("occasions", None),
    "season": ("seasons", None),
    "sleeve": ("sleeves", None),
}
_OPPOSITES = {plain: opposite for plain, opposite in _ENTITIES.values() if opposite}
_OPPOSITES |= {opposite: plain for plain, opposite in _OPPOSITES.items()}


@dataclass(frozen=True)
class Criteria:
    """Wishes for a search; empty fields wish nothing. Values are canonical (see the taxonomy and `products`).

    `categories` holds kind ids or group ids; a size must be in stock; prices are inclusive; `text` is free
    words that are no known value. Several values in one field mean any of them, several fields mean all of
    them.
    """

    categories: tuple[str, ...] = ()
    not_categories: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    not_colours: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    not_brands: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    not_patterns: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    not_materials: tuple[str, ...] = ()
    occasions: tuple[str, ...] = ()
    seasons: tuple[str, ...] = ()
    sleeves: tuple[str, ...] = ()
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    sort: str | None = None
    text: str = ""

    def __post_init__(self) -> None:
        # Slots hand over lists, numbers and single strings; inside everything has one form.
        for name in TUPLES:
            value = getattr(self, name)
            if isinstance(value, str):
                value = (value,) if value else ()
            object.__setattr__(self, name, tuple(dict.fromkeys(str(each) for each in value or ())))
        for name in ("price_min", "price_max"):
            object.__setattr__(self, name, _price(getattr(self, name)))
        if self.sort not in SORTS:
            object.__setattr__(self, "sort", None)
        object.__setattr__(self, "text", (self.text or "").strip())

    def merge(self, other: Criteria) -> Criteria:
        """This, refined by what was said later: `other`'s wishes replace the same wishes of this.

        A colour that is wished now is no longer excluded (and the other way round); a new price bound that
        contradicts the old one removes it; a new kind drops the free words of the old search.
        """
        changes: dict[str, Any] = {}
        for name in FIELDS:
            if value := getattr(other, name):
                changes[name] = value
        if other.price_min is not None:
            changes["price_min"] = other.price_min
        if other.price_max is not None:
            changes["price_max"] = other.price_max
        for name, opposite in _OPPOSITES.items():
            said = getattr(other, name)
            if said and name.startswith("not_"):
                changes[name] = tuple(
                    dict.fromkeys(_without(getattr(self, name), getattr(other, opposite), name) + said)
                )
            if said and not getattr(other, opposite):
                changes[opposite] = _without(getattr(self, opposite), said, name)
        low, high = changes.get("price_min", self.price_min), changes.get("price_max", self.price_max)
        if low is not None and high is not None and low > high:
            changes["price_max" if other.price_max is None else "price_min"] = None
        if other.categories and not other.text and set(other.categories) != set(self.categories):
            changes["text"] = ""
        return replace(self, **changes)

    def without(self, *names: str) -> Criteria:
        """This without the named wishes; "price" means both bounds. Raises `ValueError` for an unknown
        name.
        """
        blank = Criteria()
        names = tuple(
            part for name in names for part in (("price_min", "price_max") if name == "price" else (name,))
        )
        if unknown := [name for name in names if name not in FIELDS]:
            raise ValueError(
                f"no wish is called {', '.join(unknown)}; there are {', '.join(FIELDS)} and price"
            )
        return replace(self, **{name: getattr(blank, name) for name in names})

    def wishes(self) -> tuple[str, ...]:
        """The names of the fields that narrow the search (not `sort`); both price bounds together are
        "price".
        """
        names = [name for name in FIELDS if name != "sort" and getattr(self, name) not in ((), None, "")]
        if "price_min" in names and "price_max" in names:
            names[names.index("price_min")] = "price"
            names.remove("price_max")
        return tuple(names)

    def is_empty(self) -> bool:
        return not self.wishes()

    def kinds(self) -> tuple[str, ...]:
        """The kinds that `categories` means, groups expanded; unknown ids are left out."""
        return expand(self.categories)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able, without empty fields; for a slot. `from_dict` reads it back."""
        result: dict[str, Any] = {}
        for name in FIELDS:
            value = getattr(self, name)
            if value not in ((), None, ""):
                result[name] = (
                    float(value) if isinstance(value, Decimal) else list(value) if name in TUPLES else value
                )
        return result

    @classmethod
    def from_dict(cls, data: Mapping[str, Any] | None) -> Criteria:
        """From `to_dict`'s form; unknown keys are left out, so that an old conversation never breaks."""
        return cls(
            **{name: value for name, value in (data or {}).items() if name in FIELDS and value is not None}
        )

    @classmethod
    def from_entities(cls, entities: Iterable[Mapping[str, Any]], text: str = "") -> Criteria:
        """From Rasa's entity dicts (`{"entity", "value", "role"?: "excluded"}`); entities of other uses are
        left out.
        """
        found: dict[str, Any] = {"text": text}
        for entity in entities:
            name, value = entity.get("entity"), entity.get("value")
            if name in ("price_min", "price_max", "sort"):
                found[name] = value
            elif name in _ENTITIES:
                plain, opposite = _ENTITIES[name]
                field = opposite if entity.get("role") == "excluded" else plain
                if field:
                    found.setdefault(field, []).append(value)
        return cls(**found)


FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Criteria))
TUPLES: tuple[str, ...] = tuple(
    name for name in FIELDS if name not in ("price_min", "price_max", "sort", "text")
)


def expand(categories: Iterable[str]) -> tuple[str, ...]:
    """The kinds of several kind, group or department ids, each once; unknown ids are left out."""
    kinds: dict[str, None] = {}
    for category in categories:
        try:
            kinds.update(dict.fromkeys(load_taxonomy().expand(category)))
        except TaxonomyError:
            continue
    return tuple(kinds)


def _without(values: tuple[str, ...], gone: tuple[str, ...], name: str) -> tuple[str, ...]:
    if name.endswith("categories"):
        gone_kinds = set(expand(gone))
        return tuple(value for value in values if not set(expand((value,))) <= gone_kinds)
    folded = {value.casefold() for value in gone}
    return tuple(value for value in values if value.casefold() not in folded)


def _price(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        price = Decimal(str(value))
    except InvalidOperation:
        return None
    return price.quantize(Decimal("0.01")) if price.is_finite() and 0 <= price < 10**9 else None
