"""Pictures printed on chests, drawn with polygons on a transparent square."""

# Rows of coordinates read better than columns.
# fmt: off
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from data.demo.draw import palette
from data.demo.draw.curve import Points, curve, ellipse
from data.demo.draw.job import Job
from data.demo.draw.palette import RGB
from data.demo.draw.panel import Panel

_SIDE = 400
Picture = NDArray[Any]  # float32 RGBA


def _fill(picture: Picture, points: Points, colour: RGB, alpha: float = 1.0) -> None:
    spots = np.round(np.asarray(points, np.float32) * 16).astype(np.int32)
    cv2.fillPoly(picture, [spots], (*colour, alpha), cv2.LINE_8, 4)


def _mountain(picture: Picture, ink: RGB, second: RGB) -> None:
    _fill(picture, ellipse(270, 130, 52), second)
    _fill(picture, np.array([(20, 300), (140, 110), (185, 180), (250, 90), (380, 300)], np.float32), ink)
    for peak, left, right in (((140, 110), (108, 162), (172, 160)), ((250, 90), (212, 146), (285, 146))):
        middle = ((left[0] + right[0]) / 2, left[1] - 18)
        _fill(picture, np.array([peak, right, (right[0] - 16, right[1] - 12), middle,
            (left[0] + 14, left[1] - 10), left], np.float32),
              palette.mix(ink, palette.WHITE, 0.8 if palette.luma(ink) < 0.5 else 0.0))
    for y in (322, 342):
        _fill(picture, np.array([(40, y), (360, y), (360, y + 8), (40, y + 8)], np.float32), ink)


def _wordmark(picture: Picture, ink: RGB, second: RGB, word: str = "") -> None:
    image = Image.new("L", (_SIDE, _SIDE), 0)
    draw = ImageDraw.Draw(image)
    size = 150
    while size > 20:
        font = ImageFont.load_default(size)
        left, top, right, bottom = draw.textbbox((0, 0), word, font=font)
        if right - left < _SIDE - 20:
            break
        size -= 4
    draw.text(((_SIDE - right - left) / 2, 190 - (bottom + top) / 2), word, fill=255, font=font,
        stroke_width=max(1, size // 22))
    mask = np.asarray(image, np.float32)[..., None] / 255
    picture[:] = picture * (1 - mask) + np.array([*ink, 1.0], np.float32) * mask
    _fill(picture, np.array([(40, 250), (360, 250), (360, 258), (40, 258)], np.float32), second)


def _flower(picture: Picture, ink: RGB, second: RGB) -> None:
    _fill(picture, curve([(196, 210, 1), (206, 210, 1), (214, 390, 1), (204, 390, 1)]), (0.35, 0.55, 0.32))
    _fill(picture, curve([(208, 320, 1), (250, 270), (310, 262, 1), (270, 320)]), (0.35, 0.55, 0.32))
    for k in range(12):
        angle = k * 30
        tip = ellipse(200 + 88 * np.cos(np.radians(angle)), 150 + 88 * np.sin(np.radians(angle)), 50, 21,
            tilt=angle)
        _fill(picture, tip, ink if k % 2 else palette.shade(ink, 0.93))
    _fill(picture, ellipse(200, 150, 46), (0.95, 0.74, 0.22))


def _sun(picture: Picture, ink: RGB, second: RGB) -> None:
    _fill(picture, ellipse(200, 190, 120), ink)
    for k in range(5):
        y = 200 + k * 26
        _fill(picture, np.array([(60, y), (340, y), (340, y + 5 + 3 * k), (60, y + 5 + 3 * k)], np.float32),
            (0, 0, 0), 0.0)
    wave = [(x, 330 + 12 * np.sin(x / 26)) for x in range(50, 352, 6)]
    _fill(picture, np.array([*wave, *[(x, y + 12) for x, y in reversed(wave)]], np.float32),
        palette.shade(ink, 0.7))


def _rocket(picture: Picture, ink: RGB, second: RGB) -> None:
    for flame, tone in ((70, (0.95, 0.45, 0.15)), (44, (0.98, 0.8, 0.25))):
        _fill(picture, curve([(170, 290, 1), (230, 290, 1), (200, 300 + flame, 1)]), tone)
    _fill(picture, curve([(150, 220, 1), (100, 300, 1), (165, 290, 1)]), (0.85, 0.25, 0.2))
    _fill(picture, curve([(250, 220, 1), (300, 300, 1), (235, 290, 1)]), (0.85, 0.25, 0.2))
    _fill(picture, curve([(200, 30, 1), (256, 150), (240, 290, 1), (160, 290, 1), (144, 150)]), ink)
    _fill(picture, curve([(200, 30, 1), (238, 96, 1), (162, 96, 1)]), (0.85, 0.25, 0.2))
    _fill(picture, ellipse(200, 165, 32), palette.WHITE)
    _fill(picture, ellipse(200, 165, 23), (0.35, 0.62, 0.85))


def _heart(picture: Picture, ink: RGB, second: RGB) -> None:
    t = np.linspace(0, 2 * np.pi, 90)
    x, y = 16 * np.sin(t) ** 3, 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    _fill(picture, np.stack([200 + x * 10, 190 - y * 10], 1).astype(np.float32), ink)
    _fill(picture, ellipse(130, 130, 26, 14, tilt=-40), palette.mix(ink, palette.WHITE, 0.55))


def _wave(picture: Picture, ink: RGB, second: RGB) -> None:
    _fill(picture, ellipse(200, 200, 160), ink)
    _fill(picture, ellipse(200, 200, 146), second)
    crest = curve([(54, 240, 1), (130, 200), (190, 120), (270, 110), (316, 170, 1), (270, 148), (238, 180),
        (270, 232),
                   (346, 236, 1), (330, 276), (270, 330), (200, 346), (130, 330), (70, 276)])
    _fill(picture, crest, ink)
    for k in range(3):
        _fill(picture, ellipse(250 + 24 * k, 100 + 14 * (k % 2), 6), ink)


def _star(picture: Picture, ink: RGB, second: RGB) -> None:
    for size, tone in ((170, ink), (128, second), (104, ink)):
        spots = [(200 + size * (1 if k % 2 == 0 else 0.42) * np.sin(k * np.pi / 5),
                  200 - size * (1 if k % 2 == 0 else 0.42) * np.cos(k * np.pi / 5)) for k in range(10)]
        _fill(picture, np.array(spots, np.float32), tone)


_MOTIFS: dict[str, Callable[[Picture, RGB, RGB], None]] = {
    "mountain": _mountain, "flower": _flower, "sun": _sun, "rocket": _rocket, "heart": _heart, "wave": _wave,
    "star": _star,
}


def stamp(panel: Panel, job: Job, spot: tuple[float, float], size: float) -> None:
    """Print the product's motif on a panel, centred at `spot`, `size` units wide."""
    from data.demo.draw.records import record

    picture: Picture = np.zeros((_SIDE, _SIDE, 4), np.float32)
    picture[..., :3] = job.colour2
    name = job.item.options["motif"]
    if name == "wordmark":
        size *= 1.45
        _wordmark(picture, job.colour2, job.colour2, str(record(job.item)["brand"]).upper())
    else:
        _MOTIFS[name](picture, job.colour2, job.colour)
    # Edges: blur at the size of the step from this square to the canvas.
    picture = cv2.GaussianBlur(picture, (0, 0), max(0.6, _SIDE / size / 4))
    panel.image(picture, (spot[0] - size / 2, spot[1] - size / 2, spot[0] + size / 2, spot[1] + size / 2))
