"""What an agent agreed with the customer, as slots that the hand-over may set on its return."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from shop.customers import agent_agreement
from shop.search.criteria import Criteria

# The page's form; other names are slots, given as they are.
_SLOTS = {"size": "usual_size", "order": "order_id"}


def slots_of(given: Mapping[str, Any], allowed: Collection[str]) -> dict[str, Any]:
    """The slots for `give_back`. A field of the form goes by its own name where the shop allows that, else by
    the slot's; colour, budget and size are wishes for the search.

    Raises `ShopError` for a value that cannot be meant; what is not allowed is left to `give_back` to refuse.
    """
    fields = agent_agreement.FIELDS
    form = agent_agreement.check({name: value for name, value in given.items() if name in fields})
    found = {name: value for name, value in given.items() if name not in fields}
    for name, value in form.items():
        if name in allowed:
            found[name] = value
        elif name in _SLOTS:
            found[_SLOTS[name]] = value
    wishes = Criteria(
        sizes=() if "size" in allowed else form.get("size", ()),
        colours=() if "colour" in allowed else form.get("colour", ()),
        price_max=None if "budget" in allowed else form.get("budget"),
    )
    if not wishes.is_empty():
        found.setdefault("agreed" if "agreed" in allowed else "criteria", wishes.to_dict())
    return found
