"""Cheap variations of training pictures: frame, light, background, sharpness; the colour's name stays."""

from __future__ import annotations

import cv2
import numpy as np

Rng = np.random.Generator


def augment(
    picture: np.ndarray, rng: Rng, side: int, backdrop: np.ndarray | None = None, *, wild: bool = False
) -> np.ndarray:
    """One variation, uint8 [side, side, 3]. `backdrop` (any uint8 picture) may replace a white background.

    `wild`: stronger, and with other colours, for pictures that teach no colour.
    """
    if backdrop is not None:
        picture = replace_background(picture, backdrop, rng)
    picture = _frame(picture, rng, side, wild)
    if wild and rng.random() < 0.6:
        picture = _recolour(picture, rng)
    if rng.random() < 0.7:
        picture = _light(picture, rng)
    if rng.random() < 0.15:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.6))
    if rng.random() < 0.15:
        _, jpeg = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 60))))
        picture = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    if rng.random() < 0.25:
        picture = _occlude(picture, rng)
    return picture


def replace_background(picture: np.ndarray, backdrop: np.ndarray, rng: Rng) -> np.ndarray:
    """Put something else behind a studio photo: all near-white that is connected with the border."""
    side = picture.shape[0]
    near_white = (picture.min(axis=2) > 240).astype(np.uint8)
    border = np.pad(near_white, 1, constant_values=1)
    cv2.floodFill(border, np.zeros((side + 4, side + 4), np.uint8), (0, 0), (2,))
    mask = (border[1:-1, 1:-1] == 2).astype(np.float32)
    if not 0.1 < mask.mean() < 0.95:
        return picture
    if rng.random() < 0.5:  # a plain, slightly shaded wall
        behind = rng.uniform(90, 255) + rng.normal(0, 14, (1, 1, 3))
        behind = behind + np.linspace(-1, 1, side).reshape(-1, 1, 1) * rng.uniform(-30, 30)
    else:  # a blurred corner of another photo
        x, y = rng.integers(0, backdrop.shape[0] // 2, 2)
        corner = backdrop[y : y + side // 3, x : x + side // 3]
        corner = cv2.GaussianBlur(cv2.resize(corner, (side, side)), (0, 0), rng.uniform(2, 8))
        behind = corner.astype(np.float32)
    soft = cv2.GaussianBlur(mask, (0, 0), 0.8)[..., None]
    return np.clip(picture * (1 - soft) + behind * soft, 0, 255).astype(np.uint8)


def _frame(picture: np.ndarray, rng: Rng, side: int, wild: bool) -> np.ndarray:
    """Crop, stretch, turn and mirror in one warp."""
    height, width = picture.shape[:2]
    zoom = rng.uniform(0.55 if wild else 0.72, 1.08)  # below 1: a part of the picture; above: with a margin
    stretch = np.exp(rng.uniform(-0.25, 0.25))
    angle = np.deg2rad(rng.normal(0, 14 if wild else 8))
    spare = max(0.0, 1 - zoom) / 2
    centre = np.array([width, height]) * (0.5 + rng.uniform(-spare - 0.03, spare + 0.03, 2))
    scale = np.array([zoom * width / side * np.sqrt(stretch), zoom * height / side / np.sqrt(stretch)])
    if rng.random() < 0.5:
        scale[0] = -scale[0]
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn * scale
    offset = centre - matrix @ np.array([side / 2, side / 2])
    return cv2.warpAffine(
        picture,
        np.column_stack([matrix, offset]),
        (side, side),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _light(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """Brightness, contrast and a faint cast of the lamp; too little to turn navy into blue."""
    gain = np.exp(rng.normal(0, 0.12)) * np.exp(rng.normal(0, 0.03, 3))
    shift = rng.normal(0, 8)
    table = np.clip(np.arange(256)[:, None] * gain + shift, 0, 255).astype(np.uint8)
    return cv2.LUT(picture, table.reshape(256, 1, 3))


def _recolour(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """Another hue and saturation, or none."""
    if rng.random() < 0.25:
        return cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(np.int16) + rng.integers(0, 180)) % 180
    hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.4, 1.5), 0, 255).astype(np.uint8)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def _occlude(picture: np.ndarray, rng: Rng) -> np.ndarray:
    side = picture.shape[0]
    height, width = rng.integers(side // 10, side // 3, 2)
    y, x = rng.integers(0, side - height), rng.integers(0, side - width)
    picture = picture.copy()
    picture[y : y + height, x : x + width] = rng.integers(0, 256, 3)
    return picture
