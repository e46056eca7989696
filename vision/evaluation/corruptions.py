"""What happens to photos before they reach a shop: five changes of uint8 [h, w, 3] to be borne."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from vision import photo

SIDE = 224  # pixels of the shorter side, so that a blur of 2 pixels means the same on every photo
Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def clean(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The photo with `SIDE` on its shorter side: what the others start from, and are compared with."""
    height, width = pixels.shape[:2]
    scale = SIDE / min(height, width)
    size = max(SIDE, round(width * scale)), max(SIDE, round(height * scale))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)


def jpeg(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Saved as JPEG of quality 20, as messengers do."""
    return photo.decode(photo.encode_jpeg(clean(pixels, rng), quality=20)).pixels


def blur(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Out of focus: a Gaussian of sigma 2 pixels."""
    return cv2.GaussianBlur(clean(pixels, rng), (0, 0), 2.0)


def dim(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Little light: 0.4 of it, and the sensor's noise (sigma 6 of 255)."""
    dark = clean(pixels, rng) * 0.4
    return np.clip(dark + rng.normal(0, 6, dark.shape), 0, 255).astype(np.uint8)


def rotation(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Held askew by 15 degrees, to either side; the corners repeat the photo's edge."""
    pixels = clean(pixels, rng)
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 15.0 * rng.choice((-1, 1)), 1.0)
    return cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)


def crop(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """30 % of the area cut away: a window of 70 % somewhere in the photo, of its proportions."""
    pixels = clean(pixels, rng)
    height, width = (int(side * 0.7**0.5) for side in pixels.shape[:2])
    top = rng.integers(pixels.shape[0] - height + 1)
    left = rng.integers(pixels.shape[1] - width + 1)
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


CORRUPTIONS: dict[str, Change] = {
    "jpeg20": jpeg,
    "blur": blur,
    "dim": dim,
    "rotation15": rotation,
    "crop30": crop,
}
