"""Scores of the heads on kept-back pictures, in the words of the taxonomy."""

from __future__ import annotations

import numpy as np

from vision import taxonomy
from vision.data import Example, Labels

# The ten classes of the published subset of the customers' photos.
TEN = ("Dress", "Hat", "Longsleeve", "Outwear", "Pants", "Shirt", "Shoes", "Shorts", "Skirt", "T-Shirt")


def scores(examples: list[Example], labels: Labels, outputs: dict[str, np.ndarray]) -> dict[str, float]:
    """Flat scores by domain; `outputs` holds kind, colour and gender probabilities, rows as in `examples`."""
    result: dict[str, float] = {}
    domain = np.array([example.domain for example in examples])
    group = np.array([example.group for example in examples])
    for name in dict.fromkeys(domain):
        here = (domain == name) & labels.kinds.any(axis=1)
        right = _in_top(outputs["kind"], labels.kinds, 1)
        result[f"{name}_n"] = int(here.sum())
        result[f"{name}_kind_top1"] = _mean(right[here])
        result[f"{name}_kind_top3"] = _mean(_in_top(outputs["kind"], labels.kinds, 3)[here])
        for part in sorted(set(group[here])):
            result[f"{name}_kind_top1_{part}"] = _mean(right[here & (group == part)])
        coloured = (domain == name) & (labels.colours >= 0)
        if coloured.any():
            named = outputs["colour"].argmax(1) == labels.colours
            result[f"{name}_colour_top1"] = _mean(named[coloured])
            family = _families(outputs["colour"], labels.colours)
            result[f"{name}_colour_family_top1"] = _mean(family[coloured])
    known = (domain == "products") & (labels.genders.sum(axis=1) == 1)
    result["products_gender_top1"] = _mean(_in_top(outputs["gender"], labels.genders, 1)[known])
    photos = [row for row, e in enumerate(examples) if e.domain == "photos" and e.label in TEN]
    if photos:
        said = np.array(TEN)[label_probabilities(outputs["kind"][photos]).argmax(1)]
        result["photos_top1_ten"] = _mean(said == np.array([examples[row].label for row in photos]))
    return {name: round(value, 4) for name, value in result.items()}


def label_probabilities(kinds: np.ndarray) -> np.ndarray:
    """Kind probabilities [n, kinds] to those of the ten published classes [n, 10]."""
    words = taxonomy.load()
    of_label = [words.kinds_of_label("photos", label) for label in TEN]
    table = np.array([[kind in kinds for kind in words.kinds] for kinds in of_label])
    return kinds @ table.T.astype(np.float32)


def _in_top(probabilities: np.ndarray, allowed: np.ndarray, top: int) -> np.ndarray:
    best = np.argsort(-probabilities, axis=1)[:, :top]
    return np.take_along_axis(allowed, best, axis=1).any(axis=1)


def _families(probabilities: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Whether the likeliest family (its colours' probabilities summed) is that of the true colour."""
    words = taxonomy.load()
    families = list(words.families())
    of_colour = np.array([families.index(colour.family) for colour in words.colours.values()])
    summed = probabilities @ np.eye(len(families), dtype=np.float32)[of_colour]
    return summed.argmax(1) == of_colour[colours]


def _mean(values: np.ndarray) -> float:
    return float(np.mean(values)) if len(values) else 0.0
