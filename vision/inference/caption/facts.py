"""What the words of a caption claim of the product."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from vision.inference.caption import lexicon
from vision.inference.caption.lexicon import BRAND

_SPOKEN = {"men": "men's", "women": "women's", "boys": "boys'", "girls": "girls'", "multicoloured": "multi"}


@dataclass(frozen=True)
class Facts:
    """The claims: one of `kinds` (taxonomy ids); a canonical colour, a gender, a brand; further words.

    Empty where nothing is said. `attributes` are tokens of the lexicon such as "striped" and "v-neck".
    """

    kinds: tuple[str, ...] = ()
    colour: str = ""
    gender: str = ""
    brand: str = ""
    attributes: tuple[str, ...] = ()


def facts(said: str | Sequence[str], brands: Iterable[str] = ()) -> Facts:
    """The claims of an English caption, given as a sentence or as its words; `brands` are names to know.

    The last kind counts ("shirt dress": a dress), the first colour and the first gender do.
    """
    text = said if isinstance(said, str) else " ".join(said)
    text = " ".join(text.replace("_", " ").replace("’", "'").split())
    brand = ""
    for name in sorted(brands, key=len, reverse=True):
        if name and (found := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)):
            brand, text = name, text[: found.start()] + " " + text[found.end() :]
            break
    return claims([BRAND, *tokens(text)], brand)


def tokens(text: str) -> list[str]:
    """An English caption's words as tokens of the lexicon, phrases joined; other words as they are."""
    text = text.lower()
    return [lexicon.token(match) for match in _phrases().findall(text)]


def claims(said: Iterable[str], brand: str = "") -> Facts:
    """The claims of tokens; `brand` is the name that the token `<brand>` stands for."""
    words = lexicon.load()
    kinds: tuple[str, ...] = ()
    colour = gender = named = ""
    attributes = []
    for each in said:
        word = words.get(_SPOKEN.get(each, each))
        if word is None:
            continue
        if word.sort == "brand":
            named = brand
        elif word.sort == "kind":
            kinds = word.names
        elif word.sort == "colour":
            colour = colour or word.names[0]
        elif word.sort == "gender":
            gender = gender or (word.names[0] if word.names else "")
        else:
            attributes.append(word.token)
    return Facts(kinds, colour, gender, named, tuple(attributes))


@lru_cache(maxsize=1)
def _phrases() -> re.Pattern[str]:
    known = (word.replace("_", " ") for word in lexicon.load() if "_" in word)
    longest = sorted(known, key=len, reverse=True)
    return re.compile("|".join([*(rf"(?<!\w){re.escape(one)}(?!\w)" for one in longest), r"[\w'-]+"]))
