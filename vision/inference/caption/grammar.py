"""What may be said of a prediction: each token's sort, what it excludes, and the heads' verdict on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from vision.inference.caption import lexicon
from vision.inference.caption.lexicon import BRAND, WOMENS
from vision.inference.caption.tokens import STARTS
from vision.predictions import Prediction

NEVER = -1e9
HEADS = ("kinds", "colours", "genders", "patterns", "sleeves", "usages")  # that words can contradict


@dataclass(frozen=True)
class Rules:
    """Tuned on kept-back products; stored in caption.json. Probabilities are the calibrated heads'."""

    # A word is not said where its head gives it less than this share of its likeliest answer.
    least: dict[str, float] = field(
        default_factory=lambda: {
            "kinds": 0.25, "colours": 0.3, "genders": 0.3, "patterns": 0.2, "sleeves": 0.2, "usages": 0.05
        }
    )  # fmt: skip
    # How much a head's log-probability counts beside the decoder's.
    weight: dict[str, float] = field(
        default_factory=lambda: {"kinds": 1.0, "colours": 1.0, "genders": 1.0, "patterns": 0.5}
    )
    sure_gender: float = 0.6  # from here on the gender is said, below it is not
    sure_colour: float = 0.2  # from here on the colour must be said
    attribute: float = 0.35  # a further word needs this probability by the decoder ...
    # ... or its own: a material needs more, and 2 silences a word.
    attributes: dict[str, float] = field(default_factory=lambda: dict.fromkeys(lexicon.MATERIALS, 0.6))
    length: float = 1.0  # 1: the mean log-probability of a caption's words ranks it, 0: their sum


class Grammar:
    """A vocabulary as arrays over its tokens, the first two of which are the marks of the languages."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        words = lexicon.load()
        self.words = [None if token in STARTS else words[token.removeprefix("zh:")] for token in vocabulary]
        self.language = np.array([-1 if t == BRAND else int(t.startswith("zh:")) for t in vocabulary])
        self.language[:2] = -2  # never said
        sorts = np.array(["" if word is None else word.sort for word in self.words])
        self.sort = sorts
        self.ends = sorts == "kind"  # the noun ends a caption
        tokens = np.array(["" if word is None else word.token for word in self.words])
        heads = np.array(["" if word is None else word.head for word in self.words])
        names = np.array(["" if word is None else "|".join(word.names) for word in self.words])
        same = tokens[:, None] == tokens
        once = (sorts[:, None] == sorts) & np.isin(sorts, ("gender", "colour"))
        other = (heads[:, None] == heads) & (heads != "") & (names[:, None] != names)
        self.excludes = same | once | other  # [said, token]: what cannot be said after a word


class Verdict:
    """What the heads of one prediction make of every word."""

    def __init__(self, grammar: Grammar, prediction: Prediction, rules: Rules) -> None:
        self.rules = rules
        self.bonus = np.zeros(len(grammar.words), np.float32)  # added to a word's log-probability
        self.possible = np.ones(len(grammar.words), bool)
        self.least = np.zeros(len(grammar.words))  # the decoder's probability that a word needs
        heads = {
            name: {ranked.name: ranked.probability for ranked in getattr(prediction, name)} for name in HEADS
        }
        for index, word in enumerate(grammar.words):
            if word is None:
                self.possible[index] = False
                continue
            if word.sort == "attribute" or word.token == "kids'":
                self.least[index] = rules.attributes.get(word.token, rules.attribute)
            chances = heads.get(word.head, {})
            known = [chances[name] for name in word.covers if name in chances]
            if chances and not known and word.sort != "attribute":
                self.possible[index] = False  # a kind that the part of the body rules out
            elif known:  # an attribute that these weights' head does not know is not held against the word
                share = min(1.0, sum(known) / max(chances.values()))
                self.possible[index] = share >= rules.least.get(word.head, 0.0)
                self.bonus[index] = rules.weight.get(word.head, 0.0) * np.log(max(share, 1e-6))
                if word.sort == "gender":
                    self.possible[index] &= sum(known) >= rules.sure_gender
                    if word.names[0] in ("men", "boys") and prediction.kinds[0].name in WOMENS:
                        self.possible[index] = False
        self._colours, self._kinds = grammar.sort == "colour", grammar.sort == "kind"
        self._must_colour = (
            bool(prediction.colours) and prediction.colours[0].probability >= rules.sure_colour
        )
        free = np.isin(grammar.sort, ("attribute", "colour", "kind"))
        whom = (grammar.sort == "gender") & self.possible
        self._stages = [grammar.sort == "brand"] if prediction.brand else []
        if any(word is not None and word.head for word in np.array(grammar.words, object)[whom]):
            self._stages.append(whom)  # a gender that is sure must be said
        elif whom.any():
            self._stages.append(whom | free)
        self._free = free

    def allows(self, log: np.ndarray, barred: np.ndarray, place: int, longest: int) -> np.ndarray:
        """bool [rows, tokens]: the words that may stand at a place, by their log-probabilities `log`.

        `barred` [rows, tokens] is what the words said before exclude: it tells whether a colour was said.
        """
        stage = self._stages[place] if place < len(self._stages) else self._free
        allowed = self.possible & stage & (np.exp(log) >= self.least)
        if self._must_colour:
            coloured = barred[:, self._colours].any(axis=1)
            allowed &= coloured[:, None] | ~self._kinds
            if place >= longest - 2:
                allowed &= coloured[:, None] | self._colours
        if place == longest - 1:
            allowed &= self._kinds
        return allowed
