"""Looks and sights as the eyes would hand them over, written down: what the dialogue does must follow from these."""

from __future__ import annotations

from typing import Any

import numpy as np

from vision.predictions import Finding, Look, Ranked, Sight

EMBEDDING = np.full(256, 1 / 16, np.float32)


def ranked(**chances: float) -> list[Ranked]:
    """A head's answer, the likeliest first; "_" in a name stands for itself, "__" for a blank."""
    names = ((name.replace("__", " "), chance) for name, chance in chances.items())
    return sorted((Ranked(*pair) for pair in names), key=lambda each: -each.probability)


def look(kinds: dict[str, float], colours: dict[str, float] | None = None, **heads: Any) -> Look:
    """A look with these heads; all others are empty, as with weights that lack them."""
    return Look(
        kinds=ranked(**kinds),
        colours=ranked(**(colours or {})),
        caption=heads.pop("caption", {}),
        embedding=EMBEDDING,
        **{head: ranked(**value) if isinstance(value, dict) else value for head, value in heads.items()},
    )


def flat(seen: Look, **facts: Any) -> Sight:
    """A photo of one product."""
    return Sight("", (Finding("whole", (0, 0, 200, 200), seen),), **facts)


def dressed(**parts: Look) -> Sight:
    """A person who wears these."""
    findings = (Finding(part, (0, 0, 100, 100), seen) for part, seen in parts.items())
    return Sight("", tuple(findings), person=True)


SHIRT_OR_LONG = look({"shirt": 0.45, "long_sleeve": 0.35, "dress": 0.12}, {"Navy__Blue": 0.7})
NAVY_COAT = look({"coat": 0.9}, {"Navy__Blue": 0.8})
BLUE_JEANS = look({"jeans": 0.85, "trousers": 0.1}, {"Blue": 0.9})
WHITE_SHOES = look({"sports_shoes": 0.8, "flats": 0.1}, {"White": 0.9})
OUTFIT = dressed(upper=NAVY_COAT, lower=BLUE_JEANS, feet=WHITE_SHOES)
