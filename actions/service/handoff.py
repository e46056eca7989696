"""A person instead of the assistant, and unhappy customers."""

from __future__ import annotations

from actions.common import handoff_offer
from actions.common.action import ShopAction
from actions.common.turn import Turn
from actions.replies import policies
from shop.customers.mood import mood


class Handoff(ShopAction):
    """A person, at once: who asks for one is not asked back, and the hand-over itself says what comes."""

    photo_is_search = False

    def name(self) -> str:
        return "action_handoff"

    async def answer(self, turn: Turn) -> None:
        handoff_offer.accept(turn)


class Complain(ShopAction):
    """Sympathy first, then what the policies say of the trouble if they do, and the offer of a person.

    Who is angry, or complains for the second time, is asked in a bubble of its own, with nothing beside it.
    """

    photo_is_search = False

    def name(self) -> str:
        return "action_complain"

    async def answer(self, turn: Turn) -> None:
        complaints = int(turn.slot("complaints") or 0) + 1
        turn.set("complaints", complaints)
        found = policies.answer("returns", turn.text, turn.language)
        policy = found.text if found.topic else ""
        if complaints > 1:
            # A policy did not help the first time.
            turn.say("sorry_again")
        elif mood(turn.text, turn.language) == "angry":
            turn.say_text(turn.words.sentences([turn.words.say("sorry_angry"), policy]))
        else:
            _say_sorry(turn, policy)
            return
        handoff_offer.offer(turn, "person_offer", "complaint", handoff_offer.words_of(turn))


def _say_sorry(turn: Turn, policy: str) -> None:
    buttons = [
        handoff_offer.button(turn, "complaint"),
        {"title": turn.words.button("returns"), "payload": "/ask_returns"},
        {"title": turn.words.button("order_status"), "payload": "/order_status"},
    ]
    if policy:
        turn.say("sorry_about", policy=policy, buttons=buttons)
    else:
        turn.say("sorry", buttons=buttons)
    handoff_offer.expect_yes(turn, "complaint", handoff_offer.words_of(turn))
