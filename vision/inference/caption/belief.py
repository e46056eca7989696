"""What the heads believe, as the vector that the decoder starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vision.predictions import Look

# Fields of `Look` that the decoder is told, where the weights have them.
FIELDS = ("kinds", "articles", "colours", "genders", "patterns", "sleeves", "usages", "brands")
Names = Mapping[str, Sequence[str]]  # of each field, the names in the order of the vector


def names_of(look: Look) -> dict[str, list[str]]:
    """The heads that a look has, with their names in alphabetical order."""
    return {field: sorted(r.name for r in getattr(look, field)) for field in FIELDS if getattr(look, field)}


def vector(look: Look, names: Names) -> np.ndarray:
    """float32 [heads' names + 1]: the probabilities, and last 1 if a brand is to be said.

    A name that the look leaves out (kinds that a part of the body rules out) has none. Raises `ValueError`
    where the look lacks a whole head that the decoder was trained with.
    """
    parts = []
    for field, order in names.items():
        chances = {ranked.name: ranked.probability for ranked in getattr(look, field)}
        if not chances:
            raise ValueError(f"the captioner needs {field}: run `python -m vision train captioner`")
        parts.append([chances.get(name, 0.0) for name in order])
    parts.append([float(bool(look.brand))])
    return np.concatenate([np.asarray(part, np.float32) for part in parts])


def size(names: Names) -> int:
    """The length of the vector."""
    return sum(map(len, names.values())) + 1
