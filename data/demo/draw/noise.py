"""Smooth random fields: folds, grain, blots."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[Any]  # float32; OpenCV's stubs do not know which


def smooth(
    rng: np.random.Generator, height: int, width: int, cell: float, cell_y: float | None = None
) -> Field:
    """Noise of unit variance (about) whose blots are `cell` pixels wide and `cell_y` high."""
    cell_y = cell if cell_y is None else cell_y
    rows, columns = int(height / cell_y) + 4, int(width / cell) + 4
    grid = rng.standard_normal((rows, columns)).astype(np.float32)
    big = cv2.resize(grid, None, fx=max(1.0, cell), fy=max(1.0, cell_y), interpolation=cv2.INTER_CUBIC)
    if big.shape[0] < height or big.shape[1] < width:
        big = cv2.resize(big, (max(width, big.shape[1]), max(height, big.shape[0])))
    return big[:height, :width]


def turned(
    rng: np.random.Generator, height: int, width: int, cell: float, cell_y: float, degrees: float
) -> Field:
    """Smooth noise whose long direction is turned by `degrees` from the vertical."""
    side = int(np.hypot(height, width)) + 2
    field = smooth(rng, side, side, cell, cell_y)
    matrix: Field = cv2.getRotationMatrix2D((side / 2, side / 2), degrees, 1.0)
    matrix[:, 2] += ((width - side) / 2, (height - side) / 2)
    return cv2.warpAffine(
        field, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )


def white(rng: np.random.Generator, height: int, width: int, blur: float = 0.0) -> Field:
    """Fine grain, pixel by pixel, blurred by `blur` pixels and brought back to unit variance."""
    grain = rng.standard_normal((height, width), dtype=np.float32)
    if blur > 0:
        grain = cv2.GaussianBlur(grain, (0, 0), blur) * (2 * np.sqrt(np.pi) * blur)
    return grain
