"""Simple drawings of products for tests: flat shapes on white, as unlike a photo as a test can be."""

from __future__ import annotations

import cv2
import numpy as np

Colour = tuple[int, int, int]


def t_shirt(colour: Colour, size: int = 256) -> np.ndarray:
    body = [
        (80, 60),
        (112, 50),
        (128, 62),
        (144, 50),
        (176, 60),
        (222, 100),
        (196, 126),
        (176, 112),
        (176, 214),
    ]
    body += [(80, 214), (80, 112), (60, 126), (34, 100)]
    return _draw([body], colour, size)


def trousers(colour: Colour, size: int = 256) -> np.ndarray:
    return _draw(
        [[(88, 24), (168, 24), (182, 236), (142, 236), (128, 92), (114, 236), (74, 236)]], colour, size
    )


def dress(colour: Colour, size: int = 256) -> np.ndarray:
    parts = [
        (100, 24),
        (112, 24),
        (118, 50),
        (138, 50),
        (144, 24),
        (156, 24),
        (160, 104),
        (206, 226),
        (50, 226),
    ]
    return _draw([[*parts, (96, 104)]], colour, size)


def handbag(colour: Colour, size: int = 256) -> np.ndarray:
    picture = _draw([[(56, 112), (200, 112), (214, 216), (42, 216)]], colour, size)
    scale = size / 256
    centre, axes = (int(128 * scale), int(112 * scale)), (int(44 * scale), int(66 * scale))
    return cv2.ellipse(picture, centre, axes, 0, 180, 360, colour, max(2, int(9 * scale)), cv2.LINE_AA)


def _draw(shapes: list[list[tuple[int, int]]], colour: Colour, size: int) -> np.ndarray:
    picture = np.full((size, size, 3), 255, np.uint8)
    for shape in shapes:
        points = (np.array(shape) * size / 256).astype(np.int32)
        cv2.fillPoly(picture, [points], colour, cv2.LINE_AA)
        shadow = tuple(int(part * 0.75) for part in colour)
        cv2.polylines(picture, [points], True, shadow, max(1, size // 128), cv2.LINE_AA)
    return picture
