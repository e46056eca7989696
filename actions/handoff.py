"""A person instead of the assistant, and unhappy customers.

The assistant cannot put anybody through by itself, so it says where people answer and when, and claims
nothing else.
"""

from __future__ import annotations

from . import pending, policies
from .base import ShopAction
from .turn import Turn


class Handoff(ShopAction):
    """How to reach a person."""

    intents = ("human_handoff",)
    photo_is_search = False

    def name(self) -> str:
        return "action_handoff"

    async def answer(self, turn: Turn) -> None:
        turn.say("person", **policies.facts(turn.language))


class Complain(ShopAction):
    """Sympathy first, then what the policies say of the trouble if they do, and the offer of a person."""

    intents = ("complain",)
    photo_is_search = False

    def name(self) -> str:
        return "action_complain"

    async def answer(self, turn: Turn) -> None:
        found = policies.answer("returns", turn.text, turn.language)
        buttons = [
            {"title": turn.words.button("person"), "payload": "/human_handoff"},
            {"title": turn.words.button("returns"), "payload": "/ask_returns"},
            {"title": turn.words.button("order_status"), "payload": "/order_status"},
        ]
        if found.topic is None:
            turn.say("sorry", buttons=buttons)
        else:
            turn.say("sorry_about", policy=found.text, buttons=buttons)
        pending.ask(turn, "yes", "human_handoff")
