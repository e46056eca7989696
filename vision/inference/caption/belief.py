"""What the heads believe, as the vector that the decoder starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vision.predictions import Prediction

# Fields of `Prediction` that the decoder is told, where the weights have them.
FIELDS = ("kinds", "articles", "colours", "genders", "patterns", "sleeves", "usages", "brands")
Names = Mapping[str, Sequence[str]]  # of each field, the names in the order of the vector


def names_of(prediction: Prediction) -> dict[str, list[str]]:
    """The heads that a prediction has, with their names in alphabetical order."""
    return {
        field: sorted(r.name for r in getattr(prediction, field))
        for field in FIELDS
        if getattr(prediction, field)
    }


def vector(prediction: Prediction, names: Names) -> np.ndarray:
    """float32 [heads' names + 1]: the probabilities, and last 1 if a brand is to be said.

    A name that the prediction leaves out (kinds that a part of the body rules out) has none. Raises
    `ValueError` where the prediction lacks a whole head that the decoder was trained with.
    """
    parts = []
    for field, order in names.items():
        chances = {ranked.name: ranked.probability for ranked in getattr(prediction, field)}
        if not chances:
            raise ValueError(f"the captioner needs {field}: run `python -m vision train captioner`")
        parts.append([chances.get(name, 0.0) for name in order])
    parts.append([float(bool(prediction.brand))])
    return np.concatenate([np.asarray(part, np.float32) for part in parts])


def size(names: Names) -> int:
    """The length of the vector."""
    return sum(map(len, names.values())) + 1
