"""Customers' photos for tests, made of the demo shop's drawings: good ones, spoilt ones, several products, none."""

from __future__ import annotations

import json
import random
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

DEMO = Path(__file__).resolve().parents[1] / "data" / "demo"
SIDE = 448  # pixels of a product's picture


@lru_cache(maxsize=1)
def records() -> dict[str, dict[str, Any]]:
    """The demo catalogue's records by id."""
    lines = (DEMO / "products.jsonl").read_text(encoding="utf-8").splitlines()
    return {record["id"]: record for record in map(json.loads, filter(None, lines))}


def picture(kind: str, colour: str | None = None, pattern: str | None = None) -> Path:
    """The drawn picture of a product of that kind in stock, always the same one."""
    fitting = [
        record
        for record in records().values()
        if record["category"] == kind
        and colour in (None, record["colour"])
        and pattern in (None, record["pattern"])
        and any(s["stock"] for s in record["sizes"])
    ]
    return DEMO / "pictures" / random.Random(7).choice(fitting)["picture"]


def pixels(kind: str, colour: str | None = None, pattern: str | None = None) -> np.ndarray:
    """The same as uint8 [SIDE, SIDE, 3]."""
    with Image.open(picture(kind, colour, pattern)) as image:
        return np.asarray(image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def dark(photo: np.ndarray) -> np.ndarray:
    """As at night without a lamp: a fifteenth of the light."""
    return (photo / 15).astype(np.uint8)


def bright(photo: np.ndarray) -> np.ndarray:
    """As with the flash in a mirror: everything nearly white."""
    return (240 + photo.astype(np.float32) * 15 / 255).astype(np.uint8)


def blurred(photo: np.ndarray) -> np.ndarray:
    """As far out of focus as it gets."""
    return cv2.GaussianBlur(photo, (0, 0), photo.shape[0] / 12, borderType=cv2.BORDER_REPLICATE)


def small(photo: np.ndarray) -> np.ndarray:
    """A thumbnail."""
    return cv2.resize(photo, (24, 24), interpolation=cv2.INTER_AREA)


def blank(photo: np.ndarray) -> np.ndarray:
    """A wall, with the light falling off to one side."""
    light = np.linspace(200, 190, photo.shape[1], dtype=np.float32)
    return np.repeat(np.repeat(light[None, :, None], photo.shape[0], 0), 3, 2).astype(np.uint8)


SPOILT = {"dark": dark, "bright": bright, "blurred": blurred, "small": small, "blank": blank}


def landscape(width: int = 640, height: int = 480) -> np.ndarray:
    """Sky with clouds, a sun, two ranges of hills, a lake and trees."""
    noise = np.random.default_rng(3)
    rows = np.linspace(0, 1, height)[:, None, None]
    sky = np.array([92, 150, 222]) * (1 - rows) + np.array([236, 222, 196]) * rows
    photo = np.broadcast_to(sky, (height, width, 3)).astype(np.uint8).copy()
    cv2.circle(photo, (width * 3 // 4, height // 5), height // 14, (255, 240, 190), -1, cv2.LINE_AA)
    for x, y in ((90, 70), (150, 60), (400, 110), (330, 95)):
        cv2.ellipse(photo, (x, y), (60, 14), 0, 0, 360, (245, 245, 248), -1, cv2.LINE_AA)
    across = np.arange(0, width + 8, 8)
    for base, colour in ((0.5, (110, 132, 150)), (0.62, (70, 112, 70))):
        heights = (
            base * height - np.cumsum(noise.normal(0, 5, len(across))) - 24 * np.sin(across / 70 + base * 9)
        )
        hills = np.stack([across, heights], 1).astype(np.int32)
        cv2.fillPoly(photo, [np.vstack([hills, [[width, height], [0, height]]])], colour, cv2.LINE_AA)
    cv2.rectangle(photo, (0, height * 3 // 4), (width, height), (64, 110, 150), -1)
    for x in noise.integers(0, width, 40):
        foot = int(height * 0.76 + noise.integers(-8, 8))
        cv2.line(photo, (int(x), foot), (int(x), foot - 34), (58, 40, 26), 4)
        cv2.circle(photo, (int(x), foot - 40), 17, (38, 82, 40), -1, cv2.LINE_AA)
    grain = noise.normal(0, 5, photo.shape)
    return np.clip(photo + grain, 0, 255).astype(np.uint8)


def several(kinds: list[str]) -> np.ndarray:
    """Products side by side on one ground."""
    return np.hstack([pixels(kind) for kind in kinds])


def make(
    folder: Path, *, spoilt: str = "", scene: str = "", kinds: list[str] | None = None, **product: Any
) -> Path:
    """A photo as a step of a conversation names it: `{kind, colour?, pattern?, spoilt?}`, `{kinds: [a, b]}` or
    `{scene: landscape}`. A good photo of one product is the demo shop's own picture; all else is drawn into `folder`.
    """
    if scene:
        photo = {"landscape": landscape}[scene]()
    elif kinds:
        photo = several(kinds)
    elif spoilt:
        photo = SPOILT[spoilt](pixels(**product))
    else:
        return picture(**product)
    path = folder / "photo.png"
    Image.fromarray(photo).save(path)
    return path
