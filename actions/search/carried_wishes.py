"""What holds of the wishes agreed before.

What was agreed holds until it is changed: a refined search keeps every wish that the message does not touch,
and so does a new search. Only when the customer turns to another kind of product do the wishes go that
belong to the old one (size, pattern, material, brand, order and free words): a "striped red shirt, size M,
under $50" followed by "now shoes" leaves red, $50, gender, occasion and exclusions. Wishes carried over
never end in nothing: if there are no red shoes, shoes in other colours are shown, and the assistant says so.

What an agent agreed with the customer (`shop.customers.agent_agreement`) counts in the next search as if
the customer had said it there, whatever the kind.
"""

from __future__ import annotations

from actions.common.turn import Turn
from shop.customers.agent_agreement import fitting
from shop.search.criteria import Criteria, expand

# Wishes that belong to the kind of product they were said of.
OF_A_KIND = ("sizes", "patterns", "not_patterns", "materials", "not_materials", "brands", "sort", "text")
# Wishes carried over to another kind that may give way, the first first.
GIVES_WAY = ("colours", "occasions", "seasons", "price_min", "price", "price_max", "genders")


def combined(before: Criteria, wishes: Criteria) -> Criteria:
    """What holds now: the wishes before, changed by those of this message; see the module above."""
    if (
        wishes.categories
        and before.categories
        and not set(expand(wishes.categories)) & set(expand(before.categories))
    ):
        before = before.without(*OF_A_KIND)
    return before.merge(wishes)


def carried_over(before: Criteria, wishes: Criteria) -> tuple[str, ...]:
    """The wishes of earlier turns that this search inherits and may drop."""
    now = set(wishes.wishes())
    return tuple(field for field in GIVES_WAY if field in set(before.wishes()) - now)


def with_agent(turn: Turn, wishes: Criteria, categories: tuple[str, ...] = ()) -> Criteria:
    """These wishes, over those that an agent agreed with the customer, which are taken once. A size that the
    kinds do not come in (`categories` where the wishes name none) waits for the next search.
    """
    held = Criteria.from_dict(turn.slot("agreed"))
    if held.is_empty():
        return wishes
    now, later = fitting(held, wishes.categories or categories)
    turn.set("agreed", None if later.is_empty() or wishes.sizes else later.to_dict())
    return now.merge(wishes)
