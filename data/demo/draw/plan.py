"""The plan of the demo shop: which products there are, read from `plan/*.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent.parent / "plan"
FILES = ("clothing.yml", "shoes_bags.yml", "small.yml")


class PlanError(ValueError):
    """A plan file says something that cannot be read."""


@dataclass(frozen=True)
class Cut:
    """A silhouette of a kind: its name and one sentence about it, by language."""

    id: str
    names: Mapping[str, str]
    about: Mapping[str, str]


@dataclass(frozen=True)
class Item:
    """One product as planned; `options` are the words `key=value` of its line."""

    id: str
    kind: str
    cut: Cut
    gender: str
    colour: str
    colour2: str | None
    pattern: str
    material: str | None
    season: str
    occasions: tuple[str, ...]
    prices: tuple[float, float]
    options: Mapping[str, str] = field(default_factory=dict)


def _item(number: int, kind: str, words: Mapping[str, Any], line: str) -> Item:
    try:
        cut, gender, colours, pattern, material, *rest = line.split()
        options = dict(word.split("=", 1) for word in rest)
        names = words["cuts"][cut]
    except (ValueError, KeyError) as error:
        raise PlanError(f"{kind}: cannot read the product {line!r}: {error}") from error
    colour, _, colour2 = colours.replace("_", " ").partition("/")
    occasions = options.pop("occasions", None)
    low, high = words["price"]
    return Item(
        id=f"p{number:04d}",
        kind=kind,
        cut=Cut(
            cut, {lang: names[lang] for lang in ("en", "zh")}, {x: names[f"about_{x}"] for x in ("en", "zh")}
        ),
        gender=gender,
        colour=colour,
        colour2=colour2 or None,
        pattern=pattern,
        material=None if material == "-" else material,
        season=options.pop("season", words["season"]),
        occasions=tuple(occasions.split(",") if occasions else words["occasions"]),
        prices=(float(low), float(high)),
        options=options,
    )


@lru_cache(maxsize=1)
def items() -> tuple[Item, ...]:
    """All planned products in order; ids are their places. Raises `PlanError` for a line it cannot read."""
    found: list[Item] = []
    for name in FILES:
        plan = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
        for kind, words in plan.items():
            for line in words["products"]:
                found.append(_item(len(found) + 1, kind, words, line))
    return tuple(found)
