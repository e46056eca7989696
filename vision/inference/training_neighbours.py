"""The products that the eyes learned from, remembered: what those most like this one were called.

A head draws straight borders through the features; for whom a product is made follows none ("women's" is a
word of the shop's, and products of one series share it). There the votes of the nearest training products say
more, so that they join the head's answer: p = share · votes + (1 − share) · head, as in kNN-LM (Khandelwal et
al. 2020). A photo that is like none of them, as customers' photos mostly are, is left to the head.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

FILE = "memory.npz"
AXES = 256  # principal components that are kept of the pooled features
NEIGHBOURS = 10
SOFTNESS = 0.05  # of the votes: one this much less alike counts 1/e of the nearest
# Cosines of the nearest product up to which votes count nothing, and from which on they count in full.
# Of studio photos one in twenty is below 0.71, of customers' photos three in four are below 0.69.
FAR, NEAR = 0.55, 0.7
# The heads that gain on kept-back products, and the votes' share (docs/model-card.md).
SHARES = {"gender": 0.7, "usage": 0.5}


class TrainingNeighbours:
    """`mean` float [channels], `axes` float [channels, AXES], `vectors` int8 [products, AXES] of about equal
    length; `names` for each head the place of each product's name in it, int [products], -1: unknown."""

    def __init__(
        self, mean: np.ndarray, axes: np.ndarray, vectors: np.ndarray, names: dict[str, np.ndarray]
    ) -> None:
        self._mean, self._axes = mean.astype(np.float32), axes.astype(np.float32)
        self._vectors, self._names = _unit(vectors.astype(np.float32)), names

    @classmethod
    def load(cls, folder: Path) -> TrainingNeighbours:
        """The shipped neighbours; raises `OSError` or `ValueError` where it is missing or broken."""
        try:
            with np.load(folder / FILE) as stored:
                names = {head: stored[head].astype(np.int64) for head in SHARES}
                return cls(stored["mean"], stored["axes"], stored["vectors"], names)
        except (BadZipFile, KeyError) as error:
            raise ValueError(f"{FILE} is broken: {error}") from error

    def join(
        self, pooled: np.ndarray, chances: Mapping[str, np.ndarray]
    ) -> tuple[dict[str, np.ndarray], float]:
        """The heads' probabilities (float [names] each), those in `SHARES` with the votes for pooled features
        float32 [channels]; and how familiar these are, from 0 (like none of them) to 1."""
        similarity = self._vectors @ _unit((pooled - self._mean) @ self._axes)
        near = np.argpartition(-similarity, NEIGHBOURS)[:NEIGHBOURS]
        best = float(similarity[near].max())
        familiar = min(max((best - FAR) / (NEAR - FAR), 0.0), 1.0)
        weights = np.exp((similarity[near] - best) / SOFTNESS)
        joined = dict(chances)
        for head, names in self._names.items():
            known = names[near] >= 0
            if familiar and head in chances and known.any():
                votes = np.bincount(names[near][known], weights[known], len(chances[head]))
                share = SHARES[head] * familiar
                joined[head] = share * votes / votes.sum() + (1 - share) * chances[head]
        return joined, familiar


def save(folder: Path, pooled: np.ndarray, labels: Mapping[str, np.ndarray]) -> None:
    """Write the products that may vote: features float32 [n, channels], labels float32 [n, names] a head."""
    mean = pooled.mean(axis=0)
    _, _, axes = np.linalg.svd(pooled - mean, full_matrices=False)
    axes = axes[:AXES].T
    vectors = _unit((pooled - mean) @ axes)
    names = {
        head: np.where(labels[head].sum(axis=1) == 1, labels[head].argmax(axis=1), -1).astype(np.int16)
        for head in SHARES
    }
    part = folder / f"{FILE}.part"
    with part.open("wb") as file:
        np.savez_compressed(
            file,
            mean=mean.astype(np.float32),
            axes=axes.astype(np.float16),
            vectors=np.round(vectors * (127 / np.abs(vectors).max())).astype(np.int8),
            **names,
        )
    part.replace(folder / FILE)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))
