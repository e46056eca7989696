"""Features of a sentence and the regression over them."""

import numpy as np
import pytest
from rasa.nlu.tokenizers.tokenizer import Token
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from bot.nlu import regression
from bot.nlu.encoder import SIZE, encode
from bot.nlu.entities.lexicon import build
from bot.nlu.entities.reader import Reader
from bot.nlu.ngrams import Vocabulary, character_grams, shape, word_grams
from bot.nlu.tokenizer import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("compare 1 and 3", "compare <ordinal> and <ordinal>"),
        ("not black under $60", "not ¬<colour> <price_max>"),
        ("红色连衣裙", "<colour> <category>"),
    ],
)
def test_shape_of_a_sentence(text: str, expected: str) -> None:
    tokens = [Token(word, offset) for word, offset in words(text)]
    assert " ".join(shape(tokens, Reader(build()).read(text))) == expected


def test_grams() -> None:
    assert list(word_grams(["size", "42"], 2)) == ["size", "0", "size 0"]
    assert list(character_grams("ab", 2, 3)) == [" a", "ab", "b ", " ab", "ab "]


def test_weights_have_unit_length_and_skip_what_is_unknown() -> None:
    vocabulary = Vocabulary.fit([["a", "b"], ["a"], ["c"]], fewest=1)
    weights = vocabulary.weigh(["a", "b", "b", "new"])
    assert sum(weight**2 for weight in weights.values()) == pytest.approx(1)
    assert vocabulary.weigh([]) == {}


def test_encoder_ignores_case_and_script_variants() -> None:
    vectors = encode(["請問有紅色嗎", "请问有红色吗", "WHERE is it", "where is it", ""])
    assert vectors.shape == (5, SIZE)
    assert np.allclose(vectors[0], vectors[1])
    assert np.allclose(vectors[2], vectors[3])
    assert not vectors[4].any()
    assert vectors[0] @ vectors[0] == pytest.approx(1, abs=1e-3)


def test_regression_finds_the_optimum_of_scikit_learn() -> None:
    random = np.random.default_rng(3)
    dense = random.normal(size=(90, 5)).astype(np.float32)
    sparse = csr_matrix((random.random((90, 7)) < 0.3).astype(np.float32))
    labels = np.arange(90) % 3
    dense[:, 0] += labels
    weights, sparse_weights, bias = regression.fit(dense, sparse, labels, C=2.0, max_iter=500)
    reference = LogisticRegression(C=2.0, max_iter=500).fit(hstack([csr_matrix(dense), sparse]), labels)
    assert np.allclose(np.vstack([weights, sparse_weights]).T, reference.coef_, atol=0.02)
    assert np.allclose(bias - bias.mean(), reference.intercept_ - reference.intercept_.mean(), atol=0.02)
