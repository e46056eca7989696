"""BlazePose's landmark network: the pose of one person within a turned square of the photo.

Bazarevsky et al. 2020 and Grishchenko et al., "BlazePose GHUM Holistic" (2022). The square is laid by the
line from the middle of the hips to the circle around the body, upright, a quarter larger than that circle.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from vision.inference.pose.files import Interpreter
from vision.inference.pose.landmarks import LANDMARKS, MASK_SIDE, Pose, Region

SIDE: Final = 256
HEATMAP_SIDE: Final = 64
REGION_SCALE: Final = 1.25
HIPS, CIRCLE = 33, 34  # two more points than a body has: they tell the region of the next pass
KERNEL: Final = 7  # cells of the heat map around a landmark that correct it
REFINE_FROM: Final = 0.5


def region_of(hips: np.ndarray, circle: np.ndarray) -> Region:
    """The region of a body by the middle of its hips and its circle's point above the head, in pixels."""
    x, y = (circle - hips).tolist()
    return Region(
        centre=(float(hips[0]), float(hips[1])),
        side=2 * REGION_SCALE * float(np.hypot(x, y)),
        angle=float(np.arctan2(x, -y)),
    )


def crop(pixels: np.ndarray, region: Region, side: int = SIDE) -> np.ndarray:
    """Cut a region out of a photo as uint8 [side, side, 3], black where it leaves the photo."""
    shrink = min(1.0, 2 * side / max(region.side, 1.0))
    matrix = region.matrix(side)
    if shrink < 1:  # bilinear sampling alone would skip pixels of a large photo
        height, width = pixels.shape[:2]
        size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        matrix = matrix * np.array([[size[0] / width], [size[1] / height]])
    return cv2.warpAffine(pixels, matrix, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)


def refine(points: np.ndarray, heatmap: np.ndarray) -> np.ndarray:
    """Move landmarks [n, 2] in 0..1 to the weighted middle of their heat [64, 64, n] where it is clear."""
    reach = KERNEL // 2
    columns, rows = (points * HEATMAP_SIDE).astype(int).T
    inside = (columns >= 0) & (columns < HEATMAP_SIDE) & (rows >= 0) & (rows < HEATMAP_SIDE)
    steps = np.arange(-reach, reach + 1)
    x = np.where(inside, columns, 0)[:, None, None] + steps
    y = np.where(inside, rows, 0)[:, None, None] + steps[:, None]
    padded = np.pad(heatmap, ((reach, reach), (reach, reach), (0, 0)), constant_values=-np.inf)
    each = np.arange(len(points))[:, None, None]
    heat = _sigmoid(padded[y + reach, x + reach, each])  # [n, KERNEL, KERNEL]
    clear = inside & (heat.max(axis=(1, 2)) >= REFINE_FROM)
    middle = np.stack([(x * heat).sum(axis=(1, 2)), (y * heat).sum(axis=(1, 2))], axis=1)
    moved = points.copy()
    moved[clear] = middle[clear] / (heat[clear].sum(axis=(1, 2)) * HEATMAP_SIDE)[:, None]
    return moved


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -50, 50))))


class Landmarker:
    """The landmark network. Not thread-safe."""

    def __init__(self, network: Interpreter) -> None:
        self._network = network

    def __call__(self, pixels: np.ndarray, region: Region, detection: float = 0.0) -> tuple[Pose, Region]:
        """The pose within a region of a photo uint8 [h, w, 3], and the region that fits that pose better."""
        cut = crop(pixels, region)
        values, score, mask, heatmap, _world = self._network(cut.astype(np.float32) / 255)
        values = values.reshape(-1, 5).astype(np.float64)
        unit = refine(values[:, :2] / SIDE, heatmap)
        matrix = region.matrix(1)
        points = unit @ matrix[:, :2].T + matrix[:, 2]
        count = len(LANDMARKS)
        depth = values[:, 2:3] / SIDE * region.side
        landmarks = np.concatenate([points, depth, _sigmoid(values[:, 3:])], axis=1)[:count].astype(
            np.float32
        )
        mask = _sigmoid(mask.reshape(MASK_SIDE, MASK_SIDE)).astype(np.float32)
        pose = Pose(landmarks, float(score.ravel()[0]), detection, region, mask)
        return pose, region_of(points[HIPS], points[CIRCLE])
