"""Lasting tastes: size, budget, brands, colours, for whom."""

from __future__ import annotations

from actions.common import open_question
from actions.common.action import ShopAction
from actions.common.turn import Turn
from shop.customers import profile
from shop.search.criteria import Criteria


class Preference(ShopAction):
    """ "I always wear S and hate pink": kept for this customer, and repeated so that errors are seen."""

    def name(self) -> str:
        return "action_preference"

    async def answer(self, turn: Turn) -> None:
        wishes = turn.wishes
        height, weight = turn.value("height"), turn.value("weight")
        if wishes == Criteria() and height is None and weight is None:
            known = await turn.call(profile.load, turn.customer)
            if known.is_empty():
                turn.say("tastes_which")
            else:
                turn.say("tastes_known", tastes=known.describe(turn.language))
            return
        known = await turn.call(profile.learn, turn.customer, wishes, height=height, weight=weight)
        suggestions = {"title": turn.words.button("for_me"), "payload": "/recommend"}
        turn.say("tastes_kept", tastes=known.describe(turn.language), buttons=[suggestions])
        open_question.ask(turn, "yes", "recommend")
