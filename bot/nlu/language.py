"""Which language a message is in, told by its script."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.text import HAN

_HAN = re.compile(f"[{HAN}]")
# Kana and Hangul: a text with them is no Chinese, although it may have Han characters.
_OTHER_ASIAN = re.compile("[\u3040-\u30ff\u31f0-\u31ff\uac00-\ud7af]")
_NO_WORDS = re.compile(
    r"https?://\S+|www\.\S+|(?<![^\s@])[^\s@]+@[^\s@]+\.\w+|#?\b[a-z]*-?\d[\w-]*", re.IGNORECASE
)
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?", re.IGNORECASE)
# Words that people write in either language, and so say nothing about it: sizes, units, interjections.
_SHARED_WORDS = (
    "ok okay oks kk xs xl xxl xxxl cm kg mm ml eu uk us usd rmb cny eur gbp vip pm am id no lol"
    " haha hahaha hh emm emmm um hmm pos app ord sku polo"
)
_SHARED = frozenset(_SHARED_WORDS.split())


def detect(text: str) -> str | None:
    """ "en", "zh", or None where it cannot be told ("M", "A1029", "👍")."""
    if _OTHER_ASIAN.search(text):
        return None
    if _HAN.search(text):
        return "zh"
    words = _LATIN.findall(_NO_WORDS.sub(" ", text))
    if any(len(word) > 1 and word.lower() not in _SHARED for word in words):
        return "en"
    return None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageDetector(GraphComponent, EntityExtractorMixin):
    """Adds the entity `language` over the whole message, where the language can be told."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageDetector:
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            language = detect(text)
            if language:
                found = [{"entity": "language", "value": language, "start": 0, "end": len(text)}]
                found = self.add_extractor_name(found)
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data
