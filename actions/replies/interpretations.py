"""What a photo may show, as a customer would tell it apart.

Kinds that customers call by one word (trousers, jeans, track pants) are one reading: the search covers them
all, so asking which it is would only bother. Two readings are told apart by the customers' photos: their
labels are the words of people who sorted their own wardrobe.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from vision.predictions import Prediction
from vision.taxonomy import load as load_taxonomy

# Below this probability of the first reading the customer is asked. More than half of those asked would have
# been misunderstood: of 450 customers' photos that training did not see one in eight is asked about, 0.60 of
# these had a wrong first reading, and the questions catch 0.59 of all wrong ones (`python -m
# tests.actions.asking` prints the table on which it was chosen; to be read again for new weights).
ASK_BELOW = 0.75
# A second reading less probable than this is not worth a word.
WORTH_SAYING = 0.15
# Groups wider than this ("clothes", "tops") do not make their kinds alike.
NARROW = 8


@dataclass(frozen=True)
class Interpretation:
    """One thing that a photo may show: the likeliest of its kinds, and the probability of them together."""

    kind: str
    probability: float


def alike(one: str, other: str) -> bool:
    """Whether customers call both kinds by one word."""
    taxonomy = load_taxonomy()
    labels, others = set(taxonomy.kinds[one].photos), set(taxonomy.kinds[other].photos)
    if labels or others:
        return bool(labels & others)
    return any(
        one in group.kinds and other in group.kinds and len(group.kinds) <= NARROW
        for group in taxonomy.groups.values()
    )


def interpretations(prediction: Prediction) -> list[Interpretation]:
    """What the photo may show, the likeliest first; empty where the eyes have no head for kinds."""
    known = load_taxonomy().kinds
    found: list[Interpretation] = []
    for ranked in prediction.kinds:
        if ranked.name not in known:
            continue
        place = next((place for place, each in enumerate(found) if alike(each.kind, ranked.name)), None)
        if place is None:
            found.append(Interpretation(ranked.name, ranked.probability))
        else:
            found[place] = Interpretation(found[place].kind, found[place].probability + ranked.probability)
    return sorted(found, key=lambda each: -each.probability)


def doubt(prediction: Prediction, sold: Collection[str]) -> tuple[str, ...]:
    """The kinds to ask about, the two likeliest first, or nothing where asking does not help: the first
    reading is sure enough, no other comes near it, or the shop does not sell both, so that the search would
    give the same.
    """
    found = interpretations(prediction)
    if not found or found[0].probability >= ASK_BELOW or found[0].kind not in sold:
        return ()
    others = [each.kind for each in found[1:] if each.kind in sold and each.probability >= WORTH_SAYING]
    if not others:
        return ()
    rest = [each.kind for each in found[1:7] if each.kind in sold and each.kind != others[0]]
    return (found[0].kind, others[0], *rest)
