"""What the heads can say, and what each example teaches them.

A head is a list of names. An example's row is 1 for each name that its label allows: one for a plain label,
several for a lossy one ("Pants" are jeans, trousers, …), none where the data set does not say (masked).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from vision import taxonomy
from vision.predictions import GENDERS, NO_SECOND
from vision.training.datasets import Example

PATTERNS = ("plain", "striped", "checked", "printed")
SLEEVES = ("sleeveless", "short", "long")
USAGES = ("Casual", "Formal", "Sports", "Ethnic", "Smart Casual", "Travel")

_PATTERN_WORDS = {
    "striped": r"strip(e[sd]?|ed)|pinstripes?",
    "checked": r"check(s|ed|ered)?|plaid",
    "printed": r"print(s|ed)?|graphics?|floral|logo|flower",
    "plain": r"solid|plain",
}
_SLEEVE_WORDS = {
    "sleeveless": r"sleeveless|tank|racerback",
    "short": r"(short|half)[ -]?sleeved?",
    "long": r"(long|full)[ -]?sleeved?",
}
_SLEEVE_LABELS = {
    "sleeveless": {"Undershirt", "Innerwear Vests"},
    "short": {"T-Shirt", "Polo"},
    "long": {"Longsleeve", "Hoodie", "Blazer", "Sweatshirts", "Jackets"},
}


@dataclass(frozen=True)
class Heads:
    """The names of each head, in the order of its outputs."""

    names: dict[str, tuple[str, ...]]

    def sizes(self) -> dict[str, int]:
        return {head: len(names) for head, names in self.names.items()}


def heads_of(examples: list[Example]) -> Heads:
    """The heads for these examples: the taxonomy's names, and the brands that the training examples have."""
    words = taxonomy.load()
    colours = tuple(words.colours)
    return Heads(
        {
            "kind": tuple(words.kinds),
            "article": words.labels("products"),
            "label": words.labels("photos"),
            "colour": colours,
            "second": (NO_SECOND, *colours),
            "gender": GENDERS,
            "pattern": PATTERNS,
            "sleeve": SLEEVES,
            "usage": USAGES,
            "brand": brands_of(example.brand for example in examples if example.split == "train"),
        }
    )


def labels_of(examples: list[Example], heads: Heads) -> dict[str, np.ndarray]:
    """For each head float32 [n, names]: 1 where the example allows the name; a row of 0: nothing is known."""
    table = {head: np.zeros((len(examples), len(names)), np.float32) for head, names in heads.names.items()}
    place = {head: {name: index for index, name in enumerate(names)} for head, names in heads.names.items()}
    brands = {brand_key(name): index for name, index in place["brand"].items()}
    for row, example in enumerate(examples):
        for head, names in _known(example).items():
            for name in names:
                if name in place[head]:
                    table[head][row, place[head][name]] = 1
        if example.brand and (index := brands.get(brand_key(example.brand))) is not None:
            table["brand"][row, index] = 1
    return table


def brand_key(name: str) -> str:
    """What two spellings of a brand share: "Levi's" and "Levis", "Colors Of" and "Colors of"."""
    return re.sub(r"[^a-z0-9&]", "", name.casefold())


def brands_of(brands: Iterable[str]) -> tuple[str, ...]:
    """Each brand once, in its most frequent spelling, the most frequent first."""
    spellings = Counter(brand for brand in brands if brand)
    merged: dict[str, Counter[str]] = {}
    for name, count in spellings.items():
        merged.setdefault(brand_key(name), Counter())[name] += count
    ranked = sorted(merged.values(), key=lambda each: (-each.total(), min(each)))
    return tuple(min(each, key=lambda name: (-each[name], name)) for each in ranked)


def pattern_of(title: str) -> str:
    """The pattern that a title names, the most telling word first; "" where it names none."""
    return next((name for name, words in _PATTERN_WORDS.items() if _says(title, words)), "")


def sleeve_of(title: str, label: str) -> str:
    """The sleeves that a title names or a label means; "" where neither does."""
    said = next((name for name, words in _SLEEVE_WORDS.items() if _says(title, words)), "")
    return said or next((name for name, labels in _SLEEVE_LABELS.items() if label in labels), "")


def second_colour_of(title: str, first: str, pattern: str) -> str:
    """A further colour that a title names, `NO_SECOND` for "solid", "" where nothing is known."""
    text, found = title.lower(), []
    for colour in sorted(taxonomy.load().colours, key=len, reverse=True):
        if re.search(rf"\b{colour.lower()}\b", text):
            text = re.sub(rf"\b{colour.lower()}\b", " ", text)
            found.append(colour)
    others = [colour for colour in found if colour != first]
    if first in found and len(others) == 1 and others[0] != "Multi":
        return others[0]
    return NO_SECOND if pattern == "plain" and not others else ""


def _known(example: Example) -> dict[str, tuple[str, ...]]:
    """What the example says for each head; an empty tuple where it says nothing."""
    brand = re.escape(example.brand) or r"\Z"
    said = re.sub(rf"(?<!\w){brand}(?!\w)", " ", example.title)  # "Stripe" may be a brand's name
    pattern = example.pattern or pattern_of(said)
    return {
        "kind": example.kinds,
        "article": (example.label,) if example.domain == "products" else (),
        "label": (example.label,) if example.domain == "photos" else (),
        "colour": _one(example.colour),
        "second": _one(example.second or second_colour_of(said, example.colour, pattern)),
        "gender": example.genders,
        "pattern": _one(pattern),
        "sleeve": _one(sleeve_of(said, example.label)),
        "usage": _one(example.usage),
    }


def _one(name: str) -> tuple[str, ...]:
    return (name,) if name else ()


def _says(title: str, words: str) -> bool:
    return re.search(rf"\b({words})\b", title, re.I) is not None
