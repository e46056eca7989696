"""Orders already placed: where one is, and cancelling it. Shown only with the e-mail address it was ordered
with.
"""

from __future__ import annotations

import re
from typing import Any

from actions.common import open_question
from actions.common.action import ShopAction
from actions.common.forms import FormFiller
from actions.common.turn import Turn
from actions.replies import policies
from actions.replies.cards import payload
from shop.errors import TooLate, UnknownOrder
from shop.orders import orders
from shop.orders.orders import Order

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ORDER_ID = re.compile(r"(?<![a-z0-9@.])#?([a-z]{0,3}-?\d{3,10})(?![a-z0-9@])", re.I)
_CHANGE = re.compile(r"chang|modif|edit|address|swap|add (?:to|some|a)|换|改|加一|地址", re.I)
_CANCEL = re.compile(r"cancel|call off|取消|不要了|退单|撤", re.I)


class FillOrderForm(FormFiller):
    """Picks the order number and the e-mail address out of whatever was typed, also both in one message."""

    slots = ("order_id", "email")
    unclear = (*FormFiller.unclear, "order_status", "cancel_order")

    def name(self) -> str:
        return "validate_order_form"

    async def read(self, turn: Turn, asked: str | None) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if turn.pressed and asked is not None:
            return {}
        if number := turn.value("order_id") or (asked == "order_id" and _number(turn.text)):
            found["order_id"] = str(number).lstrip("#").upper()
            if found["order_id"] != turn.slot("order_id") and asked is None:
                found["email"] = None  # it was proved for the order before, not for this one
        if email := _EMAIL.search(turn.text):
            found["email"] = email[0].lower()
        if asked is None:
            # A form that opens takes the place of any open question.
            found["pending"] = None
            found["order_task"] = _task(turn)
        elif turn.intent == "cancel_order" and _CANCEL.search(turn.text):
            found["order_task"] = "cancel"
        return found


class AnswerOrder(ShopAction):
    """The order's state, or the question whether to cancel it, once number and e-mail are known."""

    photo_is_search = False
    resumes = False

    def name(self) -> str:
        return "action_order"

    async def answer(self, turn: Turn) -> None:
        number, email = turn.slot("order_id"), turn.slot("email")
        try:
            order = await turn.call(orders.find, str(number or ""), str(email or ""))
        except UnknownOrder:
            # Both are asked for anew next time; which of them is wrong is not told.
            turn.set("order_id", None)
            turn.set("email", None)
            buttons = [
                {
                    "title": turn.words.button("other_email"),
                    "payload": payload("order_status", order_id=number),
                },
                {"title": turn.words.button("person"), "payload": "/human_handoff"},
            ]
            turn.say("order_unknown", order_id=number, buttons=buttons)
            return
        if turn.slot("order_task") == "change":
            turn.say_text(policies.topic("cancel", "change", turn.language))
            return
        if turn.slot("order_task") == "cancel":
            _cancel(turn, order)
            return
        _state(turn, order)


class ConfirmCancel(ShopAction):
    """The confirmed cancellation."""

    photo_is_search = False

    def name(self) -> str:
        return "action_confirm_cancel"

    async def answer(self, turn: Turn) -> None:
        number, email = str(turn.value("order_id") or ""), str(turn.slot("email") or "")
        turn.set("order_id", None)
        try:
            order = await turn.call(orders.cancel, number, email)
        except UnknownOrder:
            turn.say("order_unknown", order_id=number)
            return
        except TooLate as error:
            _too_late(turn, error.facts["order"])
            return
        turn.say("order_cancelled", order_id=order.id)


def _state(turn: Turn, order: Order) -> None:
    words = turn.words
    lines = [
        words.say(
            "order",
            order_id=order.id,
            date=words.date(order.placed.date()),
            status=words.order_status(order.status),
        ),
        words.say("order_items", items=_items(turn, order), total=order.total_text(turn.language)),
    ]
    if order.expected and order.status not in ("delivered", "cancelled"):
        lines.append(words.say("order_expected", date=words.date(order.expected)))
    if order.tracking:
        lines.append(words.say("order_tracking", carrier=order.carrier or "", tracking=order.tracking))
    buttons = []
    if order.cancellable:
        buttons.append(
            {"title": words.button("cancel_order"), "payload": payload("cancel_order", order_id=order.id)}
        )
    if order.status == "delivered":
        buttons.append({"title": words.button("returns"), "payload": "/ask_returns"})
    turn.say_text(words.sentences(lines), buttons=buttons)


def _cancel(turn: Turn, order: Order) -> None:
    if not order.cancellable:
        _too_late(turn, order)
        return
    buttons = [
        {"title": turn.words.button("cancel_yes"), "payload": payload("confirm_cancel", order_id=order.id)},
        {"title": turn.words.button("cancel_no"), "payload": "/deny"},
    ]
    turn.say(
        "order_cancel_ask",
        order_id=order.id,
        items=_items(turn, order),
        total=order.total_text(turn.language),
        buttons=buttons,
    )
    open_question.ask(turn, "yes", "confirm_cancel", order_id=order.id)


def _too_late(turn: Turn, order: Order) -> None:
    policy = policies.answer("returns" if order.status == "delivered" else "cancel", "", turn.language)
    status = turn.words.order_status(order.status)
    text = "" if order.status == "cancelled" else policy.text
    turn.say("order_too_late", order_id=order.id, status=status, policy=text)


def _items(turn: Turn, order: Order) -> str:
    return turn.words.join(
        (f"{item.quantity} × " if item.quantity > 1 else "") + item.title(turn.language)
        for item in order.items
    )


def _task(turn: Turn) -> str:
    if turn.intent != "cancel_order":
        return "status"
    return "change" if _CHANGE.search(turn.text) and not _CANCEL.search(turn.text) else "cancel"


def _number(text: str) -> str | None:
    """An order number as customers type it when asked: "1029", "a1029", "#A-1029"."""
    if found := _ORDER_ID.search(_EMAIL.sub(" ", text)):
        number = found[1].replace("-", "").upper()
        return f"A{number}" if number.isdigit() else number
    return None
