"""Scores of captions by their facts: a caption is worth what it says rightly, not its overlap with a title.

The floor is printed beside the score: one constant caption for every picture is right surprisingly often.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from vision import taxonomy, titles
from vision.caption import GENDER_WORDS, Facts, facts_of_word
from vision.data import Example, read_picture
from vision.eyes import Eyes


@dataclass
class Tally:
    right: int = 0
    said: int = 0

    def add(self, right: bool) -> None:
        self.right, self.said = self.right + right, self.said + 1

    def share(self) -> float:
        return round(self.right / self.said, 4) if self.said else 0.0


def facts_of(phrase: str) -> Facts:
    """What an English caption claims (kind: its last one; gender and colour: its first)."""
    facts = Facts()
    said = phrase.lower()
    words = taxonomy.load()
    names = [*(kind.names["en"].lower() for kind in words.kinds.values()), *map(str.lower, words.colours)]
    for long in sorted(names, key=len, reverse=True):
        if " " in long:
            said = said.replace(long, long.replace(" ", "_"))
    for word in said.split():
        fact = facts_of_word(word)
        facts = Facts(
            fact.kinds or facts.kinds,
            facts.colour or fact.colour,
            facts.gender or fact.gender,
            facts.attributes + fact.attributes,
        )
    return facts


def measure(weights: Path, examples: list[Example]) -> dict[str, float]:
    """Shares of right facts among those that captions of kept-back products state, and how many state one."""
    held = [e for e in examples if e.domain == "products" and e.split == "validation" and e.kinds]
    eyes = Eyes.load(weights)
    scores = _score(held, [eyes.look(read_picture(e.path, 224)).caption["en"] for e in held], "")
    trained = (e for e in examples if e.domain == "products" and e.split == "train")
    constant = Counter(" ".join(titles.words_of(e.title, e.brand)) for e in trained).most_common(1)[0][0]
    scores.update(_score(held, [constant.replace("_", " ")] * len(held), "constant_"))
    return scores


def _score(examples: list[Example], captions: list[str], prefix: str) -> dict[str, float]:
    words = taxonomy.load()
    tallies = {name: Tally() for name in ("kind", "colour", "colour_family", "gender")}
    for example, caption in zip(examples, captions, strict=True):
        facts = facts_of(caption)
        if facts.kinds:
            tallies["kind"].add(bool(set(facts.kinds) & set(example.kinds)))
        if facts.colour and example.colour:
            tallies["colour"].add(facts.colour == example.colour)
            tallies["colour_family"].add(words.family(facts.colour) == words.family(example.colour))
        if facts.gender and example.genders and example.genders[0] in GENDER_WORDS:
            tallies["gender"].add(facts.gender == example.genders[0])
    shares = {f"{prefix}fact_{name}": tally.share() for name, tally in tallies.items()}
    stated = {f"{prefix}says_{name}": round(t.said / max(1, len(examples)), 4) for name, t in tallies.items()}
    return {**shares, **stated}
