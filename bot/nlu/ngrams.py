"""Sparse features of a sentence: tf-idf over its words, its characters and its shape.

The shape is the sentence with each entity replaced by its kind: "compare 1 and 3" and "compare #2 and the
last one" both are "compare <ordinal> and <ordinal>", so what is learned from one price holds for all.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from bot.nlu.entities import Span, shared
from bot.nlu.text import plain

_FILE = "ngrams.json"
_KINDS = ("words", "characters", "shapes")


def word_grams(tokens: list[str], longest: int) -> Iterable[str]:
    """Words and runs of up to `longest` words; digits are one word, so that 42 and 43 are the same."""
    words = ["0" if token.isdigit() else token for token in tokens]
    for size in range(1, longest + 1):
        for start in range(len(words) - size + 1):
            yield " ".join(words[start : start + size])


def character_grams(text: str, shortest: int, longest: int) -> Iterable[str]:
    """Character n-grams within blanks; each piece has a blank added on both sides, so they know its ends."""
    for piece in text.split():
        padded = f" {piece} "
        for size in range(shortest, longest + 1):
            if size >= len(padded):
                yield padded
                break
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size]


def shape(tokens: list[Token], spans: list[Span]) -> list[str]:
    """The words of a sentence, those of an entity replaced by its kind; "¬" marks what is not wanted."""
    words: list[str] = []
    seen: set[tuple[str, int]] = set()
    for token in tokens:
        inside = [span for span in spans if span.start < token.end and token.start < span.end]
        for span in inside:
            kind = f"{'¬' if span.excluded else ''}<{span.entity}>"
            if (kind, span.start) not in seen:
                seen.add((kind, span.start))
                words.append(kind)
        if not inside:
            words.append(token.text)
    return words


class Vocabulary:
    """Indices and inverse document frequencies of the n-grams of one kind."""

    def __init__(self, index: dict[str, int], idf: list[float]) -> None:
        self.index = index
        self.idf = idf

    @classmethod
    def fit(cls, documents: list[list[str]], fewest: int) -> Vocabulary:
        """Keep the n-grams that occur in at least `fewest` documents."""
        count = Counter(gram for document in documents for gram in set(document))
        kept = sorted(gram for gram, times in count.items() if times >= fewest)
        total = len(documents) + 1
        return cls(
            {gram: i for i, gram in enumerate(kept)}, [math.log(total / (count[g] + 1)) + 1 for g in kept]
        )

    def weigh(self, grams: Iterable[str]) -> dict[int, float]:
        """Sublinear tf-idf weights by index, scaled to unit length."""
        counts = Counter(self.index[gram] for gram in grams if gram in self.index)
        weights = {i: (1 + math.log(times)) * self.idf[i] for i, times in counts.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {i: weight / length for i, weight in weights.items()}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NgramFeaturizer(SparseFeaturizer, GraphComponent):
    """One sparse sentence feature: n-grams of words, characters and shape, each scaled to unit length."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            **SparseFeaturizer.get_default_config(),
            "words": 2,  # longest run of words
            "characters": [2, 5],  # shortest and longest character n-gram
            "shapes": 3,  # longest run of words and kinds of entities; 0 leaves shapes out
            "fewest_words": 1,  # rarer ones are left out
            "fewest_characters": 2,
            "fewest_shapes": 2,
        }

    def __init__(
        self, config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource
    ) -> None:
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._vocabularies = {kind: Vocabulary({}, []) for kind in _KINDS}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NgramFeaturizer:
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Every number has a default; a wrong one shows at once in training."""

    def _grams(self, message: Message) -> dict[str, list[str]]:
        text = message.get(TEXT) or ""
        tokens: list[Token] = message.get(TOKENS_NAMES[TEXT]) or []
        longest = self._config["shapes"]
        return {
            "words": list(word_grams([token.text for token in tokens], self._config["words"])),
            "characters": list(character_grams(plain(text), *self._config["characters"])),
            "shapes": list(word_grams(shape(tokens, shared().read(text)), longest)) if longest else [],
        }

    def train(self, training_data: TrainingData) -> Resource:
        examples = [e for e in training_data.training_examples if e.get(INTENT) and e.get(TEXT)]
        found = [self._grams(example) for example in examples]
        self._vocabularies = {
            kind: Vocabulary.fit([grams[kind] for grams in found], self._config[f"fewest_{kind}"])
            for kind in _KINDS
        }
        with self._model_storage.write_to(self._resource) as folder:
            state = {kind: {"grams": list(v.index), "idf": v.idf} for kind, v in self._vocabularies.items()}
            (folder / _FILE).write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NgramFeaturizer:
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            state = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        component._vocabularies = {
            kind: Vocabulary({gram: i for i, gram in enumerate(state[kind]["grams"])}, state[kind]["idf"])
            for kind in _KINDS
        }
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        size = sum(len(vocabulary.index) for vocabulary in self._vocabularies.values())
        for message in messages:
            weights: dict[int, float] = {}
            first = 0
            for kind, grams in self._grams(message).items():
                vocabulary = self._vocabularies[kind]
                weights.update({first + i: weight for i, weight in vocabulary.weigh(grams).items()})
                first += len(vocabulary.index)
            columns = np.fromiter(weights, dtype=np.int32, count=len(weights))
            values = np.fromiter(weights.values(), dtype=np.float32, count=len(weights))
            row = csr_matrix((values, (np.zeros_like(columns), columns)), shape=(1, size))
            message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data
