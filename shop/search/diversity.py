"""Which three to show first when the eyes are unsure: they should cover what the photo may show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shop.search.ranking_weights import RankingWeights
from shop.search.scoring import Signals
from vision.taxonomy import load as load_taxonomy

HEAD = 3


def diversify(
    candidates: Sequence[Mapping[str, Any]], signals: Signals, weights: RankingWeights
) -> list[Mapping[str, Any]]:
    """The first three of the candidates (each with `category`, `colour`, `gender`, `score`; best score
    first), chosen for what they cover together.

    Greedy: each place goes to the candidate that adds most: the probability of its kind, if no chosen one has
    it, the probability of its kind and colour family together, if no chosen one has both, and a little for
    its score. After the first place it adds the less, the less likely it is for whom the photo's product is:
    a guess at another kind need not be a guess at another customer.
    """
    if not candidates:
        return []
    family = load_taxonomy().family
    rest = list(candidates)
    head: list[Mapping[str, Any]] = []
    kinds: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    top = rest[0]["score"]
    worth = max(weights.worth, weights.beside * max(signals.kinds.values(), default=0.0))
    whom = signals.gender_shares(weights)

    def gain(candidate: Mapping[str, Any]) -> float:
        kind, hue = candidate["category"], family(candidate["colour"])
        probability = signals.kinds.get(kind, 0.0)
        if probability <= worth:
            probability = 0.0
        if head:
            probability *= whom.get(candidate["gender"], 1.0)
        both = probability * signals.families.get(hue, 0.0)
        value = float(weights.keep_score * (candidate["score"] - top))
        if kind not in kinds:
            value += weights.cover_kind * probability
        if (kind, hue) not in pairs and both > weights.worth:
            value += weights.cover_colour * both
        return value

    while rest and len(head) < HEAD:
        best = max(rest, key=gain)
        rest.remove(best)
        head.append(best)
        kinds.add(best["category"])
        pairs.add((best["category"], family(best["colour"])))
    return head
