"""The captions to learn: a real title held to its product's facts, in English and word by word in Chinese.

A title's style words, their order and its own noun stay. What no picture shows (names of styles, codes) goes;
the noun comes last, and one colour and one gender are said, those of the record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from vision import taxonomy
from vision.inference.caption import lexicon
from vision.inference.caption.lexicon import BRAND, GENDER_WORDS
from vision.inference.caption.tokens import LONGEST, STARTS
from vision.training import titles
from vision.training.datasets import Example

RAREST = 8  # a further word of fewer training titles is not learnt,
RAREST_FACT = 3  # a noun or a colour, for which the heads can speak, of fewer than this
PARTS = ("dial", "frame")  # parts whose colour is meant: "black dial watch"


def english(example: Example, kind: str, colour: str, brand: bool) -> list[str]:
    """Tokens of the caption to learn for an example.

    `kind` and `colour` are the likeliest by the heads ("" for a colour that is unsure), the kind among those
    that the label allows: they are said where there is no title. `brand`: whether the caption begins with
    the brand, if the example has one.
    """
    words = lexicon.load()
    said = [word for word in titles.words_of(example.title, example.brand) if word in words]
    nouns = [w for w in said if words[w].sort == "kind" and set(example.kinds) & set(words[w].covers)]
    noun = nouns[-1] if nouns else lexicon.token(taxonomy.load().kinds[kind].names["en"])
    if noun == "t-shirt" and "polo" in said:
        noun = "polo_t-shirt"
    named = set(noun.split("_"))  # "casual casual shoes" would say it twice
    further = [w for w in said if words[w].sort == "attribute" and not named & set(w.split("_"))]
    colours = [word for word in said if words[word].sort == "colour"]
    stated = lexicon.token(example.colour) or next(iter(colours), lexicon.token(colour))
    seen = said.index(stated if stated in said else colours[0]) if colours else len(said)
    before = [word for word in further if said.index(word) < seen and word not in PARTS]
    after = [word for word in further if word not in before]
    whom = GENDER_WORDS[example.genders[0]][0] if len(example.genders) == 1 else ""
    if "kids'" in said:  # the record calls children's things men's or women's: say only what is true
        whom = whom if whom in ("boys'", "girls'") else "kids'"
    start = [*([BRAND] if brand and example.brand else []), *([whom] if whom else [])]
    room = LONGEST - len(start) - 2
    told = [*before[:room], stated, *after[: max(0, room - len(before))]]
    return [*start, *filter(None, told), noun]


def vocabulary(captions: Iterable[list[str]]) -> list[str]:
    """Tokens worth learning: the two starts, the English ones by frequency, then their Chinese ("zh:…")."""
    words = lexicon.load()
    counts = Counter(word for caption in captions for word in caption)
    least = {"attribute": RAREST, "kind": RAREST_FACT, "colour": RAREST_FACT}
    basic = [word for word, count in counts.most_common() if count >= least.get(words[word].sort, 0)]
    basic += [w.token for w in words.values() if w.sort == "brand" and w.token not in basic]
    return [*STARTS, *basic, *(f"zh:{word}" for word in basic if word != BRAND)]
