"""Scores of captions against values computed by hand from the papers' formulae."""

from __future__ import annotations

import math

import pytest

from vision.training.caption.text_metrics import bleu4, cider, rouge_l


def words(*texts: str) -> list[list[str]]:
    return [text.split() for text in texts]


def test_bleu_clips_counts_and_multiplies_precisions() -> None:
    """ "the" may match once only: 5/6 words, 3/5 pairs, 2/4 triples, 1/3 fours; equal lengths, no penalty."""
    score = bleu4(words("the cat sat on the mat"), words("the cat sat on a mat"))
    assert score == pytest.approx((5 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25)


def test_bleu_punishes_short_captions() -> None:
    assert bleu4(words("the cat sat on"), words("the cat sat on the mat")) == pytest.approx(
        math.exp(1 - 6 / 4)
    )
    assert bleu4(words("a b c d e f g"), words("a b c d")) < 1  # a longer one pays by its precision


def test_bleu_counts_over_the_corpus() -> None:
    """Not the mean of sentence scores: a short caption without fours does not make the whole zero."""
    captions, references = (
        words("red shirt", "men blue cotton shirt"),
        words("red shirt", "men blue cotton shirt"),
    )
    assert bleu4(captions, references) == pytest.approx(1.0)
    assert bleu4(words("red shirt"), words("red shirt")) == 0


def test_rouge_l_by_hand() -> None:
    """Common subsequence a c d: precision 3/4, recall 3/5, beta 1.2."""
    score = rouge_l(words("a b c d"), words("a c d e f"))
    assert score == pytest.approx(2.44 * 0.75 * 0.6 / (0.6 + 1.44 * 0.75))
    assert rouge_l(words("a b", "x"), words("a b", "y")) == pytest.approx(0.5)


def test_cider_weighs_rare_words() -> None:
    """ "shirt" is in both references and weighs nothing; "red" weighs ln 2; three and four words have no n-grams."""
    references = words("red shirt", "blue shirt")
    assert cider(words("red shirt", "red shirt"), references) == pytest.approx((5 + 0) / 2)


def test_cider_d_clips_and_punishes_length() -> None:
    """ "red" twice counts once: 1/2 of words; pairs: one of two, 1/sqrt 2; a word too long: exp(-1/72)."""
    score = cider(words("red shirt red", "blue shirt"), words("red shirt", "blue shirt"))
    first = 10 * math.exp(-1 / 72) * (0.5 + 1 / math.sqrt(2)) / 4
    assert score == pytest.approx((first + 5) / 2)


def test_a_copy_is_best_and_nothing_shared_is_nothing() -> None:
    references = words("puma men navy blue casual shoes", "fossil women white analogue watch")
    assert cider(references, references) == pytest.approx(10)
    assert bleu4(references, references) == rouge_l(references, references) == pytest.approx(1)
    others = words("x y z u", "p q r s")
    assert cider(others, references) == bleu4(others, references) == rouge_l(others, references) == 0


def test_no_captions() -> None:
    assert rouge_l([], []) == cider([], []) == bleu4([], []) == 0
