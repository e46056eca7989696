"""Scores of the heads on kept-back pictures while training; `vision.evaluation` measures what is shipped."""

from __future__ import annotations

import numpy as np

from vision import taxonomy
from vision.training.datasets import Example
from vision.training.labels import Heads

# The ten classes of the published subset of the customers' photos.
TEN = ("Dress", "Hat", "Longsleeve", "Outwear", "Pants", "Shirt", "Shoes", "Shorts", "Skirt", "T-Shirt")


def scores(
    examples: list[Example], labels: dict[str, np.ndarray], outputs: dict[str, np.ndarray], heads: Heads
) -> dict[str, float]:
    """Top-1 of every head by domain, rows as in `examples`; masked rows are left out."""
    result: dict[str, float] = {}
    domain = np.array([example.domain for example in examples])
    for name in dict.fromkeys(domain):
        for head in heads.names:
            known = (domain == name) & labels[head].any(axis=1)
            if known.sum() >= 20 and not labels[head][known].all(axis=1).any():
                result[f"{name}_{head}"] = float(in_top(outputs[head], labels[head], 1)[known].mean())
    known = (domain == "products") & labels["article"].any(axis=1)
    if known.any():
        top3 = in_top(outputs["article"], labels["article"], 3)
        result["products_article_top3"] = float(top3[known].mean())
        right = in_top(families(outputs["colour"]), families(labels["colour"]), 1)
        result["products_colour_family"] = float(right[known & labels["colour"].any(axis=1)].mean())
    ten = [row for row, e in enumerate(examples) if e.domain == "photos" and e.label in TEN]
    if ten:
        columns = [heads.names["label"].index(label) for label in TEN]
        said = np.array(TEN)[outputs["label"][ten][:, columns].argmax(1)]
        result["photos_top1_ten"] = float(np.mean(said == np.array([examples[row].label for row in ten])))
    return {name: round(value, 4) for name, value in result.items()}


def in_top(probabilities: np.ndarray, allowed: np.ndarray, top: int) -> np.ndarray:
    """bool [n]: whether one of the `top` likeliest names is allowed."""
    best = np.argsort(-probabilities, axis=1)[:, :top]
    return np.take_along_axis(allowed > 0, best, axis=1).any(axis=1)


def families(colours: np.ndarray) -> np.ndarray:
    """Colour probabilities [n, colours] summed to those of the families [n, families]."""
    words = taxonomy.load()
    names = list(words.families())
    of_colour = [names.index(colour.family) for colour in words.colours.values()]
    return colours @ np.eye(len(names), dtype=np.float32)[of_colour]
