"""Captions as text: tokens rendered in a language, and the phrase that the heads alone make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vision import taxonomy
from vision.inference.caption import lexicon
from vision.inference.caption.lexicon import BRAND, GENDER_WORDS, WOMENS
from vision.inference.caption.tokens import LANGUAGES, chinese
from vision.predictions import Prediction, Ranked

SURE = 0.6  # below this probability a gender, a pattern is not said
_PATTERNS = {"plain": "solid", "striped": "striped", "checked": "checked", "printed": "printed"}
_SPELLED = {
    "t-shirt": "T-shirt",
    "polo_t-shirt": "polo T-shirt",
    "v-neck": "V-neck",
    "multi": "multicoloured",
}


def render(said: Sequence[str], language: str, brand: str = "") -> str:
    """Tokens as a phrase: men's, navy_blue, t-shirt → "men's navy blue T-shirt" or "男士藏青色T恤"."""
    words = lexicon.load()
    if language != "zh":
        spoken = (brand if token == BRAND else _SPELLED.get(token, token.replace("_", " ")) for token in said)
        return " ".join(filter(None, spoken))
    ordered = chinese(said)
    name = f"{brand} " if brand and ordered[0] == BRAND else ""
    return name + "".join(words[token].zh for token in ordered if token != BRAND)


def compose(prediction: Prediction) -> dict[str, str]:
    """The phrase from the heads alone, in each language."""
    said = plain(prediction)
    return {language: render(said, language, prediction.brand) for language in LANGUAGES}


class ComposedCaptions:
    """Writes captions without a decoder, for weights that have none."""

    def describe(self, features: np.ndarray, prediction: Prediction) -> dict[str, str]:
        return compose(prediction)


def plain(prediction: Prediction) -> list[str]:
    """The tokens that the heads alone make: brand, for whom, colour, pattern and kind, each if sure."""
    kind = taxonomy.load().kinds[prediction.kinds[0].name]
    said = [BRAND] if prediction.brand else []
    gender = _sure(prediction.genders)
    if gender in GENDER_WORDS and not (gender in ("men", "boys") and kind.id in WOMENS):
        said.append(GENDER_WORDS[gender][0])
    if prediction.colours:
        said.append(lexicon.token(prediction.colours[0].name))
    pattern = _sure(prediction.patterns)
    if pattern in _PATTERNS and pattern != "plain" and kind.department == "clothing":
        said.append(_PATTERNS[pattern])
    return [*said, lexicon.token(kind.names["en"])]


def _sure(ranking: Sequence[Ranked]) -> str:
    return ranking[0].name if ranking and ranking[0].probability >= SURE else ""
