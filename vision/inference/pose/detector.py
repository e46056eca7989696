"""BlazePose's person detector: where a person is and how the body lies, from one small picture.

Bazarevsky et al., "BlazePose: On-device Real-time Body Pose Tracking" (2020): a single-shot detector (Liu et
al. 2016) over a 224 x 224 picture. It was trained to find a face and to predict from it the middle of the
hips and the circle around the whole body, which is why it needs a head, or most of one, to be sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from vision.inference.pose.files import Interpreter

SIDE: Final = 224
STRIDES: Final = (8, 16, 32, 32, 32)  # one layer of anchors each; equal neighbours share their grid
ANCHORS_A_LAYER: Final = 2  # aspect ratio 1, and the "interpolated" one that such files add
KEYPOINTS: Final = 4  # middle of the hips, circle around the body; the same of shoulders and upper body
SCORE_CLIP: Final = 100.0
OVERLAP: Final = 0.3  # intersection over union from which two boxes are the same person


@dataclass(frozen=True)
class PersonDetection:
    """A person: `score` 0..1 and, in pixels of the photo, the face's `box` (left, top, right, bottom) and the
    `keypoints` [4, 2] as x, y (see `KEYPOINTS`).
    """

    score: float
    box: np.ndarray
    keypoints: np.ndarray


def anchors() -> np.ndarray:
    """Centres of the anchors, [n, 2] as x, y in 0..1, in the order of the network's outputs.

    Their sizes are fixed to one (`fixed_anchor_size`), so the network's boxes are offsets from the centres.
    """
    grids = []
    layer = 0
    while layer < len(STRIDES):
        same = [stride for stride in STRIDES[layer:] if stride == STRIDES[layer]]
        cells = SIDE // STRIDES[layer]
        y, x = np.mgrid[0:cells, 0:cells]
        centres = (np.stack([x, y], -1).reshape(-1, 2) + 0.5) / cells
        grids.append(np.repeat(centres, ANCHORS_A_LAYER * len(same), axis=0))
        layer += len(same)
    return np.concatenate(grids).astype(np.float32)


def letterbox(pixels: np.ndarray, side: int) -> tuple[np.ndarray, float, np.ndarray]:
    """Fit a photo into the middle of a black square: uint8 [side, side, 3], the scale, the offset (x, y)."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    canvas = np.zeros((side, side, 3), np.uint8)
    canvas[top : top + size[1], left : left + size[0]] = small
    return canvas, scale, np.array([left, top], np.float32)


def decode(raw: np.ndarray, logits: np.ndarray, centres: np.ndarray, floor: float) -> np.ndarray:
    """Turn the outputs [n, 12] and [n, 1] into rows of score, box, keypoints [m, 1 + 4 + 8], in 0..1."""
    scores = 1 / (1 + np.exp(-np.clip(logits[:, 0].astype(np.float64), -SCORE_CLIP, SCORE_CLIP)))
    keep = scores >= floor
    points = raw[keep].reshape(-1, 2 + KEYPOINTS, 2) / SIDE
    centre, half = points[:, 0] + centres[keep], points[:, 1] / 2
    keypoints = points[:, 2:] + centres[keep][:, None]
    return np.concatenate(
        [scores[keep][:, None], centre - half, centre + half, keypoints.reshape(-1, 2 * KEYPOINTS)], axis=1
    )


def weighted_suppression(rows: np.ndarray) -> list[np.ndarray]:
    """Merge overlapping rows of `decode` into their mean weighted by score, the surest first.

    Steadier than dropping all but the best (Bazarevsky et al., "BlazeFace", 2019).
    """
    merged = []
    rest = rows[np.argsort(-rows[:, 0], kind="stable")]
    while len(rest):
        best = rest[0]
        same = _overlap(best[1:5], rest[:, 1:5]) > OVERLAP
        same[0] = True
        weights = rest[same, 0]
        mean = (rest[same] * weights[:, None]).sum(0) / weights.sum()
        mean[0] = best[0]
        merged.append(mean)
        rest = rest[~same]
    return merged


def _overlap(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    shared = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    intersection = np.clip(shared, 0, None).prod(1)
    union = (box[2:] - box[:2]).prod() + (boxes[:, 2:] - boxes[:, :2]).prod(1) - intersection
    return np.asarray(intersection / np.maximum(union, 1e-9))


class Detector:
    """The detector network. Not thread-safe."""

    def __init__(self, network: Interpreter) -> None:
        self._network = network
        self._anchors = anchors()

    def __call__(self, pixels: np.ndarray, floor: float) -> list[PersonDetection]:
        """People on a photo uint8 [h, w, 3] with a score of at least `floor`, the surest first."""
        canvas, scale, offset = letterbox(pixels, SIDE)
        raw, logits = self._network(canvas.astype(np.float32) / 127.5 - 1)
        found = []
        for row in weighted_suppression(decode(raw, logits, self._anchors, floor)):
            points = (row[1:].reshape(-1, 2) * SIDE - offset) / scale
            found.append(PersonDetection(float(row[0]), points[:2].ravel(), points[2:]))
        return found
