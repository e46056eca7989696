"""What eyes say, as weights of kinds and colours that a query can join."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from shop import colours as colour_words
from shop.catalogue.product import GENDERS, PATTERNS, PRINTS, SLEEVES, Product
from shop.search.criteria import Criteria
from shop.search.ranking_weights import RankingWeights
from shop.search.results import PredictionLike
from vision.taxonomy import load as load_taxonomy

# Kinds together this probable are searched; the rest can be reached by the similarity of the pictures alone.
_LIKELY_MASS = 0.985
_LIKELY_KINDS = 8


@dataclass(frozen=True)
class Signals:
    """Kind → probability (over what may be shown), colour → probability, family → probability, picture's
    embedding; of gender, pattern and sleeves what is known of them, else nothing. `brand` in small letters
    and `second_colour` (canonical) are "" where there is none, and so is `kind`, the likeliest kind of all,
    which the shop need not sell.
    """

    kinds: Mapping[str, float]
    colours: Mapping[str, float]
    families: Mapping[str, float]
    embedding: np.ndarray | None
    genders: Mapping[str, float] = field(default_factory=dict)
    patterns: Mapping[str, float] = field(default_factory=dict)
    sleeves: Mapping[str, float] = field(default_factory=dict)
    brand: str = ""
    second_colour: str = ""
    kind: str = ""

    def likely_kinds(self) -> list[str]:
        """The fewest kinds that hold nearly all the probability, the likeliest first."""
        chosen: list[str] = []
        mass = 0.0
        for kind, probability in sorted(self.kinds.items(), key=lambda item: -item[1]):
            if mass >= _LIKELY_MASS or len(chosen) >= _LIKELY_KINDS:
                break
            chosen.append(kind)
            mass += probability
        return chosen

    def kind_scores(self, weights: RankingWeights) -> dict[str, float]:
        return {
            kind: weights.kind * math.log(self.kinds.get(kind, 0.0) + weights.kind_floor)
            for kind in load_taxonomy().kinds
        }

    def colour_scores(self, weights: RankingWeights) -> dict[str, float]:
        return {
            colour: weights.colour * math.log(self.colour_probability(colour, weights) + weights.colour_floor)
            for colour in load_taxonomy().colours
        }

    def gender_scores(self, weights: RankingWeights) -> dict[str, float]:
        return {
            gender: weights.gender * math.log(p + weights.gender_floor) if self.genders else 0.0
            for gender, p in self._for_whom().items()
        }

    def gender_shares(self, weights: RankingWeights) -> dict[str, float]:
        """How likely each is beside the likeliest, from the floor to 1; nothing where it is not known."""
        known = self._for_whom()
        best = max(known.values())
        return {gender: max(weights.share_floor, p / best) for gender, p in known.items()} if best else {}

    def _for_whom(self) -> dict[str, float]:
        """What is made for anybody is as good as what is made for the likeliest."""
        known = {gender: self.genders.get(gender, 0.0) for gender in GENDERS}
        known["unisex"] = max(known.values())
        return known

    def pattern_scores(self, weights: RankingWeights) -> dict[str, float]:
        """For each pattern of records, and for "" (not known)."""
        # The eyes know fewer patterns than records do: "printed" is any print.
        chances = {
            name: self.patterns.get("printed" if name in PRINTS and name not in self.patterns else name, 0.0)
            for name in PATTERNS
        }
        return _fact_scores(chances if self.patterns else {}, PATTERNS, weights.pattern, weights.facts_floor)

    def sleeve_scores(self, weights: RankingWeights) -> dict[str, float]:
        """For each length of sleeves, and for "" (not known)."""
        return _fact_scores(self.sleeves, SLEEVES, weights.sleeves, weights.facts_floor)

    def colour_probability(self, colour: str, weights: RankingWeights) -> float:
        """Of a canonical colour: partly its family's, partly that of its own and near names."""
        near = sum(p * colour_words.closeness(colour, name) ** 2 for name, p in self.colours.items())
        family = self.families.get(load_taxonomy().family(colour), 0.0)
        return weights.family * family + (1 - weights.family) * min(near, 1.0)


def of_prediction(prediction: PredictionLike, allowed: Collection[str]) -> Signals:
    """The signs of a photo; `allowed` are the kinds that may be shown, over which the kinds' probability is
    spread.
    """
    taxonomy = load_taxonomy()
    kinds = {ranked.name: float(ranked.probability) for ranked in prediction.kinds if ranked.name in allowed}
    total = sum(kinds.values())
    # Where the photo shows nothing that may be shown, all that may be shown is as likely.
    kinds = (
        {kind: p / total for kind, p in kinds.items()}
        if total > 1e-3
        else dict.fromkeys(allowed, 1 / (len(allowed) or 1))
    )
    colours = {
        ranked.name: float(ranked.probability)
        for ranked in prediction.colours
        if ranked.name in taxonomy.colours
    }
    genders = {ranked.name: float(ranked.probability) for ranked in getattr(prediction, "genders", ())}
    embedding = np.asarray(prediction.embedding, dtype=np.float32)
    second = getattr(prediction, "second_colour", "")
    return Signals(
        kinds,
        colours,
        _families(colours),
        embedding,
        genders,
        patterns={each.name: float(each.probability) for each in getattr(prediction, "patterns", ())},
        sleeves={each.name: float(each.probability) for each in getattr(prediction, "sleeves", ())},
        brand=getattr(prediction, "brand", "").lower(),
        second_colour=second if second in taxonomy.colours else "",
        kind=prediction.kinds[0].name if prediction.kinds else "",
    )


def of_product(product: Product, embedding: np.ndarray | None, allowed: Collection[str]) -> Signals:
    """The signs of a product as if it were a photo: its kind, a little its near relations, its colour."""
    taxonomy = load_taxonomy()
    groups = [set(group.kinds) for group in taxonomy.groups.values() if product.category in group.kinds]
    relations = min(groups, key=len, default=set())
    kinds = {kind: 0.2 / len(relations) for kind in relations if kind in allowed}
    kinds[product.category] = 0.8
    if product.category not in allowed:
        kinds = dict.fromkeys(allowed, 1 / (len(allowed) or 1))
    colours = {product.colour: 1.0}
    pattern = product.shown_pattern()
    return Signals(
        kinds,
        colours,
        _families(colours),
        embedding,
        patterns={pattern: 1.0} if pattern else {},
        sleeves={product.sleeves: 1.0} if product.sleeves else {},
        brand=product.brand.lower(),
        second_colour=product.colour2 or "",
        kind=product.category,
    )


def overridden(signals: Signals, criteria: Criteria) -> Signals:
    """The same without what the customer's words say otherwise: a word counts more than the picture."""
    if criteria.colours:
        signals = replace(signals, colours={}, families={}, second_colour="")
    if criteria.not_colours:
        gone = set(colour_words.excluded_by_any(criteria.not_colours))
        colours = _normal({name: p for name, p in signals.colours.items() if name not in gone})
        second = "" if signals.second_colour in gone else signals.second_colour
        signals = replace(signals, colours=colours, families=_families(colours), second_colour=second)
    if criteria.patterns:
        signals = replace(signals, patterns={})
    if criteria.not_patterns:
        kept = {name: p for name, p in signals.patterns.items() if name not in criteria.not_patterns}
        signals = replace(signals, patterns=_normal(kept))
    if criteria.sleeves:
        signals = replace(signals, sleeves={})
    if criteria.genders:
        signals = replace(signals, genders={})
    named = {brand.lower() for brand in (*criteria.brands, *criteria.not_brands)}
    return replace(signals, brand="") if criteria.brands or signals.brand in named else signals


def _normal(chances: Mapping[str, float]) -> dict[str, float]:
    """Of what is left so much that it is 1 together; nothing where next to nothing is left."""
    total = sum(chances.values())
    return {name: p / total for name, p in chances.items()} if total > 0.02 else {}


def _fact_scores(
    chances: Mapping[str, float], names: Sequence[str], weight: float, floor: float
) -> dict[str, float]:
    if not chances:
        return dict.fromkeys((*names, ""), 0.0)
    best = max(chances.values())
    scores = {name: weight * math.log((chances.get(name, 0.0) + floor) / (best + floor)) for name in names}
    # A product of which it is not known is neither punished nor favoured: it gets what it may expect.
    total = sum(chances.get(name, 0.0) for name in names) or 1.0
    return scores | {"": sum(chances.get(name, 0.0) * scores[name] for name in names) / total}


def _families(colours: Mapping[str, float]) -> dict[str, float]:
    taxonomy = load_taxonomy()
    families: dict[str, float] = {}
    for colour, probability in colours.items():
        family = taxonomy.family(colour)
        families[family] = families.get(family, 0.0) + probability
    return families
