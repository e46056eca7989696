"""Words of English, Chinese and mixed messages: spaCy's English rules, jieba for Chinese characters."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.text import HAN, plain

_RUN = re.compile(f"[{HAN}]+|[^{HAN}]+")
# spaCy peels marks off a stretch one by one, each time reading all the rest: what has no end is cut.
_ENDLESS = re.compile(r"\S{100}")
_PIECE = re.compile(r"\S{1,100}|\s+")


@lru_cache(maxsize=1)
def english():  # type: ignore[no-untyped-def]
    """spaCy's blank English pipeline, one for the process."""
    import spacy

    return spacy.blank("en")


@lru_cache(maxsize=1)
def jieba_segmenter():  # type: ignore[no-untyped-def]
    """jieba's segmenter, one for the process, its dictionary loaded."""
    import jieba

    jieba.setLogLevel(logging.ERROR)
    segmenter = jieba.Tokenizer()
    segmenter.initialize()
    return segmenter


def words(text: str) -> list[tuple[str, int]]:
    """The words of a text with the offset of each; blanks are no words."""
    found: list[tuple[str, int]] = []
    for run in _RUN.finditer(text):
        if "\u3400" <= run.group()[0] <= "\u9fff":
            offset = run.start()
            for word in jieba_segmenter().cut(run.group(), HMM=False):
                found.append((word, offset))
                offset += len(word)
        else:
            pieces = _PIECE.finditer(run.group()) if _ENDLESS.search(run.group()) else (run,)
            found.extend(
                (token.text, (0 if piece is run else run.start()) + piece.start() + token.idx)
                for piece in pieces
                for token in english().tokenizer(piece.group())
                if not token.is_space
            )
    return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class MixedTokenizer(Tokenizer):
    """Tokens of the plain form of the text (see `text.plain`), at the offsets of the text itself."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = plain(message.get(attribute) or "")
        return self._apply_token_pattern([Token(word, offset) for word, offset in words(text)])
