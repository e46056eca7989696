"""A white canvas, drawn at twice its size, on which panels of material are laid one over the other."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from data.demo.draw.curve import Points
from data.demo.draw.palette import RGB
from data.demo.draw.panel import Panel
from data.demo.draw.pattern import Cloth
from data.demo.draw.sheet import SCALE, SIZE, Sheet


class Canvas(Sheet):
    """The picture of one product."""

    def panel(
        self,
        outline: Points,
        cloth: Cloth,
        *,
        puff: float = 16,
        rise: float = 7,
        drape: float = 1.0,
        angle: float = 0.0,
        shadow: float = 0.4,
        edge: float = 0.18,
        origin: tuple[float, float] = (320, 320),
        hull: Sequence[Points] = (),
    ) -> Panel:
        """Begin a panel of cloth; it is laid down by its `done()` or at the end of a `with` block.

        puff, rise: the edge is rounded over `puff` units and the middle lies `rise` above it;
        drape: strength of soft folds; angle: how far the cloth's grain is turned (degrees);
        shadow: on what lies below; edge: darkening of the rim; origin: where the pattern begins;
        hull: neighbours towards which the edge is not rounded.
        """
        panel = Panel(self, self.bend(outline), cloth, puff, rise, drape, angle, shadow, edge, origin, hull)
        panel.outline = np.asarray(outline, np.float32)
        return panel

    def lay(self, outline: Points, cloth: Cloth, **settings: Any) -> None:
        """A panel without any detail."""
        self.panel(outline, cloth, **settings).done()

    def stroke(
        self, points: Points, colour: RGB, width: float, opacity: float = 1.0, blur: float = 0.0
    ) -> None:
        """A flat line over everything so far."""
        mask = np.zeros(self.cover.shape, np.uint8)
        spots = np.round(self.bend(points) * SCALE * 16).astype(np.int32)
        cv2.polylines(mask, [spots], False, (255,), max(1, round(width * SCALE)), cv2.LINE_AA, 4)
        self._blend(mask, colour, opacity, blur)

    def blot(
        self, outline: Points, colour: RGB, opacity: float = 1.0, blur: float = 0.0, inside: bool = False
    ) -> None:
        """A flat shape over everything so far; `inside` keeps it to what is already drawn."""
        mask = np.zeros(self.cover.shape, np.uint8)
        cv2.fillPoly(
            mask, [np.round(self.bend(outline) * SCALE * 16).astype(np.int32)], (255,), cv2.LINE_AA, 4
        )
        self._blend(mask, colour, opacity, blur, self.cover if inside else None)

    def _blend(
        self,
        mask: NDArray[np.uint8],
        colour: RGB,
        opacity: float,
        blur: float,
        within: NDArray[Any] | None = None,
    ) -> None:
        x, y, w, h = cv2.boundingRect(mask)
        pad = round(blur * SCALE * 3)
        part = np.s_[max(0, y - pad) : y + h + pad, max(0, x - pad) : x + w + pad]
        weight: NDArray[Any] = mask[part].astype(np.float32) * (opacity / 255)
        if weight.size == 0:
            return
        if blur > 0:
            weight = cv2.GaussianBlur(weight, (0, 0), blur * SCALE)
        if within is not None:
            weight = weight * within[part]
        self.pixels[part] += (np.array(colour, np.float32) - self.pixels[part]) * weight[..., None]
        if within is None:
            self.cover[part] = np.maximum(self.cover[part], weight)

    def finish(self, ground: float | None = None) -> NDArray[np.uint8]:
        """The picture, 640 x 640 sRGB on white: lying, or standing on the line y = `ground`."""
        small = cv2.resize(self.pixels, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
        cover: NDArray[Any] = cv2.resize(self.cover, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
        if ground is None:
            cast: NDArray[Any] = cv2.GaussianBlur(cover, (0, 0), 9)
            shadow: NDArray[Any] = 0.20 * np.roll(cast, (7, 3), (0, 1))
        else:
            feet = cover.copy()
            feet[: max(0, int(ground) - 30)] = 0
            columns = feet.max(0)
            depth = np.abs(np.arange(SIZE, dtype=np.float32) - ground)[:, None]
            near = columns[None] * np.exp(-((depth / 7) ** 2))
            far = cv2.GaussianBlur(columns[None] * np.exp(-((depth / 16) ** 2)), (0, 0), 12)
            shadow = 0.42 * cv2.GaussianBlur(near, (0, 0), 4) + 0.18 * far
        shadow = np.clip(shadow, 0, 0.6) * (1 - cover)
        picture = small * (1 - shadow[..., None] * np.array([1.0, 0.98, 0.95], np.float32))
        return np.clip(np.round(picture * 255), 0, 255).astype(np.uint8)


def webp(picture: NDArray[np.uint8], aim: int = 18 * 1024) -> bytes:
    """The picture as a WebP file: quality 80, or as much less (48 at least) as keeps it under `aim` bytes."""
    data = b""
    for quality in (80, 72, 64, 56, 48):
        stream = io.BytesIO()
        Image.fromarray(picture).save(stream, "WEBP", quality=quality, method=5)
        data = stream.getvalue()
        if len(data) <= aim:
            break
    return data
