"""Which function draws which kind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from data.demo.draw import (
    accessories,
    bags,
    bottoms,
    coats,
    dresses,
    glass,
    headwear,
    heels,
    jewellery,
    knitwear,
    luggage,
    outerwear,
    runners,
    sandals,
    shirts,
    shoes,
    shorts,
    sneakers,
    timepieces,
    tops,
    weather,
)
from data.demo.draw.job import Job
from data.demo.draw.plan import Item

# A function draws on the job's canvas and returns the ground line of a standing thing, or None.
Drawer = Callable[[Job], float | None]
_ROOMS = (
    accessories,
    bags,
    bottoms,
    coats,
    dresses,
    glass,
    headwear,
    heels,
    jewellery,
    knitwear,
    luggage,
    outerwear,
    runners,
    sandals,
    shirts,
    shoes,
    shorts,
    sneakers,
    timepieces,
    tops,
    weather,
)
DRAWERS: dict[str, Drawer] = {kind: drawer for room in _ROOMS for kind, drawer in room.DRAWERS.items()}
# Hard things: their outlines do not wobble.
_HARD = frozenset(
    [
        "casual_shoes",
        "sports_shoes",
        "formal_shoes",
        "boots",
        "heels",
        "flats",
        "sandals",
        "flip_flops",
        "clutch",
        "wallet",
        "watch",
        "sunglasses",
        "jewellery",
        "perfume",
        "umbrella",
        "belt",
    ]
)


def draw(item: Item) -> NDArray[np.uint8]:
    """The picture of a planned product: 640 x 640 sRGB. The same picture each time."""
    job = Job(item, wobble=0.0 if item.kind in _HARD else 1.1)
    ground = DRAWERS[item.kind](job)
    return job.canvas.finish(ground)
