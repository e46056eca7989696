"""One pass of the eyes over the sample: every picture's pooled features, cached by the eyes' version."""

from __future__ import annotations

import hashlib
import inspect
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vision.inference.loading import load_eyes
from vision.inference.weights import version
from vision.training.product_presence import sample, scenes, screens, sources
from vision.training.product_presence.sample import Picture


@dataclass(frozen=True)
class Table:
    """The sample as columns, one row a picture; `features` float32 [n, channels], `sure` the likeliest kind's
    probability float32 [n]."""

    features: np.ndarray
    sure: np.ndarray
    product: np.ndarray
    kind: np.ndarray
    source: np.ndarray
    split: np.ndarray
    twin: np.ndarray


def table(pictures: list[Picture], weights: Path, cache: Path) -> Table:
    """Features of all pictures by the eyes in `weights`.

    A second call with the same eyes costs nothing, and one that was stopped goes on.
    """
    path = cache / "nothing" / f"features-{version(weights)}-{_stamp(pictures)}.npz"
    if path.exists():
        with np.load(path) as stored:
            return Table(**{name: stored[name] for name in stored.files})
    features, sure = _seen(pictures, weights, path.with_suffix(".part.npz"))
    columns = {
        name: np.array([getattr(picture, name) for picture in pictures])
        for name in ("product", "kind", "source", "split", "twin")
    }
    result = Table(features=features, sure=sure, **columns)
    np.savez(path, **vars(result))
    path.with_suffix(".part.npz").unlink(missing_ok=True)
    return result


def _seen(pictures: list[Picture], weights: Path, part: Path) -> tuple[np.ndarray, np.ndarray]:
    """Pooled features [n, channels] and the likeliest kind's probability [n]; `part` keeps what is done."""
    features: list[np.ndarray] = []
    sure: list[float] = []
    if part.exists():
        with np.load(part) as stored:
            features, sure = list(stored["features"]), list(stored["sure"])
    eyes, began, before = load_eyes(weights, threads=2), time.monotonic(), len(features)
    part.parent.mkdir(parents=True, exist_ok=True)
    for index, picture in enumerate(pictures[before:], before + 1):
        prediction = eyes.predict(picture.pixels(), caption=False)
        assert prediction.features is not None  # this version of the eyes always gives them
        features.append(prediction.features)
        sure.append(prediction.kinds[0].probability)
        if index % 250 == 0:
            fresh = part.with_suffix(".new.npz")
            np.savez(fresh, features=features, sure=sure)
            fresh.replace(part)
            spent = time.monotonic() - began
            print(f"features: {index} of {len(pictures)}, {spent:.0f} s", file=sys.stderr, flush=True)
    return np.array(features, np.float32), np.array(sure, np.float32)


def _stamp(pictures: list[Picture]) -> str:
    """Tells samples apart: another drawing, source or choice of products is another sample."""
    code = "".join(inspect.getsource(module) for module in (sample, scenes, screens, sources))
    found = f"{len(pictures)}:{sum(picture.product for picture in pictures)}"
    return hashlib.sha256((code + found).encode()).hexdigest()[:12]
