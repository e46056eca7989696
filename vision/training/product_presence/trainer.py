"""Training and honest measuring of the head: each source of pictures is judged by a head that never saw it.

The shipped head learns from every source. Its share of caught pictures is not measured on those, but by
leaving one source out as a whole at a time (a package, or one family of drawings), training on the rest,
setting the threshold the same way, and counting on the source left out. False refusals are counted with the
shipped head on products that neither the eyes nor the head nor the threshold saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vision.inference.product_presence import ProductPresenceDetector
from vision.settings import cache_folder
from vision.training.product_presence import features, sample
from vision.training.product_presence.features import Table

STRENGTH = 0.003  # inverse weight of the L2 penalty: chosen by leaving sources out
REFUSED = {"photos": 0.005, "products": 0.005, "demo": 0.01}  # shares that calibration gives up at most
SURE = 0.5  # a probability at which nothing is refused, whatever calibration says
GARMENT = 0.6  # a corner of a photo with a kind this likely shows the garment after all

HOW = (
    "Refused: share of kept-back products (half of the validation pictures, from which neither the eyes nor "
    "the head nor its threshold learnt) that the head refuses. Caught: [share, number] of pictures without a "
    "product that it refuses, each package of pictures and each family of drawings judged by a head trained "
    "without it."
)


@dataclass(frozen=True)
class Result:
    detector: ProductPresenceDetector
    scores: dict[str, Any]


def run(data: Path, demo: Path | None, weights: Path) -> Result:
    """Gather, train, measure; writes `nothing.npz` and the key "nothing" of metrics.json into `weights`."""
    from vision.training.export import write_metrics

    cache = cache_folder()
    pictures = sample.all_pictures(data, demo, cache)
    rows = usable(features.table(pictures, weights, cache))
    everything = np.ones(len(rows.product), bool)
    detector = fit(rows, everything, features.version(weights))
    detector.save(weights)
    scores = {"how": HOW, **false_refusals(rows, detector), **caught(rows)}
    scores["sources"] = {source.package: source.licence for source in sample.sources.SOURCES}
    write_metrics(weights, "nothing", scores)
    return Result(detector, scores)


def usable(rows: Table) -> Table:
    """Without the corners of photos that show the garment after all."""
    keep = ~((rows.kind == "backgrounds") & (rows.sure > GARMENT))
    return Table(**{name: column[keep] for name, column in vars(rows).items()})


def fit(rows: Table, allowed: np.ndarray, eyes: str = "") -> ProductPresenceDetector:
    """A head and its threshold from the allowed rows' training part; each kind of picture weighs the same."""
    from sklearn.linear_model import LogisticRegression

    learn = allowed & np.where(rows.product, rows.split == "train", rows.split != "validation")
    x, y, kind = rows.features[learn], rows.product[learn], rows.kind[learn]
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-3)
    share = np.zeros(len(y))
    for side in (True, False):
        names = sorted(set(kind[y == side]))
        for name in names:
            here = (kind == name) & (y == side)
            share[here] = len(y) / 2 / len(names) / here.sum()
    model = LogisticRegression(C=STRENGTH, max_iter=300).fit((x - mean) / scale, y, share)
    weight, bias = model.coef_[0].astype(np.float32), float(model.intercept_[0])
    detector = ProductPresenceDetector(mean, scale, weight, bias, SURE, eyes)
    return ProductPresenceDetector(mean, scale, weight, bias, _threshold(rows, detector), eyes)


def _threshold(rows: Table, detector: ProductPresenceDetector) -> float:
    """As high as calibration's products allow: each domain loses at most its share of `REFUSED`."""
    limits = [SURE]
    for domain, share in REFUSED.items():
        here = rows.product & (rows.kind == domain) & (rows.split == "calibration") & ~rows.twin
        if here.any():
            limits.append(float(np.quantile(detector.probabilities(rows.features[here]), share)))
    return min(limits)


def false_refusals(rows: Table, detector: ProductPresenceDetector) -> dict[str, Any]:
    """Shares of kept-back products that the head refuses, and how many there were."""
    scores: dict[str, Any] = {"threshold": round(detector.threshold, 4)}
    refused = detector.probabilities(rows.features) < detector.threshold
    for domain in REFUSED:
        here = rows.product & (rows.kind == domain) & (rows.split == "test") & ~rows.twin
        if here.any():
            scores[f"refused_{domain}"] = round(float(refused[here].mean()), 4)
            scores[f"refused_{domain}_n"] = int(here.sum())
    return scores


def caught(rows: Table) -> dict[str, Any]:
    """Shares of pictures without a product that are refused, each source left out in turn."""
    hit = np.zeros(len(rows.product), bool)
    measured = ~rows.product & ~rows.twin
    for source in sorted(set(rows.source[measured])):
        out = rows.source == source
        if (rows.split[out] == "train").all():
            continue  # corners of training photos: those of kept-back photos tell
        detector = fit(rows, ~out)
        hit[out] = detector.probabilities(rows.features[out]) < detector.threshold
    measured &= rows.split != "train"
    by_kind = {kind: measured & (rows.kind == kind) for kind in sorted(set(rows.kind[measured]))}
    by_source = {name: measured & (rows.source == name) for name in sorted(set(rows.source[measured]))}
    packages = measured & np.isin(rows.source, [source.package for source in sample.sources.SOURCES])
    return {
        "caught": _share(hit, measured),
        "caught_of_packages": _share(hit, packages),
        "caught_by_kind": {kind: _share(hit, here) for kind, here in by_kind.items()},
        "caught_by_source": {name: _share(hit, here) for name, here in by_source.items()},
    }


def _share(hit: np.ndarray, here: np.ndarray) -> list[float]:
    """[share, n]"""
    return [round(float(hit[here].mean()), 4) if here.any() else 0.0, int(here.sum())]
