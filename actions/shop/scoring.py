"""What eyes say, as weights of kinds and colours that a query can join."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from vision.taxonomy import load as load_taxonomy

from . import colours as colour_words
from .products import GENDERS, Product
from .results import LookLike
from .weights import Weights

# Kinds together this probable are searched; the rest can be reached by the likeness of the pictures alone.
_LIKELY_MASS = 0.985
_LIKELY_KINDS = 8


@dataclass(frozen=True)
class Signs:
    """Kind → probability (over what may be shown), colour → probability, family → probability, picture's
    embedding.
    """

    kinds: Mapping[str, float]
    colours: Mapping[str, float]
    families: Mapping[str, float]
    embedding: np.ndarray | None
    genders: Mapping[str, float] = field(default_factory=dict)

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

    def kind_scores(self, weights: Weights) -> dict[str, float]:
        return {
            kind: weights.kind * math.log(self.kinds.get(kind, 0.0) + weights.kind_floor)
            for kind in load_taxonomy().kinds
        }

    def colour_scores(self, weights: Weights) -> dict[str, float]:
        return {
            colour: weights.colour * math.log(self.colour_probability(colour, weights) + weights.colour_floor)
            for colour in load_taxonomy().colours
        }

    def gender_scores(self, weights: Weights) -> dict[str, float]:
        """What is made for anybody is as good as what is made for the likeliest."""
        known = {gender: self.genders.get(gender, 0.0) for gender in GENDERS}
        known["unisex"] = max(known.values())
        return {
            gender: weights.gender * math.log(p + weights.gender_floor) if self.genders else 0.0
            for gender, p in known.items()
        }

    def colour_probability(self, colour: str, weights: Weights) -> float:
        """Of a canonical colour: partly its family's, partly that of its own and near names."""
        near = sum(p * colour_words.closeness(colour, name) ** 2 for name, p in self.colours.items())
        family = self.families.get(load_taxonomy().family(colour), 0.0)
        return weights.family * family + (1 - weights.family) * min(near, 1.0)


def of_look(look: LookLike, allowed: Collection[str]) -> Signs:
    """The signs of a photo; `allowed` are the kinds that may be shown, over which the kinds' probability is
    spread.
    """
    taxonomy = load_taxonomy()
    kinds = {ranked.name: float(ranked.probability) for ranked in look.kinds if ranked.name in allowed}
    total = sum(kinds.values())
    # Where the photo shows nothing that may be shown, all that may be shown is as likely.
    kinds = (
        {kind: p / total for kind, p in kinds.items()}
        if total > 1e-3
        else dict.fromkeys(allowed, 1 / (len(allowed) or 1))
    )
    colours = {
        ranked.name: float(ranked.probability) for ranked in look.colours if ranked.name in taxonomy.colours
    }
    genders = {ranked.name: float(ranked.probability) for ranked in getattr(look, "genders", ())}
    embedding = np.asarray(look.embedding, dtype=np.float32)
    return Signs(kinds, colours, _families(colours), embedding, genders)


def of_product(product: Product, embedding: np.ndarray | None, allowed: Collection[str]) -> Signs:
    """The signs of a product as if it were a photo: its kind, a little its near relations, its colour."""
    taxonomy = load_taxonomy()
    groups = [set(group.kinds) for group in taxonomy.groups.values() if product.category in group.kinds]
    relations = min(groups, key=len, default=set())
    kinds = {kind: 0.2 / len(relations) for kind in relations if kind in allowed}
    kinds[product.category] = 0.8
    if product.category not in allowed:
        kinds = dict.fromkeys(allowed, 1 / (len(allowed) or 1))
    colours = {product.colour: 1.0}
    return Signs(kinds, colours, _families(colours), embedding)


def colour_free(signs: Signs) -> Signs:
    """The same with colour left out, for when the customer has named one."""
    return replace(signs, colours={}, families={})


def _families(colours: Mapping[str, float]) -> dict[str, float]:
    taxonomy = load_taxonomy()
    families: dict[str, float] = {}
    for colour, probability in colours.items():
        family = taxonomy.family(colour)
        families[family] = families.get(family, 0.0) + probability
    return families
