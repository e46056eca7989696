"""Pictures of the world without a product, drawn crudely: negatives for training and tests.

Each function draws one picture, uint8 [SIDE, SIDE, 3], from a random generator; `FAMILIES` names them all.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

SIDE = 320
_GRID = np.linspace(0, 1, SIDE, dtype=np.float32)


def noise(rng: np.random.Generator, finest: int = 6, persistence: float = 0.55) -> np.ndarray:
    """Value noise in octaves, float32 [SIDE, SIDE] in 0..1: clouds, fur, stone."""
    total, weight = np.zeros((SIDE, SIDE), np.float32), 1.0
    for octave in range(1, finest + 1):
        coarse = rng.random((2**octave + 1, 2**octave + 1)).astype(np.float32)
        total += weight * cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        weight *= persistence
    low, high = float(total.min()), float(total.max())
    return (total - low) / max(high - low, 1e-6)


def _colour(
    rng: np.random.Generator, hues: tuple[int, int], s: tuple[int, int], v: tuple[int, int]
) -> np.ndarray:
    hsv = np.array([[[rng.integers(*hues) % 180, rng.integers(*s), rng.integers(*v)]]], np.uint8)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0].astype(np.float32)


def _blend(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Two colours or pictures mixed by float [SIDE, SIDE] in 0..1."""
    return first * (1 - share[..., None]) + second * share[..., None]


def _finish(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """A camera's light and grain over a drawing."""
    side_light = np.outer(np.ones(SIDE), np.linspace(rng.uniform(0.75, 1.05), rng.uniform(0.75, 1.05), SIDE))
    grained = picture * side_light[..., None] + rng.normal(0, rng.uniform(0.5, 6), picture.shape)
    soft = cv2.GaussianBlur(np.clip(grained, 0, 255).astype(np.uint8), (0, 0), rng.uniform(0.3, 1.0))
    return np.asarray(soft, np.uint8)


def wall(rng: np.random.Generator) -> np.ndarray:
    """A painted wall or table top: one colour, light from one side, perhaps a skirting board or a seam."""
    base = _colour(rng, (0, 180), (0, 90), (60, 256))
    picture = base * (1 + rng.uniform(0, 0.12) * (noise(rng) - 0.5))[..., None]
    if rng.random() < 0.4:
        level = int(rng.integers(SIDE // 2, SIDE))
        picture[level:] = picture[level:] * rng.uniform(0.5, 0.9)
    if rng.random() < 0.25:
        x = int(rng.integers(0, SIDE))
        picture[:, x : x + int(rng.integers(2, 8))] *= 0.7
    return _finish(rng, picture)


def bricks(rng: np.random.Generator) -> np.ndarray:
    """Bricks or tiles with joints."""
    high, wide = int(rng.integers(14, 60)), int(rng.integers(30, 90))
    base = _colour(rng, (0, 30), (20, 180), (70, 220))
    picture = np.full((SIDE, SIDE, 3), rng.integers(120, 220), np.float32)
    shift = rng.random() < 0.6
    for row, y in enumerate(range(0, SIDE, high)):
        for x in range(-(wide // 2) * (row % 2 if shift else 0), SIDE, wide):
            picture[y : y + high - 3, max(x, 0) : max(x + wide - 3, 0)] = base * rng.uniform(0.8, 1.15)
    return _finish(rng, picture * (0.85 + 0.3 * noise(rng)[..., None]))


def planks(rng: np.random.Generator) -> np.ndarray:
    """A wooden floor or table."""
    base = _colour(rng, (5, 22), (60, 180), (90, 230))
    grain = cv2.resize(noise(rng)[:, :24], (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    picture = base * (0.7 + 0.5 * grain)[..., None]
    step = int(rng.integers(30, 110))
    for x in range(0, SIDE, step):
        picture[:, x : x + step] *= rng.uniform(0.85, 1.1)
        picture[:, x : x + 2] *= 0.5
    picture = picture if rng.random() < 0.5 else picture.transpose(1, 0, 2)
    return _finish(rng, picture)


def landscape(rng: np.random.Generator) -> np.ndarray:
    """Sky with clouds, hills one behind the other, perhaps a sun and water."""
    horizon = int(rng.uniform(0.35, 0.75) * SIDE)
    evening = rng.random() < 0.25
    high = _colour(rng, (100, 118), (80, 190), (150, 256))
    low = (
        _colour(rng, (5, 22), (90, 200), (200, 256))
        if evening
        else _colour(rng, (95, 115), (10, 70), (215, 256))
    )
    sky = _blend(high, low, np.repeat(_GRID[:, None], SIDE, 1))
    clouds = np.clip(noise(rng) * 2.4 - rng.uniform(0.9, 1.6), 0, 1)
    picture = _blend(sky, np.array([250, 250, 250], np.float32), clouds)
    if rng.random() < 0.4:
        sun = (int(rng.integers(0, SIDE)), int(rng.integers(0, horizon)))
        cv2.circle(picture, sun, int(rng.integers(8, 26)), (255.0, 245.0, 210.0), -1, cv2.LINE_AA)
    layers = int(rng.integers(1, 5))
    for layer in range(layers):
        line = horizon + layer * SIDE // 9 - noise(rng, 5)[0] * SIDE * rng.uniform(0.05, 0.3)
        ground = _colour(rng, (30, 75), (50, 190), (40, 160))
        below = (_GRID[:, None] * SIDE > line[None, :]).astype(np.float32)
        picture = _blend(picture, ground * (0.7 + 0.5 * noise(rng, 7, 0.75))[..., None], below)
    if rng.random() < 0.35:
        level = int(rng.uniform(0.65, 0.85) * SIDE)
        water = _colour(rng, (95, 115), (60, 180), (70, 200))
        waves = cv2.resize(noise(rng, 7, 0.8)[:, :60], (SIDE, SIDE))
        picture[level:] = (water * (0.7 + 0.6 * waves)[..., None])[level:]
    return _finish(rng, picture)


def food(rng: np.random.Generator) -> np.ndarray:
    """A plate on a table with something in several colours on it."""
    picture = np.broadcast_to(_colour(rng, (0, 180), (10, 140), (60, 230)), (SIDE, SIDE, 3)).copy()
    centre = (int(rng.integers(130, 190)), int(rng.integers(130, 190)))
    radius = int(rng.integers(95, 150))
    cv2.circle(picture, centre, radius, (245.0, 245.0, 242.0), -1, cv2.LINE_AA)
    cv2.circle(picture, centre, int(radius * 0.72), (225.0, 225.0, 222.0), 3, cv2.LINE_AA)
    for _ in range(rng.integers(6, 40)):
        angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(0, radius * 0.62)
        place = (int(centre[0] + distance * np.cos(angle)), int(centre[1] + distance * np.sin(angle)))
        axes = (int(rng.integers(6, 34)), int(rng.integers(6, 24)))
        colour = _colour(rng, (0, 75), (110, 240), (70, 240)).tolist()
        cv2.ellipse(picture, place, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
    return _finish(rng, picture * (0.75 + 0.4 * noise(rng, 7, 0.8)[..., None]))


def animal(rng: np.random.Generator) -> np.ndarray:
    """A four-legged one from the side: fur, ears, tail and eyes, on grass, a floor or plain."""
    ground = [landscape, planks, wall][rng.integers(0, 3)](rng).astype(np.float32)
    fur = _colour(rng, (3, 25), (10, 170), (30, 230))
    mask, on = np.zeros((SIDE, SIDE), np.uint8), (255.0,)
    body = (int(rng.integers(140, 190)), int(rng.integers(165, 200)))
    axes = (int(rng.integers(62, 92)), int(rng.integers(34, 52)))
    cv2.ellipse(mask, body, axes, float(rng.uniform(-12, 12)), 0, 360, on, -1)
    for side in (-0.75, -0.5, 0.45, 0.7):
        x = int(body[0] + axes[0] * side)
        cv2.line(mask, (x, body[1] + 12), (x + int(rng.integers(-9, 9)), body[1] + axes[1] + 62), on, 14)
    head = (body[0] - axes[0] - 8, body[1] - int(rng.integers(28, 66)))
    size = int(rng.integers(26, 40))
    cv2.circle(mask, head, size, on, -1)
    cv2.line(mask, head, (body[0] - axes[0] // 2, body[1]), on, int(size * 1.1))
    tall = int(rng.integers(12, 44))
    for side in (-1, 1):
        ear = [(head[0] + side * size, head[1] - size // 3), (head[0] + side * 5, head[1] - size + 3)]
        ear.append((head[0] + side * (size - 6), head[1] - size - tall))
        cv2.fillPoly(mask, [np.array(ear, np.int32)], on)
    tail = (body[0] + axes[0] + int(rng.integers(20, 60)), body[1] - int(rng.integers(-30, 70)))
    cv2.line(mask, (body[0] + axes[0] - 10, body[1] - 8), tail, on, int(rng.integers(6, 18)))
    soft = cv2.GaussianBlur(mask, (0, 0), 1.6).astype(np.float32) / 255
    spots = np.clip((noise(rng, 4) - rng.uniform(0.45, 0.9)) * 8, 0, 1)
    coat = (
        _blend(fur, _colour(rng, (5, 25), (0, 160), (20, 250)), spots)
        * (0.6 + 0.7 * noise(rng, 8, 0.9))[..., None]
    )
    picture = _blend(ground, coat, soft)
    for side in (-1, 1):
        cv2.circle(picture, (head[0] + side * size // 3, head[1] - 4), 4, (15.0, 15.0, 10.0), -1, cv2.LINE_AA)
    cv2.circle(picture, (head[0], head[1] + size // 3), 5, (30.0, 20.0, 20.0), -1, cv2.LINE_AA)
    return _finish(rng, picture if rng.random() < 0.5 else picture[:, ::-1])


def face(rng: np.random.Generator) -> np.ndarray:
    """A head from near: skin, hair, eyes, mouth; no clothes in it."""
    picture = wall(rng).astype(np.float32)
    skin, hair = _colour(rng, (5, 17), (50, 150), (90, 245)), _colour(rng, (5, 25), (20, 160), (15, 170))
    centre, axes = (
        (160 + int(rng.integers(-15, 15)), 172),
        (int(rng.integers(82, 112)), int(rng.integers(118, 150))),
    )
    cv2.ellipse(
        picture, (centre[0], centre[1] - 26), (axes[0] + 14, axes[1] + 6), 0, 180, 360, hair.tolist(), -1
    )
    cv2.ellipse(picture, centre, axes, 0, 0, 360, skin.tolist(), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (centre[0], centre[1] - 66), (axes[0], axes[1] // 2), 0, 180, 360, hair.tolist(), -1)
    for side in (-1, 1):
        eye = (centre[0] + side * axes[0] // 2, centre[1] - 20)
        cv2.ellipse(picture, eye, (17, 9), 0, 0, 360, (240.0, 240.0, 240.0), -1, cv2.LINE_AA)
        cv2.circle(picture, eye, 8, _colour(rng, (8, 118), (40, 160), (30, 140)).tolist(), -1, cv2.LINE_AA)
    cv2.line(picture, (centre[0], centre[1] - 5), (centre[0] - 8, centre[1] + 30), (skin * 0.75).tolist(), 4)
    cv2.ellipse(
        picture, (centre[0], centre[1] + 68), (34, 12), 0, 0, 360, (170.0, 70.0, 75.0), -1, cv2.LINE_AA
    )
    return _finish(rng, cv2.GaussianBlur(picture, (0, 0), 1.5) * (0.92 + 0.16 * noise(rng, 4)[..., None]))


def shapes(rng: np.random.Generator) -> np.ndarray:
    """Anything: marbled colours, stripes or loose geometry; abstract art and test pictures."""
    first, second = _colour(rng, (0, 180), (0, 255), (20, 256)), _colour(rng, (0, 180), (0, 255), (20, 256))
    picture = _blend(first, second, noise(rng, int(rng.integers(2, 8)), rng.uniform(0.4, 0.95)))
    for _ in range(rng.integers(0, 12)):
        a, b = rng.integers(0, SIDE, 2).tolist(), rng.integers(0, SIDE, 2).tolist()
        colour = _colour(rng, (0, 180), (0, 255), (0, 256)).tolist()
        what = rng.integers(0, 3)
        if what == 0:
            cv2.circle(picture, a, int(rng.integers(4, 60)), colour, -1, cv2.LINE_AA)
        elif what == 1:
            cv2.line(picture, a, b, colour, int(rng.integers(1, 16)), cv2.LINE_AA)
        else:
            cv2.rectangle(picture, a, b, colour, int(rng.choice([-1, 3])))
    return _finish(rng, picture)


def snow(rng: np.random.Generator) -> np.ndarray:
    """Static: every pixel for itself, in one grain or another."""
    side = int(rng.integers(20, SIDE + 1))
    cells = rng.integers(0, 256, (side, side, 3 if rng.random() < 0.5 else 1)).astype(np.uint8)
    return cv2.resize(np.repeat(cells, 3 // cells.shape[2], 2), (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)


FAMILIES: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    draw.__name__: draw for draw in (wall, bricks, planks, landscape, food, animal, face, shapes, snow)
}
