"""What the eyes say of a photo, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

EMBEDDING_SIZE = 256
SIDE = 192  # pixels of the square that the shipped network sees
GENDERS = ("men", "women", "boys", "girls", "unisex")


@dataclass(frozen=True)
class Ranked:
    """One answer of a head and how likely it is, 0..1."""

    name: str
    probability: float


@dataclass(frozen=True)
class Look:
    """A photo seen: every kind, colour and gender with its probability, the likeliest first.

    `caption` is one phrase a language ("en", "zh"); `embedding` float32 [EMBEDDING_SIZE] of unit length, near
    that of similar products; `timings` milliseconds by step.
    """

    kinds: list[Ranked]
    colours: list[Ranked]
    caption: dict[str, str]
    embedding: np.ndarray
    genders: list[Ranked] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)

    def kind(self, name: str) -> float:
        """The probability of one kind; 0 for a name that is none."""
        return next((ranked.probability for ranked in self.kinds if ranked.name == name), 0.0)

    def colour(self, name: str) -> float:
        """The probability of one colour; 0 for a name that is none."""
        return next((ranked.probability for ranked in self.colours if ranked.name == name), 0.0)
