"""Greetings and help, yes and no, another language, a new start."""

from __future__ import annotations

import re

from actions.common import open_question
from actions.common.action import ShopAction
from actions.common.turn import Turn
from actions.replies.cards import payload

# The language that is asked for, in whatever language the asking is.
_CHINESE = re.compile(r"chinese|mandarin|中文|汉语|漢語|普通话|普通話|国语|國語|华语|zh\b|zhongwen", re.I)
_ENGLISH = re.compile(r"english|英文|英语|英語|ingl[eé]s|\ben\b", re.I)


class SmallTalk(ShopAction):
    """Hello, and what the assistant can do."""

    def name(self) -> str:
        return "action_small_talk"

    async def answer(self, turn: Turn) -> None:
        buttons = [
            {"title": turn.words.button("popular"), "payload": "/recommend"},
            {"title": turn.words.button("order_status"), "payload": "/order_status"},
        ]
        if turn.intent == "help":
            buttons.append({"title": turn.words.button("returns"), "payload": "/ask_returns"})
            turn.say("help", buttons=buttons)
            return
        turn.say("greet_again" if turn.shown else "greet", buttons=[] if turn.shown else buttons)


class Affirm(ShopAction):
    """ "Yes" with no open question: the nearest next step is offered. (`pending` resolves the others.)"""

    keeps_form = True

    def name(self) -> str:
        return "action_affirm"

    async def answer(self, turn: Turn) -> None:
        product = turn.slot("focus")
        if product and not turn.tracker.active_loop.get("name"):
            button = {
                "title": turn.words.button("add_to_cart"),
                "payload": payload("add_to_cart", product_id=product),
            }
            turn.say("yes_cart", buttons=[button])
            open_question.ask(turn, "yes", "add_to_cart", product_id=product)
            return
        turn.say("yes_what")


class Deny(ShopAction):
    """ "No": the open question or form is dropped, and after a list it is asked what should be different."""

    def name(self) -> str:
        return "action_deny"

    async def answer(self, turn: Turn) -> None:
        # "No" to the offer of a person says nothing of what the customer wants: the row of misses goes on.
        turn.set("misses", turn.slot("misses"))
        if turn.tracker.active_loop.get("name"):
            turn.set("order_id", None)
            turn.say("form_left")
            return
        if turn.pending or not turn.shown:
            turn.say("no")
            return
        buttons = [
            {"title": turn.words.button("cheaper"), "payload": payload("refine_search", sort="cheapest")},
            {"title": turn.words.button("more"), "payload": "/show_more"},
            {"title": turn.words.button("start_over"), "payload": "/start_over"},
        ]
        turn.say("no_to_list", buttons=buttons)


class Language(ShopAction):
    """The other language: the one asked for, else the one that is not spoken now."""

    keeps_pending = True
    keeps_form = True

    def name(self) -> str:
        return "action_language"

    async def answer(self, turn: Turn) -> None:
        turn.speak(_asked_for(turn))
        turn.say("language")


class StartOver(ShopAction):
    """Everything of the task in hand is forgotten; cart, saved products and tastes stay."""

    def name(self) -> str:
        return "action_start_over"

    async def answer(self, turn: Turn) -> None:
        forget_task(turn)
        turn.say("started_over", buttons=[{"title": turn.words.button("popular"), "payload": "/recommend"}])


def forget_task(turn: Turn) -> None:
    """Empty the slots of the search, the photo, the open question and the forms."""
    for slot in (
        "criteria",
        "shown",
        "focus",
        "photo",
        "pending",
        "order_id",
        "email",
        "order_task",
        "height",
        "weight",
        "usual_size",
        "agreed",
        "agent_note",
    ):
        turn.set(slot, None)


def _asked_for(turn: Turn) -> str:
    if _CHINESE.search(turn.text):
        return "zh"
    if _ENGLISH.search(turn.text):
        return "en"
    return "en" if turn.language == "zh" else "zh"
