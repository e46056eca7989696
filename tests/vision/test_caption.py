"""The shipped captioner: what it says of drawings agrees with the heads, in both languages, and soon enough."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.vision import drawings
from vision.inference.caption import Captioner, compose, facts, lexicon
from vision.inference.loading import load_captioner, load_eyes
from vision.predictions import Prediction
from vision.training import titles

WEIGHTS = Path(__file__).resolve().parents[2] / "vision/weights"
SHAPES = (drawings.t_shirt, drawings.trousers, drawings.dress, drawings.handbag)
COLOURS = ((200, 30, 40), (40, 90, 190), (25, 25, 25), (60, 150, 70), (240, 240, 235))


class Kept:
    """Keeps what the eyes hand to their captioner."""

    def describe(self, features: np.ndarray, prediction: Prediction) -> dict[str, str]:
        self.features, self.prediction = features.copy(), prediction
        return {}


@pytest.fixture(scope="module")
def captioner() -> Captioner:
    return load_captioner(WEIGHTS)


@pytest.fixture(scope="module")
def predictions(captioner: Captioner) -> list[tuple[np.ndarray, Prediction]]:
    kept = Kept()
    eyes = load_eyes(captioner=kept)
    pairs = []
    for draw in SHAPES:
        for colour in COLOURS:
            eyes.predict(draw(colour))
            pairs.append((kept.features, kept.prediction))
    return pairs


def test_captions_agree_with_the_heads(
    captioner: Captioner, predictions: list[tuple[np.ndarray, Prediction]]
) -> None:
    least = captioner.rules.least
    for features, prediction in predictions:
        said = captioner.describe(features, prediction)
        claimed = facts(said["en"], [prediction.brand])
        noun = titles.words_of(said["en"])[-1]
        assert claimed.kinds and lexicon.load()[noun].sort == "kind", said
        covers = lexicon.load()[noun].covers
        assert (
            sum(prediction.kind(kind) for kind in covers) >= least["kinds"] * prediction.kinds[0].probability
        ), said
        if claimed.colour:
            assert (
                prediction.colour(claimed.colour) >= least["colours"] * prediction.colours[0].probability
            ), said
        if claimed.gender:
            chances = {ranked.name: ranked.probability for ranked in prediction.genders}
            assert chances[claimed.gender] >= captioner.rules.sure_gender, said
        assert claimed.brand == prediction.brand


def test_chinese_says_the_same(
    captioner: Captioner, predictions: list[tuple[np.ndarray, Prediction]]
) -> None:
    words = lexicon.load()
    for features, prediction in predictions:
        said = captioner.describe(features, prediction)
        claimed = facts(said["en"], [prediction.brand])
        assert not re.search(r"[a-z]", said["zh"].replace(prediction.brand, "").replace("Polo", "")), said
        if claimed.colour:
            assert words[lexicon.token(claimed.colour)].zh in said["zh"], said
        for attribute in claimed.attributes:
            assert words[attribute].zh in said["zh"], said


def test_a_brand_is_said_when_the_eyes_are_sure(
    captioner: Captioner, predictions: list[tuple[np.ndarray, Prediction]]
) -> None:
    """A brand that the decoder never met is said as well: it learns the place, not the names."""
    features, prediction = predictions[0]
    said = captioner.describe(features, replace(prediction, brand="Küçük & Co."))
    assert said["en"].startswith("Küçük & Co. ") and said["zh"].startswith("Küçük & Co. ")
    assert "Küçük" not in captioner.describe(features, replace(prediction, brand=""))["en"]


def test_rules_that_allow_nothing_fall_back_to_the_heads(
    captioner: Captioner, predictions: list[tuple[np.ndarray, Prediction]]
) -> None:
    features, prediction = predictions[0]
    strict = load_captioner(WEIGHTS)
    strict.rules = replace(captioner.rules, least={**captioner.rules.least, "kinds": 2.0})
    assert strict.describe(features, prediction) == compose(prediction)


def test_captions_are_always_the_same(
    captioner: Captioner, predictions: list[tuple[np.ndarray, Prediction]]
) -> None:
    for features, prediction in predictions[:4]:
        assert captioner.describe(features, prediction) == captioner.describe(features, prediction)


def test_a_caption_costs_less_than_a_look(captioner: Captioner) -> None:
    eyes = load_eyes(captioner=captioner)
    picture = drawings.t_shirt((200, 30, 40))
    timings = [eyes.predict(picture).timings for _ in range(15)]
    network, caption = (float(np.median([each[part] for each in timings])) for part in ("network", "caption"))
    assert caption < network, (caption, network)
