"""Tells a photo with several products on a plain background from one with a single product.

No network: what differs from the background is cut into connected pieces, pieces that are one product (a pair
of shoes, of earrings, a pack of socks, the sleeves of a white shirt on white) are joined, and what is left
over as two or more large things is several products. Asking "which of them?" of a customer who sent a pair of
shoes is worse than describing a photo of two as a whole, so in doubt it says one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels of the photo

SIDE: Final = 128  # pixels of the longer side that is looked at
EDGE: Final = 0.03  # width of the border, of the longer side
PLAIN: Final = 0.9  # share of the border that must be of the background's colour
NOISE: Final = (6.0, 14.0)  # least and greatest distance in CIELAB that still counts as background
FAINT: Final = 0.5  # of that distance: what differs this much still ties two pieces together
GAP: Final = 2  # pixels: pieces nearer than twice this hang together
LEAST_AREA: Final = 0.025  # of the picture, for a thing to be a product and not a label or a shadow
LEAST_SHARE: Final = 0.2  # of the largest thing's area
SAME_COLOUR: Final = 0.55  # shared part of two colour histograms: the same colour
ALIKE: Final = 0.65  # intersection over union of two shapes that are one pair, if they are of one colour
SAME_SHAPE: Final = 0.80  # and whatever their colour (a pack of socks)
HALF_SIZE, NEAR_SIZE = 0.55, 0.7  # how near areas and proportions are; the first in one colour
SHAPE_SIDE: Final = 32


@dataclass(frozen=True)
class _Thing:
    """A piece of the picture that is not background.

    `colours` is a histogram over CIELAB that sums to 1, `shape` bool [SHAPE_SIDE, SHAPE_SIDE] laid upright,
    `slimness` the longer side over the shorter.
    """

    box: Box
    area: int
    colours: np.ndarray
    shape: np.ndarray
    slimness: float


def product_boxes(pixels: np.ndarray) -> list[Box]:
    """The products' boxes where a photo uint8 [h, w, 3] shows two or more apart, left to right; else [].

    [] also where the background is not plain enough to tell. A pair is one product. Worn clothes are no case
    for this: ask `vision.inference.pose` first. Raises `ValueError` for anything but such pixels.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
        raise ValueError(f"pixels must be uint8 [height, width, 3], not {pixels.dtype} {list(pixels.shape)}")
    height, width = pixels.shape[:2]
    scale = SIDE / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    contrast = _contrast(lab)
    if contrast is None:
        return []
    boxes = _joined(_things(lab, contrast))
    if len(boxes) < 2:
        return []
    stretch = np.array([width / size[0], height / size[1]] * 2)
    scaled = np.array(boxes) * stretch
    scaled[:, :2], scaled[:, 2:] = np.floor(scaled[:, :2]), np.ceil(scaled[:, 2:])
    whole = np.clip(scaled, 0, [width, height] * 2).astype(int)
    return sorted((left, top, right, bottom) for left, top, right, bottom in whole.tolist())


def _contrast(lab: np.ndarray) -> np.ndarray | None:
    """How far each pixel of CIELAB [h, w, 3] is from the background; 1 is the limit. None: border not plain.

    The background may grow darker to one side (a lamp, a window): it is a plane laid through the border.
    """
    height, width = lab.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    plane = np.stack([np.ones_like(x), x / width - 0.5, y / height - 0.5], -1)
    edge = max(2, round(EDGE * max(height, width)))
    border = np.ones((height, width), bool)
    border[edge:-edge, edge:-edge] = False
    fitted = border
    for _ in range(3):  # a product may touch the border: fit, drop what is far off, fit again
        weights, *_rest = np.linalg.lstsq(plane[fitted], lab[fitted], rcond=None)
        distance = np.linalg.norm(lab - plane @ weights, axis=-1)
        middle = float(np.median(distance[border]))
        fitted = border & (distance <= max(NOISE[0], 2 * middle))
    limit = float(np.clip(4 * middle, *NOISE))
    if (distance[border] <= limit).mean() < PLAIN:
        return None
    return np.asarray(distance / limit)


def _things(lab: np.ndarray, contrast: np.ndarray) -> list[_Thing]:
    """The large things; pieces that a fainter difference ties together are one (hysteresis, as in Canny)."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * GAP + 1, 2 * GAP + 1))
    clear, faint = (
        cv2.morphologyEx((contrast > limit).astype(np.uint8), cv2.MORPH_CLOSE, kernel)
        for limit in (1.0, FAINT)
    )
    count, labels = cv2.connectedComponents(np.maximum(clear, faint))
    things = []
    for label in range(1, count):
        piece = np.where(labels == label, clear, 0).astype(np.uint8)
        if piece.sum() < LEAST_AREA * piece.size / 2:
            continue
        outlines, _tree = cv2.findContours(piece, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(piece, outlines, -1, (1,), cv2.FILLED)
        inside = piece.astype(bool)
        points = np.concatenate(outlines)
        x, y, w, h = cv2.boundingRect(points)
        area, colours = int(piece.sum()), _histogram(lab[inside])
        things.append(_Thing((x, y, x + w, y + h), area, colours, *_upright(inside, points)))
    least = max([LEAST_AREA * contrast.size, *(LEAST_SHARE * thing.area for thing in things)])
    return [thing for thing in things if thing.area >= least]


def _histogram(colours: np.ndarray) -> np.ndarray:
    counts, _edges = np.histogramdd(colours, bins=(5, 8, 8), range=((0, 100.01), (-80, 80), (-80, 80)))
    return np.asarray(counts / max(1, len(colours)))


def _upright(inside: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, float]:
    """A mask in its tightest rectangle, the longer side across, as `_Thing` has it: shape and slimness."""
    centre, size, angle = cv2.minAreaRect(points)
    if size[0] < size[1]:
        size, angle = (size[1], size[0]), angle + 90
    radians = np.deg2rad(angle)
    across = np.array([np.cos(radians), np.sin(radians)]) * (size[0] + 1) / SHAPE_SIDE
    down = np.array([-np.sin(radians), np.cos(radians)]) * (size[1] + 1) / SHAPE_SIDE
    corner = np.array(centre) - (across + down) * (SHAPE_SIDE - 1) / 2
    matrix = np.stack([across, down, corner], axis=1)
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(inside.astype(np.uint8), matrix, (SHAPE_SIDE, SHAPE_SIDE), flags=flags)
    return laid > 0, (size[0] + 1) / (size[1] + 1)


def _is_one_product(one: _Thing, other: _Thing) -> bool:
    """Whether two things are a pair or a pack, or lie within one another."""
    across, down = (
        max(one.box[axis], other.box[axis]) - min(one.box[axis + 2], other.box[axis + 2]) for axis in (0, 1)
    )
    if max(across, down) < 0:
        return True
    sizes = min(one.area / other.area, other.area / one.area)
    sizes = min(sizes, one.slimness / other.slimness, other.slimness / one.slimness)
    turned = (other.shape, other.shape[::-1], other.shape[:, ::-1], other.shape[::-1, ::-1])
    shape = max(float((one.shape & turn).sum() / (one.shape | turn).sum()) for turn in turned)
    if float(np.minimum(one.colours, other.colours).sum()) >= SAME_COLOUR:
        return sizes >= HALF_SIZE and shape >= ALIKE
    return sizes >= NEAR_SIZE and shape >= SAME_SHAPE


def _joined(things: list[_Thing]) -> list[Box]:
    """The boxes of the products: things that are one product are joined, also by a third between them."""
    groups: list[list[_Thing]] = []
    for thing in things:
        friends = [group for group in groups if any(_is_one_product(thing, member) for member in group)]
        groups = [group for group in groups if not any(group is friend for friend in friends)]
        groups.append([thing, *(member for group in friends for member in group)])
    corners = [np.array([thing.box for thing in group]) for group in groups]
    return [(*box[:, :2].min(0).tolist(), *box[:, 2:].max(0).tolist()) for box in corners]
