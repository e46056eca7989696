"""One plain form of a message for features and matchers, with every character at its old place.

Offsets of entities must point into the text as the customer wrote it. So each character is replaced by
exactly one other: full width by half width, capital by small, traditional by simplified, curly quotes by
straight ones.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_HAN = re.compile(f"[{HAN}]")
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‛`´′＇", "'"),
        **dict.fromkeys("“”„″「」『』＂", '"'),
        **dict.fromkeys("‐‑‒–—―−－", "-"),
        **dict.fromkeys("～〜∼˜", "~"),
        **dict.fromkeys("，﹐", ","),
        **dict.fromkeys("￥", "¥"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00a0\u3000\t\n\r", " "),
        # Variants that the tables of simplification leave alone.
        "碼": "码",
        "裏": "里",
        "麽": "么",
    }
)


def has_han(text: str) -> bool:
    """Whether the text has a Chinese character."""
    return _HAN.search(text) is not None


def plain(text: str) -> str:
    """The plain form of `text`: lower case, half width, simplified; same length, character by character."""
    return "".join(map(_plain_character, text))


@lru_cache(maxsize=16384)
def _plain_character(character: str) -> str:
    translated = character.translate(_PLAIN)
    if translated != character:
        return translated
    folded = unicodedata.normalize("NFKC", character)
    small = (folded if len(folded) == 1 else character).lower()
    if len(small) != 1:
        return character
    if _HAN.match(small):
        simple: str = _converter().convert(small)
        return simple if len(simple) == 1 else small
    return small


@lru_cache(maxsize=1)
def _converter():  # type: ignore[no-untyped-def]
    import opencc

    return opencc.OpenCC("t2s")
