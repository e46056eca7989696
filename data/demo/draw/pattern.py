"""Patterns of cloth: which colour each spot of it has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from data.demo.draw import noise
from data.demo.draw.noise import Field
from data.demo.draw.palette import RGB, luma, mix, shade

Picture = NDArray[Any]  # float32, rows x columns x RGB
_TILE = 384  # pixels to a side of a repeating print
_SPAN = 192.0  # the same in units


@dataclass(frozen=True)
class Cloth:
    """What a panel is cut from. `style` chooses among variants of a pattern, `scale` sizes it."""

    colour: RGB
    material: str = "cotton"
    pattern: str = "plain"
    colour2: RGB = (1.0, 1.0, 1.0)
    melange: bool = False
    style: str = ""
    scale: float = 1.0
    seed: int = 0

    def plain(self, colour: RGB | None = None, material: str | None = None) -> Cloth:
        """The same cloth without pattern (for trims), perhaps in another colour or material."""
        return replace(
            self, pattern="plain", colour=colour or self.colour, material=material or self.material
        )


def paint(cloth: Cloth, u: Field, v: Field) -> Picture:
    """RGB of the cloth at cloth coordinates u, v (units)."""
    u, v = u / cloth.scale, v / cloth.scale
    rows, columns = u.shape
    base = np.empty((rows, columns, 3), np.float32)
    base[:] = cloth.colour
    if cloth.pattern in ("striped", "checked"):
        weight = _stripes(cloth, u, v) if cloth.pattern == "striped" else _checks(cloth, u, v)
        return _blend(base, cloth.colour2, weight)
    if cloth.pattern == "dotted":
        pitch = 24.0 if cloth.style != "small" else 13.0
        row = np.floor(v / (pitch * 0.5))
        x = (u / pitch + 0.5 * (row % 2)) % 1.0 - 0.5
        y = (v / (pitch * 0.5)) % 1.0 - 0.5
        away = np.hypot(x * pitch, y * pitch * 0.5)
        return _blend(base, cloth.colour2, np.clip((pitch * 0.19 - away) * 2 + 0.5, 0, 1))
    if cloth.pattern == "camouflage":
        return _camouflage(cloth, u, v)
    if cloth.pattern in ("floral", "printed", "animal"):
        tile = {"floral": _flowers, "printed": _print, "animal": _spots}[cloth.pattern](cloth)
        to_tile = _TILE / _SPAN
        return cv2.remap(
            tile, u * to_tile % _TILE, v * to_tile % _TILE, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
        )
    return base


def _blend(base: Picture, colour: RGB, weight: Field) -> Picture:
    return base + (np.array(colour, np.float32) - base) * weight[..., None].astype(np.float32)


def _band(x: Field, period: float, share: float) -> Field:
    """1 within the first `share` of every period, with edges one unit soft."""
    place = np.abs((x / period) % 1.0 - 0.5) * period
    return np.clip((place - period * (0.5 - share / 2)) * 1.6 + 0.5, 0, 1)


def _stripes(cloth: Cloth, u: Field, v: Field) -> Field:
    if cloth.style == "vertical":
        return _band(u, 11.0, 0.36)
    if cloth.style == "diagonal":
        across = (u + v) * 0.7071
        return np.maximum(_band(across, 46.0, 0.22), 0.9 * _band(across + 14, 46.0, 0.06))
    if cloth.style == "wide":
        return _band(v, 58.0, 0.5)
    return _band(v, 27.0, 0.42)


def _checks(cloth: Cloth, u: Field, v: Field) -> Field:
    if cloth.style == "glen":  # fine suiting: small broken checks under a window pane
        fine = (
            0.22
            * (_band(u, 5.0, 0.5) * _band(v, 5.0, 0.5))
            * (0.4 + 0.6 * (_band(u, 60, 0.5) + _band(v, 60, 0.5)))
        )
        return np.clip(fine + 0.30 * np.maximum(_band(u + 9, 60.0, 0.035), _band(v + 9, 60.0, 0.035)), 0, 1)
    if cloth.style == "tartan":
        lines = [
            0.5 * _band(x, 84.0, 0.40) + 0.35 * _band(x + 42, 84.0, 0.05) + 0.3 * _band(x + 30, 84.0, 0.03)
            for x in (u, v)
        ]
        return np.clip(lines[0] + lines[1], 0, 1)
    if cloth.style == "board":
        return np.abs(_band(u, 22.0, 0.5) - _band(v, 22.0, 0.5))
    if cloth.style == "argyle":
        diamond = np.abs((u / 64) % 1.0 - 0.5) + np.abs((v / 92) % 1.0 - 0.5)
        lines = np.minimum(np.abs((u / 64 + v / 92) % 1.0 - 0.5), np.abs((u / 64 - v / 92) % 1.0 - 0.5))
        inside = np.clip((0.5 - diamond) * 50, 0, 1)
        return np.clip(0.9 * inside * (1 - np.clip((0.012 - lines) * 200, 0, 1)), 0, 1)
    return 0.5 * _band(u, 30.0, 0.5) + 0.5 * _band(v, 30.0, 0.5)


def _camouflage(cloth: Cloth, u: Field, v: Field) -> Picture:
    rng = np.random.default_rng(cloth.seed)
    rows, columns = u.shape
    base = np.empty((rows, columns, 3), np.float32)
    base[:] = shade(cloth.colour, 1.12)
    tones = (
        mix(shade(cloth.colour, 0.75), (0.25, 0.22, 0.14), 0.25),
        mix(cloth.colour, (0.42, 0.33, 0.2), 0.55),
        mix(shade(cloth.colour, 0.35), (0.12, 0.12, 0.1), 0.4),
    )
    for tone, limit in zip(tones, (0.05, 0.55, 0.85), strict=True):
        field = noise.smooth(rng, rows, columns, 46, 30) + 0.4 * noise.smooth(rng, rows, columns, 18, 12)
        base = _blend(base, tone, np.clip((field - limit) * 9, 0, 1))
    return base


def _tile(cloth: Cloth) -> Picture:
    tile = np.empty((_TILE, _TILE, 3), np.float32)
    tile[:] = cloth.colour
    return tile


def _fill(tile: Picture, points: NDArray[np.float32], colour: RGB) -> None:
    """Fill a polygon (tile pixels) at all its repeats."""
    for dx in (-_TILE, 0, _TILE):
        for dy in (-_TILE, 0, _TILE):
            spot = points + np.array([dx, dy], np.float32)
            if (spot.max(0) > 0).all() and (spot.min(0) < _TILE).all():
                cv2.fillPoly(tile, [np.round(spot * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)


def _petal(x: float, y: float, angle: float, length: float, width: float) -> NDArray[np.float32]:
    t = np.linspace(0, 1, 10, dtype=np.float32)
    bulge = np.sin(np.pi * t**0.8) * width / 2
    side = np.concatenate([np.stack([t * length, bulge], 1), np.stack([t[::-1] * length, -bulge[::-1]], 1)])
    c, s = np.cos(angle), np.sin(angle)
    return (side @ np.array([[c, s], [-s, c]]) + np.array([x, y])).astype(np.float32)


def _spread(rng: np.random.Generator, step: float, jitter: float = 0.3) -> list[tuple[float, float]]:
    """Spots on a shaken grid over the tile."""
    count = round(_TILE / step)
    step = _TILE / count
    return [
        ((i + 0.5 * (j % 2) + rng.uniform(-jitter, jitter)) * step, (j + rng.uniform(-jitter, jitter)) * step)
        for j in range(count)
        for i in range(count)
    ]


def _flowers(cloth: Cloth) -> Picture:
    rng = np.random.default_rng(cloth.seed)
    tile = _tile(cloth)
    leaf = (0.36, 0.50, 0.30) if luma(cloth.colour) > 0.5 else (0.45, 0.62, 0.42)
    petals = (cloth.colour2, mix(cloth.colour2, (0.96, 0.75, 0.78), 0.45), shade(cloth.colour2, 0.82))
    for x, y in _spread(rng, 66):
        turn = rng.uniform(0, 6.3)
        size = rng.uniform(0.75, 1.25)
        for k in range(2):
            _fill(tile, _petal(x, y, turn + 2.4 * k + 0.4, 40 * size, 13 * size), leaf)
        tone = petals[int(rng.integers(3))]
        for k in range(5):
            _fill(tile, _petal(x, y, turn + k * 1.2566, 22 * size, 19 * size), tone)
        for k in range(5):
            _fill(tile, _petal(x, y, turn + k * 1.2566, 11 * size, 5 * size), shade(tone, 0.8))
        _fill(tile, _petal(x - 4 * size, y, 0, 8 * size, 8 * size), (0.93, 0.76, 0.3))
    for x, y in _spread(rng, 66, 0.4):
        for k in range(4):
            _fill(tile, _petal(x + 30, y + 30, k * 1.57, 7, 6), petals[1])
    return tile


def _print(cloth: Cloth) -> Picture:
    rng = np.random.default_rng(cloth.seed)
    tile = _tile(cloth)
    style = cloth.style or ("leaves", "diamonds", "paisley")[cloth.seed % 3]
    if style == "diamonds":
        for x, y in _spread(rng, 48, 0.0):
            for size, tone in ((22, cloth.colour2), (14, cloth.colour), (7, cloth.colour2)):
                _fill(
                    tile,
                    np.array(
                        [(x, y - size), (x + size * 0.7, y), (x, y + size), (x - size * 0.7, y)], np.float32
                    ),
                    tone,
                )
        return tile
    if style == "paisley":
        for x, y in _spread(rng, 70, 0.12):
            turn = rng.uniform(-0.4, 0.4) + 1.0
            for size, tone in (
                (46, cloth.colour2),
                (34, mix(cloth.colour, cloth.colour2, 0.25)),
                (20, cloth.colour2),
            ):
                _fill(tile, _petal(x - size / 2, y, turn, size, size * 0.62), tone)
            for k in range(5):
                _fill(tile, _petal(x + 26 * np.cos(k), y + 30 * np.sin(k * 1.3), k, 8, 5), cloth.colour2)
        return tile
    tones = (cloth.colour2, mix(cloth.colour, cloth.colour2, 0.55), shade(cloth.colour, 0.72))
    for i, (x, y) in enumerate(_spread(rng, 78, 0.25)):
        turn = rng.uniform(0, 6.3)
        tone = tones[i % 3]
        for k in range(-4, 5):  # a palm leaf: blades along a stem
            reach = 46 - abs(k) * 3.5
            _fill(
                tile,
                _petal(x + k * 3 * np.cos(turn), y + k * 3 * np.sin(turn), turn + k * 0.33, reach, 9),
                tone,
            )
    return tile


def _spots(cloth: Cloth) -> Picture:
    rng = np.random.default_rng(cloth.seed)
    tile = np.empty((_TILE, _TILE, 3), np.float32)
    tile[:] = mix(cloth.colour, (0.82, 0.64, 0.42), 0.6)
    dark, core = (0.16, 0.11, 0.08), mix(cloth.colour, (0.55, 0.36, 0.18), 0.6)
    for x, y in _spread(rng, 38, 0.28):
        angles = np.arange(0, 6.28, 0.45)
        wobble = 1 + 0.22 * rng.standard_normal(len(angles))
        ring = np.stack([x + 15 * wobble * np.cos(angles), y + 12 * wobble * np.sin(angles)], 1).astype(
            np.float32
        )
        _fill(tile, ring, dark)
        _fill(tile, ((ring - (x, y)) * 0.52 + (x, y)).astype(np.float32), core)
        gap = _petal(x, y, rng.uniform(0, 6.3), 24, 12)
        _fill(tile, gap, core)
    return tile
