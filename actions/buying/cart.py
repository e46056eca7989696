"""The cart: putting in, taking out, looking."""

from __future__ import annotations

import re
from typing import Any

from actions.common import open_question, references
from actions.common.action import ShopAction, answer_as
from actions.common.turn import Turn
from actions.replies.cards import Button, card, payload, size_buttons
from shop.cart import cart
from shop.errors import NotInCart, OutOfStock, SizeNeeded, UnknownSize

MAX_QUANTITY = 20

_LOOK = re.compile(r"\b(show|see|look|view|details?|tell me)\b|看看|看一下|详情|介绍", re.I)
_PUT = re.compile(
    r"\b(add|put|cart|bag|basket|buy|take|get|order|want|need)\b|购物|加|放|买|要|下单|拿", re.I
)
_MORE = re.compile(r"\b(more|another|extra)\b|再|多加|另外", re.I)


class CartAdd(ShopAction):
    """Put a product in the cart; where its size is open, ask for it with the sizes in stock."""

    def name(self) -> str:
        return "action_cart_add"

    async def answer(self, turn: Turn) -> None:
        if _LOOK.search(turn.text) and not _PUT.search(turn.text) and not turn.pressed:
            # The classifier is not always right, and a cart is no place for guesses.
            await answer_as(turn, "show_details")
            return
        product = await references.one(turn, "add_to_cart")
        if product is None:
            return
        quantity = min(max(int(turn.value("quantity") or 1), 1), MAX_QUANTITY)
        size = turn.value("size")
        title = product.title(turn.language)
        chosen = None
        if size is None and turn.value("quantity") and not turn.pressed and not _MORE.search(turn.text):
            # "Make it two" of what is in the cart already is a new quantity, in the size that was chosen.
            chosen = await _size_in_cart(turn, product.id)
        try:
            if chosen:
                contents = await turn.call(cart.set_quantity, turn.customer, product.id, chosen, quantity)
            else:
                contents = await turn.call(cart.add, turn.customer, product.id, size, quantity)
        except SizeNeeded:
            turn.say("which_size", title=title, buttons=size_buttons(product, quantity=quantity))
            open_question.ask(
                turn,
                "size",
                "add_to_cart",
                of=product.sizes_in_stock(),
                product_id=product.id,
                quantity=quantity,
            )
            return
        except UnknownSize:
            sizes = turn.words.join(product.sizes_in_stock())
            turn.say(
                "no_such_size",
                title=title,
                size=size,
                sizes=sizes,
                buttons=size_buttons(product, quantity=quantity),
            )
            open_question.ask(
                turn,
                "size",
                "add_to_cart",
                of=product.sizes_in_stock(),
                product_id=product.id,
                quantity=quantity,
            )
            return
        except OutOfStock as error:
            _sold_out(turn, product, size, int(error.facts.get("available") or 0))
            return
        line = next((each for each in contents.lines if each.product.id == product.id), None)
        turn.say(
            "added",
            title=title,
            size=_size_text(turn, size or (line.size if line else None)),
            quantity=f"{quantity} × " if quantity > 1 else "",
            count=contents.count,
            total=contents.total_text(turn.language),
            buttons=[
                {"title": turn.words.button("view_cart"), "payload": "/view_cart"},
                {"title": turn.words.button("checkout"), "payload": "/checkout"},
                {
                    "title": turn.words.button("complete_look"),
                    "payload": payload("complete_look", product_id=product.id),
                },
            ],
        )


class CartRemove(ShopAction):
    """Take a product out. Ordinals and kinds are looked up in the cart first: it is what the customer speaks
    of.
    """

    def name(self) -> str:
        return "action_cart_remove"

    async def answer(self, turn: Turn) -> None:
        contents = await turn.call(cart.view, turn.customer)
        if not contents.lines:
            _empty(turn)
            return
        products = list({line.product.id: line.product for line in contents.lines}.values())
        if given := turn.value("product_id"):
            named = [product for product in products if product.id == given]
        else:
            named = references.described(turn, products)
        if not named and len(products) == 1:
            named = products
        if not named and turn.slot("focus") in [product.id for product in products]:
            named = [product for product in products if product.id == turn.slot("focus")]
        if len(named) != 1:
            offered = named or products
            buttons = [
                {
                    "title": turn.words.button("remove", title=product.title(turn.language)),
                    "payload": payload("remove_from_cart", product_id=product.id),
                }
                for product in offered
            ]
            turn.say("remove_which", buttons=buttons)
            open_question.ask(turn, "product", "remove_from_cart", of=[product.id for product in offered])
            return
        product = named[0]
        try:
            contents = await turn.call(cart.remove, turn.customer, product.id, turn.value("size"))
        except NotInCart:
            turn.say("not_in_cart", title=product.title(turn.language), buttons=[_view(turn)])
            return
        title = product.title(turn.language)
        if not contents.lines:
            turn.say("removed_last", title=title)
            return
        turn.say(
            "removed",
            title=title,
            count=contents.count,
            total=contents.total_text(turn.language),
            buttons=_next(turn),
        )


class CartView(ShopAction):
    """What is in the cart, with the total."""

    def name(self) -> str:
        return "action_cart_view"

    async def answer(self, turn: Turn) -> None:
        contents = await turn.call(cart.view, turn.customer)
        if not contents.lines:
            _empty(turn)
            return
        cards = []
        for line in contents.lines:
            shown: dict[str, Any] = card(
                line.product,
                turn.language,
                buttons=[
                    {
                        "title": turn.words.button("details"),
                        "payload": payload("show_details", product_id=line.product.id),
                    },
                    {
                        "title": turn.words.button("take_out"),
                        "payload": payload("remove_from_cart", product_id=line.product.id, size=line.size),
                    },
                ],
            )
            shown["reason"] = turn.words.say(
                "cart_line", size=_size_text(turn, line.size), quantity=line.quantity
            )
            cards.append(shown)
        turn.say(
            "cart",
            count=contents.count,
            total=contents.total_text(turn.language),
            cards=cards,
            buttons=[{"title": turn.words.button("checkout"), "payload": "/checkout"}],
        )


async def _size_in_cart(turn: Turn, product_id: str) -> str | None:
    """The size of the product in the cart, if it is there in one size only."""
    lines = (await turn.call(cart.view, turn.customer)).lines
    sizes = [line.size for line in lines if line.product.id == product_id]
    return sizes[0] if len(sizes) == 1 else None


def _sold_out(turn: Turn, product: Any, size: str | None, available: int) -> None:
    title = product.title(turn.language)
    similar: Button = {
        "title": turn.words.button("similar"),
        "payload": payload("find_similar", product_id=product.id),
    }
    if available:
        fewer = {
            "title": turn.words.button("take", count=available),
            "payload": payload("add_to_cart", product_id=product.id, size=size, quantity=available),
        }
        turn.say(
            "too_few", title=title, size=_size_text(turn, size), count=available, buttons=[fewer, similar]
        )
        return
    others = size_buttons(product)
    key = "size_sold_out" if others else "sold_out"
    turn.say(
        key,
        title=title,
        size=size or "",
        sizes=turn.words.join(product.sizes_in_stock()),
        buttons=[*others, similar],
    )
    if others:
        open_question.ask(turn, "size", "add_to_cart", of=product.sizes_in_stock(), product_id=product.id)


def _size_text(turn: Turn, size: str | None) -> str:
    """The size in brackets, nothing where the product comes in one size."""
    return turn.words.say("in_size", size=size) if size and size != "one size" else ""


def _empty(turn: Turn) -> None:
    turn.say("cart_empty", buttons=[{"title": turn.words.button("popular"), "payload": "/recommend"}])


def _view(turn: Turn) -> Button:
    return {"title": turn.words.button("view_cart"), "payload": "/view_cart"}


def _next(turn: Turn) -> list[Button]:
    return [_view(turn), {"title": turn.words.button("checkout"), "payload": "/checkout"}]
