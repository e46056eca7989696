"""Variations of a batch of small grey pictures, so that a network does not learn the pictures by heart."""

from __future__ import annotations

import numpy as np

SHIFT = 2  # pixels, each way
ERASED = (4, 10)  # pixels, least and most of a covered rectangle's sides
ERASED_SHARE = 0.3  # of the pictures


def vary(pictures: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Shift, mirror and partly cover pictures, each its own way: uint8 [n, h, w] → the same shape and type.

    Covering by noise: Zhong et al., Random Erasing Data Augmentation (2017).
    """
    count, height, width = pictures.shape
    rows = np.arange(height) + random.integers(0, 2 * SHIFT + 1, (count, 1))
    columns = np.arange(width) + random.integers(0, 2 * SHIFT + 1, (count, 1))
    columns = np.where(random.random((count, 1)) < 0.5, columns, columns[:, ::-1])
    edged = np.pad(pictures, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT)))
    moved = edged[np.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
    return np.where(_rectangles(moved.shape, random), random.integers(0, 256, moved.shape, np.uint8), moved)


def _rectangles(shape: tuple[int, ...], random: np.random.Generator) -> np.ndarray:
    """bool [n, h, w], true inside one rectangle of some of the pictures."""
    inside = []
    for length in shape[1:]:
        size = random.integers(ERASED[0], ERASED[1] + 1, (shape[0], 1))
        start = random.integers(0, length - size + 1)
        place = np.arange(length)
        inside.append((place >= start) & (place < start + size))
    chosen = random.random((shape[0], 1, 1)) < ERASED_SHARE
    return chosen & inside[0][:, :, None] & inside[1][:, None, :]
