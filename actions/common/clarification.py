"""Not understood, or not a shop's business: one short question with buttons, a person after two misses."""

from __future__ import annotations

from actions.common import handoff_offer
from actions.common.action import ShopAction, answer_as
from actions.common.turn import Turn
from actions.replies.cards import Button, payload

OFFER_AT = 2  # misses in a row; a third one does not ask again
# Intents that a fixed response of domain.yml answers: no action of ours is there to end the row of misses.
ANSWERED_BY_RESPONSE = ("thank", "goodbye", "bot_challenge", "give_feedback")
MAX_READINGS = 3
# Readings less likely than this are not offered.
LIKELY = 0.04
SHORT = 12  # characters of a message that is a wish and nothing else


class Clarify(ShopAction):
    """The classifier was unsure. What the message plainly names (a kind of product) is searched for all the
    same; else the likeliest readings are offered as buttons. After a second miss in a row a person is
    offered.
    """

    keeps_form = True

    def name(self) -> str:
        return "action_clarify"

    async def answer(self, turn: Turn) -> None:
        if turn.values("category"):
            await answer_as(turn, "search_product")
            return
        if turn.shown and not turn.wishes.is_empty():
            await answer_as(turn, "refine_search")
            return
        if turn.value("order_id"):
            _offer(turn, "clarify_order", [("order_status", {}), ("cancel_order", {}), ("ask_returns", {})])
            return
        if missed(turn) == OFFER_AT:
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
    """A polite no with what the assistant does do; at the second miss in a row a person."""

    keeps_form = True

    def name(self) -> str:
        return "action_out_of_scope"

    async def answer(self, turn: Turn) -> None:
        if turn.shown and not turn.wishes.is_empty() and len(turn.text) <= SHORT:
            # "L" or "navy" alone belongs to nothing but the list in hand.
            await answer_as(turn, "refine_search")
            return
        if missed(turn) == OFFER_AT:
            offer_person(turn)
            return
        buttons = [
            {"title": turn.words.button("popular"), "payload": "/recommend"},
            {"title": turn.words.button("what_can_you_do"), "payload": "/help"},
        ]
        turn.say("out_of_scope", buttons=buttons)


def missed(turn: Turn) -> int:
    """Count this message as not understood; how many it makes in a row. What an action understands ends the
    row (see `ShopAction.run`), a "no" to the bot's own question does not.
    """
    before = next(iter(turn.previous_intents()), None)
    ended = before is None or before in ANSWERED_BY_RESPONSE
    misses = (0 if ended else int(turn.slot("misses") or 0)) + 1
    turn.set("misses", misses)
    return misses


def offer_person(turn: Turn) -> None:
    """The way out after two misses; the person gets to read both messages."""
    said = [turn.previous_text(), turn.text]
    detail = " / ".join(text.strip() for text in said if text and not text.startswith("/"))
    handoff_offer.offer(turn, "missed_twice", "misses", detail)


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
