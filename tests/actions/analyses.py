"""Predictions and analyses as the eyes would hand them over, written down: the dialogue must follow from these."""

from __future__ import annotations

from typing import Any

import numpy as np

from vision.predictions import Detection, PhotoAnalysis, Prediction, Ranked

EMBEDDING = np.full(256, 1 / 16, np.float32)


def ranked(**chances: float) -> list[Ranked]:
    """A head's answer, the likeliest first; "_" in a name stands for itself, "__" for a blank."""
    names = ((name.replace("__", " "), chance) for name, chance in chances.items())
    return sorted((Ranked(*pair) for pair in names), key=lambda each: -each.probability)


def prediction_of(
    kinds: dict[str, float], colours: dict[str, float] | None = None, **heads: Any
) -> Prediction:
    """A look with these heads; all others are empty, as with weights that lack them."""
    return Prediction(
        kinds=ranked(**kinds),
        colours=ranked(**(colours or {})),
        caption=heads.pop("caption", {}),
        embedding=EMBEDDING,
        **{head: ranked(**value) if isinstance(value, dict) else value for head, value in heads.items()},
    )


def flat(seen: Prediction, **facts: Any) -> PhotoAnalysis:
    """A photo of one product."""
    return PhotoAnalysis("", (Detection("whole", (0, 0, 200, 200), seen),), **facts)


def dressed(**parts: Prediction) -> PhotoAnalysis:
    """A person who wears these."""
    detections = (Detection(part, (0, 0, 100, 100), seen) for part, seen in parts.items())
    return PhotoAnalysis("", tuple(detections), person=True)


SHIRT_OR_LONG = prediction_of({"shirt": 0.45, "long_sleeve": 0.35, "dress": 0.12}, {"Navy__Blue": 0.7})
NAVY_COAT = prediction_of({"coat": 0.9}, {"Navy__Blue": 0.8})
BLUE_JEANS = prediction_of({"jeans": 0.85, "trousers": 0.1}, {"Blue": 0.9})
WHITE_SHOES = prediction_of({"sports_shoes": 0.8, "flats": 0.1}, {"White": 0.9})
OUTFIT = dressed(upper=NAVY_COAT, lower=BLUE_JEANS, feet=WHITE_SHOES)
