"""How many of the nearest were found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# Likenesses closer than this are the same: the vectors' half precision does not tell them apart.
TIE = 1e-5


def shares(
    vectors: np.ndarray, queries: np.ndarray, found: Sequence[Sequence[int]], truth: Sequence[Sequence[int]]
) -> np.ndarray:
    """For each query the share of its true nearest (`truth`, nearest first) in whose stead as near a one was
    found, float64 [q].

    As in the field's benchmarks (ANN-Benchmarks, Aumüller et al. 2018) it goes by distance: of several that are
    equally near, such as copies of one picture, any is right.
    """
    rows = []
    for query, answer, right in zip(queries, found, truth, strict=True):
        least = vectors[right[-1]] @ query - TIE
        rows.append(
            min(np.count_nonzero(vectors[list(set(answer))] @ query >= least), len(right)) / len(right)
        )
    return np.array(rows)
