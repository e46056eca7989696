"""A large catalogue made of a small one: synthetic embeddings whose neighbourhoods resemble the real ones'.

A synthetic product lies somewhere between a real one and one of its nearest neighbours (the interpolation of
SMOTE, Chawla et al. 2002), displaced by Gaussian noise, and is brought back to unit length: a smoothed bootstrap. The noise is in proportion
to the real product's distance to its nearest neighbour, so that crowded places stay crowded and empty ones empty.
In what proportion is not a matter of taste: it is chosen so that in a synthetic catalogue *of the real one's size*
the median distance to the nearest neighbour is the real one's; the other quantiles are printed beside it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.bench.stack import ROOT

STUDIO = ROOT.parent / "shared" / "data" / "products"
DEMO = ROOT / "data" / "demo" / "pictures"
NEIGHBOURS = 5
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Real:
    """Embeddings of real photos, float32 [n, d] of unit length: `base` to make products of, `queries` kept back."""

    base: np.ndarray
    queries: np.ndarray


@dataclass(frozen=True)
class Synthetic:
    """`vectors` float32 [n, d] of unit length; `noise` the length of the displacement in distances to the
    nearest neighbour;
    `real_distances` and `distances`: quantiles (`QUANTILES`) of the cosine distance to the nearest neighbour,
    in the real catalogue and in a synthetic one of the same size. `parents` int64 [n]: the real product each is
    made of."""

    vectors: np.ndarray
    parents: np.ndarray
    noise: float
    real_distances: list[float]
    distances: list[float]


def real(cache: Path) -> Real:
    """The demo catalogue's pictures and, where it is there, the studio photos', seen by the shipped eyes.

    A tenth of them (the one that is kept back from the training too) are the queries. Looking at thousands of
    photos takes minutes, so the result is kept in the folder `cache` under the eyes' version.
    """
    from vision import photo
    from vision.inference.loading import load_eyes
    from vision.inference.weights import version
    from vision.predictions import EMBEDDING_SIZE
    from vision.training.datasets import hash_split

    files = {path.stem: path for path in sorted(DEMO.glob("*.webp"))}
    if (STUDIO / "products.csv").is_file():
        with (STUDIO / "products.csv").open(encoding="utf-8-sig", newline="") as lines:
            files |= {row["id"]: STUDIO / "images" / f"{row['id']}.jpg" for row in csv.DictReader(lines)}
    kept = cache / f"embeddings-{version()}-{len(files)}.npz"
    if kept.is_file():
        stored = np.load(kept)
        names, vectors = stored["names"].tolist(), stored["vectors"]
    else:
        seer = load_eyes()
        names, vectors = list(files), np.empty((len(files), EMBEDDING_SIZE), np.float32)
        for number, name in enumerate(names):
            vectors[number] = seer.predict(
                photo.decode(files[name].read_bytes()).pixels, caption=False
            ).embedding
            if number % 1000 == 0:
                print(f"looking at photo {number} of {len(names)}", flush=True)
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(kept, names=np.array(names), vectors=vectors)
    back = np.array([hash_split(name) != "train" for name in names])
    return Real(vectors[~back], vectors[back])


def make(base: np.ndarray, count: int, seed: int = 0) -> Synthetic:
    """So many synthetic embeddings made of the real ones (float32 [n, d], unit length)."""
    neighbours, reach = _neighbours(base)
    wanted = nearest_distances(base)
    low, high = 0.0, 2.0
    for _ in range(8):  # the median distance rises with the noise: bisection
        noise = (low + high) / 2
        sample = _resample(base, neighbours, noise * reach, seed)
        if np.median(nearest_distances(sample)) < np.median(wanted):
            low = noise
        else:
            high = noise
    sample = _resample(base, neighbours, noise * reach, seed + 1)
    rng = np.random.default_rng(seed + 2)
    parents = rng.integers(0, len(base), count)
    return Synthetic(
        _draw(base, neighbours, noise * reach, parents, rng),
        parents,
        round(noise, 4),
        _quantiles(wanted),
        _quantiles(nearest_distances(sample)),
    )


def nearest_distances(vectors: np.ndarray, most: int = 2000) -> np.ndarray:
    """The cosine distance of (at most so many of) the vectors to their nearest neighbour among all, float32 [m]."""
    step = max(1, len(vectors) // most)
    likeness = vectors[::step] @ vectors.T
    rows = np.arange(len(likeness))
    likeness[rows, rows * step] = -1  # not itself
    return 1 - likeness.max(axis=1)


def _neighbours(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest neighbours of each, int64 [n, NEIGHBOURS], and the length of the way to the nearest, float32 [n]."""
    found = np.empty((len(vectors), NEIGHBOURS), np.int64)
    reach = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), 1000):
        likeness = vectors[start : start + 1000] @ vectors.T
        rows = np.arange(len(likeness))
        likeness[rows, rows + start] = -1
        found[start : start + 1000] = np.argpartition(-likeness, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        reach[start : start + 1000] = np.sqrt(2 * np.maximum(1 - likeness.max(axis=1), 0))
    return found, reach


def _resample(base: np.ndarray, neighbours: np.ndarray, noise: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return _draw(base, neighbours, noise, rng.integers(0, len(base), len(base)), rng)


def _draw(
    base: np.ndarray,
    neighbours: np.ndarray,
    noise: np.ndarray,
    parents: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    result = np.empty((len(parents), base.shape[1]), np.float32)
    for start in range(0, len(parents), 50_000):
        part, first = result[start : start + 50_000], parents[start : start + 50_000]
        second = neighbours[first, rng.integers(0, NEIGHBOURS, len(part))]
        share = rng.random((len(part), 1), dtype=np.float32)
        part[:] = base[first] * (1 - share) + base[second] * share
        scale = noise[first, None] / np.float32(base.shape[1] ** 0.5)
        part += rng.standard_normal(part.shape, dtype=np.float32) * scale
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return result


def _quantiles(values: np.ndarray) -> list[float]:
    return [round(float(value), 4) for value in np.quantile(values, QUANTILES)]
