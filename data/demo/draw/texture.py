"""What a material looks like from near: small relief, uneven colour, gloss."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from data.demo.draw.noise import Field, smooth, turned, white


@dataclass(frozen=True)
class Feel:
    """How a material takes light and falls: contrast of its folds, gloss, and their sharpness."""

    drape: float = 1.0  # depth of the soft folds
    fold: float = 46.0  # their width in units
    gloss: float = 0.0  # strength of highlights
    sharp: float = 14.0  # their narrowness
    sheen: float = 0.0  # light at grazing edges, as in velvet
    metal: bool = False  # reflects a room instead of scattering light


FEELS: dict[str, Feel] = {
    "cotton": Feel(),
    "linen": Feel(drape=1.25, fold=34),
    "wool": Feel(drape=0.7, fold=60),
    "cashmere": Feel(drape=0.75, fold=60, sheen=0.05),
    "silk": Feel(drape=1.15, fold=40, gloss=0.20, sharp=9),
    "denim": Feel(drape=0.85, fold=38),
    "leather": Feel(drape=0.55, fold=52, gloss=0.20, sharp=16),
    "suede": Feel(drape=0.5, fold=60, sheen=0.06),
    "polyester": Feel(drape=0.95, fold=42, gloss=0.05, sharp=8),
    "nylon": Feel(drape=1.1, fold=26, gloss=0.12, sharp=10),
    "viscose": Feel(drape=1.2, fold=38, gloss=0.03, sharp=6),
    "velvet": Feel(drape=0.9, fold=48, sheen=0.22),
    "canvas": Feel(drape=0.5, fold=50),
    "knit": Feel(drape=0.8, fold=64),
    "down": Feel(drape=0.5, fold=30, gloss=0.16, sharp=9),
    "rubber": Feel(drape=0.0, gloss=0.10, sharp=12),
    "metal": Feel(drape=0.0, metal=True, gloss=0.35, sharp=30),
    "straw": Feel(drape=0.3, fold=60),
    "lace": Feel(),
    "chiffon": Feel(drape=1.3, fold=30),
    "satin": Feel(drape=1.25, fold=44, gloss=0.30, sharp=8),
    "corduroy": Feel(drape=0.8, fold=50, sheen=0.05),
    "fleece": Feel(drape=0.8, fold=56, sheen=0.04),
    "smooth": Feel(drape=0.0, gloss=0.05),
    "glossy": Feel(drape=0.0, gloss=0.45, sharp=26),
    "mesh": Feel(drape=0.15, fold=60),
}


def relief(material: str, u: Field, v: Field, rng: np.random.Generator) -> tuple[Field | None, Field | None]:
    """Small height (units) and brightness (around 1) of a material at cloth coordinates u, v (units)."""
    rows, columns = u.shape
    if material in ("cotton", "viscose", "polyester", "smooth", "lace"):
        return None, 1 + 0.012 * white(rng, rows, columns, 0.8)
    if material in ("linen", "canvas", "chiffon"):
        strength = {"linen": 0.035, "canvas": 0.03, "chiffon": 0.010}[material]
        slubs = smooth(rng, rows, columns, 40, 1.5) + smooth(rng, rows, columns, 1.5, 40)
        weave = np.sin(u * 2.6) * np.sin(v * 2.6)
        return None, 1 + strength * (0.5 * slubs + 0.7 * weave)
    if material == "denim":
        twill = np.sin((u * 0.8 + v) * 2.3)
        streaks = turned(rng, rows, columns, 1.6, 34, 0) * 0.5 + white(rng, rows, columns, 0.7) * 0.5
        return None, 1 + 0.045 * twill + 0.05 * streaks
    if material in ("knit", "cashmere"):
        wide = 4.4 if material == "knit" else 3.2
        side = np.abs(u / wide - np.floor(u / wide) - 0.5)
        stitch = np.cos(2 * np.pi * (v / (wide * 0.8) + side * 0.9))
        column = np.cos(2 * np.pi * u / wide)
        return 0.16 * stitch - 0.22 * column, 1 + 0.02 * white(rng, rows, columns, 1.0)
    if material in ("wool",):
        return None, 1 + 0.025 * white(rng, rows, columns, 0.9) + 0.02 * np.sin((u - v) * 2.0)
    if material == "fleece":
        return 0.30 * smooth(rng, rows, columns, 5) + 0.12 * white(rng, rows, columns, 1.2), None
    if material == "leather":
        cells = smooth(rng, rows, columns, 4.5) * 0.6 + smooth(rng, rows, columns, 2.6) * 0.4
        return -0.10 * np.abs(cells), 1 + 0.02 * smooth(rng, rows, columns, 60)
    if material == "suede":
        return None, 1 + 0.035 * smooth(rng, rows, columns, 30) + 0.03 * white(rng, rows, columns, 1.2)
    if material == "corduroy":
        ridge = np.abs(np.sin(u * np.pi / 4.6))
        return 0.75 * np.sqrt(ridge), 0.90 + 0.13 * ridge
    if material in ("nylon", "down"):
        return 0.10 * smooth(rng, rows, columns, 9), 1 + 0.008 * white(rng, rows, columns, 0.8)
    if material == "velvet":
        return None, 1 + 0.03 * white(rng, rows, columns, 1.0)
    if material == "straw":
        weave = np.sin(u * 1.25) * np.sin(v * 1.25 + np.floor(u * 1.25 / np.pi) * np.pi)
        return 0.35 * weave, 1 + 0.06 * weave + 0.05 * smooth(rng, rows, columns, 14, 3)
    if material == "mesh":
        holes = np.sin(u * 2.0 + np.floor(v * 2.0 / np.pi) * np.pi / 2) * np.sin(v * 2.0)
        return None, 1 - 0.09 * np.clip(holes, 0, 1)
    return None, None


def ribbed(u: Field, period: float = 5.0, depth: float = 0.8) -> Field:
    """Height of knitted ribs that run along v."""
    return (depth * np.sqrt(np.abs(np.sin(u * np.pi / period)) + 1e-3)).astype(np.float32)


def melange(rng: np.random.Generator, rows: int, columns: int) -> Field:
    """Brightness of yarn spun from light and dark fibres: short flecks."""
    flecks = smooth(rng, rows, columns, 9, 1.6) * 0.6 + white(rng, rows, columns, 0.9) * 0.5
    return (1 + 0.075 * cv2.GaussianBlur(flecks, (0, 0), 0.7)).astype(np.float32)
