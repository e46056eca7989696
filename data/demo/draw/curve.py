"""Smooth outlines from a few points. All coordinates are picture units: 640 to a side, y downwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
# (x, y) is passed smoothly, (x, y, 1) is a corner.
Node = Sequence[float]
CENTRE = 320.0


def curve(nodes: Sequence[Node], *, closed: bool = True, steps: int = 10) -> Points:
    """A polygon (N, 2) through `nodes`: smooth at plain nodes, sharp at corners (x, y, 1)."""
    spots = np.array([(node[0], node[1]) for node in nodes], np.float32)
    sharp = [len(node) > 2 and bool(node[2]) for node in nodes]
    count = len(spots)
    if not closed:
        sharp[0] = sharp[-1] = True
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[:, None]
    pieces = []
    for i in range(count if closed else count - 1):
        a, b = spots[i], spots[(i + 1) % count]
        chord = b - a
        length = float(np.hypot(*chord)) or 1e-6
        start = chord / length if sharp[i] else _unit(b - spots[i - 1])
        end = chord / length if sharp[(i + 1) % count] else _unit(spots[(i + 2) % count] - a)
        if sharp[i] and not sharp[(i + 1) % count]:
            start = _unit(2 * chord / length - end)
        if sharp[(i + 1) % count] and not sharp[i]:
            end = _unit(2 * chord / length - start)
        p, q = a + start * length * 0.36, b - end * length * 0.36
        pieces.append((1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * p + 3 * t**2 * (1 - t) * q + t**3 * b)
    if not closed:
        pieces.append(spots[-1:])
    return np.concatenate(pieces).astype(np.float32)


def _unit(vector: Points) -> Points:
    return vector / max(float(np.hypot(*vector)), 1e-6)


def mirrored(half: Sequence[Node], centre: float = CENTRE) -> list[Node]:
    """Nodes of a symmetrical outline from its right half, listed from top to bottom."""
    left = [(2 * centre - n[0], *n[1:]) for n in reversed(half) if abs(n[0] - centre) > 0.5]
    return [*half, *left]


def flip(points: Points | Sequence[Node], centre: float = CENTRE) -> Points:
    """The mirror picture of points about the vertical line x = `centre`."""
    flipped = np.array([(p[0], p[1]) for p in points], np.float32)
    flipped[:, 0] = 2 * centre - flipped[:, 0]
    return flipped


def ribbon(spine: Points | Sequence[Node], width: float, end_width: float | None = None) -> Points:
    """The outline of a band along an open line; its width may change from start to end."""
    line = np.array([(p[0], p[1]) for p in spine], np.float32)
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-6)[:, None]
    normal = np.stack([-along[:, 1], along[:, 0]], 1)
    widths = (
        np.linspace(width, width if end_width is None else end_width, len(line), dtype=np.float32)[:, None]
        / 2
    )
    return np.concatenate([line + normal * widths, (line - normal * widths)[::-1]]).astype(np.float32)


def ellipse(
    x: float,
    y: float,
    rx: float,
    ry: float | None = None,
    *,
    tilt: float = 0.0,
    start: float = 0.0,
    stop: float = 360.0,
    steps: int = 72,
) -> Points:
    """Points of an ellipse (or an arc of it, degrees clockwise from the right), turned by `tilt` degrees."""
    angles = np.radians(np.linspace(start, stop, steps, dtype=np.float32))
    points = np.stack([rx * np.cos(angles), (rx if ry is None else ry) * np.sin(angles)], 1)
    return turned(points, tilt) + np.array([x, y], np.float32)


def box(x0: float, y0: float, x1: float, y1: float, radius: float = 0.0) -> Points:
    """A rectangle, its corners rounded by `radius`."""
    if radius <= 0:
        return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float32)
    corners = [
        (x1 - radius, y0 + radius, 270),
        (x1 - radius, y1 - radius, 0),
        (x0 + radius, y1 - radius, 90),
        (x0 + radius, y0 + radius, 180),
    ]
    return np.concatenate([ellipse(x, y, radius, start=a, stop=a + 90, steps=8) for x, y, a in corners])


def turned(points: Points, degrees: float, about: tuple[float, float] = (0.0, 0.0)) -> Points:
    """Points turned clockwise (y is down) about a spot."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    moved = np.asarray(points, np.float32) - np.array(about, np.float32)
    return (moved @ np.array([[c, s], [-s, c]], np.float32) + np.array(about, np.float32)).astype(np.float32)


def moved(
    points: Points,
    dx: float,
    dy: float = 0.0,
    scale: float = 1.0,
    about: tuple[float, float] = (CENTRE, CENTRE),
) -> Points:
    """Points scaled about a spot, then shifted."""
    origin = np.array(about, np.float32)
    return (
        (np.asarray(points, np.float32) - origin) * scale + origin + np.array([dx, dy], np.float32)
    ).astype(np.float32)


def shifted(points: Points, dx: float, dy: float) -> Points:
    """Points moved by (dx, dy)."""
    return points + np.array([dx, dy], np.float32)


def inset(points: Points, distance: float) -> Points:
    """A closed outline drawn in by `distance` (for topstitching); good for gentle shapes only."""
    around = np.roll(points, -1, 0) - np.roll(points, 1, 0)
    around /= np.maximum(np.hypot(around[:, 0], around[:, 1]), 1e-6)[:, None]
    normal = np.stack([-around[:, 1], around[:, 0]], 1)
    x, y = points[:, 0], points[:, 1]
    area = float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    return (points + normal * distance * (1 if area > 0 else -1)).astype(np.float32)


def line(*nodes: Node, steps: int = 10) -> Points:
    """An open smooth line through the nodes."""
    return curve(nodes, closed=False, steps=steps)


def between(a: Node, b: Node, share: float) -> tuple[float, float]:
    """The spot at `share` of the way from a to b."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)


def joined(parts: Iterable[Points]) -> Points:
    """Several lines as one outline."""
    return np.concatenate(list(parts)).astype(np.float32)
