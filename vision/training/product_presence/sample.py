"""The pictures that the head learns from and is measured on: products, and everything else."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from vision.training.datasets import Example, read_all
from vision.training.product_presence import scenes, screens, sources

SEED = 3
DRAWN_EACH = 16
# Enough of each for a straight line through 1280 features, few enough for minutes on a busy machine.
PRODUCTS = {("photos", "train"): 500, ("photos", "validation"): 450}
PRODUCTS |= {("products", "train"): 400, ("products", "validation"): 300, ("demo", "train"): 100}
PRODUCTS |= {("demo", "validation"): 50}
SPOILT, CORNERS = 200, 120


@dataclass(frozen=True)
class Picture:
    """One picture: whether it shows a product, of which kind it is and from which source, and how to get it.

    `split` is train, calibration (sets the threshold) or test for products; for the rest it follows from the
    source (a source is in or out as a whole). `twin` marks a varied copy, which is never measured.
    """

    product: bool
    kind: str
    source: str
    split: str
    pixels: Callable[[], np.ndarray]
    twin: bool = False


def all_pictures(data: Path, demo: Path | None, cache: Path) -> list[Picture]:
    """The whole sample, the same each time; sources that cannot be fetched are left out with a warning."""
    pictures = [*_products(data, demo), *_packages(cache), *_drawn()]
    if not any(not picture.product and picture.source in _names() for picture in pictures):
        raise OSError(
            "no package with pictures could be fetched: the head needs photographs without a product"
        )
    return pictures


def _names() -> set[str]:
    return {source.package for source in sources.SOURCES}


def _products(data: Path, demo: Path | None) -> Iterator[Picture]:
    examples = read_all(data, demo)
    rng = np.random.default_rng(SEED)
    for (domain, split), most in PRODUCTS.items():
        here = [example for example in examples if (example.domain, example.split) == (domain, split)]
        chosen = [here[index] for index in rng.permutation(len(here))[:most]]
        for example in chosen:
            part = split if split == "train" else _half(example.path.name)
            yield Picture(True, domain, domain, part, _read(example))
        if (domain, split) == ("photos", "train"):
            for index, example in enumerate(chosen[:SPOILT]):
                yield Picture(
                    True, domain, domain, split, _varied(_read(example), (SEED, 1, index)), twin=True
                )
        if domain == "photos":
            for index, example in enumerate(chosen[: CORNERS if split == "train" else CORNERS // 2]):
                cut = _corner(_read(example), (SEED, 2, index))
                yield Picture(False, "backgrounds", f"corners of photos ({split})", split, cut)


def _half(name: str) -> str:
    return "calibration" if hashlib.sha1(name.encode()).digest()[1] % 2 else "test"


def _packages(cache: Path) -> Iterator[Picture]:
    for number, source in enumerate(sources.SOURCES):
        try:
            folder = sources.folder_of(source, cache)
        except OSError as error:
            print(f"left out: {error}", file=sys.stderr, flush=True)
            continue
        for kind in source.shows:
            for index, path in enumerate(sorted((folder / kind).glob("*.png"))):
                seed = (SEED, 3, number, index)
                plain = _on_ground(path, seed)
                yield Picture(False, kind, source.package, "", plain)
                if kind in ("animals", "objects") and index % 2:  # the hardest
                    yield Picture(False, kind, source.package, "", _varied(plain, (*seed, 1)), twin=True)


def _drawn() -> Iterator[Picture]:
    for kind, families in (("screens", screens.FAMILIES), ("", scenes.FAMILIES)):
        for name, draw in families.items():
            shown = kind or _DRAWN_KIND[name]
            for index in range(DRAWN_EACH):
                yield Picture(False, shown, f"drawn: {name}", "", _drawing(draw, (SEED, 4, index)))


_DRAWN_KIND = {
    "wall": "walls",
    "bricks": "walls",
    "planks": "walls",
    "landscape": "landscapes",
    "food": "objects",
}
_DRAWN_KIND |= {"animal": "animals", "face": "people's faces", "shapes": "drawings", "snow": "drawings"}


def _drawing(
    draw: Callable[[np.random.Generator], np.ndarray], seed: tuple[int, ...]
) -> Callable[[], np.ndarray]:
    return lambda: draw(np.random.default_rng((*seed, len(draw.__name__), ord(draw.__name__[0]))))


def _read(example: Example) -> Callable[[], np.ndarray]:
    def read() -> np.ndarray:
        pixels = cv2.imread(str(example.path), cv2.IMREAD_COLOR)
        if pixels is None:
            raise ValueError(f"cannot read the picture {example.path}")
        return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)

    return read


def _on_ground(path: Path, seed: tuple[int, ...]) -> Callable[[], np.ndarray]:
    """A cut-out on a drawn ground or on white, a little smaller than the picture; a photo as it is."""

    def read() -> np.ndarray:
        rng = np.random.default_rng(seed)
        stored = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if stored.ndim == 2:
            return cv2.cvtColor(stored, cv2.COLOR_GRAY2RGB)
        colour = cv2.cvtColor(stored[..., :3], cv2.COLOR_BGR2RGB)
        if stored.shape[2] == 3:
            return colour
        height, width = stored.shape[:2]
        side = int(max(height, width) * rng.uniform(1.0, 1.5))
        ground = np.full((side, side, 3), 255, np.float32)
        what = rng.integers(0, 4)
        if what:
            drawn = (scenes.wall, scenes.planks, scenes.landscape)[what - 1](rng)
            ground = cv2.resize(drawn, (side, side)).astype(np.float32)
        top, left = rng.integers(0, side - height + 1), rng.integers(0, side - width + 1)
        alpha = stored[..., 3:].astype(np.float32) / 255
        place = ground[top : top + height, left : left + width]
        place[:] = place * (1 - alpha) + colour * alpha
        return ground.astype(np.uint8)

    return read


def _varied(read: Callable[[], np.ndarray], seed: tuple[int, ...]) -> Callable[[], np.ndarray]:
    """The same picture from nearer, mirrored, turned, in other light, softer, or as a bad JPEG."""

    def vary() -> np.ndarray:
        rng, pixels = np.random.default_rng(seed), read()
        height, width = pixels.shape[:2]
        share = rng.uniform(0.55, 1.0)
        high, wide = int(height * share), int(width * share)
        top, left = rng.integers(0, height - high + 1), rng.integers(0, width - wide + 1)
        pixels = pixels[top : top + high, left : left + wide]
        if rng.random() < 0.5:
            pixels = pixels[:, ::-1]
        if rng.random() < 0.4:
            turn = cv2.getRotationMatrix2D((wide / 2, high / 2), rng.uniform(-25, 25), 1.15)
            pixels = cv2.warpAffine(
                np.ascontiguousarray(pixels), turn, (wide, high), borderMode=cv2.BORDER_REFLECT
            )
        gain = np.exp(rng.uniform(np.log(0.3), np.log(1.6))) * rng.uniform(0.9, 1.1, 3)
        pixels = np.clip(pixels * gain, 0, 255).astype(np.uint8)
        if rng.random() < 0.3:
            pixels = cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.5, 2.5))
        if rng.random() < 0.4:
            _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 70))])
            pixels = cv2.imdecode(packed, cv2.IMREAD_COLOR)
        return pixels

    return vary


def _corner(read: Callable[[], np.ndarray], seed: tuple[int, ...]) -> Callable[[], np.ndarray]:
    """A corner of a customer's photo, where the room is rather than the garment."""

    def cut() -> np.ndarray:
        rng, pixels = np.random.default_rng(seed), read()
        side = int(min(pixels.shape[:2]) * rng.uniform(0.2, 0.28))
        rows = slice(0, side) if rng.random() < 0.5 else slice(-side, None)
        columns = slice(0, side) if rng.random() < 0.5 else slice(-side, None)
        return np.ascontiguousarray(pixels[rows, columns])

    return cut
