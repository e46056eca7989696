"""Draws training batches: which pictures, and each in a fresh variation."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import cv2
import numpy as np

from vision.augment import augment
from vision.data import DOMAINS, Example, Labels, one_hot

cv2.setNumThreads(1)  # the cores belong to the training; a warp of 160 pixels gains nothing from two
BACKDROP_SHARE = 0.25  # of the studio photos and drawings that get another background


class Sampler:
    """Domains by their shares, labels by the square root of their size: rare kinds come often enough."""

    def __init__(
        self,
        examples: list[Example],
        labels: Labels,
        pictures: np.ndarray,
        shares: tuple[float, ...],
        side: int,
    ) -> None:
        self.pictures, self.labels, self.side = pictures, labels, side
        self.domains = np.array([example.domain for example in examples])
        self.photos = np.flatnonzero(self.domains == "photos")
        train = np.array([example.split == "train" and bool(example.kinds) for example in examples])
        names = np.array([f"{example.domain}/{example.label}" for example in examples])
        weights = np.zeros(len(examples))
        for name in set(names[train]):
            rows = train & (names == name)
            weights[rows] = 1 / np.sqrt(rows.sum())
        for domain, share in zip(DOMAINS, shares, strict=True):
            rows = self.domains == domain
            if weights[rows].sum() > 0:
                weights[rows] *= share / weights[rows].sum()
        self.weights = weights / weights.sum()

    def batches(self, seed: tuple[int, ...], steps: int, size: int) -> Iterator[tuple[np.ndarray, ...]]:
        """`steps` batches of uint8 pixels, kinds, colours, genders; a thread makes them a little ahead."""
        waiting: queue.Queue[tuple[np.ndarray, ...] | None] = queue.Queue(4)

        def make() -> None:
            rng = np.random.default_rng(seed)
            for _ in range(steps):
                waiting.put(self._batch(rng, size))
            waiting.put(None)

        threading.Thread(target=make, daemon=True).start()
        while (batch := waiting.get()) is not None:
            yield batch

    def _batch(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, ...]:
        rows = rng.choice(len(self.weights), size, p=self.weights)
        pixels = np.empty((size, self.side, self.side, 3), np.uint8)
        for place, row in enumerate(rows):
            backdrop = None
            if self.domains[row] != "photos" and len(self.photos) and rng.random() < BACKDROP_SHARE:
                backdrop = self.pictures[rng.choice(self.photos)]
            pixels[place] = augment(self.pictures[row], rng, self.side, backdrop)
        return pixels, self.labels.kinds[rows], one_hot(self.labels.colours[rows]), self.labels.genders[rows]
