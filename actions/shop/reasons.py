"""Why a product is shown, as codes; the dialogue words them."""

from __future__ import annotations

from collections.abc import Sequence

from vision.taxonomy import load as load_taxonomy

from .criteria import Criteria
from .products import Product
from .scoring import Signs

CODES = [
    "same_kind",
    "same_colour",
    "same_brand",
    "similar_look",
    "matches_words",
    "under_budget",
    "your_size",
    "popular",
    "newest",
    "cheapest",
    "dearest",
    "for_occasion",
    "liked_brand",
    "liked_colour",
    "goes_with",
    "same_price",
]

# From here on two pictures look alike; a photo and a catalogue picture of its kind are at 0.6 in the median.
_ALIKE = 0.7


def by_wishes(product: Product, criteria: Criteria, *, position: int = 0) -> list[str]:
    """What of the wishes makes it a good answer; `position` is its place in the whole list, 0 first."""
    codes = []
    if position == 0 and criteria.sort in ("cheapest", "dearest"):
        codes.append(criteria.sort)
    if criteria.sort == "newest":
        codes.append("newest")
    if criteria.sizes and any(product.in_stock(size) for size in criteria.sizes):
        codes.append("your_size")
    if criteria.price_max is not None:
        codes.append("under_budget")
    if criteria.occasions and set(criteria.occasions) & set(product.occasions):
        codes.append("for_occasion")
    return codes


def by_signs(product: Product, signs: Signs, likeness: float | None) -> list[str]:
    """What it shares with the photo or product that is searched by."""
    codes = []
    if signs.kinds and product.category == max(signs.kinds, key=lambda kind: signs.kinds[kind]):
        codes.append("same_kind")
    if signs.families:
        likeliest = max(signs.families, key=lambda family: signs.families[family])
        if load_taxonomy().family(product.colour) == likeliest:
            codes.append("same_colour")
    if likeness is not None and likeness >= _ALIKE:
        codes.append("similar_look")
    return codes


def most_popular(products: Sequence[Product]) -> set[str]:
    """The ids of the products that stand out as popular among these: the top one, if there is a choice."""
    if len(products) < 3:
        return set()
    best = max(products, key=lambda product: product.popularity)
    return {best.id} if best.popularity > 0 else set()
