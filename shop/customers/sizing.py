"""Which size fits: size charts, and a size from what the customer tells of the body."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from shop.catalogue.product import ONE_SIZE, Product
from shop.customers.profile import size_system
from shop.errors import BadRequest
from vision.taxonomy import load as load_taxonomy

_FILE = Path(__file__).with_name("sizing.yml")
_WAIST_KINDS = ("jeans", "trousers")
HEIGHTS, WEIGHTS = (80, 230), (10, 250)


@dataclass(frozen=True)
class Chart:
    """A size chart: size → from and to, in centimetres of `measure` (chest, bust, waist, height, foot)."""

    system: str
    gender: str
    measure: str
    rows: Mapping[str, tuple[float, float]]
    source: Mapping[str, str]


@dataclass(frozen=True)
class SizeAdvice:
    """The size that fits, or what must be known first.

    `size` is None when `needs` names what to ask for ("height", "weight", "usual") or when nothing can be
    told. `why` is a code: "one_size", "usual", "measured" (from height and weight), "height" (children, shoes
    from height, a rough guess), "unknown". `girth` is the estimated measure in centimetres. With a product:
    `offered` says whether it comes in this size, `in_stock` how many, `nearest` the nearest size in stock
    where not.
    """

    size: str | None
    system: str
    why: str
    measure: str | None = None
    girth: int | None = None
    needs: tuple[str, ...] = ()
    between: str | None = None
    offered: bool | None = None
    in_stock: int | None = None
    nearest: str | None = None
    chart: Chart | None = None


def recommend(
    category: str | None,
    gender: str | None,
    *,
    height: float | None = None,
    weight: float | None = None,
    usual: str | None = None,
    product: Product | None = None,
) -> SizeAdvice:
    """Advice for a kind (or a product, which then says kind and gender) from height in cm, weight in kg and
    the size that is usually worn. A usual size of the same system decides; else it is estimated.

    Raises `BadRequest` for a height or weight that no person has.
    """
    if product is not None:
        category, gender = product.category, product.gender
    for field, value, (low, high) in (("height", height, HEIGHTS), ("weight", weight, WEIGHTS)):
        if value is not None and not low <= value <= high:
            raise BadRequest(field=field, value=value)
    system = system_of(category, product)
    if system == "one":
        return _for_product(SizeAdvice(ONE_SIZE, system, "one_size"), product)
    table = chart(category, gender, system=system)
    if usual and size_system(usual) == system:
        return _for_product(SizeAdvice(usual.upper(), system, "usual", chart=table), product)
    if table is None:
        return SizeAdvice(None, system, "unknown", needs=("usual",))
    needs = tuple(
        name
        for name, value in (("height", height), ("weight", weight))
        if value is None and (name == "height" or table.measure in ("chest", "bust", "waist"))
    )
    if needs:
        return SizeAdvice(None, system, "unknown", measure=table.measure, needs=needs, chart=table)
    assert height is not None
    girth = _estimate(table.measure, gender or "unisex", height, weight or 0)
    size, between = _look_up(table, girth, loose=category in _data()["loose"])
    why = "measured" if table.measure in ("chest", "bust", "waist") else "height"
    advice = SizeAdvice(size, system, why, table.measure, round(girth), between=between, chart=table)
    return _for_product(advice, product)


def chart(category: str | None, gender: str | None, *, system: str | None = None) -> Chart | None:
    """The size chart for a kind and gender; None where there is none (bags, watches). Unisex is men's."""
    system = system or system_of(category, None)
    tables = _data().get(system) if system != "one" else None
    if not tables:
        return None
    who = "all" if "all" in tables else gender if gender in tables else "men"
    table = tables[who]
    rows = {str(size): (float(low), float(high)) for size, (low, high) in table["rows"].items()}
    return Chart(system, str(who), table["measure"], rows, _data()["source"])


def system_of(category: str | None, product: Product | None) -> str:
    """ "letter", "waist", "shoe" or "one": by the product's own sizes, else by what is usual for the kind."""
    if product is not None:
        systems = [size_system(size.name) for size in product.sizes]
        known = [system for system in systems if system != "other"]
        return max(set(known), key=known.count) if known else "one"
    kind = load_taxonomy().kinds.get(category or "")
    if category == "shoes" or (kind and kind.department == "shoes"):
        return "shoe"
    if kind and kind.department in ("bags", "accessories") and category not in ("gloves", "belt"):
        return "one"
    return "waist" if category in _WAIST_KINDS else "letter"


def _estimate(measure: str, gender: str, height: float, weight: float) -> float:
    if measure == "height":
        return height
    factors = _data()["factors"]["women" if gender in ("women", "girls") else "men"]
    if measure == "foot":
        return float(factors["foot"]) * height
    return float(factors["chest" if measure == "bust" else measure]) * math.sqrt(weight / height)


def _look_up(table: Chart, girth: float, *, loose: bool) -> tuple[str, str | None]:
    """The size whose range holds the girth, and its neighbour when it lies within a sixth of the border to
    it.
    """
    sizes = list(table.rows.items())
    girth = min(max(girth, sizes[0][1][0]), sizes[-1][1][1] - 0.01)
    index = next(i for i, (_, (low, high)) in enumerate(sizes) if low <= girth < high)
    low, high = sizes[index][1]
    margin = (high - low) / 6
    if girth > high - margin and index + 1 < len(sizes):
        bigger = sizes[index + 1][0]
        return (bigger, sizes[index][0]) if loose else (sizes[index][0], bigger)
    if girth < low + margin and index > 0:
        return sizes[index][0], sizes[index - 1][0]
    return sizes[index][0], None


def _for_product(advice: SizeAdvice, product: Product | None) -> SizeAdvice:
    if product is None or advice.size is None:
        return advice
    offered = product.size(advice.size)
    stock = offered.stock if offered else 0
    nearest = None
    if not stock:
        names = list(advice.chart.rows) if advice.chart else []
        rank = {name.upper(): place for place, name in enumerate(names)}
        place = rank.get(advice.size.upper())
        in_stock = [size for size in product.sizes_in_stock() if size.upper() in rank]
        if place is not None and in_stock:
            # Of two as near, the bigger one: one can wear it.
            best = min(in_stock, key=lambda name: (abs(rank[name.upper()] - place), -rank[name.upper()]))
            nearest = best if abs(rank[best.upper()] - place) <= 1 else None
    values = {**vars(advice), "offered": offered is not None, "in_stock": stock, "nearest": nearest}
    if offered:
        values["size"] = offered.name
    return SizeAdvice(**values)


@functools.lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return data
