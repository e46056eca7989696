"""`python -m vision evaluate all`: all figures of the model card, kept beside the weights part by part."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import Any

from vision.evaluation import captions, figures, products, retrieval, robustness, snapshots
from vision.evaluation.figures import PARTS
from vision.evaluation.folders import Product, Snapshot, pick, read_products, read_snapshots
from vision.evaluation.progress import say
from vision.evaluation.seen import Seen, see
from vision.inference.loading import load_eyes
from vision.inference.weights import version

ROBUSTNESS_ROWS = 300  # of each data set: six predictions a row


def measure(
    data: Path, weights: Path, limit: int | None = None, parts: Collection[str] = PARTS
) -> figures.Figures:
    """Measure parts on the kept-back rows of both data sets; other figures of the same weights are kept.

    Returns the measured parts. Raises `FolderError` where `data` lacks a data set.
    """
    held = _Held(data, weights, limit)
    known = figures.earlier(weights, version(weights))
    for name in parts:
        scores: dict[str, Any] = getattr(held, name)()
        known[name] = scores
        known.setdefault("confusions", {}).update(held.confusions)
        figures.keep(weights, known)
        numbers = {key: value for key, value in scores.items() if isinstance(value, float)}
        say(f"{name}: {json.dumps(numbers)}")
    return {name: known[name] for name in parts}


class _Held:
    """The kept-back rows, and what the eyes say of them; each part is a method, predictions are shared."""

    def __init__(self, data: Path, weights: Path, limit: int | None) -> None:
        self.weights, self.limit = weights, limit
        self.table = read_products(data / "products")
        self.rows: list[Product] = pick(self.table, "validation", limit)
        self.shots: list[Snapshot] = pick(read_snapshots(data / "customer-photos"), "validation", limit)
        self.eyes = load_eyes(weights)
        self.confusions: dict[str, Any] = {}

    @cached_property
    def looked(self) -> Seen[Product]:
        return see(self.eyes, self.rows, label="products")

    def products(self) -> dict[str, Any]:
        self.confusions |= products.confusions(self.looked)
        return products.scores(self.looked)

    def photos(self) -> dict[str, Any]:
        seen = see(self.eyes, self.shots, label="customers' photos")
        self.confusions |= snapshots.confusions(seen)
        return snapshots.scores(seen)

    def captions(self) -> dict[str, Any]:
        return captions.scores(see(self.eyes, self.rows, caption=True, label="captions"))

    def search(self) -> dict[str, Any]:
        """The kept-back products ask, those that were trained on answer."""
        gallery = pick(self.table, "train", self.limit and 10 * self.limit)
        return retrieval.scores(self.looked, see(self.eyes, gallery, label="gallery"))

    def robustness_products(self) -> dict[str, Any]:
        return robustness.scores(self.eyes, pick(self.rows, limit=ROBUSTNESS_ROWS))

    def robustness_photos(self) -> dict[str, Any]:
        return robustness.scores(self.eyes, pick(self.shots, limit=ROBUSTNESS_ROWS))

    def turn(self) -> dict[str, Any]:
        from vision.evaluation import benchmark

        return dict(benchmark.run(weights=self.weights))
