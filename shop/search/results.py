"""What a search gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import numpy as np

from shop.catalogue.product import Product
from shop.search.criteria import Criteria


class RankedName(Protocol):
    """A name with its probability, as `vision.inference.eyes.Ranked`."""

    @property
    def name(self) -> str: ...
    @property
    def probability(self) -> float: ...


class PredictionLike(Protocol):
    """What a search needs of a `vision.predictions.Prediction`; its other heads are used where they are
    there.
    """

    @property
    def kinds(self) -> Sequence[Any]: ...
    @property
    def colours(self) -> Sequence[Any]: ...
    @property
    def embedding(self) -> np.ndarray: ...


@dataclass(frozen=True)
class Hit:
    """A product found, why (codes, the strongest first; worded by the dialogue) and how well (higher is
    better).
    """

    product: Product
    reasons: tuple[str, ...]
    score: float


@dataclass(frozen=True)
class Relaxation:
    """Wishes that could be dropped: which, how many products are then found, the cheapest of them, the new
    criteria.
    """

    fields: tuple[str, ...]
    count: int
    cheapest: Decimal | None
    criteria: Criteria


@dataclass(frozen=True)
class Results:
    """One page of hits of `total`; `relaxed`, filled when nothing is found, is never empty in a shop with
    stock.

    `missing_kind` is the kind a photo shows most probably, where the shop does not sell it.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    relaxed: tuple[Relaxation, ...] = ()
    missing_kind: str | None = None

    @property
    def products(self) -> tuple[Product, ...]:
        return tuple(hit.product for hit in self.hits)
