"""The formulae of measuring: calibration, F1, precision of a ranking. Arrays in, numbers out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# The ten classes of the published subset of the customers' photos.
TEN = ("Dress", "Hat", "Longsleeve", "Outwear", "Pants", "Shirt", "Shoes", "Shorts", "Skirt", "T-Shirt")


def share(right: np.ndarray) -> float | None:
    """The mean of bool [n], rounded; None for no rows: nothing was measured."""
    return round(float(np.mean(right)), 4) if len(right) else None


def calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 15) -> float | None:
    """Expected calibration error (Guo et al. 2017): |accuracy - confidence| of equal bins, by their rows.

    `confidence` float [n] in 0..1 of the likeliest answer, `right` bool [n]. None for no rows.
    """
    if not len(confidence):
        return None
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gaps = (abs(right[place == each].mean() - confidence[place == each].mean()) * (place == each).sum()
            for each in np.unique(place))  # fmt: skip
    return round(float(sum(gaps)) / len(confidence), 4)


def macro_f1(truth: Sequence[str], said: Sequence[str]) -> float | None:
    """The mean F1 of the classes that occur in `truth`; None for no rows."""
    true, answer = np.asarray(truth), np.asarray(said)
    scores = []
    for name in np.unique(true):
        hits = np.sum((true == name) & (answer == name))
        scores.append(2 * hits / (np.sum(true == name) + np.sum(answer == name)))
    return round(float(np.mean(scores)), 4) if scores else None


def average_precision(relevant: np.ndarray) -> float:
    """Of one ranking, bool [n], the best first: the mean of the precisions at each relevant place, or 0."""
    places = np.flatnonzero(relevant)
    return float(np.mean(np.arange(1, len(places) + 1) / (places + 1))) if len(places) else 0.0


def confusion(truth: Sequence[str], said: Sequence[str], names: Sequence[str]) -> np.ndarray:
    """int [names, names] of counts: rows are the truth, columns what was said; other names are left out."""
    place = {name: index for index, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)), int)
    for true, answer in zip(truth, said, strict=True):
        if true in place and answer in place:
            counts[place[true], place[answer]] += 1
    return counts
