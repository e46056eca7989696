"""Beam search that never says what the heads contradict.

At each step a word may follow only where grammar and heads allow it; its score is the decoder's
log-probability plus a share of the heads' (shallow fusion, as speech recognisers add a language model:
Gulcehre et al. 2015, "On Using Monolingual Corpora in Neural Machine Translation"). The noun ends a caption,
so no end mark is learnt. Both languages are searched in the same calls of the decoder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vision.inference.caption.grammar import NEVER, Grammar, Verdict

State = dict[str, np.ndarray]
Step = Callable[[np.ndarray, State], tuple[np.ndarray, State]]


@dataclass(frozen=True)
class Caption:
    """A finished proposal: token ids without the language mark, and its score (higher is better)."""

    tokens: tuple[int, ...]
    score: float


class Beam:
    """The growing captions of one language: at most `width` at a time, and those that are finished."""

    def __init__(self, grammar: Grammar, verdict: Verdict, language: int, width: int, longest: int) -> None:
        self.grammar, self.verdict, self.width, self.longest = grammar, verdict, width, longest
        self.speaks = np.isin(grammar.language, (language, -1))
        self.said: list[tuple[int, ...]] = [()]
        self.score = np.zeros(1)
        self.barred = np.zeros((1, len(grammar.sort)), bool)
        self.done: list[Caption] = []

    @property
    def open(self) -> bool:
        """Whether some caption can still grow into one worth having."""
        return bool(self.said) and len(self.done) < 2 * self.width

    def grow(self, log: np.ndarray) -> tuple[list[int], list[int]]:
        """Add a word to each caption: `log` [width, tokens] are the decoder's log-probabilities.

        Returns the rows that the captions now being grown came from, and their new tokens.
        """
        live = log[: len(self.said)]
        allowed = (
            self.speaks
            & ~self.barred
            & self.verdict.allows(live, self.barred, len(self.said[0]), self.longest)
        )
        total = np.where(allowed, self.score[:, None] + live + self.verdict.bonus, NEVER)
        best = np.argsort(-total, axis=None, kind="stable")[: 3 * self.width]
        rows: list[int] = []
        tokens: list[int] = []
        score: list[float] = []
        for row, token in zip(*np.unravel_index(best, total.shape), strict=True):
            if not allowed[row, token]:
                break
            if self.grammar.ends[token]:
                said = (*self.said[row], int(token))
                mean = float(total[row, token]) / len(said) ** self.verdict.rules.length
                self.done.append(Caption(said, mean))
            elif len(rows) < self.width:
                rows.append(int(row))
                tokens.append(int(token))
                score.append(total[row, token])
        self.said = [(*self.said[row], token) for row, token in zip(rows, tokens, strict=True)]
        self.score = np.array(score)
        self.barred = self.barred[rows] | self.grammar.excludes[tokens]
        return rows, tokens


def search(
    step: Step, state: State, grammar: Grammar, verdict: Verdict, width: int, longest: int
) -> tuple[list[Caption], list[Caption]]:
    """Captions in English and in Chinese, the best first; empty lists where the rules leave none.

    `step` takes the last tokens int32 [2 * width] and the decoder's state (arrays of as many rows), and
    returns log-probabilities [2 * width, tokens] and the next state; the first half of the rows is English.
    """
    beams = [Beam(grammar, verdict, language, width, longest) for language in (0, 1)]
    last = np.repeat([0, 1], width).astype(np.int32)  # the marks of the languages are the tokens 0 and 1
    for _ in range(longest):
        log, state = step(last, state)
        origin = np.arange(2 * width)
        for start, beam in zip((0, width), beams, strict=True):
            if beam.open:
                rows, tokens = beam.grow(log[start : start + width])
                origin[start : start + len(rows)] = np.array(rows, int) + start
                last[start : start + len(tokens)] = tokens
        state = {name: value[origin] for name, value in state.items()}
        if not any(beam.open for beam in beams):
            break
    english, chinese = (sorted(beam.done, key=lambda caption: -caption.score) for beam in beams)
    return english, chinese
