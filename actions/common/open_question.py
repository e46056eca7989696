"""The bot's open question, and how the customer's next message answers it.

A question is kept in the slot `pending` as `{"needs", "intent", "entities", …}`: once the customer has given
what it needs, the turn goes on as the `intent` with the `entities` known before and the one given now.

    needs       answered by                                   becomes the entity
    yes         "yes"                                         –
    product     "2", "the second", "the red one", a button    product_id
    size        "M", "in 42 please", a button                 size
    kind        "a shirt", "the first", "neither", "both"     category, or topic: neither, either
    insistence  "it is a dress, look anyway"                  –
    photo       another photo                                 –
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.common.turn import Turn
from actions.replies.interpretations import alike
from shop.search.criteria import expand

# Messages of these intents may be an answer; any other says clearly that the customer turned to something
# else.
SOFT_INTENTS = {
    "nlu_fallback", "out_of_scope", "affirm", "refine_search", "search_product", "ask_product", "ask_size",
    "set_preference", "add_to_cart", "find_similar", "greet", "help", "show_more",
}  # fmt: skip
SHORT = 20  # characters of a message that is hardly more than the word asked for
_NO_IDEA = re.compile(
    r"don'?t know|no idea|not sure|no clue|whatever|doesn'?t matter|不知道|不清楚|不确定|说不准|随便|无所谓",
    re.I,
)

_CORRECTS = re.compile(
    r"^\W*(no\W+)?(it|this|that)('?s| is| was) (?!not)|^(不|不是|不对)?[，, ]*(这|那|它)?(个|件)?(应该)?是",
    re.I,
)
# "It is a dress, look anyway", of a photo on which nothing was recognised.
_INSISTS = re.compile(
    r"\banyway|\b(it|this|that)( really)? is an? |\b(it|that)'?s an? |\bstill (look|search|find|try)"
    r"|照样|就是(商品|产品|一)|(还是|就|继续)(找|搜|查|看看)|直接(找|搜)|就(按|用)这张",
    re.I,
)


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
        return _bare_choice(turn) or _correction(turn)
    known = dict(question.get("entities") or {})
    match question.get("needs"):
        case "yes" if turn.intent == "affirm":
            return Resumed(question["intent"], known)
        case "product" if product := _chosen(turn, question.get("of") or []):
            return Resumed(question["intent"], known | {"product_id": product})
        case "size" if turn.intent in SOFT_INTENTS and (size := _size(turn, question.get("of") or [])):
            return Resumed(question["intent"], known | {"size": size})
        case "kind" if (answer := _kind(turn, question)) is not None:
            return Resumed(question["intent"], answer)
        case "insistence" if not turn.new_photo and _INSISTS.search(turn.text):
            return Resumed(question["intent"], known)
    return _bare_choice(turn) or _correction(turn)


def _correction(turn: Turn) -> Resumed | None:
    """ "It's a coat", said of a photo whose results are shown: the same search with that kind."""
    of_photo = turn.shown.get("mode") == "photo" and not turn.new_photo
    if of_photo and turn.intent in SOFT_INTENTS and turn.values("category") and _CORRECTS.search(turn.text):
        return Resumed("refine_search")
    return None


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


def _kind(turn: Turn, question: dict[str, Any]) -> dict[str, str] | None:
    """What the message says to "is this a shirt or a long-sleeve top?"; `of` are what the photo may show,
    the first two were offered. A wish without a kind ("in red") leaves the kind open; a search for
    something else is none.
    """
    kinds: list[str] = question.get("of") or []
    if turn.new_photo or turn.intent not in {*SOFT_INTENTS, "deny", "describe_photo"}:
        return None
    if named := expand(turn.values("category")):
        fits = any(alike(one, other) for one in named for other in kinds)
        is_answer = fits or turn.intent != "search_product" or len(turn.text) <= SHORT
        return {} if is_answer else None
    number = turn.value("ordinal") or turn.bare_number()
    if isinstance(number, int) and 0 < number <= len(kinds):
        return {"category": kinds[number - 1]}
    if turn.intent == "affirm" or _NO_IDEA.search(turn.text):
        return {"topic": "either"}
    if turn.intent == "deny":
        return {"topic": "either" if question["entities"].get("again") else "neither"}
    return None if turn.wishes.is_empty() else {"topic": "either"}
