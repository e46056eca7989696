"""Questions about the shop's policies: returns, delivery, payment, the shop itself."""

from __future__ import annotations

from actions.common.action import ShopAction
from actions.common.turn import Turn
from actions.replies import policies

SECTIONS = {
    "ask_returns": "returns",
    "ask_delivery": "delivery",
    "ask_payment": "payment",
    "ask_store": "store",
}


class Service(ShopAction):
    """The policy that fits the message's words, else the general one of the section asked for."""

    keeps_pending = True
    keeps_form = True
    photo_is_search = False

    def name(self) -> str:
        return "action_service"

    async def answer(self, turn: Turn) -> None:
        section = SECTIONS.get(turn.intent, "store")
        found = policies.answer(section, "" if turn.pressed else turn.text, turn.language)
        buttons = []
        if found.section == "delivery" and found.topic in ("tracking", "lost"):
            buttons.append({"title": turn.words.button("order_status"), "payload": "/order_status"})
        if found.topic in ("damaged", "lost", "failed", "warranty"):
            buttons.append({"title": turn.words.button("person"), "payload": "/human_handoff"})
        turn.say_text(found.text, buttons=buttons)
