"""Colours of cloth: the taxonomy's swatch, varied a little from product to product."""

from __future__ import annotations

import colorsys
from random import Random

import numpy as np
from numpy.typing import NDArray

from vision.taxonomy import load as load_taxonomy

RGB = tuple[float, float, float]
Array = NDArray[np.float32]

# Cloth is never as dark or as bright as a swatch: folds must show in black and in white.
_DARKEST, _BRIGHTEST = 0.045, 0.945


def colour(name: str, random: Random | None = None) -> RGB:
    """The RGB (0..1) of a canonical colour, with a slight variation if `random` is given."""
    r, g, b = (part / 255 for part in load_taxonomy().colours[name].rgb)
    hue, light, saturation = colorsys.rgb_to_hls(r, g, b)
    if random is not None:
        hue += random.uniform(-0.010, 0.010)
        light *= random.uniform(0.94, 1.06)
        saturation = min(1.0, saturation * random.uniform(0.90, 1.06))
    if light < 0.28:
        saturation *= 0.86
    light = max(light, _DARKEST + light * 0.85) if light < 0.4 else min(light, _BRIGHTEST)
    return colorsys.hls_to_rgb(hue % 1.0, light, saturation * 0.96)


def shade(rgb: RGB, factor: float) -> RGB:
    """A darker (< 1) or lighter (> 1) colour of the same hue."""
    if factor <= 1:
        return (rgb[0] * factor, rgb[1] * factor, rgb[2] * factor)
    return mix(rgb, (1.0, 1.0, 1.0), min(1.0, factor - 1))


def mix(a: RGB, b: RGB, share: float) -> RGB:
    """`share` of b in a."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def luma(rgb: RGB) -> float:
    """How bright a colour is, 0..1."""
    return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]


def ink_on(rgb: RGB) -> RGB:
    """A quiet colour that can be read on `rgb`."""
    return shade(rgb, 1.7) if luma(rgb) < 0.5 else shade(rgb, 0.45)


WHITE: RGB = (0.955, 0.955, 0.95)
RUBBER_WHITE: RGB = (0.93, 0.925, 0.91)
BLACK: RGB = (0.13, 0.13, 0.135)
STEEL: RGB = (0.74, 0.75, 0.77)
BRASS: RGB = (0.80, 0.66, 0.36)
GOLD: RGB = (0.86, 0.70, 0.40)
COPPER: RGB = (0.72, 0.46, 0.28)
LEATHER_BROWN: RGB = (0.45, 0.28, 0.16)
GUM: RGB = (0.72, 0.53, 0.33)
SKIN_SHADOW: RGB = (0.55, 0.5, 0.46)
