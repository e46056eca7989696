"""The white sheet that all is drawn on, at twice its size: its pixels, what is covered, how lines shake."""

from __future__ import annotations

import numpy as np

from data.demo.draw.curve import Points

SIZE = 640
SCALE = 2  # pixels to a unit while drawing


class Sheet:
    """`wobble` shakes all outlines a little: cloth is not ruled."""

    def __init__(self, seed: int, wobble: float = 0.0) -> None:
        self.rng = np.random.default_rng(seed)
        side = SIZE * SCALE
        self.pixels = np.ones((side, side, 3), np.float32)
        self.cover = np.zeros((side, side), np.float32)
        self._wobble = wobble
        self._waves = self.rng.uniform(0, 6.28, 4)
        # Everything may be drawn lower or higher than its outlines say: a factor, and the line that stays.
        self.squeeze, self.squeeze_from = 1.0, 446.0

    def bend(self, points: Points) -> Points:
        """Shake points: the same spot always moves the same way, so that panels keep meeting."""
        points = np.asarray(points, np.float32)
        if self.squeeze != 1.0:
            points = np.stack(
                [points[:, 0], self.squeeze_from + (points[:, 1] - self.squeeze_from) * self.squeeze], 1
            )
        if self._wobble <= 0:
            return points
        x, y = points[:, 0], points[:, 1]
        a, b, c, d = self._waves
        dx = np.sin(y / 47 + a) * 0.6 + np.sin(y / 103 + x / 90 + b)
        dy = np.sin(x / 53 + c) * 0.6 + np.sin(x / 111 + y / 97 + d)
        return (points + self._wobble * np.stack([dx, dy], 1)).astype(np.float32)
