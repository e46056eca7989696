"""What the eyes say of a photo, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

EMBEDDING_SIZE = 256
SIDE = 224  # pixels of the square that the shipped network sees
GENDERS = ("men", "women", "boys", "girls", "unisex")
NO_SECOND = "none"  # of the head for the second colour: the product has one colour


@dataclass(frozen=True)
class Ranked:
    """One answer of a head and how likely it is, 0..1."""

    name: str
    probability: float


@dataclass(frozen=True)
class Prediction:
    """One product seen: each head's names with their probabilities, the likeliest first.

    A head that the weights do not have is an empty list. `articles` and `labels` are the two data sets' own
    names (75 articleTypes, 17 labels), `kinds` the taxonomy's; `sleeves` is empty for what has none. `brand`
    is "" unless sure (an open set) and the photo like a product learned from, `second_colour` "" where the
    product has one colour. `caption` is one phrase a language ("en", "zh"); `embedding` float32
    [EMBEDDING_SIZE] of unit length, near that of similar products; `features` float32 [channels], the pooled
    feature map; `timings` milliseconds by step.
    """

    kinds: list[Ranked]
    colours: list[Ranked]
    caption: dict[str, str]
    embedding: np.ndarray
    genders: list[Ranked] = field(default_factory=list)
    patterns: list[Ranked] = field(default_factory=list)
    sleeves: list[Ranked] = field(default_factory=list)
    usages: list[Ranked] = field(default_factory=list)
    brands: list[Ranked] = field(default_factory=list)
    articles: list[Ranked] = field(default_factory=list)
    labels: list[Ranked] = field(default_factory=list)
    brand: str = ""
    second_colour: str = ""
    features: np.ndarray | None = None
    timings: dict[str, float] = field(default_factory=dict)

    def kind(self, name: str) -> float:
        """The probability of one kind; 0 for a name that is none."""
        return next((ranked.probability for ranked in self.kinds if ranked.name == name), 0.0)

    def colour(self, name: str) -> float:
        """The probability of one colour; 0 for a name that is none."""
        return next((ranked.probability for ranked in self.colours if ranked.name == name), 0.0)


@dataclass(frozen=True)
class Detection:
    """One product on a photo: `part` is "whole" (flat photo), "upper", "lower" or "feet" (on a person).

    `box` is (left, top, right, bottom) in pixels of the photo.
    """

    part: str
    box: tuple[int, int, int, int]
    prediction: Prediction


@dataclass(frozen=True)
class PhotoAnalysis:
    """A customer's whole photo: what is wrong with it ("" if nothing), or what is found on it.

    `problem` is one of `PROBLEMS`; `person`: somebody wears the detected products;
    `multiple_products`: more than one lies on the photo, and the detection is the photo as a whole.
    """

    problem: str
    detections: tuple[Detection, ...]
    person: bool = False
    multiple_products: bool = False


PROBLEMS = ("too_dark", "too_bright", "too_blurred", "too_small", "blank", "no_product")
