"""Draws training batches: which pictures, and each in a fresh variation."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from vision.training.augmentation import augment
from vision.training.datasets import DOMAINS, Example

cv2.setNumThreads(1)  # the cores belong to the training; a warp of 160 pixels gains nothing from two


@dataclass(frozen=True)
class Batch:
    """Pictures uint8 [n, side, side, 3], each `share` of the first labels' example and the rest of the
    second's."""

    pixels: np.ndarray
    labels: dict[str, np.ndarray]
    others: dict[str, np.ndarray]
    share: np.ndarray  # float32 [n]


BACKDROP_SHARE = 0.25  # of the studio photos and drawings that get another background


class Sampler:
    """Domains by their shares, labels by the square root of their size: rare kinds come often enough."""

    def __init__(
        self,
        examples: list[Example],
        labels: dict[str, np.ndarray],
        pictures: np.ndarray,
        shares: tuple[float, ...],
        side: int,
        mixed: float = 0.0,
    ) -> None:
        self.pictures, self.labels, self.side, self.mixed = pictures, labels, side, mixed
        self.wild = mixed > 0
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

    def batches(self, seed: tuple[int, ...], steps: int, size: int) -> Iterator[Batch]:
        """`steps` batches of `size` pictures; a thread makes them ahead."""
        waiting: queue.Queue[Batch | None] = queue.Queue(4)

        def make() -> None:
            rng = np.random.default_rng(seed)
            for _ in range(steps):
                waiting.put(self._batch(rng, size))
            waiting.put(None)

        threading.Thread(target=make, daemon=True).start()
        while (batch := waiting.get()) is not None:
            yield batch

    def _batch(self, rng: np.random.Generator, size: int) -> Batch:
        rows = rng.choice(len(self.weights), size, p=self.weights)
        pixels = np.empty((size, self.side, self.side, 3), np.uint8)
        for place, row in enumerate(rows):
            backdrop = None
            if self.domains[row] != "photos" and len(self.photos) and rng.random() < BACKDROP_SHARE:
                backdrop = self.pictures[rng.choice(self.photos)]
            wild = self.wild and self.domains[row] == "photos"
            pixels[place] = augment(self.pictures[row], rng, self.side, backdrop, wild=wild)
        partners, share = np.arange(size), np.ones(size, np.float32)
        if rng.random() < self.mixed:
            partners = rng.permutation(size)
            share = mix(pixels, pixels[partners], rng)
        labels = {head: table[rows] for head, table in self.labels.items()}
        return Batch(pixels, labels, {head: table[partners] for head, table in labels.items()}, share)


def mix(pixels: np.ndarray, others: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Mix each picture in place with another one; returns float32 [n], the share of it that stays.

    Half of the time by a weighted mean (mixup, Zhang et al. 2018), else by a rectangle (CutMix, Yun et al.
    2019).
    """
    size, side = pixels.shape[:2]
    share = np.empty(size, np.float32)
    blend = rng.random() < 0.5
    for row in range(size):
        keep = rng.beta(0.3, 0.3) if blend else rng.beta(1.0, 1.0)
        keep = max(keep, 1 - keep)
        if blend:
            pixels[row] = (keep * pixels[row] + (1 - keep) * others[row] + 0.5).astype(np.uint8)
        else:
            height = width = round(side * float(np.sqrt(1 - keep)))
            y, x = rng.integers(0, side - height + 1), rng.integers(0, side - width + 1)
            pixels[row, y : y + height, x : x + width] = others[row, y : y + height, x : x + width]
            keep = 1 - height * width / side**2
        share[row] = keep
    return share
