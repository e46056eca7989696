"""Likeness, precision of rankings, and the simple descriptions that search is compared with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.vision import drawings
from tests.vision.test_evaluate_scores import product
from vision.evaluation import baselines, corruptions
from vision.evaluation.retrieval import precision
from vision.inference.similarity import Descriptors, SimilarityWeights, ranking, similarity


def descriptors(*rows: tuple[float, float, float]) -> Descriptors:
    """Looks with an angle as embedding, the probability of the first of two kinds, and of two colours."""
    angles, kinds, colours = np.array(rows, np.float32).T
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return Descriptors(
        vectors, np.stack([kinds, 1 - kinds], axis=1), np.stack([colours, 1 - colours], axis=1)
    )


QUERY = descriptors((0.0, 0.95, 0.95))
GALLERY = descriptors((0.1, 0.9, 0.05), (0.3, 0.9, 0.9), (0.2, 0.05, 0.9))


def test_the_cosine_alone() -> None:
    only = SimilarityWeights(kind=0.0, colour=0.0)
    assert similarity(QUERY, GALLERY, only)[0] == pytest.approx(np.cos([0.1, 0.3, 0.2]), abs=1e-6)
    assert ranking(QUERY, GALLERY, only).tolist() == [0, 2, 1]


def test_kind_and_colour_count_too() -> None:
    """The farthest picture has the query's kind and colour; a floor keeps what is unlikely comparable."""
    assert ranking(QUERY, GALLERY, SimilarityWeights(kind=0.3, colour=0.3)).tolist()[0] == 1
    score = similarity(QUERY, GALLERY, SimilarityWeights(embedding=0.0, kind=1.0, colour=0.0, floor=0.02))[0]
    assert score[2] == pytest.approx(np.log(0.95 * 0.05 + 0.05 * 0.95 + 0.02), abs=1e-5)


def test_the_first_few_are_the_first_of_all() -> None:
    rng = np.random.default_rng(3)
    gallery = descriptors(*[tuple(row) for row in rng.random((200, 3))])
    assert ranking(QUERY, gallery, top=9).tolist() == ranking(QUERY, gallery).tolist()[:9]


def test_precision_by_hand() -> None:
    gallery = [product(n, article=a, colour=c) for n, (a, c) in enumerate(
        [("Tshirts", "Red"), ("Tshirts", "Blue"), ("Jeans", "Red"), ("Jeans", "Blue"), ("Tshirts", "Red"), ("Jeans", "Red")]
    )]  # fmt: skip
    queries = [product(9, article="Tshirts", colour="Red"), product(8, article="Saris", colour="Red")]
    found = precision(queries, gallery, lambda query: -np.arange(6.0))
    assert found["p1_kind"] == 0.5 and found["p5_kind"] == pytest.approx(0.6 / 2)
    assert found["p5_kind_colour"] == pytest.approx(0.4 / 2)
    assert found["map_kind"] == pytest.approx(
        (1 + 1 + 3 / 5) / 3, abs=1e-4
    )  # without the query that has no match


def test_an_item_does_not_find_itself() -> None:
    gallery = [product(n, article=article) for n, article in enumerate(("Tshirts", "Jeans", "Jeans"))]
    found = precision([gallery[0]], gallery, lambda query: np.array([3.0, 2.0, 1.0]))
    assert found["p1_kind"] == 0


def test_simple_descriptions_know_what_they_should() -> None:
    red, blue = drawings.t_shirt((200, 30, 40)), drawings.t_shirt((40, 60, 200))
    red_trousers = drawings.trousers((200, 30, 40))
    colour = [baselines.colour_histogram(picture) for picture in (red, blue, red_trousers)]
    assert colour[0] @ colour[2] > colour[0] @ colour[1]
    shade = drawings.t_shirt((170, 50, 60))
    shape = [baselines.raw_pixels(picture) for picture in (red, shade, red_trousers)]
    assert shape[0] @ shape[1] > shape[0] @ shape[2]
    assert all(np.linalg.norm(each) == pytest.approx(1, abs=1e-5) for each in (*colour, *shape))


def test_corruptions_do_what_they_say() -> None:
    photo = np.random.default_rng(1).integers(60, 200, (256, 320, 3)).astype(np.uint8)
    before = photo.copy()
    clean = corruptions.clean(photo, np.random.default_rng(0))
    assert min(clean.shape[:2]) == corruptions.SIDE
    changed = {
        name: change(photo, np.random.default_rng(0)) for name, change in corruptions.CORRUPTIONS.items()
    }
    assert all(each.dtype == np.uint8 and each.shape[2] == 3 for each in changed.values())
    assert np.array_equal(photo, before)
    assert changed["dim"].mean() == pytest.approx(0.4 * clean.mean(), abs=1)
    assert changed["blur"].std() < 0.5 * clean.std()
    height, width = changed["crop30"].shape[:2]
    assert height * width == pytest.approx(0.7 * clean.shape[0] * clean.shape[1], rel=0.02)
    assert changed["rotation15"].shape == clean.shape and not np.array_equal(changed["rotation15"], clean)
    assert changed["jpeg20"].shape == clean.shape and not np.array_equal(changed["jpeg20"], clean)
    again = corruptions.crop(photo, np.random.default_rng(0))
    assert np.array_equal(again, changed["crop30"])


def test_paths_decide_what_is_the_same_item(tmp_path: Path) -> None:
    gallery = [product(1, article="Jeans")]
    queries = [product(1, article="Jeans")]
    assert precision(queries, gallery, lambda query: np.ones(1))["p1_kind"] == 0
