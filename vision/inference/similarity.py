"""How like one another two products look: the cosine of their embeddings, and whether kind and colour agree.

A similarity that only compares embeddings puts a blue shirt beside a red one of the same cut. What the heads
say of kind and colour is calibrated, so the probability that two pictures show the same kind is the sum over
kinds of the product of their probabilities; its logarithm joins the cosine. A shop that knows its products'
kinds and colours gives those as certain (one-hot) rows: the agreement is then the head's log-probability of
the product's own name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Descriptors:
    """What is compared: embeddings float32 [n, d] of unit length, kinds [n, k], colours [n, c]."""

    embeddings: np.ndarray
    kinds: np.ndarray
    colours: np.ndarray

    def __len__(self) -> int:
        return len(self.embeddings)

    def row(self, index: int) -> Descriptors:
        """One product alone, as descriptors of length 1."""
        picked = slice(index, index + 1)
        return Descriptors(self.embeddings[picked], self.kinds[picked], self.colours[picked])


@dataclass(frozen=True)
class SimilarityWeights:
    """How much the parts count; the floor keeps one unlikely name from ruling a product out for good.

    Tuned on kept-back products (`python -m vision evaluate search --tune`): the kind first, then the colour;
    the cosine orders what agrees in both.
    """

    embedding: float = 1.0
    kind: float = 1.0
    colour: float = 0.3
    floor: float = 0.02


def similarity(
    query: Descriptors, gallery: Descriptors, weights: SimilarityWeights = SimilarityWeights()
) -> np.ndarray:
    """float32 [queries, gallery], the higher the more alike."""
    score = weights.embedding * (query.embeddings @ gallery.embeddings.T)
    if weights.kind:
        score = score + weights.kind * np.log(query.kinds @ gallery.kinds.T + weights.floor)
    if weights.colour:
        score = score + weights.colour * np.log(query.colours @ gallery.colours.T + weights.floor)
    return np.asarray(score, np.float32)


def ranking(
    query: Descriptors,
    gallery: Descriptors,
    weights: SimilarityWeights = SimilarityWeights(),
    top: int | None = None,
) -> np.ndarray:
    """int [gallery or top]: the gallery's rows for ONE query, the most alike first."""
    score = similarity(query, gallery, weights)[0]
    if top is None or top >= len(score):
        return np.argsort(-score, kind="stable")
    best = np.sort(np.argpartition(-score, top)[:top])
    return best[np.argsort(-score[best], kind="stable")]
