"""Can anything be seen on a photo? Exposure, sharpness, size and emptiness, measured in two milliseconds.

Everything is measured on the photo as small as the network sees it: what blurs a large photo only at its full
size does no harm. The limits stand where the eyes' kind accuracy on customers' photos collapses (clean 0.88),
far from what real photos have; a doubtful photo passes:

* dark: with a 50th of the light a photo is still named right in 0.80 of cases, with a 100th in 0.72, with a
  200th in 0.48;
* bright: over-exposed so far that 99 % of a photo are above 240, it is named right in 0.2 of cases; white
  products on white, rightly exposed, stay below 236;
* blur: gaussian of 4 pixels (shorter side 256) 0.82, of 6 pixels 0.65, of 8 pixels 0.41; motion over 21
  pixels 0.93 of the clean accuracy, over 31 pixels 0.79, over 45 pixels 0.50;
* size: 0.95 of the clean accuracy at 48 pixels, 0.93 at 32, 0.76 at 24.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

SIDE = 224  # pixels that the shorter side is shrunk to
MIN_SIDE = 32  # pixels of the shorter side as sent
MAX_DARK = 26.0  # grey level that 99 % of a photo too dark do not reach
MIN_BRIGHT = 240.0  # grey level that 99 % of a photo too bright exceed
MIN_SHARPNESS = 1.25  # see `Measures.sharpness`
MIN_STRUCTURE = 0.018  # see `Measures.structure`
REBLUR = 4.0  # pixels, standard deviation of the blur that sharpness compares with


@dataclass(frozen=True)
class Measures:
    """What was measured on a photo, for `problem` and for logs.

    `side` is the shorter side in pixels; `darkest` and `brightest` are the grey levels (0..255) of the 1st
    and the 99th percentile; `sharpness` is how many times weaker edges get by a further blur, in the
    direction where that is least (near 1: blurred more than that before; photos in focus: 2 and more);
    `structure` is the step between neighbours on a 64-pixel thumbnail at its strongest hundredth, as a share
    of `brightest`.
    """

    side: int
    darkest: float
    brightest: float
    sharpness: float
    structure: float

    @property
    def problem(self) -> str:
        """ "" or the first that applies of "too_small", "too_dark", "too_bright", "blank", "too_blurred"."""
        if self.side < MIN_SIDE:
            return "too_small"
        if self.brightest < MAX_DARK:
            return "too_dark"
        if self.darkest > MIN_BRIGHT:
            return "too_bright"
        if self.structure < MIN_STRUCTURE:
            return "blank"
        return "too_blurred" if self.sharpness < MIN_SHARPNESS else ""


def check(pixels: np.ndarray) -> str:
    """What keeps a photo, uint8 [h, w, 3], from being seen: "" or one of
    `vision.predictions.PROBLEMS`.
    """
    return measure(pixels).problem


def measure(pixels: np.ndarray) -> Measures:
    """Raises `ValueError` for anything but uint8 [h, w, 3]."""
    shape = pixels.shape
    if pixels.dtype != np.uint8 or len(shape) != 3 or shape[2] != 3 or 0 in shape:
        raise ValueError(f"pixels must be uint8 [height, width, 3], not {pixels.dtype} {list(shape)}")
    grey = cv2.cvtColor(_shrunk(pixels, SIDE), cv2.COLOR_RGB2GRAY)
    darkest, brightest = np.percentile(grey, (1, 99))
    return Measures(
        side=min(shape[:2]),
        darkest=float(darkest),
        brightest=float(brightest),
        sharpness=_sharpness(grey.astype(np.float32)),
        structure=_steps(grey) / max(float(brightest), 1.0),
    )


def _shrunk(pixels: np.ndarray, side: int) -> np.ndarray:
    """Shrunk until the shorter side is `side`, and the longer one at most four times that; never enlarged."""
    height, width = pixels.shape[:2]
    scale = side / min(height, width)
    if scale >= 1:
        return pixels
    size = (min(4 * side, round(width * scale)), min(4 * side, round(height * scale)))
    if (
        scale < 0.4
    ):  # most of the way by a few samples a pixel, which costs a fifth: what is blurred has no alias
        pixels = cv2.resize(pixels, (2 * size[0], 2 * size[1]), interpolation=cv2.INTER_LINEAR)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _sharpness(grey: np.ndarray) -> float:
    """Edge strength over that of the re-blurred photo, in the direction where that is least.

    The idea of re-blurring is that of Crete et al. (2007, "The blur effect"). Edge strength by direction is
    the structure tensor (Förstner and Gülch, 1987); the least generalised eigenvalue of the tensors before
    and after finds the direction of a motion blur, and contrast cancels out.
    """
    before, after = _tensor(grey), _tensor(cv2.GaussianBlur(grey, (0, 0), REBLUR))
    if after[0, 0] * after[1, 1] - after[0, 1] ** 2 < 1e-6:  # no edges, or in one direction only
        return float(np.sqrt(np.trace(before) / max(float(np.trace(after)), 1e-6)))
    ratios = np.linalg.eigvals(np.linalg.solve(after, before)).real
    return float(np.sqrt(max(float(ratios.min()), 0.0)))


def _tensor(grey: np.ndarray) -> np.ndarray:
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    both = np.stack([across.ravel(), down.ravel()])
    return (both @ both.T).astype(np.float64) / both.shape[1]


def _steps(grey: np.ndarray) -> float:
    """Grain and a slow change of light make no steps; the edge of a white shirt on white does."""
    small = cv2.GaussianBlur(_shrunk(grey, 64), (0, 0), 1.0).astype(np.float32)
    steps = cv2.magnitude(cv2.Sobel(small, cv2.CV_32F, 1, 0), cv2.Sobel(small, cv2.CV_32F, 0, 1)) / 8
    return float(np.percentile(steps, 99))
