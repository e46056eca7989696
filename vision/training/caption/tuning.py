"""Scores of captions on kept-back products, and the rules that score best there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from vision import taxonomy
from vision.inference.caption.captioner import Captioner
from vision.inference.caption.composed import plain, render
from vision.inference.caption.facts import claims
from vision.inference.caption.grammar import Rules
from vision.inference.caption.lexicon import GENDER_WORDS, MATERIALS, token
from vision.training import titles
from vision.training.caption.features import Seen
from vision.training.caption.text_metrics import cider
from vision.training.datasets import Example
from vision.training.labels import brand_key

# Facts that a caption must get right (share of those that state it); CIDEr is what is left to gain.
# A title need not say that a plain shirt is "solid": the precision of further words is a lower bound.
LEAST = {"fact_kind": 0.90, "fact_gender": 0.955, "attribute_precision": 0.62}
RARELY = 4  # a further word said less often than this has no precision of its own
TRUSTED = 0.5  # a further word that is right less often than this is silenced,
TRUSTED_MATERIAL = 0.7  # and a material that is right less often than this


@dataclass
class Said:
    """Captions of kept-back products as tokens, with what the eyes saw of each."""

    examples: list[Example]
    brands: list[str]
    captions: list[list[str]]

    def phrases(self) -> list[list[str]]:
        """The captions in the words that titles are compared in."""
        pairs = zip(self.captions, self.brands, strict=True)
        return [titles.words(render(caption, "en", brand)) for caption, brand in pairs]


def tune(
    captioner: Captioner,
    examples: Sequence[Example],
    recorded: Seen,
    rows: Sequence[int],
    tell: Callable[[str], None],
) -> tuple[Rules, dict[str, float]]:
    """The rules that reach `LEAST` with the highest CIDEr, one after another; and all scores under them."""
    sample = list(rows)[::2]
    best, reached = captioner.rules, -np.inf
    for rules in _candidates(captioner):
        captioner.rules = rules
        scores = score(say_all(captioner, examples, recorded, sample), examples, recorded, sample)
        missed = [max(0.0, least - (scores[name] or 0.0)) for name, least in LEAST.items()]
        worth = scores["cider"] - 20 * sum(missed)
        told = {name: scores[name] for name in ("cider", "template_cider", *LEAST, "fact_colour")}
        tell(f"rules worth {worth:.3f}: {told} {_difference(rules, best)}")
        if worth > reached + 1e-3:
            best, reached = rules, worth
        captioner.rules = best
    captioner.rules = best
    said = say_all(captioner, examples, recorded, rows)
    weak = _weak(said)
    captioner.rules = best = replace(best, attributes={**best.attributes, **dict.fromkeys(weak, 2.0)})
    said = say_all(captioner, examples, recorded, rows)
    return best, score(said, examples, recorded, rows, words=True)


def _candidates(captioner: Captioner) -> Iterator[Rules]:
    """The rules as they are, then each setting changed in what has proved best so far."""
    yield captioner.rules
    for name, values in (("colours", (0.5, 2.0)), ("kinds", (0.5, 2.0)), ("patterns", (0.0, 1.0))):
        for value in values:
            yield replace(captioner.rules, weight={**captioner.rules.weight, name: value})
    for value in (0.2, 0.27, 0.45, 0.55, 0.65, 0.75):
        yield replace(captioner.rules, attribute=value)
    for value in (0.5, 0.7, 0.8):
        yield replace(captioner.rules, sure_gender=value)
    for value in (0.5, 0.75):
        yield replace(captioner.rules, length=value)


def _difference(rules: Rules, other: Rules) -> str:
    """The settings in which two sets of rules differ, for the log."""
    pairs = asdict(rules), asdict(other)
    return ", ".join(f"{name} {value}" for name, value in pairs[0].items() if value != pairs[1][name])


def say_all(captioner: Captioner, examples: Sequence[Example], recorded: Seen, rows: Sequence[int]) -> Said:
    """The English caption of each row by the captioner's present rules."""
    said = Said([examples[row] for row in rows], [], [])
    for row in rows:
        prediction = recorded.prediction(row)
        english, _ = captioner.propose(np.asarray(recorded.maps[row : row + 1], np.float32), prediction)
        said.brands.append(prediction.brand)
        said.captions.append(captioner.read(english[0]) if english else plain(prediction))
    return said


def score(
    said: Said, examples: Sequence[Example], recorded: Seen, rows: Sequence[int], words: bool = False
) -> dict[str, Any]:
    """Facts, overlap with the titles beside a template's, precision of further words (each one: `words`)."""
    references = [titles.words(example.title) for example in said.examples]
    template = [titles.words(_template(recorded, row)) for row in rows]
    scores: dict[str, Any] = {"n": len(rows), "cider": round(cider(said.phrases(), references), 4)}
    scores["template_cider"] = round(cider(template, references), 4)
    right: Counter[str] = Counter()
    stated: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    each: dict[str, list[bool]] = {}
    world = taxonomy.load()
    for example, brand, caption in zip(said.examples, said.brands, said.captions, strict=True):
        facts = claims(caption, brand)
        kinds = world.kinds_of_label("products", example.label)
        gender = example.genders[0] if example.genders else ""
        for name, known, claimed, true in (
            ("kind", bool(kinds), bool(facts.kinds), bool(set(kinds) & set(facts.kinds))),
            ("colour", bool(example.colour), bool(facts.colour), facts.colour == example.colour),
            ("gender", gender in GENDER_WORDS, bool(facts.gender), facts.gender == gender),
            ("brand", bool(example.brand), bool(facts.brand), brand_key(brand) == brand_key(example.brand)),
        ):
            asked[name] += known
            stated[name] += known and claimed
            right[name] += known and claimed and true
        title = titles.words_of(example.title, example.brand)
        for attribute in facts.attributes:
            each.setdefault(attribute, []).append(attribute in title)
    for name in asked:
        scores[f"fact_{name}"] = round(right[name] / stated[name], 4) if stated[name] else None
        scores[f"says_{name}"] = round(stated[name] / asked[name], 4) if asked[name] else None
    hits = [hit for many in each.values() for hit in many]
    scores["attribute_precision"] = round(float(np.mean(hits)), 4) if hits else 1.0
    scores["attributes_a_caption"] = round(len(hits) / len(rows), 3)
    if words:
        ranked = sorted(each.items(), key=lambda pair: -len(pair[1]))
        scores["attributes"] = {name: [round(float(np.mean(many)), 2), len(many)] for name, many in ranked}
    return scores


def _weak(said: Said) -> list[str]:
    """Further words that are wrong too often, and said often enough to know."""
    each: dict[str, list[bool]] = {}
    for example, caption in zip(said.examples, said.captions, strict=True):
        title = titles.words_of(example.title, example.brand)
        for attribute in claims(caption).attributes:
            each.setdefault(attribute, []).append(attribute in title)
    least = {name: TRUSTED_MATERIAL if name in MATERIALS else TRUSTED for name in each}
    return [name for name, many in each.items() if len(many) >= RARELY and np.mean(many) < least[name]]


def _template(recorded: Seen, row: int) -> str:
    """The simple caption: whom, colour and kind, each the likeliest by the heads."""
    prediction = recorded.prediction(row)
    whom = GENDER_WORDS[prediction.genders[0].name][0] if prediction.genders else ""
    names = taxonomy.load().kinds[prediction.kinds[0].name].names
    return f"{whom} {prediction.colours[0].name} {token(names['en']).replace('_', ' ')}"
