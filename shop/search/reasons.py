"""Why a product is shown, as codes, and the codes in words. What a code claims is true of the record.

Where the record is silent, it is true of what the eyes are sure of on the product's picture (`Product.seen`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shop import colours, value_names
from shop.catalogue.product import PRINTS, Product, price_text
from shop.search.criteria import Criteria
from shop.search.scoring import Signals
from vision.taxonomy import load as load_taxonomy

CODES = [
    "wished_kind",
    "wished_colour",
    "wished_pattern",
    "wished_sleeves",
    "wished_brand",
    "same_kind",
    "same_colour",
    "similar_colour",
    "same_brand",
    "similar_pattern",
    "same_sleeves",
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
# So sure the eyes must be of a kind, colour, pattern … before a product is said to share it with the photo.
_SURE = 0.4


def wished(product: Product, criteria: Criteria) -> list[str]:
    """Which of the words said beside a photo or product it meets: they count more than the picture."""
    return [
        code
        for code, holds in (
            ("wished_kind", product.category in criteria.kinds()),
            ("wished_colour", product.colour in colours.meant_by_any(criteria.colours)),
            ("wished_pattern", product.shown_pattern() in criteria.patterns),
            ("wished_sleeves", product.sleeves in criteria.sleeves),
            ("wished_brand", product.brand.lower() in {brand.lower() for brand in criteria.brands}),
        )
        if holds
    ]


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
    if criteria.occasions and set(criteria.occasions) & set(product.shown_occasions()):
        codes.append("for_occasion")
    return codes


def by_signals(product: Product, signals: Signals, similarity: float | None) -> list[str]:
    """What it shares with the photo or product that is searched by."""
    codes = []
    if product.category == signals.kind and signals.kinds.get(signals.kind, 0.0) >= _SURE:
        codes.append("same_kind")
    if product.colour == _likeliest(signals.colours):
        codes.append("same_colour")
    elif load_taxonomy().family(product.colour) == _likeliest(signals.families):
        codes.append("similar_colour")
    if signals.brand and product.brand.lower() == signals.brand:
        codes.append("same_brand")
    pattern, shown = _likeliest(signals.patterns), product.shown_pattern()
    # Two plain things are not said to be alike in their pattern: they have none.
    if shown and shown != "plain" and (shown == pattern or (pattern == "printed" and shown in PRINTS)):
        codes.append("similar_pattern")
    if product.sleeves and product.sleeves == _likeliest(signals.sleeves):
        codes.append("same_sleeves")
    if similarity is not None and similarity >= _ALIKE:
        codes.append("similar_look")
    return codes


def _likeliest(chances: Mapping[str, float]) -> str | None:
    best = max(chances, key=lambda name: chances[name], default=None)
    return best if best is not None and chances[best] >= _SURE else None


def explain(codes: Sequence[str], product: Product, criteria: Criteria, lang: str) -> str:
    """The codes of a hit as a phrase: "in navy blue as you wished, same kind, looks similar"; unknown codes
    are left out.

    A wish is named by the product's own value: who wished blue is told that this one is navy blue.
    """
    values = {
        "wished_kind": product.kind_name(lang),
        "wished_colour": product.colour_name(lang),
        "wished_pattern": value_names.name("patterns", product.shown_pattern() or "", lang),
        "wished_sleeves": value_names.name("sleeves", product.sleeves or "", lang),
        "wished_brand": product.brand,
        "under_budget": _price(criteria, product, lang),
    }
    parts = [
        value_names.REASONS[code][lang == "zh"].format(values.get(code, ""))
        for code in codes
        if code in value_names.REASONS
    ]
    return ("，" if lang == "zh" else ", ").join(dict.fromkeys(parts))


def _price(criteria: Criteria, product: Product, lang: str) -> str:
    if criteria.price_max is None:
        return ""
    return price_text(criteria.price_max, product.currency, lang, short=True)


def most_popular(products: Sequence[Product]) -> set[str]:
    """The ids of the products that stand out as popular among these: the top one, if there is a choice."""
    if len(products) < 3:
        return set()
    best = max(products, key=lambda product: product.popularity)
    return {best.id} if best.popularity > 0 else set()
