"""The constrained search: whatever the decoder proposes, the heads are not contradicted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vision import taxonomy
from vision.inference.caption import Facts, compose, lexicon, tokens
from vision.inference.caption.beam import Caption, State, search
from vision.inference.caption.facts import claims
from vision.inference.caption.grammar import Grammar, Rules, Verdict
from vision.predictions import GENDERS, Prediction, Ranked

WORLD = taxonomy.load()
WORDS = [word for word in lexicon.load() if word != lexicon.BRAND]
VOCABULARY = [*tokens.STARTS, lexicon.BRAND, *WORDS, *(f"zh:{word}" for word in WORDS)]
GRAMMAR = Grammar(VOCABULARY)
WIDTH = 4


def ranked(names: list[str], rng: np.random.Generator, sharpness: float) -> list[Ranked]:
    chances = rng.dirichlet(np.full(len(names), 1 / sharpness))
    return [Ranked(names[index], float(chances[index])) for index in np.argsort(-chances)]


def prediction_of(seed: int, sharpness: float = 30.0, brand: str = "") -> Prediction:
    rng = np.random.default_rng(seed)
    return Prediction(
        kinds=ranked(list(WORLD.kinds), rng, sharpness),
        colours=ranked(list(WORLD.colours), rng, sharpness),
        genders=ranked(list(GENDERS), rng, sharpness),
        patterns=ranked(["plain", "striped", "checked", "printed"], rng, sharpness),
        caption={},
        embedding=np.zeros(0, np.float32),
        brand=brand,
    )


def decode(prediction: Prediction, seed: int, rules: Rules | None = None) -> list[list[list[str]]]:
    """Captions of both languages by a decoder that says random words, each its own state counted on."""
    rng = np.random.default_rng(seed)

    def step(token: np.ndarray, state: State) -> tuple[np.ndarray, State]:
        logits = rng.normal(0, 4.0, (2 * WIDTH, len(VOCABULARY)))
        return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), {"steps": state["steps"] + 1}

    verdict = Verdict(GRAMMAR, prediction, rules or Rules())
    found = search(step, {"steps": np.zeros(2 * WIDTH)}, GRAMMAR, verdict, WIDTH, tokens.LONGEST)
    return [[[VOCABULARY[token] for token in caption.tokens] for caption in half] for half in found]


def sorts(said: list[str]) -> list[str]:
    return [lexicon.load()[word.removeprefix("zh:")].sort for word in said]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.floats(2, 200), st.booleans())
def test_no_caption_contradicts_the_heads(seed: int, sharpness: float, branded: bool) -> None:
    prediction, rules = prediction_of(seed, sharpness, "Acme" if branded else ""), Rules(attribute=0.0)
    for language, captions in enumerate(decode(prediction, seed, rules)):
        assert captions
        for said in captions:
            assert len(said) <= tokens.LONGEST
            assert all(word.startswith("zh:") == bool(language) for word in said if word != lexicon.BRAND)
            kinds_of_words = sorts(said)
            assert kinds_of_words.count("kind") == 1 and kinds_of_words[-1] == "kind"
            assert all(kinds_of_words.count(one) <= 1 for one in ("colour", "gender", "brand"))
            assert ("brand" in kinds_of_words) == branded
            stated = claims(word.removeprefix("zh:") for word in said)
            word = lexicon.load()[said[-1].removeprefix("zh:")]
            covered = sum(prediction.kind(kind) for kind in word.covers)
            assert covered >= rules.least["kinds"] * prediction.kinds[0].probability
            if prediction.colours[0].probability >= rules.sure_colour:
                assert stated.colour
            if stated.colour:
                assert (
                    prediction.colour(stated.colour)
                    >= rules.least["colours"] * prediction.colours[0].probability
                )
            chances = {one.name: one.probability for one in prediction.genders}
            if stated.gender:
                assert chances[stated.gender] >= rules.sure_gender
            elif prediction.genders[0].probability >= rules.sure_gender and (
                prediction.kinds[0].name not in lexicon.WOMENS
                or prediction.genders[0].name not in ("men", "boys")
            ):
                assert "kids'" in said or "zh:kids'" in said
            patterns = {one.name: one.probability for one in prediction.patterns}
            claimed = {
                lexicon.load()[each].names[0]
                for each in stated.attributes
                if lexicon.load()[each].head == "patterns"
            }
            assert len(claimed) <= 1  # not striped and checked at once
            assert all(patterns[name] >= rules.least["patterns"] * max(patterns.values()) for name in claimed)


def test_captions_come_best_first_and_none_twice() -> None:
    english, chinese = decode(prediction_of(3), 3)
    assert english and chinese
    assert len({tuple(said) for said in english}) == len(english)


def test_a_further_word_needs_its_probability() -> None:
    """The rules of tuning: 2 silences a word for good, and a high bar leaves only what the heads vouch for."""
    prediction = prediction_of(5)
    silent = Rules(attribute=0.0, attributes=dict.fromkeys(lexicon.load(), 2.0))
    for captions in decode(prediction, 5, silent):
        assert captions and not any("attribute" in sorts(said) for said in captions)
    assert any("attribute" in sorts(said) for said in decode(prediction, 5, Rules(attribute=0.0))[0])


def test_heads_outweigh_an_undecided_decoder() -> None:
    """With a decoder that likes every word alike, the likeliest answers of the heads are said."""
    prediction = prediction_of(11, 100.0)

    def step(token: np.ndarray, state: State) -> tuple[np.ndarray, State]:
        return np.full((2 * WIDTH, len(VOCABULARY)), -np.log(len(VOCABULARY))), state

    verdict = Verdict(GRAMMAR, prediction, Rules())
    english, chinese = search(step, {}, GRAMMAR, verdict, WIDTH, tokens.LONGEST)
    for captions in (english, chinese):
        best: Caption = captions[0]
        stated: Facts = claims(VOCABULARY[token].removeprefix("zh:") for token in best.tokens)
        assert (
            prediction.kinds[0].name in lexicon.load()[VOCABULARY[best.tokens[-1]].removeprefix("zh:")].covers
        )
        assert stated.colour == prediction.colours[0].name
        assert best.score == max(caption.score for caption in captions)


def test_kinds_that_a_look_rules_out_are_not_said() -> None:
    """What is worn on the feet is no shirt: such a look lists only the kinds that it may be."""
    prediction = prediction_of(7)
    shoes = [Ranked("sandals", 0.6), Ranked("flats", 0.4)]
    for captions in decode(replace(prediction, kinds=shoes), 7):
        assert captions and all(
            set(claims([said[-1].removeprefix("zh:")]).kinds) & {"sandals", "flats"} for said in captions
        )


def test_nobody_is_called_a_man_for_a_dress() -> None:
    """The gender head guesses at customers' photos; on a dress, "men's" is the guess to doubt."""
    prediction = replace(
        prediction_of(9), kinds=[Ranked("dress", 1.0)], genders=[Ranked("men", 0.9), Ranked("women", 0.1)]
    )
    for captions in decode(prediction, 9):
        assert captions and not any("men's" in word for said in captions for word in said)


def test_composed_phrases_say_what_is_sure() -> None:
    prediction = Prediction(
        kinds=[Ranked("top", 0.9)],
        colours=[Ranked("Navy Blue", 0.8)],
        genders=[Ranked("women", 0.9)],
        patterns=[Ranked("striped", 0.9)],
        caption={},
        embedding=np.zeros(0, np.float32),
        brand="Acme",
    )
    assert compose(prediction) == {
        "en": "Acme women's navy blue striped top",
        "zh": "Acme 女士藏青色条纹上衣",
    }
    unsure = Prediction(
        [Ranked("dress", 0.4)], [Ranked("Red", 0.5)], {}, np.zeros(0), genders=[Ranked("men", 0.7)]
    )
    assert compose(unsure) == {"en": "red dress", "zh": "红色连衣裙"}
