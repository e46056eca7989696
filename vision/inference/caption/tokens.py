"""What decoder and training agree on: the marks of the languages, the length, the order in Chinese."""

from __future__ import annotations

from collections.abc import Iterable

from vision.inference.caption import lexicon

LONGEST = 9  # words
LANGUAGES = ("en", "zh")
STARTS = ("<en>", "<zh>")  # the first two tokens of every vocabulary: a caption's language


def chinese(said: Iterable[str]) -> list[str]:
    """English tokens in Chinese order: brand, for whom, colour, what more is said, the noun."""
    words = lexicon.load()
    order = ("brand", "gender", "colour", "attribute", "kind")
    ranked = sorted(said, key=lambda each: order.index(words[each].sort))
    noun = words[ranked[-1]].zh
    return [each for each in ranked if words[each].sort != "attribute" or words[each].zh not in noun]
