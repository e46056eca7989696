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
from vision.predictions import Look
from vision.training import titles

WEIGHTS = Path(__file__).resolve().parents[2] / "vision/weights"
SHAPES = (drawings.t_shirt, drawings.trousers, drawings.dress, drawings.handbag)
COLOURS = ((200, 30, 40), (40, 90, 190), (25, 25, 25), (60, 150, 70), (240, 240, 235))


class Kept:
    """Keeps what the eyes hand to their captioner."""

    def describe(self, features: np.ndarray, look: Look) -> dict[str, str]:
        self.features, self.look = features.copy(), look
        return {}


@pytest.fixture(scope="module")
def captioner() -> Captioner:
    return load_captioner(WEIGHTS)


@pytest.fixture(scope="module")
def looks(captioner: Captioner) -> list[tuple[np.ndarray, Look]]:
    kept = Kept()
    eyes = load_eyes(captioner=kept)
    pairs = []
    for draw in SHAPES:
        for colour in COLOURS:
            eyes.look(draw(colour))
            pairs.append((kept.features, kept.look))
    return pairs


def test_captions_agree_with_the_heads(captioner: Captioner, looks: list[tuple[np.ndarray, Look]]) -> None:
    least = captioner.rules.least
    for features, look in looks:
        said = captioner.describe(features, look)
        claimed = facts(said["en"], [look.brand])
        noun = titles.words_of(said["en"])[-1]
        assert claimed.kinds and lexicon.load()[noun].sort == "kind", said
        covers = lexicon.load()[noun].covers
        assert sum(look.kind(kind) for kind in covers) >= least["kinds"] * look.kinds[0].probability, said
        if claimed.colour:
            assert look.colour(claimed.colour) >= least["colours"] * look.colours[0].probability, said
        if claimed.gender:
            chances = {ranked.name: ranked.probability for ranked in look.genders}
            assert chances[claimed.gender] >= captioner.rules.sure_gender, said
        assert claimed.brand == look.brand


def test_chinese_says_the_same(captioner: Captioner, looks: list[tuple[np.ndarray, Look]]) -> None:
    words = lexicon.load()
    for features, look in looks:
        said = captioner.describe(features, look)
        claimed = facts(said["en"], [look.brand])
        assert not re.search(r"[a-z]", said["zh"].replace(look.brand, "").replace("Polo", "")), said
        if claimed.colour:
            assert words[lexicon.token(claimed.colour)].zh in said["zh"], said
        for attribute in claimed.attributes:
            assert words[attribute].zh in said["zh"], said


def test_a_brand_is_said_when_the_eyes_are_sure(
    captioner: Captioner, looks: list[tuple[np.ndarray, Look]]
) -> None:
    """A brand that the decoder never met is said as well: it learns the place, not the names."""
    features, look = looks[0]
    said = captioner.describe(features, replace(look, brand="Küçük & Co."))
    assert said["en"].startswith("Küçük & Co. ") and said["zh"].startswith("Küçük & Co. ")
    assert "Küçük" not in captioner.describe(features, replace(look, brand=""))["en"]


def test_rules_that_allow_nothing_fall_back_to_the_heads(
    captioner: Captioner, looks: list[tuple[np.ndarray, Look]]
) -> None:
    features, look = looks[0]
    strict = load_captioner(WEIGHTS)
    strict.rules = replace(captioner.rules, least={**captioner.rules.least, "kinds": 2.0})
    assert strict.describe(features, look) == compose(look)


def test_captions_are_always_the_same(captioner: Captioner, looks: list[tuple[np.ndarray, Look]]) -> None:
    for features, look in looks[:4]:
        assert captioner.describe(features, look) == captioner.describe(features, look)


def test_a_caption_costs_less_than_a_look(captioner: Captioner) -> None:
    eyes = load_eyes(captioner=captioner)
    picture = drawings.t_shirt((200, 30, 40))
    timings = [eyes.look(picture).timings for _ in range(15)]
    network, caption = (float(np.median([each[part] for each in timings])) for part in ("network", "caption"))
    assert caption < network, (caption, network)
