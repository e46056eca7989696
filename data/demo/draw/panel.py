"""One panel of material: outline, cloth, folds, seams and prints, lit from the upper left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from data.demo.draw import noise
from data.demo.draw.curve import Points
from data.demo.draw.palette import RGB, luma
from data.demo.draw.pattern import Cloth, paint
from data.demo.draw.sheet import SCALE, Sheet
from data.demo.draw.texture import FEELS, Feel, melange, relief, ribbed

_LIGHT = np.array([-0.34, -0.46, 0.82], np.float32) / np.float32(np.sqrt(0.34**2 + 0.46**2 + 0.82**2))
_MARGIN = 14  # units around the outline, for its shadow
Field = NDArray[Any]  # float32, rows x columns


class Panel:
    """See `Canvas.panel`. All coordinates are picture units; calls may be chained."""

    def __init__(
        self,
        sheet: Sheet,
        outline: Points,
        cloth: Cloth,
        puff: float,
        rise: float,
        drape: float,
        angle: float,
        shadow: float,
        edge: float,
        origin: tuple[float, float],
        hull: Sequence[Points] = (),
    ) -> None:
        self._sheet, self.outline, self.cloth = sheet, outline, cloth
        self._shadow, self._edge, self._drape = shadow, edge, drape
        side = sheet.cover.shape[0]
        low = np.floor((outline.min(0) - _MARGIN) * SCALE).astype(int).clip(0, side - 2)
        high = np.ceil((outline.max(0) + _MARGIN) * SCALE).astype(int).clip(low + 2, side)
        self._low, self._part = low, np.s_[low[1] : high[1], low[0] : high[0]]
        rows, columns = int(high[1] - low[1]), int(high[0] - low[0])
        self._feel: Feel = FEELS.get(cloth.material, Feel())
        mask = np.zeros((rows, columns), np.uint8)
        cv2.fillPoly(mask, [self._fixed(outline)], (255,), cv2.LINE_AA, 4)
        self._mask: Field = mask.astype(np.float32) / 255
        whole = mask.copy()
        for other in hull:
            cv2.fillPoly(whole, [self._fixed(sheet.bend(other))], (255,), cv2.LINE_8, 4)
        self._height, self._away = self._dome(whole, puff, rise)
        rng = sheet.rng
        depth = self._feel.drape * drape
        ripple = np.zeros((rows, columns), np.float32)
        if depth > 0:
            cell = self._feel.fold * SCALE
            for share, turn in ((1.0, angle + rng.uniform(8, 22)), (0.7, angle - rng.uniform(8, 22))):
                field = noise.turned(rng, rows // 2, columns // 2, cell / 2, cell * 1.3, -turn)
                ripple += share * cv2.resize(np.sqrt(field**2 + 0.08), (columns, rows))
            self._height -= 1.5 * depth * ripple
        y, x = np.mgrid[low[1] : high[1], low[0] : high[0]].astype(np.float32) / SCALE
        x, y = x - origin[0], y - origin[1]
        c, s = np.float32(np.cos(np.radians(angle))), np.float32(np.sin(np.radians(angle)))
        bend = 1.3 * depth * ripple
        self._u, self._v = x * c + y * s + 0.5 * bend, y * c - x * s + bend
        self._albedo = paint(cloth, self._u, self._v)
        bumps, tone = relief(cloth.material, self._u, self._v, rng)
        if bumps is not None:
            self._height += bumps.astype(np.float32)
        if tone is not None:
            self._albedo *= tone[..., None].astype(np.float32)
        if cloth.melange:
            self._albedo *= melange(rng, rows, columns)[..., None]

    def __enter__(self) -> Panel:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.done()

    def _dome(self, mask: NDArray[np.uint8], puff: float, rise: float) -> tuple[Field, Field]:
        small = cv2.resize(mask, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        away = cv2.distanceTransform((small > 127).astype(np.uint8), cv2.DIST_L2, 5) * (2 / SCALE)
        t = np.clip(away / max(puff, 0.5), 0, 1)
        dome = rise * np.sqrt(np.clip(1 - (1 - t) ** 2, 0, 1) + 0.02)
        dome = cv2.GaussianBlur(dome, (0, 0), max(0.8, puff * 0.10))
        size = mask.shape[::-1]
        return cv2.resize(dome, size, interpolation=cv2.INTER_CUBIC), cv2.resize(away, size)

    def _fixed(self, points: Points) -> NDArray[np.int32]:
        return np.round((np.asarray(points, np.float32) * SCALE - self._low) * 16).astype(np.int32)

    def _mark(self, points: Points, width: float, closed: bool = False) -> Field:
        mark = np.zeros(self._mask.shape, np.uint8)
        line = self._fixed(self._sheet.bend(points))
        cv2.polylines(mark, [line], closed, (255,), max(1, round(width * SCALE)), cv2.LINE_AA, 4)
        return mark.astype(np.float32) / 255

    def _area(self, outline: Points) -> Field:
        mark = np.zeros(self._mask.shape, np.uint8)
        cv2.fillPoly(mark, [self._fixed(self._sheet.bend(outline))], (255,), cv2.LINE_AA, 4)
        return mark.astype(np.float32) / 255

    def fold(self, points: Points, width: float = 9, depth: float = 3.0) -> Panel:
        """A soft crease along a line, deepest in its middle (negative depth: a raised fold)."""
        mark = np.zeros(self._mask.shape, np.float32)
        line = self._fixed(self._sheet.bend(points))
        count = len(line) - 1
        for i in range(count):
            strength = float(np.sin(np.pi * (i + 0.7) / (count + 0.4)))
            cv2.line(
                mark,
                tuple(map(int, line[i])),
                tuple(map(int, line[i + 1])),
                (strength,),
                SCALE * 2,
                cv2.LINE_8,
                4,
            )
        x0, y0 = np.maximum(line.min(0) // 16 - int(width * 3 * SCALE), 0)
        x1, y1 = line.max(0) // 16 + int(width * 3 * SCALE)
        part = np.s_[y0:y1, x0:x1]
        if mark[part].size == 0:
            return self
        sigma = max(0.6, width * SCALE / 2.4)
        soft = cv2.GaussianBlur(mark[part], (0, 0), sigma) * (sigma * 1.25 / SCALE)
        self._height[part] -= depth * soft
        return self

    def groove(self, points: Points, width: float = 1.6, depth: float = 0.9, closed: bool = False) -> Panel:
        """A sharp small valley: a seam, a welt, the gap between two parts (negative depth: piping)."""
        mark = cv2.GaussianBlur(self._mark(points, width, closed), (0, 0), 0.8)
        self._height -= depth * mark
        self._albedo *= (1 - 0.13 * max(0.0, min(1.0, depth)) * mark)[..., None]
        return self

    def stitch(
        self, points: Points, colour: RGB, length: float = 4.0, width: float = 1.0, opacity: float = 0.8
    ) -> Panel:
        """A dashed line of thread."""
        line = np.asarray(points, np.float32)
        steps = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        mark = np.zeros(self._mask.shape, np.uint8)
        bent = self._sheet.bend(line)
        for start in np.arange(0, steps[-1] - length * 0.5, length * 1.45):
            spots = [start, start + length * 0.5, start + length]
            dash = np.stack([np.interp(spots, steps, bent[:, 0]), np.interp(spots, steps, bent[:, 1])], 1)
            cv2.polylines(
                mark, [self._fixed(dash)], False, (255,), max(1, round(width * SCALE)), cv2.LINE_AA, 4
            )
        weight = mark.astype(np.float32) / 255
        self._tint(weight * opacity, colour)
        self._height += 0.35 * weight
        return self

    def fill(self, outline: Points, colour: RGB, opacity: float = 1.0, soft: float = 0.0) -> Panel:
        """Another colour on part of the panel."""
        weight = self._area(outline)
        if soft > 0:
            weight = cv2.GaussianBlur(weight, (0, 0), soft * SCALE)
        return self._tint(weight * opacity, colour)

    def line(
        self, points: Points, colour: RGB, width: float, opacity: float = 1.0, closed: bool = False
    ) -> Panel:
        """A painted line."""
        return self._tint(self._mark(points, width, closed) * opacity, colour)

    def _tint(self, weight: Field, colour: RGB) -> Panel:
        self._albedo += (np.array(colour, np.float32) - self._albedo) * weight[..., None]
        return self

    def cut(self, outline: Points, cloth: Cloth) -> Panel:
        """Another cloth on part of the panel, along the same grain (colour blocks)."""
        weight = self._area(outline)[..., None]
        self._albedo += (paint(cloth, self._u, self._v) - self._albedo) * weight
        return self

    def raise_(self, outline: Points, height: float, soft: float = 2.0) -> Panel:
        """Lift part of the panel (negative: press it in); the step is `soft` units wide."""
        self._height += height * cv2.GaussianBlur(self._area(outline), (0, 0), soft * SCALE / 2)
        return self

    def ribs(
        self, outline: Points | None = None, period: float = 5.0, depth: float = 0.8, angle: float = 0.0
    ) -> Panel:
        """Knitted ribs on part of the panel, or all of it."""
        c, s = np.float32(np.cos(np.radians(angle))), np.float32(np.sin(np.radians(angle)))
        ribs = ribbed(self._u * c + self._v * s, period, depth)
        self._height += ribs if outline is None else ribs * self._area(outline)
        return self

    def image(self, picture: Field, box: tuple[float, float, float, float], opacity: float = 0.93) -> Panel:
        """Print an RGBA picture (0..1) into the box x0, y0, x1, y1."""
        x0, y0, x1, y1 = box
        rows, columns = picture.shape[:2]
        source = np.array([(0, 0), (columns, 0), (0, rows)], np.float32)
        target = (np.array([(x0, y0), (x1, y0), (x0, y1)], np.float32) * SCALE - self._low).astype(np.float32)
        # Shrink well first: warpAffine alone would alias.
        layer = cv2.warpAffine(
            picture, cv2.getAffineTransform(source, target), self._mask.shape[::-1], flags=cv2.INTER_AREA
        )
        weight = layer[..., 3:] * opacity
        self._albedo += (layer[..., :3] - self._albedo) * weight
        return self

    def darken(self, outline: Points, amount: float, soft: float = 6.0) -> Panel:
        """A soft shade painted on part of the panel (negative: a light)."""
        weight = cv2.GaussianBlur(self._area(outline), (0, 0), soft * SCALE)
        self._albedo *= np.clip(1 - amount * weight, 0, 2)[..., None]
        return self

    def done(self) -> None:
        """Light the panel and lay it on the sheet."""
        sheet, part, feel = self._sheet, self._part, self._feel
        gx = cv2.Sobel(self._height, cv2.CV_32F, 1, 0, scale=SCALE / 8)
        gy = cv2.Sobel(self._height, cv2.CV_32F, 0, 1, scale=SCALE / 8)
        norm = 1 / np.sqrt(gx * gx + gy * gy + 1)
        facing = (-gx * _LIGHT[0] - gy * _LIGHT[1] + _LIGHT[2]) * norm
        light = facing / _LIGHT[2]
        if feel.metal:
            colour = self._albedo * self._mirror(gx * norm, gy * norm)[..., None]
        else:
            light = 1 + 0.95 * (np.clip(light, 0.25, 1.3) - 1)
            colour = self._albedo * light[..., None]
            dark = 1 - luma(self.cloth.colour)
            colour += (0.075 * dark * np.clip(light - 0.93, -0.25, 0.4))[..., None]
        if feel.gloss > 0:
            half = np.array([_LIGHT[0], _LIGHT[1], _LIGHT[2] + 1], np.float32)
            half /= np.linalg.norm(half)
            shine = np.clip((-gx * half[0] - gy * half[1] + half[2]) * norm, 0, 1) ** (feel.sharp * 3)
            flat = float(half[2]) ** (feel.sharp * 3)
            colour += (feel.gloss * (shine - 0.75 * flat))[..., None]
        if feel.sheen > 0:
            colour += (feel.sheen * (1 - norm))[..., None] * (
                0.5 + 0.5 * np.array(self.cloth.colour, np.float32)
            )
        if self._edge > 0:
            colour *= (1 - self._edge * np.exp(-self._away / 3.2))[..., None]
        if self._shadow > 0:
            cast = cv2.GaussianBlur(self._mask, (0, 0), 3.2 * SCALE)
            cast = np.roll(cast, (int(2.5 * SCALE), int(1.4 * SCALE)), (0, 1))
            sheet.pixels[part] *= (1 - self._shadow * cast * sheet.cover[part] * (1 - self._mask))[..., None]
        weight = self._mask[..., None]
        sheet.pixels[part] += (np.clip(colour, 0.02, 1.0) - sheet.pixels[part]) * weight
        sheet.cover[part] = np.maximum(sheet.cover[part], self._mask)

    @staticmethod
    def _mirror(nx: Field, ny: Field) -> Field:
        """Brightness of a reflected studio: light above, a dark horizon, light below, seen by the slope."""
        height = np.clip(-ny * 1.5 - nx * 0.6, -1, 1)
        return (0.80 + 0.30 * np.sin(height * 4.2 + 0.7) + 0.14 * height).astype(np.float32)
