"""One phrase for a photo in each language, from the decoder and what the heads saw."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict

import numpy as np

from vision.inference.caption import belief
from vision.inference.caption.beam import Caption, State, search
from vision.inference.caption.composed import plain, render
from vision.inference.caption.facts import Facts, claims
from vision.inference.caption.grammar import Grammar, Rules, Verdict
from vision.inference.caption.tokens import LONGEST
from vision.predictions import Prediction

Network = Callable[..., dict[str, np.ndarray]]  # arrays in by name, a dict of arrays out

BEAMS = 4  # captions that grow at a time, in each language


class Captioner:
    """The decoder's two networks, its vocabulary and its rules. Not thread-safe: `Eyes` calls it in turns."""

    def __init__(self, start: Network, step: Network, facts: dict[str, object]) -> None:
        self._start, self._step = start, step
        self.vocabulary: list[str] = facts["words"]  # type: ignore[assignment]
        self.belief: dict[str, list[str]] = facts["belief"]  # type: ignore[assignment]
        self.rules = Rules(**facts["rules"])  # type: ignore[arg-type]
        self.grammar = Grammar(self.vocabulary)

    def describe(self, features: np.ndarray, prediction: Prediction) -> dict[str, str]:
        """The phrase in each language; `features` is the network's map, float32 [1, h, w, channels].

        The Chinese caption is the decoder's own where it claims the same as the English one; else it is
        the English one word by word. Where the rules leave no caption, both are composed from the heads.
        """
        english, chinese = self.propose(features, prediction)
        said = self.read(english[0]) if english else plain(prediction)
        claimed = core(claims(said))
        same = (tokens for tokens in map(self.read, chinese) if core(claims(tokens)) == claimed)
        return {
            "en": render(said, "en", prediction.brand),
            "zh": render(next(same, said), "zh", prediction.brand),
        }

    def propose(self, features: np.ndarray, prediction: Prediction) -> tuple[list[Caption], list[Caption]]:
        """English and Chinese captions that the rules allow, the best first."""
        told = belief.vector(prediction, self.belief)[None]
        first = self._start(features=features, belief=told)
        rows = np.zeros(2 * BEAMS, int)

        def step(token: np.ndarray, state: State) -> tuple[np.ndarray, State]:
            out = self._step(token=token, keys=first["keys"], told=first["told"], **state)
            return out["log"], {"h": out["h"], "c": out["c"]}

        verdict = Verdict(self.grammar, prediction, self.rules)
        state = {"h": first["h"][rows], "c": first["c"][rows]}
        return search(step, state, self.grammar, verdict, BEAMS, LONGEST)

    def read(self, caption: Caption) -> list[str]:
        """A proposal's tokens as words of the lexicon, in whichever language it was made."""
        return [self.vocabulary[token].removeprefix("zh:") for token in caption.tokens]


def core(facts: Facts) -> tuple[object, ...]:
    """The claims in which the two languages must agree; the order of further words may differ."""
    return facts.kinds, facts.colour, facts.gender, frozenset(facts.attributes)


def as_json(vocabulary: Sequence[str], names: belief.Names, rules: Rules) -> str:
    """The text of caption.json."""
    facts = {"words": list(vocabulary), "belief": dict(names), "rules": asdict(rules)}
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"
