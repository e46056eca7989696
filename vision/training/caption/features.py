"""What the shipped eyes see of the training pictures: feature maps and heads, recorded in one pass.

The captioner learns from the very weights that serve it. A pass of all pictures takes minutes, so its result
is kept in the cache folder under the weights' version, and an interrupted pass goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vision.inference import training_neighbours
from vision.inference.caption import belief
from vision.inference.loading import load_eyes
from vision.inference.weights import version
from vision.predictions import Prediction, Ranked
from vision.settings import cache_folder
from vision.training.datasets import Example, read_picture

WATCHERS = 2  # pictures looked at at a time, each by one core
PROGRESS_SECONDS = 20


@dataclass
class Seen:
    """What was recorded of n pictures.

    `maps` float16 [n, h, w, channels] on disk; `told` float32 [n, names + 2]: the heads' probabilities in the
    order of `names`, the place of the brand among the brands (-1: unknown), 1 where the row is filled.
    """

    maps: np.ndarray
    told: np.ndarray
    names: dict[str, list[str]]
    stamp: str = ""  # of the weights and the pictures

    def prediction(self, row: int) -> Prediction:
        """The heads of one picture as the eyes gave them (without caption and embedding)."""
        fields, start = {}, 0
        for name, order in self.names.items():
            chances = self.told[row, start : start + len(order)]
            start += len(order)
            fields[name] = [Ranked(order[i], float(chances[i])) for i in np.argsort(-chances, kind="stable")]
        place = int(self.told[row, -2])
        brand = self.names["brands"][place] if place >= 0 else ""
        return Prediction(caption={}, embedding=np.zeros(0, np.float32), brand=brand, **fields)  # type: ignore[arg-type]

    def head(self, name: str) -> np.ndarray:
        """float32 [n, names] of one head."""
        before = list(self.names)[: list(self.names).index(name)]
        start = sum(len(self.names[other]) for other in before)
        return self.told[:, start : start + len(self.names[name])]


class Watcher:
    """Eyes of which the captioner's place is taken: what they would hand to it is kept."""

    def __init__(self, folder: Path) -> None:
        self._eyes = load_eyes(folder, captioner=self)

    def describe(self, features: np.ndarray, prediction: Prediction) -> dict[str, str]:
        self._kept = features[0].copy(), prediction
        return {}

    def watch(self, path: Path) -> tuple[np.ndarray, Prediction]:
        """The feature map float32 [h, w, channels] and the heads of one trusted picture."""
        self._eyes.predict(read_picture(path, self._eyes.side))
        return self._kept


def seen(eyes: Path, examples: list[Example], say: Callable[[str], None] = print) -> Seen:
    """The maps and heads of all examples by the weights in folder `eyes`, from the cache if it has them."""
    stamp = hashlib.sha1(version(eyes).encode())
    for file in (eyes / "eyes.json", eyes / training_neighbours.FILE):
        stamp.update(file.read_bytes() if file.exists() else b"")
    for example in examples:
        stamp.update(example.path.name.encode())
    base = cache_folder() / f"captions-{stamp.hexdigest()[:16]}"
    base.parent.mkdir(parents=True, exist_ok=True)
    for older in base.parent.glob("captions-*.npy"):  # maps of other weights are of no use, and large
        if not older.name.startswith(base.name):
            older.unlink()
    watchers = [Watcher(eyes) for _ in range(WATCHERS)]
    features, prediction = watchers[0].watch(examples[0].path)
    names = belief.names_of(prediction)
    shape = (len(examples), *features.shape)
    files = base.with_suffix(".maps.npy"), base.with_suffix(".told.npy")
    mode = "r+" if all(file.exists() for file in files) else "w+"
    if mode == "w+":
        maps = np.lib.format.open_memmap(files[0], mode, np.float16, shape)
        told = np.lib.format.open_memmap(files[1], mode, np.float32, (len(examples), belief.size(names) + 1))
    else:
        maps, told = np.load(files[0], mmap_mode="r+"), np.load(files[1], mmap_mode="r+")
    missing = np.flatnonzero(told[:, -1] == 0)

    def fill(part: int) -> None:
        clock = time.monotonic()
        for row in missing[part::WATCHERS]:
            maps[row], prediction = watchers[part].watch(examples[row].path)
            told[row, : belief.size(names) - 1] = belief.vector(prediction, names)[:-1]
            told[row, -2] = names["brands"].index(prediction.brand) if prediction.brand else -1
            told[row, -1] = 1  # last: an interrupted row is done again
            if part == 0 and time.monotonic() - clock > PROGRESS_SECONDS:
                clock = time.monotonic()
                say(f"feature maps: {row} of {len(examples)}")

    with ThreadPoolExecutor(WATCHERS) as pool:
        list(pool.map(fill, range(WATCHERS)))
    maps.flush()
    told.flush()
    return Seen(maps, told, names, base.name)
