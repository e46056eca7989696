"""What an agent settled with the customer, for the assistant that goes on: the agent's form as slots.

The form has the `FIELDS`, each of them optional:

    {"size": "M", "colour": "Red", "budget": 50, "order": "A1029", "note": "wants it before Friday"}
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from shop.customers.profile import size_system
from shop.customers.sizing import system_of
from shop.errors import BadRequest
from shop.search.criteria import Criteria
from vision.taxonomy import load as load_taxonomy

FIELDS = ("size", "colour", "budget", "order", "note")
MAX_SIZE, MAX_NOTE = 20, 2000  # characters
_MONEY = re.compile(r"[^\d.,+-]{0,20}(\d{1,8}(?:[.,]\d{1,2})?)[^\d.,]{0,20}")
_ORDER = re.compile(r"#?([A-Z]{0,3})-?(\d{3,10})")


def check(form: Mapping[str, Any]) -> dict[str, Any]:
    """The form as it is meant: empty fields left out, values canonical (`Red` for 红色, `A1029` for 1029).

    Raises `BadRequest` (field, value) for what cannot be meant, so that the agent can put it right.
    """
    found: dict[str, Any] = {}
    for field, value in form.items():
        if field not in FIELDS:
            raise BadRequest(field=field, value=value)
        if value is None or value == "":
            continue
        if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
            raise BadRequest(field=field, value=value)
        text = str(value).strip()
        if not text:
            continue
        meant = _READ[field](text)
        if not meant:
            raise BadRequest(field=field, value=value)
        found[field] = meant
    return found


def slots(form: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The slots of domain.yml to be set on the return, from the form and the slots as they were `before`.

    What the assistant had asked before the person came is no longer open: a "yes" now answers something
    else. Raises as `check`.
    """
    form, before = check(form), before or {}
    wishes = Criteria(
        sizes=form.get("size", ()), colours=form.get("colour", ()), price_max=form.get("budget")
    )
    values: dict[str, Any] = {"pending": None, "requested_slot": None, "misses": None, "failures": None}
    if not wishes.is_empty():
        held = Criteria.from_dict(before.get("criteria"))
        now, _ = fitting(wishes, held.categories)
        values["criteria"] = held.merge(now).to_dict()
        values["agreed"] = wishes.to_dict()
    shown = before.get("shown") or {}
    if "budget" in form and shown.get("stepped"):
        # A budget that was agreed is no "cheaper" said of what was shown, which the next search forgets.
        values["shown"] = {**shown, "stepped": False}
    if "size" in form:
        values["usual_size"] = form["size"]
    if "order" in form:
        values["order_id"] = form["order"]
        if form["order"] != before.get("order_id"):
            values["email"] = None  # it was proved for another order
    if "note" in form:
        values["agent_note"] = form["note"]
    return values


def fitting(wishes: Criteria, categories: Iterable[str]) -> tuple[Criteria, Criteria]:
    """The wishes that products of these kinds can meet, and the rest: no shoe comes in M."""
    kinds = tuple(categories)
    if not kinds or not wishes.sizes:
        return wishes, Criteria()
    systems = {system_of(kind, None) for kind in kinds} | {"other"}
    fits = tuple(size for size in wishes.sizes if size_system(size) in systems)
    rest = tuple(size for size in wishes.sizes if size not in fits)
    return wishes.without("sizes").merge(Criteria(sizes=fits)), Criteria(sizes=rest)


def _size(text: str) -> str | None:
    if len(text) > MAX_SIZE:
        return None
    return text.upper() if size_system(text) == "letter" else text


def _colour(text: str) -> str | None:
    return _colours().get(text.casefold()) or _colours().get(f"{text}色")


@functools.lru_cache(maxsize=1)
def _colours() -> dict[str, str]:
    """Every name of a colour, in both languages → the canonical one."""
    taxonomy = load_taxonomy()
    return {
        taxonomy.name(name, lang).casefold(): name for name in taxonomy.colours for lang in ("en", "zh")
    } | {name.casefold(): name for name in taxonomy.colours}


def _budget(text: str) -> float | None:
    match = _MONEY.fullmatch(text)
    return float(match[1].replace(",", ".")) if match else None


def _order(text: str) -> str | None:
    match = _ORDER.fullmatch(text.upper())
    return f"{match[1] or 'A'}{match[2]}" if match else None


def _note(text: str) -> str:
    return text[:MAX_NOTE]


_READ = {"size": _size, "colour": _colour, "budget": _budget, "order": _order, "note": _note}
