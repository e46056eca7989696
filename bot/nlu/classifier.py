"""The intent classifier: logistic regression over dense and sparse sentence features."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, vstack

from bot.nlu import regression

logger = logging.getLogger(__name__)
_FILE = "classifier.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceClassifier(IntentClassifier, GraphComponent):
    """Logistic regression with a weight for each kind of feature and a temperature for the confidence.

    Rasa's own LogisticRegressionClassifier fixes C at 1 and the class weight at "balanced"; over unit-length
    features that pulls much too strongly to the middle: all confidences are low, no threshold separates.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "C": 10.0,  # inverse strength of the pull to zero
            "dense_weight": 1.0,
            "sparse_weight": 1.0,
            "temperature": 1.0,  # scores are divided by it: < 1 is surer, > 1 less sure
            "max_iter": 100,
            "ranking_length": 10,
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._intents: list[str] = []
        self._dense = np.zeros((0, 0), dtype=np.float32)
        self._sparse = np.zeros((0, 0), dtype=np.float32)
        self._bias = np.zeros(0, dtype=np.float32)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """All settings are numbers with defaults."""

    def _features(self, message: Message) -> tuple[csr_matrix | None, np.ndarray | None]:
        """Sentence features (sparse [1, n], dense [1, m]), weighted; None where there are none."""
        _, sparse = message.get_sparse_features(TEXT)
        _, dense = message.get_dense_features(TEXT)
        return (
            None
            if sparse is None
            else csr_matrix(sparse.features, dtype=np.float32) * self._config["sparse_weight"],
            None if dense is None else np.asarray(dense.features, np.float32) * self._config["dense_weight"],
        )

    def train(self, training_data: TrainingData) -> Resource:
        examples = [e for e in training_data.intent_examples if e.get(INTENT) and e.get(TEXT)]
        labels = [example.get(INTENT) for example in examples]
        if len(set(labels)) < 2:
            logger.warning(
                "The intent classifier needs examples of at least two intents; it is left untrained."
            )
            return self._resource
        pairs = [self._features(example) for example in examples]
        rows = len(pairs)
        dense = (
            np.vstack([d for _, d in pairs if d is not None])
            if pairs[0][1] is not None
            else np.zeros((rows, 0), np.float32)
        )
        sparse = (
            vstack([s for s, _ in pairs if s is not None]).tocsr()
            if pairs[0][0] is not None
            else csr_matrix((rows, 0), dtype=np.float32)
        )
        self._intents = sorted(set(labels))
        numbers = np.searchsorted(self._intents, labels)
        weights, self._sparse, self._bias = regression.fit(
            dense, sparse, numbers, C=self._config["C"], max_iter=self._config["max_iter"]
        )
        self._dense = weights.T.copy()
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(
                folder / _FILE,
                intents=np.array(self._intents),
                dense=self._dense,
                sparse=self._sparse.astype(np.float16),
                bias=self._bias,
            )
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceClassifier:
        component = cls.create(config, model_storage, resource, execution_context)
        try:
            with model_storage.read_from(resource) as folder, np.load(folder / _FILE) as state:
                component._intents = [str(intent) for intent in state["intents"]]
                component._dense, component._bias = state["dense"], state["bias"]
                component._sparse = state["sparse"].astype(np.float32)
        except (ValueError, FileNotFoundError):
            logger.warning("The intent classifier was never trained; it will recognise nothing.")
        return component

    def _probabilities(self, message: Message) -> np.ndarray:
        sparse, dense = self._features(message)
        scores = self._bias.copy()
        # Sums, not matrix products: so small a product gains nothing from BLAS, which would wake its threads.
        if dense is not None and self._dense.size:
            scores += (self._dense * dense[0]).sum(axis=1)
        if sparse is not None and self._sparse.size:
            scores += (self._sparse[sparse.indices] * sparse.data[:, None]).sum(axis=0)
        scores = (scores - scores.max()) / self._config["temperature"]
        powers = np.exp(scores)
        probabilities: np.ndarray = powers / powers.sum()
        return probabilities

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking: list[dict[str, Any]] = []
            if self._intents and (message.get(TEXT) or "").strip():
                probabilities = self._probabilities(message)
                best = np.argsort(-probabilities)[: self._config["ranking_length"]]
                ranking = [
                    {INTENT_NAME_KEY: self._intents[i], PREDICTED_CONFIDENCE_KEY: float(probabilities[i])}
                    for i in best
                ]
            top = ranking[0] if ranking else {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}
            message.set(INTENT, top, add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages
