"""What a customer told of lasting tastes: sizes, budget, brands, colours, body measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shop.search.criteria import Criteria
from shop.search.criteria_phrases import describe
from shop.tables import profiles
from storage.database import session

_LETTERS = ("xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl")
# Told once, a taste of these kinds is added to those told before; the others replace.
_PAIRS = (
    ("brands", "not_brands"),
    ("colours", "not_colours"),
    ("patterns", "not_patterns"),
    ("materials", "not_materials"),
    ("categories", "not_categories"),
)


@dataclass(frozen=True)
class Profile:
    """Lasting tastes. `sizes` has one size a system: {"letter": "M", "shoe": "42", "waist": "32"}."""

    sizes: Mapping[str, str] | None = None
    price_max: Decimal | None = None
    price_min: Decimal | None = None
    genders: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    not_brands: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    not_colours: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    not_patterns: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    not_materials: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    not_categories: tuple[str, ...] = ()
    occasions: tuple[str, ...] = ()
    height: int | None = None
    weight: int | None = None

    def is_empty(self) -> bool:
        return not any(getattr(self, each.name) for each in fields(self))

    def learn(self, criteria: Criteria, *, height: int | None = None, weight: int | None = None) -> Profile:
        """This profile after the customer has told more: likes and dislikes add up, the newest word holds."""
        changes: dict[str, Any] = {}
        for plain, opposite in _PAIRS:
            liked, disliked = getattr(criteria, plain), getattr(criteria, opposite)
            changes[plain] = _join(_less(getattr(self, plain), disliked), liked)
            changes[opposite] = _join(_less(getattr(self, opposite), liked), disliked)
        for name in ("genders", "occasions"):
            changes[name] = getattr(criteria, name) or getattr(self, name)
        for name in ("price_min", "price_max"):
            value = getattr(criteria, name)
            changes[name] = getattr(self, name) if value is None else value
        changes["sizes"] = {
            **(self.sizes or {}),
            **{size_system(size): size for size in criteria.sizes},
        } or None
        changes["height"], changes["weight"] = height or self.height, weight or self.weight
        return replace(self, **changes)

    def size(self, system: str) -> str | None:
        """The customer's size in a system: "letter", "shoe" or "waist"."""
        return (self.sizes or {}).get(system)

    def likes(self) -> dict[str, list[str]]:
        """What counts in a product's favour."""
        return {
            "brands": list(self.brands),
            "colours": list(self.colours),
            "sizes": list((self.sizes or {}).values()),
        }

    def limit(self, criteria: Criteria) -> Criteria:
        """The wishes, with what the customer dislikes ruled out and the budget held, unless the wishes say
        otherwise.
        """
        added: dict[str, Any] = {}
        for plain, opposite in _PAIRS:
            disliked = _less(getattr(self, opposite), getattr(criteria, plain))
            added[opposite] = _join(getattr(criteria, opposite), disliked)
        if criteria.price_min is None and criteria.price_max is None:
            added |= {"price_min": self.price_min, "price_max": self.price_max}
        if not criteria.genders:
            added["genders"] = self.genders
        return replace(criteria, **added)

    def to_criteria(self) -> Criteria:
        """The tastes as wishes, for wording them and for a search that should hold them all."""
        names = [name for pair in _PAIRS for name in pair]
        return Criteria(
            sizes=tuple((self.sizes or {}).values()),
            price_min=self.price_min,
            price_max=self.price_max,
            genders=self.genders,
            occasions=self.occasions,
            **{name: getattr(self, name) for name in names},
        )

    def describe(self, lang: str) -> str:
        """The tastes as one phrase, as `Criteria.describe`, with the body measures; empty where nothing is
        known.
        """
        wishes = self.to_criteria()
        parts = [] if wishes.is_empty() else [describe(wishes, lang)]
        parts += [f"{value} {unit}" for value, unit in ((self.height, "cm"), (self.weight, "kg")) if value]
        return ("，" if lang == "zh" else ", ").join(parts)

    def to_dict(self) -> dict[str, Any]:
        data = {name: value for name, value in asdict(self).items() if value}
        return {name: float(value) if isinstance(value, Decimal) else value for name, value in data.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Profile:
        known = {each.name for each in fields(cls)}
        values = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in data.items()
            if name in known
        }
        for name in ("price_min", "price_max"):
            if values.get(name) is not None:
                values[name] = Decimal(str(values[name])).quantize(Decimal("0.01"))
        return cls(**values)  # type: ignore[arg-type]


def load(customer: str) -> Profile:
    """The customer's profile; an empty one for a new customer."""
    with session() as connection:
        data = connection.execute(sa.select(profiles.c.data).where(profiles.c.customer == customer)).scalar()
    return Profile.from_dict(data or {})


def learn(
    customer: str, criteria: Criteria, *, height: int | None = None, weight: int | None = None
) -> Profile:
    """Add what the customer tells to the profile, and return it."""
    with session() as connection:
        query = sa.select(profiles.c.data).where(profiles.c.customer == customer).with_for_update()
        known = Profile.from_dict(connection.execute(query).scalar() or {})
        new = known.learn(criteria, height=height, weight=weight)
        statement = insert(profiles).values(customer=customer, data=new.to_dict())
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["customer"], set_={"data": statement.excluded.data, "changed": sa.func.now()}
            )
        )
    return new


def forget(customer: str) -> bool:
    """Delete the profile; False where there was none."""
    with session() as connection:
        return bool(connection.execute(profiles.delete().where(profiles.c.customer == customer)).rowcount)


def size_system(size: str) -> str:
    """ "letter" for M, "shoe" for 35 to 50 (EU) and their halves, "waist" for 24 to 34 (inches), "other"
    else.
    """
    text = size.strip().lower()
    if text in _LETTERS:
        return "letter"
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return "other"
    if 35 <= number <= 50:
        return "shoe"
    return "waist" if 22 <= number < 35 else "other"


def _join(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _less(values: tuple[str, ...], gone: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value for value in values if value not in gone)
