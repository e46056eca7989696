"""The memory of products: who votes, how much, and when it keeps quiet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vision.inference import training_neighbours
from vision.inference.training_neighbours import TrainingNeighbours, save
from vision.inference.weights import WEIGHTS

CHANNELS = 300
NAMES = 3


@pytest.fixture
def shelf(tmp_path: Path) -> tuple[TrainingNeighbours, np.ndarray]:
    """Three heaps of 200 products, heap i named i (the last product of each unknown); and their features."""
    rng = np.random.default_rng(1)
    centres = rng.normal(size=(NAMES, CHANNELS))
    pooled = np.concatenate([centre + 0.1 * rng.normal(size=(200, CHANNELS)) for centre in centres])
    gender = np.repeat(np.eye(NAMES), 200, axis=0)
    gender[199::200] = 0
    save(tmp_path, pooled.astype(np.float32), {"gender": gender, "usage": gender[:, ::-1]})
    return TrainingNeighbours.load(tmp_path), pooled


HEAD = np.array([0.2, 0.7, 0.1])


@pytest.mark.parametrize("heap", range(NAMES))
def test_the_nearest_products_vote(shelf: tuple[TrainingNeighbours, np.ndarray], heap: int) -> None:
    remembered, pooled = shelf
    told, familiar = remembered.join(pooled[200 * heap + 7], {"gender": HEAD, "usage": HEAD, "kind": HEAD})
    assert familiar == 1
    share = training_neighbours.SHARES["gender"]
    assert told["gender"] == pytest.approx(share * np.eye(NAMES)[heap] + (1 - share) * HEAD)
    assert told["usage"].argmax() == NAMES - 1 - heap
    assert told["kind"] is HEAD  # a head that does not gain answers alone


def test_a_head_that_the_weights_lack_is_not_made_up(shelf: tuple[TrainingNeighbours, np.ndarray]) -> None:
    remembered, pooled = shelf
    assert set(remembered.join(pooled[0], {"kind": HEAD})[0]) == {"kind"}


def test_what_is_like_no_product_is_left_to_the_head(shelf: tuple[TrainingNeighbours, np.ndarray]) -> None:
    remembered, _ = shelf
    strange = np.random.default_rng(9).normal(size=CHANNELS) * 5
    told, familiar = remembered.join(strange, {"gender": HEAD})
    assert told["gender"] == pytest.approx(HEAD) and familiar == 0


def test_the_nearer_counts_more(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    pooled = rng.normal(size=(300, CHANNELS)).astype(np.float32)
    pooled[1 : training_neighbours.NEIGHBOURS] = pooled[0] + 0.75 * rng.normal(
        size=(training_neighbours.NEIGHBOURS - 1, CHANNELS)
    )
    gender = np.tile([0.0, 1.0, 0.0], (300, 1))
    gender[0] = 1, 0, 0
    save(tmp_path, pooled, {"gender": gender, "usage": gender})
    told, _ = TrainingNeighbours.load(tmp_path).join(pooled[0], {"gender": HEAD})
    assert (
        told["gender"][0] > training_neighbours.SHARES["gender"] * 0.9
    )  # nine a little less alike do not outvote the same product


def test_the_shipped_memory_is_that_of_the_shipped_heads() -> None:
    with np.load(WEIGHTS / training_neighbours.FILE) as stored:
        count = len(stored["vectors"])
        assert count > 5000 and all(len(stored[head]) == count for head in training_neighbours.SHARES)
        assert stored["gender"].max() < 5 and stored["usage"].max() < 6


def test_missing_or_broken(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        TrainingNeighbours.load(tmp_path)
    for broken in (b"not an archive", (WEIGHTS / training_neighbours.FILE).read_bytes()[:10_000]):
        (tmp_path / training_neighbours.FILE).write_bytes(broken)
        with pytest.raises(ValueError):
            TrainingNeighbours.load(tmp_path)
