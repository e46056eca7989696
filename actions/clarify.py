"""Not understood, or not a shop's business: one short question with buttons, a person after two misses."""

from __future__ import annotations

from . import pending
from .base import ShopAction, hand_over
from .cards import payload
from .turn import Button, Turn

MISSES = ("nlu_fallback", "out_of_scope")
MAX_READINGS = 3
# Readings less likely than this are not offered.
LIKELY = 0.04
SHORT = 12  # characters of a message that is a wish and nothing else


class Clarify(ShopAction):
    """The classifier was unsure. What the message plainly names (a kind of product) is searched for all the
    same; else the likeliest readings are offered as buttons. After a second miss in a row a person is
    offered.
    """

    intents = ("nlu_fallback",)
    keeps_form = True

    def name(self) -> str:
        return "action_clarify"

    async def answer(self, turn: Turn) -> None:
        if turn.values("category"):
            await hand_over(turn, "search_product")
            return
        if turn.shown and not turn.wishes.is_empty():
            await hand_over(turn, "refine_search")
            return
        if turn.value("order_id"):
            _offer(turn, "clarify_order", [("order_status", {}), ("cancel_order", {}), ("ask_returns", {})])
            return
        if missed_before(turn):
            offer_person(turn)
            return
        buttons = readings(turn)
        if not buttons:
            buttons = [
                {"title": turn.words.reading(intent) or intent, "payload": f"/{intent}"}
                for intent in ("search_product", "recommend", "order_status")
            ]
        turn.say(
            "clarify", buttons=[*buttons, {"title": turn.words.button("something_else"), "payload": "/help"}]
        )


class OutOfScope(ShopAction):
    """A polite no with what the assistant does do; after a second miss in a row a person."""

    intents = ("out_of_scope",)
    keeps_form = True

    def name(self) -> str:
        return "action_out_of_scope"

    async def answer(self, turn: Turn) -> None:
        if turn.shown and not turn.wishes.is_empty() and len(turn.text) <= SHORT:
            # "L" or "navy" alone belongs to nothing but the list in hand.
            await hand_over(turn, "refine_search")
            return
        if missed_before(turn):
            offer_person(turn)
            return
        buttons = [
            {"title": turn.words.button("popular"), "payload": "/recommend"},
            {"title": turn.words.button("what_can_you_do"), "payload": "/help"},
        ]
        turn.say("out_of_scope", buttons=buttons)


def missed_before(turn: Turn) -> bool:
    """Whether the customer's message before this one was not understood either."""
    return next(iter(turn.previous_intents()), "") in MISSES


def offer_person(turn: Turn) -> None:
    """The way out after two misses."""
    buttons = [
        {"title": turn.words.button("person"), "payload": "/human_handoff"},
        {"title": turn.words.button("what_can_you_do"), "payload": "/help"},
    ]
    turn.say("missed_twice", buttons=buttons)
    pending.ask(turn, "yes", "human_handoff")


def readings(turn: Turn) -> list[Button]:
    """A button for each likely intent that can be worded; the message's own wishes go with it."""
    wishes = {
        each["entity"]: each["value"]
        for each in turn.entities
        if each["entity"] != "language"
        and not each.get("role")
        and isinstance(each.get("value"), (str, int, float))
    }
    buttons = []
    for entry in turn.ranking:
        intent, confidence = entry.get("name") or "", float(entry.get("confidence") or 0)
        title = turn.words.reading(intent)
        if title and confidence >= LIKELY:
            buttons.append({"title": title, "payload": payload(intent, **wishes)})
    return buttons[:MAX_READINGS]


def _offer(turn: Turn, key: str, choices: list[tuple[str, dict[str, str]]]) -> None:
    order = {"order_id": turn.value("order_id")}
    buttons = [
        {"title": turn.words.reading(intent) or intent, "payload": payload(intent, **(order | extra))}
        for intent, extra in choices
    ]
    turn.say(key, buttons=buttons, **order)
