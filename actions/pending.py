"""The bot's open question, and how the customer's next message answers it.

A question is kept in the slot `pending` as `{"needs", "intent", "entities", …}`: once the customer has given
what it needs, the turn goes on as the `intent` with the `entities` known before and the one given now.

    needs    answered by                                   becomes the entity
    yes      "yes"                                         –
    product  "2", "the second", "the red one", a button    product_id
    size     "M", "in 42 please", a button                 size
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .turn import Turn

# Messages of these intents may be an answer; any other says clearly that the customer turned to something
# else.
SOFT_INTENTS = {
    "nlu_fallback", "out_of_scope", "affirm", "refine_search", "search_product", "ask_product", "ask_size",
    "set_preference", "add_to_cart", "find_similar", "greet", "help", "show_more",
}  # fmt: skip


@dataclass(frozen=True)
class Resumed:
    """What the turn is, now that the question is answered."""

    intent: str
    entities: dict[str, Any] = field(default_factory=dict)


def ask(turn: Turn, needs: str, intent: str, *, of: Sequence[str] = (), **entities: Any) -> None:
    """Remember the question just asked; `of` holds what it offers: product ids or size names, in their
    order.
    """
    turn.set("pending", {"needs": needs, "intent": intent, "entities": entities, "of": list(of)})


def resolve(turn: Turn) -> Resumed | None:
    """What the message means as an answer to the open question, or None if it is none."""
    if turn.pressed and turn.intent not in ("affirm", "choose_product"):
        return None
    question = turn.pending
    if not question:
        return _bare_choice(turn)
    known = dict(question.get("entities") or {})
    match question.get("needs"):
        case "yes" if turn.intent == "affirm":
            return Resumed(question["intent"], known)
        case "product" if product := _chosen(turn, question.get("of") or []):
            return Resumed(question["intent"], known | {"product_id": product})
        case "size" if turn.intent in SOFT_INTENTS and (size := _size(turn, question.get("of") or [])):
            return Resumed(question["intent"], known | {"size": size})
    return _bare_choice(turn)


def _bare_choice(turn: Turn) -> Resumed | None:
    """A number alone after products were shown is a look at that product."""
    number = turn.bare_number()
    if number and number <= len(turn.shown_ids) and not turn.tracker.active_loop.get("name"):
        return Resumed("show_details", {"product_id": turn.shown_ids[number - 1]})
    return None


def _chosen(turn: Turn, offered: list[str]) -> str | None:
    if turn.intent == "choose_product":
        return turn.value("product_id")
    if turn.intent not in SOFT_INTENTS:
        return None
    number = turn.value("ordinal") or turn.bare_number()
    if number == "last" and offered:
        return offered[-1]
    if isinstance(number, int) and 0 < number <= len(offered):
        return offered[number - 1]
    return None


def _size(turn: Turn, sizes: list[str]) -> str | None:
    """The size named; a message that names a kind of product ("size M dresses") is a new wish instead."""
    if turn.values("category"):
        return None
    if given := turn.value("size"):
        return str(given)
    text = turn.text.strip(" .!?。！？码号").casefold()
    return next((size for size in sizes if size.casefold() == text), None)
