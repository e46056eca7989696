"""Suggestions without a named product: what is popular and suits the customer, the occasion, the budget."""

from __future__ import annotations

from collections.abc import Sequence

from shop.customers import profile
from shop.search import queries
from shop.search.criteria import Criteria
from shop.search.results import Results


def suggest(
    customer: str | None,
    criteria: Criteria | None = None,
    *,
    limit: int = 8,
    offset: int = 0,
    exclude: Sequence[str] = (),
) -> Results:
    """Products within the wishes (an occasion, a gift's budget, a gender …), those that suit what is known of
    the customer first, varied over kinds. `customer` None suggests to anybody, as for a gift."""
    known = profile.load(customer) if customer else None
    return queries.popular(criteria, profile=known, limit=limit, offset=offset, exclude=exclude)
