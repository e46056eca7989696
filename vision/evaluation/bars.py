"""The figures that the eyes are held to: what each is called, where it stands, its bar and its floor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vision.evaluation.figures import Figures

FROZEN = "frozen backbone, logistic regression: "
BAD = {
    "jpeg20": "JPEG quality 20",
    "blur": "blur",
    "dim": "dim light",
    "rotation15": "rotation by 15°",
    "crop30": "a 30 % crop",
}


@dataclass(frozen=True)
class Bar:
    """One line of the table: `read` takes the figure from the file; at least `least`, or at most `most`."""

    name: str
    read: Callable[[Figures], float | None]
    least: float | None = None
    most: float | None = None
    floor: str = ""  # what was measured with simpler means
    constant: str = ""  # the part of the products' `floors` that a constant answer gets

    def value(self, figures: Figures) -> float | None:
        """The figure; None where it was not measured."""
        try:
            return self.read(figures)
        except (KeyError, TypeError):
            return None

    def held(self, figures: Figures) -> str:
        """ "yes", "no", or "" where there is nothing to compare."""
        value = self.value(figures)
        if value is None or not self.text():
            return ""
        above = self.least is None or value >= self.least
        return "yes" if above and (self.most is None or value <= self.most) else "no"

    def floors(self, figures: Figures) -> str:
        """What simpler means and a constant answer get."""
        constant = figures["products"]["floors"].get(self.constant) if self.constant else None
        return "; ".join(filter(None, (self.floor, "" if constant is None else f"constant: {constant:.3f}")))

    def text(self) -> str:
        """The bar as it is read: "≥ 0.9"; "" where there is none."""
        if self.least is not None:
            return f"≥ {self.least:g}"
        return "" if self.most is None else f"≤ {self.most:g}"


def _at(part: str, *names: str) -> Callable[[Figures], float | None]:
    def read(figures: Figures) -> float | None:
        value = figures[part]
        for name in names:
            value = value[name]
        return None if value is None else float(value)

    return read


def _gap(part: str, group: str, one: str, other: str) -> Callable[[Figures], float | None]:
    return lambda figures: round(abs(figures[part][group][one] - figures[part][group][other]), 4)


def _many(
    worst: Callable[[Iterable[float]], float], figure: str, only: str = "", but: str = ""
) -> Callable[[Figures], float | None]:
    """A figure of the search among many products (`tests.bench vectors`) over its filters: all, `only` one,
    or all `but` one.
    """

    def read(figures: Figures) -> float:
        filters = figures["vectors"]["filters"]
        wishes = [only] if only else [wish for wish in filters if wish != but]
        return float(worst(filters[wish][figure] for wish in wishes))

    return read


def _robust(name: str, part: str) -> tuple[Bar, ...]:
    return tuple(
        Bar(f"{name}: kept under {text}", _at(part, f"{key}_kept"), 0.90) for key, text in BAD.items()
    )


def _product(name: str, key: str, least: float | None = None, frozen: str = "") -> Bar:
    return Bar(
        f"products: {name}", _at("products", key), least, floor=frozen and FROZEN + frozen, constant=key
    )


BARS = (
    Bar("customer photos, ten classes", _at("photos", "top1_ten"), 0.945, floor=f"{FROZEN}0.855"),
    Bar("customer photos, macro F1 of the ten", _at("photos", "macro_f1_ten")),
    Bar("customer photos, all 17 labels", _at("photos", "top1")),
    _product("kind, 75 classes", "kind_top1", 0.90, "0.858"),
    _product("kind, top 3", "kind_top3", 0.975),
    _product("subcategory", "subcategory_top1", 0.985, "0.971"),
    _product("colour, 43 names", "colour_top1", 0.72, "0.540"),
    _product("colour family", "colour_family_top1", 0.88),
    _product("gender", "gender_top1", 0.94, "0.895"),
    _product("usage", "usage_top1"),
    _product("brand, top 1", "brand_top1", 0.58, "0.455"),
    _product("brand, right when it names one", "brand_precision", 0.90),
    _product("brand, share of products named", "brand_coverage", 0.30),
    _product("expected calibration error of the kind", "ece"),
    Bar("search: P@5 kind", _at("search", "p5_kind"), 0.90, floor=f"{FROZEN}0.814"),
    Bar("search: P@5 kind and colour", _at("search", "p5_kind_colour"), 0.60, floor=f"{FROZEN}0.272"),
    Bar("search: mean average precision of the kind", _at("search", "map_kind")),
    Bar("captions: kind right when stated", _at("captions", "fact_kind"), 0.88),
    Bar("captions: colour right when stated", _at("captions", "fact_colour"), 0.70),
    Bar("captions: gender right when stated", _at("captions", "fact_gender"), 0.94),
    Bar("captions: brand right when stated", _at("captions", "fact_brand")),
    Bar("captions: CIDEr, times the best simple caption", _at("captions", "cider_times_best_simple"), 1.5),
    Bar("kind, men's beside women's products", _gap("products", "by_gender", "men", "women"), most=0.03),
    Bar("label, kids' beside adults' photos", _gap("photos", "by_kids", "kids", "adults"), most=0.03),
    *_robust("products", "robustness_products"),
    *_robust("customer photos", "robustness_photos"),
    Bar("a million products: recall@10, the worst filter", _many(min, "recall"), 0.97),
    Bar(
        "a million products: times faster than exact, filters that keep 10 % or more",
        _many(min, "times_faster", but="1 %"),
        20.0,
    ),
    Bar(
        "a million products: times faster than exact, a filter that keeps 1 %",
        _many(min, "times_faster", "1 %"),
        20.0,
    ),
    Bar(
        "a million products: times as long as usearch, the worst filter",
        _many(max, "times_usearch"),
        most=4.0,
    ),
    Bar("a photo turn, in bare backbone calls", _at("turn", "turn_per_backbone"), most=4.0),
    Bar("all shipped weights, MB", _at("size", "megabytes"), most=60.0),
)
