"""How a customer feels, by the words of what he writes. A word list, no model: quick and easy to explain."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import yaml

Mood = Literal["calm", "unhappy", "angry"]
MOODS: tuple[Mood, ...] = ("calm", "unhappy", "angry")  # in order

_FILE = Path(__file__).with_name("mood.yml")
_MUCH_TROUBLE = 3  # so many unhappy phrases in one message are anger
_REPEATED = re.compile(r"([a-z])\1{2,}")
_EMPHASIS = re.compile(r"[!?]{2,}|!.*!.*!", re.S)
_LATIN = re.compile(r"[A-Za-z]")
_MOST = 4000  # characters of a message that are looked at
_SHOUTED = 12  # Latin letters, from which on a message all in capitals is shouted


def mood(text: str, language: str) -> Mood:
    """ "angry" (strong words, insults, threats), "unhappy" (something went wrong, impatience) or "calm".

    `language` ("en" or "zh") is the conversation's; English words count in Chinese messages and the other way
    round. A message that is unhappy and shouts ("!!", CAPITALS) is angry.
    """
    text = text[:_MOST]
    found = _found(text, language)
    angry, unhappy, calm = (found.count(name) for name in ("angry", "unhappy", "calm"))
    loud = _shouts(text) or "!!" in unicodedata.normalize("NFKC", text)
    if angry or unhappy >= _MUCH_TROUBLE or (unhappy and loud):
        return "angry"
    if unhappy or (_shouts(text) and _EMPHASIS.search(text) and not calm):
        return "unhappy"
    return "calm"


def worst(texts: Iterable[str], language: str, *, at_least: Mood = "calm") -> Mood:
    """The worst mood of several messages."""
    return max((at_least, *(mood(text, language) for text in texts)), key=MOODS.index)


def _found(text: str, language: str) -> list[Mood]:
    """The phrases found, as what they say; of a word drawn out ("soooo bad") the spelling that says most."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    spellings = dict.fromkeys((plain, _REPEATED.sub(r"\1\1", plain), _REPEATED.sub(r"\1", plain)))
    pattern, kinds = _phrases(language)
    readings = [[kinds[match[0]] for match in pattern.finditer(each)] for each in spellings]
    return max(readings, key=len)


def _shouts(text: str) -> bool:
    letters = "".join(_LATIN.findall(text))
    return len(letters) >= _SHOUTED and letters.isupper() and len(text.split()) >= 3


@functools.lru_cache(maxsize=4)
def _phrases(language: str) -> tuple[re.Pattern[str], dict[str, Mood]]:
    """One pattern for all phrases, the longest first, and what each says."""
    data: dict[str, dict[Mood, list[Any]]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    kinds: dict[str, Mood] = {}
    for name, lists in data.items():
        for kind, phrases in lists.items():
            for phrase in map(str, phrases):
                # Chinese writers' abbreviations ("sb", "md") are other words in English.
                if name != "zh" or language == "zh" or not _LATIN.match(phrase):
                    kinds[phrase] = kind
    words = sorted(kinds, key=len, reverse=True)
    return re.compile("|".join(map(_whole, words))), kinds


def _whole(phrase: str) -> str:
    """The phrase as a pattern: Latin words and numbers only whole."""
    before = r"(?<![a-z0-9])" if phrase[0].isascii() and phrase[0].isalnum() else ""
    after = r"(?![a-z0-9])" if phrase[-1].isascii() and phrase[-1].isalnum() else ""
    return before + re.escape(phrase) + after
